"""The registry of one cluster: what the API server does with objects, for controllers in this process.

Objects are plain dicts as in JSON. What is returned is the caller's own copy. The world lock is held by whoever calls.
"""

from __future__ import annotations

from collections.abc import Callable

from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.creating import created
from aws14.emulator.kubernetes.deleting import Deletion, deleted
from aws14.emulator.kubernetes.kinds import KINDS, kind_of
from aws14.emulator.kubernetes.storage import Object, copied
from aws14.emulator.kubernetes.updating import updated

__all__ = ["Cluster"]


class Cluster(Contents):
    """One Kubernetes cluster: what it keeps, and what a client may do with it."""

    def create(self, thing: Object, *, dry_run: bool = False) -> Object:
        """Create an object as a client does: defaults, admission, validation; its kind is in it.

        Raises
        ------
        ApiError
            It cannot be (422, 409, 403, 404).
        """
        return copied(created(self, kind_of(thing), copied(thing), dry_run=dry_run))

    def update(self, thing: Object, *, dry_run: bool = False) -> Object:
        """Replace an object but for its status; a ``resourceVersion`` in it must be the present one.

        Raises
        ------
        ApiError
            It is not there (404), has changed meanwhile (409), or cannot be so (422).
        """
        return copied(updated(self, kind_of(thing), copied(thing), dry_run=dry_run))

    def update_status(self, thing: Object) -> Object:
        """Replace only the status of an object; otherwise as `update`."""
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
        found = deleted(self, KINDS[kind], (namespace, name), Deletion(grace_s=grace_s, propagation=propagation))
        return None if found is None else copied(found)
