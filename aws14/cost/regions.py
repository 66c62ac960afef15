"""Regions: the same usage at other regions' prices, and what moving there later costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from aws14 import catalog
from aws14.cost.billing import FreeTier, bill
from aws14.cost.metering import HOURS_PER_MONTH, standing
from aws14.errors import DesignError
from aws14.model import Bill, Topology, Usage


def bill_in_regions(
    usage: Iterable[Usage],
    regions: Iterable[str] | None = None,
    *,
    title: str = "The same in each region",
    hours_per_month: float = HOURS_PER_MONTH,
    free_tier: FreeTier = "none",
    on: date | None = None,
) -> Mapping[str, Bill]:
    """Bill the same usage as if it stood in each of several regions.

    Parameters
    ----------
    usage : iterable of Usage
        Of one month; what has one price everywhere keeps its region.
    regions : iterable of str, optional
        AWS regions; all of the course when left out.
    title : str
        Before the region's name in the title of each bill.
    hours_per_month, free_tier, on
        As `aws14.cost.bill`.

    Returns
    -------
    Mapping[str, Bill]
        Region -> bill, cheapest first.

    Raises
    ------
    DataError
        When a region is not in the course, or the book lacks a price there.
    """
    lines = tuple(usage)
    names = catalog.regions() if regions is None else [catalog.region(name).name for name in regions]
    bills = {
        name: bill(
            [_in_region(line, name) for line in lines],
            title=f"{title}: {name}",
            hours_per_month=hours_per_month,
            free_tier=free_tier,
            on=on,
        )
        for name in names
    }
    return dict(sorted(bills.items(), key=lambda pair: pair[1].total_usd))


def moving_usage(topology: Topology, gib: float, *, to_region: str, hours: float) -> tuple[Usage, ...]:
    """Return what moving to another region later is charged for.

    Parameters
    ----------
    topology : Topology
        What stands now, in one region.
    gib : float
        Data to carry over, in GiB.
    to_region : str
        Where to.
    hours : float
        How long both stand, from the first build there to the shutdown here. What stands here is paid anyway and is
        not counted; what stands there is the extra.

    Raises
    ------
    DesignError
        When the topology stands in no region, or in several.
    DataError
        When `to_region` is not in the course.
    """
    here = [node.id for node in topology.of_kind("region")]
    if len(here) != 1:
        raise DesignError(
            f"{topology.name} stands in {len(here)} regions", allowed="one region to move from", cure=", ".join(here)
        )
    there = catalog.region(to_region).name
    carried = Usage(
        service="Data transfer",
        item="to another AWS region",
        unit="GB",
        region=here[0],
        quantity=gib,
        note=f"carrying the data from {here[0]} to {there}",
    )
    # Names and other global things stay what they are: they are not built twice.
    doubled = [_in_region(line, there) for line in standing(topology, hours=hours) if line.region != catalog.EVERYWHERE]
    return (carried, *(replace(line, note=f"stands twice for {hours:g} hours") for line in doubled))


def _in_region(line: Usage, region: str) -> Usage:
    return line if line.region == catalog.EVERYWHERE else replace(line, region=region)
