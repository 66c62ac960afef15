"""Commitments over the years: when a promise to AWS has paid for itself, and when it never does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.catalog import Commitment
from aws14.cost.metering import HOURS_PER_MONTH
from aws14.errors import ScenarioError

Floats = NDArray[np.float64]

MONTHS_PER_YEAR = 12
ON_DEMAND = "on demand"
"""Label of the way without a promise."""

_PAYMENTS: Mapping[str, str] = {"none": "nothing upfront", "all": "all upfront"}


@dataclass(frozen=True, kw_only=True)
class YearsOfUse:
    """One thing used for years, on demand and under each commitment.

    Parameters
    ----------
    item, region : str
        What, and where.
    share : float
        Share of the hours in which it runs, 0 to 1.
    months : ndarray of float64, shape (n,)
        0, 1, 2 ... the end of each month.
    paid_usd, owed_usd : Mapping[str, ndarray of float64, shape (n,)]
        Label -> paid so far, and paid or promised: what it comes to when use ends in that month. A term that ends is
        bought again at its old price.
    break_even_months : Mapping[str, float]
        Label of a commitment -> months of use after which it was cheaper than on demand; infinite when its term ends
        before.
    break_even_shares : Mapping[str, float]
        Label of a commitment -> share of the hours below which it never pays.
    notes : tuple of str
        Which figures are not sure.
    """

    item: str
    region: str
    share: float
    months: Floats
    paid_usd: Mapping[str, Floats]
    owed_usd: Mapping[str, Floats]
    break_even_months: Mapping[str, float]
    break_even_shares: Mapping[str, float]
    notes: tuple[str, ...] = ()


def years_of_use(
    service: str, item: str, region: str, *, months: int = 36, share: float = 1.0, count: int = 1
) -> YearsOfUse:
    """Add up years of use, with and without a commitment.

    Parameters
    ----------
    service, item, region : str
        As in the price book, such as ``"EC2", "m5.large Linux on-demand", "ap-northeast-1"``.
    months : int
        How long to look.
    share : float
        Share of the hours in which it runs; on demand only these are paid for, a commitment is for all.
    count : int
        How many of it.

    Raises
    ------
    DataError
        When the book lacks the price or the commitments.
    ScenarioError
        When `months` or `count` is below 1, or `share` not above 0 and at most 1.
    """
    _check(months, share, count)
    offers = {label(offer): offer for offer in catalog.commitments(service, item, region)}
    on_demand = catalog.price(service, item, region).usd
    ends = np.arange(months + 1, dtype=np.float64)
    without = {ON_DEMAND: ends * HOURS_PER_MONTH * share * on_demand * count}
    spent = on_demand * HOURS_PER_MONTH * share
    return YearsOfUse(
        item=item,
        region=region,
        share=share,
        months=ends,
        paid_usd=without | {name: count * _paid(offer, ends) for name, offer in offers.items()},
        owed_usd=without | {name: count * _terms(offer, ends) * _term_usd(offer) for name, offer in offers.items()},
        break_even_months={name: _break_even(offer, spent) for name, offer in offers.items()},
        break_even_shares={name: _term_usd(offer) / (on_demand * _hours(offer)) for name, offer in offers.items()},
        notes=_notes(offers),
    )


def label(offer: Commitment) -> str:
    """What an offer is called in charts: kind, years, what is paid upfront."""
    return f"{offer.kind}, {offer.years} year{'s' if offer.years > 1 else ''}, {_PAYMENTS[offer.payment]}"


def _check(months: int, share: float, count: int) -> None:
    for name, value in (("months", months), ("count", count)):
        if value < 1:
            raise ScenarioError(f"{name} is {value!r}", allowed="1 or more")
    if not 0 < share <= 1:
        raise ScenarioError(f"share is {share!r}", allowed="above 0, at most 1")


def _hours(offer: Commitment) -> float:
    return offer.years * MONTHS_PER_YEAR * HOURS_PER_MONTH


def _term_usd(offer: Commitment) -> float:
    return offer.upfront_usd + offer.usd_per_hour * _hours(offer)


def _terms(offer: Commitment, months: Floats) -> Floats:
    """Terms bought so far: one from the first day on, the next when the one before has ended."""
    bought: Floats = np.maximum(1.0, np.ceil(months / (offer.years * MONTHS_PER_YEAR)))
    return bought


def _paid(offer: Commitment, months: Floats) -> Floats:
    return _terms(offer, months) * offer.upfront_usd + months * HOURS_PER_MONTH * offer.usd_per_hour


def _break_even(offer: Commitment, on_demand_usd_per_month: float) -> float:
    months = _term_usd(offer) / on_demand_usd_per_month
    return months if months <= offer.years * MONTHS_PER_YEAR else math.inf


def _notes(offers: Mapping[str, Commitment]) -> tuple[str, ...]:
    unsure = [name for name, offer in offers.items() if offer.confidence == "C"]
    return (f"undated or from memory (confidence C): {'; '.join(unsure)}",) if unsure else ()
