"""What may be wrong with pod autoscalers and with disruption budgets.

Source: ``k8s.io/kubernetes/pkg/apis/{autoscaling,policy}/validation/validation.go``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws14.emulator.kubernetes.failure import Cause, forbidden_value, invalid_value, required, unsupported
from aws14.emulator.kubernetes.storage import Object

__all__ = ["autoscaler_faults", "disruption_faults"]

_SOURCES = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
_TARGETS = {"Utilization": "averageUtilization", "AverageValue": "averageValue", "Value": "value"}
_LONGEST_WINDOW_S, _LONGEST_PERIOD_S = 3600, 1800


def autoscaler_faults(new: Object, _old: Object | None) -> Iterator[Cause]:
    """Return what is wrong with a HorizontalPodAutoscaler."""
    spec = new["spec"]
    if spec["minReplicas"] < 1:
        yield invalid_value("spec.minReplicas", spec["minReplicas"], "must be greater than or equal to 1")
    most = spec.get("maxReplicas") or 0
    if most < 1:
        yield invalid_value("spec.maxReplicas", most, "must be greater than 0")
    elif most < spec["minReplicas"]:
        yield invalid_value("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    target = spec.get("scaleTargetRef") or {}
    for key in ("kind", "name"):
        if not target.get(key):
            yield required(f"spec.scaleTargetRef.{key}")
    for index, metric in enumerate(spec.get("metrics") or ()):
        yield from _metric_faults(metric, f"spec.metrics[{index}]")
    for way, rules in (spec.get("behavior") or {}).items():
        yield from _rule_faults(rules, f"spec.behavior.{way}")


def _metric_faults(metric: dict[str, Any], at: str) -> Iterator[Cause]:
    kind = metric.get("type")
    if kind not in _SOURCES:
        yield unsupported(f"{at}.type", kind, list(_SOURCES)) if kind else required(f"{at}.type")
        return
    source = metric.get(_SOURCES[kind])
    if not source:
        yield required(f"{at}.{_SOURCES[kind]}", "must populate information for the given metric source")
        return
    target = source.get("target") or {}
    where = f"{at}.{_SOURCES[kind]}.target"
    if target.get("type") not in _TARGETS:
        yield (
            required(f"{where}.type")
            if not target.get("type")
            else unsupported(f"{where}.type", target["type"], list(_TARGETS))
        )
    elif kind == "Resource" and not (target.get("averageUtilization") or target.get("averageValue")):
        yield required(f"{where}.averageUtilization", "must set either a target raw value or a target utilization")
    elif (target.get("averageUtilization") or 1) < 1:
        yield invalid_value(f"{where}.averageUtilization", target["averageUtilization"], "must be greater than 0")


def _rule_faults(rules: dict[str, Any], at: str) -> Iterator[Cause]:
    window = rules.get("stabilizationWindowSeconds")
    if window is not None and not 0 <= window <= _LONGEST_WINDOW_S:
        bound = "greater than or equal to zero" if window < 0 else f"less than or equal to {_LONGEST_WINDOW_S}"
        yield invalid_value(f"{at}.stabilizationWindowSeconds", window, f"must be {bound}")
    if not rules.get("policies"):
        yield required(f"{at}.policies", "must specify at least one Policy")
    if rules.get("selectPolicy") not in ("Max", "Min", "Disabled"):
        yield unsupported(f"{at}.selectPolicy", rules.get("selectPolicy"), ("Max", "Min", "Disabled"))
    for index, policy in enumerate(rules.get("policies") or ()):
        where = f"{at}.policies[{index}]"
        if policy.get("type") not in ("Pods", "Percent"):
            yield unsupported(f"{where}.type", policy.get("type"), ("Pods", "Percent"))
        if (policy.get("value") or 0) < 1:
            yield invalid_value(f"{where}.value", policy.get("value") or 0, "must be greater than zero")
        period = policy.get("periodSeconds") or 0
        if not 0 < period <= _LONGEST_PERIOD_S:
            bound = "greater than zero" if period < 1 else f"less than or equal to {_LONGEST_PERIOD_S}"
            yield invalid_value(f"{where}.periodSeconds", period, f"must be {bound}")


def disruption_faults(new: Object, _old: Object | None) -> Iterator[Cause]:
    """Return what is wrong with a PodDisruptionBudget."""
    spec = new["spec"]
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        yield forbidden_value("spec", "minAvailable and maxUnavailable cannot be both set")
