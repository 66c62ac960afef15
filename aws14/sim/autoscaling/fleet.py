"""The members of a group: launched where fewest stand, terminated where most do, level again after a zone is back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aws14.model import Event
from aws14.sim.autoscaling.spec import Member, Spec
from aws14.sim.autoscaling.zones import counts_by_zone, instance_to_terminate, zone_to_launch
from aws14.sim.controller import IN_SERVICE, PENDING, TERMINATING

__all__ = ["Fleet", "standing"]

_LEVEL = 1
_LONG_AGO_S = -86_400.0


class Fleet:
    """Who is in a group, and how many are wanted. It reacts to nothing by itself.

    Parameters
    ----------
    spec : Spec
        The group as it is configured.
    members : sequence of Member
        Those there at the start.

    Attributes
    ----------
    members : list of Member
        Those that exist; one that is terminating is listed until the next `settle`.
    lost_zones : set of str
        Zones without power: nothing is launched there.
    """

    def __init__(self, spec: Spec, members: Sequence[Member]) -> None:
        self.spec = spec
        self.members = list(members)
        self.lost_zones: set[str] = set()
        self._launches = len(self.members)
        self._levelling = False

    @property
    def active(self) -> list[Member]:
        """Those that are not going."""
        return [member for member in self.members if member.state != TERMINATING]

    def settle(self, now_s: float) -> None:
        """Note who is in service by now, and forget who has gone."""
        self.members = [
            replace(member, state=IN_SERVICE) if member.state == PENDING and member.since_s <= now_s else member
            for member in self.active
        ]

    def reconcile(self, desired: int, now_s: float) -> list[Event]:
        """Launch or terminate until as many are there as are wanted, then see to the zones.

        Parameters
        ----------
        desired : int
            How many are wanted.
        now_s : float
            The time.
        """
        surplus = len(self.active) - desired
        if surplus < 0:
            self._levelling = False
            return [event for _ in range(-surplus) for event in self.launch(now_s, "to reach the desired capacity")]
        if surplus > 0:
            return self._shrink(surplus, now_s)
        return self._level(now_s)

    def launch(self, now_s: float, why: str) -> list[Event]:
        """Launch one instance where fewest stand; nothing happens without a zone, or with Launch suspended."""
        zones = [zone for zone in self.spec.zones if zone not in self.lost_zones]
        if not zones or not self.spec.runs("Launch"):
            return []
        self._launches += 1
        member = Member(
            id=f"{self.spec.name}-{self._launches}",
            zone=zone_to_launch(counts_by_zone(self.active, zones), zones),
            state=PENDING,
            launched_s=now_s,
            ready_s=now_s + self.spec.startup_s,
            in_service_s=now_s + self.spec.in_service_after_s,
        )
        self.members.append(member)
        text = f"Launching a new EC2 instance {member.id} in {member.zone} {why}."
        return [Event(at_s=now_s, node=member.id, what="launched", text=text)]

    def terminate(self, member: Member, now_s: float, why: str) -> list[Event]:
        """Let a member go; nothing happens with Terminate suspended."""
        if not self.spec.runs("Terminate"):
            return []
        going = replace(member, state=TERMINATING, ends_s=now_s)
        self.members = [going if each.id == member.id else each for each in self.members]
        return [
            Event(at_s=now_s, node=member.id, what="terminated", text=f"Terminating EC2 instance {member.id}: {why}.")
        ]

    def _shrink(self, surplus: int, now_s: float) -> list[Event]:
        if self._levelling and any(member.state == PENDING for member in self.active):
            return []
        why = "its zone has more than its share" if self._levelling else "the desired capacity was lowered"
        self._levelling = False
        events: list[Event] = []
        for _ in range(surplus):
            chosen = instance_to_terminate(self.active, self.spec.termination_policies, now_s=now_s)
            events += self.terminate(chosen, now_s, why) if chosen is not None else []
        return events

    def _level(self, now_s: float) -> list[Event]:
        zones = [zone for zone in self.spec.zones if zone not in self.lost_zones]
        counts = counts_by_zone(self.active, zones)
        apart = max(counts.values(), default=0) - min(counts.values(), default=0)
        settled = all(member.state == IN_SERVICE for member in self.active)
        if apart <= _LEVEL or not settled or not self.spec.runs("AZRebalance"):
            return []
        # As on AWS, the new ones are there before the old ones go.
        self._levelling = True
        return [event for _ in range(apart // 2) for event in self.launch(now_s, "to level the zones")]


def standing(spec: Spec) -> list[Member]:
    """As many members as a group wants, in service for a day, spread over its zones."""
    return [
        Member(
            id=f"{spec.name}-{number + 1}",
            zone=spec.zones[number % len(spec.zones)],
            state=IN_SERVICE,
            launched_s=_LONG_AGO_S,
            ready_s=_LONG_AGO_S + spec.startup_s,
        )
        for number in range(spec.desired)
    ]
