"""Binding: a pod is given its node, whoever chose it."""

from __future__ import annotations

from copy import deepcopy

from aws14.emulator.kubernetes.controllers.pods import set_condition
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.times import stamp

__all__ = ["bind"]


def bind(cluster: Sight, pod: Object, node: str, *, source: str) -> None:
    """Bind a pod to a node."""
    bound_pod = deepcopy(cluster.fresh(pod) or pod)
    bound_pod["spec"]["nodeName"] = node
    set_condition(bound_pod["status"], {"type": "PodScheduled", "status": "True"}, stamp(cluster.now))
    cluster.registry.keep("Pod", bound_pod)
    name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
    record(cluster, pod, "Scheduled", f"Successfully assigned {name} to {node}", source=source)
