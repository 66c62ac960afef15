"""The designs between one region and two: how long each stands still, what it loses, and its bill.

What was built is copied with parts taken away or added, and billed under the same day. How long the away region takes
to answer is drawn by `aws14.sim.failover` from what AWS takes for each step, what is lost by `aws14.sim.replication`.
Of a design without a second region only an assumption says when it is back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws14 import catalog, cost
from aws14.charts.numbers import duration, usd
from aws14.model import Link, Node, Topology, Trace
from aws14.patterns.p04_day import ASSUMPTIONS, NAME, OFFICE, ORDER_SHARE, STANDBY_REGION, scenario
from aws14.sim import ToPlaces, resolve, simulate, what_if
from aws14.sim.changes import added, without
from aws14.sim.entry import ToFleet
from aws14.sim.failover import WARM, FailoverTimeline, region_failover
from aws14.sim.health_check import HealthCheck
from aws14.sim.replication import Lagging, Loss, Mechanism, Snapshots, losses
from aws14.sim.tiers import tiers

if TYPE_CHECKING:
    import pandas as pd

DAYS = 30
NIGHT_S = 86_400.0
ALARM = HealthCheck(interval_s=60.0, threshold=2)
"""A CloudWatch alarm of two periods of a minute, which promotes without asking anybody."""

_SERVERS = (
    "EC2 instance pending to running",
    "EC2 instance running to user data begins",
    "Linux service start",
    "ELB target registered to first health check",
)
LIGHT = (*WARM, _SERVERS)
COPIES = (("RDS DB instance restored from a snapshot",), ("ELB load balancer provisioning to active",), _SERVERS)
"""What has to be done away, row beside row; with copies alone even the load balancer."""

BY_ALARM = "A: promoted by an alarm"

Ways = Iterable[Iterable[str]]
Change = Callable[[Topology], Topology]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """A design after its home region is lost.

    Parameters
    ----------
    name : str
        Of the design.
    parts : Mapping[str, float]
        Mean seconds of each part of the recovery time.
    rto_s : float
        Time within which 95 of 100 outages are over.
    rpo_s : float
        Age of the oldest order lost, at the worst moment; NaN where the data come back with the region.
    orders : float
        Orders lost on average.
    pages_s : float
        Mean time until pages can be read again, from the replica.
    usd_per_month : float
        The bill.
    """

    name: str
    parts: Mapping[str, float]
    rto_s: float
    rpo_s: float
    orders: float
    pages_s: float
    usd_per_month: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """All designs side by side; shows itself as a table."""

    outlooks: tuple[Outlook, ...]

    @property
    def rto(self) -> dict[str, tuple[float, float]]:
        """Design -> recovery time in seconds and USD a month."""
        return {each.name: (each.rto_s, each.usd_per_month) for each in self.outlooks}

    @property
    def rpo(self) -> dict[str, tuple[float, float]]:
        """Design -> age of the oldest order lost in seconds and USD a month, of those with a second region."""
        return {each.name: (each.rpo_s, each.usd_per_month) for each in self.outlooks if not math.isnan(each.rpo_s)}

    @property
    def parts(self) -> dict[str, Mapping[str, float]]:
        """Design -> part of the recovery -> mean seconds, of those with a second region."""
        return {each.name: each.parts for each in self.outlooks if not math.isnan(each.rpo_s)}

    @property
    def table(self) -> pd.DataFrame:
        """A row a design."""
        import pandas as pd

        rows = {each.name: _row(each) for each in self.outlooks}
        return pd.DataFrame.from_dict(rows, orient="index")

    def __str__(self) -> str:
        """The table for a terminal."""
        return self.table.to_string()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The table for a notebook."""
        return str(self.table.to_html(border=0))


def _row(each: Outlook) -> dict[str, str]:
    returns = math.isnan(each.rpo_s)
    return {
        "pages on average": duration(each.pages_s),
        "orders on average": duration(sum(each.parts.values())),
        "95 % within (RTO)": duration(each.rto_s) + (" (assumed)" if returns else ""),
        "oldest order lost (RPO)": "none, if the region comes back" if returns else duration(each.rpo_s),
        "orders lost on average": "" if returns else f"{each.orders:,.0f}",
        "a month": usd(each.usd_per_month),
    }


