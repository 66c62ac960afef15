"""The move into the cloud: copies of what changed, until little is left to stop for; and what exercise 2 asks."""

from __future__ import annotations

import re

from aws14 import charts
from aws14.catalog import quota
from aws14.charts.numbers import duration
from aws14.checks import Evidence, gather
from aws14.errors import DesignError
from aws14.model import Finding, Node, Picture, Report, Topology
from aws14.patterns.p06_day import DESKS_GIB, STORED_GIB
from aws14.patterns.p06_wan import OFFICE_MBPS
from aws14.sim.backups.generations import Rule, worst_gap_s
from aws14.sim.files.moving import Move, Plan, copies_by_itself, plan

TASK = "move-in"
MOVED_GIB, CHANGED_GIB, BUSY_GIB = STORED_GIB + DESKS_GIB, 60.0, 1200.0
"""On the old server; written or changed on an ordinary day, and on a day of the month's end."""

FILES = 1_000_000
"""On the old server: each copy compares all of them."""

MOST_MBPS, WINDOW_H, MOST_DAYS = 60.0, 2.0, 14.0
"""Exercise 2: what the task may take of the line, hours of a Saturday night, days until it is done."""

_HOURS = {"minute": 1 / 60, "hour": 1.0, "day": 24.0}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


def move_of(mbps: float, changed_gib: float = CHANGED_GIB) -> Move:
    """The company's move over so much of its line."""
    compared_h = FILES / quota("DataSync", "files prepared").value / 3600
    return Move(gib=MOVED_GIB, changed_gib_per_day=changed_gib, mbps=mbps, scan_h=compared_h)


def every_h(task: Node) -> float:
    """Hours between two starts of a task that was read back; 0: somebody starts each copy.

    Of a cron expression it is the longest time from one start to the next.

    Raises
    ------
    ScenarioError
        When its schedule is none that AWS takes.
    """
    written = str(task.require("schedule"))
    if not written:
        return 0.0
    found = _RATE.fullmatch(written)
    return int(found[1]) * _HOURS[found[2]] if found else worst_gap_s([Rule(name=task.id, schedule=written)]) / 3600


def planned(task: Node, *, changed_gib: float = CHANGED_GIB, window_h: float = WINDOW_H) -> Plan:
    """How the move goes with a task as it was read back."""
    limit = float(str(task.require("limit_mbps")))
    mbps = min(limit, OFFICE_MBPS) if limit else OFFICE_MBPS
    return plan(move_of(mbps, changed_gib), window_h=window_h, every_h=every_h(task))


def move(built: Topology, mbps: int = 20, changed_gib: int = int(CHANGED_GIB), window_h: float = WINDOW_H) -> Picture:
    """What is still to be copied over the days, with the task as it is and otherwise.

    Parameters
    ----------
    built : Topology
        What was read back, with the task.
    mbps : int
        Of another line.
    changed_gib : int
        That changes in a day, GiB.
    window_h : float
        In which nobody may write, hours.

    Raises
    ------
    DesignError
        When there is no task.
    """
    task, changed = _task(built), float(changed_gib)
    plans = {
        "the task as it is": planned(task, changed_gib=changed, window_h=window_h),
        "once a day": plan(move_of(OFFICE_MBPS, changed), window_h=window_h, every_h=24.0),
        f"{mbps} Mbit/s, copy after copy": plan(move_of(float(mbps), changed), window_h=window_h),
        f"{BUSY_GIB:,.0f} GiB change a day": planned(task, changed_gib=BUSY_GIB, window_h=window_h),
    }
    ends = sum(each.converges for each in plans.values())
    window = duration(3600 * float(window_h))
    return charts.moves(
        plans, title=f"{MOVED_GIB:,.0f} GiB, {window} in which nobody writes: {ends} of {len(plans)} end"
    )


def move_fits(evidence: Evidence) -> Report:
    """The task leaves the office its line, copies by itself, and the last copy fits a Saturday night."""
    title = f"The move is over in {MOST_DAYS:.0f} days, the last copy in {WINDOW_H:.0f} hours"
    if TASK not in evidence.built:
        missing = Finding(name="There is a task", status="not_yet", detail=f"no '{TASK}'", hint="the block builds it")
        return gather(title, missing)
    task = evidence.built.node(TASK)
    return gather(title, _leaves_the_line(task), _by_itself(task), *_ends(task))


def _leaves_the_line(task: Node) -> Finding:
    limit = float(str(task.require("limit_mbps")))
    return Finding(
        name=f"It takes at most {MOST_MBPS:.0f} of the line's {OFFICE_MBPS:.0f} Mbit/s",
        status="passed" if 0 < limit <= MOST_MBPS else "not_yet",
        detail=f"its limit: {limit:g} Mbit/s" if limit else "it takes all of it",
        hint="BytesPerSecond of the task's Options: bytes, not bits",
    )


def _by_itself(task: Node) -> Finding:
    schedule = str(task.require("schedule"))
    return Finding(
        name="It copies by itself",
        status="passed" if copies_by_itself(task) else "not_yet",
        detail=f"its schedule: {schedule}" if schedule else "somebody has to start each copy",
        hint="Schedule of update_task: rate(5 hours), or cron(...)",
    )


def _ends(task: Node) -> tuple[Finding, ...]:
    if not copies_by_itself(task):
        return ()
    found = planned(task)
    last = duration(3600 * found.copies[-1].hours)
    return (
        Finding(
            name=f"Nobody waits for the last copy longer than {WINDOW_H:.0f} hours",
            status="passed" if found.converges else "not_yet",
            detail=f"it takes {last}",
            hint="it has to carry what changed since the start of the one before",
        ),
        Finding(
            name=f"All of it is there within {MOST_DAYS:.0f} days",
            status="passed" if found.days <= MOST_DAYS else "not_yet",
            detail=f"{found.days:.1f} days" if found.converges else "it never ends",
            hint="how long does the first copy take with this limit?",
        ),
    )


def _task(built: Topology) -> Node:
    if TASK not in built:
        raise DesignError(f"there is no '{TASK}'", cure="run the block's cells before this one: they build the task")
    return built.node(TASK)
