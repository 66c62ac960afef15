"""Where an instance is launched, and which one goes: zones are kept level first, then the termination policies choose.

Source: EC2 Auto Scaling user guide, "Auto Scaling benefits for application architecture" (even distribution) and
"Control which Auto Scaling instances terminate during scale in".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from aws14.sim.autoscaling.spec import Member

__all__ = ["counts_by_zone", "instance_to_terminate", "zone_to_launch"]

_HOUR_S = 3600.0


def counts_by_zone(members: Sequence[Member], zones: Sequence[str]) -> dict[str, int]:
    """How many members stand in each zone, those without any included.

    Parameters
    ----------
    members : sequence of Member
        All that count.
    zones : sequence of str
        Of the group.
    """
    found = Counter(member.zone for member in members)
    return {zone: found[zone] for zone in zones}


def zone_to_launch(counts: Mapping[str, int], zones: Sequence[str]) -> str:
    """The zone with the fewest instances, the first of the group's order among equals.

    Parameters
    ----------
    counts : Mapping[str, int]
        Zone -> instances that stand there.
    zones : sequence of str
        Zones that can be launched into; not empty.
    """
    return min(zones, key=lambda zone: counts.get(zone, 0))


def instance_to_terminate(
    members: Sequence[Member], policies: Sequence[str] = ("Default",), *, now_s: float = 0.0
) -> Member | None:
    """Who goes at a scale-in: of the zone with most instances, whom the policies choose; None when all are protected.

    Parameters
    ----------
    members : sequence of Member
        Those that are not going already.
    policies : sequence of str
        Of `spec.TERMINATION_POLICIES`, asked in order until one is left.
    now_s : float
        Time, for ``ClosestToNextInstanceHour`` and what ``Default`` asks last.

    Notes
    -----
    Where zones are level, the one of the member that the policies would choose among all is taken. ``Default`` asks
    for the oldest launch template, then for the closest to the next billing hour. The last tie goes to the one launched
    first, where AWS draws by lot: runs repeat.
    """
    counts = Counter(member.zone for member in members)
    most = max(counts.values(), default=0)
    left = [member for member in members if not member.protected and counts[member.zone] == most]
    left = left or [member for member in members if not member.protected]
    for policy in policies:
        for ranking in _RANKINGS[policy]:
            best = min((ranking(member, now_s) for member in left), default=0.0)
            left = [member for member in left if ranking(member, now_s) == best]
    return min(left, key=lambda member: (member.launched_s, member.id), default=None)


def _template(member: Member, now_s: float) -> float:
    del now_s
    return float(member.template)


def _until_next_hour(member: Member, now_s: float) -> float:
    return _HOUR_S - (now_s - member.launched_s) % _HOUR_S


def _oldest(member: Member, now_s: float) -> float:
    del now_s
    return member.launched_s


def _newest(member: Member, now_s: float) -> float:
    del now_s
    return -member.launched_s


_RANKINGS: Mapping[str, tuple[Callable[[Member, float], float], ...]] = {
    "Default": (_template, _until_next_hour),
    "AllocationStrategy": (),
    "OldestLaunchTemplate": (_template,),
    "OldestLaunchConfiguration": (_template,),
    "ClosestToNextInstanceHour": (_until_next_hour,),
    "NewestInstance": (_newest,),
    "OldestInstance": (_oldest,),
}
