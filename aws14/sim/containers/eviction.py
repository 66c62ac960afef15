"""Who must go: from a node that runs out of memory, and from a node that is not heard of.

By *Node-pressure Eviction* and *Configure Quality of Service for Pods* (kubernetes.io). The times of a lost node stand
in ``data/durations.csv``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws14 import catalog

__all__ = ["NodeTimes", "PodUse", "eviction_order", "node_times", "qos"]

GUARANTEED, BURSTABLE, BEST_EFFORT = "Guaranteed", "Burstable", "BestEffort"


@dataclass(frozen=True, kw_only=True, slots=True)
class PodUse:
    """A pod as kubelet weighs it.

    Parameters
    ----------
    name : str
        Who it is.
    memory_mib : float
        What it uses.
    requested_mib : float
        What it requested.
    priority : int
        Of its priority class.
    """

    name: str
    memory_mib: float
    requested_mib: float
    priority: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeTimes:
    """What becomes of a node that falls silent, in seconds after its last sign of life.

    Parameters
    ----------
    not_ready_s : float
        Its condition becomes Unknown, it is tainted, and its pods leave their services.
    evicted_s : float
        Its pods are deleted, and others take their place.
    """

    not_ready_s: float
    evicted_s: float


def node_times(tolerated_s: float | None = None) -> NodeTimes:
    """The times of a node that is lost.

    Parameters
    ----------
    tolerated_s : float, optional
        How long a pod bears ``node.kubernetes.io/unreachable``; left out: the 300 s that every pod is given.
    """
    durations = catalog.durations()
    not_ready_s = durations["Kubernetes node silent to NotReady"].typical_s
    given_s = durations["Kubernetes pod tolerates an unreachable node"].typical_s
    return NodeTimes(not_ready_s=not_ready_s, evicted_s=not_ready_s + (given_s if tolerated_s is None else tolerated_s))


def qos(containers: Sequence[tuple[float, float, float, float]]) -> str:
    """The quality-of-service class of a pod.

    Parameters
    ----------
    containers : sequence of (float, float, float, float)
        CPU request, memory request, CPU limit, memory limit of each; 0: none. A limit without a request is one, too.
    """
    filled = [(cpu or most_cpu, memory or most, most_cpu, most) for cpu, memory, most_cpu, most in containers]
    if all(cpu == most_cpu > 0 and memory == most > 0 for cpu, memory, most_cpu, most in filled):
        return GUARANTEED
    return BURSTABLE if any(any(each) for each in filled) else BEST_EFFORT


def eviction_order(pods: Sequence[PodUse]) -> list[PodUse]:
    """Order pods as kubelet evicts them for want of memory: who uses more than requested, then low priority."""
    return sorted(
        pods,
        key=lambda pod: (
            pod.memory_mib <= pod.requested_mib,
            pod.priority,
            pod.requested_mib - pod.memory_mib,
            pod.name,
        ),
    )
