"""What a Deployment says of itself: counts, Available, Progressing with its deadline.

Source: kubernetes/pkg/controller/deployment/{sync,progress}.go.
"""

from __future__ import annotations

from copy import deepcopy

from aws14.emulator.kubernetes.controllers import rolling
from aws14.emulator.kubernetes.controllers.pods import condition, set_condition
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.times import epoch, stamp

__all__ = ["tell"]

_AVAILABLE = ("MinimumReplicasAvailable", "Deployment has minimum availability.")
_NOT_AVAILABLE = ("MinimumReplicasUnavailable", "Deployment does not have minimum availability.")


def tell(cluster: Sight, owner: Object, sets: list[Object], new: Object | None) -> None:
    """Write the status of a Deployment.

    Parameters
    ----------
    cluster : Sight
        Where.
    owner : dict
        The Deployment.
    sets : list of dict
        Its ReplicaSets.
    new : dict or None
        That of its present template.
    """
    status: Object = deepcopy(owner.get("status") or {})
    before = deepcopy(status)
    _count(status, owner, sets, new)
    at = stamp(cluster.now)
    wanted = int(owner["spec"].get("replicas", 1))
    enough = status.get("availableReplicas", 0) >= wanted - rolling.limits(owner).unavailable
    reason, message = _AVAILABLE if enough else _NOT_AVAILABLE
    said = {"type": "Available", "status": str(enough), "reason": reason, "message": message}
    set_condition(status, said, at, updated=True)
    _failure(status, [*sets], at)
    _progress(cluster, owner, new, (before, status))
    cluster.say(owner, status)


def _count(status: Object, owner: Object, sets: list[Object], new: Object | None) -> None:
    def total(what: str, of: list[Object]) -> int:
        return sum(int((each.get("status") or {}).get(what) or 0) for each in of)

    counts = {
        "replicas": total("replicas", sets),
        "updatedReplicas": total("replicas", [new] if new is not None else []),
        "readyReplicas": total("readyReplicas", sets),
        "availableReplicas": total("availableReplicas", sets),
    }
    wished = sum(int(each["spec"].get("replicas", 0)) for each in sets)
    counts["unavailableReplicas"] = max(0, wished - counts["availableReplicas"])
    for name, count in counts.items():
        status.pop(name, None)
        if count:
            status[name] = count
    status["observedGeneration"] = owner["metadata"].get("generation", 1)


def _failure(status: Object, sets: list[Object], at: str) -> None:
    failures = [condition(each, "ReplicaFailure") for each in sets if condition(each, "ReplicaFailure")]
    status["conditions"] = [one for one in status.get("conditions") or () if one["type"] != "ReplicaFailure"]
    if failures:
        told = {name: failures[0][name] for name in ("type", "status", "reason", "message")}
        set_condition(status, told, at, updated=True)


def _is_complete(owner: Object, status: Object) -> bool:
    wanted = int(owner["spec"].get("replicas", 1))
    told = (status.get("updatedReplicas", 0), status.get("replicas", 0), status.get("availableReplicas", 0))
    return told == (wanted, wanted, wanted)


def _has_progressed(before: Object, status: Object) -> bool:
    def old_replicas(of: Object) -> int:
        return int(of.get("replicas", 0)) - int(of.get("updatedReplicas", 0))

    more = any(
        status.get(name, 0) > before.get(name, 0) for name in ("updatedReplicas", "readyReplicas", "availableReplicas")
    )
    return more or old_replicas(status) < old_replicas(before)


def _progress(cluster: Sight, owner: Object, new: Object | None, change: tuple[Object, Object]) -> None:
    """The condition Progressing; wakes the controllers at its deadline."""
    before, status = change
    old: Object = next((one for one in before.get("conditions") or () if one["type"] == "Progressing"), {})
    at, patience = stamp(cluster.now), float(owner["spec"].get("progressDeadlineSeconds", 600))
    said = _halted(owner, old) or _advanced(owner, new, old, change)
    if said is None:
        if _may_wait(cluster, old, patience):
            return
        said = ("False", "ProgressDeadlineExceeded", f"{_subject(owner, new)} has timed out progressing.")
    elif said[1] == old.get("reason") == "NewReplicaSetAvailable" and said[2] == old.get("message"):
        return
    kept = [one for one in status["conditions"] if one["type"] != "Progressing"]
    truth, reason, message = said
    moved = old.get("lastTransitionTime", at) if old.get("status") == truth else at
    told = {"type": "Progressing", "status": truth, "reason": reason, "message": message}
    status["conditions"] = [*kept, {**told, "lastUpdateTime": at, "lastTransitionTime": moved}]
    if reason in {"NewReplicaSetCreated", "ReplicaSetUpdated", "DeploymentResumed"}:
        cluster.wake("Deployment", cluster.now + patience)


_Said = tuple[str, str, str]


def _subject(owner: Object, new: Object | None) -> str:
    """Who progresses."""
    if new is not None:
        return f'ReplicaSet "{new["metadata"]["name"]}"'
    return f'Deployment "{owner["metadata"]["name"]}"'


def _halted(owner: Object, old: Object) -> _Said | None:
    """What is said of a rollout that somebody holds, or just let go."""
    if owner["spec"].get("paused"):
        return "Unknown", "DeploymentPaused", "Deployment is paused"
    if old.get("reason") == "DeploymentPaused":
        return "Unknown", "DeploymentResumed", "Deployment is resumed"
    return None


def _advanced(owner: Object, new: Object | None, old: Object, change: tuple[Object, Object]) -> _Said | None:
    """What is said of a rollout that is over, new, or a step further; None where it stands."""
    before, status = change
    subject = _subject(owner, new)
    if _is_complete(owner, status):
        return "True", "NewReplicaSetAvailable", f"{subject} has successfully progressed."
    if not old or _is_new(old, subject, before, owner):
        name = new["metadata"]["name"] if new is not None else ""
        return "True", "NewReplicaSetCreated", f'Created new replica set "{name}"'
    if _has_progressed(before, status):
        return "True", "ReplicaSetUpdated", f"{subject} is progressing."
    return None


def _may_wait(cluster: Sight, old: Object, patience: float) -> bool:
    """Whether nothing has to be said of a rollout that stands: it is over, given up, or not late yet."""
    if old.get("reason") in {"NewReplicaSetAvailable", "ProgressDeadlineExceeded"}:
        return True
    due = epoch(old["lastUpdateTime"]) + patience
    if due > cluster.now:
        cluster.wake("Deployment", due)
    return due > cluster.now


def _is_new(old: Object, subject: str, before: Object, owner: Object) -> bool:
    """Whether the rollout that `old` speaks of is another one: the template has changed since."""
    changed = before.get("observedGeneration") != owner["metadata"].get("generation", 1)
    return changed and subject.strip('"') not in old.get("message", "") and subject not in old.get("message", "")
