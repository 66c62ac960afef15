"""Endpoints and EndpointSlices: which pods are behind a service. Source: kubernetes/pkg/controller/endpoint(slice)."""

from __future__ import annotations

from typing import Any

from aws14.emulator.kubernetes.controllers.pods import is_leaving, is_ready
from aws14.emulator.kubernetes.controllers.sight import Object, Sight, controller_of, reference
from aws14.emulator.kubernetes.controllers.templates import letters
from aws14.emulator.kubernetes.services.names import behind, target_port

__all__ = ["WATCHES", "sync"]

WATCHES = frozenset({"Service", "Pod", "Endpoints", "EndpointSlice"})
_LABEL = "kubernetes.io/service-name"


def sync(cluster: Sight) -> None:
    """Bring the endpoints of every service with a selector to its pods."""
    for service in cluster.all("Service"):
        if service["spec"].get("selector") and not is_leaving(service):
            pods = sorted(behind(cluster, service), key=lambda each: each["status"]["podIP"])
            _endpoints(cluster, service, pods)
            _slice(cluster, service, pods)
    services = {each["metadata"]["uid"] for each in cluster.all("Service")}
    for thing in cluster.all("Endpoints"):
        uid = (thing["metadata"].get("annotations") or {}).get("aws14/service")
        if uid and uid not in services:
            cluster.delete(thing)


def _serves(service: Object, pod: Object) -> bool:
    return bool(service["spec"].get("publishNotReadyAddresses")) or (is_ready(pod) and not is_leaving(pod))


def _endpoints(cluster: Sight, service: Object, pods: list[Object]) -> None:
    meta = service["metadata"]
    ready = [_address(pod) for pod in pods if _serves(service, pod)]
    waiting = [_address(pod) for pod in pods if not _serves(service, pod) and not is_leaving(pod)]
    ports = _ports(service, pods)
    subset = {
        **({"addresses": ready} if ready else {}),
        **({"notReadyAddresses": waiting} if waiting else {}),
        "ports": ports,
    }
    subsets = [subset] if ready or waiting else []
    wanted: Object = {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {
            "name": meta["name"],
            "namespace": meta["namespace"],
            "labels": dict(meta.get("labels") or {}),
            "annotations": {"aws14/service": meta["uid"]},
        },
        **({"subsets": subsets} if subsets else {}),
    }
    _keep(cluster, wanted, ("subsets",))


def _ports(service: Object, pods: list[Object]) -> list[Object]:
    return [
        {
            **({"name": each["name"]} if each.get("name") else {}),
            "port": next((found for pod in pods if (found := target_port(pod, each))), int(each["port"])),
            "protocol": each.get("protocol", "TCP"),
        }
        for each in service["spec"].get("ports") or ()
    ]


def _address(pod: Object) -> Object:
    return {"ip": pod["status"]["podIP"], "nodeName": pod["spec"]["nodeName"], "targetRef": _target(pod)}


def _target(pod: Object) -> Object:
    meta = pod["metadata"]
    return {"kind": "Pod", "namespace": meta["namespace"], "name": meta["name"], "uid": meta["uid"]}


def _slice(cluster: Sight, service: Object, pods: list[Object]) -> None:
    meta = service["metadata"]
    name = f"{meta['name'][:57]}-{letters(meta['uid'], 5)}"
    zones = {
        each["metadata"]["name"]: (each["metadata"].get("labels") or {}).get("topology.kubernetes.io/zone", "")
        for each in cluster.all("Node")
    }
    wanted = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": name,
            "namespace": meta["namespace"],
            "labels": {
                _LABEL: meta["name"],
                "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
            },
            "ownerReferences": [reference(service)],
        },
        "addressType": "IPv4",
        "endpoints": [_endpoint(service, pod, zones.get(pod["spec"]["nodeName"], "")) for pod in pods],
        "ports": [{"name": "", **each} for each in _ports(service, pods)],
    }
    _keep(cluster, wanted, ("endpoints", "ports"))


def _endpoint(service: Object, pod: Object, zone: str) -> Object:
    serving = is_ready(pod)
    return {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": _serves(service, pod), "serving": serving, "terminating": is_leaving(pod)},
        "nodeName": pod["spec"]["nodeName"],
        "targetRef": _target(pod),
        **({"zone": zone} if zone else {}),
    }


def _keep(cluster: Sight, wanted: Object, parts: tuple[str, ...]) -> None:
    """Create an object, or change those parts of it that are not as they should be."""
    meta = wanted["metadata"]
    present = cluster.get(wanted["kind"], meta["namespace"], meta["name"])
    if present is None:
        cluster.create(wanted)
        return
    if wanted["kind"] == "Endpoints" and controller_of(present):
        return
    if all(present.get(part) == wanted.get(part) for part in parts):
        return

    def edit(thing: Object) -> None:
        changes: dict[str, Any] = {part: wanted.get(part) for part in parts}
        thing.update(changes)

    cluster.change(present, edit)
