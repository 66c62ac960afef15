"""Cold starts: of a week of the members' site, of recorded functions, and of packages of some size."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

import numpy as np

from aws14 import catalog, charts
from aws14.charts.numbers import percent
from aws14.model import Campaign, Diurnal, Picture, Scenario, Spike, Topology
from aws14.patterns.p12_day import NOON_S, scenario
from aws14.sim import simulate
from aws14.sim.cold_ratios import cold_ratios
from aws14.sim.cold_starts import mean_start_s

DAY_S, DAYS = 86_400.0, 7
SITES = {"this chain": 1.0, "a tenth of it": 0.1, "a single gym": 0.01, "a club of friends": 0.001}
"""Sites of a week -> their share of the chain's visits."""

CLASSES = {
    "less than once an hour": (0.0, 1.0),
    "1 to 10 times an hour": (1.0, 10.0),
    "10 to 100 times an hour": (10.0, 100.0),
    "100 to 1,000 times an hour": (100.0, 1000.0),
    "more often": (1000.0, np.inf),
}
"""How often a function is called -> calls an hour, from and up to."""

RECORDING = "azure_2019"
STARTS = {"starts by itself in 0.05 s": 0.05, "imports boto3 (0.25 s)": 0.25, "imports pandas (1 s)": 1.0}
"""Programs -> how long they take to start on one vCPU; assumed."""


def week_of(share: float) -> Scenario:
    """Seven days of a site with a share of the chain's visits, with an opening every noon."""
    day = scenario()
    assert isinstance(day.load, Campaign)
    rhythm, noon = day.load.rhythm, day.load.spots[0]
    rhythm = Diurnal(night_rps=rhythm.night_rps * share, day_rps=rhythm.day_rps * share, peak_hour=rhythm.peak_hour)
    spots = tuple(_opening(noon, each, share) for each in range(DAYS))
    return replace(day, name="members' week", horizon_s=DAYS * DAY_S, load=Campaign(rhythm=rhythm, spots=spots))


def _opening(noon: Spike, day: int, share: float) -> Spike:
    return replace(noon, peak_rps=noon.peak_rps * share, at_s=day * DAY_S + NOON_S)


def week(built: Topology) -> Picture:
    """The share of calls that wait for a new environment, over a week of a large site and of ever smaller ones."""
    shares, told = {}, {}
    for site, share in SITES.items():
        record = simulate(built, week_of(share)).functions
        assert record is not None
        calls, cold = int(record.invocations.sum()), int(record.cold_starts.sum())
        shares[site] = 100 * record.cold_ratio
        told[site] = f"{percent(record.cold_ratio)}: {cold:,} of {calls:,} calls"
    return charts.bars(
        shares, title="A week of sites of different size", xlabel="% of the calls wait for a start", told=told, unit="%"
    )


def real_functions(built: Topology, minutes_kept: float = 7.0) -> Picture:
    """The share of calls that wait, of functions recorded at a large provider, by how often they are called.

    Parameters
    ----------
    built : Topology
        Not asked: these are others' functions.
    minutes_kept : float
        How long an idle environment is kept.
    """
    del built
    played = cold_ratios(catalog.recorded_functions(RECORDING), keep_s=60 * minutes_kept)
    shares, told = {}, {}
    for name, (least, most) in CLASSES.items():
        among = [each.ratio for each in played if least <= each.per_hour < most]
        shares[name] = 100 * median(among) if among else 0.0
        told[name] = f"{percent(median(among)) if among else 'none'} ({len(among)} functions)"
    return charts.bars(
        shares,
        title=f"{len(played)} functions of others, environments kept for {minutes_kept:g} minutes",
        xlabel="% of the calls wait for a start (median function)",
        told=told,
        unit="%",
    )


def package_size(built: Topology) -> Picture:
    """How long a new environment takes on average, by the size of the zip and by what the program does first."""
    del built
    most = catalog.quota("Lambda", "package zipped, uploaded directly").value
    sizes = np.linspace(0.001, most, 60)
    lines = {name: [mean_start_s(size * 1e6, init_s) for size in sizes] for name, init_s in STARTS.items()}
    return charts.curves(
        sizes,
        lines,
        title="How long a cold start takes, on average",
        xlabel="size of the zip, MB",
        ylabel="seconds",
    )
