"""The disks of a machine beside its root volume: attached, mounted, unmounted, lost.

The files of a mounted volume stand on the machine's disk, from its mount point on.
"""

from __future__ import annotations

import posixpath
from copy import copy
from uuid import NAMESPACE_URL, uuid5

from aws14.emulator.machines.disk import FILE, LINK, Disk, Node, Volume
from aws14.emulator.machines.machine import Machine

__all__ = [
    "attach",
    "detach",
    "files_of",
    "lose_stores",
    "mount",
    "mount_listed",
    "mounted_at",
    "named",
    "root_disk",
    "unmount",
    "unmount_all",
    "uuid_of",
]


def attach(machine: Machine, volume_id: str, device: str, size_gib: int) -> Volume:
    """Let a machine have a volume, without a file system; its device is there.

    Parameters
    ----------
    machine : Machine
        Changed in place.
    volume_id : str
        Its id.
    device : str
        As it was attached; empty for instance store.
    size_gib : int
        GiB.
    """
    used = {each.node for each in machine.volumes.values()}
    node = next(name for name in (f"/dev/nvme{n}n1" for n in range(1, 128)) if name not in used)
    volume = Volume(volume_id, node, size_gib, device)
    machine.volumes[volume_id] = volume
    machine.disk.make_folders("/dev")
    machine.disk.nodes[node] = Node(FILE, 0o660, "root", "disk")
    if device:
        machine.disk.nodes[device] = Node(LINK, 0o777, target=node)
    return volume


def detach(machine: Machine, volume_id: str) -> None:
    """Take a volume away, mounted or not."""
    volume = machine.volumes.get(volume_id)
    if volume is None:
        return
    unmount(machine, volume)
    del machine.volumes[volume_id]
    for name in (volume.node, volume.device):
        machine.disk.nodes.pop(name, None)


def named(machine: Machine, name: str) -> Volume | None:
    """The volume that a device, a link to it or ``UUID=`` names; None for none."""
    if name.startswith("UUID="):
        return next((each for each in machine.volumes.values() if uuid_of(each) == name[5:].strip('"')), None)
    real = machine.disk.real(name)
    return next((each for each in machine.volumes.values() if real == each.node), None)


def mounted_at(machine: Machine, path: str) -> Volume | None:
    """The volume that is mounted at a folder; None for none."""
    return next((each for each in machine.volumes.values() if each.mounted == path), None)


def uuid_of(volume: Volume) -> str:
    """The id of its file system."""
    return str(uuid5(NAMESPACE_URL, volume.id))


def mount(machine: Machine, volume: Volume, path: str) -> None:
    """Let the files of a volume stand at a folder, in place of those there.

    Parameters
    ----------
    machine : Machine
        Changed in place.
    volume : Volume
        One of its own, with a file system, not mounted.
    path : str
        A folder of its disk, without links.
    """
    volume.hidden = _cut(machine.disk, path)
    for name, node in volume.disk.nodes.items():
        machine.disk.nodes[path if name == "/" else path + name] = node
    volume.mounted, volume.disk = path, Disk()


def unmount(machine: Machine, volume: Volume) -> None:
    """Let the folder have its own files again; nothing happens to one that is not mounted."""
    if not volume.mounted:
        return
    found = _cut(machine.disk, volume.mounted)
    volume.disk = Disk({name[len(volume.mounted) :] or "/": node for name, node in found.items()})
    machine.disk.nodes.update(volume.hidden)
    volume.mounted, volume.hidden = "", {}


def _cut(disk: Disk, path: str) -> dict[str, Node]:
    found = {name: node for name, node in disk.nodes.items() if name == path or name.startswith(f"{path}/")}
    for name in found:
        del disk.nodes[name]
    return found


def unmount_all(machine: Machine) -> None:
    """Unmount every volume, those inside others first."""
    for volume in sorted(machine.volumes.values(), key=lambda each: -len(each.mounted)):
        unmount(machine, volume)


def lose_stores(machine: Machine) -> None:
    """Empty the instance store: the machine leaves its hardware."""
    for volume in machine.volumes.values():
        if volume.is_store:
            volume.kind, volume.disk = "", Disk()


def mount_listed(machine: Machine) -> None:
    """Mount what ``/etc/fstab`` lists, as a boot does."""
    for line in machine.disk.text("/etc/fstab").splitlines():
        name, *rest = line.split("#")[0].split() or [""]
        volume = named(machine, name) if rest and name.startswith(("/dev/", "UUID=")) else None
        place = posixpath.normpath(rest[0]) if rest else ""
        if volume is not None and volume.kind and not volume.mounted and machine.disk.find(place) is not None:
            mount(machine, volume, machine.disk.real(place))


def files_of(machine: Machine, volume: Volume) -> Disk:
    """A copy of what a volume holds, mounted or not."""
    twin = _twin(machine)
    unmount_all(twin)
    return _copied(twin.volumes[volume.id].disk)


def root_disk(machine: Machine) -> Disk:
    """A copy of what the root volume holds, without other volumes and their devices."""
    twin = _twin(machine)
    for path, share in machine.shares.items():  # its files are the file server's
        _cut(twin.disk, path)
        twin.disk.nodes.update(share.hidden)
    for key in sorted(twin.volumes, key=lambda each: -len(twin.volumes[each].mounted)):
        detach(twin, key)
    return _copied(twin.disk)


def _twin(machine: Machine) -> Machine:
    """The same disks under other hands; the nodes are shared."""
    twin = copy(machine)
    twin.disk = Disk(dict(machine.disk.nodes))
    twin.volumes = {key: copy(each) for key, each in machine.volumes.items()}
    for each in twin.volumes.values():
        each.disk = Disk(dict(each.disk.nodes))
    return twin


def _copied(disk: Disk) -> Disk:
    return Disk({name: copy(node) for name, node in disk.nodes.items()})
