"""A day of the scaling intranet: the company's numbers, its people, the application, the load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aws14 import cost
from aws14.model import Application, Campaign, Diurnal, Retries, Scenario, SlowDatabase, Spike
from aws14.patterns.brief import Brief, Requirement

BRIEF = Brief(
    customer="Minato Logistics",
    story=(
        "The company's portal: shifts, tours, messages. At nine everybody opens it at once; by half past nine few do. "
        "Waiting costs working time, idle servers cost money. Nobody outside the company may see it."
    ),
    requirements=(
        Requirement(name="peak_rps", text="120 page views a second at nine, for a quarter of an hour", value=120.0),
        Requirement(name="failed_share", text="at most one in a thousand of a day's page views may fail", value=0.001),
        Requirement(name="p95_s", text="95 % of a day's answers within half a second", value=0.5),
        Requirement(name="budget_usd", text="at most 650 USD a month", value=650.0),
    ),
)

USERS: Mapping[str, float] = {"Tokyo": 1.0}
"""Everybody sits in the office, whose line ends in Tokyo."""

NAME = "portal.corp.internal"
OFFICE = "pc"
"""The instance in whose place people sit."""

HOUR_S = 3600.0
NINE_S = 9 * HOUR_S
SLOW_FROM_S, SLOW_FOR_S = 10 * HOUR_S, 1200.0
DAY_PART_H = 12.0
"""A run of so many hours is a part of a day."""

PAGE = Application(
    service_time_s=0.080,
    service_distribution="lognormal",
    service_cv=1.0,
    response_kib=60.0,
    client_timeout_s=10.0,
    user_mbps=100.0,
    backlog=100,
    db_time_s=0.004,
    health_check_waits=False,
)
"""One page view: heavy templates, one query, 60 KiB out, somebody who waits ten seconds. A server keeps a short queue;
its health page is a file, which the web server sends whatever its workers do."""

ASSUMPTIONS = cost.Assumptions(requests_per_dns_query=8, package_gib=10, internal_kib_per_request=4)
"""What no trace shows: eight pages a lookup, 10 GiB of packages a month for new servers, 4 KiB of rows a page."""


def scenario(
    *,
    peak_rps: float | None = None,
    slow_database: float = 1.0,
    deep_check: bool = False,
    retries: Retries | None = None,
    backlog: int | None = None,
    starts_h: float = 0.0,
    horizon_h: float = 24.0,
) -> Scenario:
    """A working day of the portal, midnight to midnight in Japan, or a part of it.

    Parameters
    ----------
    peak_rps : float, optional
        Page views per second just after nine; the brief's when left out.
    slow_database : float
        How many times as long each query takes from ten o'clock on, for twenty minutes; 1: as always.
    deep_check : bool
        Whether the page that health checks ask for asks the database.
    retries : Retries, optional
        What people do when a page does not come; left out: nothing.
    backlog : int, optional
        Requests that may wait at a server; more are refused.
    starts_h : float
        Hour of the day at which the run starts.
    horizon_h : float
        Length of the run in hours.
    """
    starts_s = starts_h * HOUR_S
    peak = BRIEF.value("peak_rps") if peak_rps is None else peak_rps
    rhythm = Diurnal(night_rps=1.0, day_rps=18.0, peak_hour=(14.0 - starts_h) % 24)
    morning = Spike(peak_rps=peak, at_s=NINE_S - 300 - starts_s, rise_s=300.0, hold_s=900.0, half_life_s=420.0)
    application = replace(PAGE, health_check_deep=deep_check, backlog=PAGE.backlog if backlog is None else backlog)
    return Scenario(
        name="portal day" if horizon_h > DAY_PART_H else "portal morning",
        load=Campaign(rhythm=rhythm, spots=(morning,)),
        application=application,
        entry=NAME,
        users=USERS,
        source=OFFICE,
        horizon_s=horizon_h * HOUR_S,
        starts_s=starts_s,
        faults=() if slow_database == 1.0 else (_slow(slow_database, SLOW_FROM_S - starts_s),),
        retries=retries,
    )


def _slow(factor: float, starts_s: float) -> SlowDatabase:
    return SlowDatabase(node="portal-db", starts_s=starts_s, lasts_s=SLOW_FOR_S, factor=factor)
