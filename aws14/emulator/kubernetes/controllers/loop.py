"""When the controllers run: after a change of what they look at, and when they asked to be woken.

A change marks its kind and posts one event; the event lets every controller look that watches a marked kind, until
nothing changes any more. The world lock is held.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from aws14.emulator.clock import handles
from aws14.emulator.kubernetes import clusters, hearing
from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.controllers.sight import Memory, Sight
from aws14.emulator.kubernetes.exchange import Key
from aws14.emulator.kubernetes.storage import Change
from aws14.emulator.world import world

__all__ = ["Controller", "awaken", "follow", "forget", "mark", "sight"]

_log = logging.getLogger(__name__)
#: Looks in one event; what is left then goes on in the next one, so that nothing can hold the clock.
_ROUNDS = 100


class Controller(Protocol):
    """One controller: a module."""

    WATCHES: frozenset[str]

    def sync(self, cluster: Sight) -> None:
        """Bring everything a step nearer to what is wanted."""


_CONTROLLERS: list[Controller] = []


def follow(controllers: Sequence[Controller]) -> None:
    """Hear of the changes of every cluster, and let these look, in this order."""
    _CONTROLLERS[:] = controllers
    hearing.on_change(_changed)


def sight(key: Key) -> Sight | None:
    """A cluster for its controllers; None where it is gone."""
    registry = clusters.find(key)
    return None if registry is None else Sight(registry, _memory(key))


def forget(key: Key) -> None:
    """Forget what the controllers of a cluster remember."""
    world().state.get("kubernetes_controllers", {}).pop(key, None)


def awaken() -> None:
    """Let controllers look at every cluster that this process has not looked at yet: those of a restored cloud."""
    held: dict[Key, Memory] = world().state.get("kubernetes_controllers", {})
    for key in [key for key, memory in held.items() if not memory.awake and clusters.find(key) is not None]:
        held[key].awake = True
        for kind in sorted(set().union(*(controller.WATCHES for controller in _CONTROLLERS))):
            mark(key, kind)


def mark(key: Key, kind: str) -> None:
    """Let the controllers look at a kind now."""
    memory = _memory(key)
    if not memory.dirty:
        world().clock.after(0.0, "kubernetes.reconciles", (key,))
    memory.dirty.add(kind)


def _memory(key: Key) -> Memory:
    held: dict[Key, Memory] = world().state.setdefault("kubernetes_controllers", {})
    return held.setdefault(key, Memory())


def _changed(cluster: Contents, change: Change) -> None:
    if change.kind != "Event":
        mark(cluster.key, change.kind)


def _look(controller: Controller, seen: Sight) -> None:
    """Let a controller look; what one of them cannot do does not stop the others."""
    try:
        controller.sync(seen)
    except Exception:
        _log.exception("controller %r of %s", controller, seen.key)


@handles("kubernetes.wakes")
def _wakes(key: Key, kind: str, t: float) -> None:
    if clusters.find(key) is None:
        return
    memory = _memory(key)
    if memory.woken.get(kind) == t:
        del memory.woken[kind]
    mark(key, kind)


@handles("kubernetes.reconciles")
def _reconciles(key: Key) -> None:
    seen = sight(key)
    if seen is None:
        return
    memory = seen.memory
    for _ in range(_ROUNDS):
        dirty, memory.dirty = memory.dirty, set()
        if not dirty:
            return
        # Changes made while the controllers look are for the next round, not for another event.
        memory.dirty = {""}
        for controller in _CONTROLLERS:
            if controller.WATCHES & dirty:
                _look(controller, seen)
        memory.dirty.discard("")
    if memory.dirty:
        world().clock.after(1.0, "kubernetes.reconciles", (key,))
