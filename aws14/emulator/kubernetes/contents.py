"""What one cluster keeps: reading it, and writing without further ado.

Objects are plain dicts as in JSON. What is returned is the caller's own copy. The world lock is held by whoever calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws14.emulator.kubernetes import selectors
from aws14.emulator.kubernetes.hearing import tell
from aws14.emulator.kubernetes.storage import Change, Object, Storage, copied

__all__ = ["Contents"]


class Contents:
    """What the API server's own modules know of a cluster (`cluster.Cluster`).

    Parameters
    ----------
    key : str
        By which `clusters.find` finds it.
    version : str
        ``major.minor`` of Kubernetes.
    address_block : str
        Where services get their addresses from.

    Attributes
    ----------
    storage : Storage
        What it keeps. Only the API server's own modules write to it.
    looked_for_old_events_at : float
        Epoch seconds of AWS time.
    """

    def __init__(self, key: str, *, version: str, address_block: str) -> None:
        self.key, self.version, self.address_block = key, version, address_block
        self.storage = Storage()
        self.looked_for_old_events_at = 0.0

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """Return an object, or None where it is not there.

        Parameters
        ----------
        kind : str
            Name of its kind: ``"Pod"``.
        namespace : str
            Empty for kinds that live in none.
        name : str
            Of the object.
        """
        found = self.storage.read(kind, (namespace, name))
        return None if found is None else copied(found)

    def list(self, kind: str, namespace: str = "", labels: Mapping[str, Any] | None = None) -> list[Object]:
        """Return the objects of a kind, sorted by namespace and name.

        Parameters
        ----------
        kind : str
            Name of the kind.
        namespace : str, optional
            Empty for all.
        labels : mapping, optional
            Plain labels, or a selector with ``matchLabels`` and ``matchExpressions``.
        """
        asked = selectors.of_object(labels)
        return [
            copied(thing)
            for thing in self.storage.all_of(kind)
            if (not namespace or thing["metadata"].get("namespace", "") == namespace)
            and all(one.fits(thing["metadata"].get("labels") or {}) for one in asked)
        ]

    def keep(self, kind: str, thing: Object) -> Object:
        """Write an object that has been looked through, and tell everybody."""
        return self._tell(self.storage.write(kind, thing)).new

    def drop(self, kind: str, place: tuple[str, str]) -> Object:
        """Remove an object without further ado, and tell everybody."""
        return self._tell(self.storage.remove(kind, place)).new

    def _tell(self, change: Change) -> Change:
        tell(self, change)
        return change
