"""A run to a function: the API that lets requests in, the environments that answer, the database behind them.

The way (`network`), the token bucket of the stage (`admission`), the environments and their starts (`environments`,
`cold_starts`), the connections that they keep (`connections`). What a function or an API answers with an error counts
as failed, and the client knows at once.

Left out: clients that try again, invocations that are not waited for (`aws14.sim.backlog` plays queues), the throttles
of single methods and API keys, a table that throttles, the time that a proxy lets wait for a connection. A zone that is
lost takes nothing from a function: Lambda and API Gateway stand in several.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.kernels.bins import BINS
from aws14.model import AzOutage, DatabaseRecord, FunctionRecord, Node, Requests, Scenario, SlowDatabase, Topology
from aws14.sim.accounting import BYTES_PER_KIB, TICK_S, Fields, ticks
from aws14.sim.admission import passes
from aws14.sim.cold_starts import cpu_share, kept_s, starts_s
from aws14.sim.entry import ToFunction
from aws14.sim.environments import Invocations, invoke
from aws14.sim.function_rules import concurrency_limit, number, rules_of
from aws14.sim.network import Journey, journey, round_trip_s
from aws14.sim.tier_rules import TierRequests
from aws14.sim.visits import all_arriving, arriving, visits

Floats = NDArray[np.float64]

FUNCTION_REASONS = (
    *("api_throttled", "function_throttled", "function_timeout", "db_connections"),
    *("gateway_timeout", "timed_out"),
)
"""Why a request to a function fails, in the order of the outcomes: keys of `aws14.model.trace.FAILURE_REASONS`."""

_API_THROTTLED, _THROTTLED, _TIMED_OUT, _NO_CONNECTION, _GATEWAY_TIMEOUT, _GONE = range(1, 7)
_OF_VERDICT = np.array([0, _THROTTLED, _TIMED_OUT, _NO_CONNECTION], np.int8)
"""Verdict of the kernel -> outcome."""

_WIDE_GBPS = 1e6
"""AWS's own front ends are never the narrowest part of the way."""

_MILLISECONDS = 1000.0


@dataclass(frozen=True, kw_only=True)
class Calling:
    """How a run gets to a function.

    Parameters
    ----------
    topology : Topology
        What was built.
    scenario : Scenario
        Load, users, application.
    way : ToFunction
        To the function.
    region : str
        In which it stands.
    travel : Journey, optional
        How long requests are on their way, by city; left out: straight from the users.
    which : ndarray of bool, optional
        The requests that come here, in the order of sending; all when left out.
    """

    topology: Topology
    scenario: Scenario
    way: ToFunction
    region: str
    travel: Journey | None = None
    which: NDArray[np.bool_] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Played:
    """The requests in order of arrival, the invocations of those let in, and the database's work for each of these."""

    load: TierRequests
    let_in: NDArray[np.bool_]
    calls: Invocations
    db_s: Floats
    around_s: float
    servers: int


def through_function(calling: Calling, *, each: bool) -> Fields:
    """Send requests to a function, and account for them; `each`: for each one as well.

    Raises
    ------
    ScenarioError
        When something is to break that this engine cannot break.
    DesignError
        When an attribute that decides was not read back.
    """
    _refuse_other_faults(calling.scenario)
    played = _play(calling)
    outcome, response_s = _seen(calling, played)
    fields = _counted(calling.scenario, played, outcome, response_s)
    fields |= _worked(calling, played)
    if each:
        fields["requests"] = _each(played, outcome, response_s)
    return fields


def _play(calling: Calling) -> _Played:
    topology, scenario, way = calling.topology, calling.scenario, calling.way
    travel = calling.travel or _straight(calling)
    load = (
        all_arriving(scenario, travel) if calling.which is None else arriving(visits(scenario), travel, calling.which)
    )
    around_s = _around_s(way)
    let_in = np.ones(len(load.arrival_s), np.bool_)
    if way.limits is not None:
        let_in = passes(load.arrival_s, rate_rps=way.limits[0], burst=way.limits[1])
    rules = rules_of(topology, way, scenario.application.db_connections)
    arrival_s = load.arrival_s[let_in] + around_s / 2
    db_s = load.db_s[let_in] * _pace(scenario, arrival_s, way.database)
    seed = {"seed": scenario.seed, "replication": scenario.replication}
    calls = invoke(
        arrival_s,
        load.page_s[let_in] / cpu_share(number(way.function, "memory_mib")),
        db_s,
        start_s=starts_s(number(way.function, "package_bytes"), scenario.application.init_s, **seed),
        keep_s=kept_s(**seed),
        rules=rules,
    )
    return _Played(load=load, let_in=let_in, calls=calls, db_s=db_s, around_s=around_s, servers=rules.database_servers)


