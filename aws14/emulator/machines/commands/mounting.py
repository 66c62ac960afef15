"""Commands for disks: lsblk, blkid, mkfs, mount, umount, df, file -s."""

from __future__ import annotations

from collections.abc import Iterator

from aws14.emulator.durations import typical_s
from aws14.emulator.machines import shares, sharing, volumes
from aws14.emulator.machines.commands.options import options
from aws14.emulator.machines.disk import FOLDER, Node, Volume
from aws14.emulator.machines.shell.errors import RefusedError
from aws14.emulator.machines.shell.lookup import Call, command

__all__: list[str] = []

_KINDS = ("xfs", "ext4", "ext3")
_FAILED = 32  # mount(8), "mount failure"
_BLOCKS_A_GIB = 1024 * 1024
_ENDLESS, _ENDLESS_KIB = "8.0E", 2**53  # what NFS says of EFS: 8 EiB


@command("lsblk")
def _lsblk(call: Call) -> int:
    given = options(call, "f")
    if given.operands:
        raise call.unsupported()
    if "f" in given:
        call.out("NAME        FSTYPE UUID                                 MOUNTPOINTS\n")
        for each in call.machine.volumes.values():
            uuid = volumes.uuid_of(each) if each.kind else ""
            call.out(f"{each.node[5:]:<11} {each.kind:<6} {uuid:<36} {each.mounted}".rstrip() + "\n")
        return 0
    call.out("NAME      MAJ:MIN RM SIZE RO TYPE MOUNTPOINTS\nnvme0n1   259:0    0   8G  0 disk \n")
    call.out("└─nvme0n1p1 259:1  0   8G  0 part /\n")
    for number, each in enumerate(call.machine.volumes.values(), start=2):
        call.out(f"{each.node[5:]:<9} 259:{number}    0 {each.size_gib:3d}G  0 disk {each.mounted}\n")
    return 0


@command("blkid")
def _blkid(call: Call) -> int:
    given = options(call, valued="os")
    names = given.operands or [each.node for each in call.machine.volumes.values()]
    found = [each for each in (volumes.named(call.machine, name) for name in names) if each is not None and each.kind]
    for each in found:
        values = {"UUID": volumes.uuid_of(each), "TYPE": each.kind}
        if given.get("o") == "value":
            call.out("".join(f"{value}\n" for key, value in values.items() if given.get("s") in (None, key)))
        else:
            shown = " ".join(f'{key}="{value}"' for key, value in values.items() if given.get("s") in (None, key))
            call.out(f"{each.node}: {shown}\n")
    return 0 if found else 2


@command("file")
def _file(call: Call) -> int:
    given = options(call, "s")
    if "s" not in given:
        raise call.unsupported()
    for name in given.operands:
        volume = _volume(call, name)
        what = {"": "data", "xfs": "SGI XFS filesystem data (blksz 4096, inosz 512, v2 dirs)"}.get(
            volume.kind, f"Linux rev 1.0 {volume.kind} filesystem data, UUID={volumes.uuid_of(volume)}"
        )
        call.out(f"{name}: {what}\n")
    return 0


@command("mkfs", *(f"mkfs.{kind}" for kind in _KINDS))
def _mkfs(call: Call) -> int:
    given = options(call, "fFq", valued="tL")
    kind = given.get("t") or call.name.partition(".")[2] or "ext2"
    call.root_only(f"{call.name}: Permission denied")
    if kind not in _KINDS or len(given.operands) != 1:
        raise call.unsupported()
    name = given.operands[0]
    volume = _volume(call, name)
    if volume.mounted:
        raise RefusedError(f"mkfs.{kind}: {name} contains a mounted filesystem", 1)
    if volume.kind and not given.any("f", "F"):
        text = f"mkfs.{kind}: {name} appears to contain an existing filesystem ({volume.kind}).\n"
        raise RefusedError(f"{text}mkfs.{kind}: Use the -f option to force overwrite.", 1)
    volume.kind = kind
    volume.disk.nodes = {"/": Node(FOLDER, 0o755, changed=call.shell.outside.now)}
    return 0


def _volume(call: Call, name: str) -> Volume:
    found = volumes.named(call.machine, name)
    if found is None:
        raise RefusedError(f"{call.name}: {name}: No such file or directory", 1)
    return found


