"""What the requests to a web tier bring along: work for a server and the database, who is visiting, and luck.

Nothing here depends on what was built, so two designs see the same requests.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from aws14.model import Scenario
from aws14.sim.arrivals import arrivals
from aws14.sim.asked import static_requests
from aws14.sim.network import Journey
from aws14.sim.streams import exponentials, stream
from aws14.sim.tier_rules import TierRequests
from aws14.sim.workload import cities, order_of_arrival, service_units

Floats = NDArray[np.float64]
Seed = tuple[int, int]

Kept = TypeVar("Kept", bound=NDArray[Any])

THINKING_S = 20.0
"""Mean time between two requests of one visitor: long enough that others come in between."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Visits:
    """The requests of a run in the order of sending. All arrays are read-only.

    Parameters
    ----------
    sent_s : ndarray of float64, shape (n,)
        When.
    city : ndarray of int8, shape (n,)
        Index of the client's city in the user mix.
    page_s, db_s : ndarray of float64, shape (n,)
        How long a worker makes the answer, and how long the database works for it.
    luck : ndarray of float64, shape (n,)
        A uniform draw of its own.
    session : ndarray of int32, shape (n,)
        Number of the visitor, -1 where nobody needs to know.
    """

    sent_s: Floats
    city: NDArray[np.int8]
    page_s: Floats
    db_s: Floats
    luck: Floats
    session: NDArray[np.int32]


def visits(scenario: Scenario) -> Visits:
    """Draw the requests of a scenario."""
    application, seed = scenario.application, (scenario.seed, scenario.replication)
    sent_s = arrivals(scenario.load, scenario.horizon_s, *seed)
    size = len(sent_s)
    page_s = _units(*seed, "service", size, distribution=application.service_distribution, cv=application.service_cv)
    db_s = np.zeros(size)
    if application.db_time_s:
        db_s = _units(*seed, "database", size, distribution=application.service_distribution, cv=application.service_cv)
        db_s = db_s * application.db_time_s
    page_s = page_s * application.service_time_s
    session = _sessions(scenario, seed, size)
    if application.static_share:
        static = static_requests(scenario, size)
        units = _units(*seed, "service", size, distribution=application.service_distribution, cv=application.service_cv)
        page_s = np.where(static, units * application.static_time_s, page_s)
        db_s, session = np.where(static, 0.0, db_s), np.where(static, np.int32(-1), session)
    city = _cities(*seed, size, tuple(scenario.users.values()))
    return Visits(sent_s=sent_s, city=city, page_s=page_s, db_s=db_s, luck=_luck(*seed, size), session=session)


@dataclass(frozen=True, slots=True)
class _Load:
    """A scenario as far as its requests go, and the way: equal ones are drawn once."""

    key: tuple[object, ...]
    scenario: Scenario = field(compare=False)
    travel: Journey = field(compare=False)


def all_arriving(scenario: Scenario, travel: Journey) -> TierRequests:
    """The requests of a scenario in the order in which they reach a load balancer; the last two drawn are kept."""
    application, ways = scenario.application, (travel.before_s, travel.send_s, travel.back_s)
    work = tuple(getattr(application, name) for name in _OF_REQUESTS)
    run = (scenario.load, scenario.horizon_s, scenario.seed, scenario.replication, tuple(scenario.users.values()))
    key = (*run, *work, *(tuple(way.tolist()) for way in ways))
    return _all_arriving(_Load(key, scenario, travel))


_OF_REQUESTS = (
    *("service_time_s", "service_distribution", "service_cv", "db_time_s", "session_requests"),
    *("static_share", "static_time_s"),
)
"""Attributes of an application that its requests depend on."""


@lru_cache(maxsize=2)
def _all_arriving(load: _Load) -> TierRequests:
    return arriving(visits(load.scenario), load.travel)


def arriving(given: Visits, travel: Journey, which: NDArray[np.bool_] | None = None) -> TierRequests:
    """Requests, or some of them, in the order in which they reach a load balancer.

    Parameters
    ----------
    given : Visits
        The requests.
    travel : Journey
        How long they are on their way, by city.
    which : ndarray of bool, shape (n,), optional
        Those that come; all when left out.
    """
    chosen = np.flatnonzero(which) if which is not None else None
    sent_s, city = (array if chosen is None else array[chosen] for array in (given.sent_s, given.city))
    order: NDArray[np.integer] = order_of_arrival(
        np.ascontiguousarray(sent_s), np.ascontiguousarray(city), travel.before_s
    )
    if chosen is not None:
        order = chosen[order]
    sent_s, city = given.sent_s[order], given.city[order]
    return TierRequests(
        sent_s=sent_s,
        arrival_s=sent_s + travel.before_s[city],
        page_s=given.page_s[order],
        db_s=given.db_s[order],
        luck=given.luck[order],
        session=given.session[order],
        city=city,
        way_s=np.stack((travel.before_s, travel.send_s, travel.back_s), axis=1),
    )


def _sessions(scenario: Scenario, seed: Seed, size: int) -> NDArray[np.int32]:
    mean = scenario.application.session_requests
    if not mean:
        return _nobody(size)
    return _visitors(*seed, size, mean_requests=max(mean, 1.0), mean_gap=size / scenario.horizon_s * THINKING_S)


@lru_cache(maxsize=2)
def _nobody(size: int) -> NDArray[np.int32]:
    return _kept(np.full(size, -1, np.int32))


@lru_cache(maxsize=2)
def _luck(seed: int, replication: int, size: int) -> Floats:
    return _kept(stream(seed, "luck", replication).random(size))


@lru_cache(maxsize=2)
def _cities(seed: int, replication: int, size: int, shares: tuple[float, ...]) -> NDArray[np.int8]:
    return _kept(cities(stream(seed, "city", replication), size, shares))


@lru_cache(maxsize=4)
def _units(seed: int, replication: int, name: str, size: int, *, distribution: str, cv: float) -> Floats:
    return _kept(service_units(stream(seed, name, replication), size, distribution, cv=cv))


@lru_cache(maxsize=2)
def _visitors(seed: int, replication: int, size: int, *, mean_requests: float, mean_gap: float) -> NDArray[np.int32]:
    """Number of the visitor of each request. Shape (size,).

    A visit has a geometric number of requests; between two of them others come in between, exponentially many. Visits
    are laid out on a ring as long as there are requests, and read off in its order. What is carried over the end of the
    ring counts as another visitor: nobody is away for a whole day in the middle of a visit.
    """
    random = stream(seed, "visitors", replication)
    visits_made = math.ceil(size / mean_requests) + 1
    length = np.ones(visits_made, np.int64)
    if mean_requests > 1:
        # Uniform draws through the inverse of the geometric distribution: NumPy keeps only uniforms stable.
        length += np.floor(np.log1p(-random.random(visits_made)) / math.log1p(-1 / mean_requests)).astype(np.int64)
    visitor = np.repeat(np.arange(visits_made, dtype=np.int32), length)
    passed = np.cumsum(exponentials(random, len(visitor)) * mean_gap)
    first = np.cumsum(length) - length
    begins = random.random(visits_made) * size
    place = begins[visitor] + passed - passed[first][visitor]
    order = np.argsort(place % size, kind="stable")
    on_the_ring = np.where(place >= size, visitor + visits_made, visitor)[order]
    again = np.arange(size, dtype=np.int32) // len(order)
    return _kept(np.resize(on_the_ring, size) + np.int32(2 * visits_made) * again)


def _kept(array: Kept) -> Kept:
    array.setflags(write=False)
    return array
