"""Instances move to other hardware: by themselves, or because an alarm says so."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.durations import typical_s

MINUTE = 60.0
ZONE = "ap-northeast-1a"
NOTICED = typical_s("EC2 failure to failed status check")
WAIT = typical_s("EC2 failed status check to simplified automatic recovery")
MOVE = typical_s("EC2 recovery onto other hardware")


@pytest.fixture
def ec2(clean_emulator, aws):
    return aws("ec2")


@pytest.fixture
def launch(ec2, ami, clean_emulator):
    def launch(instance_type="t3.small", **asked):
        common = {"ImageId": ami, "MinCount": 1, "MaxCount": 1, "Placement": {"AvailabilityZone": ZONE}}
        made = ec2.run_instances(InstanceType=instance_type, **common | asked)["Instances"][0]["InstanceId"]
        clean_emulator.advance(10 * MINUTE)
        return made

    return launch


def look(ec2, instance):
    return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]


def system(ec2, instance):
    return ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"][0]["SystemStatus"]["Status"]


def test_aws_recovers_an_instance_by_itself_and_everything_of_it_stays(ec2, launch, clean_emulator):
    web = launch()
    address = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=web)
    before = look(ec2, web)
    assert before["MaintenanceOptions"]["AutoRecovery"] == "default"
    clean_emulator.damage("instance", web, None)
    clean_emulator.advance(NOTICED + WAIT + MOVE - 5)
    assert system(ec2, web) == "impaired"
    clean_emulator.advance(10)
    assert system(ec2, web) == "initializing", "to the instance it was a reboot"
    after = look(ec2, web)
    same = ("InstanceId", "PrivateIpAddress", "PublicIpAddress", "LaunchTime", "BlockDeviceMappings")
    assert {name: before[name] for name in same} == {name: after[name] for name in same}
    assert after["PublicIpAddress"] == address["PublicIp"]


def test_recovery_keeps_an_automatic_public_address_too(ec2, launch, clean_emulator):
    web = launch()
    before = look(ec2, web)["PublicIpAddress"]
    clean_emulator.damage("instance", web, None)
    clean_emulator.advance(NOTICED + WAIT + MOVE + 5)
    assert look(ec2, web)["PublicIpAddress"] == before


def test_who_switches_it_off_is_not_recovered(ec2, launch, clean_emulator):
    at_launch = launch(MaintenanceOptions={"AutoRecovery": "disabled"})
    later = launch()
    said = ec2.modify_instance_maintenance_options(InstanceId=later, AutoRecovery="disabled")
    assert (said["InstanceId"], said["AutoRecovery"]) == (later, "disabled")
    for each in (at_launch, later):
        assert look(ec2, each)["MaintenanceOptions"]["AutoRecovery"] == "disabled"
        clean_emulator.damage("instance", each, None)
    clean_emulator.advance(60 * MINUTE)
    assert [system(ec2, each) for each in (at_launch, later)] == ["impaired", "impaired"]


def test_a_type_that_does_not_support_it_is_not_recovered(ec2, launch, clean_emulator):
    described = ec2.describe_instance_types(InstanceTypes=["i3.large"])["InstanceTypes"][0]
    assert described["AutoRecoverySupported"] is False
    disk = launch("i3.large")
    clean_emulator.damage("instance", disk, None)
    clean_emulator.advance(60 * MINUTE)
    assert system(ec2, disk) == "impaired"


def test_a_failure_that_passes_is_not_recovered_from(ec2, launch, clean_emulator):
    web = launch()
    clean_emulator.damage("instance", web, NOTICED + 30)
    clean_emulator.advance(NOTICED + 60)
    _, events = clean_emulator.advance(60 * MINUTE)
    assert "recovery.ends" not in {name for _, name in events}
    assert system(ec2, web) == "ok"


def test_nothing_is_recovered_while_its_zone_is_lost(ec2, launch, clean_emulator):
    web = launch()
    clean_emulator.damage("az", ZONE, 120 * MINUTE)
    clean_emulator.damage("instance", web, None)
    clean_emulator.advance(119 * MINUTE)
    assert system(ec2, web) == "impaired"
    clean_emulator.advance(2 * MINUTE)
    assert system(ec2, web) == "impaired", "the zone is back, the hardware is not"


def test_what_auto_recovery_cannot_be(ec2, launch):
    web = launch()
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        ec2.modify_instance_maintenance_options(InstanceId=web, AutoRecovery="sometimes")
    with pytest.raises(ClientError, match=r"InvalidInstanceID\.NotFound"):
        ec2.modify_instance_maintenance_options(InstanceId="i-0123456789abcdef0", AutoRecovery="default")


def test_a_recovery_under_way_is_saved(ec2, launch, clean_emulator):
    web = launch()
    clean_emulator.damage("instance", web, None)
    clean_emulator.advance(NOTICED + WAIT + 10)
    clean_emulator.save("recovering")
    clean_emulator.reset()
    clean_emulator.restore("recovering")
    clean_emulator.advance(MOVE)
    assert system(ec2, web) == "initializing"
