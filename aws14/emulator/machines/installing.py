"""Packages put on a machine and taken off it."""

from __future__ import annotations

from aws14.emulator.machines.images import write_accounts
from aws14.emulator.machines.machine import Machine, User
from aws14.emulator.machines.outside import Outside
from aws14.emulator.machines.software import Package, package
from aws14.emulator.machines.units import stop

__all__ = ["install", "reaches_repositories", "remove"]


def reaches_repositories(machine: Machine, outside: Outside) -> bool:
    """Whether the machine reaches what it installs from.

    Amazon Linux has its repositories in S3 of the region, so that a gateway endpoint is a way there, too.
    """
    return outside.has_packages() if machine.image in ("al2023", "al2") else outside.has_internet()


def install(machine: Machine, one: Package, now: float) -> None:
    """Put a package on a machine: files that are there already stay.

    Parameters
    ----------
    machine : Machine
        Changed in place.
    one : Package
        What.
    now : float
        Epoch seconds of AWS time; of the new files.
    """
    machine.packages[one.name] = one.version
    known = (package(machine.image, name) for name in one.needs)
    for other in (each for each in known if each is not None and each.name not in machine.packages):
        install(machine, other, now)
    if one.user and one.user not in machine.users:
        _make_user(machine, one.user)
    for folder in one.folders:
        machine.disk.make_folders(folder)
    for path, text in one.files.items():
        if machine.disk.find(path) is None:
            machine.disk.write(path, text, now=now)


def _make_user(machine: Machine, name: str) -> None:
    uid = max((user.uid for user in machine.users.values() if user.uid < 1000), default=100) + 1
    machine.users[name] = User(name, uid, "/", "/sbin/nologin")
    machine.groups[name] = uid
    write_accounts(machine)


def remove(machine: Machine, name: str, now: float) -> None:
    """Take a package off a machine; what others wrote stays."""
    machine.packages.pop(name, None)
    known = package(machine.image, name)
    if known is not None and known.service in machine.services:
        stop(machine.services.pop(known.service), now)
