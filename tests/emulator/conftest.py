"""Fixtures of the emulator's tests.

Emulators of a test's own, in processes that the test may kill; and a small network on the worker's embedded AWS, in
plain create calls: a public and a private subnet, web, db, NAT.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from aws14.cloud.process import Emulator, find, find_or_start
from tests.conftest import client

IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


def named(kind: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def tcp(port: int, **peers: Any) -> list[dict[str, Any]]:
    """A permission for one TCP port: ``tcp(22, IpRanges=[{"CidrIp": "203.0.113.0/24"}])``."""
    return [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peers}]


def build_subnets(ec2: Any) -> SimpleNamespace:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=named("vpc", "vpc"))["Vpc"]["VpcId"]
    # Without a zone AWS, and moto, choose one at random.
    where = {"VpcId": vpc, "AvailabilityZone": "ap-northeast-1a"}
    public, private = (
        ec2.create_subnet(CidrBlock=cidr, TagSpecifications=named("subnet", name), **where)["Subnet"]["SubnetId"]
        for cidr, name in (("10.0.0.0/24", "public-a"), ("10.0.1.0/24", "private-a"))
    )
    igw = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", "igw"))
    igw = igw["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    net = SimpleNamespace(vpc=vpc, public=public, private=private, igw=igw)
    net.public_table, net.private_table = table(ec2, net, public, "public"), table(ec2, net, private, "private")
    ec2.create_route(RouteTableId=net.public_table, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw)
    return net


def table(ec2: Any, net: SimpleNamespace, subnet: str, name: str) -> str:
    made = ec2.create_route_table(VpcId=net.vpc, TagSpecifications=named("route-table", name))
    key = made["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=key, SubnetId=subnet)
    return str(key)


def build_groups(ec2: Any, net: SimpleNamespace) -> None:
    net.web_group, net.db_group = (
        ec2.create_security_group(
            GroupName=name, Description=name, VpcId=net.vpc, TagSpecifications=named("security-group", name)
        )["GroupId"]
        for name in ("web-group", "db-group")
    )
    everybody, office = [{"CidrIp": "0.0.0.0/0"}], [{"CidrIp": "203.0.113.0/24"}]
    for port, ranges in ((80, everybody), (22, office)):
        ec2.authorize_security_group_ingress(GroupId=net.web_group, IpPermissions=tcp(port, IpRanges=ranges))
    pairs = [{"GroupId": net.web_group}]
    ec2.authorize_security_group_ingress(GroupId=net.db_group, IpPermissions=tcp(3306, UserIdGroupPairs=pairs))


def build_servers(aws: Any, net: SimpleNamespace) -> None:
    ec2 = aws("ec2")
    image = aws("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"]
    for name, subnet, group in (("web", net.public, net.web_group), ("db", net.private, net.db_group)):
        started = ec2.run_instances(
            ImageId=image,
            InstanceType="t3.small",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet,
            SecurityGroupIds=[group],
            TagSpecifications=named("instance", name),
        )
        instance = started["Instances"][0]
        setattr(net, name, instance["InstanceId"])
        setattr(net, f"{name}_address", instance["PrivateIpAddress"])
    address = ec2.allocate_address(Domain="vpc")
    net.web_ip = address["PublicIp"]
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=net.web)


def build_nat(ec2: Any, net: SimpleNamespace) -> None:
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(
        SubnetId=net.public, AllocationId=address, TagSpecifications=named("natgateway", "nat")
    )
    net.nat = nat["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=net.private_table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=net.nat)


@pytest.fixture(scope="session")
def _small_network(emulator) -> SimpleNamespace:
    """Build it once a run and keep it in a save: a restore takes a tenth of the time."""
    emulator.reset()
    clients: dict[str, Any] = {}

    def aws(service: str) -> Any:
        return clients.setdefault(service, client(emulator, service))

    net = build_subnets(aws("ec2"))
    build_groups(aws("ec2"), net)
    build_servers(aws, net)
    build_nat(aws("ec2"), net)
    emulator.advance(300)
    emulator.save("small-network")
    return net


@pytest.fixture
def small_network(emulator, _small_network) -> SimpleNamespace:
    """Web in a public subnet (80 for all, 22 for the office), db in a private one (3306 for web), NAT; all running."""
    emulator.restore("small-network")
    return _small_network


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """An empty home; whatever runs there at the end of the test is ended."""
    folder = tmp_path / "home"
    yield folder
    running = find(folder)
    if running is not None:
        psutil.Process(running.pid).kill()


@pytest.fixture
def start(home: Path) -> Callable[..., Emulator]:
    """Start, or find, the emulator of `home`."""
    return lambda **options: find_or_start(home, **({"idle_s": 300} | options))


@pytest.fixture
def ami(aws: Callable[..., Any]) -> str:
    """The newest Amazon Linux 2023 image."""
    found: str = aws("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"]
    return found
