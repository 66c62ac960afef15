"""Frontiers: designs as dots between two things one wants little of, and those that no other design beats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aws14.charts.frame import figure, heading, picture
from aws14.charts.labels import point_labels
from aws14.charts.numbers import duration, usd
from aws14.charts.style import BLUE, GREY, RED, styled
from aws14.model import Picture

if TYPE_CHECKING:
    import pandas as pd

_LEAST_S = 0.5
_TIMES_S = (1, 10, 60, 300, 900, 3600, 6 * 3600, 86_400, 7 * 86_400)


def frontier(
    designs: Mapping[str, tuple[float, float]],
    *,
    title: str,
    xlabel: str,
    limits: tuple[float, float] | None = None,
) -> Picture:
    """A dot a design: left is quick, low is cheap; the line joins the designs that no other beats in both.

    Parameters
    ----------
    designs : Mapping[str, (seconds, usd_per_month)]
        Design -> a time (drawn in powers of ten; 0 stands at the left edge) and the month's bill.
    title, xlabel : str
        Words.
    limits : (seconds, usd_per_month), optional
        What the brief allows; the corner that keeps both is shaded.
    """
    best = unbeaten(designs)
    with styled():
        fig = figure(4.6)
        axes = fig.subplots()
        for name, (time_s, bill_usd) in designs.items():
            good = name in best
            axes.plot(
                max(time_s, _LEAST_S), bill_usd, linestyle="", marker="o" if good else "X", markersize=9,
                color=BLUE if good else RED, markeredgecolor="white",
            )  # fmt: skip
        axes.set_xscale("log")
        axes.set_xticks(_TIMES_S, [duration(tick) for tick in _TIMES_S])
        axes.minorticks_off()
        times = [max(time_s, _LEAST_S) for time_s, _ in designs.values()]
        axes.set_xlim(0.5 * min(times), 3 * max(times))
        axes.set_ylim(0, 1.25 * max(bill_usd for _, bill_usd in designs.values()))
        axes.set(xlabel=xlabel, ylabel="USD a month")
        if limits:
            axes.fill_between([axes.get_xlim()[0], limits[0]], 0, limits[1], color=GREY, alpha=0.13, linewidth=0)
            axes.annotate(
                "keeps the brief", (0.01, 0.02), xycoords="axes fraction", fontsize=9, color=GREY,
            )  # fmt: skip
        heading(fig, title)
        labels = _labels(designs)
        names = [text for _, text in labels]
        for label in point_labels(axes, [point for point, _ in labels], names, bold=_bold(labels, best)):
            label.set_bbox({"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.75})
        # Drawn last: names may lie over this line, not beside the whole box around it.
        steps = sorted((max(designs[name][0], _LEAST_S), designs[name][1]) for name in best)
        axes.step(*zip(*steps, strict=True), where="post", color=BLUE, alpha=0.45, linewidth=1.2, zorder=1)
        return picture(fig, alt=f"{title}. {_told(designs, best)}", table=_table(designs, best))


def _labels(designs: Mapping[str, tuple[float, float]]) -> list[tuple[tuple[float, float], str]]:
    """Dot and words; designs that fall on one dot share its words."""
    at: dict[tuple[float, float], list[str]] = {}
    for name, (time_s, bill_usd) in designs.items():
        at.setdefault((max(time_s, _LEAST_S), bill_usd), []).append(name)
    return [(point, "\n".join(names)) for point, names in at.items()]


def _bold(labels: list[tuple[tuple[float, float], str]], best: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for _, text in labels if text.split("\n")[0] in best)


def unbeaten(designs: Mapping[str, tuple[float, float]]) -> tuple[str, ...]:
    """The designs that no other is at least as good as in both, and better in one."""
    return tuple(
        name
        for name, (time_s, bill_usd) in designs.items()
        if not any(
            other_s <= time_s and other_usd <= bill_usd and (other_s, other_usd) != (time_s, bill_usd)
            for other_s, other_usd in designs.values()
        )
    )


def _told(designs: Mapping[str, tuple[float, float]], best: tuple[str, ...]) -> str:
    told = [f"{name}: {duration(time_s)}, {usd(bill)} a month." for name, (time_s, bill) in designs.items()]
    return " ".join([*told, f"No other design beats {', '.join(best)}."])


def _table(designs: Mapping[str, tuple[float, float]], best: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    rows = {
        name: {"time": duration(time_s), "USD a month": round(bill, 2), "beaten": "" if name in best else "yes"}
        for name, (time_s, bill) in designs.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")
