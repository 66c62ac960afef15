"""The content delivery network: what it answers near each user, and what it passes on.

Model. There is an edge location in every city, at the end of its users' access lines; each has a cache of its own,
large enough. The path of a request decides its behaviour; where a function stands behind one, what is not a file is a
call of it, whatever its path. What the behaviour keeps is answered from the cache when it
is fresh; else it is fetched, over connections that stand, from a bucket or from the origin that the other engines know.
An origin that cannot be reached costs CloudFront's attempts, if the client waits that long; one that is gone, or an API
that has no function to call, is known at once.

Left out: what edge locations keep for lack of room, regional caches, compression, invalidations, requests that are
redirected to HTTPS first, answers whose origin states a time to live of its own. What is passed on is kept as if it
were answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import EdgeRecord, RegionOutage, Scenario
from aws14.sim.accounting import BYTES_PER_KIB, TICK_S, ticks
from aws14.sim.arrivals import arrivals
from aws14.sim.asked import Asked, asked_for, is_file
from aws14.sim.caching import Cache, cache_hits
from aws14.sim.entry import Behaviour, ToEdge, Unreachable
from aws14.sim.network import Journey, journey, round_trip_s
from aws14.sim.path_patterns import first_fit
from aws14.sim.streams import stream
from aws14.sim.workload import cities

Floats = NDArray[np.float64]

EDGE_REASONS = ("timed_out", "gateway_timeout", "origin_gone", "api_error")
"""Why a request fails at the edge, in the order of the outcomes: keys of `aws14.model.trace.FAILURE_REASONS`."""

_AT_ONCE = ("origin_gone", "api_error")
"""Reasons that are known without waiting."""

SERVING = ("fleet", "function", "instance")
"""Kinds of behaviours behind which a program answers."""

_WIDE_GBPS = 1e6
"""Nothing at an edge location is narrower than a user's line."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class AtEdge:
    """What a distribution made of the requests of a run. Arrays have an entry a request, in order of sending.

    Parameters
    ----------
    sent_s : ndarray of float64, shape (n,)
        When.
    city : ndarray of int8, shape (n,)
        Index of the client's city in the user mix, the same as of the run without a distribution.
    asked : Asked
        What for.
    onward : ndarray of int8, shape (n,)
        Number of the behaviour whose fleet or instance has to answer; -1 for what ends at the edge.
    outcome : ndarray of int8, shape (n,)
        Of what ends at the edge: 0 served; k the k-th of `EDGE_REASONS`, from 1; -1 in flight at the horizon.
    response_time_s : ndarray of float64, shape (n,)
        Time that the client waited; NaN for what goes on and for what is in flight.
    journeys : tuple of Journey or None
        For each behaviour with a fleet or an instance behind it, the way between clients and there.
    record : EdgeRecord
        The sums per tick.
    """

    sent_s: Floats
    city: NDArray[np.int8]
    asked: Asked
    onward: NDArray[np.int8]
    outcome: NDArray[np.int8]
    response_time_s: Floats
    journeys: tuple[Journey | None, ...]
    record: EdgeRecord

    @property
    def goes_on(self) -> NDArray[np.bool_]:
        """Which requests a fleet or an instance has to answer."""
        return self.onward >= 0


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Meeting:
    """Each request and what meets it: its behaviour, whether it was found, how large the answer is."""

    sent_s: Floats
    city: NDArray[np.int8]
    behaviour: NDArray[np.int64]
    hit: NDArray[np.bool_]
    answered: NDArray[np.bool_]
    bytes: Floats


