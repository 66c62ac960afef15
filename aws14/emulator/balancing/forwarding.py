"""The request to a target, and what comes back: by the network, as the node of the load balancer is reached by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from aws14.emulator.balancing.matching import header
from aws14.emulator.dataplane import plane
from aws14.emulator.dataplane.answering import Told, Visit
from aws14.emulator.dataplane.connecting import Ask, Surroundings, decide
from aws14.emulator.world import world

__all__ = ["Came", "Place", "asked", "forwarded"]

_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection", "te"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a target listens: its address, its port, and whether TLS is spoken to it."""

    address: str
    port: int
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Came:
    """What came of asking a target: an answer, or a reason why there is none."""

    answer: Told | None = None
    problem: Literal["", "timed_out", "refused"] = ""


def asked(node: str, place: Place, visit: Visit, around: Surroundings | None = None) -> Came:
    """Ask a target from a node.

    Parameters
    ----------
    node : str
        Id of the node's network interface.
    place : Place
        Of the target.
    visit : Visit
        What to ask it.
    around : Surroundings, optional
        The network as it is now, where somebody has it.
    """
    ask = Ask(host=place.address, port=place.port, source=node)
    found = decide(ask, around or plane.surroundings(node))
    if found.outcome != "open" or found.front is None:
        return Came(problem="refused" if found.outcome == "refused" else "timed_out")
    if found.front.speaks_tls(place.port) != place.tls:
        return Came(problem="refused")
    try:
        inside = replace(visit, port=place.port, source=found.source, called=found.address)
        return Came(found.front.answer(inside))
    except ConnectionError:
        return Came(problem="refused")
    except TimeoutError:
        return Came(problem="timed_out")


def forwarded(visit: Visit, protocol: str, attributes: dict[str, Any]) -> Visit:
    """A request as a target gets it: with the client's address, protocol and port, and a number to trace it by.

    Parameters
    ----------
    visit : Visit
        As it came.
    protocol : str
        By which: ``http`` or ``https``.
    attributes : dict
        Of the load balancer.
    """
    own = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "x-amzn-trace-id", *_BY_HOP}
    headers = {name: value for name, value in visit.headers.items() if name.lower() not in own}
    mode, came = attributes.get("routing.http.xff_header_processing.mode", "append"), header(visit, "X-Forwarded-For")
    chain = ", ".join(filter(None, (came, visit.source))) if mode == "append" else came if mode == "preserve" else ""
    if chain:
        headers["X-Forwarded-For"] = chain
    headers |= {"X-Forwarded-Proto": protocol, "X-Forwarded-Port": str(visit.port)}
    headers["X-Amzn-Trace-Id"] = _trace(header(visit, "X-Amzn-Trace-Id"))
    return replace(visit, headers=headers)


def _trace(came: str) -> str:
    from moto.moto_api._internal import mock_random

    number = f"1-{int(world().clock.now()):08x}-{mock_random.get_random_hex(24)}"
    return f"Self={number};{came}" if "Root=" in came else f"Root={number}"
