"""Commitments: what AWS takes off for a promise to pay for one or three years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from aws14.catalog.tables import day, missing, rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Commitment:
    """One offer: all hours of its years are paid for, used or not.

    Attributes
    ----------
    service, item, region : str
        As the on-demand price in ``data/prices.csv`` that it replaces.
    kind : str
        ``reserved instance``, ``EC2 instance savings plan`` (one family of types) or ``compute savings plan`` (any).
    years : int
        1 or 3.
    payment : str
        ``none`` upfront, or ``all``.
    upfront_usd, usd_per_hour : float
        On the first day, and for each hour of the term.
    """

    service: str
    item: str
    region: str
    kind: str
    years: int
    payment: str
    upfront_usd: float
    usd_per_hour: float
    as_of: date
    source: str
    confidence: str
    note: str


@cache
def _commitments() -> Mapping[tuple[str, str, str], tuple[Commitment, ...]]:
    found: dict[tuple[str, str, str], tuple[Commitment, ...]] = {}
    for row in rows("commitments"):
        offer = Commitment(
            years=int(row["years"]),
            upfront_usd=float(row["upfront_usd"]),
            usd_per_hour=float(row["usd_per_hour"]),
            as_of=day(row["as_of"]),
            **{name: row[name] for name in _WORDS},
        )
        key = (offer.service, offer.item, offer.region)
        found[key] = (*found.get(key, ()), offer)
    return found


_WORDS = ("service", "item", "region", "kind", "payment", "source", "confidence", "note")


def commitments(service: str, item: str, region: str) -> tuple[Commitment, ...]:
    """Return the offers for an item, such as ``"EC2", "m5.large Linux on-demand", "ap-northeast-1"``.

    Raises
    ------
    DataError
        When the course knows none.
    """
    key = (service, item, region)
    if key not in _commitments():
        raise missing("commitment for", " ".join(key), [" ".join(known) for known in _commitments()])
    return _commitments()[key]