def _straight(calling: Calling) -> Journey:
    users = calling.scenario.users
    round_trips_s = [round_trip_s(city, calling.region) for city in users]
    return journey(round_trips_s, calling.scenario.application, by_name=calling.way.by_name, server_gbps=_WIDE_GBPS)


def _around_s(way: ToFunction) -> float:
    """What the API and Lambda add to the time that the function takes."""
    known = catalog.durations()
    added_s = known["Lambda invocation around the function"].typical_s
    if way.api is not None:
        added_s += known[f"API Gateway {way.api.require('protocol')} API around its integration"].typical_s
    return added_s


def _pace(scenario: Scenario, at_s: Floats, database: Node | None) -> Floats:
    """How many times as long the database takes at given times as when nothing is wrong with it."""
    pace = np.ones(len(at_s))
    for fault in scenario.faults:
        if isinstance(fault, SlowDatabase) and database is not None and fault.node == database.id:
            pace[(at_s >= fault.starts_s) & (at_s < fault.starts_s + fault.lasts_s)] *= fault.factor
    return pace


def _refuse_other_faults(scenario: Scenario) -> None:
    other = [fault for fault in scenario.faults if not isinstance(fault, AzOutage | SlowDatabase)]
    if other:
        raise ScenarioError(
            f"a run to a function does not play {type(other[0]).__name__}", allowed="AzOutage, SlowDatabase"
        )


def _seen(calling: Calling, played: _Played) -> tuple[NDArray[np.int8], Floats]:
    """What each client saw, and how long it waited; -1 and NaN while in flight at the horizon."""
    load, calls, scenario = played.load, played.calls, calling.scenario
    outcome = np.full(len(load.sent_s), _API_THROTTLED, np.int8)
    answered_s = load.arrival_s.copy()
    verdict = _OF_VERDICT[calls.verdict]
    ends_s = np.where(calls.ran, calls.end_s, calls.arrival_s) + played.around_s / 2
    if calling.way.gateway_timeout_s is not None:
        given_up_s = calls.arrival_s + calling.way.gateway_timeout_s
        late = ends_s > given_up_s
        verdict[late], ends_s[late] = _GATEWAY_TIMEOUT, given_up_s[late]
    outcome[played.let_in], answered_s[played.let_in] = verdict, ends_s
    send_s, back_s = load.way_s[load.city, 1], load.way_s[load.city, 2]
    answered_s += np.where(outcome == 0, send_s, back_s)
    leaves_s = load.sent_s + scenario.application.client_timeout_s
    gone = answered_s > leaves_s
    outcome[gone], answered_s[gone] = _GONE, leaves_s[gone]
    response_s = answered_s - load.sent_s
    flying = answered_s > scenario.horizon_s
    outcome[flying], response_s[flying] = -1, np.nan
    return outcome, response_s


def _counted(scenario: Scenario, played: _Played, outcome: NDArray[np.int8], response_s: Floats) -> Fields:
    from aws14.kernels import histogram

    minutes = ticks(scenario)
    tick = np.minimum((played.load.sent_s / TICK_S).astype(np.int32), minutes - 1)
    kinds = 2 + len(FUNCTION_REASONS)
    count = np.bincount(tick.astype(np.int64) * kinds + outcome + 1, minlength=minutes * kinds).reshape(minutes, kinds)
    served = outcome == 0
    times = np.zeros((minutes, BINS), np.uint32)
    histogram.record(response_s, np.where(served, tick, np.int32(-1)), times)
    let_in = np.bincount(tick[played.let_in], minlength=minutes)
    return {
        "tick_s": TICK_S,
        "offered": count.sum(axis=1),
        "in_flight": count[:, 0].copy(),
        "served": count[:, 1].copy(),
        "failed": {reason: count[:, 2 + k].copy() for k, reason in enumerate(FUNCTION_REASONS)},
        "response_time_sum_s": np.bincount(tick[served], response_s[served], minlength=minutes),
        "histogram": times,
        "bytes_in": let_in * scenario.application.request_kib * BYTES_PER_KIB,
        "bytes_out": count[:, 1] * scenario.application.response_kib * BYTES_PER_KIB,
    }


