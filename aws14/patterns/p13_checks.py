"""What the exercise of pattern 13 asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aws14 import cost
from aws14.checks import CheckFunction, Evidence, bill_within, drawn_equals_built, gather, p95_within
from aws14.errors import Aws14Error
from aws14.model import Bill, Finding, Report, Topology, Trace
from aws14.patterns.p13_day import ASSUMPTIONS, AUTOSCALER, BRIEF, ENTRY, RELEASE_H, WORKLOAD, evening, scenario
from aws14.sim import simulate
from aws14.sim.containers.packing import fresh_node
from aws14.sim.containers.scheduling import why_not
from aws14.sim.containers.written import read_workload

SOON = (
    "each pod is told to end at the moment at which the others are told to send it nothing more: for a second or two "
    "requests still come. Let it wait first: lifecycle, preStop, sleep"
)
NARROW = (
    "how much of a processor may a pod use, and how much is it promised when all are busy? requests and limits; the "
    "autoscaler counts in requests"
)
DEAR = "pods that stand all night keep machines awake: minReplicas. Fewer, larger pods cost what many small ones do"


def lost(trace: Trace) -> int:
    """Requests that pods lost as they came and went: sent to one that was ending, or held by it, or nobody there."""
    return int(sum(trace.failed[reason].sum() for reason in ("refused", "pod_lost", "no_pods")))


def _nothing_lost(trace: Trace, no_room: str) -> Finding:
    count = lost(trace)
    done = any(event.what == "rolled_out" for event in trace.events)
    return Finding(
        name=f"The release at {RELEASE_H:g}:00 is done, and no request of the evening is lost to a pod that ends",
        status="passed" if done and not count else "not_yet",
        detail=f"{count} of {int(trace.offered.sum()):,} requests lost"
        if done
        else "the release did not come to its end",
        hint=no_room or SOON
        if count or no_room
        else "may one pod more be started than wanted, or one less be ready? One of both must be",
    )


def month(built: Topology, trace: Trace) -> Bill:
    """A month of the bookshop when every day is like the run."""
    return cost.monthly_bill(built, trace, assume=ASSUMPTIONS)


def _evening_holds(evidence: Evidence) -> Report:
    """The evening with the release, on what is built, and the bill of such days."""
    title = "A full shop, a release, and nobody notices"
    built = evidence.built
    missing = [name for name in (ENTRY, WORKLOAD) if name not in built]
    if missing:
        return gather(title, Finding(name="The bookshop stands", status="not_yet", detail=f"there is no {missing[0]}"))
    try:
        full, whole = simulate(built, evening()), simulate(built, scenario())
    except Aws14Error as error:
        return gather(title, Finding(name="Requests reach pods", status="not_yet", detail=str(error)))
    no_room = _no_room(built)
    return gather(
        title,
        _nothing_lost(full, no_room),
        replace(p95_within(full, BRIEF.value("p95_s")), hint=no_room or NARROW),
        replace(bill_within(month(built, whole), BRIEF.value("budget_usd")), hint=DEAR),
    )


def _built(evidence: Evidence) -> Report:
    """It is built as drawn; numbers of the pods and of their autoscaler may change: exercise 1 asks for that."""
    built = evidence.built
    may_change = {name for name in (WORKLOAD, AUTOSCALER) if name in built}
    told = tuple(
        each for each in evidence.comparison.findings if len({*each.subjects}) != 1 or not may_change & {*each.subjects}
    )
    same = replace(evidence, comparison=replace(evidence.comparison, findings=told))
    return drawn_equals_built("It is built as drawn", same)


def _no_room(built: Topology) -> str:
    """What to say where no node of the group could hold a pod; empty where one could."""
    group, pod = built.of_kind("node_group"), read_workload(built.node(WORKLOAD)).pod
    if not group:
        return ""
    fresh = fresh_node(str(group[0].require("instance_type")))
    if not why_not(pod, fresh):
        return ""
    room_m, room_mib = fresh.cpu_m - fresh.requested_m, fresh.memory_mib - fresh.requested_mib
    return f"no pod fits on a node of the group: the largest has {room_m:.0f}m CPU and {room_mib:.0f}Mi free"


checks: Mapping[str, CheckFunction] = {
    "p13-built": _built,
    "p13-e1": _evening_holds,
}
