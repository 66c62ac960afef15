"""The registry of one cluster: what the API server does with objects, for controllers in this process.

Objects are plain dicts as in JSON. What is returned is the caller's own copy. The world lock is held by whoever calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aws14.emulator.kubernetes import selectors
from aws14.emulator.kubernetes.hearing import tell
from aws14.emulator.kubernetes.kinds import KINDS, kind_of
from aws14.emulator.kubernetes.storage import Change, Object, Storage, copied

__all__ = ["Cluster"]


class Cluster:
    """One Kubernetes cluster.

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

    def create(self, thing: Object, *, dry_run: bool = False) -> Object:
        """Create an object as a client does: defaults, admission, validation; its kind is in it.

        Raises
        ------
        ApiError
            It cannot be (422, 409, 403, 404).
        """
        from aws14.emulator.kubernetes.creating import created

        return copied(created(self, kind_of(thing), copied(thing), dry_run=dry_run))

    def update(self, thing: Object, *, dry_run: bool = False) -> Object:
        """Replace an object but for its status; a ``resourceVersion`` in it must be the present one.

        Raises
        ------
        ApiError
            It is not there (404), has changed meanwhile (409), or cannot be so (422).
        """
        from aws14.emulator.kubernetes.updating import updated

        return copied(updated(self, kind_of(thing), copied(thing), dry_run=dry_run))

    def update_status(self, thing: Object) -> Object:
        """Replace only the status of an object; otherwise as `update`."""
        from aws14.emulator.kubernetes.updating import updated

        return copied(updated(self, kind_of(thing), copied(thing), only_status=True))

    def alter(self, kind: str, place: tuple[str, str], edit: Callable[[Object], None], *, status: bool = False) -> bool:
        """Let `edit` change a copy of an object and keep that, or its status; say whether the object was there.

        Parameters
        ----------
        kind : str
            Name of the kind.
        place : (str, str)
            Namespace and name.
        edit : callable
            Changes the object it is given.
        status : bool, optional
            Keep the change of the status, and nothing else.
        """
        found = self.get(kind, *place)
        if found is None:
            return False
        edit(found)
        (self.update_status if status else self.update)(found)
        return True

    def delete(
        self, kind: str, namespace: str, name: str, *, grace_s: float | None = None, propagation: str = ""
    ) -> Object | None:
        """Delete an object: at once, or let it end where it has grace or finalizers.

        Parameters
        ----------
        kind, namespace, name : str
            As for `get`.
        grace_s : float, optional
            Seconds that a pod has to end, its own if None; 0: it is gone at once.
        propagation : str, optional
            ``Background``, ``Foreground``, ``Orphan``; what is usual for the kind, if empty.

        Returns
        -------
        dict or None
            The object while it ends; None if it is gone.

        Raises
        ------
        ApiError
            It is not there (404).
        """
        from aws14.emulator.kubernetes.deleting import Deletion, deleted

        found = deleted(self, KINDS[kind], (namespace, name), Deletion(grace_s=grace_s, propagation=propagation))
        return None if found is None else copied(found)

    def keep(self, kind: str, thing: Object) -> Object:
        """Write an object that has been looked through, and tell everybody."""
        return self._tell(self.storage.write(kind, thing)).new

    def drop(self, kind: str, place: tuple[str, str]) -> Object:
        """Remove an object without further ado, and tell everybody."""
        return self._tell(self.storage.remove(kind, place)).new

    def _tell(self, change: Change) -> Change:
        tell(self, change)
        return change
