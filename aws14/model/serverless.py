"""What execution environments of a function, and nodes under pods, did during a run, tick by tick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class FunctionRecord:
    """A function behind an API, a URL or a queue. Arrays have one entry per tick.

    Parameters
    ----------
    node : str
        Id of the function.
    invocations : ndarray of int64
        Invocations that ran; throttled ones did not.
    cold_starts : ndarray of int64
        Those that waited for a new environment.
    throttled : ndarray of int64
        Refused: no environment was free, and no more were allowed.
    environments : ndarray of int64
        In existence at the end of the tick, busy or idle, provisioned ones included.
    concurrency : ndarray of int64
        Most invocations that ran at the same time in the tick.
    provisioned : int
        Environments that are kept ready.
    memory_mib : int
        Memory of each.
    billed_s : ndarray of float64
        Seconds of duration paid for, rounded up to milliseconds each, start of the program included where it is billed.
    provisioned_billed_s : ndarray of float64
        The part of `billed_s` that ran in provisioned environments, which has a price of its own.
    init_sum_s : ndarray of float64
        Sum of the starts that clients waited for.
    limit : int
        Concurrency at which it throttles.
    """

    node: str
    invocations: Counts
    cold_starts: Counts
    throttled: Counts
    environments: Counts
    concurrency: Counts
    provisioned: int
    memory_mib: int
    billed_s: Floats
    provisioned_billed_s: Floats
    init_sum_s: Floats
    limit: int

    @property
    def cold_ratio(self) -> float:
        """Cold starts over all invocations; 0 when there were none."""
        total = int(self.invocations.sum())
        return int(self.cold_starts.sum()) / total if total else 0.0

    @property
    def billed_gb_s(self) -> float:
        """GB-seconds paid for on demand in the whole run; provisioned environments are not in it."""
        return float((self.billed_s - self.provisioned_billed_s).sum()) * self.memory_mib / 1024


@dataclass(frozen=True, kw_only=True)
class ClusterRecord:
    """The nodes of a cluster and how full they were. Arrays have one entry per tick, as it stood at its end.

    Parameters
    ----------
    node : str
        Id of the node group or Fargate profile.
    nodes, nodes_ready : ndarray of int64
        Nodes paid for; of these, nodes that take pods.
    pods_pending : ndarray of int64
        Pods that no node has room for, or whose node is not ready yet.
    cpu_requested_m, cpu_allocatable_m : ndarray of float64
        Thousandths of a vCPU that pods have requested, and that ready nodes offer.
    memory_requested_mib, memory_allocatable_mib : ndarray of float64
        The same of memory.
    node_s : ndarray of float64
        Seconds of nodes paid for in the tick; of a Fargate profile, of pods.
    pods_by_version : Mapping[str, ndarray of int64]
        Version of the workload -> its ready pods, when a rollout was played.
    version_steps : tuple of (float, Mapping[str, int])
        The same at every change: seconds of the run, and version -> ready pods.
    """

    node: str
    nodes: Counts
    nodes_ready: Counts
    pods_pending: Counts
    cpu_requested_m: Floats
    cpu_allocatable_m: Floats
    memory_requested_mib: Floats
    memory_allocatable_mib: Floats
    node_s: Floats
    pods_by_version: Mapping[str, Counts] = field(default_factory=dict)
    version_steps: tuple[tuple[float, Mapping[str, int]], ...] = field(default=(), repr=False)

    @property
    def node_hours(self) -> float:
        """Node-hours (of a Fargate profile, pod-hours) paid for in the whole run."""
        return float(self.node_s.sum()) / 3600
