"""Designs that live: each part fails and is repaired at random, and the design is there when enough of them are.

All lifetimes are laid one after the other on one axis of time, so that a year begins as the one before it ended. A part
is up for an exponential time and away for an exponential time, over and over; what a group loses together
(`aws14.sim.composed`) is one more part of it. Parts of one name are drawn once.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from aws14.errors import ScenarioError
from aws14.model import Downtime
from aws14.sim.availability import DAY_S, MOST_FAILURES
from aws14.sim.composed import Design, Part, alone, parts_of, together
from aws14.sim.streams import exponentials, stream

Floats = NDArray[np.float64]
Outages = tuple[Floats, Floats]
"""Starts and ends of times away, in seconds, ascending and without overlaps."""


def play(design: Design, *, days: float = 365.0, runs: int = 1_000, seed: int = 14) -> Downtime:
    """Let a design live through many times of the same length (Monte Carlo).

    Parameters
    ----------
    design : Part or Series or Parallel or KofN
        What stands there.
    days : float
        Length of each time.
    runs : int
        How many.
    seed : int
        Of one stream for each part.

    Raises
    ------
    ScenarioError
        When there is nothing to draw, or too much of it.
    """
    horizon_s = days * DAY_S
    if not (math.isfinite(horizon_s) and horizon_s > 0 and runs >= 1):
        raise ScenarioError(f"days is {days!r}, runs is {runs!r}", allowed="positive days, one run or more")
    parts = parts_of(design)
    expected = sum(runs * horizon_s * (1 - part.availability) / part.mttr_s for part in parts.values())
    if expected > MOST_FAILURES:
        raise ScenarioError(
            f"{expected:,.0f} failures are expected", allowed=f"up to {MOST_FAILURES:,}", cure="fewer runs"
        )
    starts_s, ends_s = _outages(design, runs * horizon_s, seed, "")
    downtime_s, failures = _per_run(starts_s, ends_s, horizon_s, runs)
    return Downtime(horizon_s=horizon_s, downtime_s=downtime_s, failures=failures, hit=np.zeros(runs, dtype=bool))


def _outages(design: Design, span_s: float, seed: int, place: str) -> Outages:
    if isinstance(design, Part):
        return _renewal(design, span_s, seed)
    inside = [_outages(each, span_s, seed, f"{place}/{number}") for number, each in enumerate(alone(design))]
    found = at_least(len(design.parts) - design.needed + 1, inside)
    if shared := together(design):
        first = design.parts[0]
        mttr_s = first.mttr_s if isinstance(first, Part) else math.nan
        cause = Part(name=f"together {place}", availability=1 - shared, mttr_s=mttr_s)
        found = at_least(1, [found, _renewal(cause, span_s, seed)])
    return found


def _renewal(part: Part, span_s: float, seed: int) -> Outages:
    """When one part is away."""
    if part.availability == 1:
        return np.empty(0), np.empty(0)
    mttf_s = part.mttr_s * part.availability / (1 - part.availability)
    expected = span_s / (mttf_s + part.mttr_s)
    size = math.ceil(expected + 10 * math.sqrt(expected) + 20)
    up_s = mttf_s * exponentials(stream(seed, f"{part.name} fails"), size)
    away_s = part.mttr_s * exponentials(stream(seed, f"{part.name} is repaired"), size)
    ends_s = np.cumsum(up_s + away_s)
    starts_s = ends_s - away_s
    within = starts_s < span_s
    return starts_s[within], np.minimum(ends_s[within], span_s)


def at_least(count: int, outages: list[Outages]) -> Outages:
    """When at least so many are away at once.

    Parameters
    ----------
    count : int
        How many, 1 or more.
    outages : list of (ndarray, ndarray)
        Of each: starts and ends.
    """
    starts_s, ends_s = (np.concatenate([each[side] for each in outages]) for side in (0, 1))
    at_s = np.concatenate((starts_s, ends_s))
    change = np.concatenate((np.ones(len(starts_s), np.int64), -np.ones(len(ends_s), np.int64)))
    order = np.argsort(at_s, kind="stable")
    away = np.cumsum(change[order])
    begins = (away == count) & (change[order] == 1)
    stops = (away == count - 1) & (change[order] == -1)
    return at_s[order][begins], at_s[order][stops]


def _per_run(starts_s: Floats, ends_s: Floats, horizon_s: float, runs: int) -> tuple[Floats, NDArray[np.int64]]:
    """Time away and failures of each run."""
    borders_s = horizon_s * np.arange(runs + 1)
    before = np.searchsorted(starts_s, borders_s, "right")
    lasted_s = np.concatenate(([0.0], np.cumsum(ends_s - starts_s)))
    last = np.maximum(before - 1, 0)
    over_s = np.maximum(ends_s[last] - borders_s, 0) * (before > 0) if len(ends_s) else np.zeros(runs + 1)
    away_s = np.diff(lasted_s[before] - over_s)
    return np.maximum(away_s, 0), np.diff(np.searchsorted(starts_s, borders_s, "left"))
