"""How an object changes: whose turn it was, what stays, what counts as a new generation."""

from __future__ import annotations

from aws14.emulator.kubernetes import naming
from aws14.emulator.kubernetes.addresses import keep_addresses
from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.defaults import fill
from aws14.emulator.kubernetes.deleting import finish
from aws14.emulator.kubernetes.failure import conflict, invalid, not_found
from aws14.emulator.kubernetes.kinds import Kind
from aws14.emulator.kubernetes.statuses import fill_status
from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.kubernetes.validation import faults

__all__ = ["updated"]

_STAYS = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "generateName")


def updated(
    cluster: Contents, kind: Kind, thing: Object, *, only_status: bool = False, dry_run: bool = False
) -> Object:
    """Keep a changed object and return it as it is kept; one without a change keeps its revision.

    Parameters
    ----------
    cluster : Contents
        Which has it.
    kind : Kind
        Of the object.
    thing : dict
        As the client wants it; it is changed.
    only_status : bool, optional
        Change the status and nothing else; otherwise all but the status.
    dry_run : bool, optional
        Do all but keep it.

    Raises
    ------
    ApiError
        It is not there, has changed meanwhile, or cannot be so.
    """
    metadata = thing["metadata"]
    place = metadata.get("namespace", "") if kind.namespaced else "", metadata["name"]
    old = cluster.storage.read(kind.name, place)
    if old is None:
        raise not_found(kind, metadata["name"])
    _check_turn(kind, metadata, old)
    new = _merged(kind, thing, old, only_status=only_status)
    if not only_status:
        fill(new)
        if kind.name == "Service":
            keep_addresses(cluster, new, old)
        _check(cluster, kind, new, old)
    if kind.counts_generations and new.get("spec") != old.get("spec"):
        new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1
    return old if new == old else _kept(cluster, kind, new, dry_run=dry_run)


def _check_turn(kind: Kind, metadata: Object, old: Object) -> None:
    given = metadata.get("resourceVersion")
    if given and given != old["metadata"]["resourceVersion"]:
        raise conflict(kind, metadata["name"])
    uid = metadata.get("uid")
    if uid and uid != old["metadata"]["uid"]:
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {old['metadata']['uid']}"
        raise conflict(kind, metadata["name"], why)


def _merged(kind: Kind, thing: Object, old: Object, *, only_status: bool) -> Object:
    if only_status:
        new = {**old, "metadata": dict(old["metadata"]), "status": thing.get("status")}
        fill_status(kind, new)
        return new
    new = {**thing, "apiVersion": kind.api_version, "kind": kind.name}
    metadata = {key: value for key, value in thing["metadata"].items() if key not in _STAYS and value is not None}
    kept = {key: old["metadata"][key] for key in _STAYS if key in old["metadata"]}
    new["metadata"] = metadata | kept | {"resourceVersion": old["metadata"]["resourceVersion"]}
    new["metadata"].pop("managedFields", None)
    if kind.namespaced:
        new["metadata"]["namespace"] = old["metadata"]["namespace"]
    if "status" in kind.subresources:
        new["status"] = old.get("status")
    return new


def _check(cluster: Contents, kind: Kind, new: Object, old: Object) -> None:
    metadata = new["metadata"]
    if causes := [*naming.metadata_faults(kind, metadata), *faults(cluster, new, old)]:
        raise invalid(kind, metadata["name"], causes)


def _kept(cluster: Contents, kind: Kind, new: Object, *, dry_run: bool) -> Object:
    if dry_run:
        return new
    kept = cluster.keep(kind.name, new)
    if "deletionTimestamp" in kept["metadata"]:
        finish(cluster, kind, kept)
    return kept
