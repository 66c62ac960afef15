"""Topologies made by hand get the network that would have been read back with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from aws14.model import Link, Node, Topology
from aws14.model.network import (
    ALL_PORTS,
    AclEntry,
    GroupRule,
    Interface,
    InternetGateway,
    NatGateway,
    Network,
    NetworkAcl,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)

EVERYWHERE = "0.0.0.0/0"
PREFIXES = {"vpc": "vpc", "subnet": "subnet", "instance": "i", "internet_gateway": "igw", "nat_gateway": "nat"}
CIDR = "10.0.0.0/16"


def connected(topology: Topology) -> Topology:
    """A copy with AWS ids, and with the network that its nodes and links tell.

    An instance has one interface and one security group, a subnet one route table and one open network ACL.
    """
    nodes = tuple(replace(node, aws_id=_aws_id(node)) for node in topology.nodes)
    named = replace(topology, nodes=nodes)
    return replace(named, network=_network(named))


def _aws_id(node: Node) -> str:
    return f"{PREFIXES[node.kind]}-{node.id}" if node.kind in PREFIXES else node.aws_id


def _text(node: Node, attribute: str, default: str) -> str:
    return str(node.attributes.get(attribute, default))


def _network(topology: Topology) -> Network:
    subnets = topology.of_kind("subnet")
    return Network(
        vpcs=tuple(Vpc(id=vpc.aws_id, cidrs=(_text(vpc, "cidr", CIDR),)) for vpc in topology.of_kind("vpc")),
        subnets=tuple(
            Subnet(id=one.aws_id, vpc=_around(topology, one, "vpc"), cidr=_text(one, "cidr", CIDR)) for one in subnets
        ),
        interfaces=tuple(_interface(topology, one) for one in topology.of_kind("instance")),
        route_tables=tuple(_table(topology, one) for one in subnets),
        acls=tuple(_acl(topology, one) for one in subnets),
        groups=tuple(_group(topology, one) for one in topology.of_kind("instance")),
        internet_gateways=tuple(
            InternetGateway(id=one.aws_id, vpc=_around(topology, one, "vpc"))
            for one in topology.of_kind("internet_gateway")
        ),
        nat_gateways=tuple(_nat(topology, one) for one in topology.of_kind("nat_gateway")),
        names={node.aws_id: node.id for node in topology.nodes if node.aws_id},
    )


def _around(topology: Topology, node: Node, kind: str) -> str:
    container = topology.container(node.id, kind)
    assert container is not None, f"{node.id} stands in no {kind}"
    return container.aws_id


def _interface(topology: Topology, node: Node) -> Interface:
    number = 10 + topology.nodes.index(node)
    return Interface(
        id=f"eni-{node.id}",
        subnet=_around(topology, node, "subnet"),
        private_ipv4=_text(node, "private_ipv4", f"10.0.0.{number}"),
        public_ipv4=_text(node, "public_ipv4", ""),
        groups=(f"sg-{node.id}",),
        instance=node.aws_id,
        state=_text(node, "state", "running"),
    )


def _nat(topology: Topology, node: Node) -> NatGateway:
    public = _text(node, "public_ipv4", "")
    return NatGateway(
        id=node.aws_id, subnet=_around(topology, node, "subnet"), private_ipv4="10.0.0.9", public_ipv4=public
    )


def _table(topology: Topology, subnet: Node) -> RouteTable:
    vpc = topology.container(subnet.id, "vpc")
    assert vpc is not None
    links = topology.links_of("routes", source=subnet.id)
    ways = (Route(destination=link.label, target=topology.node(link.target).aws_id) for link in links)
    local = Route(destination=_text(vpc, "cidr", CIDR), target="local")
    return RouteTable(id=f"rtb-{subnet.id}", vpc=vpc.aws_id, subnets=(subnet.aws_id,), routes=(local, *ways))


def _acl(topology: Topology, subnet: Node) -> NetworkAcl:
    entries = tuple(AclEntry(number=100, egress=egress, allow=True, cidr=EVERYWHERE) for egress in (False, True))
    vpc = _around(topology, subnet, "vpc")
    return NetworkAcl(id=f"acl-{subnet.id}", vpc=vpc, subnets=(subnet.aws_id,), entries=entries)


def _group(topology: Topology, node: Node) -> SecurityGroup:
    rules = tuple(_rules(topology, topology.links_of("allows", target=node.id)))
    out = GroupRule(egress=True, peer=EVERYWHERE)
    return SecurityGroup(id=f"sg-{node.id}", vpc=_around(topology, node, "vpc"), rules=(out, *rules))


def _rules(topology: Topology, links: tuple[Link, ...]) -> Iterator[GroupRule]:
    for link in links:
        source = topology.node(link.source)
        group = f"sg-{source.id}" if source.kind == "instance" else EVERYWHERE
        protocol, _, ports = link.label.partition("/")
        low, _, high = ports.partition("-")
        span = ALL_PORTS if ports in ("", "all") else (int(low), int(high or low))
        yield GroupRule(egress=False, peer=_text(source, "cidr", group), protocol=protocol, ports=span)
