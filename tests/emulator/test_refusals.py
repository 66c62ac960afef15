"""What AWS refuses is refused, with AWS's code and message."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def ec2(clean_emulator, aws):
    return aws("ec2")


def refused(call, **parameters):
    """(code, message) of the refusal of a call."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_what_holds_something_is_not_deleted(small_network, aws):
    net, ec2 = small_network, aws("ec2")
    held = " has dependencies and cannot be deleted."
    mapped = "has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."
    for call, parameters, message in (
        (ec2.delete_subnet, {"SubnetId": net.public}, f"The subnet '{net.public}'{held}"),
        (ec2.delete_subnet, {"SubnetId": net.private}, f"The subnet '{net.private}'{held}"),
        (ec2.delete_vpc, {"VpcId": net.vpc}, f"The vpc '{net.vpc}'{held}"),
        (ec2.delete_security_group, {"GroupId": net.web_group}, f"resource {net.web_group} has a dependent object"),
        (ec2.delete_security_group, {"GroupId": net.db_group}, f"resource {net.db_group} has a dependent object"),
        (ec2.delete_route_table, {"RouteTableId": net.public_table}, f"The routeTable '{net.public_table}'{held}"),
        (ec2.delete_internet_gateway, {"InternetGatewayId": net.igw}, f"The internetGateway '{net.igw}'{held}"),
        (ec2.detach_internet_gateway, {"InternetGatewayId": net.igw, "VpcId": net.vpc}, f"Network {net.vpc} {mapped}"),
    ):
        assert refused(call, **parameters) == ("DependencyViolation", message)


def test_once_nothing_depends_on_it_all_of_it_goes(small_network, aws, emulator):
    net, ec2 = small_network, aws("ec2")
    ec2.terminate_instances(InstanceIds=[net.web, net.db])
    ec2.delete_nat_gateway(NatGatewayId=net.nat)
    assert refused(ec2.delete_subnet, SubnetId=net.private)[0] == "DependencyViolation"  # still shutting down
    emulator.advance(120)
    for address in ec2.describe_addresses()["Addresses"]:
        ec2.release_address(AllocationId=address["AllocationId"])
    assert (
        refused(ec2.delete_security_group, GroupId=net.web_group)[0] == "DependencyViolation"
    )  # named by a rule of db's
    for group in (net.db_group, net.web_group):
        ec2.delete_security_group(GroupId=group)
    for subnet in (net.public, net.private):
        ec2.delete_subnet(SubnetId=subnet)
    for table in (net.public_table, net.private_table):
        ec2.delete_route_table(RouteTableId=table)
    assert refused(ec2.delete_vpc, VpcId=net.vpc)[0] == "DependencyViolation"  # the gateway is attached
    ec2.detach_internet_gateway(InternetGatewayId=net.igw, VpcId=net.vpc)
    ec2.delete_internet_gateway(InternetGatewayId=net.igw)
    ec2.delete_vpc(VpcId=net.vpc)


def test_a_vpc_with_a_group_of_its_own_stays(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    assert refused(ec2.delete_vpc, VpcId=vpc)[0] == "DependencyViolation"
    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=vpc)


