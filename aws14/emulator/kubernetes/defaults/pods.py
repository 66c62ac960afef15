"""Defaults of pods and of pod templates.

Source: ``k8s.io/kubernetes/pkg/apis/core/v1/defaults.go``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["containers_of", "fill_pod", "fill_pod_spec", "quality_of_service"]

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_WITH_MODE = ("configMap", "secret", "downwardAPI", "projected")


def containers_of(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the init containers and the containers of a pod's spec."""
    yield from spec.get("initContainers") or ()
    yield from spec.get("containers") or ()


def fill_pod_spec(spec: dict[str, Any]) -> None:
    """Fill in the spec of a pod or of a template."""
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("securityContext", {})
    spec.setdefault("schedulerName", "default-scheduler")
    if spec.get("serviceAccountName"):
        spec.setdefault("serviceAccount", spec["serviceAccountName"])
    for container in containers_of(spec):
        _fill_container(container)
    for volume in spec.get("volumes") or ():
        _fill_volume(volume)


def fill_pod(pod: dict[str, Any]) -> None:
    """Fill in a pod."""
    spec = pod.setdefault("spec", {})
    fill_pod_spec(spec)
    spec.setdefault("enableServiceLinks", True)
    spec.setdefault("serviceAccountName", "default")
    spec.setdefault("serviceAccount", spec["serviceAccountName"])
    for container in containers_of(spec):
        resources = container["resources"]
        if resources.get("limits"):
            resources["requests"] = dict(resources["limits"]) | (resources.get("requests") or {})
    pod.setdefault("status", {})["qosClass"] = quality_of_service(spec)


def quality_of_service(spec: dict[str, Any]) -> str:
    """Return the class by which pods are told apart when memory runs out."""
    said = [container.get("resources") or {} for container in containers_of(spec)]
    if not any(one.get("requests") or one.get("limits") for one in said):
        return "BestEffort"
    for one in said:
        limits, requests = one.get("limits") or {}, one.get("requests") or {}
        if any(name not in limits or requests.get(name, limits[name]) != limits[name] for name in ("cpu", "memory")):
            return "Burstable"
    return "Guaranteed"


def _fill_container(container: dict[str, Any]) -> None:
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    container.setdefault("imagePullPolicy", _pull_policy(container.get("image") or ""))
    container.setdefault("resources", {})
    for port in container.get("ports") or ():
        port.setdefault("protocol", "TCP")
    for key in _PROBES:
        if container.get(key):
            _fill_probe(container[key])
    for variable in container.get("env") or ():
        reference = (variable.get("valueFrom") or {}).get("fieldRef")
        if reference:
            reference.setdefault("apiVersion", "v1")


def _pull_policy(image: str) -> str:
    name = image.rpartition("/")[2]
    newest = name.endswith(":latest") or not {":", "@"} & set(name)
    return "Always" if newest else "IfNotPresent"


def _fill_probe(probe: dict[str, Any]) -> None:
    for key, value in (("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)):
        if not probe.get(key):
            probe[key] = value
    asked = probe.get("httpGet")
    if asked:
        asked.setdefault("path", "/")
        asked.setdefault("scheme", "HTTP")


def _fill_volume(volume: dict[str, Any]) -> None:
    if set(volume) == {"name"}:
        volume["emptyDir"] = {}
    for kind in _WITH_MODE:
        if isinstance(volume.get(kind), dict):
            volume[kind].setdefault("defaultMode", 420)
