"""Years of failures: how likely it is to lose everything, and how much work is lost besides (Monte Carlo).

Model. Failures of each kind come at random (Poisson), at any moment of any day; how late data that went wrong are
noticed varies (exponential, of the mean that the failure states). After each, work goes on from the copy that loses
least, and copies are made anew before the next failure. The years are independent of each other, and all designs see
the same failures.

Where nothing depends on the moment, the chance of losing everything in a year is 1 - exp(-rate of the failures that
no copy survives).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14.errors import ScenarioError
from aws14.sim.backups.copies import CALENDAR, Copy, Original
from aws14.sim.backups.failures import Failure, strikes, survives
from aws14.sim.backups.generations import DAY_S
from aws14.sim.backups.outcomes import lost_with_each
from aws14.sim.streams import exponentials, stream

Floats = NDArray[np.float64]

_YEAR_S = 365.25 * DAY_S
_LAST_YEARS = 3
"""Failures fall into the end of the calendar, when plans that keep for seven years have filled."""

MOST_FAILURES = 5_000_000
"""Expected in all years together; more would take minutes."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Years:
    """What became of one design. Mappings go from the name of the failure.

    Parameters
    ----------
    years : int
        How many were played.
    struck : Mapping[str, int]
        How often each failure came.
    lost_all : Mapping[str, int]
        How often it left nothing of what it hit.
    share : Mapping[str, float]
        Which share of the data it hits.
    losing_years : int
        Years in which all data were lost at least once.
    lost_work_s : Mapping[str, ndarray of float64]
        Work lost by each failure that left something, in seconds.
    """

    years: int
    struck: Mapping[str, int]
    lost_all: Mapping[str, int]
    share: Mapping[str, float]
    losing_years: int
    lost_work_s: Mapping[str, Floats]

    @property
    def loss_per_year(self) -> float:
        """Chance that a year loses everything, 0 to 1."""
        return self.losing_years / self.years

    @property
    def loss_error(self) -> float:
        """Standard error of `loss_per_year`."""
        share = self.loss_per_year
        return math.sqrt(share * (1 - share) / self.years)

    @property
    def lost_work_hours_per_year(self) -> float:
        """Work lost in a year, on average, without the losses of everything; of a part of the data, that part of it."""
        lost_s = sum(float(each.sum()) * self.share[name] for name, each in self.lost_work_s.items())
        return lost_s / self.years / 3600

    def expected_loss_usd(self, *, everything_usd: float, hour_usd: float) -> float:
        """What a year costs on average.

        Parameters
        ----------
        everything_usd : float
            What it costs to lose all data; a part costs a part.
        hour_usd : float
            What an hour of lost work costs.
        """
        lost = sum(count * self.share[name] for name, count in self.lost_all.items())
        return lost / self.years * everything_usd + self.lost_work_hours_per_year * hour_usd


def play(
    original: Original,
    designs: Mapping[str, Sequence[Copy]],
    failures: Sequence[Failure],
    *,
    years: int = 10_000,
    seed: int = 14,
) -> Mapping[str, Years]:
    """Let designs live through the same years of failures.

    Parameters
    ----------
    original : Original
        What is to be kept safe.
    designs : Mapping[str, sequence of Copy]
        Name -> the copies that there are beside it.
    failures : sequence of Failure
        What comes, and how often.
    years : int
        How many.
    seed : int
        Of one stream for each failure.

    Raises
    ------
    ScenarioError
        When there are no years, or more than `MOST_FAILURES` failures are expected.
    """
    expected = years * sum(failure.per_year for failure in failures)
    if years < 1 or expected > MOST_FAILURES:
        raise ScenarioError(
            f"{years!r} years with {expected:,.0f} failures",
            allowed=f"1 year or more, up to {MOST_FAILURES:,} failures",
        )
    drawn = {failure: _drawn(failure, years, seed) for failure in failures if strikes(failure, original)}
    return {name: _lived(original, copies, drawn, years=years) for name, copies in designs.items()}


_Draw = tuple[NDArray[np.int64], Floats, Floats]
"""Year, moment in epoch seconds, and days until it was noticed, of each failure."""


def _drawn(failure: Failure, years: int, seed: int) -> _Draw:
    random = stream(seed, f"backup failure {failure.name}")
    expected = failure.per_year * years
    size = math.ceil(expected + 10 * math.sqrt(expected) + 20) if expected else 0
    came = np.cumsum(exponentials(random, size)) / (failure.per_year or 1.0)
    year = np.floor(came[came < years]).astype(np.int64)
    begins_s = CALENDAR[1] - _LAST_YEARS * _YEAR_S
    at_s = begins_s + random.random(len(year)) * (CALENDAR[1] - begins_s)
    return year, at_s, failure.found_after_days * exponentials(random, len(year))


def _lived(original: Original, copies: Sequence[Copy], drawn: Mapping[Failure, _Draw], *, years: int) -> Years:
    lost_all: dict[str, int] = {}
    lost_work_s: dict[str, Floats] = {}
    losing: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    for failure, (year, at_s, found_days) in drawn.items():
        good = [copy for copy in copies if survives(copy, failure, original)]
        least_s = np.min(lost_with_each(good, failure, at_s, found_days), axis=0, initial=math.inf)
        everything = np.isinf(least_s)
        lost_all[failure.name] = int(everything.sum())
        lost_work_s[failure.name] = least_s[~everything]
        if failure.share == 1:
            losing.append(year[everything])
    return Years(
        years=years,
        struck={failure.name: len(draw[0]) for failure, draw in drawn.items()},
        lost_all=lost_all,
        share={failure.name: failure.share for failure in drawn},
        losing_years=len(np.unique(np.concatenate(losing))),
        lost_work_s=lost_work_s,
    )
