"""Nodes: one for each machine that has joined, what it says of itself, and what becomes of it when it falls silent.

Source: kubernetes/pkg/controller/nodelifecycle, cloud-provider node lifecycle. Heartbeats are not sent: a machine that
works is heard of.
"""

from __future__ import annotations

from copy import deepcopy

from aws14.emulator.kubernetes.cluster_view import Machine, view
from aws14.emulator.kubernetes.controllers.pods import condition, is_ready, set_condition
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.times import epoch, stamp
from aws14.model.quantities import written_bytes, written_cores
from aws14.sim.containers.eviction import node_times

__all__ = ["WATCHES", "sync"]

WATCHES = frozenset({"Node", "Pod", "machines"})
_UNREACHABLE, _CORDONED = "node.kubernetes.io/unreachable", "node.kubernetes.io/unschedulable"
_SOURCE = "node-controller"
_MIB = 1024 * 1024
_HEALTHY = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)
_SILENT = ("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")


def sync(cluster: Sight) -> None:
    """Bring every node to what is known of its machine."""
    machines = {each.name: each for each in view().machines(cluster.key)}
    known = {each["metadata"]["name"]: each for each in cluster.all("Node")}
    for name, machine in machines.items():
        node = known.get(name)
        if node is not None and node["spec"].get("providerID", "").rpartition("/")[2] != machine.id:
            _remove(cluster, node)
            node = None
        _follow(cluster, machine, node if node is not None else _register(cluster, machine))
    for name, node in known.items():
        if name not in machines and not _is_fargate(node):
            _remove(cluster, node)


def _is_fargate(node: Object) -> bool:
    return bool(node["metadata"].get("labels", {}).get("eks.amazonaws.com/compute-type") == "fargate")


def _register(cluster: Sight, machine: Machine) -> Object:
    labels = {
        "kubernetes.io/hostname": machine.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node.kubernetes.io/instance-type": machine.instance_type,
        "topology.kubernetes.io/zone": machine.zone,
        "topology.kubernetes.io/region": machine.zone[:-1],
        **dict(machine.labels),
    }
    taints = [{"key": each.key, "value": each.value, "effect": each.effect} for each in machine.taints]
    made: Object = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": machine.name, "labels": labels},
        "spec": {
            "providerID": f"aws:///{machine.zone}/{machine.id}",
            **({"taints": taints} if taints else {}),
        },
        "status": _status(cluster, machine),
    }
    node = cluster.create(made)
    cluster.say(node, made["status"])
    record(
        cluster,
        node,
        "RegisteredNode",
        f"Node {machine.name} event: Registered Node {machine.name} in Controller",
        source=_SOURCE,
    )
    record(
        cluster, node, "NodeReady", f"Node {machine.name} status is now: NodeReady", source="kubelet", host=machine.name
    )
    return cluster.fresh(node) or node


def _status(cluster: Sight, machine: Machine) -> Object:
    version, at = view().version(cluster.key), stamp(cluster.now)
    total = {
        "cpu": str(machine.vcpu),
        "memory": written_bytes(int(machine.memory_mib) * _MIB),
        "pods": str(machine.max_pods),
    }
    free = {
        "cpu": written_cores(machine.cpu_m),
        "memory": written_bytes(machine.allocatable_mib * _MIB),
        "pods": str(machine.max_pods),
    }
    told: Object = {
        "capacity": total,
        "allocatable": free,
        "addresses": [
            {"type": "InternalIP", "address": machine.address},
            {"type": "InternalDNS", "address": machine.name},
            {"type": "Hostname", "address": machine.name},
        ],
        "nodeInfo": {
            "kubeletVersion": f"v{version}.0-eks-aws14",
            "kubeProxyVersion": f"v{version}.0-eks-aws14",
            "containerRuntimeVersion": "containerd://2.1",
            "operatingSystem": "linux",
            "osImage": "Amazon Linux 2023",
            "architecture": "amd64",
            "kernelVersion": "6.12",
            "machineID": machine.id,
            "systemUUID": machine.id,
            "bootID": machine.id,
        },
    }
    for kind, truth, reason, message in _HEALTHY:
        said = {"type": kind, "status": truth, "reason": reason, "message": message, "lastHeartbeatTime": at}
        set_condition(told, said, at)
    return told


