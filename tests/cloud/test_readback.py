"""Read-back: pattern 1 as drawn, every attribute followed by a change through boto3, and what belongs to whom."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud import read_back
from aws14.cloud.session import Session
from aws14.errors import ReadbackError
from aws14.model import Topology
from aws14.model.kinds import ATTRIBUTES
from tests.cloud import (
    test_gateways,
    test_moving,
    test_readback_clusters,
    test_readback_serverless,
    test_readback_services,
    test_readback_storage,
)

ELSEWHERE = (
    test_readback_services,
    test_readback_serverless,
    test_readback_clusters,
    test_readback_storage,
    test_gateways,
    test_moving,
)
"""Modules that cover what pattern 1 has not."""


def links(topology: Topology, kind: str) -> set[tuple[str, str, str]]:
    return {(link.source, link.target, link.label) for link in topology.links if link.kind == kind}


def test_pattern_1_as_it_is_drawn(session: Session, site: SimpleNamespace) -> None:
    built = read_back(session)
    assert built.origin == "built"
    assert {(node.id, node.kind, node.parent) for node in built.nodes} == {
        ("internet", "internet", None),
        ("office", "office", None),
        ("example.co.jp", "hosted_zone", None),
        ("www.example.co.jp", "dns_record", None),
        ("ap-northeast-1", "region", None),
        ("vpc", "vpc", "ap-northeast-1"),
        ("igw", "internet_gateway", "vpc"),
        ("ap-northeast-1a", "az", "vpc"),
        ("public-a", "subnet", "ap-northeast-1a"),
        ("private-a", "subnet", "ap-northeast-1a"),
        ("web", "instance", "public-a"),
        ("nat", "nat_gateway", "public-a"),
        ("db", "instance", "private-a"),
    }
    assert links(built, "routes") == {
        ("public-a", "igw", "0.0.0.0/0"),
        ("private-a", "nat", "0.0.0.0/0"),
        ("www.example.co.jp", "web", "A"),
    }
    assert links(built, "allows") == {
        ("internet", "web", "tcp/80"),
        ("internet", "web", "tcp/443"),
        ("office", "web", "tcp/22"),
        ("web", "db", "tcp/3306"),
    }
    assert links(built, "uses") == {("web", "db", "MySQL")}
    assert built.node("web").attributes["public_ipv4"] == site.web_ip
    assert built.node("web").aws_id == site.web


def test_every_built_node_states_all_attributes_of_its_kind(session: Session, site: SimpleNamespace) -> None:
    for node in read_back(session).nodes:
        assert set(node.attributes) == set(ATTRIBUTES[node.kind]), node.id


def test_an_empty_account_has_only_the_internet(session: Session) -> None:
    for pattern in (None, ""):
        assert [node.id for node in read_back(session, pattern=pattern).nodes] == ["internet"]


Change = Callable[[Session, SimpleNamespace], None]


def _stop(session: Session, instance: str) -> None:
    ec2 = session.client("ec2")
    ec2.stop_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance])


def _stop_web(session: Session, site: SimpleNamespace) -> None:
    _stop(session, site.web)


def _delete_nat(session: Session, site: SimpleNamespace) -> None:
    session.client("ec2").delete_nat_gateway(NatGatewayId=site.nat)


def _office_cidr(session: Session, site: SimpleNamespace) -> None:
    ec2, ssh = session.client("ec2"), {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    ec2.revoke_security_group_ingress(
        GroupId=site.web_group, IpPermissions=[{**ssh, "IpRanges": [{"CidrIp": "203.0.113.0/24"}]}]
    )
    ec2.authorize_security_group_ingress(
        GroupId=site.web_group,
        IpPermissions=[{**ssh, "IpRanges": [{"CidrIp": "198.51.100.7/32", "Description": "office"}]}],
    )


def _subnet_public(session: Session, site: SimpleNamespace) -> None:
    session.client("ec2").modify_subnet_attribute(SubnetId=site.public, MapPublicIpOnLaunch={"Value": True})


def _resize(session: Session, site: SimpleNamespace) -> None:
    session.client("ec2").modify_instance_attribute(InstanceId=site.web, InstanceType={"Value": "m5.large"})


def _release(session: Session, site: SimpleNamespace) -> None:
    ec2 = session.client("ec2")
    association = ec2.describe_addresses(AllocationIds=[site.web_address])["Addresses"][0]["AssociationId"]
    ec2.disassociate_address(AssociationId=association)


def _regroup(session: Session, site: SimpleNamespace) -> None:
    session.client("ec2").modify_instance_attribute(InstanceId=site.web, Groups=[site.web_group, site.db_group])


def _user_data(session: Session, site: SimpleNamespace) -> None:
    _stop(session, site.db)
    # Unlike run_instances, this call wants the text in Base64 already.
    session.client("ec2").modify_instance_attribute(InstanceId=site.db, UserData={"Value": b64encode(b"#!/bin/sh")})


def _grow(session: Session, site: SimpleNamespace) -> None:
    session.client("ec2").modify_volume(VolumeId=_root(session, site.web), Size=20, VolumeType="gp3")


def _faster(session: Session, site: SimpleNamespace) -> None:
    session.client("ec2").modify_volume(VolumeId=_root(session, site.web), Size=20, VolumeType="io2")


def _save_credits(session: Session, site: SimpleNamespace) -> None:
    session.client("ec2").modify_instance_credit_specification(
        InstanceCreditSpecifications=[{"InstanceId": site.db, "CpuCredits": "standard"}]
    )


def _root(session: Session, instance: str) -> str:
    answer = session.client("ec2").describe_instances(InstanceIds=[instance])
    return str(answer["Reservations"][0]["Instances"][0]["BlockDeviceMappings"][0]["Ebs"]["VolumeId"])


def _change_record(session: Session, site: SimpleNamespace, *changes: tuple[str, dict[str, Any]]) -> None:
    batch = [{"Action": action, "ResourceRecordSet": record} for action, record in changes]
    session.client("route53").change_resource_record_sets(HostedZoneId=site.zone, ChangeBatch={"Changes": batch})


def _record(**changed: Any) -> Change:
    def change(session: Session, site: SimpleNamespace) -> None:
        record = {"Name": "www.example.co.jp", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": site.web_ip}]}
        _change_record(session, site, ("UPSERT", record | changed))

    return change


def _alias_name(session: Session, site: SimpleNamespace) -> None:
    records = session.client("route53").list_resource_record_sets(HostedZoneId=site.zone)["ResourceRecordSets"]
    old = next(record for record in records if record["Type"] == "A")
    new = old | {"Type": "CNAME", "ResourceRecords": [{"Value": "web.example.co.jp."}]}
    _change_record(session, site, ("DELETE", old), ("CREATE", new))


def _take_another_address(session: Session, site: SimpleNamespace) -> None:
    ec2 = session.client("ec2")
    address = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=site.web)


CHANGES: dict[tuple[str, str], tuple[str, Change, Any]] = {
    ("office", "cidr"): ("office", _office_cidr, "198.51.100.7/32"),
    ("subnet", "auto_public_ipv4"): ("public-a", _subnet_public, True),
    ("dns_record", "ttl_s"): ("www.example.co.jp", _record(TTL=60), 60),
    ("dns_record", "values"): ("www.example.co.jp", _record(ResourceRecords=[{"Value": "192.0.2.1"}]), ("192.0.2.1",)),
    ("dns_record", "type"): ("www.example.co.jp", _alias_name, "CNAME"),
    ("instance", "security_groups"): ("web", _regroup, ("db", "web")),
    ("instance", "root_gib"): ("web", _grow, 20),
    ("instance", "root_volume_type"): ("web", _faster, "io2"),
    ("instance", "state"): ("web", _stop_web, "stopped"),
    ("instance", "instance_type"): ("web", _resize, "m5.large"),
    ("instance", "has_user_data"): ("db", _user_data, True),
    ("instance", "cpu_credits"): ("db", _save_credits, "standard"),
    ("instance", "public_ipv4_kind"): ("web", _release, "none"),
    ("instance", "public_ipv4"): ("web", _take_another_address, "198.51.100.3"),
    ("nat_gateway", "state"): ("nat", _delete_nat, "deleting"),
}
"""(kind, attribute) -> (node, what is done to it through boto3, what is read back then)."""

CHOSEN_AT_BIRTH = {
    ("vpc", "cidr"),
    ("subnet", "cidr"),
    ("nat_gateway", "public_ipv4"),
    ("instance", "private_ipv4"),
    ("instance", "key_name"),
    ("elastic_ip", "public_ipv4"),
    ("volume", "gib"),
    ("volume", "volume_type"),
    ("volume", "state"),
    ("hosted_zone", "name"),
    ("hosted_zone", "private"),
    ("dns_record", "name"),
}
"""Attributes that AWS lets nobody change, and those of things that pattern 1 lacks: see the test after the next."""


def test_every_attribute_is_covered() -> None:
    named_attributes = {(kind, name) for kind, names in ATTRIBUTES.items() for name in names}
    covered = set().union(*(module.covered() for module in ELSEWHERE))
    assert named_attributes == set(CHANGES) | CHOSEN_AT_BIRTH | covered


def test_a_change_of_any_attribute_through_boto3_is_read_back(session: Session, site: SimpleNamespace) -> None:
    for (kind, attribute), (node_id, change, expected) in CHANGES.items():
        before = read_back(session).node(node_id)
        change(session, site)
        after = read_back(session).node(node_id)
        assert after.kind == kind
        assert before.attributes[attribute] != expected, f"{kind}.{attribute} proves nothing"
        assert after.attributes[attribute] == expected, f"{kind}.{attribute}"


def test_what_is_chosen_at_birth_is_read_back_as_chosen(session: Session, make: SimpleNamespace, ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=make.named("vpc", "v"))["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock="10.20.7.0/28",
        AvailabilityZone="ap-northeast-1c",
        TagSpecifications=make.named("subnet", "s"),
    )["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    one, two = (
        ec2.allocate_address(Domain="vpc", TagSpecifications=make.named("elastic-ip", n)) for n in ("one", "two")
    )
    ec2.create_nat_gateway(
        SubnetId=subnet, AllocationId=one["AllocationId"], TagSpecifications=make.named("natgateway", "n")
    )
    ec2.create_key_pair(KeyName="mine")
    ec2.run_instances(
        ImageId=make.image(session),
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        PrivateIpAddress="10.20.7.9",
        KeyName="mine",
        TagSpecifications=make.named("instance", "i"),
    )
    volume = ec2.create_volume(
        AvailabilityZone="ap-northeast-1c", Size=33, VolumeType="st1", TagSpecifications=make.named("volume", "disk")
    )["VolumeId"]
    session.client("route53").create_hosted_zone(
        Name="inside.example",
        CallerReference="x",
        VPC={"VPCRegion": session.region, "VPCId": vpc},
        HostedZoneConfig={"PrivateZone": True, "Comment": ""},
    )
    built = read_back(session)
    assert built.node("v").attributes == {"cidr": "10.20.0.0/16"}
    assert built.node("s").attributes == {"cidr": "10.20.7.0/28", "auto_public_ipv4": False}
    assert built.node("s").parent == "ap-northeast-1c"
    assert built.node("n").require("public_ipv4") == one["PublicIp"]
    assert built.node("two").attributes == {"public_ipv4": two["PublicIp"]}
    assert "one" not in built
    assert built.node("i").require("private_ipv4") == "10.20.7.9"
    assert built.node("i").require("key_name") == "mine"
    assert built.node("disk").attributes == {
        "gib": 33,
        "volume_type": "st1",
        "state": "available",
        "iops": 0,
        "throughput_mibps": 0,
        "delete_on_termination": False,
    }
    assert built.node("disk").aws_id == volume
    assert built.node("inside.example").attributes == {"name": "inside.example", "private": True, "vpcs": (vpc,)}


def test_only_burstable_types_live_on_credits(session: Session, make: SimpleNamespace, ec2: Any) -> None:
    for name, instance_type in (("old", "t2.micro"), ("burst", "t3.micro"), ("even", "m5.large")):
        asked = {"ImageId": make.image(session), "InstanceType": instance_type, "MinCount": 1, "MaxCount": 1}
        ec2.run_instances(**asked, TagSpecifications=make.named("instance", name))
    built = read_back(session)
    options = {name: built.node(name).require("cpu_credits") for name in ("old", "burst", "even")}
    assert options == {"old": "standard", "burst": "unlimited", "even": "none"}


def test_an_attached_volume_stands_beside_its_instance(
    session: Session, make: SimpleNamespace, site: SimpleNamespace, ec2: Any
) -> None:
    volume = ec2.create_volume(
        AvailabilityZone="ap-northeast-1a", Size=10, VolumeType="gp3", TagSpecifications=make.named("volume", "data")
    )["VolumeId"]
    ec2.attach_volume(VolumeId=volume, InstanceId=site.web, Device="/dev/sdf")
    node = read_back(session).node("data")
    assert (node.parent, node.require("state")) == ("public-a", "in-use")


def test_a_launch_time_public_address_is_no_elastic_one(session: Session, make: SimpleNamespace, ec2: Any) -> None:
    net = make.network(session)
    ec2.modify_subnet_attribute(SubnetId=net.public, MapPublicIpOnLaunch={"Value": True})
    ec2.run_instances(
        ImageId=make.image(session),
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=net.public,
        TagSpecifications=make.named("instance", "i"),
    )
    node = read_back(session).node("i")
    assert node.require("public_ipv4_kind") == "public"
    assert node.require("public_ipv4") != ""


def test_a_subnet_without_association_takes_the_main_table(session: Session, make: SimpleNamespace, ec2: Any) -> None:
    net = make.network(session)
    assert links(read_back(session), "routes") == {("public-a", "igw", "0.0.0.0/0")}
    main = ec2.describe_route_tables(
        Filters=[{"Name": "vpc-id", "Values": [net.vpc]}, {"Name": "association.main", "Values": ["true"]}]
    )["RouteTables"][0]["RouteTableId"]
    ec2.create_route(RouteTableId=main, DestinationCidrBlock="0.0.0.0/0", GatewayId=net.igw)
    assert ("private-a", "igw", "0.0.0.0/0") in links(read_back(session), "routes")
    ec2.delete_route(RouteTableId=net.public_table, DestinationCidrBlock="0.0.0.0/0")
    assert ("public-a", "igw", "0.0.0.0/0") not in links(read_back(session), "routes")


def test_a_route_to_a_deleted_gateway_leads_nowhere(session: Session, site: SimpleNamespace, ec2: Any) -> None:
    ec2.delete_nat_gateway(NatGatewayId=site.nat)
    ec2.get_waiter("nat_gateway_deleted").wait(NatGatewayIds=[site.nat])
    built = read_back(session)
    assert "nat" not in built
    assert links(built, "routes") == {("public-a", "igw", "0.0.0.0/0"), ("www.example.co.jp", "web", "A")}


LETS_IN: list[tuple[dict[str, Any], set[tuple[str, str]]]] = [
    ({"IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, {("public-a", "tcp/9000"), ("private-a", "tcp/9000")}),
    ({"IpRanges": [{"CidrIp": "10.0.0.0/24"}]}, {("public-a", "tcp/9000")}),
    ({"IpRanges": [{"CidrIp": "192.168.0.0/16"}]}, set()),
    ({"IpRanges": [{"CidrIp": "198.51.100.0/24"}]}, {("198.51.100.0/24", "tcp/9000")}),
    ({"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, {("internet", "tcp/9000")}),
    ({"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}, {("internet", "tcp/9000")}),
    ({"FromPort": 9000, "ToPort": 9010, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, {("internet", "tcp/9000-9010")}),
    ({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, {("internet", "all")}),
]


def test_who_a_rule_lets_in(session: Session, site: SimpleNamespace, ec2: Any) -> None:
    before = links(read_back(session), "allows")
    for permission, expected in LETS_IN:
        rules = [{"IpProtocol": "tcp", "FromPort": 9000, "ToPort": 9000, **permission}]
        ec2.authorize_security_group_ingress(GroupId=site.db_group, IpPermissions=rules)
        added = links(read_back(session), "allows") - before
        assert added == {(source, "db", label) for source, label in expected}, permission
        ec2.revoke_security_group_ingress(GroupId=site.db_group, IpPermissions=rules)


def test_a_single_private_address_is_the_instance_that_has_it(
    session: Session, site: SimpleNamespace, ec2: Any
) -> None:
    address = read_back(session).node("web").require("private_ipv4")
    ec2.authorize_security_group_ingress(
        GroupId=site.db_group, IpProtocol="tcp", FromPort=9000, ToPort=9000, CidrIp=f"{address}/32"
    )
    assert ("web", "db", "tcp/9000") in links(read_back(session), "allows")


def test_the_tag_of_the_drawing_names_a_node(session: Session, site: SimpleNamespace, ec2: Any) -> None:
    ec2.create_tags(Resources=[site.web], Tags=[{"Key": "aws14:node", "Value": "front"}])
    built = read_back(session)
    assert "web" not in built
    assert built.node("front").aws_id == site.web
    assert ("front", "db", "MySQL") in links(built, "uses")


def test_a_thing_without_name_is_called_by_its_id(session: Session, ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    assert read_back(session).node(vpc).kind == "vpc"


def test_two_things_of_one_name_are_told_apart(session: Session, make: SimpleNamespace, ec2: Any) -> None:
    for cidr in ("10.8.0.0/16", "10.9.0.0/16"):
        ec2.create_vpc(CidrBlock=cidr, TagSpecifications=make.named("vpc", "twin"))
    ids = [node.id for node in read_back(session).of_kind("vpc")]
    assert ids[0] == "twin"
    assert ids[1].startswith("twin (vpc-")


def test_the_label_of_a_use_may_stand_in_the_tag(session: Session, site: SimpleNamespace, ec2: Any) -> None:
    ec2.create_tags(Resources=[site.web], Tags=[{"Key": "aws14:uses", "Value": "db:orders nobody"}])
    assert links(read_back(session), "uses") == {("web", "db", "orders")}


def test_patterns_see_their_own_and_what_stands_in_it(
    session: Session, make: SimpleNamespace, site: SimpleNamespace
) -> None:
    other = session.for_pattern("p02")
    other.client("ec2").create_vpc(CidrBlock="10.50.0.0/16", TagSpecifications=make.named("vpc", "other"))
    assert "other" not in read_back(session)
    assert [node.id for node in read_back(other).of_kind("vpc")] == ["other"]
    everything = read_back(session, pattern="")
    assert "other" in everything
    assert "vpc" in everything


def test_what_another_pattern_builds_into_a_vpc_is_not_this_patterns(
    session: Session, make: SimpleNamespace, site: SimpleNamespace
) -> None:
    other = session.for_pattern("p02").client("ec2")
    other.create_subnet(
        VpcId=site.vpc,
        CidrBlock="10.0.9.0/24",
        AvailabilityZone="ap-northeast-1c",
        TagSpecifications=make.named("subnet", "theirs"),
    )
    assert "theirs" not in read_back(session)
    theirs = read_back(session, pattern="p02")
    assert theirs.node("theirs").parent == "ap-northeast-1c"
    assert theirs.container("theirs", "vpc").id == "vpc"  # type: ignore[union-attr]
    assert "web" not in theirs


def test_an_untagged_child_belongs_to_the_pattern_whose_vpc_it_stands_in(
    session: Session, make: SimpleNamespace, site: SimpleNamespace, aws: Callable[..., Any]
) -> None:
    aws("ec2").create_subnet(VpcId=site.vpc, CidrBlock="10.0.9.0/24", TagSpecifications=make.named("subnet", "by-cli"))
    assert "by-cli" in read_back(session)


def test_the_ledger_knows_what_lost_its_tags(session: Session, site: SimpleNamespace, ec2: Any) -> None:
    ec2.delete_tags(Resources=[site.vpc], Tags=[{"Key": "aws14:pattern"}])
    assert "vpc" in read_back(session)


def test_an_instance_in_the_default_vpc_brings_its_surroundings(
    session: Session, make: SimpleNamespace, ec2: Any
) -> None:
    ec2.run_instances(
        ImageId=make.image(session),
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=make.named("instance", "first"),
    )
    for pattern in ("p01", ""):
        built = read_back(session, pattern=pattern)
        assert built.container("first", "vpc") is not None
        assert len(built.of_kind("subnet")) == 1
        subnet, kinds = built.node("first").parent, {node.kind for node in built.nodes}
        assert (subnet, "0.0.0.0/0") in {(link.source, link.label) for link in built.links_of("routes")} or (
            "internet_gateway" not in kinds
        )


def test_things_in_two_regions_are_both_read(session: Session, make: SimpleNamespace, site: SimpleNamespace) -> None:
    session.client("ec2", "us-west-2").create_vpc(CidrBlock="10.60.0.0/16", TagSpecifications=make.named("vpc", "far"))
    assert read_back(session).node("far").parent == "us-west-2"


def test_an_alias_whose_ttl_nobody_states_is_no_silent_default(session: Session, site: SimpleNamespace) -> None:
    target = {
        "HostedZoneId": "Z14GRHDCWA56QT",
        "DNSName": "lb.example.net",
        "EvaluateTargetHealth": False,
    }
    record = {"Name": "lb.example.co.jp", "Type": "A", "AliasTarget": target}
    session.client("route53").change_resource_record_sets(
        HostedZoneId=site.zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )
    with pytest.raises(ReadbackError, match=r"lb\.example\.co\.jp does not say its TTL"):
        read_back(session)


def test_an_alias_inside_the_zone_has_the_ttl_of_its_target(session: Session, site: SimpleNamespace) -> None:
    target = {
        "HostedZoneId": site.zone.rpartition("/")[2],
        "DNSName": "www.example.co.jp",
        "EvaluateTargetHealth": False,
    }
    record = {"Name": "example.co.jp", "Type": "A", "AliasTarget": target}
    session.client("route53").change_resource_record_sets(
        HostedZoneId=site.zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )
    built = read_back(session)
    apex = built.node("example.co.jp (A)")
    assert (apex.kind, apex.require("ttl_s"), apex.require("values")) == ("dns_record", 300, ("www.example.co.jp",))
    assert ("example.co.jp (A)", "www.example.co.jp", "A") in links(built, "routes")
