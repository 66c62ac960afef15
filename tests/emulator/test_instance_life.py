"""Instances, NAT gateways and addresses live by the clock."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.durations import typical_s

DOCUMENTATION = [ip_network(each) for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.128/25")]
MINUTE = 60.0


@pytest.fixture
def ec2(clean_emulator, aws):
    return aws("ec2")


@pytest.fixture
def subnet(ec2) -> str:
    """A public subnet: its instances get public addresses, its VPC has an internet gateway."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": True})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    return made


def launch(ec2, ami, subnet, count=1):
    asked = ec2.run_instances(ImageId=ami, InstanceType="t3.small", SubnetId=subnet, MinCount=count, MaxCount=count)
    return [instance["InstanceId"] for instance in asked["Instances"]]


def look(ec2, instance):
    return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]


def state(ec2, instance):
    return look(ec2, instance)["State"]["Name"]


def checks(ec2, instance):
    found = ec2.describe_instance_status(InstanceIds=[instance], IncludeAllInstances=True)["InstanceStatuses"][0]
    return found["InstanceStatus"]["Status"], found["SystemStatus"]["Status"]


def test_every_state_takes_its_time(ec2, subnet, ami, clean_emulator):
    (one,) = launch(ec2, ami, subnet)
    seen = [state(ec2, one)]
    for act, thing in (
        (None, "EC2 instance pending to running"),
        (ec2.stop_instances, "EC2 instance stopping to stopped"),
        (ec2.start_instances, "EC2 instance pending to running"),
        (ec2.terminate_instances, "EC2 instance shutting down to terminated"),
    ):
        if act is not None:
            act(InstanceIds=[one])
            seen.append(state(ec2, one))
        clean_emulator.advance(typical_s(thing) - 8)
        assert state(ec2, one) == seen[-1], "too early"
        clean_emulator.advance(8)
        seen.append(state(ec2, one))
    assert seen == ["pending", "running", "stopping", "stopped", "pending", "running", "shutting-down", "terminated"]


def test_a_terminated_instance_is_listed_for_an_hour(ec2, subnet, ami, clean_emulator):
    one, other = launch(ec2, ami, subnet, 2)
    ec2.terminate_instances(InstanceIds=[one])
    ec2.terminate_instances(InstanceIds=[one])  # as often as one likes
    clean_emulator.advance(55 * MINUTE)
    assert state(ec2, one) == "terminated"
    clean_emulator.advance(10 * MINUTE)
    with pytest.raises(ClientError, match=r"InvalidInstanceID\.NotFound"):
        look(ec2, one)
    assert state(ec2, other) == "running"


def test_status_checks_pass_minutes_after_running(ec2, subnet, ami, clean_emulator):
    (one,) = launch(ec2, ami, subnet)
    assert checks(ec2, one) == ("not-applicable", "not-applicable")
    clean_emulator.advance(typical_s("EC2 instance pending to running") + 1)
    assert checks(ec2, one) == ("initializing", "initializing")
    clean_emulator.advance(typical_s("EC2 instance running to status checks passed"))
    assert checks(ec2, one) == ("ok", "ok")


def test_what_is_overtaken_does_not_happen(ec2, subnet, ami, clean_emulator):
    (one,) = launch(ec2, ami, subnet)
    ec2.terminate_instances(InstanceIds=[one])  # while it is pending: it must not come up as running
    clean_emulator.advance(typical_s("EC2 instance pending to running"))
    assert state(ec2, one) == "shutting-down"


@pytest.mark.parametrize(("wait_s", "call"), [(0, "stop_instances"), (3600, "start_instances")])
def test_a_change_in_the_wrong_state_is_refused(ec2, subnet, ami, clean_emulator, wait_s, call):
    (one,) = launch(ec2, ami, subnet)
    if wait_s:
        ec2.terminate_instances(InstanceIds=[one])
        clean_emulator.advance(MINUTE)
    with pytest.raises(ClientError, match="IncorrectInstanceState"):
        getattr(ec2, call)(InstanceIds=[one])


def test_a_stop_and_start_brings_another_public_address(ec2, subnet, ami, clean_emulator):
    (one,) = launch(ec2, ami, subnet)
    clean_emulator.advance(MINUTE)
    before = look(ec2, one)
    ec2.stop_instances(InstanceIds=[one])
    clean_emulator.advance(MINUTE)
    assert "PublicIpAddress" not in look(ec2, one)
    ec2.start_instances(InstanceIds=[one])
    clean_emulator.advance(MINUTE)
    after = look(ec2, one)
    assert before["PublicIpAddress"] != after["PublicIpAddress"]
    assert before["PrivateIpAddress"] == after["PrivateIpAddress"]
    assert after["LaunchTime"] > before["LaunchTime"]


