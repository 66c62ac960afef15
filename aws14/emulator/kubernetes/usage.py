"""What pods and nodes use: what a course says of a workload, spread over its pods; a little when nobody says anything.

Nothing is measured of the processes here: how much work a request is to a program, only the load that is played knows.
"""

from __future__ import annotations

from aws14.emulator.durations import typical_s
from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.controllers import loop
from aws14.emulator.kubernetes.controllers.pods import is_ready, ready_since
from aws14.emulator.kubernetes.controllers.requests import cpu_m, memory_mib
from aws14.emulator.kubernetes.controllers.sight import Object, Sight, controller_of
from aws14.emulator.kubernetes.times import epoch, stamp
from aws14.model.quantities import millicores

__all__ = ["declare", "is_measured", "measures", "pod_use", "workload_of"]

#: What a pod uses that nobody asks anything: thousandths of a CPU, MiB.
_IDLE_M, _IDLE_MIB = 2.0, 24.0
_WINDOW_S = 15.0
_MIB = 1024 * 1024


def declare(cluster: Sight, namespace: str, workload: str, *, cores: float, each_mib: float | None) -> None:
    """Say what the pods of a workload are asked to do from now on.

    Parameters
    ----------
    cluster : Sight
        Where.
    namespace, workload : str
        Of a Deployment, DaemonSet or other owner of pods.
    cores : float
        CPU that all its requests together need; ready pods share it.
    each_mib : float or None
        Memory that each of its pods uses; None: as before.
    """
    told = cluster.notes("load")
    before = told.get((namespace, workload), (0.0, None))
    told[namespace, workload] = (cores, before[1] if each_mib is None else each_mib)
    loop.mark(cluster.key, "usage")


def workload_of(cluster: Sight, pod: Object) -> str:
    """Name of what a pod belongs to at the top: its Deployment, DaemonSet, Job; its own name where nothing owns it."""
    owner = controller_of(pod)
    if owner.get("kind") == "ReplicaSet":
        held = cluster.get("ReplicaSet", pod["metadata"]["namespace"], owner["name"])
        return str(controller_of(held).get("name", owner["name"])) if held is not None else str(owner["name"])
    return str(owner.get("name", pod["metadata"]["name"]))


def is_measured(cluster: Sight) -> bool:
    """Whether metrics-server is there: its Deployment has a ready pod."""
    found = cluster.get("Deployment", "kube-system", "metrics-server")
    return found is not None and bool((found.get("status") or {}).get("readyReplicas"))


def _siblings(cluster: Sight, pod: Object) -> list[Object]:
    name = workload_of(cluster, pod)
    pods = cluster.all("Pod", pod["metadata"]["namespace"])
    return [each for each in pods if is_ready(each) and workload_of(cluster, each) == name]


def pod_use(cluster: Sight, pod: Object) -> tuple[float, float]:
    """What a pod uses now: thousandths of a CPU (limit and node hold it back), MiB."""
    key = (pod["metadata"]["namespace"], workload_of(cluster, pod))
    cores, each_mib = cluster.notes("load").get(key, (0.0, None))
    share = cores * 1000 / max(1, len(_siblings(cluster, pod))) if is_ready(pod) else 0.0
    most = float(cpu_m(pod, "limits")) or _node_m(cluster, pod)
    memory = _IDLE_MIB if each_mib is None else each_mib
    return min(_IDLE_M + share, most), memory


def _node_m(cluster: Sight, pod: Object) -> float:
    node = cluster.get("Node", "", pod["spec"].get("nodeName", "")) or {}
    room = (node.get("status") or {}).get("capacity") or {}
    return float(millicores(room["cpu"])) if "cpu" in room else float("inf")


def seen_since(pod: Object) -> float | None:
    """Since when metrics-server has a reading of a pod; None while it has none."""
    states = (pod.get("status") or {}).get("containerStatuses") or ()
    begun = [each["state"]["running"]["startedAt"] for each in states if "running" in each.get("state", {})]
    if not begun or len(begun) < len(states):
        return None
    return max(map(epoch, begun)) + typical_s("Kubernetes kubelet publishes pod usage")


def measures(registry: Cluster, kind: str) -> list[Object] | None:
    """``PodMetrics`` or ``NodeMetrics`` of a cluster; None without metrics-server."""
    cluster = loop.sight(registry.key)
    if cluster is None or not is_measured(cluster):
        return None
    pods = [pod for pod in cluster.all("Pod") if (seen_since(pod) or float("inf")) <= cluster.now]
    if kind == "PodMetrics":
        return [_pod(cluster, pod) for pod in pods]
    return [_node(cluster, node, pods) for node in cluster.all("Node") if is_ready(node)]


def _written(use_m: float, memory: float) -> Object:
    return {"cpu": f"{round(use_m * 1_000_000)}n", "memory": f"{round(memory * 1024)}Ki"}


def _pod(cluster: Sight, pod: Object) -> Object:
    containers, (use_m, memory) = pod["spec"]["containers"], pod_use(cluster, pod)
    each = _written(use_m / len(containers), memory / len(containers))
    meta = pod["metadata"]
    return {
        "apiVersion": "metrics.k8s.io/v1beta1",
        "kind": "PodMetrics",
        "metadata": {
            "name": meta["name"],
            "namespace": meta["namespace"],
            "labels": dict(meta.get("labels") or {}),
            "creationTimestamp": stamp(cluster.now),
        },
        "timestamp": stamp(cluster.now),
        "window": f"{_WINDOW_S:.0f}s",
        "containers": [{"name": one["name"], "usage": dict(each)} for one in containers],
    }


def _node(cluster: Sight, node: Object, pods: list[Object]) -> Object:
    name = node["metadata"]["name"]
    uses = [pod_use(cluster, pod) for pod in pods if pod["spec"].get("nodeName") == name]
    return {
        "apiVersion": "metrics.k8s.io/v1beta1",
        "kind": "NodeMetrics",
        "metadata": {"name": name, "creationTimestamp": stamp(cluster.now)},
        "timestamp": stamp(cluster.now),
        "window": f"{_WINDOW_S:.0f}s",
        "usage": _written(sum(each[0] for each in uses), sum(each[1] for each in uses)),
    }


def requested(pod: Object, resource: str) -> float:
    """What a pod requests: thousandths of a CPU, or MiB."""
    return float(cpu_m(pod)) if resource == "cpu" else memory_mib(pod)


def ready_for(pod: Object) -> float:
    """When a pod's readiness changed last, epoch seconds."""
    since = ready_since(pod)
    return since if since is not None else 0.0
