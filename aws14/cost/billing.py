"""Billing: amounts times prices, tier by tier, less what is free, with the age and the certainty of every price."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from aws14 import catalog
from aws14.catalog import FreeAllowance, Price
from aws14.cost.metering import HOURS_PER_MONTH
from aws14.errors import DataError
from aws14.model import Bill, LineItem, Usage

FreeTier = Literal["none", "always", "12-month", "credits"]
Rounding = Literal["line", "none"]

PLANS: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "always": ("always",),
    "12-month": ("always", "12-month"),
    "credits": ("always",),
}
"""State of the account -> the allowances of ``data/free_tier.csv`` that it has. ``none`` ignores them all, as the
AWS Pricing Calculator does; ``always`` is an account past its first year, with 100 GB of egress free."""

_YEAR = timedelta(days=365)
_CENT = Decimal("0.01")
_EPSILON = 1e-9

TiersOf = Callable[[Usage], tuple[Price, ...]]


def bill(
    usage: Iterable[Usage],
    *,
    title: str,
    period: str = "month",
    hours_per_month: float = HOURS_PER_MONTH,
    free_tier: FreeTier = "none",
    rounding: Rounding | None = None,
    on: date | None = None,
) -> Bill:
    """Price what was used.

    Parameters
    ----------
    usage : iterable of Usage
        Of one account and one period; tiers and free allowances are shared by the lines in their order.
    title : str
        What is billed.
    period : str
        ``month``, ``hour`` or another length of time, for the total's label.
    hours_per_month : float
        The convention the usage was metered with; shown below the bill.
    free_tier : {'none', 'always', '12-month', 'credits'}
        State of the account, a key of `PLANS`. The allowances are a month's.
    rounding : {'line', 'none'}, optional
        ``line``: each line to the cent, as AWS bills. By default months are rounded by line, other periods are not.
    on : date, optional
        The day the age of prices is judged by; today when left out.

    Returns
    -------
    Bill
        Dearest line first.

    Raises
    ------
    DataError
        When the book has no price for a line, or not in its unit, or not for so much; or no such free tier.
    """
    return bill_with(
        tuple(usage),
        Bill(title=title, period=period, lines=(), hours_per_month=hours_per_month, free_tier=free_tier),
        rounding=rounding or ("line" if period == "month" else "none"),
        on=on or date.today(),
        tiers_of=_from_the_book,
    )


def bill_with(usage: tuple[Usage, ...], empty: Bill, *, rounding: str, on: date, tiers_of: TiersOf) -> Bill:
    """Price usage by any source of tiers, such as the prices printed on somebody else's bill.

    Parameters
    ----------
    usage : tuple of Usage
        What was used.
    empty : Bill
        Title, period and conventions.
    rounding : {'line', 'none'}
        As `bill`.
    on : date
        The day the age of prices is judged by.
    tiers_of : callable
        Usage -> tiers of its price.

    Raises
    ------
    DataError
        As `bill`.
    """
    if empty.free_tier not in PLANS:
        raise DataError(f"there is no free tier '{empty.free_tier}'", allowed=", ".join(PLANS))
    register = _Register(tiers_of, PLANS[empty.free_tier], rounding=rounding)
    lines = sorted((register.line(one) for one in usage), key=lambda line: -line.usd)
    notes = _notes(lines, on)
    if empty.free_tier == "12-month":
        notes.extend(_plan_is_over(on))
    if empty.free_tier == "credits":
        lines, note = _with_credits(lines, empty.period)
        notes.append(note)
    return Bill(
        title=empty.title,
        period=empty.period,
        lines=tuple(lines),
        hours_per_month=empty.hours_per_month,
        free_tier=empty.free_tier,
        notes=tuple(notes),
    )


def to_cent(usd: float) -> float:
    """Round an amount to the cent, half a cent up, as AWS does."""
    return float(Decimal(f"{usd:.9f}").quantize(_CENT, rounding=ROUND_HALF_UP))


class _Register:
    """What has been used of each tier and each free allowance so far in this bill."""

    def __init__(self, tiers_of: TiersOf, plans: tuple[str, ...], *, rounding: str) -> None:
        self.tiers_of = tiers_of
        self.rounding = rounding
        self.used: dict[tuple[str, str, str], float] = {}
        self.left: dict[str, float] = {}
        self.pools: dict[tuple[str, str], FreeAllowance] = {}
        for allowance in catalog.free_allowances():
            if allowance.plan in plans:
                self.pools[allowance.service, allowance.item] = allowance
                self.left[allowance.pool] = allowance.quantity

    def line(self, usage: Usage) -> LineItem:
        if not (math.isfinite(usage.quantity) and usage.quantity >= 0):
            raise DataError(f"{usage.service} {usage.item} was used {usage.quantity!r} {usage.unit}")
        tiers = self.tiers_of(usage)
        if tiers[0].unit != usage.unit:
            raise DataError(
                f"{usage.service} {usage.item} is priced by {tiers[0].unit}, not by {usage.unit}",
                cure="meter it in the unit of data/prices.csv",
            )
        key = (usage.service, usage.item, usage.region)
        start = self.used.get(key, 0.0)
        end = self.used[key] = start + usage.quantity
        # What is free lies at the bottom of the tiers: after 100 free GB the first tier goes on at 100, not at 0.
        free = self._take_free(usage)
        touched, usd = _through_tiers(tiers, min(start + free, end), end)
        tiered = usage.quantity > 0 and (free > 0 or len(touched) > 1)
        return LineItem(
            usage=usage,
            unit_price_usd=usd / usage.quantity if tiered else touched[0].usd,
            usd=to_cent(usd) if self.rounding == "line" else usd,
            as_of=min(tier.as_of for tier in touched),
            source=";".join(dict.fromkeys(key for tier in touched for key in tier.source.split(";"))),
            confidence=max(tier.confidence for tier in touched),
        )

    def _take_free(self, usage: Usage) -> float:
        allowance = self.pools.get((usage.service, usage.item))
        if allowance is None:
            return 0.0
        taken = min(usage.quantity, self.left[allowance.pool])
        self.left[allowance.pool] -= taken
        return taken


def _from_the_book(usage: Usage) -> tuple[Price, ...]:
    return catalog.prices(usage.service, usage.item, usage.region)


def _through_tiers(tiers: tuple[Price, ...], start: float, end: float) -> tuple[tuple[Price, ...], float]:
    last = tiers[-1]
    if end > last.tier_to * (1 + _EPSILON):
        raise DataError(
            f"the price book knows {last.service} {last.item} in {last.region} up to {last.tier_to:g} {last.unit}, "
            f"and {end:g} were used",
            cure="bill a shorter time, or add the next tier to data/prices.csv",
        )
    shares = [(tier, min(end, tier.tier_to) - max(start, tier.tier_from)) for tier in tiers]
    touched = tuple(tier for tier, share in shares if share > 0) or tiers[:1]
    return touched, math.fsum(tier.usd * share for tier, share in shares if share > 0)


def _notes(lines: list[LineItem], on: date) -> list[str]:
    notes = []
    aged = [line for line in lines if on - line.as_of > _YEAR]
    if aged:
        oldest = min(aged, key=lambda line: line.as_of)
        notes.append(
            f"on {on} {len(aged)} of {len(lines)} prices are older than a year, the oldest "
            f"({oldest.usage.service} {oldest.usage.item}) of {oldest.as_of}"
        )
    unsure = dict.fromkeys(f"{line.usage.service} {line.usage.item}" for line in lines if line.confidence == "C")
    if unsure:
        notes.append(f"undated or from memory (confidence C): {', '.join(unsure)}")
    return notes


def _plan_is_over(on: date) -> list[str]:
    ended = date.fromisoformat(catalog.service_status()["AWS free tier"].since)
    if on < ended.replace(year=ended.year + 1):
        return []
    return [f"the 12-month free tier is for accounts opened before {ended}: no account has it any more"]


def _with_credits(lines: list[LineItem], period: str) -> tuple[list[LineItem], str]:
    grant = next(allowance for allowance in catalog.free_allowances() if allowance.plan == "credits")
    total = math.fsum(line.usd for line in lines)
    paid = min(total, grant.quantity)
    credit = LineItem(
        usage=Usage(service=grant.service, item=grant.item, unit=grant.unit, region=catalog.EVERYWHERE, quantity=paid),
        unit_price_usd=-1.0,
        usd=-paid,
        as_of=grant.as_of,
        source=grant.source,
        confidence=grant.confidence,
    )
    lasts = f"they last {grant.quantity / total:,.1f} times this {period}" if total else "nothing was charged"
    return [*lines, credit], f"a new account has up to {grant.quantity:g} USD of credits: {lasts}"
