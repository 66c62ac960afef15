"""Survivals: failure by failure, which design still has its data, and how much work is lost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from aws14.charts.frame import figure, heading, picture
from aws14.charts.numbers import duration
from aws14.charts.style import BLUE, INK, ORANGE, RED, styled
from aws14.errors import ScenarioError
from aws14.model import Picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Left = tuple[float, float]
"""Seconds of work lost and seconds until work goes on; infinity: everything, never."""

_PALE = 0.25


def survivals(left: Mapping[str, Mapping[str, Left]], *, title: str, limits: Left = (math.inf, math.inf)) -> Picture:
    """A matrix: rows are failures, columns designs; a cell says what is lost and how long coming back takes.

    Parameters
    ----------
    left : Mapping[str, Mapping[str, (float, float)]]
        Failure -> design -> work lost and time until work goes on, in seconds; the same designs in each row.
    title : str
        Heads the chart.
    limits : (float, float)
        What the brief allows of both; what is beyond is marked.

    Raises
    ------
    ScenarioError
        When there is nothing to show, or a row lacks a design.
    """
    designs = list(next(iter(left.values()), {}))
    if not designs or any(list(row) != designs for row in left.values()):
        raise ScenarioError("a matrix needs the same designs for each failure", allowed="at least one of both")
    with styled():
        fig = figure(1.2 + 0.52 * len(left))
        axes = fig.subplots()
        for row, cells in enumerate(left.values()):
            for column, cell in enumerate(cells.values()):
                _cell(axes, (column, row), cell, limits)
        axes.set_xlim(-0.5, len(designs) - 0.5)
        axes.set_ylim(len(left) - 0.5, -0.5)
        axes.set_xticks(range(len(designs)), [_wrapped(name) for name in designs])
        axes.set_yticks(range(len(left)), list(left))
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        heading(fig, title)
        return picture(fig, alt=f"{title}. {_told(left)}", table=_table(left))


def _wrapped(name: str) -> str:
    """Long names of designs in two lines."""
    first, colon, rest = name.partition(": ")
    return f"{first}:\n{rest}" if colon else name


def _cell(axes: Axes, place: tuple[int, int], cell: Left, limits: Left) -> None:
    from matplotlib.patches import Rectangle

    column, row = place
    lost = math.isinf(cell[0])
    late = not lost and (cell[0] > limits[0] or cell[1] > limits[1])
    color = RED if lost else ORANGE if late else BLUE
    axes.add_patch(
        Rectangle(
            (column - 0.47, row - 0.43), 0.94, 0.86, facecolor=color, alpha=1.0 if lost else _PALE,
            hatch="xx" if lost else "//" if late else "", edgecolor="white", linewidth=0,
        )
    )  # fmt: skip
    axes.annotate(
        _words(cell), (column, row), ha="center", va="center", fontsize=9, color=INK,
        weight="bold" if lost else "normal",
        bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.9},
    )  # fmt: skip


def _words(cell: Left) -> str:
    lost_s, back_s = cell
    if math.isinf(lost_s):
        return "nothing left"
    if not (lost_s or back_s):
        return "not touched"
    work = f"{duration(lost_s)} of work lost" if lost_s else "no work lost"
    return f"{work}\nback in {duration(back_s)}" if back_s else work


def _told(left: Mapping[str, Mapping[str, Left]]) -> str:
    return " ".join(
        f"{failure}: " + "; ".join(f"{name}, {_words(cell).replace(chr(10), ', ')}" for name, cell in row.items()) + "."
        for failure, row in left.items()
    )


def _table(left: Mapping[str, Mapping[str, Left]]) -> pd.DataFrame:
    import pandas as pd

    rows = {
        failure: {name: _words(cell).replace("\n", ", ") for name, cell in row.items()} for failure, row in left.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")
