"""Proving: for how long a backup that cannot be restored goes unnoticed."""

from __future__ import annotations

import math

from aws14 import charts
from aws14.charts.numbers import percent
from aws14.model import Picture, Topology
from aws14.sim.backups.proving import Proving, prove

TESTS = {
    "never": math.inf,
    "once a year": 365.0,
    "once a quarter": 91.0,
    "once a month": 30.0,
    "once a week": 7.0,
}
"""How often a restore is tried -> days between two."""


def proving(built: Topology, breaks_per_year: float = 0.2, years: float = 7.0, finds: float = 1.0) -> Picture:
    """Chance that a backup cannot be restored on the day it is needed, by how often a restore is tried.

    Parameters
    ----------
    built : Topology
        Not asked: what breaks a backup is in none.
    breaks_per_year : float
        How often it stops being restorable, unnoticed.
    years : float
        How long it runs.
    finds : float
        Chance that a test finds it, above 0 to 1.
    """
    del built
    amounts, told = {}, {}
    for name, days in TESTS.items():
        case = Proving(breaks_per_year=float(breaks_per_year), test_every_days=days, finds=float(finds))
        proved = prove(case, years=float(years))
        amounts[name] = 100 * proved.broken_share
        unnoticed = f"{proved.undetected_days.mean():,.0f} days" if len(proved.undetected_days) else "no day"
        told[name] = f"{percent(proved.broken_share)}; unnoticed for {unnoticed}"
    return charts.bars(
        amounts,
        title="A restore is tried ...",
        xlabel="% of days on which the backup would not restore",
        told=told,
        unit="%",
    )
