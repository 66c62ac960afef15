"""Strips: who got an answer when, a row a client, a mark an attempt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.frame import figure, heading, picture
from aws14.charts.numbers import duration
from aws14.charts.style import BLUE, GREY, RED, styled
from aws14.errors import ScenarioError
from aws14.model import Picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Attempt = tuple[float, bool]
"""Seconds from the start, and whether it was answered."""


def strips(
    clients: Mapping[str, Sequence[Attempt]], *, title: str, events: Sequence[tuple[float, str]] = ()
) -> Picture:
    """Each attempt of each client on one clock, and how long each had no answer.

    Parameters
    ----------
    clients : Mapping[str, sequence of (float, bool)]
        Client -> its attempts in order: seconds from the start, and whether it was answered.
    title : str
        Heads the chart.
    events : sequence of (float, str)
        Moments to mark, in seconds from the start, with their names.

    Raises
    ------
    ScenarioError
        When nobody tried anything.
    """
    if not any(clients.values()):
        raise ScenarioError("there are no attempts to draw", cure="let the clients try for a while first")
    gaps = {name: longest_gap_s(attempts) for name, attempts in clients.items()}
    with styled():
        fig = figure(1.6 + 0.5 * len(clients) + 0.18 * len(events))
        axes = fig.subplots()
        for row, (name, attempts) in enumerate(clients.items()):
            _row(axes, row, attempts)
            axes.annotate(
                _away(attempts, gaps[name]), (1.0, row), xycoords=("axes fraction", "data"), xytext=(6, 0),
                textcoords="offset points", va="center", fontsize=9, annotation_clip=False,
            )  # fmt: skip
        _mark(axes, events)
        axes.set_yticks(range(len(clients)), list(clients))
        axes.set_ylim(len(clients) - 0.4, -0.6 - 0.35 * len(events))
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("seconds from the start")
        axes.plot([], [], color=BLUE, marker="|", linestyle="", markersize=10, label="answered")
        axes.plot([], [], color=RED, marker="x", linestyle="", label="failed")
        fig.legend(loc="outside lower right", ncols=2)
        heading(fig, title)
        return picture(fig, alt=f"{title}. {_told(clients, gaps, events)}", table=_table(clients, gaps))


def _away(attempts: Sequence[Attempt], gap_s: float) -> str:
    """How long a client had no answer; who has none at the end is not back."""
    if attempts and not attempts[-1][1]:
        return f"not back\n(watched for {duration(attempts[-1][0])})"
    return f"away for {duration(gap_s)}"


def longest_gap_s(attempts: Sequence[Attempt]) -> float:
    """The longest time from a failed attempt to the next answered one; to the last attempt where none came."""
    longest, since = 0.0, None
    for when, answered in attempts:
        if answered:
            longest, since = max(longest, when - since if since is not None else 0.0), None
        elif since is None:
            since = when
    return max(longest, attempts[-1][0] - since) if since is not None and attempts else longest


def _row(axes: Axes, row: int, attempts: Sequence[Attempt]) -> None:
    times = np.array([when for when, _ in attempts])
    answered = np.array([good for _, good in attempts], dtype=bool)
    axes.plot(times[answered], np.full(answered.sum(), row), color=BLUE, marker="|", markersize=14, linestyle="")
    axes.plot(times[~answered], np.full((~answered).sum(), row), color=RED, marker="x", markersize=6, linestyle="")


def _mark(axes: Axes, events: Sequence[tuple[float, str]]) -> None:
    for number, (when, name) in enumerate(events):
        axes.axvline(when, color=GREY, linewidth=0.9, linestyle=(0, (2, 2)), zorder=0.5)
        axes.annotate(
            name, (when, -0.75 - 0.35 * (len(events) - 1 - number)), xytext=(4, 0), textcoords="offset points",
            va="center", fontsize=9, color=GREY,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"},
        )  # fmt: skip


def _told(
    clients: Mapping[str, Sequence[Attempt]], gaps: Mapping[str, float], events: Sequence[tuple[float, str]]
) -> str:
    parts = [
        f"{name}: {sum(good for _, good in attempts)} of {len(attempts)} attempts answered, "
        f"{' '.join(_away(attempts, gaps[name]).split())}."
        for name, attempts in clients.items()
    ]
    return " ".join([*parts, *(f"{name} at {when:.0f} s." for when, name in events)])


def _table(clients: Mapping[str, Sequence[Attempt]], gaps: Mapping[str, float]) -> pd.DataFrame:
    import pandas as pd

    rows = {
        name: {
            "attempts": len(attempts),
            "answered": sum(good for _, good in attempts),
            "longest gap s": round(gaps[name], 1),
        }
        for name, attempts in clients.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")
