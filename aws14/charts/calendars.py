"""Calendars: which backups a plan has kept on a day, a row a rule, from the oldest to today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from aws14.charts.frame import figure, heading, picture
from aws14.charts.style import GREY, RED, SKY, looks, styled
from aws14.errors import ScenarioError
from aws14.model import Picture

if TYPE_CHECKING:
    import pandas as pd

Mark = tuple[float, bool]
"""Age of a backup in days, and whether it lies in cold storage."""

_AGES = (0.5, 1, 7, 30, 90, 365, 2 * 365, 7 * 365)
_AGE_NAMES = ("today", "1 day", "1 week", "1 month", "3 months", "1 year", "2 years", "7 years")
_YOUNGEST = 0.5


def generations(
    rows: Mapping[str, Sequence[Mark]], *, title: str, on: date, wanted: Sequence[tuple[float, str]] = ()
) -> Picture:
    """Each backup as a mark at its age, in powers of ten; old ones lie to the right.

    Parameters
    ----------
    rows : Mapping[str, sequence of (float, bool)]
        Rule -> its backups that are kept: age in days, and whether it is in cold storage.
    title : str
        Heads the chart.
    on : date
        The day that it is about.
    wanted : sequence of (float, str)
        Ages in days at which something went wrong, with their names: the first backup to their right is the one.

    Raises
    ------
    ScenarioError
        When no backup is kept.
    """
    if not any(rows.values()):
        raise ScenarioError("no backup is kept on that day", cure="let the plan run for a while first")
    with styled():
        fig = figure(1.75 + 0.45 * len(rows) + 0.3 * len(wanted))
        axes = fig.subplots()
        for row, (marks, look) in enumerate(zip(rows.values(), looks(len(rows)), strict=True)):
            warm = [max(age, _YOUNGEST) for age, cold in marks if not cold]
            cold = [max(age, _YOUNGEST) for age, cold in marks if cold]
            axes.plot(warm, [row] * len(warm), linestyle="", marker="|", markersize=15, color=look.color)
            axes.plot(
                cold, [row] * len(cold), linestyle="", marker="s", markersize=6, color=SKY, markeredgecolor=look.color
            )
            axes.annotate(
                f"{len(marks)} kept", (1.0, row), xycoords=("axes fraction", "data"), xytext=(6, 0),
                textcoords="offset points", va="center", fontsize=9, annotation_clip=False,
            )  # fmt: skip
        for number, (age, name) in enumerate(wanted):
            axes.axvline(age, color=RED, linewidth=1.1, linestyle=(0, (3, 2)))
            axes.annotate(
                name, (age, -0.7 - 0.55 * number), xytext=(4, 0), textcoords="offset points", va="center",
                fontsize=9, color=RED, bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"},
            )  # fmt: skip
        axes.set_xscale("log")
        axes.set_xticks(_AGES, _AGE_NAMES)
        axes.minorticks_off()
        oldest = max(age for marks in rows.values() for age, _ in marks)
        axes.set_xlim(0.4, 1.5 * max([oldest, *(age for age, _ in wanted)]))
        axes.set_ylim(len(rows) - 0.4, -0.6 - 0.6 * len(wanted))
        axes.set_yticks(range(len(rows)), list(rows))
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(f"age on {on:%d %B %Y}")
        axes.plot([], [], color=GREY, marker="|", linestyle="", markersize=12, label="a backup")
        if any(cold for marks in rows.values() for _, cold in marks):
            axes.plot([], [], color=SKY, marker="s", linestyle="", markeredgecolor=GREY, label="in cold storage")
        fig.legend(loc="outside lower right", ncols=2)
        heading(fig, title)
        return picture(fig, alt=f"{title}. {_told(rows, on)}", table=_table(rows))


def _told(rows: Mapping[str, Sequence[Mark]], on: date) -> str:
    parts = [f"On {on}:"]
    for name, marks in rows.items():
        ages = [age for age, _ in marks]
        span = f" from {min(ages):,.1f} to {max(ages):,.1f} days old" if ages else ""
        cold = sum(1 for _, cold in marks if cold)
        parts.append(f"{name}: {len(marks)} kept{span}{f', {cold} of them cold' if cold else ''}.")
    return " ".join(parts)


def _table(rows: Mapping[str, Sequence[Mark]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame.from_dict(
        {
            name: {
                "kept": len(marks),
                "in cold storage": sum(1 for _, cold in marks if cold),
                "youngest, days": round(min((age for age, _ in marks), default=float("nan")), 1),
                "oldest, days": round(max((age for age, _ in marks), default=float("nan")), 1),
            }
            for name, marks in rows.items()
        },
        orient="index",
    )
