"""What the exercises of pattern 6 ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aws14.checks import CheckFunction, Evidence, drawn_equals_built, gather
from aws14.model import Finding, Report
from aws14.patterns.p06_day import BRIEF, ORDERS, SHARED
from aws14.patterns.p06_months import month, months_bill
from aws14.patterns.p06_move import move_fits
from aws14.patterns.p06_rights import books_are_apart

MONTH_USD = 650.0
"""What the orders' file system may cost a month in exercise 1."""

_OWN = ("vpc", "igw", "shared", "share", "minato", "orders-a", "orders-c", "files-a", "files-c")
_LATER_KINDS = (
    *("storage_gateway", "datasync_task", "bucket", "backup_vault", "backup_plan", "volume", "key", "access_point"),
    *("instance", "file_system", "mount_target", "windows_share", "subnet", "log_group"),
)
"""What the blocks after the core build beside it."""


def _built(evidence: Evidence) -> Report:
    """The file systems stand as drawn; what later blocks put beside them is no mistake."""
    own = {*_OWN, ORDERS, f"{SHARED}-1a", f"{SHARED}-1c"}
    beside = {node.id for node in evidence.built.nodes if node.kind in _LATER_KINDS and node.id not in own}
    told = tuple(each for each in evidence.comparison.findings if not beside.intersection(each.subjects))
    shown = replace(evidence, comparison=replace(evidence.comparison, findings=told))
    return drawn_equals_built("It is built as drawn", shown)


def _month_end(evidence: Evidence) -> Report:
    """Nobody waits too long at the month's end, and a month costs little."""
    title = f"Nobody waits over {BRIEF.value('wait_s'):.0f} seconds, for {MONTH_USD:,.0f} USD a month"
    if SHARED not in evidence.built:
        return gather(
            title, Finding(name=f"{SHARED} is there", status="not_yet", detail="it is not", hint="run the build cells")
        )
    return gather(title, _waits(evidence), _costs(evidence))


def _waits(evidence: Evidence) -> Finding:
    worst_s, most_s = month(evidence.built).worst_wait_s, BRIEF.value("wait_s")
    return Finding(
        name=f"At the end of the month nobody waits longer than {most_s:.0f} seconds",
        status="passed" if worst_s <= most_s else "not_yet",
        detail=f"the longest wait is {worst_s:,.0f} s",
        hint="the chart of the months: what is asked while the books are closed, and what a read counts",
    )


def _costs(evidence: Evidence) -> Finding:
    usd = months_bill(evidence.built).total_usd
    return Finding(
        name=f"A month costs at most {MONTH_USD:,.0f} USD",
        status="passed" if usd <= MONTH_USD else "not_yet",
        detail=f"{usd:,.2f} USD with what is set now",
        hint="throughput is metered: a byte that is read counts a third of one that is written",
    )


checks: Mapping[str, CheckFunction] = {
    "p06-built": _built,
    "p06-e1": _month_end,
    "p06-e2": move_fits,
    "p06-e3": books_are_apart,
}
