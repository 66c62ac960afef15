"""The Deployment controller: a ReplicaSet for each template, replicas moved from the old ones to the new one.

Source: kubernetes/pkg/controller/deployment (rolling.go, recreate.go, progress.go, sync.go).
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from aws14.emulator.kubernetes.controllers import rolling
from aws14.emulator.kubernetes.controllers.deployment_status import tell
from aws14.emulator.kubernetes.controllers.pods import is_active, is_leaving
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.sight import Object, Sight, reference
from aws14.emulator.kubernetes.controllers.templates import HASH_LABEL, template_hash
from aws14.sim.containers.rollout import Version, step

__all__ = ["WATCHES", "sync"]

WATCHES = frozenset({"Deployment", "ReplicaSet", "Pod"})
_REVISION = "deployment.kubernetes.io/revision"
_HISTORY = "deployment.kubernetes.io/revision-history"
_WANTED, _MOST = "deployment.kubernetes.io/desired-replicas", "deployment.kubernetes.io/max-replicas"
_SOURCE = "deployment-controller"


def sync(cluster: Sight) -> None:
    """Bring every Deployment a step nearer."""
    for each in cluster.all("Deployment"):
        if not is_leaving(each):
            _deploy(cluster, each)


def _deploy(cluster: Sight, owner: Object) -> None:
    sets = sorted(cluster.owned("ReplicaSet", owner), key=_revision)
    new = next((each for each in sets if _same(each, owner)), None)
    old = [each for each in sets if each is not new]
    paused = bool(owner["spec"].get("paused"))
    if paused or (new is not None and _is_scaling(owner, sets)):
        _proportional(cluster, owner, new, old)
    elif owner["spec"].get("strategy", {}).get("type") == "Recreate":
        new = _recreate(cluster, owner, new, old)
    else:
        new = _revised(cluster, owner, new, old)
        _roll(cluster, owner, new, old)
    owner = cluster.fresh(owner) or owner
    sets = cluster.owned("ReplicaSet", owner)
    if not paused:
        _forget_history(cluster, owner, sets)
    tell(cluster, owner, sets, next((each for each in sets if _same(each, owner)), None))


def _same(replica_set: Object, owner: Object) -> bool:
    return bool(replica_set["metadata"]["labels"].get(HASH_LABEL) == template_hash(owner["spec"]["template"]))


def _revision(replica_set: Object) -> int:
    return int((replica_set["metadata"].get("annotations") or {}).get(_REVISION, 0))


def _revised(cluster: Sight, owner: Object, new: Object | None, old: list[Object]) -> Object:
    """The ReplicaSet of the present template, with the highest revision; made where there is none."""
    number = max((_revision(each) for each in old), default=0) + 1
    if new is None:
        new = _create(cluster, owner, old, number)
    elif _revision(new) < number:
        new = _renumber(cluster, new, number)
    if (owner["metadata"].get("annotations") or {}).get(_REVISION) != str(_revision(new)):
        cluster.change(owner, _annotated({_REVISION: str(_revision(new))}))
    return new


def _annotated(notes: dict[str, str], **spec: Any) -> Callable[[Object], None]:
    """An edit that writes annotations, and parts of the spec."""

    def edit(thing: Object) -> None:
        thing["metadata"]["annotations"] = {**(thing["metadata"].get("annotations") or {}), **notes}
        thing["spec"].update(spec)

    return edit


def _create(cluster: Sight, owner: Object, old: list[Object], number: int) -> Object:
    mark = template_hash(owner["spec"]["template"])
    name = f"{owner['metadata']['name']}-{mark}"
    template = deepcopy(owner["spec"]["template"])
    labels = template.setdefault("metadata", {}).setdefault("labels", {})
    labels[HASH_LABEL] = mark
    selector = deepcopy(owner["spec"]["selector"])
    selector["matchLabels"] = {**(selector.get("matchLabels") or {}), HASH_LABEL: mark}
    wanted = int(owner["spec"].get("replicas", 1))
    recreate = owner["spec"].get("strategy", {}).get("type") == "Recreate"
    fresh = Version(name=name, replicas=0, available=0)
    size = wanted if recreate else step(wanted, rolling.limits(owner), fresh, list(map(rolling.counted, old)))[name]
    kept = {name: text for name, text in (owner["metadata"].get("annotations") or {}).items() if _is_copied(name)}
    made = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": name,
            "namespace": owner["metadata"]["namespace"],
            "labels": dict(labels),
            "annotations": {**kept, _REVISION: str(number), **_sizes(owner)},
            "ownerReferences": [reference(owner)],
        },
        "spec": {
            "replicas": size,
            "selector": selector,
            "template": template,
            **({"minReadySeconds": owner["spec"]["minReadySeconds"]} if owner["spec"].get("minReadySeconds") else {}),
        },
    }
    created = cluster.create(made)
    if size:
        _announce(cluster, owner, name, (0, size))
    return created


def _is_copied(annotation: str) -> bool:
    return annotation not in {_REVISION, _HISTORY, _WANTED, _MOST, "kubectl.kubernetes.io/last-applied-configuration"}


def _sizes(owner: Object) -> dict[str, str]:
    wanted = int(owner["spec"].get("replicas", 1))
    return {_WANTED: str(wanted), _MOST: str(wanted + rolling.limits(owner).surge)}


def _renumber(cluster: Sight, new: Object, number: int) -> Object:
    notes = new["metadata"].get("annotations") or {}
    before = ",".join(filter(None, (notes.get(_HISTORY), notes.get(_REVISION))))
    cluster.change(new, _annotated({_REVISION: str(number), **({_HISTORY: before} if before else {})}))
    return cluster.fresh(new) or new


def _is_scaling(owner: Object, sets: list[Object]) -> bool:
    """Whether the number of replicas has changed, and the template not: then every ReplicaSet takes its part."""
    wanted = str(owner["spec"].get("replicas", 1))
    marks = (
        (each["metadata"].get("annotations") or {}).get(_WANTED, wanted)
        for each in sets
        if int(each["spec"].get("replicas", 0))
    )
    return any(mark != wanted for mark in marks)


def _proportional(cluster: Sight, owner: Object, new: Object | None, old: list[Object]) -> None:
    """Scale without moving replicas between templates."""
    wanted = int(owner["spec"].get("replicas", 1))
    every = [*old, *([new] if new is not None else [])]
    active = [each for each in every if int(each["spec"].get("replicas", 0))]
    if len(active) <= 1:
        only = active[0] if active else new
        if only is not None:
            _scale(cluster, owner, only, wanted)
        return
    if rolling.is_saturated(new, wanted):
        for each in old:
            _scale(cluster, owner, each, 0)
        return
    most = (
        wanted + rolling.limits(owner).surge if owner["spec"].get("strategy", {}).get("type") != "Recreate" else wanted
    )
    sizes = [int(each["spec"].get("replicas", 0)) for each in active]
    was = [int((each["metadata"].get("annotations") or {}).get(_MOST) or most) for each in active]
    for each, size in zip(active, rolling.shares(sizes, was, most), strict=True):
        _scale(cluster, owner, each, size)


def _recreate(cluster: Sight, owner: Object, new: Object | None, old: list[Object]) -> Object | None:
    """First all old pods go, then the new ones come."""
    active = [each for each in old if int(each["spec"].get("replicas", 0))]
    for each in active:
        _scale(cluster, owner, each, 0)
    if active or any(is_active(pod) or is_leaving(pod) for each in old for pod in cluster.owned("Pod", each)):
        return new
    new = _revised(cluster, owner, new, old)
    return _scale(cluster, owner, new, int(owner["spec"].get("replicas", 1)))


def _roll(cluster: Sight, owner: Object, new: Object, old: list[Object]) -> None:
    """One step of a rolling update: up where the surge allows it, else down as far as enough are available."""
    wanted = int(owner["spec"].get("replicas", 1))
    sizes = step(wanted, rolling.limits(owner), rolling.counted(new), list(map(rolling.counted, old)))
    for each in (new, *old):
        _scale(cluster, owner, each, sizes[each["metadata"]["name"]])


def _scale(cluster: Sight, owner: Object, replica_set: Object, size: int) -> Object:
    before = int(replica_set["spec"].get("replicas", 0))
    notes = replica_set["metadata"].get("annotations") or {}
    sizes = _sizes(owner)
    if before == size and sizes.items() <= notes.items():
        return replica_set
    cluster.change(replica_set, _annotated(sizes, replicas=size))
    if before != size:
        _announce(cluster, owner, replica_set["metadata"]["name"], (before, size))
    return cluster.fresh(replica_set) or replica_set


def _announce(cluster: Sight, owner: Object, name: str, sizes: tuple[int, int]) -> None:
    before, size = sizes
    way = "up" if size > before else "down"
    record(
        cluster,
        owner,
        "ScalingReplicaSet",
        f"Scaled {way} replica set {name} from {before} to {size}",
        source=_SOURCE,
    )


def _forget_history(cluster: Sight, owner: Object, sets: list[Object]) -> None:
    most = int(owner["spec"].get("revisionHistoryLimit", 10))
    done = [
        each
        for each in sorted(sets, key=_revision)
        if not _same(each, owner)
        and not int(each["spec"].get("replicas", 0))
        and not int((each.get("status") or {}).get("replicas") or 0)
        and not is_leaving(each)
    ]
    for each in done[: max(0, len(done) - most)]:
        cluster.delete(each)
