"""Why is this box here? Each component of the members' site is taken away on paper, and a stated property is lost.

What was read back is copied without the component, and asked again: by sending ten minutes of calls through the copy,
or by looking at what the copy keeps. Nothing that is built changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from aws14.charts.numbers import percent
from aws14.model import Report, Scenario, Steady, Topology
from aws14.model.trace import FAILURE_REASONS
from aws14.patterns.p12_checks import API
from aws14.patterns.p12_day import BRIEF, ENTRY, scenario
from aws14.patterns.walls import Seen, Wall, taken_away
from aws14.sim import simulate, what_if
from aws14.sim.changes import without

ALLOWED = BRIEF.value("failed_share")
BUCKET, FUNCTION, TABLE = "members-site", "members", "members-table"

_TEN_MINUTES_S, _CALLS_RPS = 600.0, 20.0


def _ten_minutes() -> Scenario:
    return replace(scenario(), name="ten minutes", load=Steady(rate_rps=_CALLS_RPS), horizon_s=_TEN_MINUTES_S)


def _answered(topology: Topology) -> Seen:
    """Whether no more requests fail than the brief allows."""
    trace = simulate(topology, _ten_minutes())
    reasons = sorted(trace.failed, key=lambda reason: -int(trace.failed[reason].sum()))
    why_not = f": {FAILURE_REASONS[reasons[0]]}" if trace.failed_total else ""
    return Seen(trace.failure_ratio <= ALLOWED, f"{percent(trace.failure_ratio)} of the requests fail{why_not}")


def _remembers(topology: Topology) -> Seen:
    """Whether something outside the function keeps what members change."""
    kept = [
        link.target
        for link in topology.links_of("uses", source=FUNCTION)
        if topology.node(link.target).kind in ("table", "db_instance", "db_proxy")
    ]
    return Seen(bool(kept), f"{kept[0]} keeps it" if kept else "it is gone with the environment")


def _never_kept(topology: Topology) -> Seen:
    """Whether no member is shown the answer made for another one."""
    lives = [
        entry.rpartition(" ttl=")[2].split()[0]
        for entry in _entries(topology)
        if entry.startswith("/api/") and " ttl=" in entry
    ]
    return Seen(lives == ["0"], "each call is asked anew" if lives == ["0"] else "an answer is kept for a day")


def _entries(topology: Topology) -> tuple[str, ...]:
    entries = topology.node(ENTRY).require("behaviours")
    return entries if isinstance(entries, tuple) else (str(entries),)


def _one_door(topology: Topology) -> Seen:
    """Whether the pages are read through the distribution alone."""
    shut = topology.node(BUCKET).require("public_read") is False
    return Seen(shut, "only the distribution reads the bucket" if shut else "anybody reads the bucket, past it")


def _all_kept(topology: Topology) -> Topology:
    kept = tuple(entry.replace("ttl=0", "ttl=86400") for entry in _entries(topology))
    return what_if(topology, ENTRY, behaviours=kept)


def _forbidden(topology: Topology) -> Topology:
    kept = tuple(link for link in topology.links if (link.source, link.kind) != (API, "allows"))
    return replace(topology, links=kept)


def _gone(node: str) -> Callable[[Topology], Topology]:
    return lambda topology: without(topology, node)


WALLS = (
    Wall(
        component="the distribution", property="members are answered under one name",
        seen=_answered, without=_gone(ENTRY),
    ),
    Wall(component="the bucket", property="pages and pictures come", seen=_answered, without=_gone(BUCKET)),
    Wall(component="the API", property="calls find the function", seen=_answered, without=_gone(API)),
    Wall(component="the function", property="calls are answered", seen=_answered, without=_gone(FUNCTION)),
    Wall(
        component="leave for the API to call it (the function's own policy)", property="calls are answered",
        seen=_answered, without=_forbidden,
    ),
    Wall(
        component="concurrency for the function (none reserved for it)", property="calls are answered",
        seen=_answered, without=lambda topology: what_if(topology, FUNCTION, reserved_concurrency=0),
    ),
    Wall(
        component="the table", property="what a member changes outlives the environment",
        seen=_remembers, without=_gone(TABLE),
    ),
    Wall(
        component="the rule that calls are never kept at the edge", property="nobody sees another member's answer",
        seen=_never_kept, without=_all_kept,
    ),
    Wall(
        component="the lock on the bucket", property="there is one door to the pages",
        seen=_one_door, without=lambda topology: what_if(topology, BUCKET, public_read=True),
    ),
)  # fmt: skip


def why(topology: Topology) -> Report:
    """Look for each wall's property with and without it.

    Parameters
    ----------
    topology : Topology
        What was read back.

    Returns
    -------
    Report
        A finding passes when its property holds with the component and is lost without it.
    """
    return taken_away(WALLS, topology, check="p12-built")
