"""Distribution: which share of the requests takes longer than a given time, to the far tail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.frame import figure, heading, picture
from aws14.charts.numbers import percent, seconds
from aws14.charts.style import GREY, looks, styled
from aws14.model import Picture, Trace
from aws14.model.trace import Floats, bin_edges_s

if TYPE_CHECKING:
    import pandas as pd

_PERCENTILES = ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))


def distribution(runs: Mapping[str, Trace], *, title: str = "How long requests take") -> Picture:
    """The share of served requests that take longer than a time, both axes in powers of ten.

    Parameters
    ----------
    runs : Mapping[str, Trace]
        Label -> run; runs that served nothing are left out.
    title : str
        Heads the chart.
    """
    served = {label: trace for label, trace in runs.items() if trace.served.any()}
    with styled():
        fig = figure(4.2)
        axes = fig.subplots()
        for (label, trace), look in zip(served.items(), looks(len(served)), strict=True):
            times, slower = slower_than(trace)
            axes.plot(times, slower, color=look.color, linestyle=look.line, label=label)
            marks = [(trace.response_time_s(quantile), 1 - quantile) for quantile, _ in _PERCENTILES]
            axes.plot(*zip(*marks, strict=True), color=look.color, marker=look.marker, linestyle="", markersize=6)
        axes.set(xscale="log", yscale="log", xlabel="response time", ylabel="share that takes longer")
        heading(fig, title)
        axes.set_ylim(5e-5, 1.4)
        for quantile, name in _PERCENTILES:
            axes.axhline(1 - quantile, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)))
            axes.annotate(
                name, (1, 1 - quantile), xycoords=("axes fraction", "data"), xytext=(4, 0), textcoords="offset points",
                va="center", fontsize=9, color=GREY, annotation_clip=False,
            )  # fmt: skip
        axes.xaxis.set_major_formatter(lambda value, _: seconds(value))
        axes.yaxis.set_major_formatter(lambda value, _: percent(value))
        axes.minorticks_off()
        axes.legend(loc="lower left", handlelength=2.6)
        return picture(fig, alt=f"{title}: {_told(served)}", table=_table(served))


def slower_than(trace: Trace) -> tuple[Floats, Floats]:
    """Upper edges of the bins in seconds, and the share of served requests above each; empty ends are cut off."""
    counts = trace.histogram.sum(axis=0, dtype=np.int64)
    above: Floats = 1 - np.cumsum(counts) / counts.sum()
    used = np.flatnonzero(counts)
    first, last = max(used[0] - 1, 0), used[-1]
    return bin_edges_s()[first + 1 : last + 1], above[first:last]


def _told(runs: Mapping[str, Trace]) -> str:
    return " ".join(
        f"{label}: "
        + ", ".join(f"{name} {seconds(trace.response_time_s(quantile))}" for quantile, name in _PERCENTILES)
        + "."
        for label, trace in runs.items()
    )


def _table(runs: Mapping[str, Trace]) -> pd.DataFrame:
    import pandas as pd

    rows = {
        label: {f"{name} ms": round(1000 * trace.response_time_s(quantile)) for quantile, name in _PERCENTILES}
        for label, trace in runs.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")
