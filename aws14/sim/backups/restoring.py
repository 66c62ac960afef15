"""Restoring: a drill with a stopwatch. What the time until work goes on is made of, phase by phase.

Model. Phases follow each other: notice, decide, wait for cold storage, create, carry over a line, fill. A volume that
is restored from a snapshot is there at once and slow: each block comes from S3 when it is first read. It is full after
its bytes over the rate of initialization.

Left out: people who are asleep, quotas, restores that compete for one line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.sim.transfer import transfer_s

_MIB_PER_GIB = 1024.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Drill:
    """How long coming back takes.

    Parameters
    ----------
    name : str
        What is restored, and how.
    phases : Mapping[str, float]
        Phase -> seconds, in their order.
    slow_s : float
        After the last phase: how long what came back is still slow.
    """

    name: str
    phases: Mapping[str, float]
    slow_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse times that cannot be."""
        if not all(seconds >= 0 for seconds in (*self.phases.values(), self.slow_s)):
            raise ScenarioError(f"a phase of '{self.name}' is negative", allowed="seconds of 0 or more")

    @property
    def rto_s(self) -> float:
        """Until work goes on."""
        return math.fsum(self.phases.values())


def volume_drill(
    gib: float,
    *,
    notice_s: float = 0.0,
    decide_s: float = 0.0,
    cold: bool = False,
    initialization_mibps: float | None = None,
    wait_until_full: bool = False,
) -> Drill:
    """Restore an EBS volume from a snapshot.

    Parameters
    ----------
    gib : float
        In use on it.
    notice_s, decide_s : float
        People.
    cold : bool
        Whether the snapshot lies in the archive tier.
    initialization_mibps : float, optional
        A rate that is paid for, 100 to 300 MiB/s; what EBS does by itself when left out. Infinity: fast snapshot
        restore.
    wait_until_full : bool
        Whether work goes on only once the volume is full.

    Raises
    ------
    ScenarioError
        When the rate is not one that can be had.
    """
    known = catalog.durations()
    phases = {"notice": notice_s, "decide": decide_s}
    if cold:
        phases["out of the archive tier"] = known["EBS snapshot restored from the archive tier"].typical_s
    phases["create the volume"] = known["EBS volume created from a snapshot"].typical_s
    full_s = gib * _MIB_PER_GIB / _initialization(initialization_mibps)
    if wait_until_full:
        phases["fill the volume"] = full_s
    return Drill(name=f"{gib:g} GiB volume from a snapshot", phases=phases, slow_s=0.0 if wait_until_full else full_s)


def _initialization(asked: float | None) -> float:
    if asked is None:
        return catalog.quota("EBS", "volume initialization by itself").value
    least, most = (catalog.quota("EBS", f"volume initialization paid for, {end}").value for end in ("least", "most"))
    if not (least <= asked <= most or math.isinf(asked)):
        raise ScenarioError(f"initialization at {asked!r} MiB/s", allowed=f"{least:g} to {most:g}, or infinity")
    return asked


def database_drill(*, notice_s: float = 0.0, decide_s: float = 0.0, replay_s: float = 0.0) -> Drill:
    """Restore an RDS database from a snapshot; for a point in time its logs are replayed for `replay_s`."""
    restored = catalog.durations()["RDS DB instance restored from a snapshot"].typical_s
    phases = {"notice": notice_s, "decide": decide_s, "create the database": restored}
    return Drill(name="database from a snapshot", phases=phases | ({"replay the logs": replay_s} if replay_s else {}))


def files_drill(
    gib: float,
    *,
    mbps: float,
    notice_s: float = 0.0,
    decide_s: float = 0.0,
    retrieval_s: float = 0.0,
    round_trip_s: float = 0.0,
    files: int = 0,
) -> Drill:
    """Bring files back over a line.

    Parameters
    ----------
    gib : float
        How much.
    mbps : float
        What the line carries, in Mbit/s.
    notice_s, decide_s : float
        People.
    retrieval_s : float
        Until an archive hands them out (`aws14.sim.storage_classes.retrievals`).
    round_trip_s : float
        To where they are; each file waits for one.
    files : int
        How many.

    Raises
    ------
    ScenarioError
        As `aws14.sim.transfer.transfer_s`.
    """
    phases = {"notice": notice_s, "decide": decide_s}
    if retrieval_s:
        phases["out of the archive"] = retrieval_s
    phases["over the line"] = transfer_s(gib, mbps=mbps) + files * round_trip_s
    return Drill(name=f"{gib:g} GiB over {mbps:g} Mbit/s", phases=phases)
