"""Where the inside of an instance is found."""

from __future__ import annotations

from aws14.emulator import machines
from aws14.emulator.dataplane.answering import Inside

__all__ = ["inside", "ssh_port"]


def inside(instance_id: str) -> Inside | None:
    """The inside of an instance; None where there is no such instance. The world lock is held."""
    try:
        return machines.of(instance_id)
    except KeyError:
        return None


def ssh_port(instance_id: str, source: str) -> int:
    """A loopback port that leads to an instance's SSH, for one source. The world lock is not held."""
    return machines.ssh_door.open(instance_id, source)
