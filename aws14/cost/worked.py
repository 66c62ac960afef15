"""Worked bills: what AWS and others printed, computed again on our path."""

from __future__ import annotations

from datetime import date

from aws14 import catalog
from aws14.catalog import Price, WorkedBill, WorkedLine
from aws14.cost.billing import bill_with
from aws14.errors import DataError
from aws14.model import Bill, Usage


def recompute(bill_id: str, *, on: date | None = None) -> Bill:
    """Bill the usage of a worked bill, at the book's prices or, where they differ, at those printed on it.

    Parameters
    ----------
    bill_id : str
        A key of `aws14.catalog.worked_bills`.
    on : date, optional
        The day the age of prices is judged by; the day of the worked bill when left out.

    Raises
    ------
    DataError
        When there is no such bill, or the price book does not cover what it is about.
    """
    worked = catalog.worked_bills().get(bill_id)
    if worked is None or not worked.lines:
        covered = [name for name, known in catalog.worked_bills().items() if known.lines]
        problem = "is not known" if worked is None else f"is about {worked.service}, which the price book lacks"
        raise DataError(f"the worked bill '{bill_id}' {problem}", allowed=", ".join(covered))
    printed = {_usage(line): _printed(line, worked) for line in worked.lines if line.printed_usd is not None}
    return bill_with(
        tuple(_usage(line) for line in worked.lines),
        Bill(title=f"{worked.service}: {worked.inputs}", period="month", lines=(), free_tier=worked.free_tier),
        rounding=worked.rounding,
        on=on or worked.as_of,
        tiers_of=lambda usage: printed.get(usage) or catalog.prices(usage.service, usage.item, usage.region),
    )


def _usage(line: WorkedLine) -> Usage:
    return Usage(service=line.service, item=line.item, unit=line.unit, region=line.region, quantity=line.quantity)


def _printed(line: WorkedLine, worked: WorkedBill) -> tuple[Price, ...]:
    return (
        Price(
            service=line.service,
            region=line.region,
            item=line.item,
            unit=line.unit,
            tier_from=0.0,
            tier_to=float("inf"),
            usd=line.printed_usd or 0.0,
            as_of=worked.as_of,
            source=worked.source,
            confidence=worked.confidence,
        ),
    )
