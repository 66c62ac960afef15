"""Moving in: a first copy, then copies of what has changed meanwhile, until little enough is left to stop for.

Model: while a copy runs, files go on changing at so many GiB a day. The next copy takes what changed during the one
before: a geometric series. It converges when less changes in a day than the line carries; then the servers are stopped
for the last copy as soon as that is short enough.

`aws14.sim.transfer` has the times of such copies; here each copy is laid out, with what it searches and moves.

Left out: files that change twice in a copy, scanning for changes where `scan_h` is 0, several tasks on one line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from aws14.errors import ScenarioError
from aws14.model import Node
from aws14.sim.transfer import DAY_S, changing, transfer_s

_HOUR_S = 3600.0
_MOST_ROUNDS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """What has to be moved, over which line.

    Parameters
    ----------
    gib : float
        There at the start, GiB.
    changed_gib_per_day : float
        Written or changed in a day, GiB.
    mbps : float
        What the copy may take of the line, Mbit/s.
    scan_h : float
        Hours that a copy takes to find what changed, whatever its size.

    Raises
    ------
    ScenarioError
        When an amount cannot be.
    """

    gib: float
    changed_gib_per_day: float
    mbps: float
    scan_h: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        known = all(math.isfinite(each) for each in (self.gib, self.changed_gib_per_day, self.mbps, self.scan_h))
        if not (known and self.gib > 0 and self.changed_gib_per_day >= 0 and self.mbps > 0 and self.scan_h >= 0):
            raise ScenarioError(f"{self} cannot be", allowed="GiB and Mbit/s above 0, changes and hours of 0 or more")

    @property
    def carried_gib_per_day(self) -> float:
        """What the line carries in a day, GiB."""
        return DAY_S / transfer_s(1.0, mbps=self.mbps)

    @property
    def ratio(self) -> float:
        """Size of a copy over the one before it; below 1 it converges."""
        return changing(mbps=self.mbps, changed_gib_per_day=self.changed_gib_per_day)

    @property
    def least_cutover_h(self) -> float:
        """The shortest last copy that any number of copies leads to, hours; infinite where it does not converge."""
        if self.ratio >= 1:
            return math.inf
        return self.scan_h / (1 - self.ratio)


@dataclass(frozen=True, kw_only=True, slots=True)
class Copying:
    """One copy.

    Parameters
    ----------
    begins_day, ends_day : float
        From the start of the first, days.
    gib : float
        What it moves.
    stopped : bool
        Whether nobody may write meanwhile: the cut-over.
    """

    begins_day: float
    ends_day: float
    gib: float
    stopped: bool = False

    @property
    def hours(self) -> float:
        """How long it takes."""
        return (self.ends_day - self.begins_day) * DAY_S / _HOUR_S


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How a move goes.

    Parameters
    ----------
    copies : tuple of Copying
        In order; the last is the cut-over where it gets that far.
    """

    copies: tuple[Copying, ...]

    @property
    def converges(self) -> bool:
        """Whether the last copy is short enough to stop for."""
        return self.copies[-1].stopped

    @property
    def cutover_h(self) -> float:
        """Hours in which nobody may write; infinite when it never becomes short enough."""
        return self.copies[-1].hours if self.converges else math.inf

    @property
    def days(self) -> float:
        """Until the new server has everything; infinite when it never does."""
        return self.copies[-1].ends_day if self.converges else math.inf

    @property
    def gib(self) -> float:
        """What all copies move, GiB: charged by the GB."""
        return sum(copy.gib for copy in self.copies)

    def remaining(self) -> tuple[tuple[float, float], ...]:
        """Days and what is still to be copied then, GiB: corners of a curve that falls, and goes up by the changes."""
        corners = []
        for copy in self.copies:
            corners += [(copy.begins_day, copy.gib), (copy.ends_day, 0.0)]
        return tuple(corners)


def plan(move: Move, *, window_h: float, every_h: float = 0.0) -> Plan:
    """Copy until what is left fits a window in which nobody writes.

    Parameters
    ----------
    move : Move
        What has to be moved.
    window_h : float
        The longest that nobody may write, hours.
    every_h : float
        Hours from one start of a schedule to the next; 0: each copy begins when the one before has ended.

    Raises
    ------
    ScenarioError
        When the window is none, or the schedule less than none.
    """
    if not (window_h > 0 and every_h >= 0):
        raise ScenarioError(
            f"a window of {window_h:g} h, every {every_h:g} h", allowed="a window above 0, a schedule of 0 or more"
        )
    copies: list[Copying] = []
    day, gib = 0.0, move.gib
    for _ in range(_MOST_ROUNDS):
        takes = gib / move.carried_gib_per_day + move.scan_h * _HOUR_S / DAY_S
        stopped = takes * DAY_S / _HOUR_S <= window_h
        copies.append(Copying(begins_day=day, ends_day=day + takes, gib=gib, stopped=stopped))
        if stopped or (len(copies) > 1 and gib >= copies[-2].gib * (1 - 1e-3)):
            break
        until_next = _until_next(takes, every_h * _HOUR_S / DAY_S)
        day, gib = day + until_next, min(move.gib, move.changed_gib_per_day * until_next)
    return Plan(copies=tuple(copies))


def _until_next(takes: float, every: float) -> float:
    """Days from the begin of a copy to that of the next: at the first start of the schedule when it has ended."""
    return max(1, math.ceil(takes / every)) * every if every else takes


def copies_by_itself(task: Node) -> bool:
    """Whether a DataSync task that was read back copies by itself; else somebody has to start each copy.

    Parameters
    ----------
    task : Node
        Of kind ``datasync_task``.

    Raises
    ------
    DesignError
        When it does not state its schedule.
    """
    return bool(task.require("schedule"))
