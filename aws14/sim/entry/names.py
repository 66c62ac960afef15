"""By a name: which records have it, who sees them, and where they lead."""

from __future__ import annotations

from collections.abc import Callable

from aws14.errors import ScenarioError
from aws14.model import Node, Topology
from aws14.sim.entry.addresses import to_address
from aws14.sim.entry.file_ways import ToFiles
from aws14.sim.entry.question import Question
from aws14.sim.entry.ways import Place, ToPlaces, ToPods, Unreachable, Way

Follow = Callable[[Question, Node], Way]
"""Follows a request to a node of any kind."""

_ADDRESS_TYPES = ("A", "CNAME")
_NAMED = (
    ("pod_service", "hostname"),
    ("load_balancer", "dns_name"),
    ("distribution", "domain_name"),
    ("dns_record", "name"),
)
"""Kind of node -> the attribute that is its host name; the load balancer of a service is the service's."""


def to_record(question: Question, record: Node, follow: Follow) -> Way:
    """Follow a request by name: to the one place, or to the several places, that its records say."""
    question = question.towards(str(record.require("name")))
    zone = _zone(question.topology, record)
    if zone is not None and (unseen := _unseen(question, zone)):
        detail = f"{record.id} is in the private hosted zone {zone.id}, which {unseen} does not see"
        return Unreachable(reason="name_not_found", nodes=question.past(record.id).passed, detail=detail)
    rivals = _rivals(question.topology, record)
    if len(rivals) == 1:
        return _to_one(question, record, follow)
    return _to_several(question, rivals, follow)


def node_called(topology: Topology, name: str, *, record: str = "") -> Node | None:
    """The node that answers to a host name: a load balancer, a distribution, a function, a website or a record.

    Parameters
    ----------
    topology : Topology
        What was built.
    name : str
        Host name; names are the same whatever their case.
    record : str
        The name of the record that leads there: a website's bucket is called like it.
    """
    bare = name.lower().rstrip(".").removeprefix("dualstack.")
    for kind, attribute in _NAMED:
        for node in topology.of_kind(kind):
            if str(node.require(attribute)).lower() == bare:
                return node
    for node in topology.of_kind("function"):
        if str(node.require("url")).lower().removeprefix("https://").rstrip("/") == bare:
            return node
    if bare.startswith("s3-website"):
        buckets = topology.of_kind("bucket")
        return next((node for node in buckets if node.require("name") == record), None)
    return None


def _zone(topology: Topology, record: Node) -> Node | None:
    """The hosted zone of a record: the one that its AWS id names, else the one with the longest name that ends it."""
    zones = topology.of_kind("hosted_zone")
    own = next((zone for zone in zones if zone.aws_id and record.aws_id.startswith(f"{zone.aws_id}/")), None)
    name = str(record.require("name"))
    ending = [zone for zone in zones if f".{name}".endswith(f".{zone.require('name')}")]
    return own or max(ending, key=lambda zone: len(str(zone.require("name"))), default=None)


def _unseen(question: Question, zone: Node) -> str:
    """Who does not see a private zone: the one who asks; empty when he does."""
    if not zone.require("private"):
        return ""
    if question.outside:
        return "the Internet"
    vpcs = zone.require("vpcs")
    return "" if isinstance(vpcs, tuple) and question.vpc in vpcs else question.network.title(question.vpc)


def _rivals(topology: Topology, record: Node) -> tuple[Node, ...]:
    """All records of the same name and type in the same zone, the primary first."""
    zone, name, kind = _zone(topology, record), record.require("name"), record.require("type")
    found = [
        each
        for each in topology.of_kind("dns_record")
        if (each.require("name"), each.require("type")) == (name, kind) and _zone(topology, each) is zone
    ]
    return tuple(sorted(found, key=lambda each: each.attributes.get("failover") == "SECONDARY"))


def _to_several(question: Question, records: tuple[Node, ...], follow: Follow) -> ToPlaces:
    routing = str(records[0].require("routing"))
    weights = _weights(records, routing)
    places = tuple(_place(question, each, weight, follow) for each, weight in zip(records, weights, strict=True))
    passed = (node for place in places for node in place.way.nodes)
    ttl_s = max(float(str(each.require("ttl_s"))) for each in records)
    return ToPlaces(routing=routing, places=places, ttl_s=ttl_s, nodes=tuple(dict.fromkeys(passed)))


def _weights(records: tuple[Node, ...], routing: str) -> list[float]:
    if routing == "failover":
        return [1.0 if each.require("failover") == "PRIMARY" else 0.0 for each in records]
    if routing == "weighted":
        given = [max(0.0, float(str(each.require("weight")))) for each in records]
        # Route 53 treats records that all weigh nothing alike.
        return [weight / sum(given) for weight in given] if sum(given) else [1 / len(given)] * len(given)
    return [1 / len(records)] * len(records)


def _place(question: Question, record: Node, weight: float, follow: Follow) -> Place:
    topology = question.topology
    way = _to_one(question, record, follow)
    if isinstance(way, ToPods | ToFiles):
        raise ScenarioError(
            f"one of the names of '{record.id}' leads to {'pods' if isinstance(way, ToPods) else 'shared files'}",
            allowed="one record for a service of Kubernetes: several places with pods are not played",
        )
    checks = (topology.node(link.target) for link in topology.links_of("uses", source=record.id))
    check = next((node for node in checks if node.kind == "health_check"), None)
    return Place(
        record=record,
        way=way.places[0].way if isinstance(way, ToPlaces) else way,
        weight=weight,
        follows_health=check is not None or bool(record.require("evaluate_target_health")),
        health_check=check,
    )


def _to_one(question: Question, record: Node, follow: Follow) -> Way:
    passed = question.past(record.id)
    values = record.require("values")
    answers = values if isinstance(values, tuple) else (str(values),)
    alias = str(record.attributes.get("alias", ""))
    kind = record.require("type")
    if kind not in _ADDRESS_TYPES or not (alias or answers):
        detail = f"{record.id} has no IPv4 address: it is a {kind} record"
        return Unreachable(reason="name_not_found", nodes=passed.passed, detail=detail)
    if not alias and kind == "A":
        return to_address(passed, _only(record, answers))
    name = alias or answers[0]
    node = node_called(question.topology, name, record=str(record.require("name")))
    if node is None or node.id in question.passed or node.id == record.id:
        detail = f"{record.id} stands for {name}, which nothing that was built answers to"
        return Unreachable(reason="name_not_found", nodes=passed.passed, detail=detail)
    return follow(passed, node)


def _only(record: Node, addresses: tuple[str, ...]) -> str:
    if len(addresses) > 1:
        raise ScenarioError(
            f"the record '{record.id}' has {len(addresses)} addresses: {', '.join(addresses)}",
            allowed="one address: this engine sends all requests to one server",
        )
    return addresses[0]
