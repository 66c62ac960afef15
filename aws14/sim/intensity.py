"""The rate of arrivals over time of every load profile, as straight lines between knots.

Curves are drawn through enough knots that the number of requests is right within 0.1 %: half-lives in 16 pieces, a
day's rhythm in 5-minute pieces. What is sampled is the drawn curve, exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from aws14.errors import ScenarioError
from aws14.model import Campaign, Diurnal, LoadProfile, Ramp, Replay, Spike, Steady

Floats = NDArray[np.float64]

PIECES_PER_HALF_LIFE = 16
HALF_LIVES = 30
"""After so many half-lives a crowd is a billionth of what it was, and taken to be gone."""

RHYTHM_PIECE_S = 300.0
DAY_S = 86_400.0


@dataclass(frozen=True, eq=False, slots=True)
class Intensity:
    """A piecewise-linear arrival rate.

    Parameters
    ----------
    time_s : ndarray of float64, shape (k,)
        Knots, ascending from 0 to the horizon; two knots at the same time make a jump.
    rate_rps : ndarray of float64, shape (k,)
        Arrival rate at the knots, in requests per second.
    """

    time_s: Floats
    rate_rps: Floats

    @property
    def expected(self) -> Floats:
        """Expected number of arrivals up to each knot. Shape (k,)."""
        area = np.diff(self.time_s) * (self.rate_rps[1:] + self.rate_rps[:-1]) / 2
        total: Floats = np.concatenate(([0.0], np.cumsum(area)))
        return total

    def at(self, time_s: Floats) -> Floats:
        """The rate at given times, in requests per second; at a jump the later value."""
        left = np.clip(np.searchsorted(self.time_s, time_s, side="right") - 1, 0, len(self.time_s) - 2)
        length = self.time_s[left + 1] - self.time_s[left]
        share = np.divide(time_s - self.time_s[left], length, out=np.ones_like(time_s), where=length > 0)
        rate: Floats = self.rate_rps[left] + share * (self.rate_rps[left + 1] - self.rate_rps[left])
        return rate


def intensity(load: LoadProfile, horizon_s: float) -> Intensity:
    """The arrival rate of a load from 0 to the horizon.

    Raises
    ------
    ScenarioError
        When a rate is negative or not a number, or times do not follow each other.
    """
    time_s, rate_rps = _knots(load, horizon_s)
    if not (np.all(np.isfinite(rate_rps)) and np.all(rate_rps >= 0)):
        raise ScenarioError(
            f"the load {type(load).__name__} has the rate {float(np.min(rate_rps)):g} requests per second",
            allowed="zero or a positive number, at all times",
        )
    if np.any(np.diff(time_s) < 0):
        raise ScenarioError(
            f"the times of the load {type(load).__name__} do not follow each other", allowed="a later end than start"
        )
    return _between(time_s, rate_rps, horizon_s)


def _between(time_s: Floats, rate_rps: Floats, horizon_s: float) -> Intensity:
    """Cut a curve to [0, horizon]; it stays flat beyond its own ends."""
    time_s = np.concatenate(([-math.inf], time_s, [math.inf]))
    rate_rps = np.concatenate((rate_rps[:1], rate_rps, rate_rps[-1:]))
    first = int(np.searchsorted(time_s, 0.0, side="right"))
    end = int(np.searchsorted(time_s, horizon_s, side="left"))
    ends = [_line(time_s, rate_rps, first, 0.0), _line(time_s, rate_rps, end, horizon_s)]
    return Intensity(
        time_s=np.concatenate(([0.0], time_s[first:end], [horizon_s])),
        rate_rps=np.concatenate((ends[:1], rate_rps[first:end], ends[1:])),
    )


def _line(time_s: Floats, rate_rps: Floats, right: int, at_s: float) -> float:
    """The value at `at_s`, which lies between the knots ``right - 1`` and ``right``."""
    length = time_s[right] - time_s[right - 1]
    share = 0.0 if math.isinf(length) else (at_s - time_s[right - 1]) / length
    return float(rate_rps[right - 1] + share * (rate_rps[right] - rate_rps[right - 1]))


@singledispatch
def _knots(load: object, _horizon_s: float) -> tuple[Floats, Floats]:
    raise ScenarioError(
        f"{load!r} is not a load profile", allowed="Steady, Ramp, Spike, Diurnal, Campaign or Replay of aws14.model"
    )


@_knots.register
def _(load: Steady, horizon_s: float) -> tuple[Floats, Floats]:
    return np.array([0.0, horizon_s]), np.array([load.rate_rps, load.rate_rps], dtype=float)


@_knots.register
def _(load: Ramp, _horizon_s: float) -> tuple[Floats, Floats]:
    return np.array([load.starts_s, load.ends_s], dtype=float), np.array([load.from_rps, load.to_rps], dtype=float)


@_knots.register
def _(load: Spike, _horizon_s: float) -> tuple[Floats, Floats]:
    if load.half_life_s <= 0:
        raise ScenarioError(f"half_life_s of the spike is {load.half_life_s:g}", allowed="a positive number of seconds")
    halvings = np.arange(HALF_LIVES * PIECES_PER_HALF_LIFE + 1) / PIECES_PER_HALF_LIFE
    full_s = load.at_s + load.rise_s
    time_s = np.concatenate(([load.at_s, full_s], full_s + load.hold_s + halvings * load.half_life_s))
    rate_rps = load.peak_rps * np.concatenate(([0.0, 1.0], 0.5**halvings))
    rate_rps[-1] = 0.0
    return time_s, rate_rps


@_knots.register
def _(load: Diurnal, horizon_s: float) -> tuple[Floats, Floats]:
    time_s: Floats = np.arange(math.ceil(horizon_s / RHYTHM_PIECE_S) + 1, dtype=np.float64) * RHYTHM_PIECE_S
    turn: Floats = 2 * np.pi * (time_s / DAY_S - load.peak_hour / 24)
    rate_rps: Floats = load.night_rps + (load.day_rps - load.night_rps) * (1 + np.cos(turn)) / 2
    return time_s, rate_rps


@_knots.register
def _(load: Campaign, horizon_s: float) -> tuple[Floats, Floats]:
    profiles: tuple[LoadProfile, ...] = (load.rhythm, *load.spots)
    parts = [intensity(profile, horizon_s) for profile in profiles]
    time_s = np.unique(np.concatenate([part.time_s for part in parts]))
    return time_s, np.sum([part.at(time_s) for part in parts], axis=0)


@_knots.register
def _(load: Replay, _horizon_s: float) -> tuple[Floats, Floats]:
    minutes = np.asarray((*load.requests_per_minute, 0), dtype=float)
    edges = np.repeat(np.arange(len(minutes)) * 60.0, 2)[1:]
    return edges, np.repeat(minutes * load.scale / 60, 2)[:-1]
