"""What a cluster stands on: the machines that are its nodes, and its Fargate profiles.

Kubernetes sees EKS through this alone. EKS (`aws14.emulator.clusters`) supplies it; tests supply their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aws14.emulator.kubernetes.exchange import Key

__all__ = ["Machine", "Profile", "Selector", "Taint", "View", "changed", "on_nodes_changed", "supply", "view"]


@dataclass(frozen=True, slots=True)
class Taint:
    """A taint of a node: `effect` is ``NoSchedule``, ``PreferNoSchedule`` or ``NoExecute``."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """An EC2 instance that has joined a cluster as a node.

    Parameters
    ----------
    id : str
        Of the instance.
    name : str
        ``ip-10-13-10-5.ap-northeast-1.compute.internal``.
    address : str
        Its private IPv4 address.
    zone, subnet, instance_type, node_group, image : str
        Where it stands, what it is, which node group it is of (empty: none), its AMI.
    vcpu : int
        Hardware threads.
    memory_mib, disk_gib : float
        What it has.
    cpu_m, allocatable_mib, max_pods : int
        What pods may request of it: thousandths of a CPU, MiB, and how many pods it takes.
    labels : tuple of (str, str)
        Those of EKS and of the node group.
    taints : tuple of Taint
        Of the node group.
    capacity_type : str
        ``ON_DEMAND`` or ``SPOT``.
    works : bool
        Whether its hardware works, and it runs: a node that does not, says nothing to the cluster any more.
    joined_at : float
        Epoch seconds of AWS time.
    """

    id: str
    name: str
    address: str
    zone: str
    subnet: str
    instance_type: str
    node_group: str = ""
    image: str = ""
    vcpu: int
    memory_mib: float
    disk_gib: float
    cpu_m: int
    allocatable_mib: int
    max_pods: int
    labels: tuple[tuple[str, str], ...] = ()
    taints: tuple[Taint, ...] = ()
    capacity_type: str = "ON_DEMAND"
    works: bool = True
    joined_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Selector:
    """Which pods a Fargate profile takes: those of a namespace (``*`` and ``?`` stand for others) with all labels."""

    namespace: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """An active Fargate profile: its selectors, its subnets (ids, with their zones) and the role of its pods."""

    name: str
    selectors: tuple[Selector, ...]
    subnets: tuple[tuple[str, str], ...]
    pod_role: str = ""


class View(Protocol):
    """What Kubernetes may ask of EKS; the world lock is held."""

    def clusters(self) -> tuple[Key, ...]:
        """Those that are there and have a control plane: active, or being updated."""

    def version(self, cluster: Key) -> str:
        """The version of Kubernetes: ``1.34``."""

    def vpc(self, cluster: Key) -> str:
        """Id of the cluster's VPC."""

    def subnets(self, cluster: Key) -> tuple[str, ...]:
        """Ids of the subnets the cluster was given."""

    def machines(self, cluster: Key) -> tuple[Machine, ...]:
        """The nodes of it, in the order in which they joined; those that are down stay until they are terminated."""

    def profiles(self, cluster: Key) -> tuple[Profile, ...]:
        """Its active Fargate profiles, by name."""

    def add_ons(self, cluster: Key) -> tuple[str, ...]:
        """Names of the add-ons that are active: ``metrics-server``, ``coredns``..."""


_VIEWS: list[View] = []
_LISTENERS: list[Callable[[Key], None]] = []


def supply(new: View) -> None:
    """Let `view` answer with `new`."""
    _VIEWS[:] = [new]


def view() -> View:
    """What the clusters stand on."""
    return _VIEWS[0]


def on_nodes_changed(listener: Callable[[Key], None]) -> None:
    """Call `listener`, under the lock, with a cluster whose machines, profiles, add-ons or version have changed.

    Also when a cluster appears, and when it is gone: then `View.clusters` does not have it any more, and what is kept
    of it is to be forgotten.
    """
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)


def changed(cluster: Key) -> None:
    """Tell those who listen; EKS does."""
    for listener in _LISTENERS:
        listener(cluster)
