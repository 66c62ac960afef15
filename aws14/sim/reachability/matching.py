"""What rules say of a packet: CIDR blocks, prefix lists, security groups, network ACLs, routes. Pure look-ups."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from aws14.errors import DesignError
from aws14.model.network import AclEntry, GroupRule, Network, NetworkAcl, Ports, Route, RouteTable
from aws14.sim.reachability.outcome import Packet

__all__ = ["acl_of", "acl_verdict", "contains", "group_rule", "is_private", "is_shared", "longest_route", "table_of"]

_RFC1918 = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
_RFC6598 = "100.64.0.0/10"


@lru_cache(maxsize=65_536)
def _network(cidr: str) -> IPv4Network | IPv6Network:
    return ip_network(cidr, strict=False)


@lru_cache(maxsize=65_536)
def _address(address: str) -> IPv4Address:
    return IPv4Address(address)


def contains(cidr: str, address: str) -> bool:
    """Whether an IPv4 address lies in a CIDR block; never in an IPv6 one."""
    network = _network(cidr)
    return isinstance(network, IPv4Network) and _address(address) in network


def is_private(address: str) -> bool:
    """Whether the Internet does not route it because of RFC 1918."""
    return any(contains(block, address) for block in _RFC1918)


def is_shared(address: str) -> bool:
    """Whether the Internet does not route it because of RFC 6598 (carrier-grade NAT)."""
    return contains(_RFC6598, address)


def group_rule(
    network: Network, groups: tuple[str, ...], packet: Packet, *, egress: bool, peer_groups: Collection[str]
) -> GroupRule | None:
    """The first rule of these security groups that lets the packet through, or None.

    Parameters
    ----------
    network : Network
        For the groups and the prefix lists.
    groups : tuple of str
        Ids of the interface's groups; the rules of all of them count together.
    packet : Packet
        As the interface sees it.
    egress : bool
        Whether it leaves the interface.
    peer_groups : collection of str
        Ids of the groups of the other end; empty once a gateway has put another address in their place.
    """
    remote = packet.destination if egress else packet.source
    rules = (rule for key in groups if key in network.group for rule in network.group[key].rules)
    for rule in rules:
        applies = rule.egress == egress and _covers(rule.protocol, rule.ports, packet)
        if applies and (rule.peer in peer_groups or _is_within(network, rule.peer, remote)):
            return rule
    return None


def _covers(protocol: str, ports: Ports, packet: Packet) -> bool:
    if protocol == "all":
        return True
    return protocol == packet.protocol and ports[0] <= packet.ports[0] and packet.ports[1] <= ports[1]


def _is_within(network: Network, peer: str, address: str) -> bool:
    return any(contains(cidr, address) for cidr in _cidrs(network, peer))


def _cidrs(network: Network, peer: str) -> tuple[str, ...]:
    if "/" in peer:
        return (peer,)
    return network.prefix_list[peer].cidrs if peer in network.prefix_list else ()


def acl_of(network: Network, subnet: str) -> NetworkAcl:
    """The network ACL that guards a subnet.

    Raises
    ------
    DesignError
        When there is none: on AWS every subnet has one.
    """
    for acl in network.acls:
        if subnet in acl.subnets:
            return acl
    raise DesignError(f"the subnet {subnet} has no network ACL", allowed="one network ACL for every subnet")


def acl_verdict(acl: NetworkAcl, packet: Packet, *, egress: bool) -> tuple[bool, AclEntry | None]:
    """Whether the entries, lowest number first, allow the packet from every one of its ports, and which one decided.

    Parameters
    ----------
    acl : NetworkAcl
        Whose entries.
    packet : Packet
        Crossing the edge of the subnet. Its destination ports may be a range (an answer to a client's ephemeral port).
    egress : bool
        Whether it leaves the subnet.

    Returns
    -------
    allowed : bool
        Whether all of its ports are allowed.
    entry : AclEntry or None
        The first denial that applies, else the allowance that completed it; None when entries ran out.
    """
    remote = packet.destination if egress else packet.source
    left = [packet.ports]
    for entry in sorted(acl.entries, key=lambda each: each.number):
        if entry.egress != egress or entry.protocol not in ("all", packet.protocol) or not contains(entry.cidr, remote):
            continue
        rest = list(_without(left, entry.ports if entry.protocol in ("tcp", "udp") else (0, 65_535)))
        if rest == left:
            continue
        if not entry.allow or not rest:
            return entry.allow, entry
        left = rest
    return False, None


def _without(ranges: list[Ports], taken: Ports) -> Iterator[Ports]:
    for low, high in ranges:
        if low < taken[0]:
            yield low, min(high, taken[0] - 1)
        if high > taken[1]:
            yield max(low, taken[1] + 1), high


def table_of(network: Network, subnet: str) -> RouteTable:
    """The route table of a subnet: the one associated with it, else the main one of its VPC.

    Raises
    ------
    DesignError
        When there is none: on AWS every VPC has a main route table.
    """
    tables = [table for table in network.route_tables if table.vpc == network.vpc_of(subnet)]
    for table in tables:
        if subnet in table.subnets:
            return table
    for table in tables:
        if table.main:
            return table
    raise DesignError(f"the subnet {subnet} has no route table", allowed="a main route table in every VPC")


def longest_route(network: Network, table: RouteTable, address: str) -> Route | None:
    """The route with the longest prefix around the address; a CIDR block goes before a prefix list of equal length."""
    best: tuple[int, bool] = (-1, False)
    found = None
    for route in table.routes:
        lengths = [_network(cidr).prefixlen for cidr in _cidrs(network, route.destination) if contains(cidr, address)]
        rank = (max(lengths, default=-1), "/" in route.destination)
        if lengths and rank > best:
            best, found = rank, route
    return found
