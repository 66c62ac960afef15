"""The accounts of a run: what each client saw, summed by the minute in which it sent its request."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aws14.kernels.bins import BINS
from aws14.model import Requests, Scenario
from aws14.sim.arrivals import arrivals
from aws14.sim.pool import WorkerPool
from aws14.sim.workload import Workload

Floats = NDArray[np.float64]
Fields = dict[str, Any]
"""Fields of a `Trace` by name."""

TICK_S = 60.0
"""A tick is a minute, as in CloudWatch."""

REASONS = ("connection_limit", "backlog_full", "timed_out")
"""Why a server that can be reached fails, in the order of the kernel's outcomes."""

FAULT_REASONS = ("connection_reset", "instance_down")
"""The further ones of a server that is lost during the run."""

BYTES_PER_KIB = 1024


def served(scenario: Scenario, load: Workload, pool: WorkerPool, *, back_s: Floats, each: bool) -> Fields:
    """The accounts of requests that met a pool.

    Parameters
    ----------
    scenario : Scenario
        Length of the run, sizes.
    load : Workload
        The requests, in the order of the pool.
    pool : WorkerPool
        Run to the horizon.
    back_s : ndarray of float64, shape (n,)
        Time of a refusal on its way back.
    each : bool
        Whether each request is wanted.
    """
    from aws14.kernels import histogram, tally

    size, minutes = len(load.sent_s), ticks(scenario)
    outcome, response_s, served_tick = np.empty(size, np.int8), np.empty(size), np.empty(size, np.int32)
    count, response_sum_s = np.zeros((minutes, tally.COLUMNS), np.int64), np.zeros(minutes)
    requests = (load.sent_s, load.arrival_s, pool.end_s, pool.send_s, back_s, pool.leave_s)
    filled = (outcome, response_s, served_tick, count, response_sum_s)
    tally.outcomes(*requests, pool.verdict, TICK_S, scenario.horizon_s, *filled)
    busy_s, wasted_s = np.zeros(minutes), np.zeros(minutes)
    tally.work(pool.start_s, pool.end_s, pool.leave_s, TICK_S, scenario.horizon_s, busy_s, wasted_s)
    times = np.zeros((minutes, BINS), np.uint32)
    histogram.record(response_s, served_tick, times)
    fields = _fields(count[:, : tally.ACCEPTED_COLUMN], (*REASONS, *FAULT_REASONS) if scenario.faults else REASONS)
    fields |= {
        "busy_s": busy_s,
        "wasted_s": wasted_s,
        "workers": np.full(minutes, pool.workers, np.int64),
        "response_time_sum_s": response_sum_s,
        "histogram": times,
        "bytes_in": count[:, tally.ACCEPTED_COLUMN] * scenario.application.request_kib * BYTES_PER_KIB,
        "bytes_out": count[:, tally.ANSWERED_COLUMN] * scenario.application.response_kib * BYTES_PER_KIB,
    }
    if each:
        sent = np.argsort(load.sent_s, kind="stable")
        fields["requests"] = Requests(
            arrival_s=load.sent_s[sent],
            wait_s=(pool.start_s - load.arrival_s)[sent],
            response_time_s=response_s[sent],
            outcome=outcome[sent],
        )
    return fields


def turned_away(scenario: Scenario, reason: str, *, each: bool, which: NDArray[np.bool_] | None = None) -> Fields:
    """The accounts when no request reaches a server: each client gives up after its time-out.

    Parameters
    ----------
    scenario : Scenario
        The load and the clients' patience.
    reason : str
        A key of `aws14.model.trace.FAILURE_REASONS`.
    each : bool
        Whether each request is wanted.
    which : ndarray of bool, optional
        The requests meant, in the order of sending; all when left out.
    """
    sent_s = arrivals(scenario.load, scenario.horizon_s, scenario.seed, scenario.replication)
    if which is not None:
        sent_s = sent_s[which]
    patience_s, minutes = scenario.application.client_timeout_s, ticks(scenario)
    outcome = np.where(sent_s + patience_s <= scenario.horizon_s, np.int8(1), np.int8(-1))
    tick = np.minimum((sent_s / TICK_S).astype(np.int64), minutes - 1)
    count = np.zeros((minutes, 3), np.int64)
    np.add.at(count, (tick, outcome + 1), 1)
    fields = _fields(count, (reason,))
    for name in ("busy_s", "wasted_s", "response_time_sum_s", "bytes_in", "bytes_out"):
        fields[name] = np.zeros(minutes)
    fields |= {"workers": np.zeros(minutes, np.int64), "histogram": np.zeros((minutes, BINS), np.uint32)}
    if each:
        fields["requests"] = Requests(
            arrival_s=sent_s,
            wait_s=np.full(len(sent_s), np.nan),
            response_time_s=np.where(outcome == 1, patience_s, np.nan),
            outcome=outcome,
        )
    return fields


def ticks(scenario: Scenario) -> int:
    """How many ticks a run has."""
    return math.ceil(scenario.horizon_s / TICK_S)


def _fields(count: NDArray[np.int64], reasons: Sequence[str]) -> Fields:
    """The counts of a trace from columns: in flight, served, then each reason."""
    return {
        "tick_s": TICK_S,
        "offered": count.sum(axis=1),
        "in_flight": count[:, 0].copy(),
        "served": count[:, 1].copy(),
        "failed": {reason: count[:, 2 + k].copy() for k, reason in enumerate(reasons)},
    }
