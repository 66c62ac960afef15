"""Hardware and zones fail, are noticed, and come back."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.durations import typical_s
from aws14.errors import EmulatorError

MINUTE = 60.0
NOTICED = typical_s("EC2 failure to failed status check") + 1
ZONE = "ap-northeast-1a"


@pytest.fixture
def ec2(clean_emulator, aws):
    return aws("ec2")


@pytest.fixture
def launch(ec2, ami):
    def launch(**asked):
        common = {"ImageId": ami, "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1}
        return ec2.run_instances(**common | asked)["Instances"][0]

    return launch


@pytest.fixture
def group(ec2) -> str:
    """A group of the default VPC that lets everybody in on port 80."""
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    made = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[rule])
    return made


@pytest.fixture
def web(launch, group, clean_emulator) -> str:
    """An instance in the default subnet of `ZONE` that nothing recovers by itself."""
    asked = {"Placement": {"AvailabilityZone": ZONE}, "SecurityGroupIds": [group]}
    made = launch(**asked, MaintenanceOptions={"AutoRecovery": "disabled"})
    clean_emulator.advance(10 * MINUTE)
    return made["InstanceId"]


def look(ec2, instance):
    return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]


def status(ec2, instance):
    return ec2.describe_instance_status(InstanceIds=[instance], IncludeAllInstances=True)["InstanceStatuses"][0]


def checks(ec2, instance):
    found = status(ec2, instance)
    return found["InstanceStatus"]["Status"], found["SystemStatus"]["Status"]


def is_down(emulator, ec2, instance) -> bool:
    address = look(ec2, instance)["PublicIpAddress"]
    answer = emulator.connect(address, 80)
    return answer["outcome"] == "timed_out" and "is down" in answer["explanation"]


def test_failed_hardware_answers_nothing_at_once_and_is_noticed_later(ec2, web, clean_emulator):
    assert not is_down(clean_emulator, ec2, web)
    broken = clean_emulator.status()["now"]
    clean_emulator.damage("instance", web, None)
    assert is_down(clean_emulator, ec2, web)
    assert checks(ec2, web) == ("ok", "ok"), "nobody has looked yet"
    clean_emulator.advance(NOTICED)
    assert checks(ec2, web) == ("impaired", "impaired")
    detail = status(ec2, web)["SystemStatus"]["Details"][0]
    assert (detail["Name"], detail["Status"]) == ("reachability", "failed")
    assert abs(detail["ImpairedSince"].timestamp() - broken) < MINUTE
    assert look(ec2, web)["State"]["Name"] == "running"


def test_a_failure_ends_after_its_time(ec2, web, clean_emulator):
    clean_emulator.damage("instance", web, 10 * MINUTE)
    clean_emulator.advance(10 * MINUTE - 5)
    assert is_down(clean_emulator, ec2, web)
    clean_emulator.advance(5)
    assert not is_down(clean_emulator, ec2, web)
    assert checks(ec2, web) == ("initializing", "initializing")
    clean_emulator.advance(typical_s("EC2 instance running to status checks passed"))
    assert checks(ec2, web) == ("ok", "ok")


def test_a_later_failure_takes_the_place_of_one_that_lasts(ec2, web, clean_emulator):
    clean_emulator.damage("instance", web, 5 * MINUTE)
    clean_emulator.advance(MINUTE)
    clean_emulator.damage("instance", web, 60 * MINUTE)
    clean_emulator.advance(10 * MINUTE)
    assert is_down(clean_emulator, ec2, web), "the end of the first must not end the second"


def test_a_stop_and_a_start_bring_other_hardware(ec2, web, clean_emulator):
    address = look(ec2, web)["PrivateIpAddress"]
    clean_emulator.damage("instance", web, None)
    clean_emulator.advance(NOTICED)
    ec2.stop_instances(InstanceIds=[web])
    clean_emulator.advance(typical_s("EC2 instance stopping to stopped"))
    assert checks(ec2, web) == ("not-applicable", "not-applicable")
    ec2.start_instances(InstanceIds=[web])
    clean_emulator.advance(typical_s("EC2 instance pending to running"))
    assert not is_down(clean_emulator, ec2, web)
    assert look(ec2, web)["PrivateIpAddress"] == address


def test_hardware_that_is_lost_for_good_is_stopped_as_announced(ec2, web, clean_emulator):
    assert status(ec2, web)["Events"] == []
    clean_emulator.damage("instance", web, None)
    clean_emulator.advance(NOTICED)
    (event,) = status(ec2, web)["Events"]
    assert event["Code"] == "instance-stop"
    ahead = event["NotBefore"].timestamp() - clean_emulator.status()["now"]
    clean_emulator.advance(ahead - 10)
    assert look(ec2, web)["State"]["Name"] == "running"
    clean_emulator.advance(12 + typical_s("EC2 instance stopping to stopped"))
    assert look(ec2, web)["State"]["Name"] == "stopped"
    assert status(ec2, web)["Events"] == []


def test_hardware_that_comes_back_has_no_event(ec2, web, clean_emulator):
    clean_emulator.damage("instance", web, 30 * MINUTE)
    clean_emulator.advance(NOTICED)
    assert status(ec2, web)["Events"] == []


def zone(ec2, **asked):
    return ec2.describe_availability_zones(**asked)["AvailabilityZones"]


def test_a_zone_without_power_takes_everything_in_it_away(ec2, web, group, launch, clean_emulator):
    other = launch(Placement={"AvailabilityZone": "ap-northeast-1c"}, SecurityGroupIds=[group])["InstanceId"]
    clean_emulator.advance(10 * MINUTE)
    clean_emulator.damage("az", ZONE, 30 * MINUTE)
    clean_emulator.advance(NOTICED)
    assert is_down(clean_emulator, ec2, web)
    assert not is_down(clean_emulator, ec2, other)
    assert checks(ec2, web) == ("impaired", "impaired")
    assert checks(ec2, other) == ("ok", "ok")
    (lost,) = zone(ec2, ZoneNames=[ZONE])
    assert lost["State"] == "unavailable"
    assert ZONE in lost["Messages"][0]["Message"]
    healthy = zone(ec2, Filters=[{"Name": "state", "Values": ["available"]}])
    assert healthy and ZONE not in {each["ZoneName"] for each in healthy}
    clean_emulator.advance(30 * MINUTE)
    assert not is_down(clean_emulator, ec2, web)
    assert zone(ec2, ZoneNames=[ZONE])[0]["State"] == "available"


def test_nothing_is_launched_or_started_in_a_zone_without_power(ec2, web, launch, clean_emulator):
    ec2.stop_instances(InstanceIds=[web])
    clean_emulator.advance(MINUTE)
    clean_emulator.damage("az", ZONE, 30 * MINUTE)
    subnet = look(ec2, web)["SubnetId"]
    for asked in ({"SubnetId": subnet}, {"Placement": {"AvailabilityZone": ZONE}}):
        with pytest.raises(ClientError, match="InsufficientInstanceCapacity"):
            launch(**asked)
    with pytest.raises(ClientError, match="InsufficientInstanceCapacity"):
        ec2.start_instances(InstanceIds=[web])
    assert launch()["Placement"]["AvailabilityZone"] != ZONE, "AWS chooses a zone that has room"
    clean_emulator.advance(30 * MINUTE)
    ec2.start_instances(InstanceIds=[web])
    assert launch(SubnetId=subnet)["Placement"]["AvailabilityZone"] == ZONE


def test_a_nat_gateway_in_a_zone_without_power_passes_nothing(small_network, emulator):
    inside = {"host": "93.184.216.34", "port": 80, "source": small_network.db}
    assert emulator.connect(**inside)["outcome"] == "open"
    emulator.damage("az", ZONE, 5 * MINUTE)
    answer = emulator.connect(**inside)
    assert (answer["outcome"], "is down" in answer["explanation"]) == ("timed_out", True)
    emulator.advance(5 * MINUTE)
    assert emulator.connect(**inside)["outcome"] == "open"


def test_healing_ends_every_failure(ec2, web, clean_emulator):
    clean_emulator.damage("instance", web, None)
    clean_emulator.damage("az", ZONE, 60 * MINUTE)
    assert sorted(clean_emulator.heal()) == sorted([web, ZONE])
    assert not is_down(clean_emulator, ec2, web)
    assert clean_emulator.heal() == []


def test_a_reboot_takes_an_instance_away_for_a_moment(ec2, web, clean_emulator):
    ec2.reboot_instances(InstanceIds=[web])
    assert is_down(clean_emulator, ec2, web)
    clean_emulator.advance(typical_s("EC2 instance reboot"))
    assert not is_down(clean_emulator, ec2, web)
    ec2.stop_instances(InstanceIds=[web])
    with pytest.raises(ClientError, match="IncorrectInstanceState"):
        ec2.reboot_instances(InstanceIds=[web])


def test_a_reboot_does_not_mend_hardware(ec2, web, clean_emulator):
    clean_emulator.damage("instance", web, None)
    ec2.reboot_instances(InstanceIds=[web])
    clean_emulator.advance(5 * MINUTE)
    assert is_down(clean_emulator, ec2, web)


def test_what_cannot_break_is_said(ec2, web, clean_emulator):
    for kind, target, said in (
        ("instance", "i-0123456789abcdef0", "there is no instance"),
        ("az", "ap-northeast-1z", "there is no Availability Zone"),
        ("moon", web, "does not break"),
    ):
        with pytest.raises(EmulatorError, match=said):
            clean_emulator.damage(kind, target, None)
    with pytest.raises(EmulatorError, match="-5"):
        clean_emulator.damage("instance", web, -5)
    ec2.stop_instances(InstanceIds=[web])
    clean_emulator.advance(MINUTE)
    with pytest.raises(EmulatorError, match="is stopped"):
        clean_emulator.damage("instance", web, None)


@pytest.mark.parametrize(("enabled", "after"), [("systemctl enable httpd", "open"), ("true", "refused")])
def test_what_comes_back_is_what_starts_with_the_machine(ec2, group, launch, clean_emulator, enabled, after):
    script = f"#!/bin/bash\ndnf install -y httpd\nsystemctl start httpd\n{enabled}\n"
    site = launch(Placement={"AvailabilityZone": ZONE}, SecurityGroupIds=[group], UserData=script)["InstanceId"]
    clean_emulator.advance(10 * MINUTE)
    address = look(ec2, site)["PublicIpAddress"]
    assert clean_emulator.connect(address, 80)["outcome"] == "open"
    clean_emulator.damage("az", ZONE, 5 * MINUTE)
    assert clean_emulator.connect(address, 80)["outcome"] == "timed_out"
    clean_emulator.advance(10 * MINUTE)
    assert clean_emulator.connect(address, 80)["outcome"] == after


def test_a_saved_cloud_keeps_its_failures_and_their_ends(ec2, web, clean_emulator):
    clean_emulator.damage("instance", web, 20 * MINUTE)
    clean_emulator.advance(NOTICED)
    clean_emulator.save("broken")
    clean_emulator.heal()
    assert not is_down(clean_emulator, ec2, web)
    clean_emulator.restore("broken")
    assert is_down(clean_emulator, ec2, web)
    assert checks(ec2, web) == ("impaired", "impaired")
    clean_emulator.advance(20 * MINUTE)
    assert not is_down(clean_emulator, ec2, web)
