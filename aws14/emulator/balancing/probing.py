"""A health check: what the nodes of a group's load balancers find at a target, now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aws14.emulator.balancing import nodes
from aws14.emulator.balancing.forwarding import Came, Place, asked
from aws14.emulator.balancing.targets import address_of, balancers_of, zone_of
from aws14.emulator.behaviours.failures import is_down
from aws14.emulator.dataplane import plane
from aws14.emulator.dataplane.answering import Visit
from aws14.emulator.dataplane.connecting import Surroundings

__all__ = ["Finding", "crosses_zones", "probe", "reporting"]

_TIMED_OUT = ("Target.Timeout", "Request timed out")
_FAILED = ("Target.FailedHealthChecks", "Health checks failed")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: passed, or why not; `waits` where that is known after the time-out only."""

    passed: bool
    reason: str = ""
    description: str = ""
    waits: bool = False


_SEEN: list[tuple[int, Surroundings]] = []


def probe(group: Any, target_id: str, version: int) -> Finding | None:
    """Check a target: passed when every node that works finds it well; None where no node checks it.

    Parameters
    ----------
    group : moto.elbv2.models.FakeTargetGroup
        With path, port, matcher.
    target_id : str
        Of one of its targets.
    version : int
        Of the world: the network is read once a version.
    """
    at = list(reporting(group, target_id))
    if not at:
        return None
    place = _place(group, target_id)
    visit = Visit(
        method="GET",
        path=group.health_check_path or "/",
        headers={"Host": f"{place.address}:{place.port}", "User-Agent": "ELB-HealthChecker/2.0", "Connection": "close"},
        patience_s=float(group.health_check_timeout_seconds),
    )
    around = _around(at[0], version)
    found = (_judged(asked(node, place, visit, around), group) for node in at)
    return next((each for each in found if not each.passed), Finding(passed=True))


def reporting(group: Any, target_id: str) -> Iterator[str]:
    """Ids of the interfaces of the nodes that check a target, and send to it."""
    zone, across = zone_of(group, target_id), crosses_zones(group)
    for balancer in balancers_of(group):
        if balancer.state == "active" and balancer.type == "application":
            for eni in nodes.nodes_of(balancer):
                if (across or not zone or eni.subnet.availability_zone == zone) and not is_down(eni.id):
                    yield str(eni.id)


def crosses_zones(group: Any) -> bool:
    """Whether nodes send to targets in other zones: always, unless the group says no."""
    return str(group.attributes["load_balancing.cross_zone.enabled"]) != "false"


def _place(group: Any, target_id: str) -> Place:
    port = group.health_check_port
    if port in (None, "", "traffic-port"):
        port = group.targets[target_id]["Port"]
    return Place(address_of(group, target_id), int(port), group.health_check_protocol == "HTTPS")


def _around(node: str, version: int) -> Surroundings:
    if not _SEEN or _SEEN[0][0] != version:
        _SEEN[:] = [(version, plane.surroundings(node))]
    return _SEEN[0][1]


def _judged(came: Came, group: Any) -> Finding:
    if came.answer is None:
        reason, text = _TIMED_OUT if came.problem == "timed_out" else _FAILED
        return Finding(passed=False, reason=reason, description=text, waits=came.problem == "timed_out")
    status = came.answer[0]
    if _matches(str(group.matcher.get("HttpCode") or "200"), status):
        return Finding(passed=True)
    text = f"Health checks failed with these codes: [{status}]"
    return Finding(passed=False, reason="Target.ResponseCodeMismatch", description=text)


def _matches(codes: str, status: int) -> bool:
    ranges = (each.strip().partition("-") for each in codes.split(","))
    return any(int(low) <= status <= int(high or low) for low, _, high in ranges)
