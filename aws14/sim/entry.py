"""The way in: from the name that users type to the instance that answers, or why they do not get there.

Only what was read back decides, in the order in which a packet would find out: the record, the address, the
subnet's route to an Internet gateway, the security group, the state of the instance.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws14.errors import ScenarioError
from aws14.model import Node, Topology

INTERNET = "internet"
EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """A way that requests can take.

    Parameters
    ----------
    instance : Node
        Which answers.
    nodes : tuple of str
        Ids of the nodes passed, from the Internet to the instance.
    by_name : bool
        Whether a name has to be looked up first.
    """

    instance: Node
    nodes: tuple[str, ...]
    by_name: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreachable:
    """Where requests end instead.

    Parameters
    ----------
    reason : str
        A key of `aws14.model.trace.FAILURE_REASONS`.
    nodes : tuple of str
        Ids of the nodes passed; at the last one the way ends.
    detail : str
        What was found there, in one sentence.
    """

    reason: str
    nodes: tuple[str, ...]
    detail: str


def resolve(topology: Topology, entry: str, port: int) -> Path | Unreachable:
    """Follow a request from the Internet to the instance that answers it.

    Parameters
    ----------
    topology : Topology
        What was built and read back.
    entry : str
        Id of a DNS record or of an instance (then its public address is used).
    port : int
        The TCP port that clients connect to.

    Raises
    ------
    ScenarioError
        When the topology is a drawing, or `entry` is a node that users cannot address.
    """
    if topology.origin != "built":
        raise ScenarioError(
            f"'{topology.name}' is a drawing",
            allowed="experiments run on what was read back",
            cure="build it, then pass cloud.read_back(session)",
        )
    if entry not in topology:
        return Unreachable(reason="name_not_found", nodes=_online(topology), detail=f"nothing called {entry} was built")
    node = topology.node(entry)
    if node.kind == "instance":
        return _to_address(topology, str(node.require("public_ipv4")), _online(topology), port)
    if node.kind == "dns_record":
        return _by_name(topology, node, port)
    raise ScenarioError(
        f"users cannot address '{entry}', a {node.kind}", allowed="the id of a dns_record or of an instance"
    )


def _online(topology: Topology) -> tuple[str, ...]:
    return (INTERNET,) if INTERNET in topology else ()


def _by_name(topology: Topology, record: Node, port: int) -> Path | Unreachable:
    passed = (*_online(topology), record.id)
    zone = _zone(topology, record)
    if zone is not None and zone.require("private"):
        detail = f"{record.id} is in the private hosted zone {zone.id}, which the Internet does not see"
        return Unreachable(reason="name_not_found", nodes=passed, detail=detail)
    values = record.require("values")
    addresses = values if isinstance(values, tuple) else (str(values),)
    if record.require("type") != "A" or not addresses:
        detail = f"{record.id} has no IPv4 address: it is a {record.require('type')} record"
        return Unreachable(reason="name_not_found", nodes=passed, detail=detail)
    if len(addresses) > 1:
        raise ScenarioError(
            f"the record '{record.id}' has {len(addresses)} addresses: {', '.join(addresses)}",
            allowed="one address: this engine sends all requests to one server",
        )
    way = _to_address(topology, addresses[0], passed, port)
    return way if isinstance(way, Unreachable) else Path(instance=way.instance, nodes=way.nodes, by_name=True)


def _zone(topology: Topology, record: Node) -> Node | None:
    """The hosted zone of a record: the one with the longest name that ends it."""
    name = str(record.require("name"))
    zones = [zone for zone in topology.of_kind("hosted_zone") if f".{name}".endswith(f".{zone.require('name')}")]
    return max(zones, key=lambda zone: len(str(zone.require("name"))), default=None)


def _to_address(topology: Topology, address: str, passed: tuple[str, ...], port: int) -> Path | Unreachable:
    holder = _holder(topology, address)
    if holder is None or holder.kind != "instance":
        return Unreachable(reason="no_such_address", nodes=passed, detail=_nobody(address, holder))
    gateway = _internet_gateway(topology, holder)
    if gateway is None:
        detail = f"the subnet of {holder.id} has no route {EVERYWHERE} to an Internet gateway"
        return Unreachable(reason="no_route", nodes=passed, detail=detail)
    passed = (*passed, gateway, holder.id)
    rules = [link.label for link in topology.links_of("allows", source=INTERNET, target=holder.id)]
    if not any(_permits(rule, port) for rule in rules):
        detail = f"no security group of {holder.id} allows tcp/{port} from the Internet"
        return Unreachable(reason="blocked", nodes=passed, detail=detail)
    state = holder.require("state")
    if state != "running":
        return Unreachable(reason="instance_not_running", nodes=passed, detail=f"{holder.id} is {state}")
    return Path(instance=holder, nodes=passed, by_name=False)


def _holder(topology: Topology, address: str) -> Node | None:
    holders = topology.of_kind("instance", "nat_gateway", "elastic_ip")
    return next((node for node in holders if address and node.require("public_ipv4") == address), None)


def _nobody(address: str, holder: Node | None) -> str:
    if holder is not None:
        return f"{address} belongs to the {holder.kind} {holder.id}, which answers no requests"
    return f"nothing has the address {address}" if address else "the instance has no public address"


def _internet_gateway(topology: Topology, instance: Node) -> str | None:
    subnet = topology.container(instance.id, "subnet")
    if subnet is None:
        return None
    routes = topology.links_of("routes", source=subnet.id)
    ways = [link.target for link in routes if link.label == EVERYWHERE]
    return next((target for target in ways if topology.node(target).kind == "internet_gateway"), None)


def _permits(rule: str, port: int) -> bool:
    """Whether a rule such as ``tcp/80``, ``tcp/8000-8099``, ``tcp/all`` or ``all`` lets a TCP port in."""
    protocol, _, ports = rule.partition("/")
    if protocol not in ("tcp", "all") or ports in ("", "all"):
        return protocol in ("tcp", "all")
    low, _, high = ports.partition("-")
    return low.isdecimal() and int(low) <= port <= int(high or low)
