"""Loads: how many requests per second arrive over the day, one line a load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.frame import figure, heading, moment, picture, time_axis
from aws14.charts.labels import end_labels
from aws14.charts.numbers import arrival_rate_rps, rate
from aws14.charts.style import looks, styled
from aws14.model import Picture, Trace
from aws14.model.trace import Floats

if TYPE_CHECKING:
    import pandas as pd


def load(
    loads: Mapping[str, Trace | Floats], *, title: str = "Arrival rate", tick_s: float = 60.0, start_hour: float = 0.0
) -> Picture:
    """The offered rate over the day.

    Parameters
    ----------
    loads : Mapping[str, Trace or ndarray]
        Label -> a run, or requests per second, one value per tick.
    title : str
        Heads the chart.
    tick_s : float
        Length of a tick of the arrays, in seconds; runs know theirs.
    start_hour : float
        Hour of the day at which the loads start.
    """
    rates = {label: _rate(given, tick_s) for label, given in loads.items()}
    horizon_s = max(float(starts[-1]) + step for starts, _, step in rates.values())
    with styled():
        fig = figure(3.2)
        axes = fig.subplots()
        for (label, (starts, rps, _)), look in zip(rates.items(), looks(len(rates)), strict=True):
            axes.plot(starts, rps, color=look.color, linestyle=look.line, label=label, linewidth=1.4)
        axes.set_ylim(0, None)
        axes.set_ylabel("requests/s")
        heading(fig, title)
        time_axis(axes, (0.0, horizon_s), start_hour)
        end_labels(axes)
        peaks = [
            f"{label} peaks at {rate(float(rps.max()))} at {moment(float(starts[rps.argmax()]), horizon_s, start_hour)}"
            f" and averages {rate(float(rps.mean()))}."
            for label, (starts, rps, _) in rates.items()
        ]
        return picture(fig, alt=f"{title}: {' '.join(peaks)}", table=_table(rates, horizon_s, start_hour))


def _rate(given: Trace | Floats, tick_s: float) -> tuple[Floats, Floats, float]:
    """Starts of the ticks, requests per second, length of a tick."""
    if isinstance(given, Trace):
        return given.tick_start_s, arrival_rate_rps(given), given.tick_s
    rps = np.asarray(given, dtype=np.float64)
    return np.arange(len(rps), dtype=np.float64) * tick_s, rps, tick_s


def _table(rates: Mapping[str, tuple[Floats, Floats, float]], horizon_s: float, start_hour: float) -> pd.DataFrame:
    """Mean rate in each of at most 24 stretches of equal length."""
    import pandas as pd

    edges = np.linspace(0, horizon_s, 25)
    columns = {}
    for label, (starts, rps, _) in rates.items():
        place = np.digitize(starts, edges) - 1
        sums = np.bincount(place, weights=rps, minlength=24)[:24]
        counts = np.bincount(place, minlength=24)[:24]
        columns[label] = np.divide(sums, counts, out=np.full(24, np.nan), where=counts > 0).round(2)
    index = pd.Index([moment(float(edge), horizon_s, start_hour) for edge in edges[:-1]], name="from")
    return pd.DataFrame(columns, index=index).dropna(how="all")