def edge(scenario: Scenario, way: ToEdge) -> AtEdge:
    """Let the requests of a run meet a distribution.

    Parameters
    ----------
    scenario : Scenario
        The load, its users, what they ask for, and which regions are lost.
    way : ToEdge
        To the distribution, from `aws14.sim.resolve`.

    Raises
    ------
    ScenarioError
        When the load cannot be drawn, or the distribution has no default behaviour.
    DataError
        When the course has no facts about a city or a region.
    """
    sent_s = arrivals(scenario.load, scenario.horizon_s, scenario.seed, scenario.replication)
    asked = asked_for(scenario, len(sent_s))
    shares = tuple(scenario.users.values())
    city = cities(stream(scenario.seed, "city", scenario.replication), len(sent_s), shares)
    meeting = _meet(scenario, way, sent_s, city, asked=asked)
    passes = np.array([each.kind in SERVING for each in way.behaviours])
    onward = np.where(~meeting.hit & passes[meeting.behaviour], meeting.behaviour, -1).astype(np.int8)
    outcome, response_s = _answers(scenario, way, meeting, onward >= 0)
    return AtEdge(
        sent_s=sent_s,
        city=city,
        asked=asked,
        onward=onward,
        outcome=outcome,
        response_time_s=response_s,
        journeys=tuple(_journey(scenario, way, each) for each in way.behaviours),
        record=_record(scenario, way, meeting),
    )


def _meet(scenario: Scenario, way: ToEdge, sent_s: Floats, city: NDArray[np.int8], *, asked: Asked) -> _Meeting:
    page_bytes = scenario.application.response_kib * BYTES_PER_KIB
    sizes = np.array([each.size or page_bytes for each in asked.urls])
    patterns = [each.path for each in way.behaviours]
    program = next((k for k, each in enumerate(way.behaviours) if each.kind == "function" or _orphaned(each)), None)
    numbers = [first_fit(patterns, each.path) if program is None or is_file(each) else program for each in asked.urls]
    if None in numbers:
        raise ScenarioError(
            f"no behaviour of '{way.distribution.id}' takes every path", cure="read it back: the last one is for '*'"
        )
    of_url = np.array(numbers, np.int64)
    behaviour = of_url[asked.url]
    lives_s = np.array([each.ttl_s for each in way.behaviours])[of_url]
    answered = np.ones(len(sent_s), np.bool_)
    for number, each in enumerate(way.behaviours):
        answered[behaviour == number] = _answering(scenario, each, sent_s[behaviour == number])
    hit = cache_hits(sent_s, asked.url, Cache(ttl_s=lives_s), size=sizes, place=city, answers=answered)
    sent_bytes = np.where(asked.static, sizes[asked.url], page_bytes)
    return _Meeting(sent_s=sent_s, city=city, behaviour=behaviour, hit=hit, answered=answered, bytes=sent_bytes)


def _orphaned(behaviour: Behaviour) -> bool:
    """Whether a program was to answer here, and none does: calls still go there, for their paths have not changed."""
    if behaviour.kind != "nothing":
        return False
    # What is never kept, under a path of its own, was no place for files.
    return behaviour.origin.kind in ("api", "function") or (behaviour.ttl_s == 0 and behaviour.path != "*")


def _answering(scenario: Scenario, behaviour: Behaviour, sent_s: Floats) -> NDArray[np.bool_]:
    """Whether the origin answers at given times: not where there is none, nor while its region is lost."""
    answers = np.full(len(sent_s), behaviour.kind != "nothing")
    for fault in scenario.faults:
        if isinstance(fault, RegionOutage) and fault.region == behaviour.region:
            answers &= (sent_s < fault.starts_s) | (sent_s >= fault.starts_s + fault.lasts_s)
    return answers


