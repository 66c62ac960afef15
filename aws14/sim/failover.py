"""Failing over: how long from a failure until clients are served again, cut into its parts.

Model. A failure is noticed by health checks (`aws14.sim.health_check`). Then the other place has to be ready to answer,
its name has to be given out, and every client has to ask for the name again: a resolver remembers an answer for its
time to live, an application often for longer than that, some for ever. What varies is drawn: the moment of the failure
within an interval, the ages of remembered answers, and what AWS takes between the shortest and the longest time of
``data/durations.csv`` (triangular).

Left out: failures that come and go, checks that disagree about a place that is slow, a fail-over that fails.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.catalog import Duration
from aws14.catalog.tables import missing
from aws14.sim.health_check import HealthCheck
from aws14.sim.streams import stream

Floats = NDArray[np.float64]

RUNS = 4_000
"""Failures that are drawn when nothing else is said."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class FailoverTimeline:
    """When what is done, in seconds after the failure; each array has an entry a run and follows the one before.

    Parameters
    ----------
    detected_s : ndarray of float64, shape (runs,)
        The failure is known.
    promoted_s : ndarray of float64
        The other place can answer.
    name_moves_s : ndarray of float64
        The name leads there, for those who ask now.
    reconnected_s : ndarray of float64
        The client is served again.
    """

    detected_s: Floats
    promoted_s: Floats
    name_moves_s: Floats
    reconnected_s: Floats

    @property
    def rto_s(self) -> float:
        """Mean time to the end of the outage, as its clients see it; infinite for one who never asks again."""
        return float(self.reconnected_s.mean())

    def quantile_s(self, share: float) -> float:
        """Time within which this share of the outages is over."""
        return float(np.quantile(self.reconnected_s, share, method="higher"))

    @property
    def parts(self) -> Mapping[str, float]:
        """Mean seconds of each part; they add up to `rto_s`."""
        ends = (self.detected_s, self.promoted_s, self.name_moves_s, self.reconnected_s)
        means, names = [0.0], ("detection", "promotion", "name", "reconnection")
        for end in ends:
            means.append(max(means[-1], float(end.mean())))
        return {name: means[k + 1] - means[k] if means[k] < math.inf else 0.0 for k, name in enumerate(names)}


def stale_s(ttl_s: float, cache_s: float, ages: Floats) -> Floats:
    """How long after a name has moved a client still uses the old address.

    Parameters
    ----------
    ttl_s : float
        How long its resolver remembers an answer.
    cache_s : float
        How long the application remembers what the resolver said; ``inf``: until it is started again.
    ages : ndarray of float64, shape (2, runs)
        Share of each that is left, 0 to 1: of the resolver's answer, and of the application's.
    """
    resolver: Floats = ttl_s * ages[0]
    if cache_s == 0:
        return resolver
    if math.isinf(cache_s):
        return np.full_like(resolver, math.inf)
    first: Floats = cache_s * ages[1]
    later: Floats = np.ceil(np.maximum(resolver - first, 0) / cache_s)
    return first + cache_s * later


def name_failover(
    check: HealthCheck, *, ttl_s: float, cache_s: float = 0.0, ready_s: float = 0.0, runs: int = RUNS, seed: int = 14
) -> FailoverTimeline:
    """A name that moves by itself to a place that stands ready, as failover records do it.

    Parameters
    ----------
    check : HealthCheck
        How the failure is noticed.
    ttl_s : float
        How long resolvers remember the name; of an alias of a load balancer 60 s.
    cache_s : float
        How long applications do, on top.
    ready_s : float
        Seconds after the failure from which the other place can answer.
    runs, seed : int
        How many failures are drawn.
    """
    detected_s = check.detected_s(_uniforms(seed, "checks", (runs, check.checkers)))
    promoted_s = np.maximum(detected_s, ready_s)
    stale = stale_s(ttl_s, cache_s, _uniforms(seed, "remembered", (2, runs)))
    return FailoverTimeline(
        detected_s=detected_s,
        promoted_s=promoted_s,
        name_moves_s=promoted_s,
        reconnected_s=np.maximum(detected_s + stale, promoted_s),
    )


