"""Timeline: what came, what was answered, how fast, how busy, on what credits, and what failed why, on one clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.credits import credit_panel, name_credits, told_credits
from aws14.charts.frame import figure, heading, moment, picture, time_axis
from aws14.charts.marks import Spot, Window, mark_faults, mark_spots, told_faults
from aws14.charts.numbers import arrival_rate_rps, hourly, percent, rate, seconds
from aws14.charts.style import BLUE, GREY, INK, RED, look_of_reason, styled
from aws14.charts.windows import eventful
from aws14.model import Picture, Trace
from aws14.model.trace import FAILURE_REASONS, Counts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PERCENTILES = ((0.5, "p50", "-", BLUE), (0.95, "p95", (0, (5, 2)), INK), (0.99, "p99", (0, (1, 1.2)), RED))


def timeline(
    trace: Trace,
    *,
    title: str = "",
    spots: Sequence[Spot] = (),
    start_hour: float = 0.0,
    client_timeout_s: float | None = None,
) -> Picture:
    """A run on one clock: arrivals and answers, response times, utilization, CPU credits, failures by reason.

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
        heights = (3.0, 3.0, 2.0, *((1.7,) if trace.credits else ()), 2.6 if failed else 0.5)
        fig = figure(0.7 * sum(heights))
        panels = fig.subplots(
            len(heights), len(windows), sharex="col", sharey="row", squeeze=False, height_ratios=heights
        )
        for column, window in zip(panels.T, windows, strict=True):
            _rates(column[0], trace, window)
            _response_times(column[1], trace, window)
            _utilization(column[2], trace, window)
            if trace.credits:
                credit_panel(column[3], trace, trace.credits, within(trace, window))
            _failures(column[-1], trace, failed, window)
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
    busy = trace.utilization
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
    parts += [*told_faults(trace, start_hour), *told_credits(trace, start_hour)]
    parts += [f"{int(count.sum()):,} failed because {FAILURE_REASONS[reason]}." for reason, count in failed.items()]
    return " ".join(parts if failed else [*parts, "No request failed."])


def reasons_that_happened(trace: Trace) -> dict[str, Counts]:
    """Reason -> failures per tick, most frequent first; without reasons that never happened."""
    happened = {reason: count for reason, count in trace.failed.items() if count.any()}
    return dict(sorted(happened.items(), key=lambda item: -int(item[1].sum())))


def within(trace: Trace, window: Window) -> slice:
    """The ticks of a run that touch a stretch of time."""
    first = max(0, int(window[0] // trace.tick_s) - 1)
    return slice(first, int(window[1] // trace.tick_s) + 2)


def _caption(trace: Trace) -> str:
    return (
        f"{trace.scenario} through {trace.pattern} in {trace.region}, seed {trace.seed}: "
        f"{int(trace.offered.sum()):,} requests, {percent(trace.failure_ratio)} failed."
    )


def _rates(panel: Axes, trace: Trace, window: Window) -> None:
    shown = within(trace, window)
    start, arrivals = trace.tick_start_s[shown], arrival_rate_rps(trace)[shown]
    goodput = (trace.served / trace.tick_length_s)[shown]
    panel.fill_between(start, goodput, arrivals, color=RED, alpha=0.25, linewidth=0, label="failed")
    panel.plot(start, arrivals, color=INK, linewidth=1.3, label="arrivals")
    panel.plot(start, goodput, color=BLUE, linestyle=(0, (5, 1.5)), linewidth=1.4, label="answered in time")


def _response_times(panel: Axes, trace: Trace, window: Window) -> None:
    shown = within(trace, window)
    for quantile, label, line, color in _PERCENTILES:
        times = trace.response_time_by_tick_s(quantile)[shown]
        panel.plot(trace.tick_start_s[shown], times, color=color, linestyle=line, label=label, linewidth=1.3)


def _utilization(panel: Axes, trace: Trace, window: Window) -> None:
    shown = within(trace, window)
    start, busy = trace.tick_start_s[shown], 100 * trace.utilization[shown]
    panel.fill_between(start, 0, busy, color=BLUE, alpha=0.18, linewidth=0)
    panel.plot(start, busy, color=BLUE, linewidth=1.2)


def _failures(panel: Axes, trace: Trace, failed: Mapping[str, Counts], window: Window) -> None:
    shown = within(trace, window)
    per_minute = 60 / trace.tick_length_s[shown]
    floor = np.zeros(len(per_minute))
    for reason, count in failed.items():
        top = floor + count[shown] * per_minute
        look = look_of_reason(reason)
        panel.fill_between(
            trace.tick_start_s[shown], floor, top, step="post", facecolor=look.color, alpha=0.8, edgecolor="white",
            linewidth=0, hatch=look.hatch, label=f"{FAILURE_REASONS[reason]}: {int(count.sum()):,}",
        )  # fmt: skip
        floor = top


def _name(panels: Sequence[Axes], trace: Trace, failed: Mapping[str, Counts], client_timeout_s: float | None) -> None:
    """Names of the axes, their ranges and the legends, all at the left."""
    rates, times, busy, *accounts, failures = panels
    rates.set_ylim(0, max(1.0, 1.25 * float(arrival_rate_rps(trace).max(initial=0))))
    rates.set_ylabel("requests/s")
    if trace.served.any():
        _response_scale(times, client_timeout_s)
    else:
        _say_instead(times, "no request was answered")
    busy.set_ylim(0, 105)
    busy.set_yticks([0, 50, 100])
    busy.set_ylabel("utilization\nin %")
    narrow = rates.get_subplotspec().get_gridspec().ncols > 1  # type: ignore[union-attr] # made by subplots
    for panel in (rates, *([times] if trace.served.any() else []), *([failures] if failed else [])):
        columns = 1 if panel is failures or (narrow and panel is rates) else 3
        panel.legend(loc="upper left", ncols=columns, borderaxespad=0.1, handlelength=2.4, labelspacing=0.25)
    if trace.credits:
        name_credits(accounts[0], trace.credits, columns=1 if narrow else 3)
    if failed:
        failures.set_ylim(0, failures.get_ylim()[1] * (1 + 0.17 * len(failed)))
        failures.set_ylabel("failures\nper minute")
    else:
        _say_instead(failures, "no request failed")


def _say_instead(panel: Axes, words: str) -> None:
    """Words in place of a panel that has nothing to show."""
    panel.set_yticks([])
    panel.grid(visible=False)
    panel.spines["left"].set_visible(False)
    panel.text(0.01, 0.5, words, transform=panel.transAxes, va="center", color=GREY)


def _response_scale(panel: Axes, client_timeout_s: float | None) -> None:
    from matplotlib.ticker import LogLocator

    panel.set_yscale("log")
    if client_timeout_s is not None:
        panel.axhline(client_timeout_s, color=GREY, linewidth=1)
        panel.annotate(
            f"clients give up at {client_timeout_s:g} s", (0.0, client_timeout_s), xycoords=("axes fraction", "data"),
            xytext=(4, -2), textcoords="offset points", va="top", fontsize=9, color=GREY,
        )  # fmt: skip
    low, high = panel.get_ylim()
    panel.set_ylim(low, high * (high / low) ** 0.25)
    panel.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=6))
    panel.yaxis.set_major_formatter(lambda value, _: seconds(value))
    panel.minorticks_off()
    panel.set_ylabel("response time")
