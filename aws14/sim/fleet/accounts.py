"""The accounts of a fleet's run, and of several runs that share the requests of one scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aws14.kernels.bins import BINS
from aws14.model import Requests
from aws14.sim.accounting import BYTES_PER_KIB, TICK_S, Fields, ticks

if TYPE_CHECKING:
    from aws14.sim.fleet.running import FleetRun

_ALWAYS = 8
"""Failures that every trace of a fleet names, whether they happened or not: the first of the kernel's list."""


def accounts(run: FleetRun, *, each: bool) -> Fields:
    """The fields of a `Trace` from a run that is over.

    Parameters
    ----------
    run : FleetRun
        The run.
    each : bool
        Whether each request is wanted.
    """
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
    named = [name for k, name in enumerate(at.OUTCOMES) if k < _ALWAYS or count[:, k + 2].any()]
    application = scenario.application
    fields: Fields = {
        "tick_s": TICK_S,
        "offered": count.sum(axis=1),
        "in_flight": count[:, 0].copy(),
        "served": count[:, 1].copy(),
        "failed": {name: count[:, at.OUTCOMES.index(name) + 2].copy() for name in named},
        "busy_s": state.minute_s[:, at.BUSY_S].copy(),
        "wasted_s": state.minute_s[:, at.WASTED_S].copy(),
        "workers": _workers(run),
        "response_time_sum_s": response_sum_s,
        "histogram": times,
        "bytes_in": state.minute[:, at.ROUTED] * application.request_kib * BYTES_PER_KIB,
        "bytes_out": state.minute[:, at.ANSWERED] * application.response_kib * BYTES_PER_KIB,
        "fleet": run.fleet_record(),
        "database": run.database_record(),
        "events": tuple(run.events),
        "retried": state.minute[:, at.RETRIED].copy() if scenario.retries else None,
        "down_s": run.minutes.down_s() if scenario.faults else None,
    }
    if each:
        fields["requests"] = _requests(run, response_s, named)
    return fields


def _workers(run: FleetRun) -> NDArray[np.int64]:
    """Workers of servers in service, silent ones included, as they were on average in each tick."""
    total = np.zeros(ticks(run.scenario))
    for server in run.roster.servers.values():
        total += server.workers * run.minutes.overlap([(server.registered_s, server.left_s)])
    length_s = run.minutes.overlap([(0.0, np.inf)])
    workers: NDArray[np.int64] = np.rint(total / length_s).astype(np.int64)
    return workers


def _requests(run: FleetRun, response_s: NDArray[np.float64], named: Sequence[str]) -> Requests:
    from aws14.kernels import tier_state as at

    state = run.web.state
    place = np.array([-1, 0, *(named.index(name) + 1 if name in named else 0 for name in at.OUTCOMES)], np.int8)
    order = np.argsort(state.sent_s, kind="stable")
    return Requests(
        arrival_s=state.sent_s[order],
        wait_s=(state.start_s - state.arrival_s)[order],
        response_time_s=response_s[order],
        outcome=place[state.outcome.astype(np.int64) + 1][order],
    )
