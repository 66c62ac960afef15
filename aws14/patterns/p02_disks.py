"""A steady disk: what gp2, gp3 and io2 give a database over a day, and how wide an instance's lane to them is."""

from __future__ import annotations

import numpy as np

from aws14 import catalog, charts, cost
from aws14.charts.frame import clock
from aws14.charts.numbers import usd
from aws14.cost.metering import HOURS_PER_MONTH
from aws14.model import Picture, Topology, Usage
from aws14.model.trace import Floats
from aws14.patterns.p02_day import scenario
from aws14.sim.intensity import intensity
from aws14.sim.volumes import Volume, lane_iops, run

IO_PER_VIEW = 40.0
"""Operations on the disk for a page view: what of its rows does not fit into memory."""

LANES = ("t3.medium", "m5.large", "m5.xlarge", "m5.2xlarge")
_DAY_S = 86_400
_IOPS_OF_IO2 = 600.0


def disks(built: Topology, io_per_view: float = IO_PER_VIEW) -> Picture:
    """Operations a second that three disks give the database on a working day, and their price.

    Parameters
    ----------
    built : Topology
        What was read back; the size of the database's disk is taken from it.
    io_per_view : float
        Operations for each page view.
    """
    database = built.node("db")
    gib = float(str(database.require("gib")))
    region = built.container("db", "region")
    region_id = region.id if region else ""
    volumes = (
        Volume(kind="gp2", gib=gib),
        Volume(kind="gp3", gib=gib, iops=catalog.quota("EBS", "gp3 baseline IOPS").value),
        Volume(kind="io2", gib=gib, iops=_IOPS_OF_IO2),
    )
    asked = io_per_view * _views_per_s()
    played = {_named(volume, region_id): run(volume, asked) for volume in volumes}
    each_minute = np.arange(0, _DAY_S, 60)
    empty = np.flatnonzero(next(iter(played.values())).credits < 1)
    fate = f"gp2's credits are gone at {clock(float(empty[0]))}" if len(empty) else "gp2's credits last the day"
    return charts.curves(
        each_minute / 3600,
        {name: each.given_iops[each_minute] for name, each in played.items()},
        title=f"{gib:g} GiB, up to {asked.max():,.0f} operations a second asked: {fate}",
        xlabel="time of day",
        ylabel="operations a second given",
        scales=("clock", "linear"),
    )


def _views_per_s() -> Floats:
    """Page views in each second of a working day."""
    day = intensity(scenario().load, float(_DAY_S))
    views: Floats = np.interp(np.arange(_DAY_S), day.time_s, day.rate_rps)
    return views


def _named(volume: Volume, region: str) -> str:
    month = cost.bill(_usage(volume, region), title=volume.kind, rounding="none").total_usd
    made_with = f", {volume.iops:,.0f} IOPS" if volume.iops else ""
    return f"{volume.kind}{made_with}: {usd(month)} a month"


def _usage(volume: Volume, region: str) -> tuple[Usage, ...]:
    """Room and operations of a volume for a month: AWS asks the same for the room of io1 and of io2."""
    room = "io1" if volume.kind == "io2" else volume.kind
    yours = [Usage(service="EBS", item=f"{room} storage", unit="GB-month", region=region, quantity=volume.gib)]
    if volume.kind == "io2":
        yours.append(Usage(service="EBS", item="io2 IOPS", unit="IOPS-month", region=region, quantity=volume.iops))
    return tuple(yours)


def lanes(built: Topology) -> Picture:
    """How many operations a second the lane of each type of instance carries to its disks at any time."""
    region = built.container("web-1", "region")
    gp3 = catalog.quota("EBS", "gp3 baseline IOPS").value
    carried = {kind: lane_iops(kind) for kind in LANES}
    told = {}
    for kind, iops in carried.items():
        hour_usd = catalog.price("EC2", f"{kind} Linux on-demand", region.id if region else "").usd
        told[kind] = f"{iops:,.0f} ({usd(HOURS_PER_MONTH * hour_usd)} a month)"
    return charts.bars(
        carried,
        told=told,
        title="The lane of an EBS-optimised instance to its disks",
        xlabel="operations a second, at any time",
        limit=(gp3, f"a gp3 gives {gp3:,.0f}"),
    )
