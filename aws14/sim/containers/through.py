"""A whole run through the pods of a service: draw its requests, run, account for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aws14.kernels.bins import BINS
from aws14.model import Requests, Scenario
from aws14.sim.accounting import BYTES_PER_KIB, TICK_S, Fields, ticks
from aws14.sim.containers.read import Setup
from aws14.sim.containers.running import PodsRun, by_minute
from aws14.sim.network import journey, round_trip_s
from aws14.sim.visits import all_arriving

Floats = NDArray[np.float64]

_CALLED = {
    "no_targets": "no_pods",
    "bad_gateway": "pod_lost",
    "connection_reset": "refused",
    "gateway_timeout": "timed_out",
}
"""Outcome of the engine -> reason as it is told of pods; others keep their name."""
_ALWAYS = ("no_pods", "pod_lost", "refused", "timed_out", "backlog_full", "connection_limit")
"""Failures that every trace of pods names, whether they happened or not."""


def through_pods(setup: Setup, scenario: Scenario, *, port: int, region: str, each: bool) -> Fields:
    """Send requests to a service, and account for them.

    Parameters
    ----------
    setup : Setup
        What answers.
    scenario : Scenario
        Load, users, application, what breaks and what is rolled out.
    port : int
        Of the service.
    region : str
        Where it stands.
    each : bool
        Whether each request is wanted.
    """
    round_trips_s = [round_trip_s(city, region) for city in scenario.users]
    application = replace(scenario.application, port=port)
    travel = journey(round_trips_s, application, by_name=True, server_gbps=float("inf"))
    run = PodsRun(setup, scenario, all_arriving(scenario, travel))
    run.run()
    return _accounts(run, each=each)


def _accounts(run: PodsRun, *, each: bool) -> Fields:
    from aws14.kernels import histogram, tier_tally
    from aws14.kernels import tier_state as at

    scenario, state = run.scenario, run.web.state
    size, minutes = len(state.sent_s), ticks(scenario)
    response_s, served_tick = np.empty(size), np.empty(size, np.int32)
    count, response_sum_s = np.zeros((minutes, 2 + len(at.OUTCOMES)), np.int64), np.zeros(minutes)
    filled = (response_s, served_tick, count, response_sum_s)
    tier_tally.tally(state.sent_s, TICK_S, scenario.horizon_s, state.outcome, state.seen_s, *filled)
    times = np.zeros((minutes, BINS), np.uint32)
    histogram.record(response_s, served_tick, times)
    failed = _failures(count)
    application, minute = scenario.application, by_minute(state.minute, run.every_s)
    seconds = by_minute(state.minute_s, run.every_s)
    fields: Fields = {
        "tick_s": TICK_S,
        "offered": count.sum(axis=1),
        "in_flight": count[:, 0].copy(),
        "served": count[:, 1].copy(),
        "failed": failed,
        "busy_s": seconds[:, at.BUSY_S].copy(),
        "wasted_s": seconds[:, at.WASTED_S].copy(),
        "workers": _workers(run),
        "response_time_sum_s": response_sum_s,
        "histogram": times,
        "bytes_in": minute[:, at.ROUTED] * application.request_kib * BYTES_PER_KIB,
        "bytes_out": minute[:, at.ANSWERED] * application.response_kib * BYTES_PER_KIB,
        "fleet": run.fleet_record(),
        "cluster": run.cluster_record(),
        "events": tuple(run.board.events),
        "retried": minute[:, at.RETRIED].astype(np.int64) if scenario.retries else None,
    }
    if each:
        fields["requests"] = _requests(run, response_s, list(failed))
    return fields


def _failures(count: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    from aws14.kernels import tier_state as at

    failed = {name: np.zeros(len(count), np.int64) for name in _ALWAYS}
    for number, name in enumerate(at.OUTCOMES):
        told = _CALLED.get(name, name)
        column = count[:, number + 2]
        if told in failed or column.any():
            failed[told] = failed.get(told, np.zeros(len(count), np.int64)) + column
    return failed


def _workers(run: PodsRun) -> NDArray[np.int64]:
    ready = run.steps.ready_s() / np.minimum(TICK_S, run.scenario.horizon_s)
    workers: NDArray[np.int64] = np.rint(ready * run.serving.workers).astype(np.int64)
    return workers


def _requests(run: PodsRun, response_s: Floats, named: Sequence[str]) -> Requests:
    from aws14.kernels import tier_state as at

    state = run.web.state
    told = [_CALLED.get(name, name) for name in at.OUTCOMES]
    place = np.array([-1, 0, *(named.index(name) + 1 if name in named else 0 for name in told)], np.int8)
    order = np.argsort(state.sent_s, kind="stable")
    return Requests(
        arrival_s=state.sent_s[order],
        wait_s=(state.start_s - state.arrival_s)[order],
        response_time_s=response_s[order],
        outcome=place[state.outcome.astype(np.int64) + 1][order],
    )
