"""What the exercise of pattern 13 asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from aws14 import cost
from aws14.checks import CheckFunction, Evidence, bill_within, drawn_equals_built, gather, p95_within
from aws14.errors import Aws14Error
from aws14.model import Bill, Finding, Report, Topology, Trace
from aws14.patterns.p13_day import ASSUMPTIONS, BRIEF, ENTRY, RELEASE_H, WORKLOAD, evening, scenario
from aws14.sim import simulate

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


def _nothing_lost(trace: Trace) -> Finding:
    count = lost(trace)
    done = any(event.what == "rolled_out" for event in trace.events)
    return Finding(
        name=f"The release at {RELEASE_H:g}:00 is done, and no request of the evening is lost to a pod that ends",
        status="passed" if done and not count else "not_yet",
        detail=f"{count} of {int(trace.offered.sum()):,} requests lost"
        if done
        else "the release did not come to its end",
        hint=SOON if count else "may one pod more be started than wanted, or one less be ready? One of both must be",
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
    return gather(
        title,
        _nothing_lost(full),
        replace(p95_within(full, BRIEF.value("p95_s")), hint=NARROW),
        replace(bill_within(month(built, whole), BRIEF.value("budget_usd")), hint=DEAR),
    )


checks: Mapping[str, CheckFunction] = {
    "p13-built": partial(drawn_equals_built, "It is built as drawn"),
    "p13-e1": _evening_holds,
}
