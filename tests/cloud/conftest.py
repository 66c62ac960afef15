"""Sessions on the worker's embedded AWS, each with a ledger of its own, and pattern 1 built with plain boto3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud.ledger import Ledger
from aws14.cloud.place import Place
from aws14.cloud.process import Emulator
from aws14.cloud.session import Session
from tests.cloud.chapter_site import build_chapter

REGION = "ap-northeast-1"
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


@pytest.fixture
def said() -> list[str]:
    """What the session said."""
    return []


@pytest.fixture
def place(emulator: Emulator, request: pytest.FixtureRequest) -> Place:
    """The worker's embedded AWS: empty, or with pattern 1 where the test asks for `site`."""
    if not {"site", "chapter"} & set(request.fixturenames):
        emulator.reset()
    return Place(
        target="emulator",
        region=REGION,
        account_id="123456789012",
        endpoint=emulator.endpoint,
        access_key=emulator.access_key,
        secret_key=emulator.secret_key,
        control=emulator,
    )


@pytest.fixture
def session(place: Place, tmp_path: Path, said: list[str]) -> Session:
    """A course session for pattern p01 on an empty cloud."""
    return Session(place, ledger=Ledger(tmp_path / "ledger.jsonl"), pattern="p01", say=said.append)


@pytest.fixture
def ec2(session: Session) -> Any:
    return session.client("ec2")


def named(kind: str, name: str, **tags: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": k, "Value": v} for k, v in {"Name": name, **tags}.items()]}]


def image(session: Session) -> str:
    return str(session.client("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"])


def build_network(session: Session) -> SimpleNamespace:
    """The VPC of pattern 1 with its two subnets and its internet gateway, in plain create calls."""
    ec2 = session.client("ec2")
    zone = f"{session.region}a"
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=named("vpc", "vpc"))["Vpc"]["VpcId"]
    public, private = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone, TagSpecifications=named("subnet", name))[
            "Subnet"
        ]["SubnetId"]
        for name, cidr in (("public-a", "10.0.0.0/24"), ("private-a", "10.0.1.0/24"))
    )
    igw = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", "igw"))
    igw = igw["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=named("route-table", "public"))
    table = table["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw)
    ec2.associate_route_table(RouteTableId=table, SubnetId=public)
    return SimpleNamespace(vpc=vpc, public=public, private=private, igw=igw, public_table=table)


def build_nat(session: Session, net: SimpleNamespace) -> None:
    ec2 = session.client("ec2")
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=named("elastic-ip", "nat-ip"))["AllocationId"]
    nat = ec2.create_nat_gateway(
        SubnetId=net.public, AllocationId=address, TagSpecifications=named("natgateway", "nat")
    )["NatGateway"]["NatGatewayId"]
    ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat])
    table = ec2.create_route_table(VpcId=net.vpc, TagSpecifications=named("route-table", "private"))
    net.private_table, net.nat = table["RouteTable"]["RouteTableId"], nat
    ec2.create_route(RouteTableId=net.private_table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    ec2.associate_route_table(RouteTableId=net.private_table, SubnetId=net.private)


def build_groups(session: Session, net: SimpleNamespace) -> None:
    ec2 = session.client("ec2")
    net.web_group, net.db_group = (
        ec2.create_security_group(
            GroupName=name, Description=name, VpcId=net.vpc, TagSpecifications=named("security-group", f"{name}-group")
        )["GroupId"]
        for name in ("web", "db")
    )
    everybody = [{"CidrIp": "0.0.0.0/0"}]
    office = [{"CidrIp": "203.0.113.0/24", "Description": "office"}]
    ec2.authorize_security_group_ingress(
        GroupId=net.web_group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": source}
            for port, source in ((80, everybody), (443, everybody), (22, office))
        ],
    )
    mysql = {"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "UserIdGroupPairs": [{"GroupId": net.web_group}]}
    ec2.authorize_security_group_ingress(GroupId=net.db_group, IpPermissions=[mysql])


def build_servers(session: Session, net: SimpleNamespace) -> None:
    ec2 = session.client("ec2")
    net.key = ec2.create_key_pair(KeyName="p01", KeyType="ed25519", TagSpecifications=named("key-pair", "p01"))
    common = {"ImageId": image(session), "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1, "KeyName": "p01"}
    net.web = ec2.run_instances(
        **common,
        SubnetId=net.public,
        SecurityGroupIds=[net.web_group],
        UserData="#!/bin/sh\ndnf install -y nginx\n",
        TagSpecifications=named("instance", "web", **{"aws14:uses": "db"}),
    )["Instances"][0]["InstanceId"]
    net.db = ec2.run_instances(
        **common,
        SubnetId=net.private,
        SecurityGroupIds=[net.db_group],
        TagSpecifications=named("instance", "db"),
    )["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[net.web, net.db])
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=named("elastic-ip", "web-ip"))
    net.web_address, net.web_ip = address["AllocationId"], address["PublicIp"]
    ec2.associate_address(AllocationId=net.web_address, InstanceId=net.web)


def build_name(session: Session, net: SimpleNamespace) -> None:
    route53 = session.client("route53")
    net.zone = route53.create_hosted_zone(Name="example.co.jp", CallerReference="p01")["HostedZone"]["Id"]
    record = {"Name": "www.example.co.jp", "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": net.web_ip}]}
    route53.change_resource_record_sets(
        HostedZoneId=net.zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )


def build_campaign_site(session: Session) -> SimpleNamespace:
    """Pattern 1, as its notebook builds it."""
    net = build_network(session)
    for step in (build_nat, build_groups, build_servers, build_name):
        step(session, net)
    return net


@pytest.fixture
def build() -> Callable[[Session], SimpleNamespace]:
    return build_campaign_site


@pytest.fixture(scope="session")
def built_once(emulator: Emulator) -> dict[str, Any]:
    """Pattern 1 as the first test that asks for it builds it; the others restore the saved cloud."""
    del emulator
    return {}


@pytest.fixture
def site(session: Session, built_once: dict[str, Any]) -> SimpleNamespace:
    """Pattern 1, built; the ids of what it consists of."""
    if not built_once:
        session.reset()
        built_once["ids"] = vars(build_campaign_site(session))
        built_once["ledger"] = session.ledger.path.read_bytes()
        session.save("cloud-tests")
    else:
        session.ledger.path.write_bytes(built_once["ledger"])
        session.place.control.restore("cloud-tests")  # type: ignore[union-attr]
    return SimpleNamespace(**built_once["ids"])


@pytest.fixture
def make() -> SimpleNamespace:
    """Pieces to build with: ``named`` tags, an ``image`` id, the ``network`` of pattern 1."""
    return SimpleNamespace(named=named, image=image, network=build_network)


@pytest.fixture(scope="session")
def chapter_once(emulator: Emulator) -> dict[str, Any]:
    """One of each kind of chapter 1, as the first test that asks for it builds it; the others restore that cloud."""
    del emulator
    return {}


@pytest.fixture
def chapter(session: Session, chapter_once: dict[str, Any]) -> SimpleNamespace:
    """One of each kind of chapter 1, built; the ids of what it consists of."""
    if not chapter_once:
        session.reset()
        chapter_once["ids"] = vars(build_chapter(session, image(session)))
        chapter_once["ledger"] = session.ledger.path.read_bytes()
        session.save("cloud-chapter")
    else:
        session.ledger.path.write_bytes(chapter_once["ledger"])
        session.place.control.restore("cloud-chapter")  # type: ignore[union-attr]
    return SimpleNamespace(**chapter_once["ids"])
