"""Panels: the parts of a chart on one clock, each drawn on axes of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.marks import Window
from aws14.charts.numbers import arrival_rate_rps, seconds
from aws14.charts.style import BLUE, GREY, INK, PURPLE, RED, look_of_reason
from aws14.model import Trace
from aws14.model.trace import FAILURE_REASONS, Counts, Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PERCENTILES = ((0.5, "p50", "-", BLUE), (0.95, "p95", (0, (5, 2)), INK), (0.99, "p99", (0, (1, 1.2)), RED))


def reasons_that_happened(trace: Trace) -> dict[str, Counts]:
    """Reason -> failures per tick, most frequent first; without reasons that never happened."""
    happened = {reason: count for reason, count in trace.failed.items() if count.any()}
    return dict(sorted(happened.items(), key=lambda item: -int(item[1].sum())))


def within(trace: Trace, window: Window) -> slice:
    """The ticks of a run that touch a stretch of time."""
    first = max(0, int(window[0] // trace.tick_s) - 1)
    return slice(first, int(window[1] // trace.tick_s) + 2)


def rates(panel: Axes, trace: Trace, window: Window) -> None:
    """Requests sent and answered in time, per second; between them what failed."""
    shown = within(trace, window)
    start, arrivals = trace.tick_start_s[shown], arrival_rate_rps(trace)[shown]
    goodput = (trace.served / trace.tick_length_s)[shown]
    panel.fill_between(start, goodput, arrivals, color=RED, alpha=0.25, linewidth=0, label="failed")
    panel.plot(start, arrivals, color=INK, linewidth=1.3, label="arrivals")
    panel.plot(start, goodput, color=BLUE, linestyle=(0, (5, 1.5)), linewidth=1.4, label="answered in time")


def response_times(panel: Axes, trace: Trace, window: Window) -> None:
    """Percentiles of the response time, tick by tick."""
    shown = within(trace, window)
    for quantile, label, line, color in _PERCENTILES:
        times = trace.response_time_by_tick_s(quantile)[shown]
        panel.plot(trace.tick_start_s[shown], times, color=color, linestyle=line, label=label, linewidth=1.3)


def processors(trace: Trace) -> Floats:
    """How busy the servers' processors are, 0 to 1; workers that wait for a database are not busy."""
    return trace.utilization if trace.fleet is None else trace.fleet.cpu_utilization


def utilization(panel: Axes, trace: Trace, window: Window) -> None:
    """How busy the servers are, in percent."""
    shown = within(trace, window)
    start, busy = trace.tick_start_s[shown], 100 * processors(trace)[shown]
    panel.fill_between(start, 0, busy, color=BLUE, alpha=0.18, linewidth=0)
    panel.plot(start, busy, color=BLUE, linewidth=1.2, label="file server" if trace.files else "web servers")
    if trace.database:
        share = 100 * trace.database.utilization[shown]
        panel.plot(start, share, color=PURPLE, linestyle=(0, (4, 1.5)), linewidth=1.2, label="database")


def failures(panel: Axes, trace: Trace, failed: Mapping[str, Counts], window: Window) -> None:
    """Failures a minute, by reason, one upon the other."""
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


def say_instead(panel: Axes, words: str) -> None:
    """Words in place of a panel that has nothing to show."""
    panel.set_yticks([])
    panel.grid(visible=False)
    panel.spines["left"].set_visible(False)
    panel.text(0.01, 0.5, words, transform=panel.transAxes, va="center", color=GREY)


def response_scale(panel: Axes, client_timeout_s: float | None) -> None:
    """Name the axis of the response times, in powers of ten, and the patience of a client."""
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


def whole(panel: Axes) -> None:
    """A few whole numbers on the axis of what is counted."""
    from matplotlib.ticker import MaxNLocator

    panel.yaxis.set_major_locator(MaxNLocator(4, integer=True))