def database_failover(*, cache_s: float = 0.0, runs: int = RUNS, seed: int = 14) -> FailoverTimeline:
    """RDS Multi-AZ: the standby takes over and its address gets the name.

    Parameters
    ----------
    cache_s : float
        How long the web servers' database client remembers the address, on top of DNS; ``inf``: for ever.
    runs, seed : int
        How many failures are drawn.
    """
    known = catalog.durations()
    detected_s = _drawn((known["RDS Multi-AZ failure detection"],), runs, seed)
    promoted_s = detected_s + _drawn((known["RDS Multi-AZ promotion of the standby"],), runs, seed)
    ttl_s = known["RDS TTL of the endpoint's name"].typical_s
    return FailoverTimeline(
        detected_s=detected_s,
        promoted_s=promoted_s,
        name_moves_s=promoted_s,
        reconnected_s=promoted_s + stale_s(ttl_s, cache_s, _uniforms(seed, "remembered", (2, runs))),
    )


def together(*timelines: FailoverTimeline) -> FailoverTimeline:
    """Several fail-overs after one failure, such as that of a zone: each step is done when all of them have done it."""
    names = ("detected_s", "promoted_s", "name_moves_s", "reconnected_s")
    return FailoverTimeline(**{name: np.max([getattr(each, name) for each in timelines], axis=0) for name in names})


def region_failover(
    check: HealthCheck,
    *,
    ttl_s: float,
    decision_s: float,
    ways: Iterable[Iterable[str]],
    cache_s: float = 0.0,
    runs: int = RUNS,
    seed: int = 14,
) -> FailoverTimeline:
    """A region is lost and its work is taken up in another one, once somebody has decided so.

    Parameters
    ----------
    check : HealthCheck
        How the failure is noticed, and by which the name moves.
    ttl_s, cache_s : float
        As of `name_failover`.
    decision_s : float
        From the alarm until somebody has decided; 0: nobody has to.
    ways : iterable of iterables of str
        What has to be done then: things of ``data/durations.csv`` one after the other, several such rows side by side.
        `WARM` and `COLD` are two.
    runs, seed : int
        How many failures are drawn.

    Raises
    ------
    DataError
        When the course does not know how long a thing takes.
    """
    moved = name_failover(check, ttl_s=ttl_s, cache_s=cache_s, runs=runs, seed=seed)
    rows = [_drawn([_duration(thing) for thing in way], runs, seed) for way in ways]
    work_s = np.max(rows, axis=0) if rows else np.zeros(runs)
    promoted_s = moved.detected_s + decision_s + work_s
    return FailoverTimeline(
        detected_s=moved.detected_s,
        promoted_s=promoted_s,
        name_moves_s=promoted_s,
        reconnected_s=np.maximum(moved.reconnected_s, promoted_s),
    )


WARM = (("RDS read replica promotion",),)
"""Option A, everything runs over there, with less: the replica of the database is promoted."""

COLD = (
    ("RDS DB instance restored from a snapshot",),
    ("EC2 instance pending to running", "EC2 instance running to user data begins", "Linux service start"),
)
"""Option B, copies lie over there: a database is restored, and servers are started from the image."""


def _duration(thing: str) -> Duration:
    known = catalog.durations()
    if thing not in known:
        raise missing("duration", thing, known)
    return known[thing]


def _drawn(things: Iterable[Duration], runs: int, seed: int) -> Floats:
    """Draw how long things take one after the other: triangular between the shortest, typical and longest time."""
    total = np.zeros(runs)
    for each in things:
        total += triangular(each, _uniforms(seed, each.thing, (runs,)))
    return total


def triangular(duration: Duration, uniform: Floats) -> Floats:
    """Turn uniform numbers into times between the shortest and the longest, most of them near the typical one."""
    low, mode, high = duration.low_s, duration.typical_s, duration.high_s
    if high == low:
        return np.full_like(uniform, low)
    rising = low + np.sqrt(uniform * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - uniform) * (high - low) * (high - mode))
    times: Floats = np.where(uniform < (mode - low) / (high - low), rising, falling)
    return times


def _uniforms(seed: int, name: str, shape: tuple[int, ...]) -> Floats:
    draws: Floats = stream(seed, name).random(shape)
    return draws
