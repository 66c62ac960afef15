"""Pods and nodes as the scheduler sees them: requests, room, labels, taints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ZONE, HOSTNAME = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
"""Labels that say where a node stands."""

NO_SCHEDULE, PREFER_NO_SCHEDULE, NO_EXECUTE = "NoSchedule", "PreferNoSchedule", "NoExecute"
"""Effects of a taint."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taint:
    """What keeps pods off a node: key, value and effect."""

    key: str
    value: str = ""
    effect: str = NO_SCHEDULE


@dataclass(frozen=True, kw_only=True, slots=True)
class Toleration:
    """A taint that a pod bears.

    Parameters
    ----------
    key : str
        Of the taint; empty with ``Exists`` for every taint.
    operator : {'Equal', 'Exists'}
        Whether the value must be the same.
    value, effect : str
        Of the taint; an empty effect stands for all.
    """

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""

    def bears(self, taint: Taint) -> bool:
        """Whether it bears this taint."""
        if self.effect not in ("", taint.effect):
            return False
        if self.operator == "Exists":
            return self.key in ("", taint.key)
        return self.key == taint.key and self.value == taint.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """A topology spread constraint.

    Parameters
    ----------
    topology_key : str
        Label of nodes; nodes with the same value are one place.
    max_skew : int
        How many pods a place may have more than the emptiest one.
    hard : bool
        ``DoNotSchedule``; else ``ScheduleAnyway``, which only counts in the score.
    selector : Mapping[str, str]
        Labels of the pods that are counted.
    """

    topology_key: str
    max_skew: int = 1
    hard: bool = True
    selector: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pod:
    """A pod to the scheduler.

    Parameters
    ----------
    name, namespace : str
        Who it is.
    cpu_m : int
        Thousandths of a vCPU that its containers request together; 0: nothing.
    memory_mib : float
        The same of memory, in MiB.
    labels, node_selector : Mapping[str, str]
        Its labels, and those that a node must have.
    tolerations : tuple of Toleration
        Taints that it bears.
    spread : tuple of Spread
        Its topology spread constraints.
    daemon : bool
        Whether it belongs to a DaemonSet: it goes with its node, and does not hold it.
    """

    name: str
    namespace: str = "default"
    cpu_m: int = 0
    memory_mib: float = 0.0
    labels: Mapping[str, str] = field(default_factory=dict)
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    spread: tuple[Spread, ...] = ()
    daemon: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class KubeNode:
    """A node to the scheduler.

    Parameters
    ----------
    name : str
        Who it is.
    cpu_m : int
        Allocatable thousandths of a vCPU.
    memory_mib : float
        Allocatable memory in MiB.
    max_pods : int
        Pods that it takes.
    labels : Mapping[str, str]
        Its labels.
    taints : tuple of Taint
        What keeps pods off.
    schedulable : bool
        Neither cordoned nor out of order.
    pods : tuple of Pod
        Those bound to it.
    """

    name: str
    cpu_m: int
    memory_mib: float
    max_pods: int = 110
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    schedulable: bool = True
    pods: tuple[Pod, ...] = ()

    @property
    def requested_m(self) -> int:
        """Thousandths of a vCPU that its pods request."""
        return sum(pod.cpu_m for pod in self.pods)

    @property
    def requested_mib(self) -> float:
        """Memory that its pods request, in MiB."""
        return sum(pod.memory_mib for pod in self.pods)

    @property
    def utilization(self) -> float:
        """The larger of the shares of CPU and memory that its pods request, 0 to 1."""
        return max(self.requested_m / self.cpu_m, self.requested_mib / self.memory_mib)
