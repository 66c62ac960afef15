"""A month of a file system, minute by minute: what is asked, what is served, how long it waits, which credits are left.

Model: work is served in the order in which it comes, as fast as the file system allows; what is not served waits. The
speed of a minute is what credits and baseline allow in it.

Left out: clients that give up, files that are asked for again because they were slow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14.catalog import quota
from aws14.errors import ScenarioError
from aws14.sim.files.throughput import Throughput

Floats = NDArray[np.float64]

_MINUTE_S, _DAY_MIN, _HOUR_MIN, _WEEK_DAYS, _WORK_DAYS = 60.0, 1440, 60, 7, 5


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Demand:
    """What clients want, an entry a minute.

    Parameters
    ----------
    read_mibps, write_mibps : ndarray of float64, shape (n,)
        MiB/s.

    Raises
    ------
    ScenarioError
        When there is nothing, the two differ in length, or one is negative.
    """

    read_mibps: Floats
    write_mibps: Floats

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        both = (self.read_mibps, self.write_mibps)
        if len({each.shape for each in both}) != 1 or not both[0].size or min(float(each.min()) for each in both) < 0:
            raise ScenarioError("a demand that cannot be", allowed="as many reads as writes, MiB/s of 0 or more")

    @property
    def asked_mibps(self) -> Floats:
        """Reads and writes together, MiB/s."""
        return self.read_mibps + self.write_mibps

    @property
    def metered_mibps(self) -> Floats:
        """As EFS meters it: a read counts less than a write."""
        return self.write_mibps + self.read_mibps / quota("EFS", "reads metered as one write").value


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class FilesRun:
    """A file system under a demand. Arrays have an entry a minute.

    Parameters
    ----------
    asked_mibps, served_mibps : ndarray of float64, shape (n,)
        Wanted, and moved.
    backlog_mib : ndarray of float64, shape (n,)
        What waits at the end of each minute.
    wait_s : ndarray of float64, shape (n,)
        How long what comes at the end of each minute waits; infinite where the run ends before it is served.
    credits_gib : ndarray of float64, shape (n,)
        Burst credits at the end of each minute.
    """

    asked_mibps: Floats
    served_mibps: Floats
    backlog_mib: Floats
    wait_s: Floats
    credits_gib: Floats

    @property
    def worst_wait_s(self) -> float:
        """The longest wait."""
        return float(self.wait_s.max())

    @property
    def late_minutes(self) -> int:
        """Minutes at whose end something waits for more than a minute."""
        return int((self.wait_s > _MINUTE_S).sum())


def office_month(
    *, usual_mibps: float, peak_mibps: float, days: int = 30, peak_days: float = 2, read_share: float = 0.7
) -> Demand:
    """A month of an office: from 9 to 18 on weekdays as usual, and at its end days and nights of closing the books.

    Parameters
    ----------
    usual_mibps, peak_mibps : float
        Wanted in office hours, and at the end of the month, MiB/s.
    days : int
        Length of the month.
    peak_days : float
        Length of its end, days.
    read_share : float
        Share that is read.

    Raises
    ------
    ScenarioError
        When an amount cannot be.
    """
    if not (0 <= peak_days <= days and days >= 1 and 0 <= read_share <= 1):
        raise ScenarioError(f"{peak_days:g} of {days} days, {read_share:g} read", allowed="a part of at least one day")
    minute = np.arange(days * _DAY_MIN)
    day, hour = minute // _DAY_MIN, minute % _DAY_MIN / _HOUR_MIN
    office = (day % _WEEK_DAYS < _WORK_DAYS) & (hour >= 9) & (hour < 18)
    asked = np.where(minute >= (days - peak_days) * _DAY_MIN, peak_mibps, np.where(office, usual_mibps, 0.0)).astype(
        np.float64
    )
    return Demand(read_mibps=asked * read_share, write_mibps=asked * (1 - read_share))


def serve(
    throughput: Throughput, demand: Demand, *, credits_gib: float | None = None, up: Floats | None = None
) -> FilesRun:
    """Serve a demand.

    Parameters
    ----------
    throughput : Throughput
        Of the file system.
    demand : Demand
        What is wanted.
    credits_gib : float, optional
        At the start; as many as it can have when left out.
    up : ndarray of float64, shape (n,), optional
        Share of each minute in which files are served, 0 to 1; always when left out.

    Raises
    ------
    ScenarioError
        When there are more credits than it can have.
    """
    most = throughput.credits_mib
    left = most if credits_gib is None else credits_gib * 1024
    if not 0 <= left <= most:
        raise ScenarioError(f"{left / 1024:g} GiB of credits", allowed=f"0 to {most / 1024:g} GiB")
    pace = _Pace(throughput.baseline_mibps * _MINUTE_S, throughput.burst_mibps * _MINUTE_S, most)
    return _served(pace, demand, demand.metered_mibps * _MINUTE_S, left=left, up=up)


def serve_evenly(limit_mibps: float, demand: Demand, *, up: Floats | None = None) -> FilesRun:
    """Serve a demand by a file server with one limit, for reads and writes alike (FSx, a server with a disk).

    Parameters
    ----------
    limit_mibps : float
        What it gives, MiB/s.
    demand : Demand
        What is wanted.
    up : ndarray of float64, shape (n,), optional
        As of `serve`.

    Raises
    ------
    ScenarioError
        When it gives nothing.
    """
    if not limit_mibps > 0:
        raise ScenarioError(f"a file server that gives {limit_mibps:g} MiB/s", allowed="more than 0")
    pace = _Pace(limit_mibps * _MINUTE_S, limit_mibps * _MINUTE_S, 0.0)
    return _served(pace, demand, demand.asked_mibps * _MINUTE_S, left=0.0, up=up)


@dataclass(frozen=True, slots=True)
class _Pace:
    """MiB a minute always and with credits, and the most credits, MiB."""

    base: float
    burst: float
    most: float


def _served(pace: _Pace, demand: Demand, wanted: Floats, *, left: float, up: Floats | None) -> FilesRun:
    done, credits_mib = _drain(pace, wanted, left, np.ones(len(wanted)) if up is None else up)
    arrived, moved = np.cumsum(wanted), np.cumsum(done)
    asked = np.cumsum(demand.asked_mibps) * _MINUTE_S
    served = _as_far_as(moved, arrived, asked)
    return FilesRun(
        asked_mibps=demand.asked_mibps,
        served_mibps=np.diff(served, prepend=0.0) / _MINUTE_S,
        backlog_mib=np.maximum(0.0, asked - served),
        wait_s=_waits(arrived, moved),
        credits_gib=credits_mib / 1024,
    )


def _drain(pace: _Pace, wanted: Floats, left: float, up: Floats) -> tuple[Floats, Floats]:
    """Metered MiB that are done in each minute, and credits at its end, MiB."""
    done, kept, waiting = np.empty(len(wanted)), np.empty(len(wanted)), 0.0
    for minute, (more, share) in enumerate(zip(wanted.tolist(), up.tolist(), strict=True)):
        now = min(waiting + more, pace.burst * share, (pace.base + left) * (share > 0))
        waiting += more - now
        left = min(pace.most, left + pace.base - now)
        done[minute], kept[minute] = now, left
    return done, kept


def _as_far_as(moved: Floats, arrived: Floats, asked: Floats) -> Floats:
    """Of what was asked, in the order it came, how much is done when so many metered MiB are."""
    return np.interp(moved, np.concatenate(([0.0], arrived)), np.concatenate(([0.0], asked)))


def _waits(arrived: Floats, moved: Floats) -> Floats:
    """Seconds from the end of each minute until all is done that came by then."""
    ends = np.arange(1, len(arrived) + 1) * _MINUTE_S
    # Sums of floats: what is done may be a rounding short of what came.
    need = np.maximum(0.0, arrived - 1e-9 * max(1.0, float(arrived[-1])))
    later = np.searchsorted(moved, need, side="left")
    inside = np.minimum(later, len(moved) - 1)
    before = np.where(inside > 0, moved[inside - 1], 0.0)
    step = np.maximum(moved[inside] - before, 1e-12)
    reached = (inside + np.clip((need - before) / step, 0.0, 1.0)) * _MINUTE_S
    return np.where(later < len(moved), np.maximum(0.0, reached - ends), np.inf)
