"""A day of the available intranet: the company's numbers, its people, the application, the load."""

from __future__ import annotations

from collections.abc import Mapping

from aws14 import cost
from aws14.model import Application, AzOutage, Diurnal, Fault, RegionOutage, Scenario
from aws14.patterns.brief import Brief, Requirement

BRIEF = Brief(
    customer="Hayabusa Wholesale",
    story=(
        "The order system of a wholesaler. While it stands still, so do the trucks; an hour costs more than a year of "
        "servers. A zone will fail one day, and a whole region may. Only people in the company's network use it."
    ),
    requirements=(
        Requirement(name="rto_s", text="a lost region: orders go in again within 15 minutes", value=900.0),
        Requirement(name="rpo_s", text="at most one minute of orders may be lost", value=60.0),
        Requirement(name="availability", text="99.95 % of a year", value=0.9995),
        Requirement(name="budget_usd", text="at most 1,000 USD a month", value=1000.0),
    ),
)

USERS: Mapping[str, float] = {"Tokyo": 0.7, "Osaka": 0.3}
NAME = "www.orders.internal"
OFFICE = "pc"
"""The instance in whose place people sit."""

STANDBY_REGION = "ap-northeast-3"
"""Osaka: another region in the same country, so that orders stay in it."""

ELEVEN_S = 11 * 3600.0

ORDER = Application(
    service_time_s=0.040,
    service_distribution="lognormal",
    service_cv=1.0,
    response_kib=30.0,
    client_timeout_s=10.0,
    user_mbps=100.0,
    db_time_s=0.012,
)
"""One view of an order: templates, four queries, 30 KiB out, somebody who waits ten seconds."""

ORDER_SHARE = 0.1
"""One view in ten writes an order."""

ASSUMPTIONS = cost.Assumptions(requests_per_dns_query=8, internal_kib_per_request=10, stored_gib=200, written_gib=30)
"""What no trace shows: eight views a lookup, 10 KiB of rows a view; 200 GiB of files, 30 GiB written a month."""


def scenario(
    *,
    region_lost_for_s: float = 0.0,
    region: str = "ap-northeast-1",
    zone_lost_for_s: float = 0.0,
    zone: str = "ap-northeast-1a",
) -> Scenario:
    """A working day of the order system, midnight to midnight in Japan.

    Parameters
    ----------
    region_lost_for_s, zone_lost_for_s : float
        How long a region or a zone is lost from eleven o'clock on; 0: not at all.
    region, zone : str
        Which.
    """
    lost: list[Fault] = []
    if region_lost_for_s:
        lost.append(RegionOutage(region=region, starts_s=ELEVEN_S, lasts_s=region_lost_for_s))
    if zone_lost_for_s:
        lost.append(AzOutage(az=zone, starts_s=ELEVEN_S, lasts_s=zone_lost_for_s))
    return Scenario(
        name="order day",
        load=Diurnal(night_rps=0.5, day_rps=14.0, peak_hour=13.0),
        application=ORDER,
        entry=NAME,
        users=USERS,
        source=OFFICE,
        faults=tuple(lost),
    )
