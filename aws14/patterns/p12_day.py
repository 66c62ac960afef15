"""A day of the members' site: the customer's numbers, the members, the application, the load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aws14 import cost
from aws14.model import Application, Campaign, Diurnal, Scenario, Spike
from aws14.patterns.brief import Brief, Requirement

BRIEF = Brief(
    customer="Sazanami Fitness",
    story=(
        "The members' site of a chain of gyms. Members look up and change their data. At night nobody comes; every day "
        "at noon the classes of the week after next are opened, and everybody comes at once. Nobody in the company "
        "wants to look after servers."
    ),
    requirements=(
        Requirement(name="failed_share", text="at most one call in a thousand may fail", value=0.001),
        Requirement(name="p95_s", text="95 % of the answers within one second", value=1.0),
        Requirement(name="budget_usd", text="at most 60 USD a month", value=60.0),
    ),
)

USERS: Mapping[str, float] = {"Tokyo": 0.6, "Osaka": 0.25, "Fukuoka": 0.15}
ENTRY = "members-cdn"
"""What members address: the distribution."""

NOON_S = 12 * 3600.0
NIGHT_RPS = 0.002
"""Before dawn somebody looks in every few minutes."""

MEMBER_CALL = Application(
    service_time_s=0.030,
    service_distribution="lognormal",
    service_cv=1.0,
    response_kib=8.0,
    client_timeout_s=30.0,
    user_mbps=30.0,
    port=443,
    db_time_s=0.006,
    static_share=0.7,
    init_s=0.25,
)
"""One call: 30 ms of Python on one vCPU, one read of the table, 8 KiB out; seven in ten ask for a page or a picture. A
new execution environment imports boto3 first: a quarter of a second."""

ASSUMPTIONS = cost.Assumptions(
    requests_per_dns_query=8, stored_gib=1, written_gib=0.1, reads_per_call=1, writes_per_call=0.1, table_gib=1,
    log_kib_per_call=0.35,
)  # fmt: skip
"""What no trace shows: a visit is eight calls; a gigabyte of pages and pictures, one of members; each call reads a
member, one in ten writes one, and writes three lines to the log (START, END, REPORT)."""


def scenario(*, peak_rps: float = 600.0, day_rps: float = 4.0, db_connections: int = 0) -> Scenario:
    """A day of the members' site, midnight to midnight in Japan.

    Parameters
    ----------
    peak_rps : float
        Requests a second when the classes are opened, pages and pictures included.
    day_rps : float
        Requests a second of an ordinary evening.
    db_connections : int
        Connections to a database that each execution environment keeps.
    """
    rhythm = Diurnal(night_rps=NIGHT_RPS, day_rps=day_rps, peak_hour=18.0)
    opening = Spike(peak_rps=peak_rps, at_s=NOON_S, rise_s=20.0, hold_s=60.0, half_life_s=90.0)
    return Scenario(
        name="members' day",
        load=Campaign(rhythm=rhythm, spots=(opening,)),
        application=replace(MEMBER_CALL, db_connections=db_connections),
        entry=ENTRY,
        users=USERS,
    )
