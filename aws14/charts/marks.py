"""Marks: moments and stretches of a run that a reader must see on every panel: TV spots, and what was broken."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws14.charts.frame import moment
from aws14.charts.style import GREY, INK
from aws14.model import AzOutage, Fault, RegionOutage, SlowDatabase, Spike, Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Spot = Spike | float | tuple[float, str]
Window = tuple[float, float]


def mark_spots(panels: Sequence[Axes], spots: Sequence[Spot], window: Window) -> None:
    """A dashed line at each moment, its name above the uppermost panel."""
    for when, label in map(_when, spots):
        if not window[0] <= when <= window[1]:
            continue
        for panel in panels:
            panel.axvline(when, color=GREY, linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
        panels[0].annotate(
            label, (when, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 2), textcoords="offset points",
            ha="center", va="bottom", fontsize=9, color=GREY, annotation_clip=False,
        )  # fmt: skip


def mark_faults(panels: Sequence[Axes], trace: Trace, window: Window, *, named: Axes | None) -> None:
    """A grey band for each fault; its name on one of the panels, when there is room for names.

    Parameters
    ----------
    panels : sequence of Axes
        One above the other.
    trace : Trace
        The run, with its faults.
    window : (float, float)
        What is shown, in seconds from the start of the run.
    named : Axes, optional
        Where the names are written.
    """
    shown = [fault for fault in trace.faults if fault.starts_s < window[1] and _ends_s(fault, trace) > window[0]]
    for number, fault in enumerate(shown):
        starts_s, ends_s = max(fault.starts_s, window[0]), min(_ends_s(fault, trace), window[1])
        for panel in panels:
            panel.axvspan(starts_s, ends_s, facecolor=INK, edgecolor="none", alpha=0.13, zorder=0)
            for edge_s in (starts_s, ends_s):
                panel.axvline(edge_s, color=GREY, linewidth=0.7, zorder=0.5)
        if named is not None:
            highest = 0.6 if trace.database else 0.86  # below the legend that tells web servers from database
            late = (starts_s + ends_s) / 2 > (window[0] + window[1]) / 2
            named.annotate(
                fault_name(fault), (ends_s if late else starts_s, highest - 0.27 * number),
                xycoords=("data", "axes fraction"), xytext=(-4 if late else 4, 0), textcoords="offset points",
                ha="right" if late else "left", va="center", fontsize=9, color=INK, zorder=5,
                bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
            )  # fmt: skip


def fault_name(fault: Fault) -> str:
    """What is broken: ``web is down``, ``ap-northeast-1a is out``, ``db is slow``."""
    if isinstance(fault, AzOutage):
        return f"{fault.az} is out"
    if isinstance(fault, RegionOutage):
        return f"{fault.region} is out"
    return f"{fault.node} is slow" if isinstance(fault, SlowDatabase) else f"{fault.node} is down"


def told_faults(trace: Trace, start_hour: float) -> list[str]:
    """A sentence for each fault that began during the run."""

    def at(seconds: float) -> str:
        return moment(seconds, trace.horizon_s, start_hour)

    sentences = []
    for fault in trace.faults:
        if fault.starts_s < trace.horizon_s:
            until = "the end" if _ends_s(fault, trace) >= trace.horizon_s else at(_ends_s(fault, trace))
            sentences.append(f"From {at(fault.starts_s)} to {until} {fault_name(fault)}.")
    return sentences


def _ends_s(fault: Fault, trace: Trace) -> float:
    lasts_s = math.inf if fault.lasts_s is None else fault.lasts_s
    return min(fault.starts_s + lasts_s, trace.horizon_s)


def _when(spot: Spot) -> tuple[float, str]:
    if isinstance(spot, Spike):
        return spot.at_s, "spot"
    return spot if isinstance(spot, tuple) else (float(spot), "spot")
