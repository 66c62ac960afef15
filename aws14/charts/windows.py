"""Windows: the stretch of a run that deserves a closer look."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from aws14.model import Trace
from aws14.model.trace import Counts

_AROUND_S = 900.0
_ROUND_S = 300.0
_WORTH_IT = 1 / 6


_HIGH, _AROUND_PEAK_S = 0.5, 600.0


def peak(trace: Trace, came: Counts) -> tuple[float, float] | None:
    """From when to when at least half as much came as at the busiest time, with ten minutes on either side, in seconds.

    `came` says how much, by tick.

    None when that is so much of the run that a closer look shows no more.
    """
    rate = came / trace.tick_length_s
    high = np.flatnonzero(rate >= _HIGH * rate.max())
    starts = math.floor((float(trace.tick_start_s[high[0]]) - _AROUND_PEAK_S) / _ROUND_S) * _ROUND_S
    ends = math.ceil((float(trace.tick_start_s[high[-1]]) + _AROUND_PEAK_S) / _ROUND_S) * _ROUND_S
    window = max(0.0, starts), min(trace.horizon_s, ends)
    return window if window[1] - window[0] <= _WORTH_IT * trace.horizon_s else None


def eventful(traces: Iterable[Trace]) -> tuple[float, float] | None:
    """From when to when requests failed, with a quarter of an hour on either side, in seconds.

    None when nothing failed, or when failures fill so much of the run that a closer look shows no more.
    """
    moments: list[float] = []
    horizon_s = 0.0
    for trace in traces:
        horizon_s = max(horizon_s, trace.horizon_s)
        failed = sum(trace.failed.values(), np.zeros(trace.ticks, dtype=np.int64))
        moments += [float(trace.tick_start_s[tick]) for tick in np.flatnonzero(failed)]
    if not moments:
        return None
    starts = math.floor((min(moments) - _AROUND_S) / _ROUND_S) * _ROUND_S
    ends = math.ceil((max(moments) + _AROUND_S) / _ROUND_S) * _ROUND_S
    window = max(0.0, starts), min(horizon_s, ends)
    return window if window[1] - window[0] <= _WORTH_IT * horizon_s else None
