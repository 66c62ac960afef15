"""Bars: one amount for each of a few cases, with its number in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aws14.charts.frame import figure, heading, picture
from aws14.charts.style import GREY, looks, styled
from aws14.errors import ScenarioError
from aws14.model import Picture

if TYPE_CHECKING:
    import pandas as pd


def bars(
    amounts: Mapping[str, float],
    *,
    title: str,
    xlabel: str,
    told: Mapping[str, str] | None = None,
    limit: tuple[float, str] | None = None,
    unit: str = "",
) -> Picture:
    """A bar a case, in the order given.

    Parameters
    ----------
    amounts : Mapping[str, float]
        Case -> amount, zero or more.
    title, xlabel : str
        Words.
    told : Mapping[str, str], optional
        Case -> what stands beside its bar; the amount when left out.
    limit : (float, str), optional
        A value of the brief, drawn as a line with its name.
    unit : str
        Follows each amount: ``ms`` makes ``2,761 ms``; ``%`` marks no more than a hundred.

    Raises
    ------
    ScenarioError
        When there is nothing to show.
    """
    if not amounts:
        raise ScenarioError("there is nothing to compare", allowed="at least one case")
    words = {case: (told or {}).get(case) or _amount(amount, unit) for case, amount in amounts.items()}
    longest = max(*amounts.values(), limit[0] if limit else 0.0, 1e-9)
    with styled():
        fig = figure(1.35 + 0.42 * len(amounts))
        axes = fig.subplots()
        drawn = axes.barh(list(amounts), list(amounts.values()), height=0.62)
        for bar, look in zip(drawn, looks(len(amounts)), strict=True):
            bar.set(facecolor=look.color, hatch=look.hatch, edgecolor="white", linewidth=0)
        axes.bar_label(drawn, labels=list(words.values()), padding=4, fontsize=9)
        axes.set_xlim(0, 1.45 * longest)
        if unit == "%":
            axes.set_xticks([tick for tick in axes.get_xticks() if tick <= min(_ALL, 1.45 * longest)])
        axes.set_xlabel(xlabel)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        if limit:
            axes.axvline(limit[0], color=GREY, linewidth=1.2, linestyle=(0, (3, 2)))
            axes.annotate(
                limit[1], (limit[0], 1.0), xycoords=("data", "axes fraction"), xytext=(0, 2),
                textcoords="offset points", ha="center", va="bottom", fontsize=9, color=GREY,
            )  # fmt: skip
        heading(fig, title)
        alt = f"{title}. {xlabel}: " + "; ".join(f"{case} {each}" for case, each in words.items()) + "."
        return picture(fig, alt=alt, table=_table(amounts, xlabel))


_ALL, _WHOLE = 100.0, 100.0
"""All, in percent; and from which amount on no fraction is told."""


def _amount(amount: float, unit: str) -> str:
    number = f"{amount:,.0f}" if amount >= _WHOLE else f"{amount:,.3g}"
    return f"{number} {unit}".strip()


def _table(amounts: Mapping[str, float], xlabel: str) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({xlabel: dict(amounts)}).round(4)
