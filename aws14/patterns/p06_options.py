"""Which product for which brief: every option held against what orders and desks ask, and what it costs in years."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from aws14 import charts
from aws14.charts.numbers import percent, usd
from aws14.cost.file_options import OPTIONS, misses, years_of
from aws14.model import Picture, Topology
from aws14.patterns.p06_day import COLD_SHARE, PEAK_DAYS, PEAK_MIBPS, STORED_GIB, USUAL_MIBPS, desks, orders

if TYPE_CHECKING:
    import pandas as pd

YEARS = 3
BOTH, ORDERS_ON, DESKS_ON = (
    "FSx ONTAP Multi-AZ",
    ("EFS bursting", "EFS elastic", "EFS provisioned"),
    "FSx Windows Multi-AZ",
)
"""What serves orders and desks at once, and what serves each of them beside the other."""

_MONTH_H = 720.0

Parts = Mapping[str, tuple[float, ...]]


def total(parts: Parts) -> float:
    """All years of all parts, USD."""
    return math.fsum(amount for years in parts.values() for amount in years)


def which(built: Topology) -> pd.DataFrame:
    """What each option misses of what orders and desks ask, and its bill of three years.

    Parameters
    ----------
    built : Topology
        What was read back: it says where.
    """
    import pandas as pd

    region = built.of_kind("region")[0].id
    asked = {"orders": orders(region), "desks": desks(region)}
    rows = {
        option: {
            column: told
            for whom, brief in asked.items()
            for column, told in (
                (f"{whom}: what is missing", _short(misses(option, brief)) or "nothing"),
                (f"{whom}: USD in {YEARS} years", round(total(years_of(option, brief, years=YEARS)))),
            )
        }
        for option in OPTIONS
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def _short(lacks: tuple[str, ...]) -> str:
    """What is missing without what is wanted: the brief says that."""
    return "; ".join(lack.partition(",")[0] for lack in lacks)


def ways(region: str) -> Mapping[str, Parts]:
    """Ways to serve both, each with its years: a file system for each of the two, or one that speaks both protocols.

    Parameters
    ----------
    region : str
        Where.
    """
    nfs, smb = orders(region), desks(region)
    share = years_of(DESKS_ON, smb, years=YEARS)
    one = replace(
        smb,
        gib=nfs.gib + smb.gib,
        cold_share=(nfs.gib * nfs.cold_share + smb.gib * smb.cold_share) / (nfs.gib + smb.gib),
        peak_mibps=nfs.peak_mibps + smb.peak_mibps,
    )
    apart = {
        f"{option}{' (late)' if misses(option, nfs) else ''}\nand FSx Windows": _added(
            years_of(option, nfs, years=YEARS), share
        )
        for option in ORDERS_ON
    }
    return {**apart, "FSx ONTAP\nfor both": years_of(BOTH, one, years=YEARS)}


def _added(first: Parts, second: Parts) -> Parts:
    nothing = (0.0,) * YEARS
    return {
        part: tuple(a + b for a, b in zip(first.get(part, nothing), second.get(part, nothing), strict=True))
        for part in (*first, *(part for part in second if part not in first))
    }


def three_years(built: Topology) -> Mapping[str, Parts]:
    """What each way costs year by year.

    Parameters
    ----------
    built : Topology
        What was read back: it says where.
    """
    return ways(built.of_kind("region")[0].id)


def your_company(
    built: Topology,
    gib: int = int(STORED_GIB),
    peak_mibps: int = int(PEAK_MIBPS),
    *,
    hours: int = 24 * PEAK_DAYS,
    usual_mibps: int = int(USUAL_MIBPS),
    cold_percent: int = int(100 * COLD_SHARE),
    protocol: str = "NFS",
) -> Picture:
    """Three years of each option for another company, and what it misses there; it begins with the orders' brief.

    Parameters
    ----------
    built : Topology
        What was read back: it says where.
    gib : int
        Stored.
    peak_mibps : int
        Asked while it lasts, MiB/s.
    hours : int
        For which the peak lasts, once a month.
    usual_mibps : int
        Asked in office hours, MiB/s.
    cold_percent : int
        Of what is stored, read by nobody for months.
    protocol : {'NFS', 'SMB'}
        What its clients speak.
    """
    asked = orders(
        built.of_kind("region")[0].id,
        usual_mibps=float(usual_mibps),
        peak_mibps=float(peak_mibps),
        peak_h=float(hours),
    )
    brief = replace(asked, gib=float(gib), cold_share=float(cold_percent) / 100, protocol=protocol)
    costs = {option: total(years_of(option, brief, years=YEARS)) for option in OPTIONS}
    lacks = {option: misses(option, brief) for option in OPTIONS}
    fit = [option for option in OPTIONS if not lacks[option]]
    cheapest = min(fit, key=lambda option: costs[option]) if fit else "nothing"
    return charts.bars(
        costs,
        title=f"{protocol}, {percent(float(hours) / _MONTH_H)} of the time at the peak: {cheapest} fits for the least",
        xlabel=f"USD in {YEARS} years",
        told={option: _told(costs[option], lacks[option]) for option in OPTIONS},
    )


def _told(cost_usd: float, lacks: tuple[str, ...]) -> str:
    return f"{usd(cost_usd)}" + (f", {_short(lacks[:1])}" if lacks else "")