def _worked(calling: Calling, played: _Played) -> Fields:
    """What the environments and the database did."""
    from aws14.kernels import tally

    scenario, calls, minutes = calling.scenario, played.calls, ticks(calling.scenario)
    record = _record(calling, calls)
    busy_s, wasted_s = np.zeros(minutes), np.zeros(minutes)
    leave_s = played.load.sent_s[played.let_in] + scenario.application.client_timeout_s
    came_s = np.where(calls.ran, calls.arrival_s, np.nan)
    tally.work(came_s, calls.end_s, leave_s, TICK_S, scenario.horizon_s, busy_s, wasted_s)
    fields: Fields = {
        "busy_s": busy_s,
        "wasted_s": wasted_s,
        "workers": np.maximum(record.environments, record.concurrency),
        "functions": record,
    }
    if calling.way.database is not None:
        fields["database"] = _database_record(calling.way.database, scenario, played)
    return fields


def _record(calling: Calling, calls: Invocations) -> FunctionRecord:
    """Seconds are counted in the tick in which the invocation came."""
    function, minutes = calling.way.function, ticks(calling.scenario)
    tick = np.minimum((calls.arrival_s / TICK_S).astype(np.int64), minutes - 1)
    ran, cold, ready = calls.ran, calls.cold, calls.env == -1

    def summed(which: NDArray[np.bool_], seconds: Floats | None = None) -> Floats:
        weights = np.ones(int(which.sum())) if seconds is None else seconds[which]
        return np.bincount(tick[which], weights, minlength=minutes).astype(np.float64)

    lasted_s = np.ceil(np.round((calls.end_s - calls.arrival_s) * _MILLISECONDS, 6)) / _MILLISECONDS
    ends_s = np.minimum(np.arange(1, minutes + 1) * TICK_S, calling.scenario.horizon_s)
    return FunctionRecord(
        node=function.id,
        invocations=summed(ran).astype(np.int64),
        cold_starts=summed(cold).astype(np.int64),
        throttled=summed(~ran).astype(np.int64),
        environments=calls.standing(ends_s),
        concurrency=calls.most_running(TICK_S, minutes),
        provisioned=calls.provisioned,
        memory_mib=int(number(function, "memory_mib")),
        billed_s=summed(ran, lasted_s),
        provisioned_billed_s=summed(ready, lasted_s),
        init_sum_s=summed(cold, calls.begin_s - calls.arrival_s),
        limit=concurrency_limit(calling.topology, function),
    )


def _database_record(database: Node, scenario: Scenario, played: _Played) -> DatabaseRecord:
    """Work of the database is counted in the tick in which it was asked for, as far as that tick has room."""
    minutes, calls = ticks(scenario), played.calls
    asked = calls.ran & (calls.verdict != 3) & (played.db_s > 0)
    tick = np.minimum((calls.begin_s[asked] / TICK_S).astype(np.int64), minutes - 1)
    work_s = np.bincount(tick, played.db_s[asked], minlength=minutes)
    return DatabaseRecord(
        node=database.id,
        utilization=np.minimum(1.0, work_s / (max(1, played.servers) * TICK_S)),
        queries=np.bincount(tick, minlength=minutes),
        down_s=np.zeros(minutes),
    )


def _each(played: _Played, outcome: NDArray[np.int8], response_s: Floats) -> Requests:
    wait_s = np.full(len(outcome), np.nan)
    wait_s[played.let_in] = played.calls.begin_s - played.calls.arrival_s
    order = np.argsort(played.load.sent_s, kind="stable")
    return Requests(
        arrival_s=played.load.sent_s[order],
        wait_s=wait_s[order],
        response_time_s=response_s[order],
        outcome=outcome[order],
    )