def test_the_default_group_is_nobodys_to_delete(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    (default,) = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    code, said = refused(ec2.delete_security_group, GroupId=default["GroupId"])
    assert code == "CannotDelete"
    assert "cannot be deleted by a user" in said


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        ({"ImageId": "ami-0123456789abcdef0"}, "InvalidAMIID.NotFound", "'[ami-0123456789abcdef0]' does not exist"),
        ({"InstanceType": "t3.smal"}, "InvalidParameterValue", "Invalid value 't3.smal' for InstanceType."),
        ({"KeyName": "nokey"}, "InvalidKeyPair.NotFound", "The key pair 'nokey' does not exist"),
        ({"SubnetId": "subnet-0123456789abcdef0"}, "InvalidSubnetID.NotFound", "subnet-0123456789abcdef0"),
        ({"SecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidGroup.NotFound", "sg-0123456789abcdef0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_launch_from_what_does_not_exist_is_refused_and_launches_nothing(ec2, ami, changed, code, message):
    said = refused(
        ec2.run_instances, **({"ImageId": ami, "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1} | changed)
    )
    assert said[0] == code
    assert message in said[1]
    assert ec2.describe_instances()["Reservations"] == []


def test_a_launch_with_a_key_pair_that_exists_is_not_refused(ec2, ami):
    ec2.create_key_pair(KeyName="mine")
    made = ec2.run_instances(ImageId=ami, InstanceType="t3.small", MinCount=1, MaxCount=1, KeyName="mine")
    assert made["Instances"][0]["KeyName"] == "mine"


def test_the_type_of_a_running_instance_stays(small_network, aws, emulator):
    ec2, web = aws("ec2"), small_network.web
    larger = {"InstanceId": web, "InstanceType": {"Value": "t3.large"}}
    assert refused(ec2.modify_instance_attribute, **larger) == (
        "IncorrectInstanceState", f"The instance '{web}' is not in the 'stopped' state."
    )  # fmt: skip
    ec2.stop_instances(InstanceIds=[web])
    emulator.advance(300)
    assert refused(ec2.modify_instance_attribute, InstanceId=web, InstanceType={"Value": "t3.enormous"})[0] == (
        "InvalidInstanceAttributeValue"
    )
    ec2.modify_instance_attribute(**larger)
    found = ec2.describe_instances(InstanceIds=[web])["Reservations"][0]["Instances"][0]
    assert found["InstanceType"] == "t3.large"


def test_an_elastic_ip_in_use_is_not_released(small_network, aws):
    ec2 = aws("ec2")
    mine = next(each for each in ec2.describe_addresses()["Addresses"] if each["PublicIp"] == small_network.web_ip)
    assert refused(ec2.release_address, AllocationId=mine["AllocationId"]) == (
        "InvalidIPAddress.InUse", f"Address {small_network.web_ip} is in use."
    )  # fmt: skip
    ec2.disassociate_address(AssociationId=mine["AssociationId"])
    ec2.release_address(AllocationId=mine["AllocationId"])


def test_an_elastic_ip_needs_an_internet_gateway(ec2, ami):
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    made = ec2.run_instances(ImageId=ami, InstanceType="t3.small", SubnetId=subnet, MinCount=1, MaxCount=1)
    mine = ec2.allocate_address(Domain="vpc")["AllocationId"]
    code, said = refused(ec2.associate_address, AllocationId=mine, InstanceId=made["Instances"][0]["InstanceId"])
    assert (code, said) == ("Gateway.NotAttached", f"Network {vpc} is not attached to any internet gateway")


def test_a_vpc_has_one_internet_gateway(small_network, aws):
    ec2 = aws("ec2")
    second = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    code, said = refused(ec2.attach_internet_gateway, InternetGatewayId=second, VpcId=small_network.vpc)
    assert (code, said) == (
        "InvalidParameterValue",
        f"Network {small_network.vpc} already has an internet gateway attached",
    )


def test_a_hosted_zone_with_records_stays(clean_emulator, aws):
    route53 = aws("route53")
    zone = route53.create_hosted_zone(Name="example.co.jp", CallerReference="1")["HostedZone"]["Id"]
    record = {"Name": "www.example.co.jp", "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "198.51.100.1"}]}

    def change(action):
        changes = [{"Action": action, "ResourceRecordSet": record}]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})

    change("CREATE")
    assert refused(route53.delete_hosted_zone, Id=zone)[0] == "HostedZoneNotEmpty"
    change("DELETE")
    route53.delete_hosted_zone(Id=zone)


def test_a_zone_that_the_region_does_not_have_is_answered_with_those_it_has(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    asked = {"VpcId": vpc, "CidrBlock": "10.9.0.0/24", "AvailabilityZone": "ap-northeast-1b"}
    code, message = refused(ec2.create_subnet, **asked)
    assert code == "InvalidParameterValue"
    assert "(ap-northeast-1b)" in message
    assert message.endswith(": ap-northeast-1a, ap-northeast-1c, ap-northeast-1d.")
