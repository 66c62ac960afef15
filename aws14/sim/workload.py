"""The requests of a run as they reach the server: when, from which city, how much work.

Nothing here depends on the server, so two instance types see the very same requests, and a slider that changes the
server finds the arrays ready.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from aws14.model import LoadProfile, Scenario
from aws14.sim.arrivals import arrivals
from aws14.sim.streams import exponentials, normals, stream

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Workload:
    """Requests in the order in which they reach the server. All arrays are read-only.

    Parameters
    ----------
    sent_s : ndarray of float64, shape (n,)
        When the client sends the request.
    arrival_s : ndarray of float64, shape (n,)
        When it reaches the server; ascending.
    work : ndarray of float64, shape (n,)
        Service time in units of the mean.
    city : ndarray of int8, shape (n,)
        Index of the client's city in the user mix.
    """

    sent_s: Floats
    arrival_s: Floats
    work: Floats
    city: NDArray[np.int8]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draw:
    """Everything that the requests of a run depend on."""

    load: LoadProfile
    horizon_s: float
    seed: int
    replication: int
    shares: tuple[float, ...]
    before_s: tuple[float, ...]
    distribution: str
    cv: float


def workload(scenario: Scenario, before_s: Floats) -> Workload:
    """Draw the requests of a scenario; the last two drawn are kept.

    Parameters
    ----------
    scenario : Scenario
        Load, users, service-time distribution, seed.
    before_s : ndarray of float64, shape (cities,)
        Time from each city's click to the arrival at the server.
    """
    application = scenario.application
    return _drawn(
        _Draw(
            load=scenario.load,
            horizon_s=scenario.horizon_s,
            seed=scenario.seed,
            replication=scenario.replication,
            shares=tuple(scenario.users.values()),
            before_s=tuple(before_s.tolist()),
            distribution=application.service_distribution,
            cv=application.service_cv,
        )
    )


@lru_cache(maxsize=2)
def _drawn(draw: _Draw) -> Workload:
    sent_s = arrivals(draw.load, draw.horizon_s, draw.seed, draw.replication)
    city = cities(stream(draw.seed, "city", draw.replication), len(sent_s), draw.shares)
    work = service_units(stream(draw.seed, "service", draw.replication), len(sent_s), draw.distribution, cv=draw.cv)
    before_s = np.array(draw.before_s)
    order = order_of_arrival(sent_s, city, before_s)
    sent_s, city, work = sent_s[order], city[order], work[order]
    arrival_s = sent_s + before_s[city]
    for array in (sent_s, arrival_s, work, city):
        array.setflags(write=False)
    return Workload(sent_s=sent_s, arrival_s=arrival_s, work=work, city=city)


def service_units(random: np.random.Generator, size: int, distribution: str, *, cv: float) -> Floats:
    """Draw service times of mean 1; that of request i does not depend on how many there are. Shape (size,)."""
    if distribution == "exponential":
        return exponentials(random, size)
    if distribution == "lognormal":
        variance = math.log1p(cv * cv)
        units: Floats = np.exp(math.sqrt(variance) * normals(random, size) - variance / 2)
        return units
    return np.ones(size)


def cities(random: np.random.Generator, size: int, shares: tuple[float, ...]) -> NDArray[np.int8]:
    """Draw the city of each request: an index into the shares. Shape (size,)."""
    drawn: NDArray[np.int8] = np.searchsorted(np.cumsum(shares)[:-1], random.random(size), "right").astype(np.int8)
    return drawn


def order_of_arrival(sent_s: Floats, city: NDArray[np.int8], before_s: Floats) -> NDArray[np.int32]:
    """The order in which requests, given in the order of sending, arrive after the delay of their city. Shape (n,)."""
    from aws14.kernels.merging import order_of_arrival

    order = np.empty(len(sent_s), dtype=np.int32)
    first = np.empty(len(before_s), dtype=np.int64)
    order_of_arrival(sent_s, city, before_s, first, np.empty(len(sent_s), dtype=np.int64), order)
    return order
