"""Throughputs: what a file system is asked and serves, how long it waits and which credits are left, mode by mode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.frame import figure, heading, picture
from aws14.charts.numbers import duration
from aws14.charts.style import BLUE, GREY, INK, ORANGE, styled
from aws14.errors import ScenarioError
from aws14.model import FilesRecord, Picture
from aws14.sim.files.months import FilesRun

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_DAY_MIN, _HOUR_S, _HOUR_MIN = 1440, 3600.0, 60


def throughputs(runs: Mapping[str, FilesRun | FilesRecord], *, title: str, from_day: float = 0.0) -> Picture:
    """A column a mode: asked and served above, the wait in hours, and burst credits below.

    Parameters
    ----------
    runs : Mapping[str, FilesRun | FilesRecord]
        Mode -> its run, or what `Trace.files` recorded; all as long as each other.
    title : str
        Words.
    from_day : float
        Day of the runs from which they are drawn.

    Raises
    ------
    ScenarioError
        When there is nothing to show, or runs differ in length.
    """
    lengths = {len(run.asked_mibps) for run in runs.values()}
    if len(lengths) != 1 or not 0 <= from_day * _DAY_MIN < min(lengths):
        raise ScenarioError(f"runs of {sorted(lengths)} minutes from day {from_day:g}", allowed="one length for all")
    first = int(from_day * _DAY_MIN)
    with styled():
        fig = figure(6.0)
        panels = fig.subplots(3, len(runs), sharex=True, sharey="row", squeeze=False, height_ratios=(3, 2, 2))
        for column, (mode, run) in zip(panels.T, runs.items(), strict=True):
            _column(list(column), run, first)
            column[0].set_title(mode)
            column[2].set_xlabel("day")
        for panel, label in zip(panels[:, 0], ("MiB/s", "wait, h", "credits, GiB"), strict=True):
            panel.set_ylabel(label)
            panel.set_ylim(bottom=0)
        handles, labels = panels[0, 0].get_legend_handles_labels()
        fig.legend(handles, labels, loc="outside lower center", ncols=2)
        fig.align_ylabels(panels[:, 0])
        heading(fig, title)
        return picture(fig, alt=f"{title}. {_told(runs)}", table=_table(runs))


def _column(panels: list[Axes], run: FilesRun | FilesRecord, first: int) -> None:
    day = 1 + np.arange(first, len(run.asked_mibps)) / _DAY_MIN
    panels[0].fill_between(day, 0, run.asked_mibps[first:], color=GREY, alpha=0.35, linewidth=0, label="asked")
    panels[0].plot(day, run.served_mibps[first:], color=BLUE, linewidth=1.3, label="served")
    known = np.where(np.isfinite(run.wait_s), run.wait_s, np.nan)[first:] / _HOUR_S
    panels[1].plot(day, known, color=ORANGE, linewidth=1.3)
    if run.credits_gib.any():
        panels[2].plot(day, run.credits_gib[first:], color=INK, linewidth=1.3)
    else:
        panels[2].text(0.5, 0.5, "lives on no credits", transform=panels[2].transAxes, ha="center", color=GREY)


def _wait(run: FilesRun | FilesRecord) -> str:
    worst = run.worst_wait_s
    if not worst:
        return "nothing waits"
    return f"the longest wait is {duration(worst)}" if np.isfinite(worst) else "what came last is not served in the run"


def _told(runs: Mapping[str, FilesRun | FilesRecord]) -> str:
    return " ".join(
        f"{mode}: asked for up to {run.asked_mibps.max():,.0f} MiB/s, served up to {run.served_mibps.max():,.0f}; "
        f"{_wait(run)}; {run.late_minutes / _HOUR_MIN:,.0f} h in which something waits for over a minute."
        for mode, run in runs.items()
    )


def _table(runs: Mapping[str, FilesRun | FilesRecord]) -> pd.DataFrame:
    import pandas as pd

    rows = {
        mode: {
            "asked, GiB": run.asked_mibps.sum() * 60 / 1024,
            "served, GiB": run.served_mibps.sum() * 60 / 1024,
            "longest wait, h": run.worst_wait_s / _HOUR_S,
            "largest backlog, GiB": run.backlog_mib.max() / 1024,
            "least credits, GiB": run.credits_gib.min(),
        }
        for mode, run in runs.items()
    }
    return pd.DataFrame(rows).T.round(2)
