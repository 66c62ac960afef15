"""Experiments with the scaling intranet: the same morning, decided in different ways; each takes the built topology."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from aws14 import charts, cost
from aws14.model import Bill, Campaign, Diurnal, FleetRecord, Picture, Ramp, Retries, Scenario, Spike, Topology, Trace
from aws14.patterns import p03_groups as groups
from aws14.patterns.p03_day import ASSUMPTIONS, scenario
from aws14.patterns.p03_walls import why
from aws14.sim import simulate, sweep, what_if
from aws14.sim.startup import ready_after_s

HOUR_S = 3600.0

MORNING_H, MORNING_FOR_H = 8.5, 2.0
"""The part of the day in which it is decided whether a group is in time."""

SLOW_MORNING_H, SLOWER, PATIENCE_S = 9.5, 30.0, 2
"""The part of the day in which the database is slow, how many times as long a query takes, how long checks wait."""

SCRIPTS: Mapping[str, float] = {
    "image, no script": 0.0,
    "script": 0.0,
    "and 2 min more": 120.0,
    "and 6 min more": 360.0,
}
"""Ways to set a new server up -> seconds of work beyond the script of the lesson."""

ENOUGH = 6
"""The smallest fleet of fixed size that serves nine o'clock."""

RETRY = Retries(times=3, after_s=1.0)
BACK_OFF = Retries(times=3, after_s=10.0, growth=3.0, jitter=True)
ONCE = Retries(times=1, after_s=10.0, jitter=True)
LONG_QUEUE, SHORT_QUEUE = 511, 50

SHOWN_S = 2700.0
"""How much of the hour with the crowd is shown: by its end every view of it has come to its end, tries included."""


def month(built: Topology, trace: Trace) -> Bill:
    """A month of the portal when every day is like the run."""
    return cost.monthly_bill(built, trace, assume=ASSUMPTIONS)


def _compared(topologies: Mapping[str, Topology], day: Scenario, *, title: str, bills: bool = False) -> Picture:
    """The same day through several sites."""
    runs = dict(zip(topologies, sweep((topology, day) for topology in topologies.values()), strict=True))
    priced = {name: month(topologies[name], trace) for name, trace in runs.items()} if bills else None
    return charts.compare_runs(runs, bills=priced, title=title, start_hour=day.starts_s / HOUR_S)


def _policies(built: Topology) -> Picture:
    """The day under five ways to decide, with their bills."""
    ways = {
        f"fixed, {ENOUGH} servers": groups.fixed(built, ENOUGH),
        "simple": groups.simple(built),
        "step": groups.stepping(built),
        "target tracking": groups.tracking(built),
        "tracking + schedule": groups.scheduled(groups.tracking(built)),
    }
    return _compared(ways, scenario(), title="The same day, decided in five ways", bills=True)


def _metrics(built: Topology) -> Picture:
    """Target tracking on three numbers, from eight to eleven."""
    ways = {
        "CPU, 50 %": groups.tracking(built),
        "requests per server, 750 a minute": groups.tracking(built, 750.0, groups.PER_TARGET),
        "response time, 0.3 s": groups.tracking(built, 0.3, groups.RESPONSE_TIME),
    }
    return _compared(ways, scenario(starts_h=8.0, horizon_h=4.0), title="Target tracking on three metrics")


def _startup(built: Topology) -> Picture:
    """Servers from an image, and from scripts of growing length."""
    ways = {}
    for name, more_s in SCRIPTS.items():
        script = "" if name.startswith("image") else str(built.node(groups.GROUP).require("startup_script"))
        script += f"\nsleep {more_s:.0f}" if more_s else ""
        ready_s = ready_after_s(script)
        site = what_if(
            groups.tracking(built), groups.GROUP, startup_script=script, default_warmup_s=max(120.0, ready_s)
        )
        ways[f"{name}: {ready_s:.0f} s"] = site
    return _compared(ways, scenario(starts_h=MORNING_H, horizon_h=MORNING_FOR_H), title="From launch to the first page")


def _flapping(built: Topology) -> Picture:
    """Servers that take four minutes to start, a hasty policy, and what calms it."""
    script = f"{built.node(groups.GROUP).require('startup_script')}\nsleep 200"
    slow = what_if(built, groups.GROUP, startup_script=script)
    ways = {
        "no warm-up": groups.hasty(slow, warmup_s=0),
        "warm-up of 5 min": groups.hasty(slow, warmup_s=300),
        "cooldown of 5 min": groups.cooling(slow, cooldown_s=300),
    }
    return _compared(ways, noon(), title="Forty views a second from 11:20 on, servers that take 4 min to start")


