"""Availability: a server that fails and is repaired, over and over, and what that does to a campaign.

Model. An alternating renewal process: up for an exponential time of mean MTTF (failures without memory: hardware does
not announce them), down for a time of mean MTTR, exponential or always the same. A campaign begins with the server up.
In the long run it is away a share MTTR / (MTTF + MTTR) of the time.

Left out: wear, failures that come together, repairs that depend on the hour. A service level agreement says how much
of the time AWS promises, not how often a server fails: `FailureAndRepair.promised` makes one of the other for a
given time to repair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from aws14.errors import ScenarioError
from aws14.model import Downtime
from aws14.sim.streams import exponentials, stream

Floats = NDArray[np.float64]
Window = tuple[float, float]
"""Of every day: seconds after midnight, and how many seconds long."""

DAY_S = 86_400.0
BLOCK = 16
"""Failures of each campaign that are drawn at once."""

MOST_FAILURES = 20_000_000
"""Expected in all campaigns together; more would take minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FailureAndRepair:
    """How a server fails and comes back.

    Parameters
    ----------
    mttf_s : float
        Mean time to failure in seconds, of a server that is up.
    mttr_s : float
        Mean time to repair in seconds: to notice, to decide and to be up again.
    repair : {'exponential', 'fixed'}
        Whether repairs vary, or always take the mean.

    Raises
    ------
    ScenarioError
        When a time is not a positive number.
    """

    mttf_s: float
    mttr_s: float
    repair: Literal["exponential", "fixed"] = "exponential"

    def __post_init__(self) -> None:
        """Refuse times that cannot be."""
        for name in ("mttf_s", "mttr_s"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ScenarioError(f"{name} is {value!r}", allowed="positive seconds")
        if self.repair not in ("exponential", "fixed"):
            raise ScenarioError(f"repair is {self.repair!r}", allowed="'exponential' or 'fixed'")

    @classmethod
    def promised(
        cls, availability: float, mttr_s: float, repair: Literal["exponential", "fixed"] = "exponential"
    ) -> Self:
        """A server that is there a given share of the time, and is repaired in a given time.

        Raises
        ------
        ScenarioError
            When the share does not lie between 0 and 1, or the time is not a positive number.
        """
        if not 0 < availability < 1:
            raise ScenarioError(f"availability is {availability!r}", allowed="more than 0 and less than 1")
        return cls(mttf_s=mttr_s * availability / (1 - availability), mttr_s=mttr_s, repair=repair)

    @property
    def availability(self) -> float:
        """Share of the time that the server is there, in the long run."""
        return self.mttf_s / (self.mttf_s + self.mttr_s)

    def expected_downtime_s(self, horizon_s: float) -> float:
        """Mean downtime of a campaign that begins with the server up; exact for exponential repairs."""
        share, rate = 1 - self.availability, 1 / self.mttf_s + 1 / self.mttr_s
        return share * (horizon_s + math.expm1(-rate * horizon_s) / rate)


def campaigns(
    server: FailureAndRepair, *, days: float, runs: int = 10_000, seed: int = 14, spot: Window | None = None
) -> Downtime:
    """Let a server go through many campaigns (Monte Carlo).

    Parameters
    ----------
    server : FailureAndRepair
        How it fails and comes back.
    days : float
        Length of a campaign.
    runs : int
        How many campaigns; more of them leave the first ones as they were.
    seed : int
        Of the streams "time to failure" and "time to repair".
    spot : (float, float), optional
        The TV spot of every day: seconds after midnight, and how many seconds long.

    Raises
    ------
    ScenarioError
        When `days` or `runs` is not positive, or more than `MOST_FAILURES` are expected.
    """
    horizon_s = days * DAY_S
    if not (math.isfinite(horizon_s) and horizon_s > 0 and runs >= 1):
        raise ScenarioError(f"days is {days!r}, runs is {runs!r}", allowed="positive days, one run or more")
    if runs * horizon_s / (server.mttf_s + server.mttr_s) > MOST_FAILURES:
        raise ScenarioError(
            f"{runs:,} campaigns of {days:g} days have more than {MOST_FAILURES:,} failures", cure="fewer runs"
        )
    now_s, downtime_s = np.zeros((2, runs))
    failures, hit = np.zeros(runs, dtype=np.int64), np.zeros(runs, dtype=bool)
    block = 0
    while now_s.min() < horizon_s:
        fails_s, back_s = _block(server, now_s, seed, block)
        now_s = back_s[:, -1]
        fails_s, back_s = np.minimum(fails_s, horizon_s), np.minimum(back_s, horizon_s)
        downtime_s += (back_s - fails_s).sum(axis=1)
        failures += (fails_s < horizon_s).sum(axis=1)
        if spot is not None:
            hit |= _meets(fails_s, back_s, spot).any(axis=1)
        block += 1
    return Downtime(horizon_s=horizon_s, downtime_s=downtime_s, failures=failures, hit=hit)


def _block(server: FailureAndRepair, now_s: Floats, seed: int, block: int) -> tuple[Floats, Floats]:
    """When the next failures of each campaign are, and when the server is back after each. Shape (runs, BLOCK)."""
    shape = len(now_s), BLOCK
    up_s = server.mttf_s * exponentials(stream(seed, "time to failure", block), len(now_s) * BLOCK).reshape(shape)
    down_s = np.full(shape, float(server.mttr_s))
    if server.repair == "exponential":
        down_s *= exponentials(stream(seed, "time to repair", block), len(now_s) * BLOCK).reshape(shape)
    back_s = now_s[:, None] + np.cumsum(up_s + down_s, axis=1)
    return back_s - down_s, back_s


def _meets(fails_s: Floats, back_s: Floats, spot: Window) -> NDArray[np.bool_]:
    """Whether each outage overlaps the spot of some day."""
    at_s, lasts_s = spot
    first_day = np.maximum(np.floor((fails_s - at_s - lasts_s) / DAY_S) + 1, 0)
    meets: NDArray[np.bool_] = (first_day * DAY_S + at_s < back_s) & (fails_s < back_s)
    return meets


def series(*availabilities: float) -> float:
    """Availability of a chain that needs every one of its independent parts."""
    return math.prod(map(_share, availabilities))


def parallel(*availabilities: float) -> float:
    """Availability of independent parts of which one is enough."""
    return 1 - math.prod(1 - _share(availability) for availability in availabilities)


def k_of_n(needed: int, *availabilities: float) -> float:
    """Availability of independent parts of which so many are enough.

    Raises
    ------
    ScenarioError
        When more are needed than there are, or an availability is none.
    """
    if not 0 <= needed <= len(availabilities):
        raise ScenarioError(f"{needed} of {len(availabilities)} are needed", allowed=f"0 to {len(availabilities)}")
    up = [1.0]
    for share in map(_share, availabilities):
        up = [share * more + (1 - share) * same for more, same in zip([0.0, *up], [*up, 0.0], strict=True)]
    return math.fsum(up[needed:])


def _share(availability: float) -> float:
    if not 0 <= availability <= 1:
        raise ScenarioError(f"an availability is {availability!r}", allowed="0 to 1")
    return availability
