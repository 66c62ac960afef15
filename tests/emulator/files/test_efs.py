"""EFS on the clock: life, throughput modes, mount targets, storage classes, replication."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.durations import typical_s
from tests.emulator.files.conftest import build_efs

KIB, DAY = 1024, 86_400
ALL = [
    {"TransitionToIA": "AFTER_30_DAYS"},
    {"TransitionToArchive": "AFTER_90_DAYS"},
    {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
]


def refused(call, **given):
    """Code of the refusal of a call."""
    with pytest.raises(ClientError) as error:
        call(**given)
    return error.value.response["Error"]["Code"]


@pytest.fixture
def efs(aws):
    return aws("efs")


def state(efs, key):
    return efs.describe_file_systems(FileSystemId=key)["FileSystems"][0]


def held(efs, key):
    """KiB in Standard, IA and Archive."""
    told = state(efs, key)["SizeInBytes"]
    return tuple(told[name] / KIB for name in ("ValueInStandard", "ValueInIA", "ValueInArchive"))


def test_it_is_created_and_deleted_on_the_clock(clean_emulator, efs):
    key = efs.create_file_system(CreationToken="a")["FileSystemId"]
    assert state(efs, key)["LifeCycleState"] == "creating"
    assert refused(efs.delete_file_system, FileSystemId=key) == "IncorrectFileSystemLifeCycleState"
    clean_emulator.advance(typical_s("EFS file system creating") + 1)
    assert state(efs, key)["LifeCycleState"] == "available"
    assert state(efs, key)["SizeInBytes"]["Value"] == 6 * KIB
    efs.delete_file_system(FileSystemId=key)
    assert state(efs, key)["LifeCycleState"] == "deleting"
    clean_emulator.advance(60)
    assert efs.describe_file_systems()["FileSystems"] == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ThroughputMode": "provisioned"}, "BadRequest"),
        ({"ThroughputMode": "elastic", "ProvisionedThroughputInMibps": 10.0}, "BadRequest"),
        ({"ThroughputMode": "elastic", "PerformanceMode": "maxIO"}, "BadRequest"),
        ({"ThroughputMode": "provisioned", "ProvisionedThroughputInMibps": 9999.0}, "ThroughputLimitExceeded"),
        ({"AvailabilityZoneName": "ap-northeast-1z"}, "UnsupportedAvailabilityZone"),
    ],
)
def test_what_it_refuses(clean_emulator, efs, given, code):
    assert refused(efs.create_file_system, CreationToken="a", **given) == code
    assert efs.describe_file_systems()["FileSystems"] == []


def test_mount_targets(office, emulator, aws, efs):
    found = {
        one["AvailabilityZoneName"]: one for one in efs.describe_mount_targets(FileSystemId=office.efs)["MountTargets"]
    }
    assert {one["LifeCycleState"] for one in found.values()} == {"available"}
    first = found["ap-northeast-1a"]
    eni = aws("ec2").describe_network_interfaces(NetworkInterfaceIds=[first["NetworkInterfaceId"]])[
        "NetworkInterfaces"
    ][0]
    assert eni["Description"] == f"EFS mount target for {office.efs} ({first['MountTargetId']})"
    assert (eni["RequesterManaged"], eni["PrivateIpAddress"]) == (True, first["IpAddress"])
    assert (
        refused(efs.create_mount_target, FileSystemId=office.efs, SubnetId=office.subnets[0]) == "MountTargetConflict"
    )
    assert refused(efs.delete_file_system, FileSystemId=office.efs) == "FileSystemInUse"
    efs.delete_mount_target(MountTargetId=first["MountTargetId"])
    emulator.advance(60)
    assert len(efs.describe_mount_targets(FileSystemId=office.efs)["MountTargets"]) == 1
    left = aws("ec2").describe_network_interfaces(
        Filters=[{"Name": "network-interface-id", "Values": [first["NetworkInterfaceId"]]}]
    )
    assert left["NetworkInterfaces"] == []


def test_a_mount_target_takes_its_time_and_answers_only_then(office, emulator, efs):
    key = efs.create_file_system(CreationToken="b")["FileSystemId"]
    emulator.advance(30)
    made = efs.create_mount_target(FileSystemId=key, SubnetId=office.subnets[0], SecurityGroups=[office.files])
    assert made["LifeCycleState"] == "creating"
    assert emulator.connect(made["IpAddress"], 2049, office.first)["outcome"] == "refused"
    emulator.advance(typical_s("EFS mount target creating") + 1)
    assert emulator.connect(made["IpAddress"], 2049, office.first)["outcome"] == "open"


def test_the_analyzer_says_what_blocks(office, emulator):
    answer = emulator.connect(f"{office.efs}.efs.ap-northeast-1.amazonaws.com", 445, office.first)
    assert answer["outcome"] == "refused"
    closed = emulator.connect(f"{office.efs}.efs.ap-northeast-1.amazonaws.com", 22, office.first)
    assert (closed["outcome"], closed["blocked_by"]["id"]) == ("timed_out", office.files)


def test_one_zone_takes_one_mount_target_in_its_zone(office, emulator, efs):
    key = efs.create_file_system(CreationToken="z", AvailabilityZoneName="ap-northeast-1a")["FileSystemId"]
    emulator.advance(30)
    assert state(efs, key)["AvailabilityZoneName"] == "ap-northeast-1a"
    assert refused(efs.create_mount_target, FileSystemId=key, SubnetId=office.subnets[1]) == "AvailabilityZonesMismatch"
    made = efs.create_mount_target(FileSystemId=key, SubnetId=office.subnets[0], SecurityGroups=[office.files])
    emulator.advance(200)
    assert emulator.connect(made["IpAddress"], 2049, office.second)["outcome"] == "open"
    emulator.damage("az", "ap-northeast-1a", None)
    assert emulator.connect(made["IpAddress"], 2049, office.second)["outcome"] == "timed_out"
    emulator.heal()
    assert emulator.connect(made["IpAddress"], 2049, office.second)["outcome"] == "open"
    assert efs.describe_backup_policy(FileSystemId=key)["BackupPolicy"]["Status"] == "ENABLED"


def test_throughput_can_be_raised_any_time_and_lowered_after_a_day(clean_emulator, efs):
    key = efs.create_file_system(CreationToken="a")["FileSystemId"]
    clean_emulator.advance(60)

    def change(**given):
        told = efs.update_file_system(FileSystemId=key, **given)
        assert told["LifeCycleState"] == "updating"
        clean_emulator.advance(600)

    assert refused(efs.update_file_system, FileSystemId=key, ThroughputMode="provisioned") == "BadRequest"
    change(ThroughputMode="provisioned", ProvisionedThroughputInMibps=64.0)
    change(ProvisionedThroughputInMibps=128.0)
    assert refused(efs.update_file_system, FileSystemId=key, ProvisionedThroughputInMibps=64.0) == "TooManyRequests"
    assert refused(efs.update_file_system, FileSystemId=key, ThroughputMode="elastic") == "TooManyRequests"
    clean_emulator.advance(DAY)
    change(ProvisionedThroughputInMibps=64.0)
    change(ThroughputMode="elastic")
    assert "ProvisionedThroughputInMibps" not in state(efs, key)
    change(ThroughputMode="bursting")


@pytest.mark.parametrize(
    "policies",
    [
        [{"TransitionToIA": "AFTER_30_DAYS", "TransitionToArchive": "AFTER_90_DAYS"}],
        [{"TransitionToIA": "AFTER_90_DAYS"}, {"TransitionToArchive": "AFTER_30_DAYS"}],
    ],
)
def test_lifecycle_policies_that_do_not_fit(office, efs, policies):
    code = refused(efs.put_lifecycle_configuration, FileSystemId=office.efs, LifecyclePolicies=policies)
    assert code == "BadRequest"
    assert efs.describe_lifecycle_configuration(FileSystemId=office.efs)["LifecyclePolicies"] == []


def test_archive_wants_elastic_throughput(clean_emulator, efs):
    key = efs.create_file_system(CreationToken="a", ThroughputMode="bursting")["FileSystemId"]
    clean_emulator.advance(60)
    assert refused(efs.put_lifecycle_configuration, FileSystemId=key, LifecyclePolicies=ALL) == "BadRequest"


def test_files_move_to_the_day_and_come_back_when_read(office, emulator, run, efs):
    efs.put_lifecycle_configuration(FileSystemId=office.efs, LifecyclePolicies=ALL)
    name = f"{office.efs}.efs.ap-northeast-1.amazonaws.com"
    script = f"mkdir /m\nmount -t nfs4 {name}:/ /m\nprintf '%204800s' x > /m/big\necho x > /m/small"
    assert run(office.first, script).status == 0
    # A folder of 4 and two files of 200 and 4 KiB, each with 2 KiB of metadata.
    assert held(efs, office.efs) == (4 + 200 + 4 + 6, 0, 0)
    emulator.advance(29 * DAY)
    assert held(efs, office.efs) == (214, 0, 0)
    assert run(office.first, "cat /m/small > /dev/null").status == 0
    emulator.advance(1 * DAY)
    assert held(efs, office.efs) == (4 + 4 + 6, 200, 0)
    emulator.advance(29 * DAY)
    assert held(efs, office.efs) == (4 + 6, 200 + 128, 0)
    emulator.advance(31 * DAY)
    assert held(efs, office.efs) == (4 + 6, 128, 200)
    assert refused(efs.update_file_system, FileSystemId=office.efs, ThroughputMode="bursting") == "BadRequest"
    run(office.first, "cat /m/big > /dev/null")
    assert held(efs, office.efs) == (4 + 200 + 6, 128, 0)


def test_without_a_rule_to_come_back_reading_moves_nothing(office, emulator, run, efs):
    efs.put_lifecycle_configuration(FileSystemId=office.efs, LifecyclePolicies=[{"TransitionToIA": "AFTER_1_DAY"}])
    name = f"{office.efs}.efs.ap-northeast-1.amazonaws.com"
    run(office.first, f"mkdir /m\nmount -t nfs4 {name}:/ /m\nprintf '%204800s' x > /m/big")
    emulator.advance(2 * DAY)
    assert held(efs, office.efs) == (4 + 4, 200, 0)
    run(office.first, "cat /m/big > /dev/null")
    assert held(efs, office.efs) == (4 + 4, 200, 0)


def test_years_pass_in_few_events(office, emulator, run, efs):
    efs.put_lifecycle_configuration(FileSystemId=office.efs, LifecyclePolicies=ALL)
    name = f"{office.efs}.efs.ap-northeast-1.amazonaws.com"
    run(office.first, f"mkdir /m\nmount -t nfs4 {name}:/ /m\nprintf '%204800s' x > /m/big")
    _, events = emulator.advance(400 * DAY)
    assert len([one for one in events if one[1] == "files.moves"]) == 2


def test_a_replica_follows_and_is_read_only(office, emulator, aws, run, efs):
    name = f"{office.efs}.efs.ap-northeast-1.amazonaws.com"
    run(office.first, f"mkdir /m\nmount -t nfs4 {name}:/ /m\necho one > /m/a")
    told = efs.create_replication_configuration(
        SourceFileSystemId=office.efs, Destinations=[{"Region": "ap-northeast-3"}]
    )
    copy = told["Destinations"][0]["FileSystemId"]
    osaka = aws("efs", region="ap-northeast-3")
    emulator.advance(3600)
    there = efs.describe_replication_configurations(FileSystemId=office.efs)["Replications"][0]["Destinations"][0]
    assert (there["Status"], there["FileSystemId"]) == ("ENABLED", copy)
    size = state(osaka, copy)["SizeInBytes"]["Value"]
    assert size == state(efs, office.efs)["SizeInBytes"]["Value"]
    assert refused(efs.delete_file_system, FileSystemId=office.efs) == "FileSystemInUse"
    run(office.first, "echo two > /m/b")
    emulator.advance(typical_s("EFS replication interval") + 1)
    assert state(osaka, copy)["SizeInBytes"]["Value"] == state(efs, office.efs)["SizeInBytes"]["Value"] > size
    efs.delete_replication_configuration(SourceFileSystemId=office.efs)
    assert state(osaka, copy)["FileSystemProtection"] == {"ReplicationOverwriteProtection": "ENABLED"}
    assert refused(efs.describe_replication_configurations, FileSystemId=office.efs) == "ReplicationNotFound"


def test_policies_are_kept_and_taken_away(office, efs):
    assert refused(efs.put_file_system_policy, FileSystemId=office.efs, Policy="no") == "InvalidPolicyException"
    policy = '{"Statement": []}'
    assert efs.put_file_system_policy(FileSystemId=office.efs, Policy=policy)["Policy"] == policy
    efs.delete_file_system_policy(FileSystemId=office.efs)
    assert refused(efs.describe_file_system_policy, FileSystemId=office.efs) == "PolicyNotFound"


def test_backups_can_be_turned_on_and_off(clean_emulator, efs):
    key = efs.create_file_system(CreationToken="a")["FileSystemId"]
    assert refused(efs.describe_backup_policy, FileSystemId=key) == "PolicyNotFound"
    for wanted in ("ENABLED", "DISABLED"):
        efs.put_backup_policy(FileSystemId=key, BackupPolicy={"Status": wanted})
        assert efs.describe_backup_policy(FileSystemId=key)["BackupPolicy"] == {"Status": wanted}


def test_a_save_keeps_the_files(office, emulator, aws, run, efs):
    name = f"{office.efs}.efs.ap-northeast-1.amazonaws.com"
    run(office.first, f"mkdir /m\nmount -t nfs4 {name}:/ /m\necho one > /m/a")
    emulator.save("with-files")
    run(office.first, "rm /m/a")
    emulator.restore("with-files")
    assert run(office.first, "cat /m/a").out == "one\n"


def test_access_points_go_with_their_file_system(clean_emulator, aws, efs):
    from tests.emulator.files.conftest import build_vpc

    net = build_vpc(aws)
    key = build_efs(aws, clean_emulator, net)
    given = {"ClientToken": "t", "FileSystemId": key}
    efs.create_access_point(**given)
    assert refused(efs.create_access_point, **given) == "AccessPointAlreadyExists"
    for target in efs.describe_mount_targets(FileSystemId=key)["MountTargets"]:
        efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    clean_emulator.advance(60)
    efs.delete_file_system(FileSystemId=key)
    clean_emulator.advance(60)
    assert efs.describe_access_points()["AccessPoints"] == []
