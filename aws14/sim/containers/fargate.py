"""How large the machine is that Fargate starts for a pod of EKS: its requests, rounded up to what can be had.

By *Understand Fargate Pod configuration details* (EKS user guide): 256 MiB are added for kubelet, kube-proxy and
containerd, then the smallest valid combination of vCPU and memory is taken. CPU is not shared: a pod may use what it
pays for.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws14 import catalog
from aws14.errors import DesignError

__all__ = ["SIZES", "Size", "size_of"]

_MIB_PER_GIB, _M_PER_VCPU = 1024, 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """A combination that Fargate sells: vCPUs and GiB of memory."""

    vcpu: float
    memory_gib: float


def _range(low: int, high: int, each: int) -> tuple[float, ...]:
    return tuple(float(size) for size in range(low, high + 1, each))


_MEMORY_GIB: tuple[tuple[float, tuple[float, ...]], ...] = (
    (0.25, (0.5, 1.0, 2.0)),
    (0.5, _range(1, 4, 1)),
    (1.0, _range(2, 8, 1)),
    (2.0, _range(4, 16, 1)),
    (4.0, _range(8, 30, 1)),
    (8.0, _range(16, 60, 4)),
    (16.0, _range(32, 120, 8)),
)
SIZES = tuple(Size(vcpu=vcpu, memory_gib=each) for vcpu, sizes in _MEMORY_GIB for each in sizes)
"""Every combination, the smallest first."""


def size_of(cpu_m: float, memory_mib: float) -> Size:
    """The combination that a pod gets, and is billed for.

    Parameters
    ----------
    cpu_m, memory_mib : float
        What its containers request together; nothing: the smallest.

    Raises
    ------
    DesignError
        When no combination is large enough.
    """
    added_mib = catalog.quota("Fargate", "memory added to a pod").value
    nothing = not cpu_m and not memory_mib
    need_mib = 0.0 if nothing else memory_mib + added_mib
    for size in SIZES:
        if size.vcpu * _M_PER_VCPU >= cpu_m and size.memory_gib * _MIB_PER_GIB >= need_mib:
            return size
    raise DesignError(
        f"a pod requests {cpu_m:g}m of CPU and {memory_mib:g} MiB",
        allowed=f"on Fargate at most {SIZES[-1].vcpu:g} vCPU and {SIZES[-1].memory_gib:g} GiB, 256 MiB of it kept",
        cure="smaller requests, or a node group",
    )