def test_an_elastic_ip_stays_through_stop_and_start_and_is_free_after_the_end(ec2, subnet, ami, clean_emulator):
    (one,) = launch(ec2, ami, subnet)
    clean_emulator.advance(MINUTE)
    mine = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=mine["AllocationId"], InstanceId=one)
    for act in (ec2.stop_instances, ec2.start_instances):
        act(InstanceIds=[one])
        clean_emulator.advance(MINUTE)
        assert look(ec2, one)["PublicIpAddress"] == mine["PublicIp"]
    ec2.terminate_instances(InstanceIds=[one])
    clean_emulator.advance(MINUTE)
    found = ec2.describe_addresses(AllocationIds=[mine["AllocationId"]])["Addresses"][0]
    assert "AssociationId" not in found
    ec2.release_address(AllocationId=mine["AllocationId"])


def test_public_addresses_are_from_the_documentation_ranges_and_unique(ec2, subnet, ami, aws, clean_emulator):
    found = [look(ec2, each)["PublicIpAddress"] for each in launch(ec2, ami, subnet, 20)]
    found += [ec2.allocate_address(Domain="vpc")["PublicIp"] for _ in range(20)]
    found += [aws("ec2", region="us-west-2").allocate_address(Domain="vpc")["PublicIp"] for _ in range(20)]
    assert len(set(found)) == 60
    assert all(any(ip_address(each) in network for network in DOCUMENTATION) for each in found)


def test_when_all_addresses_are_taken_aws_says_so(ec2):
    held = []
    with pytest.raises(ClientError, match="InsufficientAddressCapacity"):
        for _ in range(700):
            held.append(ec2.allocate_address(Domain="vpc"))  # noqa: PERF401 - what was got before the refusal counts
    assert len(held) == sum(network.num_addresses - 2 for network in DOCUMENTATION)
    ec2.release_address(AllocationId=held[100]["AllocationId"])
    assert ec2.allocate_address(Domain="vpc")["PublicIp"] == held[100]["PublicIp"]


def test_a_nat_gateway_lives_by_the_clock_and_gives_its_address_back(ec2, subnet, clean_emulator):
    mine = ec2.allocate_address(Domain="vpc")
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=mine["AllocationId"])["NatGateway"]
    nat = made["NatGatewayId"]
    inside = made["NatGatewayAddresses"][0]
    assert inside["PublicIp"] == mine["PublicIp"]
    assert ip_address(inside["PrivateIp"]) in ip_network("10.0.0.0/24")

    def now():
        return ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["State"]

    seen = [made["State"]]
    clean_emulator.advance(typical_s("NAT gateway pending to available") + 1)
    seen.append(now())
    ec2.delete_nat_gateway(NatGatewayId=nat)
    seen.append(now())
    with pytest.raises(ClientError, match=r"InvalidIPAddress\.InUse"):
        ec2.release_address(AllocationId=mine["AllocationId"])
    clean_emulator.advance(typical_s("NAT gateway deleting to deleted") + 1)
    seen.append(now())
    assert seen == ["pending", "available", "deleting", "deleted"]
    ec2.release_address(AllocationId=mine["AllocationId"])
    assert (
        ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [subnet]}])["NetworkInterfaces"] == []
    )
    clean_emulator.advance(61 * MINUTE)
    with pytest.raises(ClientError, match="NatGatewayNotFound"):
        now()
    with pytest.raises(ClientError, match="NatGatewayNotFound"):
        ec2.delete_nat_gateway(NatGatewayId=nat)


def test_dates_follow_the_clock(ec2, subnet, ami, aws, clean_emulator):
    now, _ = clean_emulator.advance(400 * 86400)
    (one,) = launch(ec2, ami, subnet)
    s3 = aws("s3")
    s3.create_bucket(Bucket="bucket-one", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    s3.put_object(Bucket="bucket-one", Key="k", Body=b"")
    written = [look(ec2, one)["LaunchTime"], s3.head_object(Bucket="bucket-one", Key="k")["LastModified"]]
    assert all(abs(each.timestamp() - now) < MINUTE for each in written)
