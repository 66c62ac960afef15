"""What a shared file system did during a run, tick by tick."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MINUTE_S = 60.0


@dataclass(frozen=True, kw_only=True)
class FilesRecord:
    """A file system under the operations of its clients. Arrays have one entry per tick.

    Parameters
    ----------
    node : str
        Id of the file system.
    mode : str
        Its throughput mode; ``as ordered`` where it has none.
    asked_mibps, served_mibps : ndarray of float64
        What clients that get there want to move, and what was moved, MiB/s.
    allowed_mibps : ndarray of float64
        The most that could have been moved of that mix of reads and writes, MiB/s.
    backlog_mib : ndarray of float64
        What waits at the end of the tick.
    wait_s : ndarray of float64
        How long what comes at the end of the tick waits; infinite where the run ends before it is served.
    credits_gib : ndarray of float64
        Burst credits at the end of the tick; 0 in a mode that does not live on them.
    read_mib, written_mib : ndarray of float64
        Moved in the tick, also for clients that had given up.
    between_zones_mib : ndarray of float64
        The part of both that went to clients of another zone than that of the file server.
    """

    node: str
    mode: str
    asked_mibps: Floats
    served_mibps: Floats
    allowed_mibps: Floats
    backlog_mib: Floats
    wait_s: Floats
    credits_gib: Floats
    read_mib: Floats
    written_mib: Floats
    between_zones_mib: Floats

    @property
    def worst_wait_s(self) -> float:
        """The longest wait."""
        return float(self.wait_s.max())

    @property
    def late_minutes(self) -> int:
        """Minutes at whose end something waits for more than a minute."""
        return int((self.wait_s > _MINUTE_S).sum())
