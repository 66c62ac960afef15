"""Bills: where the money goes, line by line, and service by service side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from aws14.charts.frame import figure, heading, picture
from aws14.charts.numbers import usd
from aws14.charts.style import BLUE, GREY, INK, Look, looks, styled
from aws14.model import Bill, LineItem, Picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_MOST_LINES = 12
_WIDE_ENOUGH = 0.06


def bill(bill: Bill, *, title: str = "") -> Picture:
    """The lines of a bill as bars, dearest first; lines of zero are left out, the smallest are put together.

    Parameters
    ----------
    bill : Bill
        What was billed.
    title : str
        Heads the chart; the bill's own title when left out.
    """
    title = f"{title or bill.title}: {usd(bill.total_usd)}"
    amounts = _amounts(bill)
    with styled():
        fig = figure(1.0 + 0.3 * max(1, len(amounts)))
        axes = fig.subplots()
        bars = axes.barh(range(len(amounts)), list(amounts.values()), color=BLUE, height=0.66)
        axes.set_yticks(range(len(amounts)), list(amounts))
        axes.bar_label(bars, labels=[usd(value) for value in amounts.values()], padding=4, fontsize=9)
        _bare(axes, most=max(amounts.values(), default=1.0), room=1.16)
        heading(fig, title)
        told = "; ".join(f"{name} {usd(value)}" for name, value in amounts.items())
        return picture(fig, alt=f"{title}. {told or 'Nothing costs anything'}.", table=_lines_table(bill))


def bills(bills: Mapping[str, Bill], *, title: str = "") -> Picture:
    """Several bills side by side, each a bar of services.

    Parameters
    ----------
    bills : Mapping[str, Bill]
        Label -> bill, all of the same period.
    title : str
        Heads the chart.
    """
    periods = " or ".join(dict.fromkeys(bill.period for bill in bills.values()))
    title = title or f"USD a {periods}, by service"
    services = _services(bills)
    with styled():
        fig = figure(1.5 + 0.42 * len(bills))
        axes = fig.subplots()
        most = max((bill.total_usd for bill in bills.values()), default=1.0)
        for service, look in zip(services, looks(len(services)), strict=True):
            _segment(axes, bills, service, look=look, most=most)
        for row, bill in enumerate(bills.values()):
            axes.annotate(
                usd(bill.total_usd), (bill.total_usd, row), xytext=(5, 0), textcoords="offset points",
                va="center", fontsize=9, weight="bold",
            )  # fmt: skip
        axes.set_yticks(range(len(bills)), list(bills))
        _bare(axes, most=most, room=1.16)
        axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.02), ncols=6, handlelength=1.6, columnspacing=1.4)
        heading(fig, title)
        told = " ".join(_told(label, bill, services) for label, bill in bills.items())
        return picture(fig, alt=f"{title}. {told}", table=_services_table(bills, services))


def _amounts(bill: Bill) -> dict[str, float]:
    charged = sorted((line for line in bill.lines if line.usd), key=lambda line: -line.usd)
    shown = charged if len(charged) <= _MOST_LINES else charged[: _MOST_LINES - 1]
    amounts: dict[str, float] = {}
    for line in shown:
        name = _name(line)
        amounts[name] = amounts.get(name, 0.0) + line.usd
    rest = charged[len(shown) :]
    if rest:
        amounts[f"{len(rest)} smaller lines"] = math.fsum(line.usd for line in rest)
    return amounts


def _name(line: LineItem) -> str:
    what = f"{line.usage.service}: {line.usage.item}"
    return f"{what} ({line.usage.resource})" if line.usage.resource else what


def _services(bills: Mapping[str, Bill]) -> list[str]:
    """All services that cost something, dearest first."""
    names = dict.fromkeys(line.usage.service for bill in bills.values() for line in bill.lines)
    totals = {name: math.fsum(bill.of_service(name) for bill in bills.values()) for name in names}
    return sorted((name for name in names if totals[name]), key=lambda name: -totals[name])


def _segment(axes: Axes, bills: Mapping[str, Bill], service: str, *, look: Look, most: float) -> None:
    lefts = [_left_of(axes, row) for row in range(len(bills))]
    widths = [bill.of_service(service) for bill in bills.values()]
    bars = axes.barh(
        range(len(bills)), widths, left=lefts, color=look.color, hatch=look.hatch, edgecolor="white", linewidth=0.6,
        height=0.62, label=service,
    )  # fmt: skip
    for bar, width in zip(bars, widths, strict=True):
        if width > _WIDE_ENOUGH * most:
            axes.annotate(
                f"{width:,.0f}", bar.get_center(), ha="center", va="center", fontsize=9, color=INK,
                bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
            )  # fmt: skip


def _left_of(axes: Axes, row: int) -> float:
    """Where the next segment of a row starts: the end of those that are there."""
    return math.fsum(bars[row].get_width() for bars in axes.containers)


def _bare(axes: Axes, *, most: float, room: float) -> None:
    """No axis where each bar carries its number."""
    axes.set_xlim(0, room * (most or 1.0))
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0, color=GREY)


def _told(label: str, bill: Bill, services: list[str]) -> str:
    shares = ", ".join(f"{service} {usd(bill.of_service(service))}" for service in services if bill.of_service(service))
    return f"{label}: {usd(bill.total_usd)}" + (f" ({shares})." if shares else ".")


def _lines_table(bill: Bill) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {"what": _name(line), "quantity": f"{line.usage.quantity:,.4g} {line.usage.unit}", "USD": round(line.usd, 4)}
        for line in bill.lines
    ]
    return pd.DataFrame(rows, columns=["what", "quantity", "USD"]).set_index("what")


def _services_table(bills: Mapping[str, Bill], services: list[str]) -> pd.DataFrame:
    import pandas as pd

    rows = {
        label: {
            **{service: round(bill.of_service(service), 2) for service in services},
            "total": round(bill.total_usd, 2),
        }
        for label, bill in bills.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")
