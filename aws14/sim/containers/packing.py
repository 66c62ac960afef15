"""How pods fit on machines: as few nodes as hold them, and what of the nodes stays empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.sim.containers.allocatable import allocatable
from aws14.sim.containers.board import named
from aws14.sim.containers.eviction import PodUse, eviction_order
from aws14.sim.containers.scheduling import place_all, why_not
from aws14.sim.containers.scoring import Strategy, least_allocated
from aws14.sim.containers.shapes import KubeNode, Pod

__all__ = ["Packing", "RequestsSet", "fresh_node", "pack", "requests_set"]

_M_PER_VCPU = 1000
_MOST_NODES = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Packing:
    """Pods on nodes.

    Parameters
    ----------
    nodes : tuple of KubeNode
        With their pods.
    pending : tuple of Pod
        Those without a place.
    """

    nodes: tuple[KubeNode, ...]
    pending: tuple[Pod, ...]

    @property
    def cpu_share(self) -> float:
        """Share of the allocatable CPU that is requested, 0 to 1."""
        room = sum(node.cpu_m for node in self.nodes)
        return sum(node.requested_m for node in self.nodes) / room if room else 0.0

    @property
    def memory_share(self) -> float:
        """Share of the allocatable memory that is requested, 0 to 1."""
        room = sum(node.memory_mib for node in self.nodes)
        return sum(node.requested_mib for node in self.nodes) / room if room else 0.0


def fresh_node(instance_type: str, name: str = "node", zone: str = "") -> KubeNode:
    """A new node of EKS, with the pods that every node runs for itself."""
    room = allocatable(instance_type)
    own_m = int(catalog.quota("EKS node", "CPU requested by its own pods").value * _M_PER_VCPU)
    agents = Pod(name="agents", namespace="kube-system", cpu_m=own_m, daemon=True)
    shape = KubeNode(name=name, cpu_m=room.cpu_m, memory_mib=room.memory_mib, max_pods=room.max_pods, pods=(agents,))
    return named(shape, name, zone)


def pack(
    pods: Sequence[Pod], instance_type: str, *, nodes: int | None = None, strategy: Strategy = least_allocated
) -> Packing:
    """Place pods on nodes of a type as the scheduler does.

    Parameters
    ----------
    pods : sequence of Pod
        In the order in which they come.
    instance_type : str
        Of the nodes.
    nodes : int, optional
        How many there are; left out: as few as hold every pod that a node could hold at all.
    strategy : callable
        How the scheduler scores nodes.

    Raises
    ------
    ScenarioError
        When there is no number of nodes that is enough.
    """
    if nodes is not None:
        return _packed(pods, instance_type, nodes, strategy)
    fresh = fresh_node(instance_type)
    fits = sum(not why_not(pod, fresh) for pod in pods)
    for count in range(1, _MOST_NODES + 1):
        packing = _packed(pods, instance_type, count, strategy)
        if len(pods) - len(packing.pending) == fits:
            return packing
    raise ScenarioError(f"{len(pods)} pods need more than {_MOST_NODES} nodes", cure="a larger instance type")


def _packed(pods: Sequence[Pod], instance_type: str, nodes: int, strategy: Strategy) -> Packing:
    empty = [fresh_node(instance_type, f"node-{number + 1}") for number in range(nodes)]
    decided, full = place_all(pods, empty, strategy)
    return Packing(nodes=tuple(full), pending=tuple(each.pod for each in decided if not each.node))


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestsSet:
    """What requests do to pods that really use something else.

    Parameters
    ----------
    packing : Packing
        Where they stand.
    slowdown : float
        How many times as long as wanted the slowest pod takes, because its node's CPU is short; 1: none does.
    evicted : tuple of str
        Pods that kubelet evicts, because their node runs out of memory.
    used_share : float
        Share of the allocatable CPU that is really used, 0 to 1.
    """

    packing: Packing
    slowdown: float
    evicted: tuple[str, ...]
    used_share: float


def requests_set(
    pod: Pod, *, count: int, uses_m: float, uses_mib: float, instance_type: str, nodes: int
) -> RequestsSet:
    """Place pods by what they request, and let them use what they use.

    Parameters
    ----------
    pod : Pod
        What each requests.
    count : int
        How many.
    uses_m, uses_mib : float
        Thousandths of a vCPU and MiB that each really uses.
    instance_type : str
        Of the nodes.
    nodes : int
        How many there are.
    """
    from dataclasses import replace

    pods = [replace(pod, name=f"{pod.name}-{number + 1}") for number in range(count)]
    packing = pack(pods, instance_type, nodes=nodes)
    slowdown, evicted, used_m = 1.0, list[str](), 0.0
    for node in packing.nodes:
        there = [each for each in node.pods if not each.daemon]
        slowdown = max(slowdown, len(there) * uses_m / node.cpu_m)
        used_m += min(len(there) * uses_m, node.cpu_m)
        evicted += _evicted(there, node, uses_mib)
    room_m = sum(node.cpu_m for node in packing.nodes)
    return RequestsSet(packing=packing, slowdown=slowdown, evicted=tuple(evicted), used_share=used_m / room_m)


def _evicted(pods: Sequence[Pod], node: KubeNode, uses_mib: float) -> list[str]:
    uses = [PodUse(name=pod.name, memory_mib=uses_mib, requested_mib=pod.memory_mib) for pod in pods]
    left = len(uses)
    gone = []
    for each in eviction_order(uses):
        if left * uses_mib <= node.memory_mib:
            break
        gone.append(each.name)
        left -= 1
    return gone
