"""What add-ons of EKS run inside the cluster, in ``kube-system``: for each active one its DaemonSet or Deployment."""

from __future__ import annotations

from aws14.catalog import EksAddOn, eks_add_ons
from aws14.emulator.kubernetes.cluster_view import view
from aws14.emulator.kubernetes.controllers.sight import Object, Sight

__all__ = ["WATCHES", "sync"]

WATCHES = frozenset({"machines"})
_REGISTRY = "602401143452.dkr.ecr.{region}.amazonaws.com"
_MANAGED = "eks.amazonaws.com/component"


def sync(cluster: Sight) -> None:
    """Create what active add-ons run, delete what deleted ones ran."""
    active = view().add_ons(cluster.key)
    for name, program in eks_add_ons().items():
        if not program.workload:
            continue
        there = cluster.get(program.kind, "kube-system", program.workload)
        mine = there is not None and _MANAGED in (there["metadata"].get("labels") or {})
        if name in active and there is None:
            cluster.create(_workload(cluster, program))
        elif name not in active and there is not None and mine:
            cluster.delete(there, propagation="Background")


def _workload(cluster: Sight, program: EksAddOn) -> Object:
    from aws14.emulator.kubernetes.exchange import place_of

    _, region, _ = place_of(cluster.key)
    name, on_every_node = program.workload, program.kind == "DaemonSet"
    labels = {"k8s-app": name}
    memory = {"memory": f"{program.memory_mib}Mi"} if program.memory_mib else {}
    tag = program.version_on(view().version(cluster.key))
    container = {
        "name": name,
        "image": f"{_REGISTRY.format(region=region)}/{program.image}:{tag}",
        "resources": {"requests": {"cpu": f"{program.cpu_m}m", **memory}, **({"limits": memory} if memory else {})},
    }
    spec: Object = {
        "priorityClassName": "system-node-critical" if on_every_node else "system-cluster-critical",
        "containers": [container],
        **({"hostNetwork": True, "tolerations": [{"operator": "Exists"}]} if on_every_node else {}),
    }
    return {
        "apiVersion": "apps/v1",
        "kind": program.kind,
        "metadata": {"name": name, "namespace": "kube-system", "labels": {**labels, _MANAGED: name}},
        "spec": {
            **({"replicas": program.replicas} if program.replicas else {}),
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }
