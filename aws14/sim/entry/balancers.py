"""To a load balancer: who gets in at which of its nodes, and what its listener does."""

from __future__ import annotations

from dataclasses import replace

from aws14.model import Node
from aws14.sim.entry.question import Question, met
from aws14.sim.entry.ways import Entrance, ToFleet, Unreachable
from aws14.sim.reachability import Reach
from aws14.sim.standing import owned_interfaces, zone_of
from aws14.sim.stopped import failure_reason
from aws14.sim.tiers import tiers

_TLS_PORT = 443
_TLS = frozenset({"HTTPS", "TLS"})


def to_load_balancer(question: Question, balancer: Node) -> ToFleet | Unreachable:
    """Follow a request to a load balancer; a client that is redirected comes back on the other port."""
    question = question.past(balancer.id)
    if (state := balancer.require("state")) != "active":
        return Unreachable(reason="no_such_address", nodes=question.passed, detail=f"{balancer.id} is {state}")
    listener, does = _listener(balancer, question.port)
    if not listener:
        detail = f"{balancer.id} has no listener on port {question.port}"
        return Unreachable(reason="refused", nodes=question.passed, detail=detail)
    entrances = _entrances(question, balancer)
    if isinstance(entrances, Unreachable):
        return entrances
    if does == "redirect" and question.port != _TLS_PORT:
        onward = to_load_balancer(replace(question, port=_TLS_PORT), balancer)
        return onward if isinstance(onward, Unreachable) else replace(onward, redirected=True)
    behind = tiers(question.topology, balancer, listener, host=question.host)
    if not behind:
        detail = f"the listener {listener} of {balancer.id} sends to no target group"
        return Unreachable(reason="no_targets", nodes=question.passed, detail=detail)
    return ToFleet(
        load_balancer=balancer,
        entrances=entrances,
        tiers=behind,
        nodes=question.passed,
        by_name=question.by_name,
        tls=listener.partition(":")[0] in _TLS,
    )


def _listener(balancer: Node, port: int) -> tuple[str, str]:
    """The listener on a port, ``HTTPS:443``, and what it does other than to forward; both empty without one."""
    entries = balancer.require("listeners")
    for entry in entries if isinstance(entries, tuple) else (str(entries),):
        listener, _, does = entry.partition(" ")
        if listener.partition(":")[2] == str(port):
            return listener, does
    return "", ""


def _entrances(question: Question, balancer: Node) -> tuple[Entrance, ...] | Unreachable:
    """How clients fare at each node; a failure when they get in at none."""
    topology, internal = question.topology, balancer.require("scheme") == "internal"
    found: list[Entrance] = []
    stopped = Unreachable(
        reason="no_such_address", nodes=question.passed, detail=f"{balancer.id} has no network interface"
    )
    for door in owned_interfaces(topology, balancer):
        zone, address = zone_of(topology, door.subnet), door.private_ipv4 if internal else door.public_ipv4
        if internal and question.outside:
            detail = f"{balancer.id} is internal: its addresses are private, and no route leads there from the Internet"
            return Unreachable(reason="no_route", nodes=question.passed, detail=detail)
        way: Reach = question.reach(door.id if internal else address)
        if way.blocked_by is None:
            found.append(Entrance(zone=zone))
            continue
        reason, detail = failure_reason(way.blocked_by), way.blocked_by.detail
        found.append(Entrance(zone=zone, reason=reason, detail=detail))
        passed = (*question.passed[:-1], *met(topology, way, door), question.passed[-1])
        stopped = Unreachable(reason=reason, nodes=tuple(dict.fromkeys(passed)), detail=detail)
    return tuple(found) if any(not each.reason for each in found) else stopped
