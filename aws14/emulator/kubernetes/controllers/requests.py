"""What pods request and are limited to, and how they and nodes look to the scheduler."""

from __future__ import annotations

from collections.abc import Iterable

from aws14.emulator.kubernetes.controllers.pods import is_ready
from aws14.emulator.kubernetes.controllers.sight import Object, Sight, controller_of
from aws14.model.quantities import mebibytes, millicores, whole
from aws14.sim.containers import shapes

__all__ = ["bound", "cpu_m", "memory_mib", "node_shape", "pod_shape", "priority"]


def _sum(pod: Object, resource: str, part: str) -> float:
    def of(container: Object) -> float:
        given = ((container.get("resources") or {}).get(part) or {}).get(resource)
        return 0.0 if given is None else float(millicores(given)) if resource == "cpu" else mebibytes(given)

    spec = pod["spec"]
    at_start = max((of(each) for each in spec.get("initContainers") or ()), default=0.0)
    return max(sum(of(each) for each in spec["containers"]), at_start)


def cpu_m(pod: Object, part: str = "requests") -> int:
    """Thousandths of a CPU of all its containers: ``requests`` or ``limits``; 0: none."""
    return int(_sum(pod, "cpu", part))


def memory_mib(pod: Object, part: str = "requests") -> float:
    """The same of memory, in MiB."""
    return _sum(pod, "memory", part)


def priority(pod: Object) -> int:
    """Its priority."""
    return int(pod["spec"].get("priority") or 0)


def pod_shape(pod: Object) -> shapes.Pod:
    """A pod as the scheduler sees it."""
    spec, meta = pod["spec"], pod["metadata"]
    return shapes.Pod(
        name=meta["name"],
        namespace=meta["namespace"],
        cpu_m=cpu_m(pod),
        memory_mib=memory_mib(pod),
        labels=meta.get("labels") or {},
        node_selector=spec.get("nodeSelector") or {},
        tolerations=tuple(_toleration(each) for each in spec.get("tolerations") or ()),
        spread=tuple(_spread(each) for each in spec.get("topologySpreadConstraints") or ()),
        daemon=controller_of(pod).get("kind") == "DaemonSet",
    )


def _toleration(given: Object) -> shapes.Toleration:
    return shapes.Toleration(
        key=given.get("key") or "",
        operator=given.get("operator") or "Equal",
        value=given.get("value") or "",
        effect=given.get("effect") or "",
    )


def _spread(given: Object) -> shapes.Spread:
    return shapes.Spread(
        topology_key=given["topologyKey"],
        max_skew=int(given.get("maxSkew", 1)),
        hard=given.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule",
        selector=(given.get("labelSelector") or {}).get("matchLabels") or {},
    )


def bound(cluster: Sight) -> dict[str, list[Object]]:
    """Name of each node -> the pods on it that are not over."""
    found: dict[str, list[Object]] = {}
    for pod in cluster.all("Pod"):
        name = pod["spec"].get("nodeName")
        if name and (pod.get("status") or {}).get("phase") not in {"Succeeded", "Failed"}:
            found.setdefault(name, []).append(pod)
    return found


def node_shape(node: Object, pods: Iterable[Object] = ()) -> shapes.KubeNode:
    """A node as the scheduler sees it, with the pods on it."""
    room = node["status"]["allocatable"]
    taints = node["spec"].get("taints") or ()
    return shapes.KubeNode(
        name=node["metadata"]["name"],
        cpu_m=millicores(room["cpu"]),
        memory_mib=mebibytes(room["memory"]),
        max_pods=whole(room["pods"]),
        labels=node["metadata"].get("labels") or {},
        taints=tuple(
            shapes.Taint(key=each["key"], value=each.get("value") or "", effect=each["effect"]) for each in taints
        ),
        schedulable=not node["spec"].get("unschedulable"),
        pods=tuple(map(pod_shape, pods)),
    )


def is_usable(node: Object) -> bool:
    """Whether a node is ready and not cordoned."""
    return is_ready(node) and not node["spec"].get("unschedulable")
