"""Archives: what an archive in S3 costs over years, with a lifecycle or without, and what getting it back costs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.cost.billing import bill
from aws14.errors import ScenarioError
from aws14.model import Bill, Usage
from aws14.sim.storage_classes import Retrieval, classes
from aws14.sim.tiering import Archive, Kept, Lifecycle, keep

Floats = NDArray[np.float64]

REQUESTS, MOVES, EARLY = "requests to put", "requests to move", "left too early"
"""What is paid for besides storage."""

_BY_THOUSAND = 1e3
_MONTHS_PER_YEAR = 12
_LARGEST_BYTES = 2.0**50
_STEPS = 80


@dataclass(frozen=True, kw_only=True, eq=False)
class ArchiveCost:
    """What an archive costs, year by year.

    Parameters
    ----------
    usd : Mapping[str, ndarray of float64, shape (years,)]
        Item of the price book, or one of `REQUESTS`, `MOVES`, `EARLY` -> USD of each year.
    notes : tuple of str
        Of the bills: how old and how certain the prices are.
    """

    usd: Mapping[str, Floats]
    notes: tuple[str, ...] = ()

    @property
    def by_year_usd(self) -> Floats:
        """USD of each year. Shape (years,)."""
        summed: Floats = np.sum(list(self.usd.values()), axis=0)
        return summed

    @property
    def total_usd(self) -> float:
        """Of all years together."""
        return float(self.by_year_usd.sum())


def archive_cost(archive: Archive, lifecycle: Lifecycle, *, years: int, region: str) -> ArchiveCost:
    """Fill an archive for some years, and bill each month.

    Parameters
    ----------
    archive : Archive
        What comes each month.
    lifecycle : Lifecycle
        What becomes of it.
    years : int
        How many.
    region : str
        Whose prices.

    Raises
    ------
    ScenarioError
        When there are no years.
    DataError
        When the price book lacks a price.
    """
    if years < 1:
        raise ScenarioError(f"{years!r} years", allowed="1 or more")
    kept = keep(archive, lifecycle, months=_MONTHS_PER_YEAR * years)
    usd: dict[str, Floats] = {}
    notes: dict[str, None] = {}
    for month in range(kept.months):
        billed = bill(month_of(kept, month, region=region), title="a month of the archive", rounding="none")
        for line in billed.lines:
            usd.setdefault(line.usage.note, np.zeros(years))[month // _MONTHS_PER_YEAR] += line.usd
        notes |= dict.fromkeys(billed.notes)
    return ArchiveCost(usd=usd, notes=tuple(notes))


def month_of(kept: Kept, month: int, *, region: str) -> tuple[Usage, ...]:
    """What one month of an archive is charged for; the note says under what it is added up.

    Parameters
    ----------
    kept : Kept
        What AWS counts.
    month : int
        From 0.
    region : str
        Whose prices.
    """
    return tuple(line for line in _lines(kept, month, region) if line.quantity > 0)


def _lines(kept: Kept, month: int, region: str) -> Iterator[Usage]:
    known = classes()
    for name, amounts in kept.gb_months.items():
        item = known[name].item
        yield _line(item, "GB-month", region, amounts[month], note=item)
    for name, amounts in kept.early_gb_months.items():
        yield _line(known[name].item, "GB-month", region, amounts[month], note=EARLY)
    for name, amounts in kept.moves.items():
        yield _line(known[name].moving, "1,000 requests", region, amounts[month] / _BY_THOUSAND, note=MOVES)
    puts = float(kept.puts[month]) / _BY_THOUSAND
    yield _line("PUT/COPY/POST/LIST requests", "1,000 requests", region, puts, note=REQUESTS)


def _line(item: str, unit: str, region: str, quantity: float, *, note: str) -> Usage:
    return Usage(service="S3", item=item, unit=unit, region=region, quantity=float(quantity), note=note)


def worth_from_bytes(lifecycle: Lifecycle, *, kept_days: float, region: str) -> float:
    """Size from which on a rule saves money; infinity: it never does.

    Below it, requests, overheads and minimum sizes cost more than the cheaper class saves.

    Parameters
    ----------
    lifecycle : Lifecycle
        Its moves; it is held against none. Each object is moved, whatever its size.
    kept_days : float
        How long an object is kept.
    region : str
        Whose prices.

    Raises
    ------
    ScenarioError
        When the days are not positive and finite.
    DataError
        When the price book lacks a price.
    """
    if not (math.isfinite(kept_days) and kept_days > 0):
        raise ScenarioError(f"{kept_days!r} days", allowed="positive and finite")
    moves = tuple(step for step in lifecycle.moves if step[0] < kept_days)
    rule = Lifecycle(moves=moves, expire_days=kept_days, least_bytes=0.0)
    none = Lifecycle(expire_days=kept_days)

    def saves(size: float) -> bool:
        return object_usd(size, rule, region=region) < object_usd(size, none, region=region)

    low, high = 1.0, _LARGEST_BYTES
    if not moves or not saves(high):
        return math.inf
    for _ in range(_STEPS):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if saves(middle) else (middle, high)
    return high


def object_usd(size_bytes: float, lifecycle: Lifecycle, *, region: str) -> float:
    """What one object costs from its first day to its last, in the first tier of the prices, without putting it there.

    Parameters
    ----------
    size_bytes : float
        Its size.
    lifecycle : Lifecycle
        With an end.
    region : str
        Whose prices.

    Raises
    ------
    ScenarioError
        When the object never ends.
    DataError
        When the price book lacks a price.
    """
    if math.isinf(lifecycle.expire_days):
        raise ScenarioError("an object that is kept for ever costs for ever", cure="say expire_days")
    months = math.ceil(lifecycle.expire_days / 30) + 1
    archive = Archive.of_one_size(size_bytes, 1.0)
    kept = keep(archive, lifecycle, months=months)
    known = classes()
    # The last month holds one object of every age: what one costs in its whole life.
    total = 0.0
    for name in {*kept.gb_months, *kept.early_gb_months}:
        gb_months = sum(float(each[name][-1]) for each in (kept.gb_months, kept.early_gb_months) if name in each)
        total += gb_months * catalog.prices("S3", known[name].item, region)[0].usd
    for name, amounts in kept.moves.items():
        total += float(amounts[-1]) / _BY_THOUSAND * catalog.price("S3", known[name].moving, region).usd
    return total


def retrieval_bill(way: Retrieval, *, gib: float, objects: float, region: str, out_to_internet: bool = False) -> Bill:
    """What getting objects out of an archive class costs.

    Parameters
    ----------
    way : Retrieval
        One of `aws14.sim.storage_classes.retrievals`.
    gib, objects : float
        How much, in how many.
    region : str
        Whose prices.
    out_to_internet : bool
        Whether it then leaves AWS.

    Raises
    ------
    DataError
        When the price book lacks a price.
    """
    lines = []
    if way.per_gb:
        lines.append(_line(way.per_gb, "GB", region, gib, note=way.tier))
    if way.per_request:
        lines.append(_line(way.per_request, "1,000 requests", region, objects / _BY_THOUSAND, note=way.tier))
    if out_to_internet:
        lines.append(
            Usage(
                service="Data transfer", item="to Internet", unit="GB", region=region, quantity=gib, note="out of AWS"
            )
        )
    return bill(lines, title=f"{gib:,.0f} GiB out of the archive, {way.tier}", period="drill", rounding="line")
