"""Frame: figures without global state, the clock on the time axis, and the way from a Figure to a Picture."""

from __future__ import annotations

import io
import math
import textwrap
from typing import TYPE_CHECKING

from aws14.charts.style import DPI, PAGE_IN, SHARPNESS, styled
from aws14.model import Picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MINUTES_APART = (1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720)
_MOST_TICKS = 10
_SHORT_S = 2 * 3600.0
_HEADING_LETTERS = 98


def figure(height_in: float) -> Figure:
    """A figure as wide as the page, laid out so that nothing overlaps, on the Agg canvas."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(PAGE_IN, height_in), layout="constrained")
    FigureCanvasAgg(made)
    return made


def picture(fig: Figure, *, alt: str, caption: str = "", table: pd.DataFrame | None = None) -> Picture:
    """A figure as a Picture.

    Parameters
    ----------
    fig : Figure
        Made by any means; it is rendered as PNG and not changed.
    alt : str
        What the chart says.
    caption : str
        One sentence below it.
    table : DataFrame, optional
        The data, folded below the caption.
    """
    buffer = io.BytesIO()
    with styled():
        fig.savefig(buffer, format="png", dpi=DPI * SHARPNESS)
    return Picture(
        image=buffer.getvalue(),
        format="png",
        alt=alt,
        caption=caption,
        table_html="" if table is None else table.to_html(border=0, na_rep="–"),
        width_px=round(fig.get_figwidth() * DPI),
    )


def heading(fig: Figure, text: str) -> None:
    """The heading of a chart, wrapped to the width of the page."""
    fig.suptitle(textwrap.fill(text, _HEADING_LETTERS), x=0.01, ha="left", fontsize=11, weight="bold")


def clock(seconds: float, start_hour: float = 0.0) -> str:
    """A moment of a run as people say it: ``19:54``; of the second day on, ``19:54 (day 2)``."""
    minutes = math.floor(start_hour * 60 + seconds / 60 + 1e-9)
    day, minute = divmod(minutes, 24 * 60)
    told = f"{minute // 60:02d}:{minute % 60:02d}"
    return f"{told} (day {day + 1})" if day else told


def moment(seconds: float, horizon_s: float, start_hour: float = 0.0) -> str:
    """A moment by the clock; in a run of under two hours, by minutes from its start."""
    return clock(seconds, start_hour) if horizon_s >= _SHORT_S else f"minute {seconds / 60:.0f}"


def time_axis(axes: Axes, window: tuple[float, float], start_hour: float = 0.0) -> None:
    """Ticks at full hours or minutes of the clock on an axis in seconds; minutes from the start, for short runs.

    Parameters
    ----------
    axes : Axes
        The axes at the bottom.
    window : (float, float)
        What is shown, in seconds from the start of the run.
    start_hour : float
        Hour of the day at which the run starts.
    """
    starts_s, ends_s = window
    span_s = ends_s - starts_s
    by_the_clock = starts_s > 0 or span_s >= _SHORT_S
    most = max(3, round(_MOST_TICKS * axes.get_position().width))
    step = next((60 * minutes for minutes in _MINUTES_APART if span_s / (60 * minutes) <= most), 86_400)
    offset = 3600 * start_hour if by_the_clock else 0.0
    first = math.ceil((starts_s + offset) / step) * step - offset
    ticks = [first + number * step for number in range(int((ends_s - first) // step) + 1)]
    axes.set_xticks(ticks, [_hour(tick, start_hour) if by_the_clock else f"{tick / 60:.0f}" for tick in ticks])
    axes.set_xlabel("time of day" if by_the_clock else "minutes from the start")
    axes.set_xlim(starts_s, ends_s)


def _hour(seconds: float, start_hour: float) -> str:
    minutes = round(60 * start_hour + seconds / 60)
    if minutes and minutes % 1440 == 0:
        return "24:00"
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
