"""EC2 read back: what route tables configure and what security groups allow, as links between AWS ids."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_address

from aws14.cloud.readback.ec2 import Facts
from aws14.cloud.readback.seen import Resource, Seen, first
from aws14.model import Link, Node

INTERNET = "internet"
"""Key and id of the node that stands for everybody on the Internet."""

_PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
"""Address blocks that are not routed on the Internet: RFC 1918 and RFC 6598."""


def to_links(facts: Facts) -> tuple[Link, ...]:
    """Routes of every subnet, and who is let in to every instance; each link once."""
    return tuple(dict.fromkeys((*_routes(facts), *_allows(facts))))


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
    return gateway or route.get("NatGatewayId", "") or route.get("InstanceId", "")


def _allows(facts: Facts) -> Iterator[Link]:
    groups = {group["GroupId"]: group for group in facts.security_groups}
    for instance in facts.instances:
        for membership in instance.get("SecurityGroups", ()):
            group = groups.get(membership["GroupId"], {})
            for permission in group.get("IpPermissions", ()):
                for source in _sources(permission, instance, facts):
                    if source != instance["InstanceId"]:
                        yield Link(
                            source=source, target=instance["InstanceId"], kind="allows", label=_ports(permission)
                        )


def _sources(permission: Resource, instance: Resource, facts: Facts) -> Iterator[str]:
    for entry in permission.get("IpRanges", ()):
        yield from _from_network(entry["CidrIp"], instance, facts)
    if any(entry["CidrIpv6"] == "::/0" for entry in permission.get("Ipv6Ranges", ())):
        yield INTERNET
    for pair in permission.get("UserIdGroupPairs", ()):
        yield from (
            other["InstanceId"] for other in facts.instances if first(other["SecurityGroups"], GroupId=pair["GroupId"])
        )


def _from_network(cidr: str, instance: Resource, facts: Facts) -> Iterator[str]:
    if cidr == "0.0.0.0/0":
        yield INTERNET
        return
    if _is_office(cidr):
        yield _office(cidr)
        return
    network = IPv4Network(cidr)
    covered = {
        subnet["SubnetId"]
        for subnet in facts.subnets
        if subnet["VpcId"] == instance["VpcId"] and IPv4Network(subnet["CidrBlock"]).subnet_of(network)
    }
    yield from sorted(covered)
    # A network smaller than any subnet still lets in the instances whose address lies in it.
    yield from (
        other["InstanceId"]
        for other in facts.instances
        if other["VpcId"] == instance["VpcId"]
        and other["SubnetId"] not in covered
        and ip_address(other["PrivateIpAddress"]) in network
    )


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
