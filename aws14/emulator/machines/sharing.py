"""Mounting folders of file servers, by ``mount`` and at boot: NFS, the mount helper of EFS, SMB."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass

from aws14.emulator.machines import shares
from aws14.emulator.machines.disk import FOLDER, Share
from aws14.emulator.machines.machine import Machine

__all__ = ["KINDS", "Wish", "attach", "kind_of", "listed", "mount_listed"]

#: Type of a mount -> the package whose helper it needs, by image family; none where the image has it.
KINDS = {
    "nfs": {"ubuntu": "nfs-common"},
    "nfs4": {"ubuntu": "nfs-common"},
    "efs": {"al2023": "amazon-efs-utils", "al2": "amazon-efs-utils", "ubuntu": "amazon-efs-utils"},
    "cifs": {"al2023": "cifs-utils", "al2": "cifs-utils", "ubuntu": "cifs-utils"},
}


@dataclass(frozen=True)
class Wish:
    """What is to be mounted.

    Parameters
    ----------
    kind : str
        A key of `KINDS`.
    source : str
        ``fs-0123:/``, ``<name>:/path``, ``//<name>/share``.
    place : str
        A folder of the machine, without links.
    options : tuple of str
        After ``-o``.
    """

    kind: str
    source: str
    place: str
    options: tuple[str, ...] = ()


def kind_of(given: str, source: str) -> str:
    """The type of a mount, from ``-t`` or from what is mounted; empty for a disk's."""
    if given in KINDS or given:
        return given if given in KINDS else ""
    if source.startswith("//"):
        return "cifs"
    return "nfs4" if ":/" in source else ""


def attach(machine: Machine, wish: Wish, connects: Callable[[str, int], str]) -> str:
    """Mount; return why that does not work, in the words of the helper, or nothing.

    Parameters
    ----------
    machine : Machine
        Changed in place.
    wish : Wish
        What.
    connects : callable
        From host and port to ``""`` or the problem of a connection.
    """
    from aws14.emulator.files import exports  # file systems are above: they ask the data plane

    helper = KINDS[wish.kind].get(machine.image, "")
    if helper and helper not in machine.packages:
        return (
            f"mount: {wish.place}: bad option; for several filesystems (e.g. nfs, cifs) you might need a "
            f"/sbin/mount.{wish.kind} helper program."
        )
    folder = machine.disk.find(wish.place)
    if folder is None or folder.kind != FOLDER:
        return f"mount: {wish.place}: mount point does not exist."
    found = exports.find(wish.kind, wish.source, machine, wish.options)
    if isinstance(found, str):
        return found
    problem = connects(found.host, found.port)
    if problem:
        return _told(wish.kind, found.host, problem)
    shown = "nfs4" if wish.kind != "cifs" else "cifs"
    owner = next((name for name, user in machine.users.items() if str(user.uid) == found.owner), found.owner)
    share = Share(found.key, found.root, found.shown, shown, found.host, found.port, owner, found.read_only)
    shares.mount(machine, wish.place, share)
    return ""


def _told(kind: str, host: str, problem: str) -> str:
    if kind == "cifs":
        code, text = {"refused": (111, "Connection refused")}.get(problem, (110, "Connection timed out"))
        return f"mount error({code}): could not connect to {host}: {text}"
    words = {"refused": "Connection refused", "unresolved": f"Failed to resolve server {host}"}
    return f"mount.nfs4: {words.get(problem, 'Connection timed out')}"


def mount_listed(machine: Machine) -> bool:
    """Mount what ``/etc/fstab`` lists of file servers, as a boot does; say whether all of it is mounted."""
    from aws14.emulator.machines.way import network  # the way is above: it asks the data plane

    def connects(host: str, port: int) -> str:
        return network().connects(machine.instance_id, host, port)

    wanted = [wish for wish in listed(machine) if wish.place not in machine.shares]
    return not [problem for problem in (attach(machine, wish, connects) for wish in wanted) if problem]


def listed(machine: Machine) -> list[Wish]:
    """What ``/etc/fstab`` lists of file servers."""
    found = []
    for line in machine.disk.text("/etc/fstab").splitlines():
        words = line.split("#")[0].split()
        if len(words) > 2 and words[2] in KINDS and "noauto" not in words[3:4]:
            place = machine.disk.real(posixpath.normpath(words[1]))
            options = tuple(words[3].split(",")) if len(words) > 3 else ()
            found.append(Wish(words[2], words[0], place, options))
    return found
