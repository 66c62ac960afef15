"""The ReplicaSet controller: as many pods as wanted.

Source: kubernetes/pkg/controller/replicaset. Pods that fit the selector and belong to nobody are adopted there;
here they are left alone.
"""

from __future__ import annotations

from aws14.emulator.kubernetes.controllers.pods import (
    available_at,
    is_active,
    is_leaving,
    is_ready,
    to_delete_first,
)
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.controllers.templates import new_pod
from aws14.emulator.kubernetes.failure import ApiError

__all__ = ["WATCHES", "sync"]

WATCHES = frozenset({"ReplicaSet", "Pod"})
_SOURCE = "replicaset-controller"
#: How many pods one look creates or deletes at most (burstReplicas of the controller).
_BURST = 500
_AGAIN_S = 5.0


def sync(cluster: Sight) -> None:
    """Bring every ReplicaSet a step nearer."""
    for each in cluster.all("ReplicaSet"):
        if not is_leaving(each):
            _replicate(cluster, each)


def _replicate(cluster: Sight, owner: Object) -> None:
    pods = [pod for pod in cluster.owned("Pod", owner) if is_active(pod)]
    wanted = int(owner["spec"].get("replicas", 1))
    failure = ""
    if len(pods) < wanted:
        failure = _create(cluster, owner, min(wanted - len(pods), _BURST))
    elif len(pods) > wanted:
        _shrink(cluster, owner, to_delete_first(pods)[: min(len(pods) - wanted, _BURST)])
    _tell(cluster, owner, failure)


def _create(cluster: Sight, owner: Object, count: int) -> str:
    for _ in range(count):
        try:
            pod = new_pod(cluster, owner, owner["spec"]["template"])
        except ApiError as refused:
            record(cluster, owner, "FailedCreate", f"Error creating: {refused}", kind="Warning", source=_SOURCE)
            cluster.wake("ReplicaSet", cluster.now + _AGAIN_S)
            return str(refused)
        record(cluster, owner, "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}", source=_SOURCE)
    return ""


def _shrink(cluster: Sight, owner: Object, pods: list[Object]) -> None:
    for pod in pods:
        cluster.delete(pod)
        record(cluster, owner, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}", source=_SOURCE)


def _tell(cluster: Sight, owner: Object, failure: str) -> None:
    pods = [pod for pod in cluster.owned("Pod", owner) if is_active(pod)]
    patience = float(owner["spec"].get("minReadySeconds") or 0)
    times = [at for at in (available_at(pod, patience) for pod in pods) if at is not None]
    for at in times:
        if at > cluster.now:
            cluster.wake("ReplicaSet", at)
    labels = (owner["spec"]["template"].get("metadata") or {}).get("labels") or {}
    full = [pod for pod in pods if labels.items() <= (pod["metadata"].get("labels") or {}).items()]
    counts = {
        "replicas": len(pods),
        "fullyLabeledReplicas": len(full),
        "readyReplicas": sum(is_ready(pod) for pod in pods),
        "availableReplicas": sum(at <= cluster.now for at in times),
    }
    status: Object = {name: count for name, count in counts.items() if count or name == "replicas"}
    status["observedGeneration"] = owner["metadata"].get("generation", 1)
    if failure:
        said = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": failure}
        status["conditions"] = [said]
    cluster.say(owner, status)
