"""Years: what something costs year by year, part by part, design beside design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.frame import figure, heading, picture
from aws14.charts.numbers import usd
from aws14.charts.style import looks, styled
from aws14.errors import ScenarioError
from aws14.model import Picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Parts = Mapping[str, Sequence[float]]
"""Part -> USD of each year."""

_SMALL = 0.002


def by_year(designs: Mapping[str, Parts], *, title: str, ylabel: str = "USD a year") -> Picture:
    """A panel a design, a stacked bar a year; all on one scale, with the sum of all years above each.

    Parameters
    ----------
    designs : Mapping[str, Mapping[str, sequence of float]]
        Design -> part -> amount of each year; the same number of years everywhere.
    title, ylabel : str
        Words.

    Raises
    ------
    ScenarioError
        When there is nothing to show, or designs differ in their years.
    """
    lengths = {len(amounts) for parts in designs.values() for amounts in parts.values()}
    if len(lengths) != 1:
        raise ScenarioError(f"designs with {sorted(lengths)} years", allowed="one number of years for all, at least 1")
    names = _parts(designs)
    with styled():
        fig = figure(4.1)
        panels = np.atleast_1d(fig.subplots(1, len(designs), sharey=True))
        for panel, (design, parts) in zip(panels, designs.items(), strict=True):
            _stack(panel, parts, names)
            panel.set_title(f"{design}\n{usd(_total(parts))} in all")
            panel.set_xlabel("year")
            panel.grid(visible=False, axis="x")
        panels[0].set_ylabel(ylabel)
        panels[0].yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        handles, labels = panels[0].get_legend_handles_labels()
        fig.legend(handles, labels, loc="outside lower center", ncols=min(4, len(labels)))
        heading(fig, title)
        return picture(fig, alt=f"{title}. {_told(designs)}", table=_table(designs))


def _total(parts: Parts) -> float:
    return float(sum(sum(amounts) for amounts in parts.values()))


def _parts(designs: Mapping[str, Parts]) -> list[str]:
    """Parts that matter somewhere, dearest first; the rest are put together."""
    totals: dict[str, float] = {}
    for parts in designs.values():
        for name, amounts in parts.items():
            totals[name] = totals.get(name, 0.0) + float(sum(amounts))
    most = max((_total(parts) for parts in designs.values()), default=0.0)
    return sorted((name for name in totals if totals[name] > _SMALL * most), key=lambda name: -totals[name])


def _stack(panel: Axes, parts: Parts, names: Sequence[str]) -> None:
    years = len(next(iter(parts.values())))
    at, below = np.arange(1, years + 1), np.zeros(years)
    for name, look in zip(names, looks(len(names)), strict=True):
        amounts = np.asarray(parts.get(name, np.zeros(years)), dtype=np.float64)
        panel.bar(
            at, amounts, bottom=below, width=0.72, color=look.color, hatch=look.hatch, edgecolor="white",
            linewidth=0.6, label=name,
        )  # fmt: skip
        below = below + amounts
    panel.set_xticks(at)


def _told(designs: Mapping[str, Parts]) -> str:
    told = []
    for design, parts in designs.items():
        dearest = sorted(((float(sum(amounts)), name) for name, amounts in parts.items()), reverse=True)[:3]
        shares = ", ".join(f"{name} {usd(amount)}" for amount, name in dearest)
        told.append(f"{design}: {usd(_total(parts))} in all ({shares}).")
    return " ".join(told)


def _table(designs: Mapping[str, Parts]) -> pd.DataFrame:
    import pandas as pd

    rows = {
        (design, name): [round(float(each), 2) for each in amounts]
        for design, parts in designs.items()
        for name, amounts in parts.items()
    }
    table = pd.DataFrame(rows).T
    table.columns = [f"year {number + 1}" for number in range(table.shape[1])]
    return table.assign(total=table.sum(axis=1).round(2))
