"""Proving: backups that were never restorable, and how long it takes to find out.

Model. A backup that works breaks at random (a folder left out, a key deleted, an agent that stopped) and looks the same
as before. It is found out by the next restore test, with a given chance each, and repaired at once. Without tests it is
found out on the day it is needed. Tests are evenly spaced; a need comes at any moment.

The closed form, for tests that find everything: the share of the time that a backup is broken is
1 - (1 - e^(-x)) / x, with x the failures per interval of tests (the probability of failure on demand of a device that
is tested at intervals, IEC 61508).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14.errors import ScenarioError
from aws14.sim.streams import exponentials, stream

Floats = NDArray[np.float64]

_DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Proving:
    """How a backup breaks, and is tested.

    Parameters
    ----------
    breaks_per_year : float
        How often it stops working, unnoticed.
    test_every_days : float
        From one restore test to the next; infinity: never.
    finds : float
        Chance that a test finds it, above 0 to 1.

    Raises
    ------
    ScenarioError
        When a number cannot be.
    """

    breaks_per_year: float
    test_every_days: float = math.inf
    finds: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not (self.breaks_per_year > 0 and self.test_every_days > 0 and 0 < self.finds <= 1):
            raise ScenarioError(f"{self} cannot be", allowed="a positive rate and interval, a chance above 0 to 1")

    def broken_share(self, years: float) -> float:
        """Chance that the backup does not restore when it is needed at any moment of so many years.

        Exact for tests that find everything and for none at all; with tests that miss some, each miss adds an interval.
        """
        interval_years = min(self.test_every_days / _DAYS_PER_YEAR, years)
        x = self.breaks_per_year * interval_years
        alone = 1 + math.expm1(-x) / x
        if math.isinf(self.test_every_days) or self.finds == 1:
            return alone
        missed_years = interval_years * (1 / self.finds - 1)
        # A cycle: working until it breaks, then broken until a test finds it.
        broken_years = interval_years * alone / -math.expm1(-x) + missed_years
        working_years = 1 / self.breaks_per_year
        return broken_years / (broken_years + working_years)


@dataclass(frozen=True, kw_only=True, eq=False)
class Proved:
    """What came of it.

    Parameters
    ----------
    undetected_days : ndarray of float64
        Of each time it broke: days until a test found it, or until the end.
    found : ndarray of bool
        Whether one did.
    broken_share : float
        Share of the time it was broken.
    """

    undetected_days: Floats
    found: NDArray[np.bool_]
    broken_share: float


def prove(proving: Proving, *, years: float, runs: int = 2_000, seed: int = 14) -> Proved:
    """Let a backup live through some years, many times (Monte Carlo).

    Parameters
    ----------
    proving : Proving
        How it breaks and is tested.
    years : float
        Length of each run.
    runs : int
        How many.
    seed : int
        Of the streams "backup breaks" and "test finds".

    Raises
    ------
    ScenarioError
        When there is nothing to play.
    """
    end = years * _DAYS_PER_YEAR
    if not (math.isfinite(end) and end > 0 and runs >= 1):
        raise ScenarioError(f"{years!r} years, {runs!r} runs", allowed="positive years, one run or more")
    now, days, found = np.zeros(runs), [], []
    block = 0
    while len(now):
        breaks = now + exponentials(stream(seed, "backup breaks", block), len(now)) * (
            _DAYS_PER_YEAR / proving.breaks_per_year
        )
        breaks = breaks[breaks < end]
        back = _found_out(proving, breaks, stream(seed, "test finds", block).random(len(breaks)))
        days.append(np.minimum(back, end) - breaks)
        found.append(back < end)
        now, block = back[back < end], block + 1
    undetected = np.concatenate(days)
    return Proved(
        undetected_days=undetected,
        found=np.concatenate(found),
        broken_share=float(undetected.sum()) / (end * runs),
    )


def _found_out(proving: Proving, breaks: Floats, luck: Floats) -> Floats:
    """When a test finds each: the next one, or after as many misses as luck has it."""
    if math.isinf(proving.test_every_days):
        return np.full(len(breaks), math.inf)
    misses = np.zeros(len(breaks)) if proving.finds == 1 else np.floor(np.log1p(-luck) / math.log(1 - proving.finds))
    due: Floats = (np.floor(breaks / proving.test_every_days) + 1 + misses) * proving.test_every_days
    return due
