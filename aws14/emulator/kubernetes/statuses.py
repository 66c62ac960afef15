"""The status of objects: how it begins, and the numbers that are always written."""

from __future__ import annotations

from typing import Any

from aws14.emulator.kubernetes.kinds import Kind
from aws14.emulator.kubernetes.storage import Object

__all__ = ["fill_status", "first_status"]

#: What the real server writes also when it is zero: clients rely on it.
_ALWAYS: dict[str, dict[str, Any]] = {
    "Namespace": {"phase": "Active"},
    "Pod": {"phase": "Pending"},
    "Service": {"loadBalancer": {}},
    "ReplicaSet": {"replicas": 0},
    "StatefulSet": {"replicas": 0, "availableReplicas": 0},
    "DaemonSet": {"currentNumberScheduled": 0, "numberMisscheduled": 0, "desiredNumberScheduled": 0, "numberReady": 0},
    "HorizontalPodAutoscaler": {"desiredReplicas": 0, "currentMetrics": None},
    "PodDisruptionBudget": {"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0},
}
#: Who makes these objects knows their status at once.
_KEPT = frozenset({"Node"})


def first_status(kind: Kind, thing: Object) -> None:
    """Give a new object the status that new objects have."""
    if "status" not in kind.subresources or kind.name in _KEPT:
        return
    thing["status"] = {}
    fill_status(kind, thing)


def fill_status(kind: Kind, thing: Object) -> None:
    """Write what a status always says."""
    if "status" in kind.subresources:
        thing["status"] = _ALWAYS.get(kind.name, {}) | (thing.get("status") or {})
