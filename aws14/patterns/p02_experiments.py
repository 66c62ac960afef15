"""Experiments of pattern 2. Each takes the built topology first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from aws14 import charts, cost
from aws14.charts.numbers import percent, usd
from aws14.errors import DesignError
from aws14.model import Bill, Finding, Picture, Report, Topology, Trace
from aws14.patterns.p02_database import clients, lost
from aws14.patterns.p02_day import ASSUMPTIONS, BRIEF, front_door, scenario
from aws14.patterns.p02_disks import disks, lanes
from aws14.patterns.p02_paths import paths
from aws14.patterns.p02_places import static_bills, static_times
from aws14.patterns.p02_sessions import sessions_lost, stickiness
from aws14.patterns.p02_taken_away import single_az
from aws14.patterns.p02_tls import tls
from aws14.patterns.p02_walls import why
from aws14.sim import simulate, what_if
from aws14.sim.changes import cloned, without
from aws14.sim.reachability import reach
from aws14.sim.standing import network_of, owned_interfaces, zone_of

OFFERS = tuple(
    f"{kind}, 3 years, {paid}"
    for kind in ("reserved instance", "compute savings plan")
    for paid in ("all upfront", "nothing upfront")
)
"""Of all promises that AWS sells, those drawn."""

_OUTAGE_S = 3600.0
_SUBNETS = {"web-3": "web-a", "web-4": "web-c"}
"""Further servers stand in zones a and c in turn, as the first two do."""


def month(built: Topology, trace: Trace) -> Bill:
    """A month of the site when every day is like the run."""
    return cost.monthly_bill(built, trace, assume=ASSUMPTIONS)


def _another_design(
    built: Topology, web_servers: int = 2, database: str = "Multi-AZ", health_check_every_s: float = 10
) -> Picture:
    """The day on which the worse of the zones is lost for an hour, on a site with other numbers."""
    site = _resized(built, web_servers)
    timeout_s = min(float(str(site.node("web-targets").require("health_check_timeout_s"))), health_check_every_s / 2)
    site = what_if(site, "web-targets", health_check_interval_s=health_check_every_s, health_check_timeout_s=timeout_s)
    if database == "Single-AZ":
        site = single_az(site)
    zone, trace = _worst_zone(site)
    bill = month(site, simulate(site, scenario(entry=front_door(site))))
    title = (
        f"{_two_digits(100 * trace.failure_ratio)} % of the views ({trace.failed_total:,}) fail without {zone}, "
        f"{percent(BRIEF.value('zone_failed_share'))} may; {usd(bill.total_usd)} a month"
    )
    return charts.timeline(trace, title=title)


def _two_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:#.2g}"


def _worst_zone(site: Topology) -> tuple[str, Trace]:
    """The zone whose loss for an hour costs most page views, and that day."""
    door = front_door(site)
    days = {
        zone.id: simulate(site, scenario(zone_lost_for_s=_OUTAGE_S, zone=zone.id, entry=door))
        for zone in site.of_kind("az")
    }
    worst = max(days, key=lambda zone: days[zone].failed_total)
    return worst, days[worst]


def _resized(built: Topology, web_servers: int) -> Topology:
    if not 1 <= web_servers <= 2 + len(_SUBNETS):
        raise DesignError(f"{web_servers} web servers", allowed=f"1 to {2 + len(_SUBNETS)}")
    if web_servers == 1:
        return without(built, "web-2")
    more = dict(list(_SUBNETS.items())[: web_servers - 2])
    return cloned(built, "web-1", more) if more else built


def _nodes(built: Topology) -> Report:
    """Which node of the load balancer reaches which web server on port 80."""
    findings = []
    for door in owned_interfaces(built, built.node("alb")):
        for server in built.of_kind("instance"):
            way = reach(network_of(built), source=door.id, destination=server.id, port=80)
            findings.append(
                Finding(
                    name=f"The node in {zone_of(built, door.subnet)} ({door.private_ipv4}) reaches {server.id}",
                    status="passed" if way.reachable else "not_yet",
                    detail="" if way.blocked_by is None else way.blocked_by.detail,
                )
            )
    return Report(title="From each node of the load balancer to each server", findings=tuple(findings))


def _years(built: Topology, share: float = 1.0, months: int = 36) -> Picture:
    """What the two web servers come to over the years, on demand and with a promise.

    Parameters
    ----------
    built : Topology
        What was read back.
    share : float
        Share of the hours in which they run.
    months : int
        How far to look.
    """
    servers = built.of_kind("instance")
    kind = str(servers[0].require("instance_type"))
    region = built.container(servers[0].id, "region")
    years = cost.years_of_use(
        "EC2", f"{kind} Linux on-demand", region.id if region else "", months=months, share=share, count=len(servers)
    )
    told = "; ".join(
        f"{name}: {pays:.1f}"
        for name, pays in years.break_even_months.items()
        if name in OFFERS and math.isfinite(pays)
    )
    drawn = charts.curves(
        years.months,
        {name: line for name, line in years.owed_usd.items() if name in (cost.ON_DEMAND, *OFFERS)},
        title=f"What you have paid, or owe, for {len(servers)} {kind} if you stop after so many months",
        xlabel="months of use",
        ylabel="USD in all",
    )
    running = f"The servers run {100 * share:.0f} % of the hours. "
    pays = f"Months after which a promise has paid: {told}." if told else "No promise pays for so few hours."
    return replace(
        drawn, caption=" ".join((running + pays, *(f"{note[0].upper()}{note[1:]}." for note in years.notes)))
    )


experiments: Mapping[str, Callable[..., object]] = {
    "another design": _another_design,
    "database clients": clients,
    "database lost": lost,
    "disks": disks,
    "lanes": lanes,
    "nodes": _nodes,
    "path patterns": paths,
    "sessions lost": sessions_lost,
    "static bills": static_bills,
    "static times": static_times,
    "stickiness": stickiness,
    "tls": tls,
    "why": why,
    "years": _years,
}
