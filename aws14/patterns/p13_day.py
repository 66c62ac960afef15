"""A day of the bookshop: the customer's numbers, the readers, the services, the load."""

from __future__ import annotations

from collections.abc import Mapping

from aws14 import cost
from aws14.model import Application, Campaign, Diurnal, Fault, InstanceLoss, Rollout, Scenario, Spike
from aws14.patterns.brief import Brief, Requirement

BRIEF = Brief(
    customer="Komorebi Books",
    story=(
        "An online bookshop, cut into services that five teams release on their own, several times a day. Each "
        "service comes as containers. On some evenings a book is named on television, and everybody looks for it. "
        "Someone has to decide where the containers run, keep them running, and replace them without anybody noticing."
    ),
    requirements=(
        Requirement(
            name="lost_by_release", text="a release may not lose a single request, not even at the busiest hour",
            value=0.0,
        ),
        Requirement(name="p95_s", text="95 % of the answers within half a second, that evening too", value=0.5),
        Requirement(name="budget_usd", text="at most 500 USD a month", value=500.0),
    ),
)  # fmt: skip

USERS: Mapping[str, float] = {"Tokyo": 0.5, "Osaka": 0.3, "Sapporo": 0.2}
ENTRY = "catalog"
"""What readers address: the Kubernetes service, by its load balancer."""

WORKLOAD, AUTOSCALER, NODES = "catalog-pods", "catalog-autoscaler", "workers"
HOUR_S = 3600.0
SPOT_H, RELEASE_H = 20.5, 21.0
"""When the book is named, and when a team releases all the same."""

EVENING_H, EVENING_FOR_H = 20.0, 2.5
"""The part of the day in which it is decided."""

SPOT_RPS = 80.0
RELEASE = "v2"

CATALOG_CALL = Application(
    service_time_s=0.025,
    service_distribution="lognormal",
    service_cv=1.0,
    response_kib=20.0,
    client_timeout_s=5.0,
    user_mbps=50.0,
    init_s=2.0,
)
"""One request to the catalogue: 25 ms on one vCPU, 20 KiB out; a new container reads its index first, two seconds."""

ASSUMPTIONS = cost.Assumptions(requests_per_dns_query=8, stored_gib=5, written_gib=1)
"""What no trace shows: a visit is eight requests; five GiB of images in the registry."""


def scenario(
    *,
    spot_rps: float = SPOT_RPS,
    node_lost_at_h: float | None = None,
    released_at_h: float | None = None,
    starts_h: float = 0.0,
    horizon_h: float = 24.0,
) -> Scenario:
    """A day of the bookshop, midnight to midnight in Japan, or a part of it.

    Parameters
    ----------
    spot_rps : float
        Requests a second that come on top when a book is named on television.
    node_lost_at_h : float, optional
        Hour of the day at which the hardware under a node fails; left out: never.
    released_at_h : float, optional
        Hour of the day at which a new version of the catalogue is released; left out: never.
    starts_h : float
        Hour of the day at which the run starts.
    horizon_h : float
        Length of the run in hours.
    """
    starts_s = starts_h * HOUR_S
    lost: list[Fault] = []
    if node_lost_at_h is not None:
        lost.append(InstanceLoss(node=NODES, starts_s=node_lost_at_h * HOUR_S - starts_s))
    spot = Spike(peak_rps=spot_rps, at_s=SPOT_H * HOUR_S - starts_s, rise_s=240.0, hold_s=1800.0, half_life_s=1500.0)
    released = () if released_at_h is None else (_release(released_at_h * HOUR_S - starts_s),)
    return Scenario(
        name="bookshop day" if horizon_h > EVENING_FOR_H else "bookshop evening",
        load=Campaign(rhythm=Diurnal(night_rps=4.0, day_rps=36.0, peak_hour=(20.0 - starts_h) % 24), spots=(spot,)),
        application=CATALOG_CALL,
        entry=ENTRY,
        users=USERS,
        horizon_s=horizon_h * HOUR_S,
        starts_s=starts_s,
        faults=tuple(lost),
        rollouts=released,
    )


def evening(*, released: bool = True) -> Scenario:
    """The evening on which a book is named; with a release when the shop is full."""
    return scenario(starts_h=EVENING_H, horizon_h=EVENING_FOR_H, released_at_h=RELEASE_H if released else None)


def _release(at_s: float) -> Rollout:
    return Rollout(node=WORKLOAD, version=RELEASE, at_s=at_s)
