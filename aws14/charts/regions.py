"""Regions: how far each is from the users, and what the same site costs there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aws14 import catalog
from aws14.charts.frame import figure, heading, picture
from aws14.charts.labels import point_labels
from aws14.charts.numbers import usd
from aws14.charts.style import BLUE, GREY, INK, RED, styled
from aws14.errors import DataError, ScenarioError
from aws14.model import Picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_DARK = 0.55


def latency_cost(
    regions: Mapping[str, Sequence[float]], *, highlight: str = "", title: str = "Response time against bill"
) -> Picture:
    """A dot a region: left is fast, low is cheap.

    Parameters
    ----------
    regions : Mapping[str, (p50_ms, p95_ms, usd_per_month)]
        Region -> median and 95th percentile of the response time in milliseconds, the month's bill in USD.
    highlight : str
        The region that is used now.
    title : str
        Heads the chart.
    """
    regions = {region: values for region, values in regions.items() if not math.isnan(values[1])}
    if not regions:
        raise ScenarioError("nobody is answered in any region", cure="look at why with lab.run(), and mend it")
    names = {region: _place(region) for region in regions}
    with styled():
        fig = figure(5.0)
        axes = fig.subplots()
        _dots(axes, regions, highlight)
        axes.set(xlabel="response time in ms: from p50 (tick) to p95 (dot)", ylabel="USD a month")
        heading(fig, title)
        axes.margins(x=0.1, y=0.16)
        axes.set_xlim(0, axes.get_xlim()[1])
        points = [(values[1], values[2]) for values in regions.values()]
        point_labels(axes, points, list(names.values()), bold=[names.get(highlight, "")])
        return picture(fig, alt=f"{title}. {_told(regions, names, highlight)}", table=_cost_table(regions, names))


def latency_by_city(table: Mapping[str, Mapping[str, float]] | pd.DataFrame, *, title: str = "") -> Picture:
    """Round-trip times in milliseconds: a row a city, a column a region, the number in each cell.

    Parameters
    ----------
    table : Mapping[str, Mapping[str, float]] or DataFrame
        City -> region -> milliseconds; a DataFrame has cities as its index. The nearest region of each city is framed.
    title : str
        Heads the chart.
    """
    import pandas as pd

    numbers = table if isinstance(table, pd.DataFrame) else pd.DataFrame.from_dict(dict(table), orient="index")
    title = title or "Round-trip time from city to region, in milliseconds"
    with styled():
        fig = figure(1.5 + 0.34 * len(numbers))
        axes = fig.subplots()
        _cells(axes, numbers.to_numpy(dtype=np.float64))
        axes.set_xticks(range(len(numbers.columns)), [_two_lines(name) for name in numbers.columns], fontsize=8.2)
        axes.set_yticks(range(len(numbers)), list(numbers.index))
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        heading(fig, title)
        told = " ".join(
            f"{city}: nearest {_place(str(row.idxmin()))} with {row.min():.0f} ms, farthest {row.max():.0f} ms."
            for city, row in numbers.iterrows()
        )
        return picture(fig, alt=f"{title}. {told}", table=numbers.round(0))


def _place(region: str) -> str:
    try:
        return f"{region} {catalog.region(region).long_name}"
    except DataError:
        return region


def _two_lines(region: str) -> str:
    return _place(region).replace(" ", "\n", 1).replace("-", "-\n", 1)


def _dots(axes: Axes, regions: Mapping[str, Sequence[float]], highlight: str) -> None:
    for region, (p50_ms, p95_ms, usd_per_month) in regions.items():
        chosen = region == highlight
        color, order = (RED, 4) if chosen else (BLUE, 3)
        axes.plot([p50_ms, p95_ms], [usd_per_month] * 2, color=color, alpha=0.45, linewidth=1.2, zorder=order)
        axes.plot(p50_ms, usd_per_month, color=color, marker="|", markersize=8, linestyle="", zorder=order)
        axes.plot(
            p95_ms, usd_per_month, color=color, marker="D" if chosen else "o", markersize=9 if chosen else 7,
            linestyle="", markeredgecolor="white", zorder=order,
        )  # fmt: skip


def _cells(axes: Axes, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    from matplotlib.patches import Rectangle

    shade = np.sqrt(values / np.nanmax(values))
    axes.imshow(shade, cmap="Blues", vmin=0, vmax=1.15, aspect="auto")
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for row, column in np.ndindex(values.shape):
        near = values[row, column] == np.nanmin(values[row])
        axes.text(
            column, row, f"{values[row, column]:.0f}", ha="center", va="center", fontsize=9.5,
            color="white" if shade[row, column] > _DARK * 1.15 else INK, weight="bold" if near else "normal",
        )  # fmt: skip
        if near:
            axes.add_patch(Rectangle((column - 0.46, row - 0.44), 0.92, 0.88, fill=False, edgecolor=RED, linewidth=1.8))
    axes.set_xlabel("framed: the nearest region of each city", color=GREY)


def _told(regions: Mapping[str, Sequence[float]], names: Mapping[str, str], highlight: str) -> str:
    fastest = min(regions, key=lambda name: regions[name][1])
    cheapest = min(regions, key=lambda name: regions[name][2])
    parts = [
        f"Fastest is {names[fastest]} with p95 {regions[fastest][1]:.0f} ms for {usd(regions[fastest][2])} a month.",
        f"Cheapest is {names[cheapest]} with {usd(regions[cheapest][2])} and p95 {regions[cheapest][1]:.0f} ms.",
    ]
    if highlight in regions:
        p50_ms, p95_ms, usd_per_month = regions[highlight]
        parts.append(
            f"Marked: {names[highlight]}, p50 {p50_ms:.0f} ms, p95 {p95_ms:.0f} ms, {usd(usd_per_month)} a month."
        )
    return " ".join(parts)


def _cost_table(regions: Mapping[str, Sequence[float]], names: Mapping[str, str]) -> pd.DataFrame:
    import pandas as pd

    rows = {
        names[region]: {"p50 ms": round(values[0]), "p95 ms": round(values[1]), "USD a month": round(values[2], 2)}
        for region, values in sorted(regions.items(), key=lambda item: item[1][1])
    }
    return pd.DataFrame.from_dict(rows, orient="index")
