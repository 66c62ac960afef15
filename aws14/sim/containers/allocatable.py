"""How much room a node of EKS has for pods: its type, less what kubelet and the system keep.

By the bootstrap of the EKS AMI: pods by network interfaces and addresses, CPU reserved by a staircase, memory reserved
by pods, and the eviction threshold. What the machine's firmware and kernel keep is the share that Karpenter reckons
with (``vmMemoryOverheadPercent``).
"""

from __future__ import annotations

from dataclasses import dataclass

from aws14 import catalog

__all__ = ["Room", "allocatable", "max_pods", "reserved_cpu_m", "reserved_memory_mib"]

_MIB_PER_GIB, _M_PER_VCPU = 1024, 1000
_HOST_NETWORK_PODS = 2
"""kube-proxy and the network plug-in use the node's own address."""
_CPU_STAIRS_M = ((1, 60.0), (2, 10.0), (4, 5.0))
_CPU_BEYOND_M = 2.5
"""Reserved of the first vCPU, of the second, of each up to the fourth, of each beyond, in thousandths."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """What a node offers to pods: thousandths of a vCPU, MiB, and their number."""

    cpu_m: int
    memory_mib: float
    max_pods: int


def allocatable(instance_type: str) -> Room:
    """What a node of an instance type offers.

    Raises
    ------
    DataError
        When the course has no facts about the type.
    """
    machine = catalog.instance_type(instance_type)
    pods = max_pods(instance_type)
    seen = machine.memory_gib * _MIB_PER_GIB * (1 - _fact("memory kept by a virtual machine"))
    memory = seen - reserved_memory_mib(pods) - _fact("memory at which kubelet evicts")
    return Room(
        cpu_m=int(machine.vcpu * _M_PER_VCPU - reserved_cpu_m(machine.vcpu)),
        memory_mib=float(int(memory)),
        max_pods=pods,
    )


def max_pods(instance_type: str) -> int:
    """Pods by the addresses of a type's network interfaces, the first of each being the interface's own."""
    machine = catalog.instance_type(instance_type)
    return machine.max_enis * (machine.ipv4_per_eni - 1) + _HOST_NETWORK_PODS


def reserved_cpu_m(vcpus: int) -> float:
    """Thousandths of a vCPU that kubelet keeps."""
    reserved, reached = 0.0, 0
    for upto, each_m in _CPU_STAIRS_M:
        reserved += max(0, min(vcpus, upto) - reached) * each_m
        reached = upto
    return reserved + max(0, vcpus - reached) * _CPU_BEYOND_M


def reserved_memory_mib(pods: int) -> float:
    """MiB that kubelet keeps for so many pods."""
    return _fact("memory kept by kubelet") + _fact("memory kept by kubelet for each pod") * pods


def _fact(limit: str) -> float:
    return catalog.quota("EKS node", limit).value
