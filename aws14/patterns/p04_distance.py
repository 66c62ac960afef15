"""Distance in time: how long a name leads to a dead place, and what it costs to have every write in two places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aws14 import catalog, charts
from aws14.charts.numbers import duration, percent
from aws14.model import Picture, Topology
from aws14.patterns.p04_day import ORDER_SHARE, STANDBY_REGION, scenario
from aws14.sim.failover import name_failover
from aws14.sim.health_check import HealthCheck
from aws14.sim.replication import Lagging, Mechanism, Snapshots, Synchronous, losses

if TYPE_CHECKING:
    import pandas as pd

WANTED_S = 120.0
HOUR_S = 3600.0
DAYS = 30
_SHARES = ((0.05, "lucky: 5 of 100 are quicker"), (0.5, "half of them"), (0.95, "unlucky: 5 of 100 are slower"))


def failing_over_by_name(_: Topology, interval_s: float = 30, failure_threshold: int = 3, ttl_s: float = 60) -> Picture:
    """When people are served again, by luck: the failure comes at any moment between two checks and two look-ups.

    Parameters
    ----------
    interval_s : float
        Seconds between two checks of one of Route 53's checkers.
    failure_threshold : int
        Failed checks in a row.
    ttl_s : float
        Seconds for which an answer is remembered.
    """
    check = HealthCheck.route_53(interval_s=interval_s, threshold=failure_threshold)
    back = name_failover(check, ttl_s=ttl_s)
    order = np.argsort(back.reconnected_s)
    cases = {}
    for share, name in _SHARES:
        near = order[int(share * len(order)) - 50 : int(share * len(order)) + 50]
        noticed_s = float(back.detected_s[near].mean())
        cases[name] = {
            "health checks": noticed_s,
            "remembered name": float(back.reconnected_s[near].mean()) - noticed_s,
        }
    within = float((back.reconnected_s <= WANTED_S).mean())
    settings = f"{interval_s:g} s x {failure_threshold}, TTL {ttl_s:g} s"
    told = f"{percent(within)} are back within {duration(WANTED_S)}, 95 % within {duration(back.quantile_s(0.95))}"
    title = f"{settings}: {told}"
    return charts.stages(cases, title=title, limit=(WANTED_S, "two minutes"))


def disks_in_step(_: Topology) -> pd.DataFrame:
    """Ways to have the disk elsewhere, too: what is lost with the first place, and what every write waits."""
    import pandas as pd

    region = catalog.region("ap-northeast-1").name
    places = {"another zone": region, "Osaka": STANDBY_REGION, "Singapore": "ap-southeast-1", "Virginia": "us-east-1"}
    ways: dict[str, Mechanism] = {
        f"copied every {hours:g} h" if hours < 24 else "copied every night": Snapshots.of_volume(
            every_s=hours * HOUR_S, gib=10
        )
        for hours in (24, 6, 1)
    }
    ways["follows, in Osaka"] = Lagging.read_replica()
    ways |= {f"in step, {name}": Synchronous.between(region, place) for name, place in places.items()}
    return pd.DataFrame.from_dict({name: _row(way) for name, way in ways.items()}, orient="index")


def _row(way: Mechanism) -> dict[str, str]:
    lost = losses(way, scenario().load, horizon_s=DAYS * 24 * HOUR_S)
    waits_s = way.round_trip_s if isinstance(way, Synchronous) else 0.0
    return {
        "oldest write lost": duration(lost.worst_rpo_s),
        "orders lost on average": f"{ORDER_SHARE * float(lost.writes.mean()):,.0f}",
        "every write waits": f"{1000 * waits_s:.1f} ms" if waits_s else "",
        "writes one after the other": f"{1 / waits_s:,.0f} a second at most" if waits_s else "",
    }
