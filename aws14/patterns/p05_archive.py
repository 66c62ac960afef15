"""Seven years: an archive with a lifecycle rule and without, rules that cost more than they save, and the way out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from aws14 import charts
from aws14.charts.numbers import duration, usd
from aws14.cost.archives import archive_cost, object_usd, retrieval_bill, worth_from_bytes
from aws14.errors import DesignError
from aws14.model import Picture, Topology
from aws14.patterns.p05_found import home_region, texts
from aws14.patterns.p05_records import KINDS, YEARS, Kind, rule_for
from aws14.sim.storage_classes import retrievals
from aws14.sim.tiering import Lifecycle

RECORDS = "records"
"""The bucket of the archive begins so."""

_MIB = 1024.0**2
_CLASSES = {"Standard-IA after 30 days": (30.0, "STANDARD_IA"), "Glacier Flexible after a day": (1.0, "GLACIER")}
_DEEP = {"Deep Archive after a day": (1.0, "DEEP_ARCHIVE")}
_STAYS = "no rule"


def rules_found(built: Topology) -> tuple[str, ...]:
    """Lifecycle rules of the archive's bucket, as read back.

    Raises
    ------
    DesignError
        When there is no such bucket.
    """
    for bucket in built.of_kind("bucket"):
        if bucket.id.startswith(RECORDS):
            return texts(bucket, "lifecycle")
    raise DesignError("there is no bucket for the archive", cure="run the cell that creates it")


def seven_years(built: Topology) -> Picture:
    """What the archive costs year by year: without a rule, and with those that the bucket has.

    Parameters
    ----------
    built : Topology
        What was read back.
    """
    rules, region = rules_found(built), home_region(built)
    designs = {"without a rule": {kind.name: Lifecycle() for kind in KINDS}}
    if rules:
        designs["as the bucket's rules say"] = {kind.name: rule_for(kind, rules) for kind in KINDS}
    return charts.by_year(
        {name: _by_year(KINDS, rule, region) for name, rule in designs.items()},
        title=f"The office's records over {YEARS} years",
    )


def _by_year(kinds: Iterable[Kind], rules: Mapping[str, Lifecycle], region: str) -> Mapping[str, tuple[float, ...]]:
    summed: dict[str, np.ndarray] = {}
    for kind in kinds:
        paid = archive_cost(kind.archive, rules[kind.name], years=YEARS, region=region)
        for item, amounts in paid.usd.items():
            summed[item] = summed.get(item, np.zeros(YEARS)) + amounts
    return {item: tuple(float(amount) for amount in amounts) for item, amounts in summed.items()}


def too_small(built: Topology, years: float = YEARS) -> Picture:
    """What a thousand objects cost in their whole life, over their size, when a rule moves all of them.

    Parameters
    ----------
    built : Topology
        What was read back: it says where.
    years : float
        How long they are kept.
    """
    sizes = np.logspace(10, 22, 49, base=2)
    region, kept = home_region(built), 365.0 * float(years)
    ways = {_STAYS: (), **{name: (step,) for name, step in (_CLASSES | _DEEP).items()}}
    return charts.curves(
        sizes / 1024,
        {
            name: [
                1000 * object_usd(size, Lifecycle(moves=moves, expire_days=kept, least_bytes=0.0), region=region)
                for size in sizes.tolist()
            ]
            for name, moves in ways.items()
        },
        title=f"Kept for {years:g} years: Deep Archive {_pays_from(kept, region)}",
        xlabel="size of each, KiB",
        ylabel="USD a thousand objects, all years together",
        scales=("log", "log"),
    )


def _pays_from(kept_days: float, region: str) -> str:
    """From which size on a rule that moves all to Deep Archive after a day saves money."""
    size = worth_from_bytes(Lifecycle(moves=tuple(_DEEP.values())), kept_days=kept_days, region=region)
    return f"pays from {size / 1024:.0f} KiB on" if math.isfinite(size) else "never pays"


def too_soon(built: Topology, mib: float = 10.0) -> Picture:
    """What a tebibyte costs in its whole life, over how long it is kept, when a rule moves it after a day.

    Parameters
    ----------
    built : Topology
        What was read back: it says where.
    mib : float
        Size of an object.
    """
    days = np.arange(2.0, 241.0, 2.0)
    region, size = home_region(built), float(mib) * _MIB
    ways = {_STAYS: (), **{name: (step,) for name, step in (_CLASSES | _DEEP).items()}}
    objects = 1024.0**2 / float(mib)
    return charts.curves(
        days,
        {
            name: [objects * object_usd(size, _until(moves, kept), region=region) for kept in days.tolist()]
            for name, moves in ways.items()
        },
        title="A tebibyte that is deleted again",
        xlabel="days until it is deleted",
        ylabel="USD, in its whole life",
    )


def _until(moves: tuple[tuple[float, str], ...], days: float) -> Lifecycle:
    return Lifecycle(moves=tuple(step for step in moves if step[0] < days), expire_days=days, least_bytes=0.0)


def ways_out(built: Topology, gib: float = 1024.0, objects: float = 100_000) -> Picture:
    """What it costs to read archived objects again, and how long one waits.

    Parameters
    ----------
    built : Topology
        What was read back: it says where.
    gib : float
        How much.
    objects : float
        In how many objects.
    """
    region = home_region(built)
    amounts, told = {}, {}
    for name, storage_class in (("Glacier Flexible", "GLACIER"), ("Deep Archive", "DEEP_ARCHIVE")):
        for way in retrievals(storage_class):
            case = f"{name}, {way.tier.lower()}"
            amounts[case] = retrieval_bill(way, gib=float(gib), objects=float(objects), region=region).total_usd
            told[case] = f"{duration(way.typical_s)}, {usd(amounts[case])}"
    return charts.bars(
        amounts, title=f"{gib:,.0f} GiB in {objects:,.0f} objects, out of the archive", xlabel="USD", told=told
    )
