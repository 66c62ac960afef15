"""Environments: a function over a run, what came, what stood ready, what had to start, what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.frame import clock, figure, heading, moment, picture, time_axis
from aws14.charts.numbers import percent, seconds
from aws14.charts.panels import say_instead, within
from aws14.charts.style import BLUE, GREEN, GREY, INK, ORANGE, RED, SKY, styled
from aws14.charts.windows import peak
from aws14.errors import ScenarioError
from aws14.model import FunctionRecord, Picture, Trace

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_MOST_ROWS = 24
_NEAR = 0.25
"""From this share of it on, the limit is worth its place in the chart."""


def environments(
    trace: Trace,
    *,
    title: str = "",
    start_hour: float = 0.0,
    window: tuple[float, float] | None = None,
) -> Picture:
    """A function over a run: invocations, environments busy and idle against the limit, cold starts and refusals.

    Where a short peak dominates, a closer look stands beside the whole.

    Parameters
    ----------
    trace : Trace
        A run to a function.
    title : str
        Heads the chart.
    start_hour : float
        Hour of the day at which the run starts.
    window : (float, float), optional
        The stretch to show, in seconds from the start; all when left out.

    Raises
    ------
    ScenarioError
        When no function answered in the run.
    """
    record = trace.functions
    if record is None:
        raise ScenarioError(
            f"no function answered in '{trace.scenario}'",
            allowed="a run to a function",
            cure="build it first; if it stands, ask the site's check why no call gets through",
        )
    whole = (0.0, trace.horizon_s)
    windows = (
        [window] if window else [each for each in (whole, peak(trace, record.invocations + record.throttled)) if each]
    )
    with styled():
        fig = figure(5.6)
        ratios = (2.2, 3.0, 1.8)
        panels = fig.subplots(3, len(windows), sharex="col", sharey="row", squeeze=False, height_ratios=ratios)
        for column, seen in zip(panels.T, windows, strict=True):
            _column(column, trace, record, seen=seen, start_hour=start_hour, first=seen is windows[0])
        fig.align_ylabels(panels[:, 0])
        if len(windows) > 1:
            panels[0, 1].set_title("a closer look", fontsize=9.5, weight="normal", color=GREY)
        heading(fig, title or f"The environments of {record.node}: {trace.scenario}")
        alt = f"{title or trace.scenario}: {told_environments(trace, record, start_hour)}"
        caption = (
            f"{record.node} in {trace.region}, {record.memory_mib} MiB, seed {trace.seed}: "
            f"{int(record.invocations.sum()):,} invocations, {percent(record.cold_ratio)} waited for a new environment."
        )
        return picture(fig, alt=alt, caption=caption, table=_table(trace, record, start_hour))


def _column(
    column: Sequence[Axes],
    trace: Trace,
    record: FunctionRecord,
    *,
    seen: tuple[float, float],
    start_hour: float,
    first: bool,
) -> None:
    """The three panels of one stretch; what names them stands beside the first column only."""
    calls, standing, starts = column
    shown = within(trace, seen)
    _calls(calls, trace, record, shown)
    _standing(standing, trace, record, shown)
    _starts(starts, trace, record, shown)
    time_axis(starts, seen, start_hour)
    if not first:
        for panel in column:
            panel.set_ylabel("")
            if legend := panel.get_legend():
                legend.remove()


def told_environments(trace: Trace, record: FunctionRecord, start_hour: float = 0.0) -> str:
    """The function's run in sentences: totals, the most environments, cold starts, refusals."""
    most, cold = int(record.concurrency.argmax()), int(record.cold_starts.sum())
    when = moment(most * trace.tick_s, trace.horizon_s, start_hour)
    parts = [
        f"{record.node} ran {int(record.invocations.sum()):,} times.",
        f"At most {int(record.concurrency[most])} ran at the same time, at {when}.",
        f"Up to {int(record.environments.max(initial=0))} environments stood; the limit is {record.limit:,}.",
    ]
    if record.provisioned:
        parts.append(f"{record.provisioned} of them were kept ready.")
    if cold:
        mean_s = float(record.init_sum_s.sum()) / cold
        parts.append(f"{cold:,} calls waited for a new one, {seconds(mean_s)} on average.")
    refused = int(record.throttled.sum())
    parts.append(f"{refused:,} were refused." if refused else "None was refused.")
    return " ".join(parts)


def _calls(panel: Axes, trace: Trace, record: FunctionRecord, shown: slice) -> None:
    start, length = trace.tick_start_s[shown], trace.tick_length_s[shown]
    ran, refused = record.invocations[shown] / length, record.throttled[shown] / length
    panel.step(start, ran, where="post", color=INK, linewidth=1.3, label="ran")
    if refused.any():
        panel.fill_between(start, ran, ran + refused, step="post", color=RED, alpha=0.5, linewidth=0, label="refused")
    panel.set_ylim(0, max(0.1, 1.4 * float((ran + refused).max(initial=0))))
    panel.set_ylabel("invocations/s")
    panel.legend(loc="upper left", ncols=2, borderaxespad=0.1)


def _standing(panel: Axes, trace: Trace, record: FunctionRecord, shown: slice) -> None:
    start = trace.tick_start_s[shown]
    busy, stood = record.concurrency[shown], record.environments[shown]
    most = max(1, int(np.maximum(busy, stood).max(initial=1)))
    panel.fill_between(start, 0, stood, step="post", color=SKY, alpha=0.35, linewidth=0, label="environments")
    panel.fill_between(start, 0, busy, step="post", color=BLUE, alpha=0.6, linewidth=0, label="most busy at a time")
    if record.provisioned:
        panel.axhline(record.provisioned, color=GREEN, linewidth=1.2, linestyle=(0, (5, 2)), label="kept ready")
    if most > _NEAR * record.limit:
        panel.axhline(record.limit, color=GREY, linewidth=1.2, linestyle=(0, (1, 1.2)), label=f"limit {record.limit:,}")
        most = max(most, record.limit)
    panel.set_ylim(0, 1.4 * most)
    panel.set_ylabel("environments")
    panel.legend(loc="upper left", ncols=4, borderaxespad=0.1)


def _starts(panel: Axes, trace: Trace, record: FunctionRecord, shown: slice) -> None:
    cold = record.cold_starts[shown] * 60 / trace.tick_length_s[shown]
    if not cold.any():
        say_instead(panel, "no invocation waited for a new environment")
        return
    panel.fill_between(trace.tick_start_s[shown], 0, cold, step="post", color=ORANGE, linewidth=1.0)
    panel.set_ylim(0, 1.2 * float(cold.max()))
    panel.set_ylabel("cold starts\nper minute")


def _table(trace: Trace, record: FunctionRecord, start_hour: float) -> pd.DataFrame:
    """A row for each of a few stretches of equal length."""
    import pandas as pd

    rows = min(_MOST_ROWS, trace.ticks)
    first = np.unique(np.linspace(0, trace.ticks, rows, endpoint=False).astype(np.int64))
    names = [clock(float(trace.tick_start_s[tick]), start_hour) for tick in first]
    return pd.DataFrame(
        {
            "invocations": np.add.reduceat(record.invocations, first),
            "cold starts": np.add.reduceat(record.cold_starts, first),
            "refused": np.add.reduceat(record.throttled, first),
            "most busy at a time": np.maximum.reduceat(record.concurrency, first),
            "environments": np.maximum.reduceat(record.environments, first),
        },
        index=pd.Index(names, name="from"),
    )