def _answers(
    scenario: Scenario, way: ToEdge, meeting: _Meeting, goes_on: NDArray[np.bool_]
) -> tuple[NDArray[np.int8], Floats]:
    """Outcome and response time of what ends at the edge."""
    application = scenario.application
    near = _near(scenario, way)
    transfer_s = meeting.bytes * 8 / (application.user_mbps * 1e6)
    response_s = near.before_s[meeting.city] + near.back_s[meeting.city] + transfer_s
    missed = ~meeting.hit & ~goes_on
    for number, behaviour in enumerate(way.behaviours):
        mine = missed & (meeting.behaviour == number)
        if behaviour.kind == "bucket" and mine.any():
            first_byte_s = catalog.durations()["S3 first byte of an object"].typical_s
            response_s[mine] += _far_s(scenario, behaviour.region)[meeting.city[mine]] + first_byte_s
    lost = missed & ~meeting.answered
    reason, tried_s = _refusals(way)
    waited_s = tried_s[meeting.behaviour[lost]]
    response_s[lost] = near.before_s[meeting.city[lost]] + waited_s + near.back_s[meeting.city[lost]]
    outcome = np.where(lost, reason[meeting.behaviour], np.int8(0))
    late = response_s > application.client_timeout_s
    outcome[late], response_s[late] = 1, application.client_timeout_s
    flying = meeting.sent_s + response_s > scenario.horizon_s
    outcome[flying], response_s[flying] = -1, np.nan
    outcome[goes_on], response_s[goes_on] = 0, np.nan
    return outcome, response_s


def _refusals(way: ToEdge) -> tuple[NDArray[np.int8], Floats]:
    """For each behaviour, the outcome of what its origin does not answer, and how long CloudFront tries."""
    reasons = [each.way.reason if isinstance(each.way, Unreachable) else "" for each in way.behaviours]
    known = [1 + EDGE_REASONS.index(each) if each in _AT_ONCE else 2 for each in reasons]
    tried_s = [0.0 if each in _AT_ONCE else _attempts_s() for each in reasons]
    return np.array(known, np.int8), np.array(tried_s)


def _attempts_s() -> float:
    """How long CloudFront tries to connect to an origin that does not answer."""
    attempts = catalog.quota("CloudFront", "origin connection attempts").value
    return attempts * catalog.quota("CloudFront", "origin connection time-out").value


def _near(scenario: Scenario, way: ToEdge) -> Journey:
    """Between a user and the edge location of its city."""
    line_s = catalog.network_model().access_delay_ms / 1000
    lines_s = [line_s for _ in scenario.users]
    return journey(lines_s, scenario.application, by_name=way.by_name, server_gbps=_WIDE_GBPS)


def _far_s(scenario: Scenario, region: str) -> Floats:
    """Round trip between the edge location of each city and a region. Shape (cities,)."""
    line_s = catalog.network_model().access_delay_ms / 1000
    return np.array([max(0.0, round_trip_s(city, region) - line_s) for city in scenario.users])


def _journey(scenario: Scenario, way: ToEdge, behaviour: Behaviour) -> Journey | None:
    if behaviour.kind not in SERVING:
        return None
    near, half_s = _near(scenario, way), _far_s(scenario, behaviour.region) / 2
    return replace(near, before_s=near.before_s + half_s, send_s=near.send_s + half_s, back_s=near.back_s + half_s)


def _record(scenario: Scenario, way: ToEdge, meeting: _Meeting) -> EdgeRecord:
    minutes = ticks(scenario)
    tick = np.minimum((meeting.sent_s / TICK_S).astype(np.int64), minutes - 1)
    fetched = ~meeting.hit & meeting.answered
    sent = meeting.hit | meeting.answered
    per_origin = np.bincount(meeting.behaviour[fetched], minlength=len(way.behaviours))
    requests: dict[str, int] = {}
    for behaviour, count in zip(way.behaviours, per_origin.tolist(), strict=True):
        requests[behaviour.origin.id] = requests.get(behaviour.origin.id, 0) + count
    return EdgeRecord(
        node=way.distribution.id,
        hits=np.bincount(tick[meeting.hit], minlength=minutes),
        misses=np.bincount(tick[~meeting.hit], minlength=minutes),
        bytes_from_edge=_summed(tick[sent], meeting.bytes[sent], minutes),
        bytes_from_origin=_summed(tick[fetched], meeting.bytes[fetched], minutes),
        requests_by_origin=requests,
    )


def _summed(tick: NDArray[np.int64], amount: Floats, minutes: int) -> Floats:
    return np.bincount(tick, amount, minlength=minutes).astype(np.float64)
