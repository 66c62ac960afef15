"""How an object comes to be: its name, its namespace, defaults, admission, validation, its first status."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from aws14.emulator.kubernetes import naming
from aws14.emulator.kubernetes.admission import admit
from aws14.emulator.kubernetes.beginnings import of_namespace
from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.defaults import fill
from aws14.emulator.kubernetes.events import forget_old
from aws14.emulator.kubernetes.failure import already_exists, bad_request, forbidden, invalid, not_found
from aws14.emulator.kubernetes.kinds import KINDS, Kind, kind_of
from aws14.emulator.kubernetes.statuses import first_status
from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.kubernetes.times import now_stamp
from aws14.emulator.kubernetes.validation import faults

__all__ = ["created"]

_SET_BY_THE_SERVER = ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields", "generation")


def created(cluster: Contents, kind: Kind, thing: Object, *, dry_run: bool) -> Object:
    """Keep a new object and return it as it is kept.

    Parameters
    ----------
    cluster : Contents
        Which is to have it.
    kind : Kind
        Of the object.
    thing : dict
        As the client sent it; it is changed.
    dry_run : bool
        Do all but keep it.

    Raises
    ------
    ApiError
        It cannot be.
    """
    thing["apiVersion"], thing["kind"] = kind.api_version, kind.name
    metadata = thing.setdefault("metadata", {})
    _begin(kind, metadata)
    _check_namespace(cluster, kind, metadata)
    first_status(kind, thing)
    fill(thing)
    admit(cluster, kind, thing)
    if causes := [*naming.metadata_faults(kind, metadata), *faults(cluster, thing, None)]:
        raise invalid(kind, metadata.get("name", ""), causes)
    if cluster.storage.read(kind.name, (metadata.get("namespace", ""), metadata["name"])) is not None:
        raise already_exists(kind, metadata["name"])
    if dry_run:
        return thing
    kept = cluster.keep(kind.name, thing)
    if kind.name == "Event":
        forget_old(cluster)
    if kind.name == "Namespace":
        for each in of_namespace(metadata["name"]):
            created(cluster, kind_of(each), each, dry_run=False)
    return kept


def _begin(kind: Kind, metadata: dict[str, Any]) -> None:
    if metadata.pop("resourceVersion", ""):
        raise bad_request("resourceVersion should not be set on objects to be created")
    for key in _SET_BY_THE_SERVER:
        metadata.pop(key, None)
    if not metadata.get("name") and metadata.get("generateName"):
        metadata["name"] = naming.made_up(metadata["generateName"])
    metadata["uid"] = str(uuid4())
    metadata["creationTimestamp"] = now_stamp()
    if kind.counts_generations:
        metadata["generation"] = 1


def _check_namespace(cluster: Contents, kind: Kind, metadata: dict[str, Any]) -> None:
    if not kind.namespaced:
        metadata.pop("namespace", None)
        return
    name = metadata.setdefault("namespace", "default")
    namespace = cluster.storage.read("Namespace", ("", name))
    if namespace is None:
        raise not_found(KINDS["Namespace"], name)
    if namespace["status"]["phase"] == "Terminating" and kind.name != "Event":
        why = f"unable to create new content in namespace {name} because it is being terminated"
        raise forbidden(kind, metadata.get("name", ""), why)
