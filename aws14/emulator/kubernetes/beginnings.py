"""What every new cluster and every new namespace has."""

from __future__ import annotations

from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.storage import Object

__all__ = ["fill", "furnish"]

_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
#: Source: kubernetes/pkg/apis/scheduling/types.go.
_PRIORITIES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


def fill(cluster: Cluster) -> None:
    """Make what is there before anybody has done anything."""
    for name in _NAMESPACES:
        cluster.create(_thing("v1", "Namespace", name))
    for name, value in _PRIORITIES.items():
        cluster.create(_thing("scheduling.k8s.io/v1", "PriorityClass", name) | {"value": value})
    cluster.create(
        _thing("storage.k8s.io/v1", "StorageClass", "gp2")
        | {"provisioner": "kubernetes.io/aws-ebs", "volumeBindingMode": "WaitForFirstConsumer"}
    )
    ports = [{"name": "https", "port": 443, "targetPort": 443}]
    cluster.create(_thing("v1", "Service", "kubernetes", "default") | {"spec": {"ports": ports}})


def furnish(cluster: Cluster, namespace: str) -> None:
    """Make what is in a namespace from its first moment."""
    cluster.create(_thing("v1", "ServiceAccount", "default", namespace))
    cluster.create(_thing("v1", "ConfigMap", "kube-root-ca.crt", namespace) | {"data": {"ca.crt": ""}})


def _thing(version: str, kind: str, name: str, namespace: str = "") -> Object:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata}
