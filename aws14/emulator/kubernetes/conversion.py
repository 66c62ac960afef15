"""The autoscalers of ``autoscaling/v1``: the same objects, told with one percentage.

Source: ``k8s.io/kubernetes/pkg/apis/autoscaling/v1/conversion.go``; metrics other than CPU, which stand there in
annotations, are not told.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.kubernetes.storage import Object, copied
from aws14.emulator.kubernetes.targets import Target

__all__ = ["as_asked", "as_stored"]

_V1 = "autoscaling/v1"


def as_asked(target: Target, thing: Object) -> Object:
    """Return a stored object in the version in which it is asked for."""
    if target.version != _V1:
        return thing
    spec, status = thing["spec"], thing.get("status") or {}
    told = {key: spec[key] for key in ("minReplicas", "maxReplicas", "scaleTargetRef") if key in spec}
    percentage = _of_cpu(spec.get("metrics"), "target")
    if percentage is not None:
        told["targetCPUUtilizationPercentage"] = percentage
    counted = {key: status[key] for key in ("lastScaleTime", "observedGeneration") if key in status}
    counted |= {key: status.get(key, 0) for key in ("currentReplicas", "desiredReplicas")}
    present = _of_cpu(status.get("currentMetrics"), "current")
    if present is not None:
        counted["currentCPUUtilizationPercentage"] = present
    return thing | {"apiVersion": _V1, "spec": told, "status": counted}


def as_stored(target: Target, thing: Object, old: Object | None) -> Object:
    """Return an object, told in the version of a request, as it is stored."""
    if target.version != _V1:
        return thing
    spec: dict[str, Any] = dict(thing.get("spec") or {})
    percentage = spec.pop("targetCPUUtilizationPercentage", None)
    if old is not None:
        spec = {key: copied(old["spec"][key]) for key in ("metrics", "behavior") if key in old["spec"]} | spec
    if percentage is not None:
        aim = {"type": "Utilization", "averageUtilization": percentage}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": aim}}]
    return thing | {"apiVersion": "autoscaling/v2", "spec": spec}


def _of_cpu(metrics: list[dict[str, Any]] | None, side: str) -> int | None:
    for metric in metrics or ():
        resource = metric.get("resource") or {}
        if resource.get("name") == "cpu":
            found: int | None = (resource.get(side) or {}).get("averageUtilization")
            return found
    return None
