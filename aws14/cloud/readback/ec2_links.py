"""EC2 read back: what route tables configure and what security groups allow, as links between AWS ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, ip_address

from aws14.cloud.readback.ec2 import Facts, group_name
from aws14.cloud.readback.seen import Resource, Seen, first
from aws14.model import Link, Node
from aws14.model.network import owner_of

INTERNET = "internet"
"""Key and id of the node that stands for everybody on the Internet."""

_PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
"""Address blocks that are not routed on the Internet: RFC 1918 and RFC 6598."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """Something that security groups guard, besides the instances that EC2's readers know.

    Parameters
    ----------
    key : str
        Of its node.
    vpc : str
        Where it stands.
    groups : frozenset of str
        Ids of its security groups.
    places : tuple of (str, str)
        Subnet and private IPv4 address of each of its interfaces.
    """

    key: str
    vpc: str
    groups: frozenset[str]
    places: tuple[tuple[str, str], ...] = ()


def to_links(facts: Facts, holders: tuple[Holder, ...] = (), *, abroad: tuple[Resource, ...] = ()) -> tuple[Link, ...]:
    """Routes of every subnet, and who is let in to every instance and every other holder; each link once.

    Parameters
    ----------
    facts : Facts
        Of the region.
    holders : tuple of Holder
        What security groups guard there besides instances.
    abroad : tuple of dict
        Subnets of other regions, from which a peering may lead here.
    """
    return tuple(dict.fromkeys((*_routes(facts), *_allows(facts, holders, (*facts.subnets, *abroad)))))


def places(facts: Facts, owner: str) -> tuple[tuple[str, str], ...]:
    """Subnet and address of each interface that AWS keeps for something of its own.

    Parameters
    ----------
    facts : Facts
        Of the region.
    owner : str
        As `aws14.model.network.owner_of` says it: ``elb/<name>``.
    """
    return tuple(
        (one["SubnetId"], one["PrivateIpAddress"])
        for one in facts.interfaces
        if owner_of(one.get("Description", "")) == owner
    )


def to_offices(facts: Facts) -> tuple[Seen, ...]:
    """The public networks, other than the whole Internet, that a security group names."""
    offices: dict[str, str] = {}
    for group in facts.security_groups:
        for permission in group.get("IpPermissions", ()):
            for entry in permission.get("IpRanges", ()):
                if _is_office(entry["CidrIp"]):
                    offices[entry["CidrIp"]] = offices.get(entry["CidrIp"]) or entry.get("Description", "")
    return tuple(
        Seen(node=Node(id=_office(cidr), kind="office", attributes={"cidr": cidr}), name=name or cidr, stock=True)
        for cidr, name in offices.items()
    )


def _routes(facts: Facts) -> Iterator[Link]:
    for subnet in facts.subnets:
        for route in (_route_table(subnet, facts) or {}).get("Routes", ()):
            target = _next_hop(route)
            destination = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock", "")
            if target and destination and route.get("State") == "active":
                yield Link(source=subnet["SubnetId"], target=target, kind="routes", label=destination)


def _route_table(subnet: Resource, facts: Facts) -> Resource | None:
    """The table associated with a subnet, else the main one of its VPC, as the VPC router does it."""
    tables = [table for table in facts.route_tables if table["VpcId"] == subnet["VpcId"]]
    explicit = (table for table in tables if first(table["Associations"], SubnetId=subnet["SubnetId"]))
    main = (table for table in tables if any(entry.get("Main") for entry in table["Associations"]))
    return next(explicit, None) or next(main, None)


def _next_hop(route: Resource) -> str:
    gateway: str = route.get("GatewayId", "")
    if gateway == "local":
        return ""
    hops = ("NatGatewayId", "VpcPeeringConnectionId", "InstanceId")
    return gateway or next((str(route[hop]) for hop in hops if route.get(hop)), "")


def _allows(facts: Facts, holders: tuple[Holder, ...], subnets: tuple[Resource, ...]) -> Iterator[Link]:
    groups = {group["GroupId"]: group for group in facts.security_groups}
    facts, everybody = replace(facts, subnets=subnets), (*_instances(facts), *holders)
    for holder in everybody:
        for key in sorted(holder.groups):
            for permission in groups.get(key, {}).get("IpPermissions", ()):
                for source in _sources(permission, holder, facts, everybody):
                    if source != holder.key:
                        yield Link(source=source, target=holder.key, kind="allows", label=_ports(permission))


def _instances(facts: Facts) -> Iterator[Holder]:
    for instance in facts.instances:
        if not group_name(instance):
            yield Holder(
                key=instance["InstanceId"],
                vpc=instance["VpcId"],
                groups=frozenset(each["GroupId"] for each in instance.get("SecurityGroups", ())),
                places=((instance["SubnetId"], instance["PrivateIpAddress"]),),
            )


def _sources(permission: Resource, holder: Holder, facts: Facts, everybody: tuple[Holder, ...]) -> Iterator[str]:
    for entry in permission.get("IpRanges", ()):
        yield from _from_network(entry["CidrIp"], holder, facts, everybody)
    if any(entry["CidrIpv6"] == "::/0" for entry in permission.get("Ipv6Ranges", ())):
        yield INTERNET
    for pair in permission.get("UserIdGroupPairs", ()):
        yield from (other.key for other in everybody if pair["GroupId"] in other.groups)


def _from_network(cidr: str, holder: Holder, facts: Facts, everybody: tuple[Holder, ...]) -> Iterator[str]:
    if cidr == "0.0.0.0/0":
        yield INTERNET
        return
    if _is_office(cidr):
        yield _office(cidr)
        return
    network, near = IPv4Network(cidr), _near(holder.vpc, facts)
    covered = {
        subnet["SubnetId"]
        for subnet in facts.subnets
        if subnet["VpcId"] in near and IPv4Network(subnet["CidrBlock"]).subnet_of(network)
    }
    yield from sorted(covered)
    # A network smaller than any subnet still lets in those whose address lies in it.
    yield from (
        other.key
        for other in everybody
        if other.vpc in near
        and any(subnet not in covered and ip_address(address) in network for subnet, address in other.places)
    )


def _near(vpc: str, facts: Facts) -> frozenset[str]:
    """A VPC and those peered with it, whose private addresses can be told apart from everybody else's."""
    pairs = [
        {peering["RequesterVpcInfo"]["VpcId"], peering["AccepterVpcInfo"]["VpcId"]}
        for peering in facts.peerings
        if peering["Status"]["Code"] == "active"
    ]
    return frozenset({vpc}.union(*(pair for pair in pairs if vpc in pair)))


def _is_office(cidr: str) -> bool:
    network = IPv4Network(cidr)
    return network.prefixlen > 0 and not any(network.subnet_of(block) for block in _PRIVATE)


def _office(cidr: str) -> str:
    return f"office/{cidr}"


def _ports(permission: Resource) -> str:
    protocol: str = permission["IpProtocol"]
    if protocol == "-1":
        return "all"
    low, high = permission.get("FromPort", -1), permission.get("ToPort", -1)
    if low == -1 or (low, high) == (0, 65_535):
        return protocol
    return f"{protocol}/{low}" if low == high else f"{protocol}/{low}-{high}"
