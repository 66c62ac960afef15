"""Pods on Fargate: each gets a machine of its own, of a size that Fargate has.

Source: EKS user guide, Fargate. The scheduler of EKS picks a pod that a profile's selectors fit; its machine joins as a
node, and is gone with the pod.
"""

from __future__ import annotations

from aws14.emulator.durations import typical_s
from aws14.emulator.kubernetes.cluster_view import Profile, view
from aws14.emulator.kubernetes.controllers import addresses
from aws14.emulator.kubernetes.controllers.binding import bind
from aws14.emulator.kubernetes.controllers.pods import is_active, set_condition
from aws14.emulator.kubernetes.controllers.requests import cpu_m, memory_mib
from aws14.emulator.kubernetes.controllers.sight import Object, Sight, controller_of
from aws14.emulator.kubernetes.exchange import place_of
from aws14.emulator.kubernetes.times import stamp
from aws14.sim.containers.fargate import Size, size_of

__all__ = ["LABEL", "WATCHES", "profile_of", "sync"]

WATCHES = frozenset({"Pod", "Node", "machines"})
LABEL, _TYPE = "eks.amazonaws.com/fargate-profile", "eks.amazonaws.com/compute-type"
_SOURCE = "fargate-scheduler"


def profile_of(cluster: Sight, pod: Object) -> Profile | None:
    """The profile that takes a pod, the first by name; a label may name it. DaemonSets do not run on Fargate."""
    if controller_of(pod).get("kind") == "DaemonSet":
        return None
    meta = pod["metadata"]
    labels = (meta.get("labels") or {}).items()
    for profile in view().profiles(cluster.key):
        for each in profile.selectors:
            if _fits(each.namespace, meta["namespace"]) and set(each.labels) <= set(labels):
                return profile
    return None


def _fits(pattern: str, text: str) -> bool:
    from fnmatch import fnmatchcase

    return fnmatchcase(text, pattern)


def sync(cluster: Sight) -> None:
    """Order machines, let pods go onto those that are there, give back those whose pod is gone."""
    due: dict[str, float] = cluster.notes("fargate machines")
    pods = cluster.all("Pod")
    for pod in pods:
        if pod["spec"].get("nodeName") or not is_active(pod):
            continue
        profile = profile_of(cluster, pod)
        if profile is not None:
            at = due.setdefault(pod["metadata"]["uid"], cluster.now + typical_s("EKS Fargate pod starts"))
            if cluster.now < at:
                cluster.wake("machines", at)
            else:
                _settle(cluster, pod, profile)
    living = {
        pod["metadata"]["uid"] for pod in pods if (pod.get("status") or {}).get("phase") not in {"Succeeded", "Failed"}
    }
    for uid in [uid for uid in due if uid not in living]:
        del due[uid]
    for node in cluster.all("Node"):
        mine = node["metadata"].get("annotations", {}).get("aws14/pod")
        if mine and mine not in living:
            cluster.delete(node)


def _settle(cluster: Sight, pod: Object, profile: Profile) -> None:
    size = size_of(cpu_m(pod), memory_mib(pod))
    number = cluster.notes("fargate numbers")
    number["next"] = number.get("next", -1) + 1
    subnet, zone = profile.subnets[number["next"] % len(profile.subnets)]
    address = addresses.take(cluster, subnet, pod["metadata"]["uid"])
    _, region, _ = place_of(cluster.key)
    name = f"fargate-ip-{address.replace('.', '-')}.{region}.compute.internal"
    node = _node(cluster, pod, size, name=name, zone=zone, address=address)
    made = cluster.create(node)
    cluster.say(made, node["status"])
    text = f"{size.vcpu:g}vCPU {size.memory_gib:g}GB"

    def edit(thing: Object) -> None:
        thing["metadata"]["annotations"] = {**(thing["metadata"].get("annotations") or {}), "CapacityProvisioned": text}
        thing["metadata"]["labels"] = {**(thing["metadata"].get("labels") or {}), LABEL: profile.name}

    cluster.change(pod, edit)
    bind(cluster, pod, name, source=_SOURCE)


def _node(cluster: Sight, pod: Object, size: Size, *, name: str, zone: str, address: str) -> Object:
    room = {"cpu": f"{size.vcpu * 1000:.0f}m", "memory": f"{size.memory_gib * 1024:.0f}Mi", "pods": "1"}
    version = view().version(cluster.key)
    status: Object = {
        "capacity": room,
        "allocatable": room,
        "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
        # All of these must be there: the official client takes no node without them.
        "nodeInfo": {
            "kubeletVersion": f"v{version}.0-eks-aws14",
            "kubeProxyVersion": f"v{version}.0-eks-aws14",
            "containerRuntimeVersion": "containerd://1.7",
            "osImage": "Amazon Linux 2",
            "operatingSystem": "linux",
            "architecture": "amd64",
            "kernelVersion": "5.10",
            **dict.fromkeys(("machineID", "systemUUID", "bootID"), pod["metadata"]["uid"]),
        },
    }
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status"}
    set_condition(status, ready, stamp(cluster.now))
    labels = {
        _TYPE: "fargate",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": zone,
        "topology.kubernetes.io/region": zone[:-1],
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels, "annotations": {"aws14/pod": pod["metadata"]["uid"]}},
        "spec": {
            "providerID": f"aws:///{zone}/{pod['metadata']['uid']}/{name}",
            "taints": [{"key": _TYPE, "value": "fargate", "effect": "NoSchedule"}],
        },
        "status": status,
    }