def noon() -> Scenario:
    """Two hours in which the load grows once, and stays."""
    load = Ramp(from_rps=12.0, to_rps=40.0, starts_s=600.0, ends_s=1200.0)
    return replace(scenario(starts_h=11.0, horizon_h=2.0), name="noon", load=load)


def _deep_check(built: Topology, factor: float = SLOWER) -> Picture:
    """Twenty minutes of a slow database, as a file for a health page takes it, and a page that asks the database."""
    site = thorough(built)
    cases = {
        "shallow check": (site, False),
        "deep check": (site, True),
        "deep, nobody replaced": (what_if(site, groups.GROUP, suspended=("ReplaceUnhealthy",)), True),
    }
    runs = {
        name: simulate(topology, slow_morning(deep=deep, factor=factor)) for name, (topology, deep) in cases.items()
    }
    return charts.compare_runs(runs, title="The database is slow from 10:00 to 10:20", start_hour=SLOW_MORNING_H)


def _deep_check_closer(built: Topology, factor: float = SLOWER) -> Picture:
    """The run with the deep check by itself: who is in service, who is held unhealthy."""
    trace = simulate(thorough(built), slow_morning(deep=True, factor=factor))
    gone = sum(event.what == "terminated" for event in trace.events)
    title = f"The deep check: {gone} servers of a group of two or three were ended"
    return charts.timeline(trace, title=title, start_hour=SLOW_MORNING_H)


def thorough(built: Topology) -> Topology:
    """The site with health checks that give up after two seconds."""
    return what_if(groups.tracking(built), "portal-targets", health_check_timeout_s=PATIENCE_S)


def slow_morning(*, deep: bool, factor: float) -> Scenario:
    """Two hours with twenty minutes in which queries take so many times as long."""
    return scenario(slow_database=factor, deep_check=deep, starts_h=SLOW_MORNING_H, horizon_h=2.0)


def crowd(retries: Retries | None, backlog: int) -> Scenario:
    """An hour of the afternoon at less than half of what four servers can do, and one minute of much more."""
    rhythm = Diurnal(night_rps=40.0, day_rps=40.0)
    spot = Spike(peak_rps=120.0, at_s=600.0, rise_s=15.0, hold_s=60.0, half_life_s=10.0)
    day = scenario(retries=retries, backlog=backlog, starts_h=13.0, horizon_h=1.0)
    return replace(day, name="a crowd for a minute", load=Campaign(rhythm=rhythm, spots=(spot,)))


def _endless_spike(built: Topology) -> Picture:
    """A group at its largest, one minute of a crowd, and people who press again."""
    site = groups.fixed(built, 4)
    cases = {
        "no retry": crowd(None, LONG_QUEUE),
        "3 retries": crowd(RETRY, LONG_QUEUE),
        "3, backing off": crowd(BACK_OFF, LONG_QUEUE),
        "1 retry": crowd(ONCE, LONG_QUEUE),
        "3, short queue": crowd(RETRY, SHORT_QUEUE),
    }
    runs = {name: _beginning(simulate(site, day), SHOWN_S) for name, day in cases.items()}
    return charts.compare_runs(runs, title="A crowd in the eleventh minute, and what follows")


def _beginning(trace: Trace, until_s: float) -> Trace:
    """A run up to a moment. Views whose tries go on at the run's end have not failed yet: they would look served."""
    ticks = round(until_s / trace.tick_s)
    failed = {reason: counts[:ticks] for reason, counts in trace.failed.items()}
    fleet = trace.fleet and replace(trace.fleet, **_cut(trace.fleet, ticks))
    return replace(trace, horizon_s=until_s, failed=failed, fleet=fleet, database=None, **_cut(trace, ticks))


def _cut(record: Trace | FleetRecord, ticks: int) -> dict[str, Any]:
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: value[:ticks] for name, value in values.items() if isinstance(value, np.ndarray)}


def _your_day(built: Topology, target_percent: float, smallest: int, at_nine: bool) -> Picture:
    """The day with another target, another minimum, with or without a schedule."""
    site = groups.tracking(built, float(target_percent), smallest=int(smallest))
    if at_nine:
        site = groups.scheduled(site)
    trace = simulate(site, scenario())
    title = f"{trace.failure_ratio:.2%} of the day's views fail, {month(site, trace).total_usd:,.0f} USD a month"
    return charts.timeline(trace, title=title)


experiments: Mapping[str, Callable[..., object]] = {
    "policies": _policies,
    "metrics": _metrics,
    "startup": _startup,
    "flapping": _flapping,
    "deep check": _deep_check,
    "deep check, closer": _deep_check_closer,
    "endless spike": _endless_spike,
    "a day with your numbers": _your_day,
    "why": why,
}
