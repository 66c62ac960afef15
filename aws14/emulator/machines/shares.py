"""Folders of file servers on a machine: their files are on its disk, and what it changes goes back.

A script runs at once, so between two scripts everybody sees what the others have written: the files are looked at anew
before a script begins, and what it changed is written when it has ended.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from aws14.emulator.files import trees
from aws14.emulator.machines.disk import FILE, Node, Share
from aws14.emulator.machines.machine import Machine

if TYPE_CHECKING:
    from aws14.emulator.files.trees import Tree  # which knows the disks of machines

__all__ = ["look", "mount", "publish", "refresh", "unmount", "unmount_all"]


def mount(machine: Machine, path: str, share: Share) -> None:
    """Let a folder of a file server stand at a folder of the machine, in place of what is there.

    Parameters
    ----------
    machine : Machine
        Changed in place.
    path : str
        A folder of its disk, without links.
    share : Share
        Not mounted yet.
    """
    share.hidden = _cut(machine, path)
    machine.shares[path] = share
    machine.disk.nodes[path] = share.hidden[path]
    refresh(machine)


def unmount(machine: Machine, path: str) -> None:
    """Let the folder have its own files again."""
    share = machine.shares.pop(path)
    _cut(machine, path)
    machine.disk.nodes.update(share.hidden)
    machine.disk.lost = tuple(each for each in machine.disk.lost if each != path)


def unmount_all(machine: Machine) -> None:
    """Unmount everything, the innermost first."""
    for path in sorted(machine.shares, key=len, reverse=True):
        unmount(machine, path)


def refresh(machine: Machine) -> None:
    """Show what others have written since the last look."""
    for path, share in machine.shares.items():
        tree = trees.find(share.key)
        if tree is not None and tree.version != share.version:
            _cut(machine, path)
            share.base = {name: copy(node) for name, node in _of(tree, share.root).items()}
            for name, node in share.base.items():
                machine.disk.nodes[path + name.rstrip("/")] = copy(node)
            share.version = tree.version


def look(machine: Machine) -> None:
    """Refresh, and see which file servers answer."""
    if not machine.shares:
        return
    from aws14.emulator.machines.way import network  # the way is above: it asks the data plane

    refresh(machine)
    lost = (
        path for path, one in machine.shares.items() if trees.find(one.key) is None or _silent(machine, one, network())
    )
    machine.disk.lost = tuple(lost)


def _silent(machine: Machine, share: Share, network: object) -> bool:
    return bool(network.connects(machine.instance_id, share.host, share.port))  # type: ignore[attr-defined]


def publish(machine: Machine, now: float) -> None:
    """Write back what the machine has changed and note what it has read.

    Parameters
    ----------
    machine : Machine
        Whose script has ended.
    now : float
        Epoch seconds.
    """
    for path, share in machine.shares.items():
        tree = trees.find(share.key)
        if tree is None or path in machine.disk.lost:
            continue
        if not share.read_only:
            _write(tree, share, _below(machine, path), now)
        _touch(tree, share, _below(machine, path))
        share.version = tree.version if not share.read_only else -1
        share.base = {name: copy(node) for name, node in _below(machine, path).items()}


def _write(tree: Tree, share: Share, held: dict[str, Node], now: float) -> None:
    for name in sorted(set(share.base) - set(held), key=len, reverse=True):
        place = _join(share.root, name)
        tree.disk.nodes.pop(place, None)
        tree.touched.pop(place, None)
        tree.classes.pop(place, None)
        tree.version += 1
    for name, node in held.items():
        before = share.base.get(name)
        if before is None or _differs(before, node):
            if before is None and share.owner:
                node.owner = node.group = share.owner
            place = _join(share.root, name)
            tree.disk.nodes[place] = copy(node)
            trees.changed(tree, place, now)


def _differs(before: Node, node: Node) -> bool:
    parts = ("kind", "mode", "owner", "group", "changed", "data", "target")
    return any(getattr(before, part) != getattr(node, part) for part in parts)


def _touch(tree: Tree, share: Share, held: dict[str, Node]) -> None:
    for name, node in held.items():
        before = share.base.get(name)
        if node.kind == FILE and before is not None and node.accessed > before.accessed:
            place = _join(share.root, name)
            if place in tree.disk.nodes:
                tree.disk.nodes[place].accessed = node.accessed
                trees.accessed(tree, place, node.accessed)


def _join(root: str, name: str) -> str:
    return (root.rstrip("/") + name.rstrip("/")) or "/"


def _of(tree: Tree, root: str) -> dict[str, Node]:
    """What a tree holds from a folder on; that folder is ``/``."""
    prefix = root.rstrip("/")
    found = {path: node for path, node in tree.disk.nodes.items() if path == root or path.startswith(f"{prefix}/")}
    return {path[len(prefix) :] or "/": node for path, node in found.items()}


def _below(machine: Machine, path: str) -> dict[str, Node]:
    nodes = machine.disk.nodes
    found = {name: node for name, node in nodes.items() if name == path or name.startswith(f"{path}/")}
    return {name[len(path) :] or "/": node for name, node in found.items()}


def _cut(machine: Machine, path: str) -> dict[str, Node]:
    nodes = machine.disk.nodes
    found = {name: nodes[name] for name in list(nodes) if name == path or name.startswith(f"{path}/")}
    for name in found:
        del nodes[name]
    return found
