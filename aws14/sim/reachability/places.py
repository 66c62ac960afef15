"""Where packets start and end: names, ids, addresses and "internet" become places; open questions become several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import chain

from aws14.errors import ScenarioError
from aws14.model.network import Interface, Network
from aws14.sim.reachability.matching import contains, is_private, is_shared, longest_route, table_of

__all__ = ["INTERNET", "S3", "Flow", "Place", "anyone", "flows", "interfaces_of"]

INTERNET = "internet"
S3 = "s3"
_ALLOWED = (
    "an instance or network interface (its id or name), an Internet gateway, an IPv4 address or CIDR block, "
    f"'{INTERNET}' or '{S3}'"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One end of a connection.

    Parameters
    ----------
    kind : str
        ``interface``, ``internet`` or ``s3``.
    address : str
        The IPv4 address by which it is known to the other end; empty when it has none that the other end can use.
    title : str
        What a sentence calls it.
    interface : Interface or None
        The interface, where it is one of the network's.
    gateway : str
        Id of the Internet gateway that the connection is asked to pass; empty for any.
    """

    kind: str
    address: str
    title: str
    interface: Interface | None = None
    gateway: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """One question without openings: from here to there on this port."""

    source: Place
    destination: Place
    protocol: str
    port: int


def flows(network: Network, ends: tuple[str, str], protocol: str, port: int | None) -> Iterator[Flow]:
    """Every question that the asked one may mean; a connection exists when one of them has it.

    An Internet gateway stands for any Internet address behind it, an instance for any of its interfaces, no port for
    any port. What decides changes only at the edges of the network's own CIDR blocks and port ranges, so that asking
    at the edges asks everywhere.

    Parameters
    ----------
    network : Network
        What there is.
    ends : (str, str)
        Source and destination as asked for.
    protocol : str
        ``tcp`` or ``udp``.
    port : int or None
        None for any.

    Raises
    ------
    ScenarioError
        When an end is nothing in this network, or none of the two is inside it.
    """
    ports = _edge_ports(network) if port is None else (port,)
    for source in _places(network, ends[0], None):
        for destination in _places(network, ends[1], source):
            if source.interface is None and destination.interface is None and not _is_nat(network, destination):
                raise ScenarioError(
                    f"'{ends[0]}' and '{ends[1]}' are both outside the network",
                    allowed="an instance or network interface at one end at least",
                )
            for each in ports:
                yield Flow(source=source, destination=destination, protocol=protocol, port=each)


def interfaces_of(network: Network, text: str) -> tuple[Interface, ...]:
    """The interfaces that an id or a name means: its own, or all of its instance's, load balancer's or database's.

    Raises
    ------
    ScenarioError
        When two things have that name.
    """
    keys = {key for key, name in network.names.items() if name == text} | {text}
    found = tuple(each for each in network.interfaces if each.id in keys or each.instance in keys)
    hosts = {f"{each.owner} in {network.vpc_of(each.subnet)}" if each.owner else each.host for each in found}
    if len(hosts) > 1:
        raise ScenarioError(f"'{text}' is the name of {len(hosts)} things", allowed=", ".join(sorted(hosts)))
    return found


def anyone(network: Network) -> str:
    """An Internet address that no rule of the network means in particular: somebody, somewhere."""
    named = [cidr for cidr in _cidrs(network) if IPv4Network(cidr, strict=False).prefixlen > 8]
    # Benchmarking addresses (RFC 2544) are nobody's, so they come first.
    candidates = ["198.18.0.1", *(f"{first}.18.0.1" for first in range(11, 224) if first != 127)]
    free = (one for one in candidates if not any(contains(cidr, one) for cidr in named))
    return next(free, candidates[0])


def _places(network: Network, text: str, source: Place | None) -> tuple[Place, ...]:
    """What `text` means; `source` is None when it is itself the source."""
    interfaces = interfaces_of(network, text)
    if interfaces:
        return tuple(_at(network, each, text, source) for each in interfaces)
    gateways = [one.id for one in network.internet_gateways if text in (one.id, network.names.get(one.id))]
    if gateways:
        return tuple(
            Place(kind=INTERNET, address=address, title=f"{address} on the Internet", gateway=gateways[0])
            for address in _edge_addresses(network)
        )
    nats = [one for one in network.nat_gateways if text in (one.id, network.names.get(one.id))]
    if nats and source is not None:
        return (Place(kind=INTERNET, address=nats[0].public_ipv4 or nats[0].private_ipv4, title=network.title(text)),)
    if text == INTERNET:
        return (Place(kind=INTERNET, address=anyone(network), title="the Internet"),)
    if text == S3 and source is not None:
        return (_s3(network),)
    return (_by_address(network, text, source),)


