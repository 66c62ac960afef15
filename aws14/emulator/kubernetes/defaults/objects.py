"""Defaults of every kind.

Source: ``defaults.go`` and ``strategy.go`` of each group in ``k8s.io/kubernetes/pkg``.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from aws14.emulator.kubernetes.defaults.pods import fill_pod, fill_pod_spec

__all__ = ["fill"]

_UP = {"stabilizationWindowSeconds": 0, "selectPolicy": "Max"}
_UP_POLICIES = [
    {"type": "Pods", "value": 4, "periodSeconds": 15},
    {"type": "Percent", "value": 100, "periodSeconds": 15},
]
_DOWN_POLICIES = [{"type": "Percent", "value": 100, "periodSeconds": 15}]


def fill(thing: dict[str, Any]) -> None:
    """Fill in an object of any kind."""
    filler = _FILLERS.get(thing["kind"])
    if filler is not None:
        filler(thing)


def _template(spec: dict[str, Any]) -> None:
    template = spec.get("template")
    if isinstance(template, dict) and isinstance(template.get("spec"), dict):
        template.setdefault("metadata", {})
        fill_pod_spec(template["spec"])


def _deployment(thing: dict[str, Any]) -> None:
    spec = thing.setdefault("spec", {})
    _set(spec, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600)
    strategy = spec.setdefault("strategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        _set(_map(strategy, "rollingUpdate"), maxUnavailable="25%", maxSurge="25%")
    _template(spec)


def _replica_set(thing: dict[str, Any]) -> None:
    spec = thing.setdefault("spec", {})
    _set(spec, replicas=1)
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if labels:
        thing["metadata"].setdefault("labels", dict(labels))
    _template(spec)


def _daemon_set(thing: dict[str, Any]) -> None:
    spec = thing.setdefault("spec", {})
    _set(spec, revisionHistoryLimit=10)
    strategy = _map(spec, "updateStrategy")
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        _set(_map(strategy, "rollingUpdate"), maxUnavailable=1, maxSurge=0)
    _template(spec)


def _stateful_set(thing: dict[str, Any]) -> None:
    spec = thing.setdefault("spec", {})
    _set(spec, replicas=1, revisionHistoryLimit=10, podManagementPolicy="OrderedReady", serviceName="")
    strategy = _map(spec, "updateStrategy")
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        _set(_map(strategy, "rollingUpdate"), partition=0)
    _template(spec)


def _job(thing: dict[str, Any]) -> None:
    spec = thing.setdefault("spec", {})
    if spec.get("completions") is None and spec.get("parallelism") is None:
        _set(spec, completions=1, parallelism=1)
    _set(spec, parallelism=1, backoffLimit=6, completionMode="NonIndexed", suspend=False)
    _set(spec, podReplacementPolicy="TerminatingOrFailed", manualSelector=False)
    _template(spec)
    if not spec["manualSelector"] and isinstance(spec.get("template"), dict):
        _name_pods_of_job(thing, spec)


def _name_pods_of_job(thing: dict[str, Any], spec: dict[str, Any]) -> None:
    metadata = thing["metadata"]
    uid, name = metadata["uid"], metadata.get("name", "")
    marks = {"controller-uid": uid, "job-name": name}
    marks |= {f"batch.kubernetes.io/{key}": value for key, value in marks.items()}
    template = _map(spec["template"], "metadata")
    template["labels"] = (template.get("labels") or {}) | marks
    spec.setdefault("selector", {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}})


def _cron_job(thing: dict[str, Any]) -> None:
    spec = thing.setdefault("spec", {})
    _set(spec, concurrencyPolicy="Allow", suspend=False, successfulJobsHistoryLimit=3, failedJobsHistoryLimit=1)
    job = spec.get("jobTemplate")
    if isinstance(job, dict) and isinstance(job.get("spec"), dict):
        job.setdefault("metadata", {})
        _template(job["spec"])


def _service(thing: dict[str, Any]) -> None:
    spec = thing.setdefault("spec", {})
    _set(spec, type="ClusterIP", sessionAffinity="None")
    for port in spec.get("ports") or ():
        _set(port, protocol="TCP")
        if "port" in port:
            _set(port, targetPort=port["port"])
    if spec["type"] == "ExternalName":
        return
    _set(spec, internalTrafficPolicy="Cluster", ipFamilies=["IPv4"], ipFamilyPolicy="SingleStack")
    if spec["type"] in ("NodePort", "LoadBalancer"):
        _set(spec, externalTrafficPolicy="Cluster")
    if spec["type"] == "LoadBalancer":
        _set(spec, allocateLoadBalancerNodePorts=True)


def _autoscaler(thing: dict[str, Any]) -> None:
    spec = thing.setdefault("spec", {})
    _set(spec, minReplicas=1)
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    behavior = spec.get("behavior")
    if behavior:
        up, down = _map(behavior, "scaleUp"), _map(behavior, "scaleDown")
        _set(up, **_UP, policies=[dict(one) for one in _UP_POLICIES])
        _set(down, selectPolicy="Max", policies=[dict(one) for one in _DOWN_POLICIES])


def _namespace(thing: dict[str, Any]) -> None:
    metadata = thing["metadata"]
    labels = metadata.get("labels") or {}
    metadata["labels"] = labels | {"kubernetes.io/metadata.name": metadata.get("name", "")}
    thing.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])


def _secret(thing: dict[str, Any]) -> None:
    thing.setdefault("type", "Opaque")
    plain = thing.pop("stringData", None) or {}
    if plain:
        coded = {key: base64.b64encode(str(value).encode()).decode() for key, value in plain.items()}
        thing["data"] = (thing.get("data") or {}) | coded


def _storage_class(thing: dict[str, Any]) -> None:
    _set(thing, reclaimPolicy="Delete", volumeBindingMode="Immediate")


def _priority_class(thing: dict[str, Any]) -> None:
    _set(thing, preemptionPolicy="PreemptLowerPriority")


def _limit_range(thing: dict[str, Any]) -> None:
    for item in thing.setdefault("spec", {}).get("limits") or ():
        if item.get("type") != "Container":
            continue
        limits = dict(item.get("max") or {}) | (item.get("default") or {})
        if limits:
            item["default"] = limits
        requests = limits | (item.get("min") or {}) | (item.get("defaultRequest") or {})
        if requests:
            item["defaultRequest"] = requests


def _set(into: dict[str, Any], **defaults: Any) -> None:
    for key, value in defaults.items():
        if into.get(key) is None:
            into[key] = value


def _map(into: dict[str, Any], key: str) -> dict[str, Any]:
    if not isinstance(into.get(key), dict):
        into[key] = {}
    found: dict[str, Any] = into[key]
    return found


_FILLERS: dict[str, Callable[[dict[str, Any]], None]] = {
    "Pod": fill_pod,
    "Deployment": _deployment,
    "ReplicaSet": _replica_set,
    "DaemonSet": _daemon_set,
    "StatefulSet": _stateful_set,
    "Job": _job,
    "CronJob": _cron_job,
    "Service": _service,
    "HorizontalPodAutoscaler": _autoscaler,
    "Namespace": _namespace,
    "Secret": _secret,
    "StorageClass": _storage_class,
    "PriorityClass": _priority_class,
    "LimitRange": _limit_range,
}
