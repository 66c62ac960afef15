"""The price book: what AWS charges for, in tiers, with free allowances and bills that others worked out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from aws14.catalog.tables import day, missing, rows

EVERYWHERE = "*"
"""The region of a price that is the same in all regions of the course, and of global services."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """One tier of a price.

    Attributes
    ----------
    service, item, unit : str
        What is charged for and in what unit.
    region : str
        AWS region, `EVERYWHERE`, or a CloudFront geography.
    tier_from, tier_to : float
        Usage of a month that this tier covers, in `unit`; infinity for no end.
    usd : float
        For one `unit`.
    as_of : date
        When this was the price.
    source : str
        Keys of ``data/sources.csv``, joined by semicolons.
    confidence : str
        A: two dated readings agree. B: one dated reading. C: undated or from memory.
    """

    service: str
    region: str
    item: str
    unit: str
    tier_from: float
    tier_to: float
    usd: float
    as_of: date
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeAllowance:
    """What an account gets free each month.

    Attributes
    ----------
    plan : str
        ``always`` (never ends), ``12-month`` (accounts opened before 15 July 2025, first year) or ``credits``.
    pool : str
        Rows of one pool share its quantity.
    service, item, unit : str
        As in the price book; a credit has the item ``Sign-up credits`` and the unit ``USD``.
    quantity : float
        Per month, over all regions together, in `unit` (credits: once).
    """

    plan: str
    pool: str
    service: str
    item: str
    unit: str
    quantity: float
    as_of: date
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkedLine:
    """One line of a worked bill: a usage and, where it is printed on the bill, its price for one unit."""

    service: str
    item: str
    unit: str
    region: str
    quantity: float
    printed_usd: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkedBill:
    """A bill that AWS or somebody else worked out: an oracle for ours.

    Attributes
    ----------
    id, kind, service, region, inputs, formula, note : str
        What it is about, in words.
    published_usd : float
        The total printed there.
    lines : tuple of WorkedLine
        The usage behind it; empty where the price book lacks the service.
    free_tier, rounding : str
        Conventions it follows, as `aws14.cost.bill` takes them.
    """

    id: str
    kind: str
    service: str
    region: str
    inputs: str
    formula: str
    published_usd: float
    free_tier: str
    rounding: str
    as_of: date
    source: str
    confidence: str
    note: str
    lines: tuple[WorkedLine, ...]


@cache
def price_book() -> Mapping[tuple[str, str, str], tuple[Price, ...]]:
    """Return the whole book: (service, item, region) -> its tiers from the first unit on."""
    book: dict[tuple[str, str, str], tuple[Price, ...]] = {}
    for row in rows("prices"):
        tier = Price(
            service=row["service"],
            region=row["region"],
            item=row["item"],
            unit=row["unit"],
            tier_from=float(row["tier_from"]),
            tier_to=float(row["tier_to"] or math.inf),
            usd=float(row["usd"]),
            as_of=day(row["as_of"]),
            source=row["source"],
            confidence=row["confidence"],
        )
        key = (tier.service, tier.item, tier.region)
        book[key] = (*book.get(key, ()), tier)
    return book


def prices(service: str, item: str, region: str = EVERYWHERE) -> tuple[Price, ...]:
    """Return the tiers of a price, cheapest usage first.

    Parameters
    ----------
    service, item : str
        As in ``data/prices.csv``, such as ``"EC2", "t3.small Linux on-demand"``.
    region : str
        An AWS region; a price that is the same everywhere answers for any.

    Raises
    ------
    DataError
        When the book lacks it; the message lists what there is that looks like it.
    """
    book = price_book()
    for place in (region, EVERYWHERE):
        if (service, item, place) in book:
            return book[service, item, place]
    services = {key[0] for key in book}
    if service not in services:
        raise missing("service in the price book", service, services)
    items = {key[1] for key in book if key[0] == service}
    if item not in items:
        raise missing(f"price of {service} for", item, items)
    raise missing(f"price of {service} {item} in the region", region, [k[2] for k in book if k[:2] == (service, item)])


def price(service: str, item: str, region: str = EVERYWHERE) -> Price:
    """Return the first tier of a price: what the first unit of the month costs.

    Raises
    ------
    DataError
        As `prices`.
    """
    return prices(service, item, region)[0]


def price_book_dates() -> tuple[date, date]:
    """Return the dates of the oldest and the newest price in the book."""
    dates = [tier.as_of for tiers in price_book().values() for tier in tiers]
    return min(dates), max(dates)


@cache
def free_allowances() -> tuple[FreeAllowance, ...]:
    """Return all free allowances."""
    return tuple(
        FreeAllowance(
            plan=row["plan"],
            pool=row["pool"],
            service=row["service"],
            item=row["item"],
            unit=row["unit"],
            quantity=float(row["quantity"]),
            as_of=day(row["as_of"]),
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in rows("free_tier")
    )


@cache
def _worked_lines() -> Mapping[str, tuple[WorkedLine, ...]]:
    lines: dict[str, tuple[WorkedLine, ...]] = {}
    for row in rows("worked_bill_lines"):
        line = WorkedLine(
            service=row["service"],
            item=row["item"],
            unit=row["unit"],
            region=row["region"],
            quantity=float(row["quantity"]),
            printed_usd=float(row["printed_usd"]) if row["printed_usd"] else None,
        )
        lines[row["id"]] = (*lines.get(row["id"], ()), line)
    return lines


@cache
def worked_bills() -> Mapping[str, WorkedBill]:
    """Return the bills that others worked out, by id."""
    words = ("id", "kind", "service", "region", "inputs", "formula", "free_tier", "rounding")
    origin = ("source", "confidence", "note")
    return {
        row["id"]: WorkedBill(
            published_usd=float(row["published_usd"]),
            as_of=day(row["as_of"]),
            lines=_worked_lines().get(row["id"], ()),
            **{name: row[name] for name in (*words, *origin)},
        )
        for row in rows("worked_bills")
    }
