"""Runs: several runs of the same day side by side, with what they failed and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.frame import figure, heading, picture, time_axis
from aws14.charts.numbers import duration, percent, seconds, usd
from aws14.charts.panels import within
from aws14.charts.style import GREY, Look, looks, styled
from aws14.charts.windows import eventful
from aws14.model import Bill, Picture, Trace

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

_BAR_IN = 0.3


def compare_runs(
    runs: Mapping[str, Trace],
    *,
    bills: Mapping[str, Bill] | None = None,
    title: str = "",
    start_hour: float = 0.0,
    of: str = "views",
) -> Picture:
    """Response times, failures and servers of several runs over the day, their failed share and their bills as bars.

    Parameters
    ----------
    runs : Mapping[str, Trace]
        Label -> run.
    bills : Mapping[str, Bill], optional
        Label -> bill of the same run.
    title : str
        Heads the chart.
    start_hour : float
        Hour of the day at which the runs start.
    of : str
        What the requests are called.
    """
    fleets = any(trace.fleet for trace in runs.values())
    look = dict(zip(runs, looks(len(runs)), strict=True))
    close = eventful(runs.values())
    windows = [(0.0, max(trace.horizon_s for trace in runs.values())), *([close] if close else [])]
    title = title or _heading(runs)
    with styled():
        heights = (2.6, 1.8, *((1.8,) if fleets else ()))
        fig = figure(0.5 + sum(heights) + _BAR_IN * len(runs))
        above, below = fig.subfigures(
            2, 1, height_ratios=(0.91 * sum(heights), 0.7 + _BAR_IN * len(runs)), squeeze=False
        )[:, 0]
        panels = above.subplots(
            len(heights), len(windows), sharex="col", sharey="row", squeeze=False, height_ratios=heights
        )
        for column, window in zip(panels.T, windows, strict=True):
            for label, trace in runs.items():
                _lines(column, trace, label=label, look=look[label], shown=within(trace, window))
            time_axis(column[-1], window, start_hour)
        if close:
            panels[0, 1].set_title("a closer look", fontsize=9.5, weight="normal", color=GREY)
        _finish_lines(above, panels[:, 0])
        _bar_panels(below, runs, bills, look, of=of)
        heading(fig, title)
        return picture(fig, alt=f"{title}. {_told(runs, bills)}", table=_table(runs, bills))


def _bar_panels(
    below: SubFigure,
    runs: Mapping[str, Trace],
    bills: Mapping[str, Bill] | None,
    look: Mapping[str, Look],
    *,
    of: str,
) -> None:
    panels = below.subplots(1, 2 if bills else 1, squeeze=False)[0]
    shares = {label: trace.failure_ratio for label, trace in runs.items()}
    _bars(
        panels[0],
        f"failed, of all {of} of {_length(runs)}",
        shares,
        look,
        told=[percent(share) for share in shares.values()],
    )
    if bills:
        totals = {label: bills[label].total_usd for label in runs}
        _bars(panels[1], "USD a month", totals, look, told=[usd(total) for total in totals.values()])


def _length(runs: Mapping[str, Trace]) -> str:
    """How long the runs are: a share of failures means little without it."""
    return duration(max(trace.horizon_s for trace in runs.values()))


def _heading(runs: Mapping[str, Trace]) -> str:
    scenarios = dict.fromkeys(trace.scenario for trace in runs.values())
    return f"{', '.join(scenarios)}: {len(runs)} runs compared"


def _lines(panels: Sequence[Axes], trace: Trace, *, label: str, look: Look, shown: slice) -> None:
    speed, failures, *servers = panels
    start = trace.tick_start_s[shown]
    p95 = trace.response_time_by_tick_s(0.95)[shown]
    speed.plot(start, p95, color=look.color, linestyle=look.line, linewidth=1.3, label=label)
    failed = sum(trace.failed.values(), np.zeros(trace.ticks, dtype=np.int64))
    share = np.divide(failed, trace.offered, out=np.zeros(trace.ticks), where=trace.offered > 0)
    failures.plot(start, 100 * share[shown], color=look.color, linestyle=look.line, linewidth=1.3)
    if servers and trace.fleet:
        count = trace.fleet.in_service[shown]
        servers[0].step(start, count, where="post", color=look.color, linestyle=look.line, linewidth=1.3)


def _finish_lines(above: SubFigure, panels: Sequence[Axes]) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator

    speed, failures, *servers = panels
    for axes in servers:
        axes.set_ylabel("in service")
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.set_ylim(0, 1.08 * axes.get_ylim()[1])
    if any(np.isfinite(np.asarray(line.get_ydata(), dtype=float)).any() for line in speed.get_lines()):
        speed.set_yscale("log")
        speed.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        speed.yaxis.set_major_formatter(lambda value, _: seconds(value))
        speed.minorticks_off()
    else:
        speed.set_yticks([])
        speed.text(0.02, 0.5, "nobody was answered", transform=speed.transAxes, va="center", color=GREY)
    speed.set_ylabel("p95 response time")
    failures.set_ylabel("failed in %")
    failures.set_ylim(0, max(1.0, failures.get_ylim()[1]))
    above.legend(handles=speed.get_lines(), loc="outside upper left", ncols=6, handlelength=2.6, columnspacing=1.4)


def _bars(axes: Axes, name: str, values: Mapping[str, float], look: Mapping[str, Look], *, told: Sequence[str]) -> None:
    bars = axes.barh(list(values), list(values.values()), color=[look[label].color for label in values], height=0.62)
    for bar, label in zip(bars, values, strict=True):
        bar.set(hatch=look[label].hatch, edgecolor="white", linewidth=0)
    axes.bar_label(bars, labels=list(told), padding=4, fontsize=9)
    axes.set_xlim(0, 1.3 * max(*values.values(), 1e-9))
    axes.invert_yaxis()
    axes.set_title(name)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)


def _told(runs: Mapping[str, Trace], bills: Mapping[str, Bill] | None) -> str:
    parts = []
    for label, trace in runs.items():
        price = f", {usd(bills[label].total_usd)} a month" if bills else ""
        p95 = seconds(trace.response_time_s(0.95))
        parts.append(f"{label}: {percent(trace.failure_ratio)} failed, p95 {p95}{price}.")
    return " ".join(parts)


def _table(runs: Mapping[str, Trace], bills: Mapping[str, Bill] | None) -> pd.DataFrame:
    import pandas as pd

    rows = {
        label: {
            "requests": int(trace.offered.sum()),
            "failed %": round(100 * trace.failure_ratio, 3),
            **{f"p{n} ms": round(1000 * trace.response_time_s(n / 100)) for n in (50, 95, 99) if trace.served.any()},
            **({"instance-hours": round(trace.fleet.instance_hours, 1)} if trace.fleet else {}),
            **({"USD a month": round(bills[label].total_usd, 2)} if bills else {}),
        }
        for label, trace in runs.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")
