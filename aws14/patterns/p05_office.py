"""The office: bytes that have to leave it, over the line, through a gateway's cache, or on disks by mail."""

from __future__ import annotations

import math

import numpy as np

from aws14 import charts
from aws14.charts.numbers import duration
from aws14.model import Picture, Topology
from aws14.patterns.p05_day import CHANGED_GIB_PER_DAY
from aws14.sim.transfer import by_mail, safe_after_s, transfer_s

LINE_MBPS, FASTER, DISK_MBPS = 100.0, 10.0, 1600.0
"""The office's line in Mbit/s, how many times as fast a better one is, and what a disk takes in Mbit/s."""

LAN_MBPS = 1000.0
"""The office's own network, in Mbit/s."""

BY_MAIL_DAYS, WINDOW_H = 5.0, 8.0
"""Door to door, and how long nobody works."""

_DAY_S = 86_400.0


def office(
    built: Topology,
    mbps: float = LINE_MBPS,
    share: float = 0.5,
    days_by_mail: float = BY_MAIL_DAYS,
) -> Picture:
    """Days until all of the office's data is in AWS, over how much there is.

    Parameters
    ----------
    built : Topology
        Not asked: the office's line is in no cloud.
    mbps : float
        The office's line; a gateway's cache empties over it as well.
    share : float
        Of the line that copies may take while people work.
    days_by_mail : float
        Door to door.
    """
    del built
    sizes = np.logspace(1, 5, 81)
    change = {"changed_gib_per_day": CHANGED_GIB_PER_DAY}
    mailed = {"days_on_the_way": float(days_by_mail), "disk_mbps": DISK_MBPS, "mbps": float(mbps)} | change
    lines = {
        f"{rate:,g} Mbit/s, {share:.0%} of it": [
            safe_after_s(gib, mbps=float(rate), utilization=float(share), **change) for gib in sizes
        ]
        for rate in (float(mbps), FASTER * float(mbps))
    }
    lines["disks by mail"] = [by_mail(gib, **mailed, window_s=3600 * WINDOW_H).total_s for gib in sizes]
    own, mail = next(iter(lines.values())), lines["disks by mail"]
    border = next(
        (f"from {gib:,.0f} GiB on" for gib, line_s, mail_s in zip(sizes, own, mail, strict=True) if mail_s < line_s),
        "never",
    )
    return charts.curves(
        sizes,
        {name: [_days(seconds) for seconds in waits] for name, waits in lines.items()},
        title=f"Disks by mail are quicker than {mbps:g} Mbit/s: {border}",
        xlabel="GiB in the office",
        ylabel="days",
        scales=("log", "log"),
    )


def waiting(built: Topology, mbps: float = LINE_MBPS, gib: float = 1.0, hit_ratio: float = 0.9) -> Picture:
    """How long the office waits in a morning to open its plans, by where they are.

    Parameters
    ----------
    built : Topology
        Not asked.
    mbps : float
        The line.
    gib : float
        Opened by all of them in that morning.
    hit_ratio : float
        Share that lies in the gateway's cache.
    """
    del built
    near, far = transfer_s(float(gib), mbps=LAN_MBPS), transfer_s(float(gib), mbps=float(mbps))
    share = float(hit_ratio)
    amounts = {
        "on a server in the office": near,
        f"in S3, {share:.0%} in the gateway's cache": share * near + (1 - share) * far,
        "in S3, nothing cached": far,
    }
    return charts.bars(
        amounts,
        title=f"Opening {gib:g} GiB of plans",
        xlabel="seconds for all of them",
        told={name: duration(seconds) for name, seconds in amounts.items()},
    )


def _days(seconds: float) -> float:
    return seconds / _DAY_S if math.isfinite(seconds) else math.nan
