"""Files move between storage classes on the clock: to IA and Archive so long after their last access in Standard.

One event stands for the next move of a file system, and at most one runs a day; where nothing is due, none stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from aws14.emulator.clock import handles, on_event
from aws14.emulator.files import trees
from aws14.emulator.files.trees import ARCHIVE, IA, STANDARD, Rules, Tree
from aws14.emulator.machines.disk import FILE
from aws14.emulator.world import on_change, world

__all__ = ["arm", "install", "set_rules"]

_DAY_S = 86_400.0


def install() -> None:
    """Hear of whatever may have changed a file."""
    on_change(_look)
    on_event(lambda name: None if name == "files.moves" else _look())


def _look() -> None:
    for key, tree in trees.everything().items():
        if tree.seen != tree.version:
            tree.seen = tree.version
            arm(key)


def set_rules(key: str, rules: Rules) -> None:
    """Let other rules hold from now on."""
    tree = trees.find(key)
    if tree is not None:
        tree.rules, tree.moves_at = rules, 0.0
        arm(key)


def arm(key: str) -> None:
    """Post the next move of a file system, unless one is posted that is early enough."""
    tree = trees.find(key)
    due = min(_dues(tree), default=0.0) if tree is not None else 0.0
    if tree is None or not due:
        return
    due = max(due, world().clock.now())
    if not tree.moves_at or due < tree.moves_at:
        tree.moves_at = due
        world().clock.at(due, "files.moves", (key, due))


@handles("files.moves")
def _moves(key: str, due: float) -> None:
    tree = trees.find(key)
    if tree is None or tree.moves_at != due:
        return
    now = world().clock.now()
    for path, node in tree.disk.nodes.items():
        if node.kind == FILE:
            tree.classes[path] = _place(tree, tree.classes.get(path, STANDARD), tree.touched.get(path, now))
    tree.classes = {path: each for path, each in tree.classes.items() if each != STANDARD}
    if tree.bulk is not None:
        place = _place(tree, tree.bulk.storage_class, tree.bulk.accessed)
        tree.bulk = replace(tree.bulk, storage_class=place)
    tree.moves_at = 0.0
    following = min(_dues(tree), default=0.0)
    if following:
        tree.moves_at = max(following, now + _DAY_S)
        world().clock.at(tree.moves_at, "files.moves", (key, tree.moves_at))


def _place(tree: Tree, storage_class: str, touched: float) -> str:
    """The class that something is in now, by its age; nothing moves back by age."""
    age, rules = world().clock.now() - touched, tree.rules
    if rules.archive_s is not None and age >= rules.archive_s:
        return ARCHIVE
    if storage_class == STANDARD and rules.ia_s is not None and age >= rules.ia_s:
        return IA
    return storage_class


def _dues(tree: Tree) -> Iterator[float]:
    """When each of its files moves next."""
    for path, touched in tree.touched.items():
        yield from _next(tree.rules, tree.classes.get(path, STANDARD), touched)
    if tree.bulk is not None and tree.bulk.bytes > tree.bulk.active:
        yield from _next(tree.rules, tree.bulk.storage_class, tree.bulk.accessed)


def _next(rules: Rules, storage_class: str, touched: float) -> Iterator[float]:
    if storage_class == STANDARD and rules.ia_s is not None:
        yield touched + rules.ia_s
    elif storage_class != ARCHIVE and rules.archive_s is not None:
        yield touched + rules.archive_s
