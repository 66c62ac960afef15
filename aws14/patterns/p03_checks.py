"""What the exercises of pattern 3 ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from aws14.checks import (
    CheckFunction,
    Evidence,
    bill_within,
    drawn_equals_built,
    failed_share_within,
    gather,
    p95_within,
)
from aws14.model import Finding, Node, Report, Topology
from aws14.model.trace import FAILURE_REASONS
from aws14.patterns.p03_day import BRIEF, NAME, OFFICE, scenario
from aws14.patterns.p03_experiments import month
from aws14.sim import Unreachable, resolve, simulate
from aws14.sim.autoscaling.cron import read_recurrence
from aws14.sim.autoscaling.schedule import A_MONDAY_S

_STAFF_ZONE = "Asia/Tokyo"
LATE = "look at the servers at nine: were they there before the people? 45 8 * * 1-5 is a quarter to nine"
ONLY_DESIRED = (
    "nobody needs the servers yet, so the policy takes them away again before nine: DesiredCapacity is a wish for now, "
    "MinSize a promise. Give MinSize"
)
_LEFT_ALONE = -1
DEAR = "how long is the group that large? A second action has to bring its minimum down again"


def _way_in(built: Topology) -> Finding:
    """Whether the office reaches the portal by its name."""
    name = f"The office reaches {NAME}"
    if NAME not in built:
        return Finding(name=name, status="not_yet", detail=f"there is no '{NAME}'", hint="run the build cells first")
    way = resolve(built, NAME, 80, OFFICE)
    if isinstance(way, Unreachable):
        return Finding(name=name, status="not_yet", detail=FAILURE_REASONS[way.reason], hint=way.detail)
    return Finding(name=name, status="passed", detail=f"through {' → '.join(way.nodes)}")


def _built_and_reachable(evidence: Evidence) -> Report:
    """Drawn equals built, and a request from the office finds the way in."""
    title = "The portal is built as drawn, and the office reaches it"
    planned = {node.id for node in evidence.built.of_kind("scheduled_action")}
    # The drawing is of the first day: what exercise 1 adds is no mistake.
    told = tuple(
        each for each in evidence.comparison.findings if not (each.subjects and planned.issuperset(each.subjects))
    )
    same = replace(evidence, comparison=replace(evidence.comparison, findings=told))
    return gather(title, *drawn_equals_built(title, same).findings, _way_in(evidence.built))


def _in_time_for_nine(evidence: Evidence) -> Report:
    """Scheduled actions carry the group through nine o'clock within the brief."""
    title = "Nobody waits at nine, within the budget"
    way_in = _way_in(evidence.built)
    if way_in.status != "passed":
        return gather(title, way_in)
    planned = _planned(evidence.built)
    if planned.status != "passed":
        return gather(title, planned)
    trace = simulate(evidence.built, scenario())
    return gather(
        title,
        planned,
        replace(failed_share_within(trace, BRIEF.value("failed_share")), hint=_late(evidence.built)),
        replace(p95_within(trace, BRIEF.value("p95_s")), hint=_late(evidence.built)),
        replace(bill_within(month(evidence.built, trace), BRIEF.value("budget_usd")), hint=DEAR),
    )


def _planned(built: Topology) -> Finding:
    actions = built.of_kind("scheduled_action")
    return Finding(
        name="The group has scheduled actions",
        status="passed" if actions else "not_yet",
        detail="; ".join(map(_when, actions)) or "there is none",
        hint="put_scheduled_update_group_action, with a Recurrence and a TimeZone",
    )


def _when(action: Node) -> str:
    """When an action is due; where it is not read in Tokyo's time, when that is in Tokyo."""
    line, zone = str(action.require("recurrence")), str(action.require("time_zone"))
    if not line:
        return f"{action.id} once, at {action.require('starts')}"
    due = None if zone == _STAFF_ZONE else read_recurrence(line).next_after(A_MONDAY_S, zone)
    there = "" if due is None else f" = {datetime.fromtimestamp(due, ZoneInfo(_STAFF_ZONE)):%H:%M} in Tokyo"
    return f"{action.id} at {line} in {zone}{there}"


def _late(built: Topology) -> str:
    """Why the servers are most likely late."""
    actions = built.of_kind("scheduled_action")
    if any(node.require("recurrence") and node.require("time_zone") != _STAFF_ZONE for node in actions):
        return (
            f"the staff's nine o'clock is in Tokyo: give TimeZone=\"{_STAFF_ZONE}\". Without it the line is read in UTC"
        )
    if all(node.require("min_size") == _LEFT_ALONE for node in actions):
        return ONLY_DESIRED
    return LATE


checks: Mapping[str, CheckFunction] = {"p03-built": _built_and_reachable, "p03-e1": _in_time_for_nine}
