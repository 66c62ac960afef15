"""Campaign site: one web server, one database server, cheap, quick to build, gone in three weeks.

Problem: a campaign needs a site for a few weeks; TV spots bring crowds; nobody will look after it afterwards.
Solution: one VPC, a public subnet for the web server and a private one for the database, an Elastic IP and a
name. No redundancy, on purpose: it costs little and may fail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from aws14 import catalog, charts, cost
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
from aws14.model import (
    Application,
    Bill,
    Campaign,
    Diurnal,
    Link,
    Node,
    Picture,
    Replay,
    Report,
    Scenario,
    Spike,
    Topology,
    Trace,
)
from aws14.patterns.brief import Brief, Requirement
from aws14.sim import round_trip_s, simulate, sweep, what_if
from aws14.sim.elsewhere import in_region

BRIEF = Brief(
    customer="Kaede Drinks",
    story=(
        "A new tea, three weeks of campaign, a quiz on www.example.co.jp. Every evening at 19:54 a TV spot shows "
        "the address. The site may fail now and then; it must be cheap and online by next week."
    ),
    requirements=(
        Requirement(name="spot_rps", text="TV spot at 19:54: 80 extra page views a second at the peak", value=80.0),
        Requirement(name="failed_share", text="at most 1 % of a day's page views may fail", value=0.01),
        Requirement(name="p95_s", text="95 % of the answers within 1 s, spot included", value=1.0),
        Requirement(name="budget_usd", text="at most 500 USD a month, traffic included", value=500.0),
    ),
)

CITIES = ("Tokyo", "Sapporo", "Taipei", "Singapore", "Sydney", "Mumbai", "London", "New York", "San Francisco")
TYPES = ("t3.small", "m5.large", "m5.xlarge", "c5.xlarge", "c5.2xlarge")
AMERICANS: Mapping[str, float] = {"New York": 0.5, "San Francisco": 0.3, "Chicago": 0.2}
USERS: Mapping[str, float] = {"Tokyo": 0.45, "Osaka": 0.25, "Fukuoka": 0.15, "Sapporo": 0.10, "Taipei": 0.05}
OFFICE_CIDR = "203.0.113.0/24"
NAME = "www.example.co.jp"
SPOT_HOUR = 19.9
SPOTS = ((SPOT_HOUR * 3600, "TV spot"),)

PAGE = Application(
    service_time_s=0.045,
    service_distribution="lognormal",
    service_cv=1.0,
    response_kib=80.0,
    client_timeout_s=10.0,
    user_mbps=20.0,
)
"""One page view: PHP and two queries on one vCPU, 80 KiB out, a visitor who waits ten seconds."""

ASSUMPTIONS = cost.Assumptions(requests_per_dns_query=8, package_gib=4, internal_kib_per_request=6)
"""What no trace shows: eight pages a lookup, 4 GiB of updates a month, 6 KiB of rows a page."""


def design(region: str = "ap-northeast-1") -> Topology:
    """The drawing of the campaign site."""
    zone = f"{region}a"
    return Topology(
        name="p01_campaign_site",
        origin="drawn",
        nodes=(
            Node(id="internet", kind="internet", label="Visitors"),
            Node(id="office", kind="office", label="Our office", attributes={"cidr": OFFICE_CIDR}),
            Node(id="example.co.jp", kind="hosted_zone"),
            Node(id=NAME, kind="dns_record", attributes={"type": "A", "ttl_s": 300}),
            Node(id=region, kind="region"),
            Node(id="vpc", kind="vpc", parent=region, attributes={"cidr": "10.0.0.0/16"}),
            Node(id="igw", kind="internet_gateway", parent="vpc"),
            Node(id=zone, kind="az", parent="vpc"),
            Node(id="public-a", kind="subnet", parent=zone, attributes={"cidr": "10.0.0.0/24"}),
            Node(id="private-a", kind="subnet", parent=zone, attributes={"cidr": "10.0.1.0/24"}),
            _server("web", "public-a", "Web server", "elastic"),
            Node(id="nat", kind="nat_gateway", parent="public-a", attributes={"state": "available"}),
            _server("db", "private-a", "Database server", "none"),
        ),
        links=(
            Link(source="public-a", target="igw", kind="routes", label="0.0.0.0/0"),
            Link(source="private-a", target="nat", kind="routes", label="0.0.0.0/0"),
            Link(source=NAME, target="web", kind="routes", label="A"),
            Link(source="internet", target="web", kind="allows", label="tcp/80"),
            Link(source="internet", target="web", kind="allows", label="tcp/443"),
            Link(source="office", target="web", kind="allows", label="tcp/22"),
            Link(source="web", target="db", kind="allows", label="tcp/3306"),
            Link(source="web", target="db", kind="uses", label="MySQL"),
        ),
    )


def _server(node_id: str, subnet: str, label: str, public_ipv4_kind: str) -> Node:
    stated: dict[str, str] = {"instance_type": "t3.small", "state": "running", "public_ipv4_kind": public_ipv4_kind}
    return Node(id=node_id, kind="instance", parent=subnet, label=label, attributes=stated)


def scenario(
    *,
    spot_rps: float | None = None,
    traced: bool = False,
    users: Mapping[str, float] = USERS,
    seed: int = 14,
) -> Scenario:
    """A day of the campaign, midnight to midnight in the customer's time zone.

    Parameters
    ----------
    spot_rps : float, optional
        Extra page views per second at the peak of the TV spot; the brief's when left out.
    traced : bool
        Replay a recorded day, scaled to the brief, in place of the drawn one.
    users : Mapping[str, float]
        City -> share of the visitors.
    seed : int
        Seed of the run.
    """
    crowd = Spike(peak_rps=BRIEF.value("spot_rps") if spot_rps is None else spot_rps, at_s=SPOT_HOUR * 3600)
    rhythm = Diurnal(night_rps=1.0, day_rps=8.0, peak_hour=17.0)
    return Scenario(
        name="traced day" if traced else "campaign day",
        load=_traced_day() if traced else Campaign(rhythm=rhythm, spots=(crowd,)),
        application=PAGE,
        entry=NAME,
        users=users,
        seed=seed,
    )


def _traced_day(peak_rps: float = 40.0) -> Replay:
    """13 July 1995 at the NASA Kennedy Space Center's web server, its busiest minute scaled to `peak_rps`."""
    minutes = catalog.trace_minutes("nasa_jul95")[12 * 1440 : 13 * 1440]
    return Replay(
        requests_per_minute=tuple(minutes),
        source="NASA Kennedy Space Center, 13 July 1995",
        scale=peak_rps * 60 / max(minutes),
    )


