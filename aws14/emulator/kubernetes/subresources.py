"""Parts of objects with an answer of their own: scale, binding, eviction, log.

Source: ``k8s.io/kubernetes/pkg/registry/core/pod/storage`` (eviction.go, storage.go), ``pkg/registry/apps/*/storage``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aws14.emulator.kubernetes import disruptions, selectors
from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.deleting import Deletion, deleted
from aws14.emulator.kubernetes.failure import bad_request, conflict, invalid, invalid_value
from aws14.emulator.kubernetes.kinds import KINDS
from aws14.emulator.kubernetes.storage import Object, copied
from aws14.emulator.kubernetes.supplies import LogRequest, logs
from aws14.emulator.kubernetes.targets import Query
from aws14.emulator.kubernetes.times import now_stamp

__all__ = ["bind", "evict", "log", "scale_of", "with_scale"]

_SHOWN = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def scale_of(thing: Object) -> Object:
    """Return how many replicas an object wants and has, as ``autoscaling/v1`` Scale."""
    status = thing.get("status") or {}
    asked = selectors.of_object(thing["spec"]["selector"])
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: thing["metadata"][key] for key in _SHOWN},
        "spec": {"replicas": thing["spec"].get("replicas", 1)},
        "status": {"replicas": status.get("replicas", 0), "selector": ",".join(_written(one) for one in asked)},
    }


def _written(requirement: selectors.Requirement) -> str:
    if requirement.operator == "In" and len(requirement.values) == 1:
        return f"{requirement.key}={requirement.values[0]}"
    if requirement.operator in ("Exists", "DoesNotExist"):
        return ("!" if requirement.operator == "DoesNotExist" else "") + requirement.key
    return f"{requirement.key} {requirement.operator.lower()} ({','.join(requirement.values)})"


def with_scale(thing: Object, scale: Object) -> Object:
    """Return an object with the number of replicas that a Scale asks for.

    Raises
    ------
    ApiError
        That is no number of replicas (422).
    """
    wanted = (scale.get("spec") or {}).get("replicas", 0)
    if not isinstance(wanted, int) or wanted < 0:
        cause = invalid_value("spec.replicas", wanted, "must be greater than or equal to 0")
        raise invalid(KINDS[thing["kind"]], thing["metadata"]["name"], [cause])
    changed = copied(thing)
    changed["spec"]["replicas"] = wanted
    revision = (scale.get("metadata") or {}).get("resourceVersion")
    changed["metadata"]["resourceVersion"] = revision or thing["metadata"]["resourceVersion"]
    return changed


def bind(cluster: Cluster, pod: Object, binding: Mapping[str, Any]) -> None:
    """Put a pod on a node.

    Raises
    ------
    ApiError
        It is on one (409), or no node is named (400).
    """
    node = (binding.get("target") or {}).get("name")
    if not node:
        raise bad_request("target.name: Required value")
    name, present = pod["metadata"]["name"], pod["spec"].get("nodeName")
    if present:
        raise conflict(KINDS["Pod"], name, f'pod {name} is already assigned to node "{present}"')
    bound = copied(pod)
    bound["spec"]["nodeName"] = node
    others = [one for one in bound["status"].get("conditions") or () if one["type"] != "PodScheduled"]
    scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": now_stamp()}
    bound["status"]["conditions"] = [*others, scheduled]
    cluster.keep("Pod", bound)


def evict(cluster: Cluster, pod: Object, eviction: Mapping[str, Any]) -> None:
    """Delete a pod, unless a disruption budget is against it.

    Raises
    ------
    ApiError
        A budget has no room (429).
    """
    metadata = pod["metadata"]
    if "deletionTimestamp" not in metadata and pod["status"].get("phase") not in ("Succeeded", "Failed", "Pending"):
        disruptions.check(cluster, pod)
    grace_s = (eviction.get("deleteOptions") or {}).get("gracePeriodSeconds")
    deleted(cluster, KINDS["Pod"], (metadata["namespace"], metadata["name"]), Deletion(grace_s=grace_s))


def log(cluster: Cluster, pod: Object, query: Query) -> bytes | Iterator[bytes]:
    """Return the log of a container of a pod.

    Raises
    ------
    ApiError
        It has several containers and none is named, or has none of that name (400).
    """
    spec, name = pod["spec"], pod["metadata"]["name"]
    names = [one["name"] for key in ("initContainers", "containers") for one in spec.get(key) or ()]
    plain = [one["name"] for one in spec["containers"]]
    container = query.text("container")
    if not container and len(plain) > 1:
        raise bad_request(f"a container name must be specified for pod {name}, choose one of: [{' '.join(plain)}]")
    if container and container not in names:
        raise bad_request(f"container {container} is not valid for pod {name}")
    request = LogRequest(
        container or plain[0],
        follow=query.flag("follow"),
        previous=query.flag("previous"),
        timestamps=query.flag("timestamps"),
        tail_lines=query.number("tailLines"),
        since_s=query.number("sinceSeconds"),
        limit_bytes=query.number("limitBytes"),
    )
    return logs(cluster, pod, request)
