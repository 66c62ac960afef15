"""A day of the bookshop: the customer's numbers, the readers, the services, the load."""

from __future__ import annotations

from collections.abc import Mapping

from aws14 import cost
from aws14.model import Application, Diurnal, Fault, InstanceLoss, Scenario
from aws14.patterns.brief import Brief, Requirement

BRIEF = Brief(
    customer="Komorebi Books",
    story=(
        "An online bookshop, cut into services that five teams release on their own, several times a day. Each "
        "service comes as containers. Someone has to decide where they run, keep them running, and replace them "
        "without anybody noticing."
    ),
    requirements=(
        Requirement(
            name="failed_share", text="at most one request in a thousand may fail, releases included", value=0.001
        ),
        Requirement(name="p95_s", text="95 % of the answers within half a second", value=0.5),
        Requirement(name="budget_usd", text="at most 650 USD a month", value=650.0),
    ),
)

USERS: Mapping[str, float] = {"Tokyo": 0.5, "Osaka": 0.3, "Sapporo": 0.2}
ENTRY = "catalog"
"""What readers address: the Kubernetes service, by its load balancer."""

NODES = "workers"
EVENING_S = 21 * 3600.0

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


def scenario(*, day_rps: float = 90.0, node_lost_at_s: float | None = None) -> Scenario:
    """A day of the bookshop, midnight to midnight in Japan.

    Parameters
    ----------
    day_rps : float
        Requests a second at nine in the evening.
    node_lost_at_s : float, optional
        When the hardware under a node fails; left out: never.
    """
    lost: list[Fault] = []
    if node_lost_at_s is not None:
        lost.append(InstanceLoss(node=NODES, starts_s=node_lost_at_s))
    return Scenario(
        name="bookshop day",
        load=Diurnal(night_rps=6.0, day_rps=day_rps, peak_hour=21.0),
        application=CATALOG_CALL,
        entry=ENTRY,
        users=USERS,
        faults=tuple(lost),
    )
