"""What is on a volume or in a snapshot: files, and where a machine boots from it, the system that it carries.

The root volume of an instance is its machine, as long as there is one. Everything else that has files is kept here, by
the id of the volume or snapshot, in the state of the world. The world lock is held by whoever calls.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace

from aws14.emulator.machines.disk import Disk
from aws14.emulator.machines.machine import Machine, Service, User
from aws14.emulator.machines.volumes import root_disk
from aws14.emulator.world import world

__all__ = ["Contents", "System", "drop", "find", "put", "settle", "taken"]

_CLOUD_INIT, _HOSTNAME = "/var/lib/cloud/instance", "/etc/hostname"


@dataclass(frozen=True)
class System:
    """What boots from a root volume.

    Parameters
    ----------
    image : str
        Family of the image it began with.
    users, groups, packages, services : dict
        As a `Machine` has them.
    refusal : str
        What it asked for and this emulator cannot do.
    """

    image: str
    users: dict[str, User]
    groups: dict[str, int]
    packages: dict[str, str]
    services: dict[str, Service]
    refusal: str = ""


@dataclass(frozen=True)
class Contents:
    """What a volume holds.

    Parameters
    ----------
    disk : Disk
        Its files, from its own root.
    kind : str
        Of its file system; empty for none.
    system : System or None
        What boots from it; None for a data volume.
    """

    disk: Disk
    kind: str = "xfs"
    system: System | None = None


def _kept() -> dict[str, Contents]:
    kept: dict[str, Contents] = world().state.setdefault("contents", {})
    return kept


def find(key: str) -> Contents | None:
    """What the volume or snapshot of that id holds; None for nothing."""
    return _kept().get(key)


def put(key: str, contents: Contents | None) -> None:
    """Let a volume or snapshot hold `contents`; None for nothing."""
    drop(key)
    if contents is not None:
        _kept()[key] = contents


def drop(key: str) -> None:
    """Forget what a volume or snapshot that is gone held."""
    _kept().pop(key, None)


def taken(machine: Machine) -> Contents:
    """What the root volume of a machine holds now; what runs is not in it."""
    services = {name: replace(each, active=False, failed=False) for name, each in machine.services.items()}
    system = System(
        image=machine.image,
        users=deepcopy(machine.users),
        groups=dict(machine.groups),
        packages=dict(machine.packages),
        services=services,
        refusal=machine.refusal,
    )
    return Contents(root_disk(machine), system=system)


def settle(machine: Machine, contents: Contents) -> None:
    """Let a fresh machine boot from `contents`: another instance to cloud-init, with the files of the one before.

    Parameters
    ----------
    machine : Machine
        Fresh; changed in place. Its name and address stay.
    contents : Contents
        Of its root volume.
    """
    system = contents.system
    if system is None:
        return
    hostname = machine.disk.text(_HOSTNAME)
    machine.disk = deepcopy(contents.disk)
    machine.disk.remove(_CLOUD_INIT)
    machine.disk.write(_HOSTNAME, hostname)
    machine.users, machine.groups = deepcopy(system.users), dict(system.groups)
    machine.packages, machine.refusal = dict(system.packages), system.refusal
    machine.services = {name: replace(each) for name, each in system.services.items()}
