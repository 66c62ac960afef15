"""Moves: what is still to be copied over the days of a move, copy by copy, and when nobody may write."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from aws14.charts.frame import figure, heading, picture
from aws14.charts.numbers import duration
from aws14.charts.style import looks, styled
from aws14.errors import ScenarioError
from aws14.model import Picture
from aws14.sim.files.moving import Plan

if TYPE_CHECKING:
    import pandas as pd

_HOUR_S = 3600.0


def moves(plans: Mapping[str, Plan], *, title: str) -> Picture:
    """A line a plan: GiB to copy, falling while a copy runs, up again by what changed meanwhile; cut-overs are marked.

    Parameters
    ----------
    plans : Mapping[str, Plan]
        Name -> how it goes.
    title : str
        Words.

    Raises
    ------
    ScenarioError
        When there is nothing to show.
    """
    if not plans:
        raise ScenarioError("there is no move to show", allowed="at least one")
    with styled():
        fig = figure(4.0)
        axes = fig.subplots()
        for (name, plan), look in zip(plans.items(), looks(len(plans)), strict=True):
            days, gib = zip(*plan.remaining(), strict=True)
            axes.plot(days, gib, color=look.color, linewidth=1.4, label=f"{name}: {_end(plan)}")
            if plan.converges:
                axes.plot(plan.days, 0, marker="D", color=look.color, clip_on=False, markersize=7)
        axes.set_xlabel("days since the first copy began")
        axes.set_ylabel("still to be copied, GiB")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        axes.set_ylim(bottom=0)
        axes.set_xlim(left=0)
        fig.legend(loc="outside lower center", ncols=1)
        heading(fig, title)
        alt = f"{title}. " + " ".join(f"{name}: {_end(plan)}." for name, plan in plans.items())
        return picture(fig, alt=alt, table=_table(plans))


def _end(plan: Plan) -> str:
    if not plan.converges:
        return f"after {len(plan.copies)} copies still too much to stop for"
    return f"{len(plan.copies)} copies, {plan.days:.1f} days, nobody writes for {duration(plan.cutover_h * _HOUR_S)}"


def _table(plans: Mapping[str, Plan]) -> pd.DataFrame:
    import pandas as pd

    rows = {
        name: {
            "copies": len(plan.copies),
            "days": plan.days if plan.converges else math.nan,
            "nobody writes, h": plan.cutover_h if plan.converges else math.nan,
            "copied, GiB": plan.gib,
        }
        for name, plan in plans.items()
    }
    return pd.DataFrame(rows).T.round(2)
