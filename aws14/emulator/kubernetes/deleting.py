"""How an object ends: grace, finalizers, what it owned, and the content of namespaces.

Source: ``k8s.io/apiserver/pkg/registry/generic/registry/store.go``,
``k8s.io/kubernetes/pkg/controller/garbagecollector``.
The real collector works a moment later, on its own; here what an object owned ends within the same request.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.failure import ApiError, conflict, forbidden, not_found
from aws14.emulator.kubernetes.kinds import KINDS, Kind
from aws14.emulator.kubernetes.storage import Object, copied
from aws14.emulator.kubernetes.times import stamp
from aws14.emulator.world import world

__all__ = ["Deletion", "deleted", "finish"]

_FOREGROUND, _ORPHAN = "foregroundDeletion", "orphan"
_NEVER = frozenset({"default", "kube-system", "kube-public"})


@dataclass(frozen=True)
class Deletion:
    """How an object is to be deleted.

    Parameters
    ----------
    grace_s : float, optional
        Seconds that a pod has to end; its own, if None.
    propagation : str, optional
        ``Background``, ``Foreground``, ``Orphan``; what is usual for the kind, if empty.
    uid, revision : str, optional
        That the object must have.
    dry_run : bool, optional
        Check, and keep the object.
    """

    grace_s: float | None = None
    propagation: str = ""
    uid: str = ""
    revision: str = ""
    dry_run: bool = False


def deleted(cluster: Contents, kind: Kind, place: tuple[str, str], how: Deletion) -> Object | None:
    """Delete an object and return it while it ends; None if it is gone.

    Raises
    ------
    ApiError
        It is not there (404), is not the one meant (409), or may not end (403).
    """
    thing = cluster.storage.read(kind.name, place)
    if thing is None:
        raise not_found(kind, place[1])
    _check(kind, thing, how)
    if how.dry_run:
        return thing
    ending = _ending(kind, thing, how)
    if ending != thing:
        cluster.keep(kind.name, ending)
    _hand_on(cluster, kind, ending)
    present = cluster.storage.read(kind.name, place)
    return None if present is None else finish(cluster, kind, present)


def _check(kind: Kind, thing: Object, how: Deletion) -> None:
    metadata = thing["metadata"]
    for said, given, present in (
        ("UID", how.uid, metadata["uid"]),
        ("ResourceVersion", how.revision, metadata["resourceVersion"]),
    ):
        if given and given != present:
            why = f"Precondition failed: {said} in precondition: {given}, {said} in object meta: {present}"
            raise conflict(kind, metadata["name"], why)
    if kind.name == "Namespace" and metadata["name"] in _NEVER:
        raise forbidden(kind, metadata["name"], "this namespace may not be deleted")


def _ending(kind: Kind, thing: Object, how: Deletion) -> Object:
    """Return the object with the marks of one that ends."""
    ending = copied(thing)
    metadata = ending["metadata"]
    usual = "Orphan" if kind.name == "Job" else "Background"  # a Job's pods stay, unless a client says otherwise
    finalizers = {"Foreground": _FOREGROUND, "Orphan": _ORPHAN}.get(how.propagation or usual)
    if finalizers and finalizers not in metadata.get("finalizers", []):
        metadata["finalizers"] = [*metadata.get("finalizers", []), finalizers]
    grace_s = _grace_s(kind, thing, how)
    sooner = grace_s < metadata.get("deletionGracePeriodSeconds", grace_s)
    if "deletionTimestamp" not in metadata or sooner:
        metadata["deletionTimestamp"] = stamp(world().clock.now() + grace_s)
        metadata["deletionGracePeriodSeconds"] = int(grace_s)
    if kind.name == "Namespace":
        ending["status"] = {**ending["status"], "phase": "Terminating"}
    if kind.counts_generations and "deletionTimestamp" not in thing["metadata"]:
        metadata["generation"] = metadata.get("generation", 0) + 1
    return ending


def _grace_s(kind: Kind, thing: Object, how: Deletion) -> float:
    if kind.name != "Pod" or not thing["spec"].get("nodeName") or _is_over(thing):
        return 0
    own = thing["spec"].get("terminationGracePeriodSeconds", 30)
    return float(own if how.grace_s is None else how.grace_s)


def _is_over(pod: Object) -> bool:
    return pod["status"].get("phase") in ("Succeeded", "Failed")


def finish(cluster: Contents, kind: Kind, thing: Object) -> Object | None:
    """Remove an object that is to end and that nothing holds any more; return it if something does."""
    metadata = thing["metadata"]
    place = metadata.get("namespace", ""), metadata["name"]
    held = metadata.get("finalizers") or metadata.get("deletionGracePeriodSeconds")
    if held or (kind.name == "Namespace" and _content(cluster, metadata["name"])):
        return thing
    gone = cluster.drop(kind.name, place)
    for dependent_kind, dependent in _dependents(cluster, metadata["uid"]):
        _lose_owner(cluster, KINDS[dependent_kind], dependent, metadata["uid"])
    _let_go(cluster, gone)
    return None


def _hand_on(cluster: Contents, kind: Kind, thing: Object) -> None:
    """Let what depends on an object follow it, or stay without it, before it goes."""
    metadata = thing["metadata"]
    if kind.name == "Namespace":
        for content_kind, content in _content(cluster, metadata["name"]):
            _delete_quietly(cluster, content_kind, content, Deletion(propagation="Background"))
    finalizers = metadata.get("finalizers") or []
    if _ORPHAN in finalizers:
        for dependent_kind, dependent in _dependents(cluster, metadata["uid"]):
            _forget_owner(cluster, dependent_kind, dependent, metadata["uid"])
        _release(cluster, kind, thing, _ORPHAN)
    elif _FOREGROUND in finalizers:
        for dependent_kind, dependent in _dependents(cluster, metadata["uid"]):
            _delete_quietly(cluster, dependent_kind, dependent, Deletion(propagation="Foreground"))
        _release_if_alone(cluster, kind, metadata["uid"], (metadata.get("namespace", ""), metadata["name"]))


def _content(cluster: Contents, namespace: str) -> list[tuple[str, Object]]:
    return [
        (kind, thing)
        for kind, thing in cluster.storage.everything()
        if thing["metadata"].get("namespace") == namespace and KINDS[kind].namespaced
    ]


def _dependents(cluster: Contents, uid: str) -> list[tuple[str, Object]]:
    return [
        (kind, thing)
        for kind, thing in cluster.storage.everything()
        if any(owner["uid"] == uid for owner in thing["metadata"].get("ownerReferences") or ())
    ]


def _delete_quietly(cluster: Contents, kind: str, thing: Object, how: Deletion) -> None:
    metadata = thing["metadata"]
    present = cluster.storage.read(kind, (metadata.get("namespace", ""), metadata["name"]))
    if present is None or "deletionTimestamp" in present["metadata"]:
        return
    try:
        deleted(cluster, KINDS[kind], (metadata.get("namespace", ""), metadata["name"]), how)
    except ApiError as error:
        if error.code != 404:
            raise


def _lose_owner(cluster: Contents, kind: Kind, thing: Object, uid: str) -> None:
    """Delete what has lost its last owner; let the rest forget that one."""
    if len(thing["metadata"]["ownerReferences"]) > 1:
        _forget_owner(cluster, kind.name, thing, uid)
    else:
        _delete_quietly(cluster, kind.name, thing, Deletion(propagation="Background"))


def _forget_owner(cluster: Contents, kind: str, thing: Object, uid: str) -> None:
    changed = copied(thing)
    left = [owner for owner in changed["metadata"]["ownerReferences"] if owner["uid"] != uid]
    changed["metadata"]["ownerReferences"] = left
    if not left:
        del changed["metadata"]["ownerReferences"]
    cluster.keep(kind, changed)


def _release(cluster: Contents, kind: Kind, thing: Object, finalizer: str) -> Object:
    changed = copied(thing)
    left = [one for one in changed["metadata"]["finalizers"] if one != finalizer]
    changed["metadata"]["finalizers"] = left
    if not left:
        del changed["metadata"]["finalizers"]
    return cluster.keep(kind.name, changed)


def _release_if_alone(cluster: Contents, kind: Kind, uid: str, place: tuple[str, str]) -> None:
    """Let an object go that waited for what it owned, if nothing of that is left."""
    thing = cluster.storage.read(kind.name, place)
    if thing is None or _FOREGROUND not in (thing["metadata"].get("finalizers") or ()):
        return
    blocking = [
        owner
        for _, dependent in _dependents(cluster, uid)
        for owner in dependent["metadata"]["ownerReferences"]
        if owner["uid"] == uid and owner.get("blockOwnerDeletion")
    ]
    if not blocking:
        finish(cluster, kind, _release(cluster, kind, thing, _FOREGROUND))


def _let_go(cluster: Contents, gone: Object) -> None:
    """Let end what waited for an object that is gone: its owners, its namespace."""
    metadata = gone["metadata"]
    for owner in metadata.get("ownerReferences") or ():
        kind = KINDS.get(owner["kind"])
        if kind is not None:
            place = (metadata.get("namespace", "") if kind.namespaced else "", owner["name"])
            _release_if_alone(cluster, kind, owner["uid"], place)
    namespace = cluster.storage.read("Namespace", ("", metadata.get("namespace", "")))
    if namespace is not None and "deletionTimestamp" in namespace["metadata"]:
        finish(cluster, KINDS["Namespace"], namespace)
