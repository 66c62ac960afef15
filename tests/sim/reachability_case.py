"""A network made by hand (the campaign site, a partner's VPC peered with it, an endpoint of S3); how to change it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aws14.model.network import (
    AclEntry,
    GatewayEndpoint,
    GroupRule,
    Interface,
    InternetGateway,
    NatGateway,
    Network,
    NetworkAcl,
    Peering,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)

OFFICE = "203.0.113.0/24"
S3_RANGE = "52.219.0.0/20"
EVERYWHERE = "0.0.0.0/0"

OUT = GroupRule(egress=True, peer=EVERYWHERE)


def tcp(port: int, peer: str, *, egress: bool = False) -> GroupRule:
    return GroupRule(egress=egress, peer=peer, protocol="tcp", ports=(port, port))


def entry(number: int, *, egress: bool, allow: bool = True, **more: Any) -> AclEntry:
    return AclEntry(number=number, egress=egress, allow=allow, **{"cidr": EVERYWHERE, **more})


OPEN = (entry(100, egress=False), entry(100, egress=True))


def acl(key: str, vpc: str, *subnets: str) -> NetworkAcl:
    return NetworkAcl(id=key, vpc=vpc, subnets=subnets, entries=OPEN)


def table(key: str, vpc: str, cidr: str, *routes: tuple[str, str], **more: Any) -> RouteTable:
    ways = ((cidr, "local"), *routes)
    return RouteTable(id=key, vpc=vpc, routes=tuple(Route(destination=a, target=b) for a, b in ways), **more)


def interface(name: str, subnet: str, address: str, *groups: str, public: str = "") -> Interface:
    return Interface(
        id=f"eni-{name}",
        subnet=subnet,
        private_ipv4=address,
        public_ipv4=public,
        groups=groups,
        instance=f"i-{name}",
    )


def network() -> Network:
    """web (public, 80 for all, 22 for the office), db (private, 3306 for web, NAT, S3 endpoint), batch beside db;
    partner (in a peered VPC, 8080 for web's group)."""
    return Network(
        vpcs=(Vpc(id="vpc-1", cidrs=("10.0.0.0/16",)), Vpc(id="vpc-2", cidrs=("10.1.0.0/16",))),
        subnets=(
            Subnet(id="subnet-public", vpc="vpc-1", cidr="10.0.0.0/24"),
            Subnet(id="subnet-private", vpc="vpc-1", cidr="10.0.1.0/24"),
            Subnet(id="subnet-partner", vpc="vpc-2", cidr="10.1.0.0/24"),
        ),
        interfaces=(
            interface("web", "subnet-public", "10.0.0.10", "sg-web", public="198.51.100.1"),
            interface("db", "subnet-private", "10.0.1.10", "sg-db"),
            interface("batch", "subnet-private", "10.0.1.11", "sg-batch"),
            interface("partner", "subnet-partner", "10.1.0.10", "sg-partner"),
        ),
        route_tables=(
            table("rtb-main", "vpc-1", "10.0.0.0/16", main=True),
            table(
                "rtb-public",
                "vpc-1",
                "10.0.0.0/16",
                (EVERYWHERE, "igw-1"),
                ("10.1.0.0/16", "pcx-1"),
                subnets=("subnet-public",),
            ),
            table(
                "rtb-private",
                "vpc-1",
                "10.0.0.0/16",
                (EVERYWHERE, "nat-1"),
                ("pl-s3", "vpce-1"),
                subnets=("subnet-private",),
            ),
            table("rtb-partner", "vpc-2", "10.1.0.0/16", ("10.0.0.0/16", "pcx-1"), main=True),
        ),
        acls=(
            acl("acl-public", "vpc-1", "subnet-public"),
            acl("acl-private", "vpc-1", "subnet-private"),
            acl("acl-partner", "vpc-2", "subnet-partner"),
        ),
        groups=(
            SecurityGroup(id="sg-web", vpc="vpc-1", rules=(OUT, tcp(80, EVERYWHERE), tcp(22, OFFICE))),
            SecurityGroup(id="sg-db", vpc="vpc-1", rules=(OUT, tcp(3306, "sg-web"))),
            SecurityGroup(id="sg-batch", vpc="vpc-1", rules=(OUT, tcp(9000, "10.0.1.0/24"))),
            SecurityGroup(id="sg-partner", vpc="vpc-2", rules=(OUT, tcp(8080, "sg-web"))),
        ),
        internet_gateways=(InternetGateway(id="igw-1", vpc="vpc-1"),),
        nat_gateways=(
            NatGateway(id="nat-1", subnet="subnet-public", private_ipv4="10.0.0.20", public_ipv4="198.51.100.2"),
        ),
        peerings=(Peering(id="pcx-1", requester="vpc-1", accepter="vpc-2"),),
        endpoints=(GatewayEndpoint(id="vpce-1", vpc="vpc-1", service="com.amazonaws.ap-northeast-1.s3"),),
        prefix_lists=(PrefixList(id="pl-s3", name="com.amazonaws.ap-northeast-1.s3", cidrs=(S3_RANGE,)),),
        names={f"i-{name}": name for name in ("web", "db", "batch", "partner")} | {"igw-1": "igw", "nat-1": "nat"},
    )


_FIELDS = {
    "eni": "interfaces",
    "rtb": "route_tables",
    "acl": "acls",
    "sg": "groups",
    "igw": "internet_gateways",
    "nat": "nat_gateways",
    "pcx": "peerings",
    "vpce": "endpoints",
    "pl": "prefix_lists",
    "vpc": "vpcs",
}


def changed(network: Network, key: str, **fields: Any) -> Network:
    """The network with fields of one thing changed."""
    name = _FIELDS[key.split("-", maxsplit=1)[0]]
    things = getattr(network, name)
    assert any(thing.id == key for thing in things), key
    return replace(network, **{name: tuple(replace(one, **fields) if one.id == key else one for one in things)})


def rerouted(network: Network, key: str, destination: str, target: str | None) -> Network:
    """The network with one route put into a table, or taken out of it."""
    held = next(one for one in network.route_tables if one.id == key)
    routes = tuple(route for route in held.routes if route.destination != destination)
    if target is not None:
        routes += (Route(destination=destination, target=target),)
    return changed(network, key, routes=routes)
