"""Numbers: figures as people read them, and a run folded into the few rows of a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aws14.charts.frame import moment
from aws14.model import Trace
from aws14.model.trace import Floats, quantiles_s

if TYPE_CHECKING:
    import pandas as pd

_MOST_ROWS = 24


def seconds(value: float) -> str:
    """A duration: ``85 ms``, ``1.24 s``, ``10 s``; ``none`` where nothing was measured."""
    if math.isnan(value):
        return "none"
    if value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:.3g} s"


def duration(value: float) -> str:
    """A stretch of time: ``45 s``, ``12 min``, ``3.5 h``, ``2.1 days``; ``0 s`` for none."""
    if value < 60:
        return f"{value:.3g} s"
    if value < 3600:
        return f"{value / 60:.3g} min"
    return f"{value / 3600:.3g} h" if value < 2 * 86_400 else f"{value / 86_400:.3g} days"


def percent(share: float) -> str:
    """A share: ``0 %``, ``0.02 %``, ``3.4 %``, ``100 %``; never ``0 %`` for what is more than nothing."""
    value = 100 * share
    told = f"{value:.1f}".removesuffix(".0") if value == 0 or value >= 0.1 else f"{value:.1g}"
    return f"{told} %"


def usd(amount: float) -> str:
    """An amount: ``0.003``, ``4.20``, ``1,204`` USD."""
    if abs(amount) >= 1000:
        return f"{amount:,.0f} USD"
    return f"{amount:,.2f} USD" if abs(amount) >= 0.01 or amount == 0 else f"{amount:.2g} USD"


def rate(value_rps: float) -> str:
    """A rate: ``0.4/s``, ``88/s``."""
    return f"{value_rps:.3g}/s" if value_rps < 1000 else f"{value_rps:,.0f}/s"


def arrival_rate_rps(trace: Trace) -> Floats:
    """Requests sent per second, per tick."""
    shares: Floats = trace.offered / trace.tick_length_s
    return shares


def hourly(trace: Trace, start_hour: float = 0.0) -> pd.DataFrame:
    """A run in at most 24 rows (of a day: hours): rates, percentiles, utilization, failures."""
    import pandas as pd

    starts = np.arange(0, trace.ticks, max(1, math.ceil(trace.ticks / _MOST_ROWS)))
    length = _summed(trace.tick_length_s, starts)
    histogram = np.add.reduceat(trace.histogram.astype(np.int64), starts, axis=0)
    capacity = _summed(trace.workers * trace.tick_length_s, starts)
    columns: dict[str, object] = {
        "from": [moment(start * trace.tick_s, trace.horizon_s, start_hour) for start in starts],
        "arrivals per s": (_summed(trace.offered, starts) / length).round(1),
        "served per s": (_summed(trace.served, starts) / length).round(1),
    }
    for name, quantile in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        columns[f"{name} ms"] = (1000 * quantiles_s(histogram, quantile)).round(0)
    share = np.divide(_summed(trace.busy_s, starts), capacity, out=np.full(len(starts), np.nan), where=capacity > 0)
    columns["utilization %"] = (100 * share).round(0)
    columns["failed"] = sum((_summed(count, starts) for count in trace.failed.values()), np.zeros(len(starts))).astype(
        int
    )
    if trace.credits is not None:
        columns["credits left"] = trace.credits.balance[[*(starts[1:] - 1), trace.ticks - 1]].round(1)
    return pd.DataFrame(columns).set_index("from")


def _summed(values: NDArray[np.generic], starts: NDArray[np.integer]) -> Floats:
    summed: Floats = np.add.reduceat(values.astype(np.float64), starts)
    return summed
