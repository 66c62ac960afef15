"""What every new cluster and every new namespace has."""

from __future__ import annotations

from aws14.emulator.kubernetes.storage import Object

__all__ = ["of_cluster", "of_namespace"]

_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
#: Source: kubernetes/pkg/apis/scheduling/types.go.
_PRIORITIES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


def of_cluster() -> list[Object]:
    """What is there before anybody has done anything."""
    storage = {"provisioner": "kubernetes.io/aws-ebs", "volumeBindingMode": "WaitForFirstConsumer"}
    ports = [{"name": "https", "port": 443, "targetPort": 443}]
    return [
        *(_thing("v1", "Namespace", name) for name in _NAMESPACES),
        *(
            _thing("scheduling.k8s.io/v1", "PriorityClass", name) | {"value": value}
            for name, value in _PRIORITIES.items()
        ),
        _thing("storage.k8s.io/v1", "StorageClass", "gp2") | storage,
        _thing("v1", "Service", "kubernetes", "default") | {"spec": {"ports": ports}},
    ]


def of_namespace(name: str) -> list[Object]:
    """What is in a namespace from its first moment."""
    return [
        _thing("v1", "ServiceAccount", "default", name),
        _thing("v1", "ConfigMap", "kube-root-ca.crt", name) | {"data": {"ca.crt": ""}},
    ]


def _thing(version: str, kind: str, name: str, namespace: str = "") -> Object:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata}
