"""A cluster as its controllers see it: its objects, the clock, and what they remember.

Objects are plain dicts as the API serves them, shared with everybody who reads: a controller copies what it changes.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.exchange import Key
from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.world import world

__all__ = ["Memory", "Object", "Sight", "controller_of", "reference", "selects"]


@dataclass
class Memory:
    """What the controllers of a cluster remember beside its objects: picklable, saved with the cloud.

    Parameters
    ----------
    dirty : set of str
        Kinds that have changed since the controllers looked.
    woken : dict
        Kind -> when the controllers were last asked to look at it, epoch seconds.
    notes : dict
        What each controller keeps for itself, by its name.
    awake : bool
        Whether the controllers of this process have looked at the cluster; never saved.
    """

    dirty: set[str] = field(default_factory=set)
    woken: dict[str, float] = field(default_factory=dict)
    notes: dict[str, dict[Any, Any]] = field(default_factory=dict)
    awake: bool = False

    def __getstate__(self) -> dict[str, Any]:
        """What is saved; where a cloud is saved while controllers look, nobody goes on with that afterwards."""
        return {**self.__dict__, "dirty": set(), "awake": False}


class Sight:
    """One cluster, for its controllers.

    Parameters
    ----------
    registry : Cluster
        Its objects.
    memory : Memory
        Of its controllers.
    """

    def __init__(self, registry: Cluster, memory: Memory) -> None:
        self.registry = registry
        self.memory = memory

    @property
    def key(self) -> Key:
        """By which the cluster is known."""
        return self.registry.key

    @property
    def now(self) -> float:
        """Epoch seconds of AWS time."""
        return world().clock.now()

    def notes(self, of: str) -> dict[Any, Any]:
        """What a controller keeps for itself."""
        return self.memory.notes.setdefault(of, {})

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """One object, not to be changed; None where it is not there."""
        return self.registry.storage.read(kind, (namespace, name))

    def all(self, kind: str, namespace: str = "") -> list[Object]:
        """All of a kind, in one namespace or in all; not to be changed."""
        found = self.registry.storage.all_of(kind)
        return [each for each in found if not namespace or each["metadata"].get("namespace") == namespace]

    def fresh(self, thing: Object) -> Object | None:
        """An object as it is now; None where it is gone, or another has its name."""
        meta = thing["metadata"]
        found = self.get(thing["kind"], meta.get("namespace", ""), meta["name"])
        return found if found is not None and found["metadata"]["uid"] == meta["uid"] else None

    def owned(self, kind: str, owner: Object) -> list[Object]:
        """Objects of a kind that `owner` controls."""
        uid, namespace = owner["metadata"]["uid"], owner["metadata"]["namespace"]
        return [each for each in self.all(kind, namespace) if controller_of(each).get("uid") == uid]

    def create(self, thing: Object) -> Object:
        """Keep a new object.

        Raises
        ------
        ApiError
            It cannot be.
        """
        return self.registry.create(thing)

    def change(self, thing: Object, edit: Callable[[Object], None]) -> None:
        """Let `edit` change a copy of an object as it is now, all but its status, and keep that."""
        meta = thing["metadata"]
        self.registry.alter(thing["kind"], (meta.get("namespace", ""), meta["name"]), edit)

    def say(self, thing: Object, status: Object) -> None:
        """Give an object a status."""
        present = self.fresh(thing)
        if present is not None and present.get("status") != status:
            meta = {name: text for name, text in present["metadata"].items() if name != "resourceVersion"}
            self.registry.update_status({**present, "metadata": meta, "status": deepcopy(status)})

    def delete(self, thing: Object, **options: Any) -> None:
        """Delete an object, which may be gone already; options as of `Cluster.delete`."""
        if self.fresh(thing) is not None:
            meta = thing["metadata"]
            self.registry.delete(thing["kind"], meta.get("namespace", ""), meta["name"], **options)

    def wake(self, kind: str, t: float) -> None:
        """Let the controllers look at a kind again at an instant, epoch seconds, at the latest."""
        known = self.memory.woken.get(kind)
        if known is not None and self.now < known <= t:
            return
        self.memory.woken[kind] = max(t, self.now)
        world().clock.at(t, "kubernetes.wakes", (self.key, kind, t))


def controller_of(thing: Object) -> Object:
    """The reference to what controls an object; empty where nothing does."""
    owners = thing["metadata"].get("ownerReferences") or ()
    return next((one for one in owners if one.get("controller")), {})


def reference(owner: Object) -> Object:
    """How an object names what controls it."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def selects(selector: Object | None, labels: Object | None) -> bool:
    """Whether a LabelSelector selects something with these labels; none at all selects nothing, an empty one all."""
    if selector is None:
        return False
    have = labels or {}
    if any(have.get(name) != value for name, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_holds(each, have) for each in selector.get("matchExpressions") or ())


def _holds(expression: Object, have: Object) -> bool:
    name: str = expression["key"]
    values: list[str] = expression.get("values") or []
    held = have.get(name)
    answers: dict[str, Callable[[], bool]] = {
        "In": lambda: held in values,
        "NotIn": lambda: held not in values,
        "Exists": lambda: name in have,
        "DoesNotExist": lambda: name not in have,
        "Gt": lambda: name in have and int(have[name]) > int(values[0]),
        "Lt": lambda: name in have and int(have[name]) < int(values[0]),
    }
    return answers[expression["operator"]]()
