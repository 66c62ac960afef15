"""What an architects' office has to keep: its numbers, a day of its project server."""

from __future__ import annotations

from collections.abc import Mapping

from aws14 import cost
from aws14.model import Application, AzOutage, Diurnal, Fault, Scenario
from aws14.patterns.brief import Brief, Requirement

BRIEF = Brief(
    customer="Hayashi & Ono Architects",
    story=(
        "Twelve architects. Plans lie on a project server, hours and orders in a database, models and drawings in a "
        "bucket. What is lost is drawn again, at the firm's cost. One Monday everything is encrypted, and the backups "
        "are gone too. It must never be so again."
    ),
    requirements=(
        Requirement(
            name="rpo_h",
            text="of plans and models at most a day's work may be lost, if it is noticed within a day",
            value=24.0,
        ),
        Requirement(
            name="database_rpo_min",
            text="of the database at most five minutes, unless the account itself is attacked",
            value=5.0,
        ),
        Requirement(name="rto_h", text="the office works again within four hours", value=4.0),
        Requirement(name="back_days", text="what was spoiled a month ago can still be brought back", value=30.0),
        Requirement(
            name="keep_years",
            text="the state at the end of each year stays for seven years, as the law says of accounts",
            value=7.0,
        ),
        Requirement(name="budget_usd", text="copies cost at most 150 USD a month", value=150.0),
    ),
)

USERS: Mapping[str, float] = {"Tokyo": 1.0}
SERVER, VOLUME, DATABASE, BUCKET = "plans", "plans-data", "projects-db", "models"
"""What is to be kept safe."""

AWAY = "ap-northeast-3"
"""Where copies go."""

VOLUME_GIB, CHANGED_GIB_PER_DAY = 200, 2.0
DATABASE_GIB, MODELS_GIB = 50, 100.0
DATABASE_CHANGED_GIB, MODELS_CHANGED_GIB = 0.5, 0.5
"""How large the others are, and what a day changes of them."""

LOST_S = 10 * 3600.0

PLAN_REQUEST = Application(
    service_time_s=0.05, service_distribution="lognormal", service_cv=1.0, workers_per_vcpu=4, response_kib=800.0,
    user_mbps=100.0, port=80,
)  # fmt: skip
"""One look at a plan: 50 ms on one vCPU, 800 KiB out."""

ASSUMPTIONS = cost.Assumptions(stored_gib=MODELS_GIB, written_gib=60.0, changed_gib=CHANGED_GIB_PER_DAY)
"""What no trace shows: what lies in the bucket, what is written in a month, what a day changes on the volume."""


def scenario(*, zone_lost_h: float = 0.0) -> Scenario:
    """A working day of the project server, midnight to midnight in Japan.

    Parameters
    ----------
    zone_lost_h : float
        Hours for which its zone is lost from ten o'clock on; 0: nothing happens.
    """
    faults: tuple[Fault, ...] = ()
    if zone_lost_h:
        faults = (AzOutage(az="ap-northeast-1a", starts_s=LOST_S, lasts_s=3600.0 * zone_lost_h),)
    return Scenario(
        name="a day at the office",
        load=Diurnal(night_rps=0.02, day_rps=1.5, peak_hour=14.0),
        application=PLAN_REQUEST,
        entry=SERVER,
        users=USERS,
        faults=faults,
    )
