"""Snapshots: what a chain of them is billed for, what deleting one frees, and what forgotten ones add up to."""

from __future__ import annotations

from itertools import accumulate

from aws14 import catalog, charts
from aws14.charts.numbers import usd
from aws14.model import Picture, Topology
from aws14.patterns.p05_day import CHANGED_GIB_PER_DAY, VOLUME
from aws14.patterns.p05_found import home_region, rules_of
from aws14.sim.backups.changed_blocks import Chain, Writes, block_kib, take

HOT_SHARE, TO_HOT = 0.05, 0.9
"""Where the office writes: nine of ten writes go to a twentieth of the volume, the plans of this month. Assumed."""

_KIB_PER_GIB = 1024.0**2


def chain(built: Topology) -> Chain:
    """As many snapshots of the plans' volume as the plan keeps of its nights, with the office's writes between them."""
    writes = Writes(count=round(CHANGED_GIB_PER_DAY * _KIB_PER_GIB / block_kib()), hot_share=HOT_SHARE, to_hot=TO_HOT)
    gib = float(str(built.node(VOLUME).require("gib")))
    return take(gib, writes, snapshots=round(min(rule.keep_days for rule in rules_of(built))))


def snapshots(built: Topology) -> Picture:
    """What the kept snapshots of the volume are billed for, and what deleting some of them saves.

    Parameters
    ----------
    built : Topology
        What was read back: the volume, and the rules of its plan.
    """
    whole = chain(built)
    count, gib = len(whole.kept), float(str(built.node(VOLUME).require("gib")))
    newest = whole
    for number in whole.kept[:-1]:
        newest = newest.without(number)
    amounts = {
        f"{count} full copies": count * gib,
        f"{count} snapshots": whole.billed_gib,
        "the oldest deleted": whole.without(0).billed_gib if count > 1 else 0.0,
        "the newest deleted": whole.without(whole.kept[-1]).billed_gib,
        "all but the newest deleted": newest.billed_gib,
    }
    each = catalog.price("EBS", "Snapshot standard storage", home_region(built)).usd
    return charts.bars(
        amounts,
        title=f"{count} days of a volume of {gib:,.0f} GiB",
        xlabel="GiB that are billed",
        told={name: f"{amount:,.0f} GiB, {usd(amount * each)} a month" for name, amount in amounts.items()},
    )


def forgotten(built: Topology, gib: float = 100.0, per_month: int = 4, months: int = 36) -> Picture:
    """Snapshots that somebody takes by hand before each change, and nobody deletes.

    Parameters
    ----------
    built : Topology
        What was read back: it says where.
    gib : float
        Stored by each snapshot, of another volume each time.
    per_month, months : int
        How many are taken, and for how long.
    """
    region = home_region(built)
    each = catalog.price("EBS", "Snapshot standard storage", region).usd
    cold = catalog.price("EBS", "Snapshot archive storage", region).usd
    held = [gib * int(per_month) * month for month in range(1, int(months) + 1)]
    paid = list(accumulate(amount * each for amount in held))
    return charts.curves(
        range(1, int(months) + 1),
        {
            "forgotten": paid,
            "moved to the archive tier": list(accumulate(amount * cold for amount in held)),
            "deleted after three months": list(
                accumulate(min(amount, held[min(2, len(held) - 1)]) * each for amount in held)
            ),
        },
        title=f"{int(per_month)} snapshots a month: {usd(paid[-1])} after {int(months)} months",
        xlabel="months",
        ylabel="USD paid until then",
    )
