"""A day of the corporate site: the customer's numbers, the visitors, the application, the load."""

from __future__ import annotations

from collections.abc import Mapping

from aws14 import cost
from aws14.model import Application, AzOutage, DatabaseLoss, Diurnal, Fault, InstanceLoss, Scenario, Topology
from aws14.patterns.brief import Brief, Requirement

BRIEF = Brief(
    customer="Aoba Instruments",
    story=(
        "The company's face: products, news, an area for customers with a login. It must stay up when a server fails, "
        "and when a whole data centre does, also at night, without anybody on call. Logins are encrypted. It will "
        "stand for years."
    ),
    requirements=(
        Requirement(name="peak_rps", text="24 page views a second at the busiest hour", value=24.0),
        Requirement(
            name="zone_failed_share",
            text="a zone lost for an hour costs at most 0.3 % of a day's page views",
            value=0.003,
        ),
        Requirement(name="p95_s", text="95 % of a day's answers within half a second", value=0.5),
        Requirement(name="budget_usd", text="at most 800 USD a month, traffic included", value=800.0),
    ),
)

USERS: Mapping[str, float] = {"Tokyo": 0.5, "Osaka": 0.25, "Fukuoka": 0.1, "Sapporo": 0.05, "Singapore": 0.1}
NAME = "www.example.jp"
ORIGIN = "origin.example.jp"
NOON_S = 12 * 3600.0

PAGE = Application(
    service_time_s=0.035,
    service_distribution="lognormal",
    service_cv=1.0,
    response_kib=90.0,
    client_timeout_s=10.0,
    user_mbps=20.0,
    port=443,
    db_time_s=0.010,
)
"""One page view: PHP and three queries, 90 KiB out, a visitor who waits ten seconds."""

STATIC_SHARE = 0.6
"""Of all requests, those for files that are the same for everybody, once each picture is a request of its own."""

ASSUMPTIONS = cost.Assumptions(requests_per_dns_query=8, package_gib=4, internal_kib_per_request=8)
"""What no trace shows: eight pages a lookup, 4 GiB of updates a month, 8 KiB of rows a page."""


def scenario(
    *,
    peak_rps: float | None = None,
    zone_lost_for_s: float = 0.0,
    zone: str = "ap-northeast-1a",
    server_lost_for_s: float = 0.0,
    database_lost_for_s: float = 0.0,
    application: Application = PAGE,
    entry: str = NAME,
) -> Scenario:
    """A working day of the site, midnight to midnight in Japan.

    Parameters
    ----------
    peak_rps : float, optional
        Page views per second at the busiest hour; the brief's when left out.
    zone_lost_for_s, server_lost_for_s, database_lost_for_s : float
        How long a zone, the server ``web-1`` or the host of the database's primary is lost from noon on; 0: not at all.
    zone : str
        Which zone.
    application : Application
        Another page, such as one with sessions: ``replace(PAGE, session_requests=20)``.
    entry : str
        What visitors address.
    """
    peak = BRIEF.value("peak_rps") if peak_rps is None else peak_rps
    return Scenario(
        name="corporate day",
        load=Diurnal(night_rps=2.0, day_rps=peak, peak_hour=13.0),
        application=application,
        entry=entry,
        users=USERS,
        faults=_faults(zone_lost_for_s, zone, server_lost_for_s, database_lost_for_s),
    )


def primary_zone(built: Topology) -> str:
    """The zone in which the database's primary stands: after a failover another one than before."""
    return str(built.node("db").require("zone"))


def front_door(built: Topology) -> str:
    """The name that leads to the load balancer itself, whether or not CloudFront stands in front of it."""
    return ORIGIN if ORIGIN in built else NAME


def _faults(zone_s: float, zone: str, server_s: float, database_s: float) -> tuple[Fault, ...]:
    found: list[Fault] = []
    if zone_s:
        found.append(AzOutage(az=zone, starts_s=NOON_S, lasts_s=zone_s))
    if server_s:
        found.append(InstanceLoss(node="web-1", starts_s=NOON_S, lasts_s=server_s))
    if database_s:
        found.append(DatabaseLoss(node="db", starts_s=NOON_S, lasts_s=database_s))
    return tuple(found)
