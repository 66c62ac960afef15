"""What add-ons of EKS run inside the cluster, in ``kube-system``: for each active one its DaemonSet or Deployment.

Requests and replicas as EKS installs them (confidence C: from memory of its manifests).
"""

from __future__ import annotations

from dataclasses import dataclass

from aws14.emulator.kubernetes.cluster_view import view
from aws14.emulator.kubernetes.controllers.sight import Object, Sight

__all__ = ["WATCHES", "sync"]

WATCHES = frozenset({"machines"})
_REGISTRY = "602401143452.dkr.ecr.{region}.amazonaws.com"
_MANAGED = "eks.amazonaws.com/component"


@dataclass(frozen=True)
class _Program:
    """A workload of an add-on."""

    kind: str
    name: str
    image: str
    cpu: str
    memory: str = ""
    replicas: int = 0
    host: bool = False


_PROGRAMS = {
    "vpc-cni": _Program("DaemonSet", "aws-node", "amazon-k8s-cni:v1.20.4", "50m", host=True),
    "kube-proxy": _Program("DaemonSet", "kube-proxy", "eks/kube-proxy:v1.34.0", "100m", host=True),
    "coredns": _Program("Deployment", "coredns", "eks/coredns:v1.12.4", "100m", "70Mi", replicas=2),
    "metrics-server": _Program(
        "Deployment", "metrics-server", "eks/metrics-server:v0.8.0", "100m", "200Mi", replicas=2
    ),
}


def sync(cluster: Sight) -> None:
    """Create what active add-ons run, delete what deleted ones ran."""
    active = view().add_ons(cluster.key)
    for name, program in _PROGRAMS.items():
        there = cluster.get(program.kind, "kube-system", program.name)
        mine = there is not None and _MANAGED in (there["metadata"].get("labels") or {})
        if name in active and there is None:
            cluster.create(_workload(cluster, program))
        elif name not in active and there is not None and mine:
            cluster.delete(there, propagation="Background")


def _workload(cluster: Sight, program: _Program) -> Object:
    from aws14.emulator.kubernetes.exchange import place_of

    _, region, _ = place_of(cluster.key)
    labels = {"k8s-app": program.name}
    requests = {"cpu": program.cpu, **({"memory": program.memory} if program.memory else {})}
    container = {
        "name": program.name,
        "image": f"{_REGISTRY.format(region=region)}/{program.image}",
        "resources": {"requests": requests, **({"limits": {"memory": program.memory}} if program.memory else {})},
    }
    spec: Object = {
        "priorityClassName": "system-node-critical" if program.host else "system-cluster-critical",
        "containers": [container],
        **({"hostNetwork": True, "tolerations": [{"operator": "Exists"}]} if program.host else {}),
    }
    return {
        "apiVersion": "apps/v1",
        "kind": program.kind,
        "metadata": {"name": program.name, "namespace": "kube-system", "labels": {**labels, _MANAGED: program.name}},
        "spec": {
            **({"replicas": program.replicas} if program.replicas else {}),
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }
