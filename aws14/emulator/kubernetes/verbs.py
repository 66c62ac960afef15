"""What the verbs do: each takes an asked question, and returns the object or the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aws14.emulator.kubernetes import subresources, supplies
from aws14.emulator.kubernetes.bodies import APPLY, deletion_of, media_type, object_of, patched
from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.conversion import as_asked, as_stored
from aws14.emulator.kubernetes.creating import created
from aws14.emulator.kubernetes.decoding import decoded, refuse_unknown
from aws14.emulator.kubernetes.deleting import deleted
from aws14.emulator.kubernetes.exchange import Request, User
from aws14.emulator.kubernetes.failure import ApiError, bad_request, not_found
from aws14.emulator.kubernetes.listing import listed, selected_by
from aws14.emulator.kubernetes.storage import Object, copied
from aws14.emulator.kubernetes.targets import Query, Target, nothing_there
from aws14.emulator.kubernetes.updating import updated

__all__ = ["CHANGES", "READS", "Asked"]

#: Of these the server sends back what it deleted; of others it says that it did.
_SENT_BACK = frozenset({"Pod", "Service", "ServiceAccount", "ResourceQuota", "Namespace", "PersistentVolumeClaim"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that has been read.

    Parameters
    ----------
    cluster : Cluster
        Asked.
    user : User
        Who asks.
    target : Target
        For what.
    query : Query
        Its parameters.
    request : Request
        As it came.
    warnings : list of str
        Fields in it that nobody knows.
    """

    cluster: Cluster
    user: User
    target: Target
    query: Query
    request: Request
    warnings: list[str] = field(default_factory=list)

    @property
    def place(self) -> tuple[str, str]:
        """Namespace and name of the object."""
        return self.target.namespace, self.target.name

    def present(self) -> Object:
        """Return the object, not to be changed.

        Raises
        ------
        ApiError
            It is not there (404).
        """
        found = self.cluster.storage.read(self.target.kind.name, self.place)
        if found is None:
            raise not_found(self.target.kind, self.target.name)
        return found

    def read(self, thing: Object) -> Object:
        """Return an object that the client sent, or patched, with the fields that it may have.

        Raises
        ------
        ApiError
            A field is of the wrong type, or unknown and the client wants to hear of it (400).
        """
        known, unknown = decoded(self.target, thing)
        if unknown and self.query.text("fieldValidation") == "Strict":
            raise refuse_unknown(self.target, unknown)
        if self.query.text("fieldValidation") != "Ignore":
            self.warnings.extend(unknown)
        return known

    def told(self, thing: Object) -> Object:
        """Return an object as it is asked for."""
        return as_asked(self.target, thing)


def get(asked: Asked) -> Object:
    """Return one object, or its scale."""
    if asked.target.kind.is_measured:
        return _measured_one(asked)
    found = asked.present()
    return subresources.scale_of(found) if asked.target.subresource == "scale" else asked.told(found)


def list_(asked: Asked) -> Object:
    """Return a list of objects."""
    target = asked.target
    measured = target.kind.is_measured
    found, metadata = (_measures(asked), {}) if measured else listed(asked.cluster, target, asked.query)
    items = [
        {key: value for key, value in asked.told(one).items() if key not in ("kind", "apiVersion")} for one in found
    ]
    return {"kind": f"{target.kind.name}List", "apiVersion": target.version, "metadata": metadata, "items": items}


def _measures(asked: Asked) -> list[Object]:
    found = supplies.measured(asked.cluster, asked.target.kind.name)
    if found is None:
        raise nothing_there()
    fits = selected_by(asked.target, asked.query)
    return [one for one in found if fits(one)]


def _measured_one(asked: Asked) -> Object:
    found = _measures(asked)
    if not found:
        raise not_found(asked.target.kind, asked.target.name)
    return found[0]


