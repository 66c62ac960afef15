"""Timeline: what came, what was answered, how fast, how busy, on what credits, and what failed why, on one clock."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.credits import credit_panel, name_credits, told_credits
from aws14.charts.fleets import fleet_panel, name_fleet, told_fleet
from aws14.charts.frame import figure, heading, moment, picture, time_axis
from aws14.charts.marks import Spot, mark_faults, mark_spots, told_faults
from aws14.charts.numbers import arrival_rate_rps, hourly, percent, rate, seconds
from aws14.charts.panels import (
    failures,
    processors,
    rates,
    reasons_that_happened,
    response_scale,
    response_times,
    say_instead,
    utilization,
    within,
)
from aws14.charts.style import GREY, styled
from aws14.charts.windows import eventful
from aws14.model import Picture, Trace
from aws14.model.trace import FAILURE_REASONS, Counts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEGEND_ROW_IN = 0.24
"""Height of a row of two reasons below the panels."""


def timeline(
    trace: Trace,
    *,
    title: str = "",
    spots: Sequence[Spot] = (),
    start_hour: float = 0.0,
    client_timeout_s: float | None = None,
) -> Picture:
    """A run on one clock: arrivals and answers, response times, utilization, servers, credits, failures by reason.

    Where all failures fall into a short stretch, a second column shows it closer. What was broken is shaded.

    Parameters
    ----------
    trace : Trace
        The run.
    title : str
        Heads the chart.
    spots : sequence of Spike, float or (float, str)
        Moments to mark, in seconds from the start, with their labels.
    start_hour : float
        Hour of the day at which the run starts.
    client_timeout_s : float, optional
        Patience of a client in seconds, drawn as a line among the response times.
    """
    failed = reasons_that_happened(trace)
    close = eventful([trace])
    windows = [(0.0, trace.horizon_s), *([close] if close else [])]
    with styled():
        extra = ((2.0,) if trace.fleet else ()) + ((1.7,) if trace.credits else ())
        heights = (3.0, 3.0, 2.0, *extra, 2.6 if failed else 0.5)
        fig = figure(0.7 * sum(heights) + _LEGEND_ROW_IN * math.ceil(len(failed) / 2))
        panels = fig.subplots(
            len(heights), len(windows), sharex="col", sharey="row", squeeze=False, height_ratios=heights
        )
        for column, window in zip(panels.T, windows, strict=True):
            rates(column[0], trace, window)
            response_times(column[1], trace, window)
            utilization(column[2], trace, window)
            if trace.fleet:
                fleet_panel(column[3], trace, trace.fleet, within(trace, window))
            if trace.credits:
                credit_panel(column[-2], trace, trace.credits, within(trace, window))
            failures(column[-1], trace, failed, window)
            mark_spots(list(column), spots, window)
            mark_faults(list(column), trace, window, named=column[2] if window == windows[-1] else None)
            time_axis(column[-1], window, start_hour)
        if close:
            panels[0, 1].set_title("a closer look", loc="right", fontsize=9.5, weight="normal", color=GREY)
        _name(list(panels[:, 0]), trace, failed, client_timeout_s)
        fig.align_ylabels(panels[:, 0])
        heading(fig, title or f"{trace.scenario}, {trace.pattern}")
        alt = f"{title or trace.scenario}: {told(trace, start_hour)}"
        return picture(fig, alt=alt, caption=_caption(trace), table=hourly(trace, start_hour))


def told(trace: Trace, start_hour: float = 0.0) -> str:
    """The run in sentences: totals, peak, worst minute, failures by reason."""

    def at(tick: int) -> str:
        return moment(tick * trace.tick_s, trace.horizon_s, start_hour)

    arrivals, worst = arrival_rate_rps(trace), trace.response_time_by_tick_s(0.95)
    busy = processors(trace)
    parts = [
        f"{int(trace.offered.sum()):,} requests were sent, {percent(trace.failure_ratio)} of them failed.",
        f"Arrivals peak at {rate(float(arrivals.max(initial=0)))} at {at(int(arrivals.argmax()))}.",
    ]
    if not np.isnan(worst).all():
        parts.append(
            f"Response times over the run: p50 {seconds(trace.response_time_s(0.5))}, "
            f"p95 {seconds(trace.response_time_s(0.95))}, p99 {seconds(trace.response_time_s(0.99))}; "
            f"the worst p95 of a minute is {seconds(float(np.nanmax(worst)))} at {at(int(np.nanargmax(worst)))}."
        )
    if not np.isnan(busy).all():
        parts.append(f"Utilization is highest at {at(int(np.nanargmax(busy)))} with {percent(float(np.nanmax(busy)))}.")
    failed = reasons_that_happened(trace)
    parts += [*told_faults(trace, start_hour), *told_fleet(trace, start_hour), *told_credits(trace, start_hour)]
    parts += [f"{int(count.sum()):,} failed because {FAILURE_REASONS[reason]}." for reason, count in failed.items()]
    return " ".join(parts if failed else [*parts, "No request failed."])


def _caption(trace: Trace) -> str:
    return (
        f"{trace.scenario} through {trace.pattern} in {trace.region}, seed {trace.seed}: "
        f"{int(trace.offered.sum()):,} requests, {percent(trace.failure_ratio)} failed."
    )


def _name(panels: Sequence[Axes], trace: Trace, failed: Mapping[str, Counts], client_timeout_s: float | None) -> None:
    """Names of the axes, their ranges and the legends, all at the left."""
    rates, times, busy, *accounts, failures = panels
    rates.set_ylim(0, max(1.0, 1.25 * float(arrival_rate_rps(trace).max(initial=0))))
    rates.set_ylabel("requests/s")
    if trace.served.any():
        response_scale(times, client_timeout_s)
    else:
        say_instead(times, "no request was answered")
    busy.set_ylim(0, 105)
    busy.set_yticks([0, 50, 100])
    busy.set_ylabel("utilization\nin %")
    narrow = rates.get_subplotspec().get_gridspec().ncols > 1  # type: ignore[union-attr] # made by subplots
    for panel in (rates, *([times] if trace.served.any() else [])):
        columns = 1 if narrow and panel is rates else 3
        panel.legend(loc="upper left", ncols=columns, borderaxespad=0.1, handlelength=2.4, labelspacing=0.25)
    if trace.fleet:
        name_fleet(accounts[0], trace.fleet, columns=2 if narrow else 4)
    if trace.database:
        busy.legend(loc="upper left", ncols=2, borderaxespad=0.1)
        busy.set_ylim(0, 135)
    if trace.credits:
        name_credits(accounts[-1], trace.credits, columns=1 if narrow else 3)
    if failed:
        failures.set_ylim(0, 1.05 * failures.get_ylim()[1])
        failures.set_ylabel("failures\nper minute")
        failures.get_figure().legend(  # type: ignore[union-attr] # made by subplots
            *failures.get_legend_handles_labels(), loc="outside lower left", ncols=2, columnspacing=2.0
        )
    else:
        say_instead(failures, "no request failed")
