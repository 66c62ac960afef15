"""What a shared file system holds: its files, when each was last read, and the storage class each is in.

Kept in the state of the world by the id of the file system, volume or backup. Machines that mount it have its files on
their own disks and bring their changes back (`aws14.emulator.machines.shares`). Sizes of terabytes are declared, not
stored: a `Bulk` stands for files that nobody looks into.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace

from aws14.catalog import quota
from aws14.emulator.machines.disk import FILE, FOLDER, Disk, clean
from aws14.emulator.world import world

__all__ = [
    "ARCHIVE",
    "IA",
    "STANDARD",
    "Bulk",
    "Rules",
    "Sizes",
    "Tree",
    "accessed",
    "changed",
    "copied",
    "drop",
    "everything",
    "files",
    "find",
    "put",
    "remove",
    "sizes",
    "write",
]

STANDARD, IA, ARCHIVE = "Standard", "IA", "Archive"


@dataclass(frozen=True)
class Rules:
    """When files move.

    Parameters
    ----------
    ia_s, archive_s : float or None
        Seconds after the last access in Standard; None: never.
    returns : bool
        Whether a file that is read moves back to Standard.
    """

    ia_s: float | None = None
    archive_s: float | None = None
    returns: bool = False


@dataclass(frozen=True)
class Bulk:
    """Files that are declared by their size.

    Parameters
    ----------
    bytes, active : int
        Of all of them; of those that are read all the time, and so never move.
    accessed : float
        When the others were last read, epoch seconds.
    storage_class : str
        Where those others are.
    """

    bytes: int
    active: int
    accessed: float
    storage_class: str = STANDARD


@dataclass(frozen=True)
class Sizes:
    """Metered bytes by storage class."""

    standard: int
    ia: int
    archive: int

    @property
    def total(self) -> int:
        """All classes together."""
        return self.standard + self.ia + self.archive


@dataclass
class Tree:
    """The contents of a shared file system.

    Attributes
    ----------
    disk : Disk
        Its files, from its own root.
    version : int
        Grows with every change: whoever has it mounted looks again.
    touched : dict
        Path -> last access while in Standard, epoch seconds.
    classes : dict
        Path -> storage class, of what is not in Standard.
    rules : Rules
        When files move.
    bulk : Bulk or None
        What is declared.
    moves_at : float
        When the next move is due; 0 where none is.
    seen : int
        The version for which that was found out.
    """

    disk: Disk = field(default_factory=Disk)
    version: int = 0
    touched: dict[str, float] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    bulk: Bulk | None = None
    moves_at: float = 0.0
    seen: int = -1


def _kept() -> dict[str, Tree]:
    kept: dict[str, Tree] = world().state.setdefault("trees", {})
    return kept


def everything() -> dict[str, Tree]:
    """All contents, by key."""
    return _kept()


def find(key: str) -> Tree | None:
    """What the file system, volume or backup of that id holds; None for none."""
    return _kept().get(key)


def put(key: str, tree: Tree) -> Tree:
    """Let it hold `tree`, and return that."""
    _kept()[key] = tree
    return tree


def drop(key: str) -> None:
    """Forget what is gone."""
    _kept().pop(key, None)


def copied(tree: Tree) -> Tree:
    """The same contents once more, as a backup or a restored file system has them: all of it in Standard."""
    return Tree(
        disk=Disk({path: copy(node) for path, node in tree.disk.nodes.items()}),
        touched=dict(tree.touched),
        bulk=replace(tree.bulk, storage_class=STANDARD) if tree.bulk is not None else None,
    )


def files(key: str) -> dict[str, bytes]:
    """The bytes of every file, by absolute path; an unknown key has none."""
    tree = find(key)
    nodes = tree.disk.nodes if tree is not None else {}
    return {path: node.data for path, node in sorted(nodes.items()) if node.kind == FILE}


def write(key: str, path: str, data: bytes, *, now: float, owner: str = "root", mode: int = 0o644) -> None:
    """Make or replace a file, with the folders above it.

    Parameters
    ----------
    key : str
        Id of what holds it; made where it is not there.
    path : str
        From the root.
    data : bytes
        Its content.
    now : float
        Epoch seconds.
    owner : str, optional
        Of the file, and of its group.
    mode : int, optional
        Permission bits.
    """
    tree = find(key) or put(key, Tree())
    tree.disk.write(clean(path), data, mode, owner, now=now)
    changed(tree, clean(path), now)


def remove(key: str, path: str) -> None:
    """Take away a file or a folder with what is in it; nothing happens where there is none."""
    tree = find(key)
    if tree is not None:
        for each in list(tree.disk.below(clean(path))):
            tree.touched.pop(each, None)
            tree.classes.pop(each, None)
        tree.disk.remove(clean(path))
        tree.version += 1


def changed(tree: Tree, path: str, now: float) -> None:
    """Note that a file was made or written."""
    tree.version += 1
    node = tree.disk.nodes.get(path)
    if node is not None and node.kind == FILE:
        accessed(tree, path, now)


def accessed(tree: Tree, path: str, now: float) -> None:
    """Note that the content of a file was read or written; the timer runs in Standard only."""
    if path in tree.classes and not tree.rules.returns:
        return
    if tree.classes.pop(path, None) is not None:
        tree.version += 1
    tree.touched[path] = max(now, tree.touched.get(path, 0.0))


def sizes(tree: Tree) -> Sizes:
    """What is metered: whole blocks, something for the metadata of each node, which stays in Standard."""
    block = int(quota("EFS", "metered block").value)
    metadata = int(quota("EFS", "metered metadata of a file").value)
    least = int(quota("EFS", "smallest metered file in IA and Archive").value)
    held = {STANDARD: 0, IA: 0, ARCHIVE: 0}
    for path, node in tree.disk.nodes.items():
        length = block if node.kind == FOLDER else -(-len(node.data) // block) * block
        storage_class = tree.classes.get(path, STANDARD)
        held[storage_class] += length if storage_class == STANDARD else max(length, least)
        held[STANDARD] += metadata
    if tree.bulk is not None:
        held[STANDARD] += tree.bulk.active
        held[tree.bulk.storage_class] += tree.bulk.bytes - tree.bulk.active
    return Sizes(held[STANDARD], held[IA], held[ARCHIVE])
