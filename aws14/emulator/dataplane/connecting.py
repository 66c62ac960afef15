"""What comes of a connection: the name, then the way, then whether somebody listens. Nothing is sent here.

Walls, missing routes and what has failed drop packets, so their outcome is a time-out; a machine that gets the packet
and does not listen on that port refuses. A public address that nobody has at the moment times out as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Literal

from aws14.emulator.dataplane.answering import Front, Host, Inside
from aws14.emulator.dataplane.names import Answer
from aws14.errors import ScenarioError
from aws14.model.network import Interface, Network
from aws14.sim.reachability import INTERNET, Block, Hop, Reach, anyone, reach
from aws14.sim.reachability.matching import is_private
from aws14.sim.reachability.places import interfaces_of

__all__ = ["Ask", "Connection", "Inside", "Outcome", "Surroundings", "decide"]

Outcome = Literal["open", "name_not_found", "timed_out", "refused", "unreachable"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A wish to connect.

    Parameters
    ----------
    host : str
        Name or IPv4 address.
    port : int
        TCP.
    source : str
        Who wishes: ``internet``, an address or CIDR block, an instance by id or name.
    """

    host: str
    port: int
    source: str = INTERNET


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What decides.

    Parameters
    ----------
    network : Network
        As it is now.
    resolve : callable
        From a name to its addresses as the asker gets them.
    inside : callable
        From an instance's id to its inside, None where there is none.
    pools : tuple of str
        CIDR blocks of the public addresses that this cloud gives out.
    is_down : callable
        Whether what has this id (an instance, a NAT gateway, an interface) has failed: it neither sends nor answers.
    front : callable
        From a network interface to the front behind it, None where there is none.
    edge : callable
        From an address on the Internet to the front of AWS's that stands there, None where there is none.
    """

    network: Network
    resolve: Callable[[str], Answer]
    inside: Callable[[str], Inside | None]
    pools: tuple[str, ...] = ()
    is_down: Callable[[str], bool] = field(default=lambda _: False)
    front: Callable[[Interface], Front | None] = field(default=lambda _: None)
    edge: Callable[[str], Front | None] = field(default=lambda _: None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """What came of it.

    Parameters
    ----------
    outcome : {'open', 'name_not_found', 'timed_out', 'refused', 'unreachable'}
        As the one who asked learns it.
    ask : Ask
        What was wished.
    address : str
        The IPv4 address that was called; empty where the name has none.
    instance : str
        Id of the instance that was reached; empty for none, and for the Internet outside this cloud.
    hops : tuple of Hop
        What let the packet through, there and then back.
    blocked_by : Block or None
        What stopped it.
    explanation : str
        For a learner, in a sentence or two.
    front : Front or None
        What answers there, an instance too; None where nothing does, and for the Internet outside this cloud.
    source : str
        The IPv4 address that the client has for whom it called; empty where nothing was reached.
    """

    outcome: Outcome
    ask: Ask
    address: str = ""
    instance: str = ""
    hops: tuple[Hop, ...] = ()
    blocked_by: Block | None = None
    explanation: str = ""
    front: Front | None = field(default=None, compare=False, repr=False)
    source: str = ""

    def told(self, network: Network) -> dict[str, Any]:
        """As the control API tells it; `network` gives the names."""
        return {
            "outcome": self.outcome,
            "address": self.address,
            "instance": self.instance,
            "front": self.front.owner if self.front is not None else "",
            "hops": [_part(hop, network) for hop in self.hops],
            "blocked_by": {**_part(self.blocked_by, network), "code": self.blocked_by.code}
            if self.blocked_by
            else None,
            "explanation": self.explanation,
        }


def decide(ask: Ask, around: Surroundings) -> Connection:
    """What comes of a wish to connect.

    Parameters
    ----------
    ask : Ask
        The wish.
    around : Surroundings
        What decides; nothing of it is changed.

    Raises
    ------
    ScenarioError
        When the source is nothing that could ask.
    """
    _check(around.network, ask.source)
    if _is_address(ask.host):
        return _call(ask, ask.host, around)
    answer = around.resolve(ask.host)
    if not answer.records:
        text = f"{ask.host} has no address ({answer.code}): {answer.explanation}."
        return Connection(outcome="name_not_found", ask=ask, explanation=text)
    calls = (_call(ask, address, around) for address in answer.records)
    first = next(calls)
    # A client with several addresses tries the next one when a call fails.
    return first if first.outcome == "open" else next((each for each in calls if each.outcome == "open"), first)


def _check(network: Network, source: str) -> None:
    if source == INTERNET or interfaces_of(network, source):
        return
    try:
        IPv4Network(source, strict=False)
    except ValueError:
        known = sorted({network.title(each.instance) for each in network.interfaces if each.instance})
        raise ScenarioError(
            f"nobody called '{source}' can ask",
            allowed=f"'{INTERNET}', an IPv4 address or CIDR block, an instance by id or name",
            cure=f"one of {', '.join(known)}" if known else "",
        ) from None


def _is_address(host: str) -> bool:
    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True


def _call(ask: Ask, address: str, around: Surroundings) -> Connection:
    try:
        way = reach(around.network, source=ask.source, destination=address, port=ask.port)
    except ScenarioError as error:
        return _nowhere(ask, address, around, error)
    facts: Mapping[str, Any] = {"ask": ask, "address": address, "hops": way.hops}
    if way.blocked_by is not None:
        return Connection(outcome="timed_out", **facts, blocked_by=way.blocked_by, explanation=way.sentence)
    lost = next((hop for hop in way.hops if around.is_down(hop.instance or hop.id)), None)
    return _lose(lost, way, facts, around) if lost is not None else _arrive(way, facts, around)


def _lose(lost: Hop, way: Reach, facts: Mapping[str, Any], around: Surroundings) -> Connection:
    """A packet that ends at something that has failed."""
    kind = "instance" if lost.instance else lost.kind
    text = f"{around.network.title(lost.instance or lost.id)} is down: it has failed, and lets nothing through"
    block = Block(
        code="BAD_STATE", kind=kind, id=lost.instance or lost.id, leg=lost.leg, detail=text, packet=lost.packet
    )
    hops = way.hops[: way.hops.index(lost)]
    return Connection(outcome="timed_out", **{**facts, "hops": hops}, blocked_by=block, explanation=f"{text}.")


def _arrive(way: Reach, facts: Mapping[str, Any], around: Surroundings) -> Connection:
    last = [hop for hop in way.hops if hop.leg == "forward"][-1]
    facts = {**facts, "source": (last.sent or last.packet).source}
    if last.kind != "interface":
        return _outside(way, facts, around)
    title = around.network.title(last.instance or last.id)
    front = _behind(last, around)
    if front is None:
        text = f"{way.sentence} But nothing behind {title} answers."
        return Connection(outcome="timed_out", **facts, explanation=text)
    facts = {**facts, "instance": last.instance, "front": front}
    if not front.listens(way.port):
        text = f"{title} gets the packet and refuses: nothing on it listens on port {way.port}."
        return Connection(outcome="refused", **facts, explanation=text)
    return Connection(outcome="open", **facts, explanation=way.sentence)


def _behind(hop: Hop, around: Surroundings) -> Front | None:
    if hop.instance:
        inside = around.inside(hop.instance)
        return Host(inside) if inside is not None else None
    return next((around.front(each) for each in around.network.interfaces if each.id == hop.id), None)


def _outside(way: Reach, facts: Mapping[str, Any], around: Surroundings) -> Connection:
    edge = around.edge(facts["address"])
    if edge is not None:
        return _at_edge(edge, facts, way.sentence)
    if _is_ours(facts["address"], around):
        return Connection(outcome="timed_out", **facts, explanation=f"Nobody has the address {facts['address']} now.")
    text = f"{way.sentence} What is out there is no part of the embedded AWS."
    return Connection(outcome="open", **facts, explanation=text)


def _at_edge(edge: Front, facts: Mapping[str, Any], sentence: str) -> Connection:
    if edge.listens(facts["ask"].port):
        return Connection(outcome="open", **facts, front=edge, explanation=sentence)
    # AWS drops what comes to its edges on another port.
    text = f"{edge.owner} does not answer on port {facts['ask'].port}."
    return Connection(outcome="timed_out", **facts, front=edge, explanation=text)


def _nowhere(ask: Ask, address: str, around: Surroundings, error: ScenarioError) -> Connection:
    edge = around.edge(address)
    if edge is not None:
        source = anyone(around.network) if ask.source == INTERNET else str(IPv4Network(ask.source, strict=False)[0])
        facts = {"ask": ask, "address": address, "source": source}
        return _at_edge(edge, facts, f"{edge.owner} is on the Internet, for everybody.")
    if _is_ours(address, around):
        return Connection(
            outcome="timed_out", ask=ask, address=address, explanation=f"Nobody has the address {address} now."
        )
    if is_private(address):
        text = f"{address} is a private address: the Internet has no way to it."
    else:
        text = f"{address} is no address of this cloud: {error.problem}."
    return Connection(outcome="unreachable", ask=ask, address=address, explanation=text)


def _is_ours(address: str, around: Surroundings) -> bool:
    return any(IPv4Address(address) in IPv4Network(pool) for pool in around.pools)


def _part(part: Hop | Block, network: Network) -> dict[str, str]:
    name = network.names.get(part.id, "")
    return {"kind": part.kind, "id": part.id, "name": name, "leg": part.leg, "detail": part.detail}
