"""Two machines in two zones, a file system that both mount, and Run Command to look inside."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.emulator.conftest import IMAGE, named, tcp

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def run_on(aws: Callable[..., Any], emulator: Any, instance: str, script: str) -> SimpleNamespace:
    """What a script came to, by Run Command."""
    ssm = aws("ssm")
    sent = ssm.send_command(
        InstanceIds=[instance], DocumentName="AWS-RunShellScript", Parameters={"commands": script.splitlines()}
    )
    emulator.advance(400)
    told = ssm.get_command_invocation(CommandId=sent["Command"]["CommandId"], InstanceId=instance)
    return SimpleNamespace(
        status=told["ResponseCode"], out=told["StandardOutputContent"], err=told["StandardErrorContent"]
    )


def build_vpc(aws: Callable[..., Any]) -> SimpleNamespace:
    """A VPC with two subnets in two zones, a way out, and the groups desks and files."""
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{at}.0/24", AvailabilityZone=f"ap-northeast-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for at, zone in enumerate("ac")
    ]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    desks, files = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("desks", "files")
    )
    for port in (2049, 445):
        pairs = [{"GroupId": desks}]
        ec2.authorize_security_group_ingress(GroupId=files, IpPermissions=tcp(port, UserIdGroupPairs=pairs))
    iam = aws("iam")
    iam.create_role(RoleName="managed", AssumeRolePolicyDocument=json.dumps(_TRUST))
    iam.create_instance_profile(InstanceProfileName="managed")
    iam.add_role_to_instance_profile(InstanceProfileName="managed", RoleName="managed")
    return SimpleNamespace(vpc=vpc, subnets=subnets, desks=desks, files=files)


def build_machine(aws: Callable[..., Any], subnet: str, group: str, name: str, data: str = "") -> str:
    """A machine with a public address, so that Run Command reaches it."""
    image = aws("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"]
    started = aws("ec2").run_instances(
        ImageId=image,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        UserData=data,
        IamInstanceProfile={"Name": "managed"},
        NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group], "AssociatePublicIpAddress": True}],
        TagSpecifications=named("instance", name),
    )
    return str(started["Instances"][0]["InstanceId"])


def build_efs(aws: Callable[..., Any], emulator: Any, net: SimpleNamespace, **more: Any) -> str:
    """A file system with a mount target in each subnet."""
    efs = aws("efs")
    key = str(
        efs.create_file_system(**({"CreationToken": "shared", "ThroughputMode": "elastic"} | more))["FileSystemId"]
    )
    emulator.advance(60)
    for subnet in net.subnets:
        efs.create_mount_target(FileSystemId=key, SubnetId=subnet, SecurityGroups=[net.files])
    emulator.advance(300)
    return key


@pytest.fixture(scope="session")
def _office(emulator: Any, aws: Callable[..., Any]) -> SimpleNamespace:
    emulator.reset()
    net = build_vpc(aws)
    net.first, net.second = (
        build_machine(aws, subnet, net.desks, name)
        for subnet, name in zip(net.subnets, ("first", "second"), strict=True)
    )
    net.efs = build_efs(aws, emulator, net)
    emulator.save("shared-files")
    return net


@pytest.fixture
def office(emulator: Any, _office: SimpleNamespace) -> SimpleNamespace:
    """Two machines in two zones, and a file system of EFS with a mount target in both."""
    emulator.restore("shared-files")
    return _office


@pytest.fixture
def run(aws: Callable[..., Any], emulator: Any) -> Callable[[str, str], SimpleNamespace]:
    """Run a script on a machine, as root."""
    return lambda instance, script: run_on(aws, emulator, instance, script)
