"""Bill: usage times price, line by line, with the date and source of every price."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from html import escape

from tabulate import tabulate


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """An amount of something that AWS charges for.

    Parameters
    ----------
    service, item, unit, region : str
        As in ``data/prices.csv``.
    quantity : float
        In `unit`, for the period of the bill.
    resource : str
        Id of the node it belongs to.
    note : str
        Why it is there, when a beginner would not expect it.
    """

    service: str
    item: str
    unit: str
    region: str
    quantity: float
    resource: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LineItem:
    """One line of a bill: a usage, its price and what it comes to.

    `usd` may differ from ``quantity * unit_price_usd`` where a tier or a free allowance applies;
    `unit_price_usd` is then the effective price.
    """

    usage: Usage
    unit_price_usd: float
    usd: float
    as_of: date
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What the usage of a period costs.

    Parameters
    ----------
    title : str
        What is billed.
    period : str
        ``hour``, ``month``...
    lines : tuple of LineItem
        Dearest first.
    hours_per_month : float
        The convention used: 730 (AWS calculator) or 720 (AWS examples).
    free_tier : str
        ``none``, ``12-month`` or ``credits``.
    notes : tuple of str
        Warnings, such as prices older than a year.
    """

    title: str
    period: str
    lines: tuple[LineItem, ...]
    hours_per_month: float = 730.0
    free_tier: str = "none"
    notes: tuple[str, ...] = field(default=())

    @property
    def total_usd(self) -> float:
        """The sum of the lines, unrounded."""
        return math.fsum(line.usd for line in self.lines)

    @property
    def prices_as_of(self) -> tuple[date, date] | None:
        """The oldest and the newest date of the prices used."""
        dates = [line.as_of for line in self.lines]
        return (min(dates), max(dates)) if dates else None

    def of_service(self, service: str) -> float:
        """What one service comes to, in USD."""
        return math.fsum(line.usd for line in self.lines if line.usage.service == service)

    def _rows(self) -> list[tuple[str, ...]]:
        rows = [
            (
                line.usage.resource,
                f"{line.usage.service}: {line.usage.item}",
                _quantity(line.usage),
                f"{line.unit_price_usd:.6g}",
                f"{line.usd:,.2f}" if self.period != "hour" else f"{line.usd:,.4f}",
                line.usage.note,
            )
            for line in self.lines
        ]
        total = f"{self.total_usd:,.2f}" if self.period != "hour" else f"{self.total_usd:,.4f}"
        return [*rows, ("", f"Total per {self.period}", "", "", total, "")]

    def _footer(self) -> str:
        dates = self.prices_as_of
        age = f"prices of {dates[0]} to {dates[1]}; " if dates else ""
        tier = "without free tier" if self.free_tier == "none" else f"free tier: {self.free_tier}"
        return f"USD without tax; {age}{self.hours_per_month:g} hours a month; {tier}"

    def __str__(self) -> str:
        """The bill for a terminal."""
        table = tabulate(self._rows(), headers=_HEADERS, disable_numparse=True, colalign=_ALIGN)
        return "\n".join([self.title, table, self._footer(), *(f"Note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The bill for a notebook."""
        head = "".join(
            f"<th scope='col' style='text-align:{align}'>{name}</th>"
            for name, align in zip(_HEADERS, _ALIGN, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f"<td style='text-align:{align}'>{escape(cell)}</td>" for cell, align in zip(row, _ALIGN, strict=True)
            )
            + "</tr>"
            for row in self._rows()
        )
        notes = "".join(f"<br>Note: {escape(note)}" for note in self.notes)
        return (
            f"<table><caption style='text-align:left;color:inherit'><b>{escape(self.title)}</b></caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><small>{escape(self._footer())}{notes}</small>"
        )


def _quantity(usage: Usage) -> str:
    times = " × " if usage.unit[:1].isdigit() else " "
    amount = f"{usage.quantity:,.0f}" if usage.quantity >= _WHOLE else f"{usage.quantity:,.4g}"
    return f"{amount}{times}{usage.unit}"


_WHOLE = 1000
"""From here on a quantity is told without a fraction."""

_HEADERS = ("Resource", "What", "Quantity", "Unit price USD", "USD", "Why")
_ALIGN = ("left", "left", "right", "right", "right", "left")
