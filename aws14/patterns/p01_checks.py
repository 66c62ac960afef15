"""What the exercises of the campaign site ask."""

from __future__ import annotations

from collections.abc import Mapping

from aws14 import catalog
from aws14.checks import (
    CheckFunction,
    Evidence,
    answered,
    bill_within,
    drawn_equals_built,
    failed_share_within,
    gather,
    has_subnet,
    p95_within,
    reachable,
)
from aws14.model import Report
from aws14.patterns.p01_day import BRIEF, NAME, scenario
from aws14.patterns.p01_experiments import AMERICANS, month, regions
from aws14.sim import simulate


def _fits_the_brief(evidence: Evidence) -> Report:
    """The campaign day through what is built, held against the brief's numbers."""
    title = "The web server fits the brief"
    way_in = reachable(title, evidence, entry=NAME, port=80)
    if not way_in.ok:
        return way_in
    trace = simulate(evidence.built, scenario())
    bill = month(evidence.built, trace)
    return gather(
        title,
        failed_share_within(trace, BRIEF.value("failed_share")),
        p95_within(trace, BRIEF.value("p95_s")),
        bill_within(bill, BRIEF.value("budget_usd")),
    )


def _built_and_reachable(evidence: Evidence) -> Report:
    """Drawn equals built, and a visitor finds the way in."""
    title = "The site is built as drawn, and visitors get through"
    same = drawn_equals_built(title, evidence)
    open_door = reachable(title, evidence, entry=NAME, port=80)
    return gather(title, *same.findings, *open_door.findings)


def _nearest_to_americans(evidence: Evidence) -> Report:
    """The region with the quickest answers for the visitors of exercise 2."""
    outlook = regions(evidence.built, AMERICANS)
    return answered(
        "The region that answers American visitors fastest",
        evidence,
        right=min(outlook, key=lambda name: outlook[name].p95_ms),
        choices=catalog.regions(),
        hint="run the experiment 'regions' with users= their cities, and compare p95_ms",
    )


def _second_public_subnet(evidence: Evidence) -> Report:
    return has_subnet(
        "A second public subnet in another zone",
        evidence,
        cidr="10.0.2.0/24",
        routed_to="internet_gateway",
        other_zone_than="public-a",
    )


checks: Mapping[str, CheckFunction] = {
    "p01-built": _built_and_reachable,
    "p01-e1": _fits_the_brief,
    "p01-e3": _second_public_subnet,
    "p01-e2": _nearest_to_americans,
}