def _follow(cluster: Sight, machine: Machine, node: Object) -> None:
    silent: dict[str, float] = cluster.notes("silent nodes")
    _taint_cordoned(cluster, node)
    if machine.works:
        silent.pop(machine.name, None)
        if not is_ready(node):
            _wake_up(cluster, machine, node)
        return
    since = silent.setdefault(machine.name, cluster.now)
    due = since + node_times().not_ready_s
    if cluster.now < due:
        cluster.wake("machines", due)
    elif is_ready(node):
        _fall_silent(cluster, node)
    if not is_ready(cluster.fresh(node) or node):
        _evict(cluster, cluster.fresh(node) or node)


def _taint_cordoned(cluster: Sight, node: Object) -> None:
    cordoned = bool(node["spec"].get("unschedulable"))
    has = any(each["key"] == _CORDONED for each in node["spec"].get("taints") or ())
    if cordoned != has:
        _taint(cluster, node, _CORDONED, ("NoSchedule",) if cordoned else ())


def _taint(cluster: Sight, node: Object, key: str, effects: tuple[str, ...]) -> None:
    """Give a node the taints of one key, and no others of it."""
    at = stamp(cluster.now)

    def edit(thing: Object) -> None:
        kept = [each for each in thing["spec"].get("taints") or () if each["key"] != key]
        thing["spec"]["taints"] = kept + [{"key": key, "effect": each, "timeAdded": at} for each in effects]

    cluster.change(node, edit)


def _wake_up(cluster: Sight, machine: Machine, node: Object) -> None:
    cluster.say(node, _status(cluster, machine))
    _taint(cluster, node, _UNREACHABLE, ())
    record(
        cluster, node, "NodeReady", f"Node {machine.name} status is now: NodeReady", source="kubelet", host=machine.name
    )


def _fall_silent(cluster: Sight, node: Object) -> None:
    status, at = deepcopy(node["status"]), stamp(cluster.now)
    truth, reason, message = _SILENT
    for kind, *_ in _HEALTHY:
        heard = condition(node, kind).get("lastHeartbeatTime", at)
        said = {"type": kind, "status": truth, "reason": reason, "message": message, "lastHeartbeatTime": heard}
        set_condition(status, said, at)
    cluster.say(node, status)
    _taint(cluster, cluster.fresh(node) or node, _UNREACHABLE, ("NoSchedule", "NoExecute"))
    name = node["metadata"]["name"]
    record(cluster, node, "NodeNotReady", f"Node {name} status is now: NodeNotReady", source=_SOURCE)
    for pod in _pods_on(cluster, name):
        told = deepcopy(pod.get("status") or {})
        if condition(pod, "Ready").get("status") == "True":
            set_condition(told, {"type": "Ready", "status": "False"}, at)
            cluster.say(pod, told)
            record(cluster, pod, "NodeNotReady", "Node is not ready", kind="Warning", source=_SOURCE)


def _pods_on(cluster: Sight, name: str) -> list[Object]:
    return [pod for pod in cluster.all("Pod") if pod["spec"].get("nodeName") == name]


def _evict(cluster: Sight, node: Object) -> None:
    """Delete the pods that do not bear the node's silence any longer; their kubelet does not hear of it."""
    for taint in node["spec"].get("taints") or ():
        if taint["effect"] != "NoExecute" or "timeAdded" not in taint:
            continue
        since = epoch(taint["timeAdded"])
        for pod in _pods_on(cluster, node["metadata"]["name"]):
            bears = _tolerated_s(pod, taint)
            if bears is None or pod["metadata"].get("deletionTimestamp"):
                continue
            if since + bears > cluster.now:
                cluster.wake("machines", since + bears)
                continue
            meta = pod["metadata"]
            text = f"Marking for deletion Pod {meta['namespace']}/{meta['name']}"
            record(cluster, pod, "TaintManagerEviction", text, source="taint-eviction-controller")
            cluster.delete(pod)


def _tolerated_s(pod: Object, taint: Object) -> float | None:
    """For how long a pod bears a taint; None: for ever."""
    fits = [
        each
        for each in pod["spec"].get("tolerations") or ()
        if each.get("effect") in (None, "", taint["effect"])
        and (each.get("key") == taint["key"] or (not each.get("key") and each.get("operator") == "Exists"))
    ]
    if not fits:
        return 0.0
    times = [float(each["tolerationSeconds"]) for each in fits if each.get("tolerationSeconds") is not None]
    return min(times) if times else None


def _remove(cluster: Sight, node: Object) -> None:
    """The machine is gone: so are the node and the pods on it."""
    name = node["metadata"]["name"]
    record(cluster, node, "RemovingNode", f"Node {name} event: Removing Node {name} from Controller", source=_SOURCE)
    cluster.notes("silent nodes").pop(name, None)
    for pod in _pods_on(cluster, name):
        cluster.delete(pod, grace_s=0)
    cluster.delete(node)
