"""What is broken now, kept in the state of the behaviours: hardware under instances, whole zones, capacity.

Plain facts and questions about them; `aws14.emulator.behaviours.failures` lets them happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from aws14.emulator.world import world

__all__ = ["Kind", "Record", "breaks", "find_instance", "instances_of", "mends", "record", "records"]

#: ``hardware`` and ``reboot`` of an instance (by id), ``zone`` and ``capacity`` of an Availability Zone (by name),
#: ``db`` of the primary of a DB instance (by ARN).
Kind = Literal["hardware", "reboot", "zone", "capacity", "db"]
#: since (epoch seconds), number (of the failure), detected (status checks have noticed), and what others add.
Record = dict[str, Any]


def records(kind: Kind) -> dict[str, Record]:
    """What of a kind is broken now, by id or name."""
    kept: dict[str, dict[str, Record]] = world().state.setdefault("failures", {})
    return kept.setdefault(kind, {})


def breaks(kind: Kind, target: str) -> Record:
    """Write down that something broke now; a new failure takes the place of one that lasts."""
    number = world().state["failures_so_far"] = world().state.get("failures_so_far", 0) + 1
    made = records(kind)[target] = {"since": world().clock.now(), "number": number, "detected": False}
    return made


def record(kind: Kind, target: str, number: int) -> Record | None:
    """The failure of this number, or None when it is over: events ask before they act."""
    found = records(kind).get(target)
    return found if found is not None and found["number"] == number else None


def mends(kind: Kind, target: str) -> bool:
    """Forget a failure; say whether there was one."""
    return records(kind).pop(target, None) is not None


def find_instance(instance_id: str) -> Any:
    """The instance of this id, in whatever account and region; None when there is none."""
    return next((one for one in _instances() if one.id == instance_id), None)


def instances_of(zone: str) -> list[Any]:
    """The instances that stand in a zone."""
    return [one for one in _instances() if one.availability_zone == zone]


def _instances() -> Iterator[Any]:
    from moto.ec2.models import ec2_backends

    for regions in list(ec2_backends.values()):
        for backend in list(regions.values()):
            for reservation in backend.reservations.values():
                yield from reservation.instances
