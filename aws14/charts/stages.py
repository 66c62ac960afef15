"""Stages: what a stretch of time is made of, a bar a case, its parts one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aws14.charts.frame import figure, heading, picture
from aws14.charts.numbers import duration
from aws14.charts.style import GREY, looks, styled
from aws14.model import Picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_ROOM_FOR_SIGN = 0.0115
"""Share of the axis that one sign of a number needs."""


def stages(
    cases: Mapping[str, Mapping[str, float]], *, title: str, xlabel: str = "", limit: tuple[float, str] | None = None
) -> Picture:
    """Bars of stages in seconds, one after the other; the length of each stands in it where there is room.

    Parameters
    ----------
    cases : Mapping[str, Mapping[str, float]]
        Case -> stage -> seconds. A stage has one colour in all cases.
    title : str
        Heads the chart.
    xlabel : str
        What the time is counted from; "after the failure" when empty.
    limit : (float, str), optional
        What the brief allows in seconds, drawn as a line with its name.
    """
    names = list(dict.fromkeys(stage for parts in cases.values() for stage, length in parts.items() if length))
    longest = max((sum(parts.values()) for parts in cases.values()), default=0.0) or 1.0
    longest = max(longest, limit[0] if limit else 0.0)
    unit, unit_s = ("minutes", 60.0) if longest >= 180 else ("seconds", 1.0)
    if longest >= 3 * 3600:
        unit, unit_s = "hours", 3600.0
    with styled():
        fig = figure(1.7 + 0.5 * len(cases) + 0.2 * ((len(names) - 1) // 4))
        axes = fig.subplots()
        _bars(axes, cases, names, unit_s=unit_s, longest=longest)
        axes.set_xlim(0, 1.13 * longest / unit_s)
        axes.set_xlabel(f"{unit} {xlabel or 'after the failure'}")
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        if limit:
            axes.axvline(limit[0] / unit_s, color=GREY, linewidth=1.2, linestyle=(0, (3, 2)))
            axes.annotate(
                limit[1], (limit[0] / unit_s, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 2),
                textcoords="offset points", ha="center", va="bottom", fontsize=9, color=GREY,
            )  # fmt: skip
        fig.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=min(4, len(names)))
        heading(fig, title)
        return picture(fig, alt=f"{title}. {_told(cases)}", table=_table(cases))


def _bars(
    axes: Axes, cases: Mapping[str, Mapping[str, float]], names: list[str], *, unit_s: float, longest: float
) -> None:
    left = dict.fromkeys(cases, 0.0)
    for stage, look in zip(names, looks(len(names)), strict=True):
        lengths = {case: parts.get(stage, 0.0) for case, parts in cases.items()}
        axes.barh(
            list(cases), [length / unit_s for length in lengths.values()], left=[left[case] / unit_s for case in cases],
            height=0.6, color=look.color, hatch=look.hatch, edgecolor="white", linewidth=0, label=stage,
        )  # fmt: skip
        for row, (case, length) in enumerate(lengths.items()):
            if length > _ROOM_FOR_SIGN * len(duration(length)) * longest:
                middle = (left[case] + length / 2) / unit_s
                axes.text(
                    middle, row, duration(length), ha="center", va="center", fontsize=9, color="black",
                    bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
                )  # fmt: skip
            left[case] += length
    for row, case in enumerate(cases):
        axes.annotate(
            duration(left[case]), (left[case] / unit_s, row), xytext=(4, 0), textcoords="offset points", va="center",
            fontsize=9, weight="bold",
        )  # fmt: skip


def _told(cases: Mapping[str, Mapping[str, float]]) -> str:
    return " ".join(
        f"{case}: {duration(sum(parts.values()))} in all, "
        + ", ".join(f"{stage} {duration(length)}" for stage, length in parts.items() if length)
        + "."
        for case, parts in cases.items()
    )


def _table(cases: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    import pandas as pd

    rows = {case: {f"{stage} s": round(length, 1) for stage, length in parts.items()} for case, parts in cases.items()}
    table = pd.DataFrame.from_dict(rows, orient="index").fillna(0.0)
    return table.assign(**{"in all s": table.sum(axis=1)})
