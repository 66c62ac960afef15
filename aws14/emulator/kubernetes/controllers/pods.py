"""What controllers ask about pods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aws14.emulator.kubernetes.controllers.sight import Object
from aws14.emulator.kubernetes.times import epoch

__all__ = [
    "available_at",
    "condition",
    "is_active",
    "is_leaving",
    "is_ready",
    "label_text",
    "ready_since",
    "restarts",
    "set_condition",
    "to_delete_first",
]


def is_leaving(thing: Object) -> bool:
    """Whether an object is being deleted."""
    return bool(thing["metadata"].get("deletionTimestamp"))


def is_active(pod: Object) -> bool:
    """Whether a pod counts: neither finished nor being deleted."""
    return not is_leaving(pod) and (pod.get("status") or {}).get("phase") not in {"Succeeded", "Failed"}


def condition(thing: Object, kind: str) -> Object:
    """One condition of an object; empty where it has none of that type."""
    given = (thing.get("status") or {}).get("conditions") or ()
    return next((one for one in given if one["type"] == kind), {})


def is_ready(thing: Object) -> bool:
    """Whether a pod or a node is ready."""
    return bool(condition(thing, "Ready").get("status") == "True")


def ready_since(pod: Object) -> float | None:
    """Since when a pod is ready, epoch seconds; None where it is not."""
    return epoch(condition(pod, "Ready")["lastTransitionTime"]) if is_ready(pod) else None


def available_at(pod: Object, min_ready_s: float) -> float | None:
    """When a pod counts as available: ready for so long; None while it is not ready."""
    since = ready_since(pod)
    return None if since is None else since + min_ready_s


def restarts(pod: Object) -> int:
    """How often its containers were started again."""
    return sum(int(one.get("restartCount") or 0) for one in (pod.get("status") or {}).get("containerStatuses") or ())


def to_delete_first(pods: Iterable[Object]) -> list[Object]:
    """Pods in the order in which a ReplicaSet gives them up.

    Without a node, pending, not ready, of a lower ``pod-deletion-cost``, with more siblings on its node, ready for a
    shorter time, restarted more often, younger: first (kubernetes/pkg/controller, ActivePodsWithRanks).
    """
    found = list(pods)
    crowd: dict[str, int] = {}
    for pod in found:
        name = pod["spec"].get("nodeName", "")
        crowd[name] = crowd.get(name, 0) + 1

    def rank(pod: Object) -> Any:
        node = pod["spec"].get("nodeName", "")
        phase = (pod.get("status") or {}).get("phase", "Pending")
        cost = int((pod["metadata"].get("annotations") or {}).get("controller.kubernetes.io/pod-deletion-cost", 0))
        return (
            bool(node),
            {"Pending": 0, "Unknown": 1}.get(phase, 2),
            is_ready(pod),
            cost,
            -crowd[node],
            -(ready_since(pod) or 0.0),
            -restarts(pod),
            [-ord(each) for each in pod["metadata"].get("creationTimestamp", "")],
            pod["metadata"]["name"],
        )

    return sorted(found, key=rank)


def set_condition(status: Object, said: Object, at: str, *, updated: bool = False) -> None:
    """Put a condition into a status; its time of transition moves only when its truth does.

    Parameters
    ----------
    status : dict
        Is changed.
    said : dict
        ``type``, ``status``, and where there are any ``reason``, ``message``.
    at : str
        Now, as Kubernetes writes it.
    updated : bool, optional
        Whether this kind of condition has ``lastUpdateTime``.
    """
    conditions = [dict(one) for one in status.get("conditions") or ()]
    old = next((one for one in conditions if one["type"] == said["type"]), {})
    same = old.get("status") == said["status"]
    new = {**said, "lastTransitionTime": old["lastTransitionTime"] if same else at}
    if updated:
        alike = same and old.get("reason") == said.get("reason") and old.get("message") == said.get("message")
        new["lastUpdateTime"] = old["lastUpdateTime"] if alike else at
    status["conditions"] = [one for one in conditions if one["type"] != said["type"]] + [new]


def label_text(labels: Object) -> str:
    """Labels as one sorted text."""
    return ",".join(f"{name}={value}" for name, value in sorted(labels.items()))
