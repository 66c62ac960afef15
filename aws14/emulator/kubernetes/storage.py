"""What a cluster keeps, as etcd does: objects under one growing revision, and the last changes of them.

Objects that are kept never change: a change replaces them. So those who hold one may read it without a lock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from aws14.emulator.kubernetes.failure import gone

__all__ = ["Change", "Object", "Storage", "copied"]

Object = dict[str, Any]
Place = tuple[str, str]
_T = TypeVar("_T")

#: How many changes a watch may go back. The real server forgets after five minutes; here an advanced hour is short.
_REMEMBERED = 3000


def copied(thing: _T) -> _T:
    """Return a copy of a JSON value that shares nothing with it."""
    return cast("_T", _copy(thing))


def _copy(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {key: _copy(value) for key, value in thing.items()}
    return [_copy(value) for value in thing] if isinstance(thing, list) else thing


@dataclass(frozen=True)
class Change:
    """One change of one object.

    Parameters
    ----------
    revision : int
        The cluster's, after it.
    event : str
        ``ADDED``, ``MODIFIED``, ``DELETED``.
    kind : str
        Name of the kind.
    new : dict
        The object now; of a deleted one, how it was last.
    old : dict or None
        The object before.
    """

    revision: int
    event: str
    kind: str
    new: Object
    old: Object | None


class Storage:
    """The objects of one cluster.

    Attributes
    ----------
    revision : int
        Of the last change; it only grows.
    """

    def __init__(self) -> None:
        self.revision = 1
        self._objects: dict[str, dict[Place, Object]] = {}
        self._changes: deque[Change] = deque()
        self._forgotten = 0

    def read(self, kind: str, place: Place) -> Object | None:
        """Return the object of a (namespace, name), not to be changed."""
        return self._objects.get(kind, {}).get(place)

    def all_of(self, kind: str) -> Iterator[Object]:
        """Return every object of a kind, sorted by namespace and name, not to be changed."""
        held = self._objects.get(kind, {})
        return (held[place] for place in sorted(held))

    def everything(self) -> list[tuple[str, Object]]:
        """Return every object with the name of its kind."""
        return [(kind, thing) for kind, held in self._objects.items() for thing in held.values()]

    def write(self, kind: str, thing: Object) -> Change:
        """Keep an object under its namespace and name, and give it the next revision."""
        old = self.read(kind, _place(thing))
        self._number(thing)
        self._objects.setdefault(kind, {})[_place(thing)] = thing
        return self._remember(Change(self.revision, "MODIFIED" if old else "ADDED", kind, thing, old))

    def remove(self, kind: str, place: Place) -> Change:
        """Keep an object no longer."""
        old = self._objects[kind].pop(place)
        last = {**old, "metadata": dict(old["metadata"])}
        self._number(last)
        return self._remember(Change(self.revision, "DELETED", kind, last, old))

    def _number(self, thing: Object) -> None:
        self.revision += 1
        thing["metadata"]["resourceVersion"] = str(self.revision)

    def _remember(self, change: Change) -> Change:
        self._changes.append(change)
        while len(self._changes) > _REMEMBERED:
            self._forgotten = self._changes.popleft().revision
        return change

    def since(self, revision: int) -> list[Change]:
        """Return the changes after a revision.

        Raises
        ------
        ApiError
            They are no longer all known (410).
        """
        if revision < self._forgotten:
            raise gone(f"too old resource version: {revision} ({self._forgotten})")
        found: deque[Change] = deque()
        for change in reversed(self._changes):
            if change.revision <= revision:
                break
            found.appendleft(change)
        return list(found)

    def as_of(self, kind: str, revision: int) -> list[Object]:
        """Return every object of a kind as it was at a revision, sorted by namespace and name.

        Raises
        ------
        ApiError
            That is no longer known (410).
        """
        held = dict(self._objects.get(kind, {}))
        for change in reversed(self.since(revision)):
            if change.kind == kind and change.old is None:
                held.pop(_place(change.new), None)
            elif change.kind == kind and change.old is not None:
                held[_place(change.new)] = change.old
        return [held[place] for place in sorted(held)]


def _place(thing: Object) -> Place:
    return thing["metadata"].get("namespace", ""), thing["metadata"]["name"]
