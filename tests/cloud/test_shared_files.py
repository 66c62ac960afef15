"""Shared file systems through a course session: built once, read back with every attribute, deleted to nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from aws14.cloud.readback import read_back
from aws14.cloud.scan import leftovers
from aws14.cloud.session import Session
from aws14.cloud.teardown import tear_down
from aws14.model.kinds import ATTRIBUTES


def tags(name: str) -> list[dict[str, str]]:
    return [{"Key": "Name", "Value": name}]


def build_network(session: Session) -> SimpleNamespace:
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.6.{at}.0/24", AvailabilityZone=f"ap-northeast-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for at, zone in enumerate("ac")
    ]
    group = ec2.create_security_group(GroupName="files", Description="files", VpcId=vpc)["GroupId"]
    for port in (2049, 445):
        permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "10.6.0.0/16"}]}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    return SimpleNamespace(vpc=vpc, subnets=subnets, group=group)


def build_efs(session: Session, net: SimpleNamespace) -> str:
    efs = session.client("efs")
    made = efs.create_file_system(CreationToken="shared", ThroughputMode="elastic", Encrypted=True, Tags=tags("shared"))
    key = str(made["FileSystemId"])
    session.advance(60)
    for subnet in net.subnets:
        efs.create_mount_target(FileSystemId=key, SubnetId=subnet, SecurityGroups=[net.group])
    efs.create_access_point(
        ClientToken="sales",
        FileSystemId=key,
        PosixUser={"Uid": 1000, "Gid": 1000},
        RootDirectory={"Path": "/sales", "CreationInfo": {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "750"}},
        Tags=tags("sales"),
    )
    session.advance(300)
    return key


def build_fsx(session: Session, net: SimpleNamespace) -> str:
    settings = {"VpcId": net.vpc, "SubnetIds": net.subnets}
    directory = session.client("ds").create_microsoft_ad(
        Name="corp.example.com", Password="Correct-horse-1", Edition="Standard", VpcSettings=settings, Tags=tags("ad")
    )["DirectoryId"]
    session.advance(7200)
    windows = {
        "ActiveDirectoryId": directory,
        "DeploymentType": "MULTI_AZ_1",
        "PreferredSubnetId": net.subnets[0],
        "ThroughputCapacity": 32,
        "AutomaticBackupRetentionDays": 7,
    }
    made = session.client("fsx").create_file_system(
        FileSystemType="WINDOWS",
        StorageCapacity=300,
        StorageType="SSD",
        SubnetIds=net.subnets,
        SecurityGroupIds=[net.group],
        Tags=tags("share"),
        WindowsConfiguration=windows,
    )
    session.advance(7200)
    return str(made["FileSystem"]["FileSystemId"])


def build_all(session: Session) -> SimpleNamespace:
    net = build_network(session)
    return SimpleNamespace(net=net, efs=build_efs(session, net), fsx=build_fsx(session, net))


def test_cells_may_run_twice(session: Session, said: list[str]):
    first = build_all(session)
    said.clear()
    second = build_all(session)
    assert (second.efs, second.fsx) == (first.efs, first.fsx)
    built = [line for line in said if line.startswith("already built")]
    for kind in ("file system fs-", "mount target fsmt-", "access point fsap-", "fsx file system fs-", "directory d-"):
        assert any(kind in line for line in built), kind
    assert len(session.client("efs").describe_file_systems()["FileSystems"]) == 1


def test_passwords_stay_out_of_the_ledger(session: Session):
    build_all(session)
    assert "Correct-horse-1" not in repr([record.params for record in session.ledger.records("p01")])


def links_of(topology: Any) -> set[tuple[str, str, str, str]]:
    return {(link.source, link.target, link.kind, link.label) for link in topology.links}


def test_a_file_system_of_efs_is_read_back(session: Session):
    net = build_network(session)
    key = build_efs(session, net)
    efs = session.client("efs")
    policies = [
        {"TransitionToIA": "AFTER_30_DAYS"},
        {"TransitionToArchive": "AFTER_90_DAYS"},
        {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]
    efs.put_lifecycle_configuration(FileSystemId=key, LifecyclePolicies=policies)
    efs.put_backup_policy(FileSystemId=key, BackupPolicy={"Status": "ENABLED"})
    topology = read_back(session)
    node = topology.node("shared")
    assert set(node.attributes) == set(ATTRIBUTES["file_system"])
    assert node.attributes["throughput_mode"] == "elastic"
    assert node.attributes["lifecycle"] == ("IA 30", "ARCHIVE 90", "back")
    assert node.attributes["backed_up"] is True
    assert node.attributes["zones"] == ("ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d")
    assert node.attributes["standard_gib"] * 2**30 == 6144
    target = topology.node("shared-1a")
    assert target.parent == net.subnets[0]
    assert set(target.attributes) == set(ATTRIBUTES["mount_target"])
    assert target.attributes["security_groups"] == ("files",)
    point = topology.node("sales")
    assert set(point.attributes) == set(ATTRIBUTES["access_point"])
    assert point.attributes == {
        "path": "/sales", "user": "1000:1000", "creates": "1000:1000 750", "state": "available",
    }  # fmt: skip
    assert ("shared", "shared-1c", "routes", "NFS") in links_of(topology)


def test_one_zone_says_its_zone(session: Session):
    net = build_network(session)
    efs = session.client("efs")
    key = efs.create_file_system(CreationToken="one", AvailabilityZoneName="ap-northeast-1c", Tags=tags("one"))
    session.advance(60)
    efs.create_mount_target(FileSystemId=key["FileSystemId"], SubnetId=net.subnets[1])
    node = read_back(session).node("one")
    assert node.attributes["zones"] == ("ap-northeast-1c",)
    assert node.attributes["throughput_mode"] == "bursting"
    assert node.attributes["backed_up"] is True


def test_a_share_and_its_directory_are_read_back(session: Session):
    build_fsx(session, build_network(session))
    topology = read_back(session)
    share, directory = topology.node("share"), topology.node("ad")
    assert set(share.attributes) == set(ATTRIBUTES["windows_share"])
    expected = {
        "file_system_type": "WINDOWS",
        "deployment_type": "MULTI_AZ_1",
        "storage_type": "SSD",
        "gib": 300,
        "throughput_mibps": 32,
        "iops": 900,
        "zones": ("ap-northeast-1a", "ap-northeast-1c"),
        "directory": directory.aws_id,
        "backup_retention_days": 7,
        "security_groups": ("files",),
        "state": "AVAILABLE",
    }
    assert {name: share.attributes[name] for name in expected} == expected
    assert str(share.attributes["dns_name"]).endswith(".corp.example.com")
    assert directory.attributes == {
        "directory_type": "MicrosoftAD",
        "edition": "Standard",
        "name": "corp.example.com",
        "zones": ("ap-northeast-1a", "ap-northeast-1c"),
        "state": "Active",
    }
    assert ("share", "ad", "routes", "joins") in links_of(topology)


def test_whom_the_security_group_lets_in_shows(session: Session):
    net = build_network(session)
    build_efs(session, net)
    assert (net.subnets[1], "shared-1a", "allows", "tcp/2049") in links_of(read_back(session))
    closed = session.client("ec2").create_security_group(GroupName="closed", Description="closed", VpcId=net.vpc)
    efs = session.client("efs")
    for target in efs.describe_mount_targets(
        FileSystemId=efs.describe_file_systems()["FileSystems"][0]["FileSystemId"]
    )["MountTargets"]:
        efs.modify_mount_target_security_groups(
            MountTargetId=target["MountTargetId"], SecurityGroups=[closed["GroupId"]]
        )
    assert not [link for link in links_of(read_back(session)) if link[2] == "allows"]


def test_nothing_is_left(session: Session):
    build_all(session)
    session.client("fsx").create_backup(
        FileSystemId=session.client("fsx").describe_file_systems()["FileSystems"][0]["FileSystemId"]
    )
    session.advance(3600)
    report = tear_down(session)
    assert report.ok, [each.detail for each in report.findings]
    assert session.client("efs").describe_file_systems()["FileSystems"] == []
    assert session.client("fsx").describe_file_systems()["FileSystems"] == []
    assert session.client("fsx").describe_backups()["Backups"] == []
    assert session.client("ds").describe_directories()["DirectoryDescriptions"] == []
    assert session.client("ec2").describe_network_interfaces()["NetworkInterfaces"] == []


def test_ontap_is_torn_down_in_order(session: Session):
    net = build_network(session)
    fsx = session.client("fsx")
    made = fsx.create_file_system(
        FileSystemType="ONTAP",
        StorageCapacity=1024,
        SubnetIds=net.subnets,
        Tags=tags("nas"),
        OntapConfiguration={
            "DeploymentType": "MULTI_AZ_1",
            "PreferredSubnetId": net.subnets[0],
            "ThroughputCapacity": 128,
            "FsxAdminPassword": "Correct-horse-2",
        },
    )["FileSystem"]["FileSystemId"]
    session.advance(7200)
    machine = fsx.create_storage_virtual_machine(FileSystemId=made, Name="svm")["StorageVirtualMachine"]
    session.advance(1800)
    ontap = {
        "StorageVirtualMachineId": machine["StorageVirtualMachineId"],
        "JunctionPath": "/v",
        "SizeInMegabytes": 1024,
    }
    fsx.create_volume(VolumeType="ONTAP", Name="v", OntapConfiguration=ontap)
    session.advance(600)
    assert read_back(session).node("nas").attributes["file_system_type"] == "ONTAP"
    report = tear_down(session)
    assert report.ok, [each.detail for each in report.findings]
    assert fsx.describe_volumes()["Volumes"] == []


def test_the_last_backup_of_a_share_that_was_deleted_by_hand_goes(session: Session):
    key = build_fsx(session, build_network(session))
    fsx = session.client("fsx")
    fsx.delete_file_system(FileSystemId=key)
    session.advance(7200)
    assert [backup["Type"] for backup in fsx.describe_backups()["Backups"]] == ["USER_INITIATED"]
    assert ("fsx-left-backups", key) in [(thing.kind, thing.aws_id) for thing in leftovers(session)]
    assert tear_down(session).ok
    assert fsx.describe_backups()["Backups"] == []
