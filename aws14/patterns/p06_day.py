"""A company's shared files: its numbers, the end of a month, and what is built with the brief's files in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from aws14 import cost
from aws14.cost.files_brief import FilesBrief
from aws14.model import Application, AzOutage, Replay, Scenario, Topology
from aws14.model.kinds import Attribute
from aws14.patterns.brief import Brief, Requirement
from aws14.sim import what_if
from aws14.sim.files.months import Demand, office_month

BRIEF = Brief(
    customer="Minato Trading",
    story=(
        "A hundred and eighty people in Tokyo and Sapporo share their files on an old server under a desk. The order "
        "system's Linux servers speak NFS, the desks speak SMB. At the end of the month the books are closed: for two "
        "days and nights the order system reads and writes at once what it has."
    ),
    requirements=(
        Requirement(
            name="stored_gib", text="orders (NFS): two TiB, three quarters of it untouched for months", value=2048.0
        ),
        Requirement(
            name="peak_mibps",
            text="orders: 20 MiB a second in office hours, 150 while the books are closed",
            value=150.0,
        ),
        Requirement(name="desks_gib", text="desks (SMB): 500 GiB, 25 MiB a second at most", value=500.0),
        Requirement(name="growth", text="what is stored grows by a fifth a year", value=0.2),
        Requirement(name="wait_s", text="nobody waits for a file longer than ten seconds", value=10.0),
        Requirement(name="zone_min", text="a lost zone stops work for at most five minutes", value=5.0),
        Requirement(name="budget_usd", text="at most 40,000 USD in three years", value=40_000.0),
    ),
)

_DAY_S = 86_400.0

USERS: Mapping[str, float] = {"Tokyo": 1.0}
SHARED, SHARE, DIRECTORY, ORDERS = "shared", "share", "minato", "orders"
"""The file system of the servers, that of the desks, who may what, and the order system's own folder."""

STORED_GIB, COLD_SHARE, GROWTH = 2048.0, 0.75, 0.2
USUAL_MIBPS, PEAK_MIBPS, READ_SHARE = 20.0, 150.0, 0.7
MONTH_DAYS, PEAK_DAYS, AFTER_DAYS = 30, 2, 7
DESKS_GIB, DESKS_COLD, DESKS_MIBPS = 500.0, 0.6, 25.0

OPERATION_MIB = 0.5
CLOSE_DAYS = 4
"""What one operation of the order system moves, MiB, and how much of the month's end is run."""

FILE_REQUEST = Application(
    service_time_s=0.005,
    request_kib=1024 * OPERATION_MIB * (1 - READ_SHARE),
    response_kib=1024 * OPERATION_MIB * READ_SHARE,
    port=2049,
    client_timeout_s=10.0,
)
"""Reads and writes in one: the means of a mix. Who waits longer than the brief allows counts as failed."""

ASSUMPTIONS = cost.Assumptions()
"""What no trace shows."""


def scenario(
    *, entry: str = SHARED, days: int = CLOSE_DAYS, zone_lost_for_s: float = 0.0, zone: str = "ap-northeast-1a"
) -> Scenario:
    """The end of a month: office hours as usual, then, for the orders, two days and nights of closing the books.

    Parameters
    ----------
    entry : str
        Whose files: ``shared`` of the order system, or ``share`` of the desks, whose two last days are the busiest.
    days : int
        How many days are run, the last of the month among them; 30 for a bill of the month.
    zone_lost_for_s : float
        How long a zone is lost from nine in the morning of the last day; 0: not at all.
    zone : str
        Its name.
    """
    usual, peak = (DESKS_MIBPS / 5, DESKS_MIBPS) if entry == SHARE else (USUAL_MIBPS, PEAK_MIBPS)
    end = office_month(usual_mibps=usual, peak_mibps=peak, days=days, peak_days=PEAK_DAYS)
    minutes = np.rint(end.asked_mibps * 60 / OPERATION_MIB).astype(int).tolist()
    lost_s = (days - 1) * _DAY_S + 9 * 3600
    return Scenario(
        name="the end of the month",
        load=Replay(requests_per_minute=tuple(minutes), source="the brief: office hours, then day and night"),
        application=FILE_REQUEST,
        entry=entry,
        users=USERS,
        horizon_s=days * _DAY_S,
        faults=(AzOutage(az=zone, starts_s=lost_s, lasts_s=zone_lost_for_s),) if zone_lost_for_s else (),
    )


def month_end() -> Demand:
    """A month of the order system with its end, and the first days of the next, in which what is late is done."""
    month = office_month(
        usual_mibps=USUAL_MIBPS, peak_mibps=PEAK_MIBPS, days=MONTH_DAYS, peak_days=PEAK_DAYS, read_share=READ_SHARE
    )
    after = office_month(
        usual_mibps=USUAL_MIBPS, peak_mibps=PEAK_MIBPS, days=AFTER_DAYS, peak_days=0, read_share=READ_SHARE
    )
    return Demand(
        read_mibps=np.concatenate((month.read_mibps, after.read_mibps)),
        write_mibps=np.concatenate((month.write_mibps, after.write_mibps)),
    )


def filled(built: Topology) -> Topology:
    """What is built, with the brief's files in it: what nobody touches lies where the lifecycle puts it.

    Parameters
    ----------
    built : Topology
        What was read back; its file system holds next to nothing yet.
    """
    rules = " ".join(str(rule) for rule in _entries(built.node(SHARED).require("lifecycle")))
    cold = STORED_GIB * COLD_SHARE if "IA" in rules else 0.0
    archived = cold if "ARCHIVE" in rules else 0.0
    return what_if(built, SHARED, standard_gib=STORED_GIB - cold, ia_gib=cold - archived, archive_gib=archived)


def _entries(attribute: Attribute) -> tuple[Attribute, ...]:
    return attribute if isinstance(attribute, tuple) else (attribute,)


def orders(
    region: str, *, usual_mibps: float = USUAL_MIBPS, peak_mibps: float = PEAK_MIBPS, peak_h: float = 24.0 * PEAK_DAYS
) -> FilesBrief:
    """What the order system asks of its files.

    Parameters
    ----------
    region : str
        Where.
    usual_mibps, peak_mibps : float
        Asked in office hours, and while the books are closed, MiB/s.
    peak_h : float
        For how long they are closed, hours.
    """
    asked = office_month(usual_mibps=usual_mibps, peak_mibps=peak_mibps, peak_days=peak_h / 24, read_share=READ_SHARE)
    read, written = (float(each.sum()) * 60 / 1024 for each in (asked.read_mibps, asked.write_mibps))
    return FilesBrief(
        gib=STORED_GIB, cold_share=COLD_SHARE, growth=GROWTH, read_gib=read, written_gib=written,
        peak_mibps=peak_mibps, peak_h=peak_h, protocol="NFS", two_zones=True, region=region,
    )  # fmt: skip


def desks(region: str) -> FilesBrief:
    """What the desks ask of theirs."""
    usual = office_month(usual_mibps=DESKS_MIBPS / 5, peak_mibps=DESKS_MIBPS, peak_days=0, read_share=READ_SHARE)
    read, written = (float(each.sum()) * 60 / 1024 for each in (usual.read_mibps, usual.write_mibps))
    brief = orders(region)
    return replace(
        brief, gib=DESKS_GIB, cold_share=DESKS_COLD, read_gib=read, written_gib=written, peak_mibps=DESKS_MIBPS,
        protocol="SMB",
    )  # fmt: skip
