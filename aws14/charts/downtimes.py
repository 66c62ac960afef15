"""Downtimes: how long a server is away in a campaign, over many that might be, against what a brief allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.frame import figure, heading, picture
from aws14.charts.numbers import duration, percent
from aws14.charts.style import BLUE, GREY, RED, looks, styled
from aws14.model import Downtime, Picture
from aws14.model.trace import Floats

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_MINUTES = (1, 5, 15, 30, 60, 2 * 60, 4 * 60, 8 * 60, 16 * 60, 24 * 60, 48 * 60, 96 * 60)
_DAY_S = 86_400.0


def downtime(
    runs: Downtime | Mapping[str, Downtime],
    *,
    allowed_s: float | None = None,
    title: str = "How long the server is away in a campaign",
) -> Picture:
    """The share of campaigns by the length of their downtime.

    Parameters
    ----------
    runs : Downtime or Mapping[str, Downtime]
        One server, or several to compare, by label.
    allowed_s : float, optional
        Downtime in seconds that the brief allows; what is longer is set apart.
    title : str
        Heads the chart.
    """
    by_label = {"": runs} if isinstance(runs, Downtime) else dict(runs)
    edges_s = _edges_s(by_label, allowed_s)
    shares = {label: _shares(run, edges_s) for label, run in by_label.items()}
    with styled():
        fig = figure(3.6)
        axes = fig.subplots()
        if len(shares) == 1:
            _one(axes, next(iter(shares.values())), edges_s, allowed_s)
        else:
            _several(axes, shares)
        if allowed_s in edges_s:
            _limit(axes, by_label, edges_s.index(allowed_s) + 0.5, allowed_s)
        _name(axes, edges_s, shares)
        heading(fig, title)
        told = " ".join(_told(label, run, allowed_s) for label, run in by_label.items())
        return picture(fig, alt=f"{title}: {told}", caption=told, table=_table(by_label, allowed_s))


def _edges_s(runs: Mapping[str, Downtime], allowed_s: float | None) -> tuple[float, ...]:
    """Upper edges of the bins, from none at all to the longest that happened; what is allowed is one of them."""
    happened_s = np.concatenate([run.downtime_s[run.downtime_s > 0] for run in runs.values()])
    shortest_s, longest_s = (happened_s.min(), happened_s.max()) if len(happened_s) else (0.0, 0.0)
    edges = sorted({60.0 * minutes for minutes in _MINUTES} | ({allowed_s} if allowed_s else set()))
    between = [edge for edge in edges if edge < longest_s and (edge >= shortest_s or edge == allowed_s)]
    last = next((edge for edge in edges if edge >= longest_s), float(longest_s))
    return (0.0, *between, last)


def _shares(run: Downtime, edges_s: Sequence[float]) -> Floats:
    """Share of the campaigns in each bin; the first is for those without any downtime."""
    position = np.searchsorted(edges_s, run.downtime_s, side="left")
    return np.bincount(position, minlength=len(edges_s)) / len(run.downtime_s)


def _one(axes: Axes, share: Floats, edges_s: Sequence[float], allowed_s: float | None) -> None:
    beyond = np.array([allowed_s is not None and edge > allowed_s for edge in edges_s])
    places = np.arange(len(share))
    axes.bar(places[~beyond], share[~beyond], width=0.8, color=BLUE)
    axes.bar(places[beyond], share[beyond], width=0.8, color=RED, hatch="///", edgecolor="white", linewidth=0)
    for place, value in zip(places, share, strict=True):
        if value > 0:
            axes.annotate(
                percent(value), (place, value), xytext=(0, 2), textcoords="offset points", ha="center", fontsize=9
            )


def _several(axes: Axes, shares: Mapping[str, Floats]) -> None:
    width = 0.84 / len(shares)
    for number, ((label, share), look) in enumerate(zip(shares.items(), looks(len(shares)), strict=True)):
        places = np.arange(len(share)) + (number - (len(shares) - 1) / 2) * width
        axes.bar(
            places, share, width=width, label=label, color=look.color, hatch=look.hatch, edgecolor="white", linewidth=0
        )
    axes.legend(loc="upper right", handlelength=2.0)


def _limit(axes: Axes, runs: Mapping[str, Downtime], place: float, allowed_s: float) -> None:
    """A line between what the brief allows and what it does not, and how many campaigns are beyond it."""
    axes.axvline(place, color=GREY, linewidth=1, linestyle=(0, (4, 2)))
    late = place > sum(axes.get_xlim()) / 2
    beyond = [f"{percent(run.share_beyond(allowed_s))} {label}" for label, run in runs.items()]
    told = [f"the brief allows {duration(allowed_s)}", "longer:", *beyond]
    axes.annotate(
        "\n".join(told), (place, 0.97), xycoords=("data", "axes fraction"), xytext=(-5 if late else 5, 0),
        textcoords="offset points", ha="right" if late else "left", va="top", fontsize=9, color=GREY,
        bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
    )  # fmt: skip


def _name(axes: Axes, edges_s: Sequence[float], shares: Mapping[str, Floats]) -> None:
    axes.set_xticks(range(len(edges_s)), ["none", *(f"≤ {duration(edge)}" for edge in edges_s[1:])])
    axes.set_xlim(-0.6, len(edges_s) - 0.4)
    axes.grid(visible=False, axis="x")
    axes.set_xlabel("downtime in one campaign")
    axes.set_ylim(0, 1.12 * max(float(share.max()) for share in shares.values()))
    axes.yaxis.set_major_formatter(lambda value, _: percent(value))
    axes.set_ylabel("share of campaigns")


def _told(label: str, run: Downtime, allowed_s: float | None) -> str:
    parts = [
        f"{len(run.downtime_s):,} campaigns of {run.horizon_s / _DAY_S:g} days",
        f"{percent(run.share_undisturbed)} without a failure",
        f"{duration(float(run.downtime_s.mean()))} of downtime on average",
        f"95 % stay within {duration(run.quantile_s(0.95))}",
    ]
    if allowed_s is not None:
        parts.append(f"{percent(run.share_beyond(allowed_s))} beyond the {duration(allowed_s)} allowed")
    if run.hit.any():
        parts.append(f"{percent(run.share_hit)} hit during a TV spot")
    return f"{f'{label}: ' if label else ''}{', '.join(parts)}."


def _table(runs: Mapping[str, Downtime], allowed_s: float | None) -> pd.DataFrame:
    import pandas as pd

    rows = {}
    for label, run in runs.items():
        row: dict[str, object] = {
            "availability": f"{run.availability:.4%}",
            "without a failure": percent(run.share_undisturbed),
            "mean downtime": duration(float(run.downtime_s.mean())),
            "median": duration(run.quantile_s(0.5)),
            "95 %": duration(run.quantile_s(0.95)),
            "99 %": duration(run.quantile_s(0.99)),
            "hit during a TV spot": percent(run.share_hit),
        }
        if allowed_s is not None:
            row[f"beyond {duration(allowed_s)}"] = percent(run.share_beyond(allowed_s))
        rows[label or "the server"] = row
    return pd.DataFrame.from_dict(rows, orient="index")
