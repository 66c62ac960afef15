"""Disruption budgets: how many pods may be taken away on purpose.

Source: ``k8s.io/kubernetes/pkg/controller/disruption/disruption.go``; here a budget is counted anew at each change of a
pod or budget, within the same request, and the pods that are expected are those that are there.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from aws14.emulator.kubernetes import selectors
from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.failure import refused
from aws14.emulator.kubernetes.kinds import KINDS
from aws14.emulator.kubernetes.storage import Change, Object, copied

__all__ = ["check", "follow"]


def check(cluster: Contents, pod: Object) -> None:
    """Refuse to evict a pod that a budget needs.

    Raises
    ------
    ApiError
        One does (429).
    """
    for budget in _budgets(cluster, pod["metadata"]["namespace"]):
        if not selectors.fits(budget["spec"].get("selector"), pod["metadata"].get("labels")):
            continue
        status = _counted(cluster, budget)
        if status["disruptionsAllowed"] < 1 and _is_healthy(pod):
            healthy, name = status["currentHealthy"], budget["metadata"]["name"]
            wanted = status["desiredHealthy"]
            error = refused(
                KINDS["Pod"],
                pod["metadata"]["name"],
                "Cannot evict pod as it would violate the pod's disruption budget.",
                retry_after_s=10,
            )
            message = f"The disruption budget {name} needs {wanted} healthy pods and has {healthy} currently"
            error.details = {"causes": [{"reason": "DisruptionBudget", "message": message}]}
            raise error


def follow(cluster: Contents, change: Change) -> None:
    """Write into the budgets of a namespace how many pods may go, after a change of a pod or of a budget."""
    if change.kind not in ("Pod", "PodDisruptionBudget"):
        return
    for budget in _budgets(cluster, change.new["metadata"]["namespace"]):
        changed = copied(budget)
        changed["status"] |= _counted(cluster, budget) | {"observedGeneration": budget["metadata"]["generation"]}
        if changed != budget:
            cluster.keep("PodDisruptionBudget", changed)


def _budgets(cluster: Contents, namespace: str) -> list[Object]:
    return [one for one in cluster.storage.all_of("PodDisruptionBudget") if one["metadata"]["namespace"] == namespace]


def _counted(cluster: Contents, budget: Object) -> dict[str, int]:
    spec = budget["spec"]
    pods = [
        pod
        for pod in cluster.storage.all_of("Pod")
        if pod["metadata"]["namespace"] == budget["metadata"]["namespace"]
        and selectors.fits(spec.get("selector"), pod["metadata"].get("labels"))
        and pod["status"].get("phase") not in ("Succeeded", "Failed")
    ]
    expected, healthy = len(pods), sum(_is_healthy(pod) for pod in pods)
    if spec.get("maxUnavailable") is not None:
        desired = max(0, expected - _share(spec["maxUnavailable"], expected))
    else:
        desired = _share(spec.get("minAvailable", 0), expected)
    allowed = max(0, healthy - desired) if expected else 0
    return {
        "disruptionsAllowed": allowed,
        "currentHealthy": healthy,
        "desiredHealthy": desired,
        "expectedPods": expected,
    }


def _share(value: int | str, of: int) -> int:
    """Return a number or a percentage of pods, rounded up."""
    if isinstance(value, int):
        return value
    return int((Decimal(value.rstrip("%")) * of / 100).to_integral_value(ROUND_CEILING))


def _is_healthy(pod: Object) -> bool:
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions") or ())
    return ready and "deletionTimestamp" not in pod["metadata"]
