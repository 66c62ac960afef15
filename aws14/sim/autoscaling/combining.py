"""Several policies, one capacity: scale out if any wants to, scale in only if all that track agree.

Source: EC2 Auto Scaling user guide, "Multiple dynamic scaling policies" and "Target tracking scaling policies".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Proposal", "combined"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What one policy wants now.

    Parameters
    ----------
    policy : str
        Its name.
    capacity : int
        What it wants; the present capacity where its alarms are still.
    holds : bool
        Whether it keeps others from scaling in while it does not want to itself: target tracking with scale-in.
    """

    policy: str
    capacity: int
    holds: bool = False


def combined(current: int, proposals: Sequence[Proposal]) -> Proposal | None:
    """The proposal that is carried out, or None when nothing changes.

    Parameters
    ----------
    current : int
        Capacity so far.
    proposals : sequence of Proposal
        One a policy, also of those that want no change.

    Notes
    -----
    The largest capacity wins, out as in: it is the safest.
    """
    moving = [one for one in proposals if one.capacity != current]
    largest = max(moving, key=lambda one: one.capacity, default=None)
    if largest is None or largest.capacity > current:
        return largest
    held = any(one.holds and one.capacity >= current for one in proposals)
    free = [one for one in moving if not one.holds]
    return max(free, key=lambda one: one.capacity, default=None) if held else largest