def _is_nat(network: Network, place: Place) -> bool:
    return any(place.address in (one.public_ipv4, one.private_ipv4) for one in network.nat_gateways)


def _by_address(network: Network, text: str, source: Place | None) -> Place:
    try:
        block = IPv4Network(text, strict=False)
    except ValueError:
        known = sorted({network.title(each.host) for each in network.interfaces})
        cure = f"one of {', '.join(known)}" if known else ""
        raise ScenarioError(f"'{text}' is not in this network", allowed=_ALLOWED, cure=cure) from None
    address = str(block[1] if block.num_addresses > 2 else block[0]) if "/" in text else text
    owner = _owner(network, address, source)
    if owner is None:
        return Place(kind=INTERNET, address=address, title=text)
    return Place(kind="interface", address=address if source else owner.private_ipv4, title=text, interface=owner)


def _owner(network: Network, address: str, source: Place | None) -> Interface | None:
    """Whose address it is: a private one first in the source's VPC, then in those peered with it."""
    holders = [each for each in network.interfaces if address in (each.private_ipv4, each.public_ipv4)]
    if source is not None and source.interface is not None:
        home = network.vpc_of(source.interface.subnet)
        near = {home: 0, **dict.fromkeys(_peers(network, home), 1)}
        holders.sort(key=lambda each: near.get(network.vpc_of(each.subnet), 2) if address == each.private_ipv4 else 0)
        return holders[0] if holders else None
    if len(holders) > 1:
        raise ScenarioError(
            f"{address} is in several VPCs", allowed=", ".join(sorted(network.title(each.host) for each in holders))
        )
    return holders[0] if holders else None


def _at(network: Network, interface: Interface, text: str, source: Place | None) -> Place:
    title = network.title(text)
    if source is None:
        return Place(kind="interface", address=interface.private_ipv4, title=title, interface=interface)
    address = _address_for(network, source, interface)
    return Place(kind="interface", address=address, title=title, interface=interface)


def _address_for(network: Network, source: Place, interface: Interface) -> str:
    """By which address a source would call: inside, and over a peering, the private one, from elsewhere the public."""
    if source.interface is None:
        return interface.public_ipv4
    home, away = network.vpc_of(source.interface.subnet), network.vpc_of(interface.subnet)
    if home == away or away in _peers(network, home):
        return interface.private_ipv4
    route = longest_route(network, table_of(network, source.interface.subnet), interface.private_ipv4)
    if route is not None and route.target in network.peering:
        return interface.private_ipv4
    return interface.public_ipv4


def _peers(network: Network, vpc: str) -> set[str]:
    pairs = [(one.requester, one.accepter) for one in network.peerings if one.state == "active"]
    return {b if a == vpc else a for a, b in pairs if vpc in (a, b)}


def _s3(network: Network) -> Place:
    for one in network.prefix_lists:
        if one.name.startswith("com.amazonaws.") and one.name.endswith(".s3") and one.cidrs:
            return Place(kind=S3, address=str(IPv4Network(one.cidrs[0])[1]), title="Amazon S3")
    raise ScenarioError("the addresses of S3 are not known in this network", cure="add the prefix list of S3")


def _cidrs(network: Network) -> Iterator[str]:
    """Every IPv4 CIDR block that a rule or a route names."""
    rules = (rule.peer for group in network.groups for rule in group.rules)
    entries = (entry.cidr for acl in network.acls for entry in acl.entries)
    routes = (route.destination for table in network.route_tables for route in table.routes)
    lists = chain.from_iterable(one.cidrs for one in network.prefix_lists)
    yield from (each for each in chain(rules, entries, routes, lists) if "/" in each and ":" not in each)


def _edge_addresses(network: Network) -> tuple[str, ...]:
    """Internet addresses, one at least between any two neighbouring edges of CIDR blocks; anyone's comes first."""
    edges = {anyone(network): None}
    for cidr in _cidrs(network):
        block = IPv4Network(cidr, strict=False)
        edges[str(block[0])] = None
        if block[-1] != IPv4Address("255.255.255.255"):
            edges[str(block[-1] + 1)] = None
    public = (one for one in edges if not is_private(one) and not is_shared(one) and _is_unicast(one))
    return tuple(one for one in public if not any(one == each.public_ipv4 for each in network.interfaces))


def _is_unicast(address: str) -> bool:
    first = int(address.partition(".")[0])
    return first not in (0, 127) and first < 224


def _edge_ports(network: Network) -> tuple[int, ...]:
    ranges = chain(
        (rule.ports for group in network.groups for rule in group.rules),
        (entry.ports for acl in network.acls for entry in acl.entries),
    )
    edges = {port for low, high in ranges for port in (low, high + 1)}
    return tuple(sorted(port for port in edges if 0 < port <= 65_535)) or (1,)
