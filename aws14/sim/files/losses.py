"""What stops a file server: a zone that is lost, and many who write one file.

Models. A zone: a server in one zone is back when the zone is, or when somebody has restored it elsewhere; a pair in two
zones when the other has taken over; a regional file system goes on at once for clients in other zones. One file: a
writer thinks, then holds the lock of the file; the others wait. Machine-repair model (closed queue M/M/1//N), by mean
value analysis.

Left out: writers that give up, leases that are kept between writes, zones that are half lost.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import Node

_MINUTE_S = 60.0
_MOST_WRITERS = 100_000


def zone_lost_min(node: Node, *, lasts_min: float, restored_min: float | None = None) -> float:
    """Minutes for which files are away when the zone they are served from is lost.

    Parameters
    ----------
    node : Node
        A ``file_system``, ``windows_share`` or ``volume`` that was read back.
    lasts_min : float
        How long the zone is lost.
    restored_min : float, optional
        How long it takes to restore a backup in another zone; None: nobody does.

    Raises
    ------
    DesignError
        When the node does not state where it stands.
    ScenarioError
        When a time is negative, or the node holds no files.
    """
    if lasts_min < 0 or (restored_min is not None and restored_min < 0):
        raise ScenarioError("times below 0", allowed="0 or more minutes")
    if node.kind not in ("file_system", "windows_share", "volume"):
        raise ScenarioError(f"'{node.id}' is a {node.kind}", allowed="file_system, windows_share, volume")
    away = lasts_min if restored_min is None else min(lasts_min, restored_min)
    if node.kind == "windows_share" and str(node.require("deployment_type")).startswith("MULTI_AZ"):
        return min(away, catalog.durations()["FSx failover to the other file server"].typical_s / _MINUTE_S)
    zones = node.require("zones") if node.kind == "file_system" else ("",)
    one_zone = isinstance(zones, tuple) and len(zones) == 1
    return away if one_zone or node.kind != "file_system" else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Contention:
    """Writers of one file.

    Parameters
    ----------
    wait_s : float
        From asking for the lock until it is given back, on average.
    writes_per_s : float
        Of all writers together.
    busy : float
        Share of the time in which the lock is held.
    """

    wait_s: float
    writes_per_s: float
    busy: float


def contention(writers: int, *, think_s: float, held_s: float) -> Contention:
    """Many who write one file, one at a time.

    Parameters
    ----------
    writers : int
        How many.
    think_s : float
        Between two writes of one of them, on average.
    held_s : float
        For which a write holds the lock, on average: round trips of all that is done under it.

    Raises
    ------
    ScenarioError
        When there are none or too many, or a time cannot be.
    """
    if not (1 <= writers <= _MOST_WRITERS and think_s >= 0 and held_s > 0):
        raise ScenarioError(
            f"{writers} writers, {think_s:g} s apart, {held_s:g} s each",
            allowed=f"1 to {_MOST_WRITERS:,} writers, 0 s or more apart, above 0 s each",
        )
    waiting, wait_s, rate = 0.0, held_s, 0.0
    for several in range(1, writers + 1):
        wait_s = held_s * (1 + waiting)
        rate = several / (think_s + wait_s)
        waiting = rate * wait_s
    return Contention(wait_s=wait_s, writes_per_s=rate, busy=rate * held_s)
