"""Sessions behind two servers: how unevenly a sticky load balancer spreads, and what is lost with a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from aws14 import charts
from aws14.charts.numbers import percent
from aws14.model import Finding, Picture, Report, Topology, Trace
from aws14.model.trace import Counts, Floats
from aws14.patterns.p02_day import NOON_S, PAGE, front_door, scenario
from aws14.sim import simulate, what_if
from aws14.sim.fleet.turns import served_by_minute

VIEWS_A_VISIT = 20.0
"""Of a customer with a login."""

AWAY_S = 900.0
COOKIE_S = 3600
_BEFORE_S, _AFTER_S = 900.0, 3600.0


def _either(built: Topology) -> Mapping[str, Topology]:
    """The site without and with stickiness, whatever is built."""
    return {
        "not sticky": what_if(built, "web-targets", sticky=False),
        "sticky": what_if(built, "web-targets", sticky=True, sticky_s=COOKIE_S),
    }


def stickiness(built: Topology) -> Picture:
    """The share of the requests that web-1 answers, minute by minute, around a quarter of an hour without it."""
    visits = replace(PAGE, session_requests=VIEWS_A_VISIT)
    day = scenario(application=visits, server_lost_for_s=AWAY_S, entry=front_door(built))
    shares = {name: _share(served_by_minute(site, day)) for name, site in _either(built).items()}
    first, last = (int(each / 60) for each in (NOON_S - _BEFORE_S, NOON_S + AWAY_S + _AFTER_S))
    minutes = np.arange(first, last) - NOON_S / 60
    return charts.curves(
        minutes,
        {name: 100 * share[first:last] for name, share in shares.items()},
        title=f"web-1 is away from minute 0 to minute {AWAY_S / 60:.0f}: how many of the page views it answers",
        xlabel="minutes from noon",
        ylabel="page views answered by web-1, in %",
    )


def _share(served: Mapping[str, Counts]) -> Floats:
    total: Counts = np.maximum(sum(served.values(), np.zeros(1, np.int64)), 1)
    share: Floats = served["web-1"] / total
    return share


def sessions_lost(built: Topology) -> Report:
    """The same day with sessions on the servers, without and with stickiness, and with sessions in the database."""
    plain, sticky = _either(built).values()
    days = {
        stored: scenario(
            application=replace(PAGE, session_requests=VIEWS_A_VISIT, sessions_in_database=stored),
            server_lost_for_s=AWAY_S,
            entry=front_door(built),
        )
        for stored in (False, True)
    }
    runs = {
        "sessions on the servers": simulate(plain, days[False]),
        "sessions on the servers, sticky": simulate(sticky, days[False]),
        "sessions in the database": simulate(plain, days[True]),
    }
    return Report(
        title=f"A server away for {AWAY_S / 60:.0f} minutes, visits of {VIEWS_A_VISIT:.0f} views",
        findings=tuple(Finding(name=name, status="note", detail=_told(trace)) for name, trace in runs.items()),
        summary="views that met a server which did not know the visitor",
    )


def _told(trace: Trace) -> str:
    lost, views = trace.failed.get("session_lost"), int(trace.offered.sum())
    count = 0 if lost is None else int(lost.sum())
    return f"{count:,} of {views:,} views, {percent(count / views)}"