def options(built: Topology, decision_min: float = 5, region_back_h: float = 8) -> Options:
    """Recovery time, data lost and bill of seven designs.

    Parameters
    ----------
    built : Topology
        Option A, as built.
    decision_min : float
        Minutes until somebody has decided to promote.
    region_back_h : float
        Hours until the lost region is back: all that a design in one region can wait for.
    """
    trace = simulate(built, scenario())
    check, ttl_s = _noticed(built)

    def back(ways: Ways, check: HealthCheck = check, decision_s: float = 60 * decision_min) -> FailoverTimeline:
        return region_failover(check, ttl_s=ttl_s, decision_s=decision_s, ways=ways)

    def outlook(name: str, change: Change, follows: Mechanism, *, orders: FailoverTimeline, pages: float) -> Outlook:
        lost = lost_orders(follows)
        return Outlook(
            name=name,
            parts=parts_of(orders, 0.0 if name == BY_ALARM else 60 * decision_min),
            rto_s=orders.quantile_s(0.95),
            rpo_s=lost.worst_rpo_s,
            orders=ORDER_SHARE * float(lost.writes.mean()),
            pages_s=pages,
            usd_per_month=_month(change(built), trace),
        )

    replica, night = Lagging.read_replica(), Snapshots.of_database(every_s=NIGHT_S)
    log = Snapshots(every_s=_s("RDS transaction log backup"), takes_s=_s("S3 object replicated to another region"))
    cold, warm, at_once = back(COPIES), back(WARM), back((), decision_s=0.0).rto_s
    alone = Outlook(
        name="one region", parts={"waiting for the region": 3600 * region_back_h}, rto_s=3600 * region_back_h,
        rpo_s=math.nan, orders=0.0, pages_s=3600 * region_back_h, usd_per_month=_month(one_region(built), trace),
    )  # fmt: skip
    return Options(
        outlooks=(
            alone,
            outlook("B: copied every night", copies_only, night, orders=cold, pages=cold.rto_s),
            outlook("B: backups replicated", copies_only, log, orders=cold, pages=cold.rto_s),
            outlook("pilot light", pilot_light, replica, orders=back(LIGHT), pages=back((_SERVERS,)).rto_s),
            outlook("A: as built", _as_built, replica, orders=warm, pages=at_once),
            outlook(BY_ALARM, _as_built, replica, orders=back(WARM, ALARM, 0.0), pages=at_once),
            outlook("A: Multi-AZ away, too", multi_az_away, replica, orders=warm, pages=at_once),
        )
    )


def _as_built(topology: Topology) -> Topology:
    return topology


def parts_of(back: FailoverTimeline, decision_s: float) -> dict[str, float]:
    """Mean seconds: noticing it, deciding, doing it, and what clients remember after that."""
    told = back.parts
    return {
        "noticing it": told["detection"],
        "deciding": decision_s,
        "promoting or restoring": told["promotion"] - decision_s,
        "remembered name": told["name"] + told["reconnection"],
    }


def lost_orders(follows: Mechanism) -> Loss:
    """What is lost of a month of the order system, views counted as writes."""
    return losses(follows, scenario().load, horizon_s=DAYS * NIGHT_S)


def _month(topology: Topology, trace: Trace) -> float:
    return cost.monthly_bill(topology, trace, assume=ASSUMPTIONS).total_usd


def _noticed(built: Topology) -> tuple[HealthCheck, float]:
    """By which checks the name moves away from home, and how long it is remembered."""
    way = resolve(built, NAME, 80, OFFICE)
    home = way.places[0].way if isinstance(way, ToPlaces) else way
    if not isinstance(home, ToFleet):
        return HealthCheck.route_53(), 0.0
    tier = tiers(built, home.load_balancer, "HTTP:80")[0]
    return HealthCheck.of_tier(tier), way.ttl_s if isinstance(way, ToPlaces) else 0.0


def _s(thing: str) -> float:
    return catalog.durations()[thing].typical_s


def one_region(built: Topology) -> Topology:
    """The home region alone."""
    return without(built, "vpc-away", "orders-away", f"{NAME} (SECONDARY)", f"line-{STANDBY_REGION}")


def pilot_light(built: Topology) -> Topology:
    """The replica runs, servers are started when they are needed."""
    return what_if(built, "app-away", desired=0)


def multi_az_away(built: Topology) -> Topology:
    """The replica has a standby of its own."""
    return what_if(built, "orders-db-away", multi_az=True)


def copies_only(built: Topology) -> Topology:
    """Nothing runs away: a snapshot of the database and one of the servers' image lie there."""
    gib, root = (built.node(name).require(what) for name, what in (("orders-db", "gib"), ("app", "root_gib")))
    return added(
        without(built, "orders-db-away", "app-away", "app-away-targets", "orders-alb-away"),
        Node(
            id="orders-copy", kind="db_snapshot", parent=STANDBY_REGION,
            attributes={"of": "orders-db", "gib": gib, "state": "available"},
        ),
        Node(
            id="app-copy", kind="snapshot", parent=STANDBY_REGION,
            attributes={"of": "app", "gib": root, "state": "completed"},
        ),
        links=(Link(source="orders-db", target="orders-copy", kind="routes", label="replicates"),),
    )  # fmt: skip
