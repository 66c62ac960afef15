"""Transfer: how long data take to move while they keep changing, and whether the copy ever catches up.

Model. Bytes over what the line carries. While a pass copies, data change at a steady rate; the next pass copies what
changed. The passes are a geometric series: with q the rate of change over the rate of the line, pass i takes q^i of the
first one, all of them together V / (line - change); with q of 1 or more it never ends. The cut-over begins when what is
left fits the window in which nobody works.

A disk by mail is a line with a long delay: data change while it travels, and what changed goes over the line.

Left out: files that change twice within a pass (counted twice here), overheads per file, lines that vary.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from aws14.errors import ScenarioError

_BITS_PER_GIB = 8.0 * 2**30
_BITS_PER_MBIT = 1e6
DAY_S = 86_400.0
_MOST_PASSES = 1_000


def transfer_s(gib: float, *, mbps: float, utilization: float = 1.0) -> float:
    """Seconds that so many GiB take over a line.

    Parameters
    ----------
    gib : float
        How much.
    mbps : float
        What the line carries, in Mbit/s.
    utilization : float
        Share of the line that the copy gets, above 0 to 1.

    Raises
    ------
    ScenarioError
        When a number cannot be.
    """
    if not (gib >= 0 and mbps > 0 and 0 < utilization <= 1):
        raise ScenarioError(
            f"{gib!r} GiB over {mbps!r} Mbit/s at {utilization!r}",
            allowed="0 GiB or more, a positive line, a share above 0 to 1",
        )
    return gib * _BITS_PER_GIB / (mbps * utilization * _BITS_PER_MBIT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Migration:
    """Passes of a copy, until what is left fits the window.

    Parameters
    ----------
    passes_s : tuple of float
        How long each pass took, without the last.
    cut_over_s : float
        The last pass, while nobody works; infinity: it never fits.
    """

    passes_s: tuple[float, ...]
    cut_over_s: float

    @property
    def converges(self) -> bool:
        """Whether it ever ends."""
        return math.isfinite(self.cut_over_s)

    @property
    def total_s(self) -> float:
        """From the start until everything is over; infinity: never."""
        return math.fsum(self.passes_s) + self.cut_over_s


def migrate(
    gib: float, *, mbps: float, changed_gib_per_day: float, window_s: float, utilization: float = 1.0
) -> Migration:
    """Copy pass after pass until the rest fits the window.

    Parameters
    ----------
    gib : float
        How much there is.
    mbps, utilization : float
        As `transfer_s`.
    changed_gib_per_day : float
        How much changes in a day.
    window_s : float
        How long nobody works at the end.

    Raises
    ------
    ScenarioError
        When a number cannot be.
    """
    if not (changed_gib_per_day >= 0 and window_s > 0):
        raise ScenarioError(
            f"{changed_gib_per_day!r} GiB a day, {window_s!r} s", allowed="0 or more, a positive window"
        )
    first_s = transfer_s(gib, mbps=mbps, utilization=utilization)
    ratio = changing(mbps=mbps, changed_gib_per_day=changed_gib_per_day, utilization=utilization)
    return _passes(first_s, ratio, window_s)


def changing(*, mbps: float, changed_gib_per_day: float, utilization: float = 1.0) -> float:
    """Rate of change over the rate of the line; of 1 or more the copy never catches up."""
    return transfer_s(changed_gib_per_day, mbps=mbps, utilization=utilization) / DAY_S


def _passes(left_s: float, ratio: float, window_s: float) -> Migration:
    passes: list[float] = []
    while left_s > window_s:
        if ratio >= 1 or len(passes) >= _MOST_PASSES:
            return Migration(passes_s=tuple(passes), cut_over_s=math.inf)
        passes.append(left_s)
        left_s *= ratio
    return Migration(passes_s=tuple(passes), cut_over_s=left_s)


def by_mail(
    gib: float,
    *,
    days_on_the_way: float,
    disk_mbps: float,
    mbps: float,
    changed_gib_per_day: float,
    window_s: float,
) -> Migration:
    """Carry disks: copy to them, travel, copy from them; then what changed goes over the line.

    Parameters
    ----------
    gib : float
        How much there is.
    days_on_the_way : float
        Door to door: by mail, or by car to a Data Transfer Terminal.
    disk_mbps : float
        What a disk takes and gives, in Mbit/s.
    mbps, changed_gib_per_day, window_s : float
        As `migrate`.

    Raises
    ------
    ScenarioError
        When a number cannot be.
    """
    if not days_on_the_way >= 0:
        raise ScenarioError(f"{days_on_the_way!r} days on the way", allowed="0 or more")
    carried_s = 2 * transfer_s(gib, mbps=disk_mbps) + days_on_the_way * DAY_S
    ratio = changing(mbps=mbps, changed_gib_per_day=changed_gib_per_day)
    rest = _passes(carried_s * ratio, ratio, window_s)
    return Migration(passes_s=(carried_s, *rest.passes_s), cut_over_s=rest.cut_over_s)


def safe_after_s(gib: float, *, mbps: float, changed_gib_per_day: float, utilization: float = 1.0) -> float:
    """Until all that lies in a gateway's cache is in AWS too, while people go on working; infinity: never.

    A gateway needs no cut-over: what changes joins the queue. The sum of the passes: the first one over 1 - q.

    Parameters
    ----------
    gib, mbps, changed_gib_per_day, utilization : float
        As `migrate`.

    Raises
    ------
    ScenarioError
        When a number cannot be.
    """
    first_s = transfer_s(gib, mbps=mbps, utilization=utilization)
    ratio = changing(mbps=mbps, changed_gib_per_day=changed_gib_per_day, utilization=utilization)
    return first_s / (1 - ratio) if ratio < 1 else math.inf


def backlog_gib(written_gib: tuple[float, ...], *, mbps: float, utilization: float = 1.0) -> tuple[float, ...]:
    """What waits for the line at the end of each day: what a gateway's upload buffer must hold.

    Parameters
    ----------
    written_gib : tuple of float
        Written on each day.
    mbps, utilization : float
        As `transfer_s`.

    Raises
    ------
    ScenarioError
        When a number cannot be.
    """
    a_day_gib = DAY_S / transfer_s(1.0, mbps=mbps, utilization=utilization)
    waiting, found = 0.0, []
    for written in written_gib:
        if not written >= 0:
            raise ScenarioError(f"{written!r} GiB were written", allowed="0 or more")
        waiting = max(0.0, waiting + written - a_day_gib)
        found.append(waiting)
    return tuple(found)
