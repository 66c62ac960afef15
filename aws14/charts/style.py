"""Style: one look for every chart. Colours that differ for every kind of sight, strokes that differ without colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from aws14.model.trace import FAILURE_REASONS

PAGE_IN = 9.0
"""Width of a chart in inches; at 100 dots an inch, the width of an output area in JupyterLab."""

DPI = 100
SHARPNESS = 1.8
"""Pixels drawn for each pixel shown, for dense screens."""

INK, GREY, GRID = "#222222", "#5A5A5A", "#E3E3E3"
BLUE, ORANGE, GREEN, RED, PURPLE, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#A04A7D", "#56B4E9"
"""Okabe and Ito's palette; its purple darkened, so that thin lines are seen on white."""

RULES: Mapping[str, object] = {
    "figure.dpi": DPI,
    "figure.facecolor": "white",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 5,
    "axes.labelsize": 9.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "none",
}
"""Settings of matplotlib while a chart is made; the reader's own are put back afterwards."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How one series is told from the others: colour, line style, marker, hatch."""

    color: str
    line: str | tuple[int, tuple[float, ...]]
    marker: str
    hatch: str


_COLORS = (BLUE, RED, GREEN, PURPLE, ORANGE, SKY, INK)
_LINES: tuple[str | tuple[int, tuple[float, ...]], ...] = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)))
_MARKERS = "osD^vPX"
_ALARMS = (RED, ORANGE, PURPLE, SKY, INK, GREEN, GREY, BLUE)
_BY_OVERLOAD = ("timed_out", "backlog_full", "connection_limit", "gateway_timeout", "bad_gateway", "database_down")
_REASONS = (*_BY_OVERLOAD, *(reason for reason in reversed(list(FAILURE_REASONS)) if reason not in _BY_OVERLOAD))
_HATCHES = ("", "///", "...", "\\\\\\", "xx", "--", "++")


def looks(count: int) -> tuple[Look, ...]:
    """As many looks as there are series; neighbours differ in colour and in stroke."""
    return tuple(
        Look(
            color=_COLORS[number % len(_COLORS)],
            line=_LINES[number % len(_LINES)],
            marker=_MARKERS[number % len(_MARKERS)],
            hatch=_HATCHES[number % len(_HATCHES)],
        )
        for number in range(count)
    )


def look_of_reason(reason: str) -> Look:
    """The look of a reason of failure, the same in every chart; what overload does is the most striking."""
    number = _REASONS.index(reason)
    return Look(
        color=_ALARMS[number % len(_ALARMS)],
        line=_LINES[number % len(_LINES)],
        marker=_MARKERS[number % len(_MARKERS)],
        hatch=_HATCHES[number % len(_HATCHES)],
    )


@contextmanager
def styled() -> Iterator[None]:
    """Make a chart inside of this."""
    import matplotlib as mpl

    with mpl.rc_context(dict(RULES)):  # type: ignore[arg-type] # the names are checked by matplotlib
        yield
