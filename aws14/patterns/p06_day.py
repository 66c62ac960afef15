"""A company's shared files: its numbers, the end of a month."""

from __future__ import annotations

from collections.abc import Mapping

from aws14 import cost
from aws14.model import Application, Diurnal, Scenario
from aws14.patterns.brief import Brief, Requirement

BRIEF = Brief(
    customer="Minato Trading",
    story=(
        "A hundred and eighty people in Tokyo and Sapporo share their files on an old server under a desk. Desks speak "
        "SMB, the order system's Linux servers NFS. At the end of the month the books are closed: for two days and "
        "nights everything is read and written at once."
    ),
    requirements=(
        Requirement(name="stored_gib", text="two TiB, of which three quarters lie untouched for months", value=2048.0),
        Requirement(
            name="late_minutes", text="at the end of the month nobody waits longer than ten seconds", value=10.0
        ),
        Requirement(name="zone_min", text="a lost zone stops work for at most five minutes", value=5.0),
        Requirement(name="budget_usd", text="at most 20,000 USD in three years", value=20_000.0),
    ),
)

USERS: Mapping[str, float] = {"Tokyo": 1.0}
SHARED, SHARE, DIRECTORY = "shared", "share", "minato"
"""The file system of the servers, that of the desks, and who may what."""

STORED_GIB, COLD_SHARE = 2048.0, 0.75
USUAL_MIBPS, PEAK_MIBPS = 20.0, 150.0

FILE_REQUEST = Application(service_time_s=0.005, request_kib=1.0, response_kib=512.0, port=2049, client_timeout_s=60.0)

ASSUMPTIONS = cost.Assumptions()
"""What no trace shows."""


def scenario() -> Scenario:
    """The last four days of a month."""
    return Scenario(
        name="the end of the month",
        load=Diurnal(night_rps=1.0, day_rps=40.0, peak_hour=14.0),
        application=FILE_REQUEST,
        entry=SHARED,
        users=USERS,
    )