def create(asked: Asked) -> Object:
    """Create an object, put a pod on a node, or evict one."""
    target, dry_run = asked.target, asked.query.dry_run
    thing = asked.read(object_of(asked.request, target))
    if target.subresource:
        act = {"binding": subresources.bind, "eviction": subresources.evict}[target.subresource]
        if not dry_run:
            act(asked.cluster, asked.present(), thing)
        else:
            asked.present()
        return success()
    if target.kind.namespaced and not target.namespace:
        raise ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    return asked.told(created(asked.cluster, target.kind, as_stored(target, thing, None), dry_run=dry_run))


def update(asked: Asked) -> Object:
    """Put an object in the place of the one that is there, or its status, or its scale."""
    thing = asked.read(object_of(asked.request, asked.target))
    present = asked.present()
    thing["metadata"]["name"] = asked.target.name
    if asked.target.subresource == "scale":
        return _scaled(asked, thing)
    return _put(asked, as_stored(asked.target, thing, present))


def patch(asked: Asked) -> Object:
    """Change parts of an object; server-side apply also makes one."""
    applies = media_type(asked.request) == APPLY
    if applies and not asked.query.text("fieldManager"):
        why = "fieldManager: Required value: is required for apply patch"
        raise ApiError(422, "Invalid", f'PatchOptions.meta.k8s.io "" is invalid: {why}')
    if applies and asked.cluster.storage.read(asked.target.kind.name, asked.place) is None:
        thing = asked.read(object_of(asked.request, asked.target))
        thing["metadata"]["name"] = asked.target.name
        made = created(asked.cluster, asked.target.kind, thing, dry_run=asked.query.dry_run)
        return asked.told(made)
    present = asked.present()
    if asked.target.subresource == "scale":
        return _scaled(asked, asked.read(patched(asked.request, subresources.scale_of(present))))
    changed = asked.read(patched(asked.request, asked.told(present)))
    if (changed.get("metadata") or {}).get("name") != asked.target.name:
        raise bad_request(f"the name of the object does not match the name on the URL ({asked.target.name})")
    return _put(asked, as_stored(asked.target, changed, present))


def _put(asked: Asked, thing: Object) -> Object:
    only_status = asked.target.subresource == "status"
    return asked.told(
        updated(asked.cluster, asked.target.kind, copied(thing), only_status=only_status, dry_run=asked.query.dry_run)
    )


def _scaled(asked: Asked, scale: Object) -> Object:
    wanted = subresources.with_scale(asked.present(), scale)
    return subresources.scale_of(updated(asked.cluster, asked.target.kind, wanted, dry_run=asked.query.dry_run))


def delete(asked: Asked) -> Object:
    """Delete an object."""
    kind, before = asked.target.kind, asked.present()
    how = deletion_of(asked.request, asked.query)
    left = deleted(asked.cluster, kind, asked.place, how)
    if left is not None or kind.name in _SENT_BACK:
        return asked.told(left or before)
    details = {"name": asked.target.name, "group": kind.group, "kind": kind.plural, "uid": before["metadata"]["uid"]}
    return success({key: value for key, value in details.items() if value})


def delete_collection(asked: Asked) -> Object:
    """Delete the objects that are selected; return their list."""
    found, metadata = listed(asked.cluster, asked.target, asked.query)
    how = deletion_of(asked.request, asked.query)
    for thing in found:
        place = thing["metadata"].get("namespace", ""), thing["metadata"]["name"]
        if asked.cluster.storage.read(asked.target.kind.name, place) is not None:
            deleted(asked.cluster, asked.target.kind, place, how)
    items = [asked.told(one) for one in found]
    name = f"{asked.target.kind.name}List"
    return {"kind": name, "apiVersion": asked.target.version, "metadata": metadata, "items": items}


def success(details: dict[str, Any] | None = None) -> Object:
    """Return the Status that says that it is done."""
    told = {"details": details} if details else {}
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"} | told


READS: dict[str, Callable[[Asked], Object]] = {"get": get, "list": list_}
CHANGES: dict[str, Callable[[Asked], Object]] = {
    "create": create,
    "update": update,
    "patch": patch,
    "delete": delete,
    "deletecollection": delete_collection,
}
