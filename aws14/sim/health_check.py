"""Health checks: how long until somebody who asks now and then notices that nobody answers.

Model. A failure comes at any moment between two checks. A check that gets no answer fails after its time-out, and
`threshold` failures in a row are a verdict. A load balancer asks from each of its nodes; Route 53 asks from many places
that know nothing of each other, and gives up an endpoint when no more than a small share of them finds it well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.sim.targets import Tier

Floats = NDArray[np.float64]

_ROUTE_53 = (
    "interval",
    "failure threshold",
    "connection time-out",
    "checkers of an endpoint",
    "share that must find it well",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthCheck:
    """How a failure is noticed.

    Parameters
    ----------
    interval_s, timeout_s : float
        Between two checks of one checker; until a check without an answer has failed.
    threshold : int
        Failures in a row that make a verdict.
    checkers : int
        How many ask, each at moments of its own.
    quorum : float
        The place is given up when no more than this share of them finds it well, 0 to 1.

    Raises
    ------
    ScenarioError
        When one of them cannot be.
    """

    interval_s: float
    threshold: int
    timeout_s: float = 0.0
    checkers: int = 1
    quorum: float = 0.0

    def __post_init__(self) -> None:
        """Refuse checks that never come."""
        fits = self.interval_s > 0 and self.timeout_s >= 0 and self.threshold >= 1 and self.checkers >= 1
        if not (fits and 0 <= self.quorum < 1):
            raise ScenarioError(
                f"{self} cannot be",
                allowed="a positive interval, one checker and one failure at least, a quorum of 0 or more below 1",
            )

    @classmethod
    def of_tier(cls, tier: Tier) -> Self:
        """The checks of a load balancer."""
        return cls(interval_s=tier.interval_s, threshold=tier.unhealthy_threshold, timeout_s=tier.timeout_s)

    @classmethod
    def route_53(cls, *, interval_s: float | None = None, threshold: int | None = None) -> Self:
        """The checks of Route 53; left out: what it takes when nothing is said."""
        known = {name: catalog.quota("Route 53", f"health check {name}").value for name in _ROUTE_53}
        return cls(
            interval_s=known["interval"] if interval_s is None else interval_s,
            threshold=int(known["failure threshold"]) if threshold is None else threshold,
            timeout_s=known["connection time-out"],
            checkers=int(known["checkers of an endpoint"]),
            quorum=known["share that must find it well"] / 100,
        )

    @property
    def deciding(self) -> int:
        """How many checkers have to find it ill."""
        return max(1, self.checkers - math.floor(self.quorum * self.checkers + 1e-9))

    @property
    def mean_s(self) -> float:
        """Mean time from a failure to the verdict."""
        return self.timeout_s + self.interval_s * (self.threshold - 1 + self.deciding / (self.checkers + 1))

    @property
    def longest_s(self) -> float:
        """Longest time from a failure to the verdict."""
        return self.timeout_s + self.interval_s * self.threshold

    def detected_s(self, phases: Floats) -> Floats:
        """Time from a failure to the verdict.

        Parameters
        ----------
        phases : ndarray of float64, shape (runs, checkers)
            Share of the interval until each checker's next check, 0 to 1.
        """
        verdict = np.sort(phases, axis=1)[:, self.deciding - 1]
        found: Floats = self.timeout_s + self.interval_s * (self.threshold - 1 + verdict)
        return found
