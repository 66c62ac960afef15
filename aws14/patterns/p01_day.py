"""A day of the campaign site: the customer's numbers, the visitors, the application, the load."""

from __future__ import annotations

from collections.abc import Mapping

from aws14 import catalog, cost
from aws14.model import Application, AzOutage, Campaign, Diurnal, Fault, InstanceLoss, Replay, Scenario, Spike
from aws14.patterns.brief import Brief, Requirement

BRIEF = Brief(
    customer="Kaede Drinks",
    story=(
        "A new tea, three weeks of campaign, a quiz on www.example.co.jp. Every evening at 19:54 a TV spot shows "
        "the address. The site may fail now and then; it must be cheap and online by next week."
    ),
    requirements=(
        Requirement(name="spot_rps", text="TV spot at 19:54: 80 extra page views a second at the peak", value=80.0),
        Requirement(name="failed_share", text="at most 1 % of a day's page views may fail", value=0.01),
        Requirement(name="p95_s", text="95 % of a day's answers within 1 s (lost page views count above)", value=1.0),
        Requirement(name="budget_usd", text="at most 500 USD a month, traffic included", value=500.0),
    ),
)

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


def scenario(
    *,
    spot_rps: float | None = None,
    traced: bool = False,
    users: Mapping[str, float] = USERS,
    web_lost_for_s: float = 0.0,
    zone_lost_for_s: float = 0.0,
    zone: str = "ap-northeast-1a",
    credits_at_start: float | None = None,
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
    web_lost_for_s, zone_lost_for_s : float
        How long the web server's hardware, or the whole zone, is lost from the TV spot on; 0 for not at all.
    zone : str
        Which zone.
    credits_at_start : float, optional
        CPU credits of the web server at midnight; left out: all that it can keep.
    """
    crowd = Spike(peak_rps=BRIEF.value("spot_rps") if spot_rps is None else spot_rps, at_s=SPOT_HOUR * 3600)
    rhythm = Diurnal(night_rps=1.0, day_rps=8.0, peak_hour=17.0)
    return Scenario(
        name="traced day" if traced else "campaign day",
        load=traced_day() if traced else Campaign(rhythm=rhythm, spots=(crowd,)),
        application=PAGE,
        entry=NAME,
        users=users,
        credits_at_start=credits_at_start,
        faults=_faults(web_lost_for_s, zone_lost_for_s, zone),
    )


def _faults(web_lost_for_s: float, zone_lost_for_s: float, zone: str) -> tuple[Fault, ...]:
    at_s = SPOT_HOUR * 3600
    web = (InstanceLoss(node="web", starts_s=at_s, lasts_s=web_lost_for_s),) if web_lost_for_s else ()
    lost_zone = (AzOutage(az=zone, starts_s=at_s, lasts_s=zone_lost_for_s),) if zone_lost_for_s else ()
    return web + lost_zone


def traced_day(peak_rps: float = 40.0) -> Replay:
    """13 July 1995 at the NASA Kennedy Space Center's web server, its busiest minute scaled to `peak_rps`."""
    minutes = catalog.trace_minutes("nasa_jul95")[12 * 1440 : 13 * 1440]
    return Replay(
        requests_per_minute=tuple(minutes),
        source="NASA Kennedy Space Center, 13 July 1995",
        scale=peak_rps * 60 / max(minutes),
    )