def _month(built: Topology, trace: Trace, free_tier: Literal["none", "12-month"] = "none") -> Bill:
    return cost.monthly_bill(built, trace, free_tier=free_tier, assume=ASSUMPTIONS)


class Outlook(NamedTuple):
    """The site in one region: response times of the day in milliseconds, and the month's bill in USD."""

    p50_ms: float
    p95_ms: float
    usd_per_month: float


def _round_trips(_: Topology, cities: Sequence[str] = CITIES) -> dict[str, dict[str, float]]:
    """City -> region -> round-trip time in milliseconds."""
    return {city: {region: 1000 * round_trip_s(city, region) for region in catalog.regions()} for city in cities}


def _regions(built: Topology, users: Mapping[str, float] = USERS) -> dict[str, Outlook]:
    """The same site, the same day, the given visitors, in each of the eleven regions."""
    names = catalog.regions()
    day = scenario(users=users)
    moved = {name: in_region(built, name) for name in names}
    traces = dict(zip(names, sweep((moved[name], day) for name in names), strict=True))
    return {
        name: Outlook(
            p50_ms=1000 * trace.response_time_s(0.5),
            p95_ms=1000 * trace.response_time_s(0.95),
            usd_per_month=_month(moved[name], trace).total_usd,
        )
        for name, trace in traces.items()
    }


def _moving(built: Topology, to_region: str, gib: float, hours: float = 48) -> Bill:
    """What moving the site costs: the copy, and both sites running side by side."""
    usage = cost.moving_usage(built, gib, to_region=to_region, hours=hours)
    return cost.bill(usage, title=f"Moving to {to_region} with {gib:g} GiB in {hours:g} hours", period="move")


def _another_day(built: Topology, instance_type: str, spot_rps: float) -> Picture:
    """The campaign day with another type of web server and another crowd."""
    changed = what_if(built, "web", instance_type=instance_type)
    trace = simulate(changed, scenario(spot_rps=spot_rps))
    bill = _month(changed, trace)
    title = (
        f"{instance_type}: {trace.failure_ratio:.1%} of the day's page views fail, {bill.total_usd:,.0f} USD a month"
    )
    return charts.timeline(trace, title=title, spots=SPOTS)


def _types(built: Topology, types: Sequence[str] = TYPES) -> Picture:
    """The campaign day on several types side by side, with their bills."""
    changed = {name: what_if(built, "web", instance_type=name) for name in types}
    day = scenario()
    traces = dict(zip(types, sweep((changed[name], day) for name in types), strict=True))
    bills = {name: _month(changed[name], trace) for name, trace in traces.items()}
    return charts.compare_runs(traces, bills=bills)


experiments: Mapping[str, Callable[..., object]] = {
    "round trips": _round_trips,
    "regions": _regions,
    "moving": _moving,
    "another day": _another_day,
    "types": _types,
    "bill with free tier": lambda built, trace: _month(built, trace, free_tier="12-month"),
}


def _fits_the_brief(evidence: Evidence) -> Report:
    """The campaign day through what is built, held against the brief's numbers."""
    title = "The web server fits the brief"
    trace = simulate(evidence.built, scenario())
    bill = _month(evidence.built, trace)
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
    """The region with the quickest answers for the visitors of exercise 3."""
    outlook = _regions(evidence.built, AMERICANS)
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
    "p01-e2": _second_public_subnet,
    "p01-e3": _nearest_to_americans,
}
