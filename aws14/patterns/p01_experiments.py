"""Experiments with the campaign site that send load through it or price it. Each takes the built topology first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from aws14 import catalog, charts, cost
from aws14.model import Bill, Picture, Topology, Trace
from aws14.patterns.p01_day import ASSUMPTIONS, SPOTS, USERS, scenario
from aws14.patterns.p01_walls import name_depends_on, why
from aws14.sim import round_trip_s, simulate, sweep, what_if
from aws14.sim.availability import FailureAndRepair, campaigns
from aws14.sim.elsewhere import in_region

CITIES = ("Tokyo", "Sapporo", "Taipei", "Singapore", "Sydney", "Mumbai", "London", "New York", "San Francisco")
TYPES = ("t3.small", "m5.large", "m5.xlarge", "c5.xlarge", "c5.2xlarge")
LAUNCHED = (("t3.micro", "standard"), ("t3.micro", "unlimited"), ("t3.small", "standard"), ("m5.large", ""))
AMERICANS: Mapping[str, float] = {"New York": 0.5, "San Francisco": 0.3, "Chicago": 0.2}


def month(built: Topology, trace: Trace, free_tier: Literal["none", "12-month"] = "none") -> Bill:
    """A month of the site when every day is like the run."""
    return cost.monthly_bill(built, trace, free_tier=free_tier, assume=ASSUMPTIONS)


def _resized(built: Topology, instance_type: str) -> Topology:
    """The site with another type of web server, in the credit mode that AWS gives it when not told otherwise."""
    mode = "unlimited" if catalog.instance_type(instance_type).burstable else "none"
    return what_if(built, "web", instance_type=instance_type, cpu_credits=mode)


class Outlook(NamedTuple):
    """The site in one region: response times of the day in milliseconds, and the month's bill in USD."""

    p50_ms: float
    p95_ms: float
    usd_per_month: float


def _round_trips(_: Topology, cities: Sequence[str] = CITIES) -> dict[str, dict[str, float]]:
    """City -> region -> round-trip time in milliseconds."""
    return {city: {region: 1000 * round_trip_s(city, region) for region in catalog.regions()} for city in cities}


def regions(built: Topology, users: Mapping[str, float] = USERS) -> dict[str, Outlook]:
    """The same site, the same day, the given visitors, in each of the eleven regions."""
    names = catalog.regions()
    day = scenario(users=users)
    moved = {name: in_region(built, name) for name in names}
    traces = dict(zip(names, sweep((moved[name], day) for name in names), strict=True))
    return {
        name: Outlook(
            p50_ms=1000 * trace.response_time_s(0.5),
            p95_ms=1000 * trace.response_time_s(0.95),
            usd_per_month=month(moved[name], trace).total_usd,
        )
        for name, trace in traces.items()
    }


def _region_chooser(built: Topology, american_share: float = 0.0) -> Picture:
    """The eleven regions for visitors of whom a share is American; the quickest is marked."""
    homes = {city: share * (1 - american_share) for city, share in USERS.items()}
    abroad = {city: share * american_share for city, share in AMERICANS.items()}
    outlook = regions(built, homes | abroad)
    quickest = min(outlook, key=lambda name: outlook[name].p95_ms)
    return charts.latency_cost(outlook, highlight=quickest)


def _moving(built: Topology, to_region: str, gib: float, hours: float = 48) -> Bill:
    """What moving the site costs: the copy, and both sites running side by side."""
    usage = cost.moving_usage(built, gib, to_region=to_region, hours=hours)
    return cost.bill(usage, title=f"Moving to {to_region} with {gib:g} GiB in {hours:g} hours", period="move")


def _another_day(built: Topology, instance_type: str, spot_rps: float) -> Picture:
    """The campaign day with another type of web server and another crowd."""
    changed = _resized(built, instance_type)
    trace = simulate(changed, scenario(spot_rps=spot_rps))
    bill = month(changed, trace)
    title = (
        f"{instance_type}: {trace.failure_ratio:.1%} of the day's page views fail, {bill.total_usd:,.0f} USD a month"
    )
    return charts.timeline(trace, title=title, spots=SPOTS)


def _types(built: Topology, types: Sequence[str] = TYPES) -> Picture:
    """The campaign day on several types side by side, with their bills."""
    changed = {name: _resized(built, name) for name in types}
    day = scenario()
    traces = dict(zip(types, sweep((changed[name], day) for name in types), strict=True))
    bills = {name: month(changed[name], trace) for name, trace in traces.items()}
    return charts.compare_runs(traces, bills=bills)


def _credits(built: Topology) -> Picture:
    """The day on servers launched at midnight, without a credit to their name."""
    day = scenario(credits_at_start=0)
    changed = {
        f"{name} {mode}".strip(): what_if(built, "web", instance_type=name, cpu_credits=mode or "none")
        for name, mode in LAUNCHED
    }
    traces = dict(zip(changed, sweep((topology, day) for topology in changed.values()), strict=True))
    bills = {name: month(changed[name], trace) for name, trace in traces.items()}
    return charts.compare_runs(traces, bills=bills, title="Launched at midnight: credits or not")


def _campaigns(_: Topology, repairs_min: Sequence[float] = (15, 120)) -> Picture:
    """The three weeks many times over, for a server that keeps what AWS promises, and repairs of different length."""
    promised = catalog.sla("EC2 instance").promised
    spot = (SPOTS[0][0], 10 * 60.0)
    runs = {
        f"repaired in {minutes:g} min": campaigns(
            FailureAndRepair.promised(promised, 60 * minutes, repair="fixed"), days=21, spot=spot
        )
        for minutes in repairs_min
    }
    return charts.downtime(runs)


experiments: Mapping[str, Callable[..., object]] = {
    "round trips": _round_trips,
    "regions": regions,
    "region chooser": _region_chooser,
    "moving": _moving,
    "another day": _another_day,
    "types": _types,
    "credits": _credits,
    "campaigns": _campaigns,
    "why": lambda _, network: why(network),
    "name": name_depends_on,
    "free tier": lambda built, trace: (month(built, trace), month(built, trace, free_tier="12-month")),
}
