"""The law that holds on every trace: offered = served + failed by reason + in flight, in every tick."""

from __future__ import annotations

import numpy as np

from aws14.errors import Aws14Error
from aws14.model import Trace


def check_conservation(trace: Trace) -> Trace:
    """Return the trace when no request was lost or counted twice.

    Raises
    ------
    Aws14Error
        When one was: a mistake in an engine, not in the experiment.
    """
    accounted = trace.served + trace.in_flight + sum(trace.failed.values(), np.zeros(trace.ticks, dtype=np.int64))
    wrong = np.flatnonzero(accounted != trace.offered)
    if len(wrong):
        tick = int(wrong[0])
        raise Aws14Error(
            f"the engine lost count: {trace.offered[tick]} requests were offered in tick {tick} of "
            f"'{trace.scenario}', {accounted[tick]} have an outcome",
            cure=f"report it, with the scenario and seed {trace.seed}, replication {trace.replication}",
        )
    recorded = trace.histogram.sum(axis=1, dtype=np.int64)
    if not np.array_equal(recorded, trace.served):
        raise Aws14Error(
            f"the engine recorded {recorded.sum()} response times of '{trace.scenario}', "
            f"but {trace.served.sum()} requests were served",
            cure=f"report it, with the scenario and seed {trace.seed}, replication {trace.replication}",
        )
    return trace
