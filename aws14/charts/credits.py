"""Credits: the balance of a burstable instance over a run, what it owes, and when it was slowed down."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.frame import moment
from aws14.charts.numbers import duration
from aws14.charts.style import BLUE, GREY, ORANGE, RED
from aws14.model import CpuCredits, Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NOTHING = 1e-6


def credit_panel(panel: Axes, trace: Trace, account: CpuCredits, shown: slice) -> None:
    """Credits left and surplus credits owed at the end of each tick; stretches at the baseline are shaded."""
    end_s = (trace.tick_start_s + trace.tick_length_s)[shown]
    panel.fill_between(end_s, 0, account.balance[shown], color=BLUE, alpha=0.18, linewidth=0)
    panel.plot(end_s, account.balance[shown], color=BLUE, linewidth=1.2, label="credits left")
    if account.owed.max() > _NOTHING:
        panel.plot(end_s, account.owed[shown], color=RED, linewidth=1.3, linestyle=(0, (4, 1.5)), label="surplus owed")
    if account.throttled_s.any():
        panel.fill_between(
            trace.tick_start_s[shown], 0, 1, where=account.throttled_s[shown] > 0, step="post", facecolor=ORANGE,
            alpha=0.35, edgecolor="white", linewidth=0, hatch="///", transform=panel.get_xaxis_transform(), zorder=0.5,
            label="slowed down to the baseline",
        )  # fmt: skip


def name_credits(panel: Axes, account: CpuCredits, *, columns: int) -> None:
    """Name and range of the axis; the most that can be kept, where the balance comes near; a legend."""
    highest = max(float(account.balance.max()), float(account.owed.max()), account.at_start, 0.1 * account.most)
    lines = math.ceil(len(panel.get_legend_handles_labels()[1]) / columns)
    panel.set_ylim(0, (1.15 + 0.27 * lines) * highest)
    panel.set_ylabel("CPU credits")
    if highest > 0.8 * account.most:
        panel.axhline(account.most, color=GREY, linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
    panel.legend(loc="upper left", ncols=columns, borderaxespad=0.1, handlelength=2.4, labelspacing=0.25)


def told_credits(trace: Trace, start_hour: float) -> list[str]:
    """The account in sentences: none for a type without credits."""
    account = trace.credits
    if account is None:
        return []
    lowest = int(np.argmin(account.balance))
    at = moment(lowest * trace.tick_s, trace.horizon_s, start_hour)
    sentences = [
        f"CPU credits ({account.mode}): {account.at_start:,.0f} at the start, {account.balance[-1]:,.0f} at the end.",
        f"The least are {account.balance[lowest]:,.0f} at {at}.",
    ]
    if account.throttled_s.any():
        sentences.append(f"Without credits, it ran at its baseline for {duration(float(account.throttled_s.sum()))}.")
    if trace.surplus_vcpu_hours > _NOTHING:
        sentences.append(f"Surplus credits of {trace.surplus_vcpu_hours:.2f} vCPU hours are to be paid for.")
    elif account.owed.max() > _NOTHING:
        sentences.append(f"It borrowed up to {account.owed.max():,.0f} surplus credits and earned them back.")
    return sentences
