"""Availabilities: how long designs are away in a year, as algebra says and as many simulated years say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aws14.charts.frame import figure, heading, picture
from aws14.charts.numbers import duration
from aws14.charts.style import BLUE, GREY, RED, styled
from aws14.model import Picture

if TYPE_CHECKING:
    import pandas as pd

YEAR_S, _NEAR = 365 * 86_400.0, 0.2
_TICKS_S = (0.1, 1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400)


def availabilities(
    designs: Mapping[str, tuple[float, float]], *, title: str, limit: tuple[float, str] | None = None
) -> Picture:
    """A bar a design: mean downtime of a year by algebra, and a dot for what was simulated.

    Parameters
    ----------
    designs : Mapping[str, (float, float)]
        Design -> seconds away in a year by algebra, and by simulation (0: never in all the years; drawn nowhere).
    title : str
        Heads the chart.
    limit : (float, str), optional
        What the brief allows in seconds a year, drawn as a line with its name.
    """
    shortest = min((value for pair in designs.values() for value in pair if value > 0), default=1.0)
    left = 0.2 * min(shortest, limit[0] if limit else shortest)
    with styled():
        fig = figure(1.7 + 0.5 * len(designs))
        axes = fig.subplots()
        by_algebra = [max(algebra, left) for algebra, _ in designs.values()]
        axes.barh(list(designs), [value - left for value in by_algebra], left=left, height=0.55, color=BLUE)
        axes.set_xscale("log")
        simulated = [(value, row) for row, (_, value) in enumerate(designs.values()) if value > 0]
        for value, row in simulated:
            axes.plot(value, row, marker="D", color=RED, markersize=8, markeredgecolor="white", zorder=3)
        for row, (algebra, value) in enumerate(designs.values()):
            axes.annotate(
                _words(algebra, value), (max(algebra, value, left), row), xytext=(9, 0), textcoords="offset points",
                va="center", fontsize=9, weight="bold",
            )  # fmt: skip
        longest = max(max(pair) for pair in designs.values())
        axes.set_xlim(left, 8 * max(longest, limit[0] if limit else longest))
        axes.set_xticks(_TICKS_S, [duration(tick) for tick in _TICKS_S])
        axes.set_xlim(left, 8 * max(longest, limit[0] if limit else longest))
        axes.minorticks_off()
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("away in a year")
        if limit:
            axes.axvline(limit[0], color=GREY, linewidth=1.2, linestyle=(0, (3, 2)))
            axes.annotate(
                limit[1], (limit[0], 1.0), xycoords=("data", "axes fraction"), xytext=(0, 2),
                textcoords="offset points", ha="center", va="bottom", fontsize=9, color=GREY,
            )  # fmt: skip
        axes.plot([], [], color=BLUE, linewidth=7, label="algebra")
        axes.plot([], [], marker="D", linestyle="", color=RED, label="simulated years")
        fig.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
        heading(fig, title)
        return picture(fig, alt=f"{title}. {_told(designs)}", table=_table(designs))


def _words(algebra: float, simulated: float) -> str:
    """The two in words; one where they agree."""
    agree = abs(algebra - simulated) <= _NEAR * max(algebra, simulated)
    return duration(algebra) if agree else f"{duration(algebra)}, simulated {duration(simulated)}"


def _told(designs: Mapping[str, tuple[float, float]]) -> str:
    return " ".join(
        f"{name}: {duration(algebra)} a year by algebra, {duration(simulated)} simulated."
        for name, (algebra, simulated) in designs.items()
    )


def _table(designs: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    import pandas as pd

    rows = {
        name: {
            "availability": f"{1 - algebra / YEAR_S:.5%}",
            "away in a year, algebra": duration(algebra),
            "away in a year, simulated": duration(simulated),
        }
        for name, (algebra, simulated) in designs.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")
