"""The way in: from the name that users type to the instance that answers, or why they do not get there.

Only what was read back decides: the record says the address, and `aws14.sim.reachability`, which the data plane and
the Reachability Analyzer ask too, says whether packets get there and back.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from aws14.errors import ScenarioError
from aws14.model import Node, Topology
from aws14.model.network import Interface, Network
from aws14.sim.reachability import INTERNET, Block, reach

_REASONS: Mapping[str, str] = {
    "BAD_STATE": "instance_not_running",
    "BAD_STATE_ROUTE": "no_route",
    "NO_PATH": "no_route",
    "NO_ROUTE_TO_DESTINATION": "no_route",
    "ENI_SG_RULES_MISMATCH": "blocked",
    "SG_HAS_NO_RULES": "blocked",
    "SUBNET_ACL_RESTRICTION": "blocked",
}
"""What can stop a packet from the Internet to an interface's own public address, as runs count it."""


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
        Ids of the nodes passed; at the last one the way ends, of the request or of its answer.
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
        When the topology is a drawing or came without its network, or `entry` is a node that users cannot address.
    """
    if topology.origin != "built":
        raise ScenarioError(
            f"'{topology.name}' is a drawing",
            allowed="experiments run on what was read back",
            cure="build it, then pass cloud.read_back(session)",
        )
    _network(topology)
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
    network = _network(topology)
    holder = next((each for each in network.interfaces if address and each.public_ipv4 == address), None)
    known = {key: node for node in topology.nodes for key in node.aws_id.split(",") if key}
    if holder is None or holder.instance not in known:
        return Unreachable(reason="no_such_address", nodes=passed, detail=_nobody(topology, address))
    way = reach(network, source=INTERNET, destination=address, port=port)
    keys = [key for hop in way.hops for key in (hop.instance, hop.id)]
    if way.blocked_by is not None:
        keys += _place(way.blocked_by, holder, known)
    passed = tuple(dict.fromkeys((*passed, *(known[key].id for key in keys if key in known))))
    if way.blocked_by is not None:
        return Unreachable(reason=_REASONS[way.blocked_by.code], nodes=passed, detail=way.blocked_by.detail)
    instance = known[holder.instance]
    if (state := instance.require("state")) != "running":
        return Unreachable(reason="instance_not_running", nodes=passed, detail=f"{instance.id} is {state}")
    return Path(instance=instance, nodes=passed, by_name=False)


def _network(topology: Topology) -> Network:
    if topology.network is None:
        raise ScenarioError(
            f"'{topology.name}' came without its network, which decides who gets in",
            cure="read it back with cloud.read_back(session)",
        )
    return topology.network


def _nobody(topology: Topology, address: str) -> str:
    if not address:
        return "the instance has no public address"
    for node in topology.of_kind("nat_gateway", "elastic_ip"):
        if node.require("public_ipv4") == address:
            return f"{address} belongs to the {node.kind} {node.id}, which answers no requests"
    return f"nothing has the address {address}"


def _place(block: Block, holder: Interface, known: Container[str]) -> list[str]:
    """The innermost thing drawn at which a packet is stopped: rules and tables are not, what they guard is."""
    host = holder.instance if block.interface == holder.id else ""
    return [key for key in (block.id, host, block.subnet, block.vpc) if key in known][:1]
