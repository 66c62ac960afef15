"""Curves: an amount over another one, a line a way of doing it, and where the lines cross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from aws14.charts.frame import figure, heading, picture
from aws14.charts.style import GREY, looks, styled
from aws14.errors import ScenarioError
from aws14.model import Picture
from aws14.model.trace import Floats

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Scale = Literal["linear", "log", "clock"]

_LEGEND_LETTERS, _LETTERS_OF_A_LINE = 118, 8

_MOST_CROSSINGS = 6
"""Lines that cross more often than this go up and down together: no crossing says anything."""


def curves(
    x: ArrayLike,
    series: Mapping[str, ArrayLike],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    scales: tuple[Scale, Scale] = ("linear", "linear"),
    limit: tuple[float, str] | None = None,
) -> Picture:
    """Lines over a common axis; where the lowest line changes, the crossing is marked, unless lines keep crossing.

    Parameters
    ----------
    x : array_like of float, shape (n,)
        Ascending.
    series : Mapping[str, array_like of float, shape (n,)]
        Label -> values; NaN where there is none.
    title, xlabel, ylabel : str
        Words.
    scales : (str, str)
        Of the two axes, ``linear`` or ``log``; ``clock`` for an `x` in hours of a day, over which the lowest line is
        no better than the others: no crossings, and earlier lines are wider, so that none hides another.
    limit : (float, str), optional
        A value of the brief, drawn as a line with its name.

    Raises
    ------
    ScenarioError
        When a series has another length than `x`.
    """
    across = np.asarray(x, dtype=np.float64)
    lines = {label: np.asarray(values, dtype=np.float64) for label, values in series.items()}
    for label, values in lines.items():
        if values.shape != across.shape:
            raise ScenarioError(f"'{label}' has {values.size} values", allowed=f"{across.size}, one for each x")
    found = crossings(across, lines)
    by_the_clock = scales[0] == "clock"
    found = found if len(found) <= _MOST_CROSSINGS and not by_the_clock else ()
    with styled():
        fig = figure(4.2)
        axes = fig.subplots()
        for row, ((label, values), look) in enumerate(zip(lines.items(), looks(len(lines)), strict=True)):
            width = 1.5 + 1.2 * (len(lines) - 1 - row) if by_the_clock else None
            axes.plot(across, values, color=look.color, linestyle=look.line, label=label, linewidth=width)
        axes.set(xscale="linear" if by_the_clock else scales[0], yscale=scales[1], xlabel=xlabel, ylabel=ylabel)
        _mark(axes, found)
        if limit:
            axes.axhline(limit[0], color=GREY, linewidth=1, linestyle=(0, (2, 2)))
            axes.annotate(
                limit[1], (1.0, limit[0]), xycoords=("axes fraction", "data"), xytext=(-4, 3),
                textcoords="offset points", ha="right", fontsize=9, color=GREY,
            )  # fmt: skip
        _plain_numbers(axes, scales)
        fig.legend(loc="outside lower center", ncols=_columns(list(lines)), handlelength=2.6)
        heading(fig, title)
        alt = f"{title}. {_told(across, lines, found, (xlabel, ylabel))}"
        return picture(fig, alt=alt, table=_table(across, lines, xlabel))


def crossings(x: Floats, lines: Mapping[str, Floats]) -> tuple[tuple[float, float, str], ...]:
    """Where another line becomes the lowest: x, value, and the label of the new lowest line. Linear between points."""
    if len(lines) < 2 or len(x) < 2:
        return ()
    labels = list(lines)
    table = np.vstack([np.where(np.isnan(lines[label]), np.inf, lines[label]) for label in labels])
    best = table.argmin(axis=0)
    found = []
    for k in np.flatnonzero(best[1:] != best[:-1]):
        old, new = table[best[k]], table[best[k + 1]]
        before, after = old[k] - new[k], old[k + 1] - new[k + 1]
        share = float(before / (before - after)) if np.isfinite(before - after) and before != after else 1.0
        at = float(x[k] + share * (x[k + 1] - x[k]))
        value = float(new[k] + share * (new[k + 1] - new[k])) if np.isfinite(new[k]) else float(new[k + 1])
        found.append((at, value, labels[best[k + 1]]))
    return tuple(found)


def _columns(labels: Sequence[str]) -> int:
    """How many labels of a legend stand side by side within the width of the page."""
    longest = max((len(label) for label in labels), default=1)
    return max(1, min(4, len(labels), _LEGEND_LETTERS // (longest + _LETTERS_OF_A_LINE)))


def _mark(axes: Axes, found: Sequence[tuple[float, float, str]]) -> None:
    for at, value, _ in found:
        axes.plot(at, value, marker="o", markersize=8, markerfacecolor="white", markeredgecolor=GREY, linestyle="")
        axes.annotate(
            f"{float(f'{at:.3g}'):,.10g}", (at, value), xytext=(0, -12), textcoords="offset points",
            ha="center", va="top", fontsize=9, color=GREY,
        )  # fmt: skip


def _plain_numbers(axes: Axes, scales: tuple[Scale, Scale]) -> None:
    def plain(value: float, _: float) -> str:
        return f"{value:,.10g}"

    if scales[0] == "clock":
        hours = range(0, 25, 3)
        axes.set_xticks(list(hours), [f"{hour:02d}:00" for hour in hours])
    for axis, scale in zip((axes.xaxis, axes.yaxis), scales, strict=True):
        if scale == "log":
            axis.set_major_formatter(plain)
            axis.set_minor_formatter(lambda *_: "")


def _told(
    x: Floats, lines: Mapping[str, Floats], found: Sequence[tuple[float, float, str]], names: tuple[str, str]
) -> str:
    parts = [
        f"{label}: {_number(values[0])} at {_number(x[0])}, {_number(values[-1])} at {_number(x[-1])}."
        for label, values in lines.items()
    ]
    parts += [f"From {_number(at)} on {label} is lowest." for at, _, label in found]
    return f"{names[1]} over {names[0]}. {' '.join(parts)}"


def _number(value: float) -> str:
    return "none" if np.isnan(value) else f"{value:,.4g}"


def _table(x: Floats, lines: Mapping[str, Floats], xlabel: str) -> pd.DataFrame:
    import pandas as pd

    step = max(1, len(x) // 12)
    rows = {label: values[::step] for label, values in lines.items()}
    return pd.DataFrame(rows, index=pd.Index(x[::step], name=xlabel)).round(4)
