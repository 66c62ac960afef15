"""The network as moto keeps it is the network that the describe calls tell; both on one cloud of this process."""

from __future__ import annotations

from dataclasses import fields, replace
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws
from moto.ec2.models import ec2_backends

from aws14.cloud.readback.network import read_network
from aws14.emulator.network_view import network_of
from aws14.model.network import AclEntry, Network
from aws14.sim.reachability import reach

REGION = "ap-northeast-1"


@pytest.fixture
def ec2(monkeypatch):
    for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("DEFAULT_REGION", REGION)):
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        yield boto3.client("ec2", region_name=REGION)


@pytest.fixture
def session(ec2):
    """As much of a course session as a reader asks for."""
    ledger = SimpleNamespace(regions=lambda _word: (), ids=lambda _word: frozenset())
    return SimpleNamespace(pattern="", region=REGION, ledger=ledger, client=lambda _service, _region: ec2)


def built(ec2) -> SimpleNamespace:
    """Two peered VPCs with everything that decides where packets go."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.9.0.0/16")
    other = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    public, private, away = (
        ec2.create_subnet(VpcId=where, CidrBlock=cidr)["Subnet"]["SubnetId"]
        for where, cidr in ((vpc, "10.0.0.0/24"), (vpc, "10.0.1.0/24"), (other, "10.1.0.0/24"))
    )
    igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.create_internet_gateway()
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    pair = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=pair["VpcPeeringConnectionId"])
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=private)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    ec2.create_route(
        RouteTableId=table,
        DestinationCidrBlock="10.1.0.0/16",
        VpcPeeringConnectionId=pair["VpcPeeringConnectionId"],
    )
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3", RouteTableIds=[table])
    main = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
    ec2.create_route(RouteTableId=main, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw)
    net = SimpleNamespace(vpc=vpc, other=other, public=public, private=private, away=away, nat=nat, igw=igw)
    net.pair, net.table = pair["VpcPeeringConnectionId"], table
    return net


def walls(ec2, net) -> None:
    """A group with every kind of rule, a network ACL with ports and protocols."""
    office = ec2.create_managed_prefix_list(
        PrefixListName="office", AddressFamily="IPv4", MaxEntries=2, Entries=[{"Cidr": "203.0.113.0/24"}]
    )["PrefixList"]["PrefixListId"]
    net.group = ec2.create_security_group(GroupName="web", Description="web", VpcId=net.vpc)["GroupId"]
    pairs, lists = [{"GroupId": net.group}], [{"PrefixListId": office}]
    for permission in (
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 81, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "UserIdGroupPairs": pairs},
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": lists},
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
    ):
        ec2.authorize_security_group_ingress(GroupId=net.group, IpPermissions=[permission])
    net.acl = ec2.create_network_acl(VpcId=net.vpc)["NetworkAcl"]["NetworkAclId"]
    for number, protocol, ports in ((100, "6", {"From": 80, "To": 81}), (90, "17", {"From": 53, "To": 53})):
        for egress in (False, True):
            ec2.create_network_acl_entry(
                NetworkAclId=net.acl,
                RuleNumber=number,
                Protocol=protocol,
                RuleAction="allow" if number == 100 else "deny",
                Egress=egress,
                CidrBlock="0.0.0.0/0",
                PortRange=ports,
            )


def servers(ec2, net) -> None:
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    for name, subnet in (("web", net.public), ("db", net.private), ("old", net.private), ("off", net.away)):
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
        groups = {"SecurityGroupIds": [net.group]} if subnet != net.away else {}
        started = ec2.run_instances(
            ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, TagSpecifications=tags, **groups
        )
        setattr(net, name, started["Instances"][0]["InstanceId"])
    ec2.terminate_instances(InstanceIds=[net.old])
    ec2.stop_instances(InstanceIds=[net.off])
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=address, InstanceId=net.web)
    ec2.create_network_interface(SubnetId=net.private)


def sorted_parts(network: Network, vpcs: set[str]) -> dict[str, object]:
    """Every part of the network in a fixed order, without the default VPC, whose parts nobody asked for."""
    subnets = {subnet.id for subnet in network.subnets if subnet.vpc in vpcs}
    inside = {
        "vpcs": lambda one: one.id in vpcs,
        "interfaces": lambda one: one.subnet in subnets,
        "nat_gateways": lambda one: one.subnet in subnets,
        "peerings": lambda one: one.requester in vpcs,
        "internet_gateways": lambda one: one.vpc in vpcs or not one.vpc,
    }
    parts = {}
    for each in fields(network):
        if each.name not in ("names", "prefix_lists"):
            keep = inside.get(each.name, lambda one: one.vpc in vpcs)
            parts[each.name] = sorted(filter(keep, getattr(network, each.name)), key=lambda one: one.id)
    parts["route_tables"] = [replace(one, routes=tuple(sorted(one.routes, key=repr))) for one in parts["route_tables"]]
    return parts


@pytest.fixture
def site(ec2) -> SimpleNamespace:
    net = built(ec2)
    walls(ec2, net)
    servers(ec2, net)
    return net


def views(session, site) -> tuple[Network, Network]:
    return network_of([ec2_backends["123456789012"][REGION]]), read_network(session)


def test_both_see_the_same(session, site):
    from_moto, from_calls = views(session, site)
    vpcs = {site.vpc, site.other}
    mine, theirs = sorted_parts(from_moto, vpcs), sorted_parts(from_calls, vpcs)
    for name in mine:
        assert mine[name] == theirs[name], name
        assert mine[name], name
    assert {one.id for one in from_calls.prefix_lists} <= {one.id for one in from_moto.prefix_lists}
    assert from_calls.names[site.web] == from_moto.names[site.web] == "web"


def test_the_parts_are_what_was_built(session, site):
    for network in views(session, site):
        at = {one.instance: one for one in network.interfaces}
        assert (at[site.web].state, at[site.off].state) == ("running", "stopped")
        assert at[site.web].public_ipv4
        assert site.old not in at
        assert "available" in {one.state for one in network.interfaces if not one.instance}
        assert {rule.peer[:3] for rule in network.group[site.group].rules} == {"0.0", "sg-", "pl-"}
        entries = next(one.entries for one in network.acls if one.id == site.acl)
        assert [one for one in entries if not one.egress and one.number < 32_000] == [
            AclEntry(number=90, egress=False, allow=False, cidr="0.0.0.0/0", protocol="udp", ports=(53, 53)),
            AclEntry(number=100, egress=False, allow=True, cidr="0.0.0.0/0", protocol="tcp", ports=(80, 81)),
        ]
        table = next(one for one in network.route_tables if one.id == site.table)
        assert {route.target.split("-")[0] for route in table.routes} == {"local", "nat", "pcx", "vpce"}
        assert network.nat_gateway[site.nat].subnet == site.public
        assert set(network.vpc[site.vpc].cidrs) == {"10.0.0.0/16", "10.9.0.0/16"}


def test_both_answer_the_same(session, site):
    for network in views(session, site):
        assert reach(network, source="internet", destination="web", port=80).reachable
        assert not reach(network, source="internet", destination="web", port=22).reachable
        assert reach(network, source="203.0.113.7", destination="web", port=22).reachable
        assert reach(network, source="db", destination="s3", port=443).reachable


def test_the_interface_of_a_nat_gateway_is_nobodys(session, site):
    for network in views(session, site):
        assert not [one for one in network.interfaces if one.private_ipv4 == network.nat_gateway[site.nat].private_ipv4]
