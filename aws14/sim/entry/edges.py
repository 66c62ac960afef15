"""To a content delivery network: whose names it serves, and what stands behind each of its behaviours."""

from __future__ import annotations

from dataclasses import replace

from aws14.errors import DesignError
from aws14.model import Node
from aws14.sim.entry.names import Follow, node_called
from aws14.sim.entry.question import Question
from aws14.sim.entry.ways import Behaviour, Path, ToEdge, ToFleet, ToFunction, ToPlaces, Unreachable
from aws14.sim.standing import region_of

_PORTS = (443, 80)
"""On which origins are asked, HTTPS first: a distribution that is not configured otherwise matches its viewers."""


def to_distribution(question: Question, distribution: Node, follow: Follow) -> ToEdge | Unreachable:
    """Follow a request to a distribution; anybody on the Internet reaches it."""
    question = question.past(distribution.id)
    aliases = distribution.require("aliases")
    own = (str(distribution.require("domain_name")), *(aliases if isinstance(aliases, tuple) else (str(aliases),)))
    if question.host and not any(_serves(name, question.host) for name in own):
        detail = f"{distribution.id} does not serve {question.host}: it is not among its alternate domain names"
        return Unreachable(reason="refused", nodes=question.passed, detail=detail)
    return ToEdge(
        distribution=distribution,
        behaviours=tuple(_behaviour(question, distribution, entry, follow) for entry in _entries(distribution)),
        nodes=question.passed,
        by_name=question.by_name,
    )


def _serves(name: str, host: str) -> bool:
    """Whether an alternate domain name covers a host; ``*.example.jp`` covers one label."""
    if name.startswith("*."):
        return host.lower().partition(".")[2] == name[2:].lower()
    return host.lower() == name.lower()


def _entries(distribution: Node) -> tuple[str, ...]:
    entries = distribution.require("behaviours")
    return entries if isinstance(entries, tuple) else (str(entries),)


def _behaviour(question: Question, distribution: Node, entry: str, follow: Follow) -> Behaviour:
    path, _, rest = entry.partition(" ")
    name, _, ttl = rest.partition(" passes=")[0].rpartition(" ttl=")
    try:
        ttl_s = float(ttl)
    except ValueError:
        allowed = "'<path> <origin> ttl=<seconds>' for each behaviour"
        raise DesignError(f"behaviours of '{distribution.id}' says '{entry}'", allowed=allowed) from None
    origin = _origin(question, distribution, path, name)
    if origin.kind == "bucket":
        region = region_of(question.topology, origin)
        return Behaviour(path=path, origin=origin, kind="bucket", ttl_s=ttl_s, region=region, way=None)
    way = _way(question, origin, follow)
    kind, node = _answering(way)
    region = region_of(question.topology, node) if node else ""
    return Behaviour(path=path, origin=origin, kind=kind, ttl_s=ttl_s, region=region, way=way)


def _answering(way: Path | ToFleet | ToFunction | Unreachable) -> tuple[str, Node | None]:
    if isinstance(way, ToFleet):
        return "fleet", way.load_balancer
    if isinstance(way, ToFunction):
        return "function", way.function
    return ("instance", way.instance) if isinstance(way, Path) else ("nothing", None)


def _origin(question: Question, distribution: Node, path: str, name: str) -> Node:
    topology = question.topology
    for link in topology.links_of("routes", source=distribution.id):
        if link.label == path:
            return topology.node(link.target)
    if name in topology:
        return topology.node(name)
    return node_called(topology, name) or distribution


def _way(question: Question, origin: Node, follow: Follow) -> Path | ToFleet | ToFunction | Unreachable:
    """From the edge, which asks over the Internet, to an origin on the first port that gets there."""
    if origin is question.topology.node(question.passed[-1]):
        return Unreachable(
            reason="origin_gone", nodes=question.passed, detail=f"nothing that was built is the origin of {origin.id}"
        )
    fetch = Question.begin(question.topology, "internet", _PORTS[0])
    ways = [_single(follow(replace(fetch, port=port), origin)) for port in _PORTS]
    return next((way for way in ways if not isinstance(way, Unreachable)), ways[0])


def _single(way: object) -> Path | ToFleet | ToFunction | Unreachable:
    if isinstance(way, ToPlaces):
        way = way.places[0].way
    if isinstance(way, Path | ToFleet | ToFunction | Unreachable):
        return way
    return Unreachable(reason="bad_gateway", nodes=(), detail="an origin that is a distribution is not followed")