@command("mount")
def _mount(call: Call) -> int:
    given = options(call, "a", valued="to")
    if not call.arguments:
        _show_mounts(call)
        return 0
    call.root_only("mount: must be superuser to use mount.")
    if "a" in given:
        volumes.mount_listed(call.machine)
        for wish in sharing.listed(call.machine):
            _mount_share(call, wish)
        return 0
    name, place = _source_and_place(call, given.operands)
    path = call.machine.disk.real(call.files.path(place))
    kind = sharing.kind_of(given.get("t", ""), name)
    if kind:
        _mount_share(call, sharing.Wish(kind, name, path, tuple(given.get("o", "").split(","))))
    else:
        _mount_disk(call, name, place, path)
    return 0


def _show_mounts(call: Call) -> None:
    call.out("".join(f"{each.node} on {each.mounted} type {each.kind} (rw)\n" for each in _mounted(call)))
    for place, share in call.machine.shares.items():
        call.out(f"{share.source} on {place} type {share.kind} ({'ro' if share.read_only else 'rw'})\n")


def _mount_disk(call: Call, name: str, place: str, path: str) -> None:
    folder, volume = call.machine.disk.find(path), volumes.named(call.machine, name)
    if folder is None or folder.kind != FOLDER:
        raise RefusedError(f"mount: {place}: mount point does not exist.", _FAILED)
    if volume is None:
        raise RefusedError(f"mount: {place}: special device {name} does not exist.", _FAILED)
    if volume.mounted:
        raise RefusedError(f"mount: {place}: {name} already mounted on {volume.mounted}.", _FAILED)
    if not volume.kind:
        text = (
            f"mount: {place}: wrong fs type, bad option, bad superblock on {name}, missing codepage or helper program"
        )
        raise RefusedError(f"{text}, or other error.", _FAILED)
    volumes.mount(call.machine, volume, path)


def _mount_share(call: Call, wish: sharing.Wish) -> None:
    """Mount a folder of a file server, unless it is mounted there; a server that is silent is waited for."""
    if wish.place in call.machine.shares:
        return
    problem = sharing.attach(call.machine, wish, call.shell.outside.connects)
    if problem.endswith("Connection timed out"):
        call.shell.outside.spend(typical_s("TCP connection attempt given up"))
    if problem:
        raise RefusedError(problem, _FAILED)


def _source_and_place(call: Call, operands: list[str]) -> tuple[str, str]:
    """Both as given, or from ``/etc/fstab`` where one is."""
    if len(operands) == 2:
        return operands[0], operands[1]
    lines = (line.split() for line in call.machine.disk.text("/etc/fstab").splitlines())
    found = next((line for line in lines if len(line) > 1 and operands and operands[0] in line[:2]), None)
    if found is None:
        raise RefusedError(f"mount: {''.join(operands[:1])}: can't find in /etc/fstab.", 1)
    return found[0], found[1]


@command("umount")
def _umount(call: Call) -> int:
    given = options(call, "fl")
    call.root_only("umount: must be superuser to unmount.")
    for name in given.operands:
        path = call.machine.disk.real(call.files.path(name))
        if path in call.machine.shares:
            shares.publish(call.machine, call.shell.outside.now)
            shares.unmount(call.machine, path)
            continue
        volume = volumes.mounted_at(call.machine, path) or volumes.named(call.machine, name)
        if volume is None or not volume.mounted:
            raise RefusedError(f"umount: {name}: not mounted.", _FAILED)
        if any(each.mounted.startswith(f"{volume.mounted}/") for each in _mounted(call)):
            raise RefusedError(f"umount: {name}: target is busy.", _FAILED)
        volumes.unmount(call.machine, volume)
    return 0


def _mounted(call: Call) -> Iterator[Volume]:
    return (each for each in call.machine.volumes.values() if each.mounted)


@command("df")
def _df(call: Call) -> int:
    given = options(call, "hTk")
    if "T" in given or given.operands:
        raise call.unsupported()
    unit = "Size  Used Avail" if "h" in given else "1K-blocks    Used Available"
    call.out(f"Filesystem     {unit} Use% Mounted on\n")
    places = [("/dev/nvme0n1p1", 8, "/"), *((each.node, each.size_gib, each.mounted) for each in _mounted(call))]
    for node, size_gib, place in places:
        size = f"{size_gib}G" if "h" in given else str(size_gib * _BLOCKS_A_GIB)
        call.out(f"{node:<14} {size:>5} {'1%':>9} {place}\n")
    for place, share in call.machine.shares.items():
        size = _ENDLESS if "h" in given else str(_ENDLESS_KIB)
        call.out(f"{share.source:<14} {size:>5} {'1%':>9} {place}\n")
    return 0
