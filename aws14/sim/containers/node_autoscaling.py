"""How many nodes a cluster needs: what cluster-autoscaler decides every ten seconds.

By the FAQ of kubernetes/autoscaler: nodes come for pods that no node has room for, as many as first-fit needs of new
empty ones; a node goes when the larger of its requested shares was below half for ten minutes, its pods have room
elsewhere, and nothing was added in the last ten minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from aws14 import catalog
from aws14.sim.containers.scheduling import place, why_not, with_pod
from aws14.sim.containers.shapes import KubeNode, Pod

__all__ = ["NodeAutoscaler", "Shrinking", "nodes_needed", "removable"]

BELOW = 0.5
"""``--scale-down-utilization-threshold``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shrinking:
    """What the autoscaler waits for before it takes a node away.

    Parameters
    ----------
    below : float
        Requested share of a node below which it is not needed.
    unneeded_s, after_growth_s : float
        How long it must have been so, and how long ago nodes came last.
    """

    below: float = BELOW
    unneeded_s: float
    after_growth_s: float

    @classmethod
    def usual(cls) -> Shrinking:
        """As it comes: ten minutes each."""
        durations = catalog.durations()
        return cls(
            unneeded_s=durations["cluster-autoscaler node unneeded to removed"].typical_s,
            after_growth_s=durations["cluster-autoscaler scale-down after scale-up"].typical_s,
        )


def nodes_needed(pending: Iterable[Pod], fresh: KubeNode, *, most: int) -> int:
    """How many new nodes pods without a place need.

    Parameters
    ----------
    pending : iterable of Pod
        Pods that no node has room for, and none that comes will have.
    fresh : KubeNode
        What a new, empty node is like.
    most : int
        How many may come.
    """
    bins: list[KubeNode] = []
    largest = sorted(pending, key=lambda pod: max(pod.cpu_m / fresh.cpu_m, pod.memory_mib / fresh.memory_mib))
    for pod in reversed(largest):
        home = next((k for k, each in enumerate(bins) if not why_not(pod, each)), None)
        if home is not None:
            bins[home] = with_pod(bins[home], pod)
        elif len(bins) < most and not why_not(pod, fresh):
            bins.append(with_pod(fresh, pod))
    return len(bins)


def removable(node: KubeNode, nodes: Sequence[KubeNode], *, below: float = BELOW) -> bool:
    """Whether a node is hardly used, and its pods have room on the others."""
    moving = [pod for pod in node.pods if not pod.daemon]
    if replace(node, pods=tuple(moving)).utilization >= below:
        return False
    others = {each.name: each for each in nodes if each.name != node.name}
    for pod in moving:
        there = place(pod, list(others.values())).node
        if not there:
            return False
        others[there] = with_pod(others[there], pod)
    return True


class NodeAutoscaler:
    """An autoscaler of nodes on its way through time.

    Parameters
    ----------
    least, most : int
        Nodes of the group.
    shrinking : Shrinking, optional
        What it waits for; left out: as it comes.
    """

    def __init__(self, *, least: int, most: int, shrinking: Shrinking | None = None) -> None:
        self.least, self.most = least, most
        self._shrinking = shrinking or Shrinking.usual()
        self._grown_s = float("-inf")
        self._unneeded_since: dict[str, float] = {}

    def grow(
        self, now_s: float, pending: Sequence[Pod], coming: Sequence[KubeNode], *, fresh: KubeNode, nodes: int
    ) -> int:
        """How many nodes to add now.

        Parameters
        ----------
        now_s : float
            The time.
        pending : sequence of Pod
            Pods without a place.
        coming : sequence of KubeNode
            Nodes on their way, empty as they will be.
        fresh : KubeNode
            What a new one is like.
        nodes : int
            Nodes of the group, those on their way included.
        """
        room, homeless = list(coming), []
        for pod in pending:
            home = next((k for k, each in enumerate(room) if not why_not(pod, each)), None)
            if home is None:
                homeless.append(pod)
            else:
                room[home] = with_pod(room[home], pod)
        more = nodes_needed(homeless, fresh, most=max(0, self.most - nodes))
        if more:
            self._grown_s = now_s
        return more

    @property
    def due_s(self) -> float:
        """When the next node may go, as things stand; infinite when none may."""
        first_s = min(self._unneeded_since.values(), default=float("inf")) + self._shrinking.unneeded_s
        return max(first_s, self._grown_s + self._shrinking.after_growth_s)

    def shrink(self, now_s: float, nodes: Sequence[KubeNode]) -> list[str]:
        """Names of the nodes to take away now: at most one at a time, empty ones together.

        Parameters
        ----------
        now_s : float
            The time.
        nodes : sequence of KubeNode
            Nodes of the group that are ready.
        """
        idle = [each for each in nodes if removable(each, nodes, below=self._shrinking.below)]
        self._unneeded_since = {each.name: self._unneeded_since.get(each.name, now_s) for each in idle}
        if now_s - self._grown_s < self._shrinking.after_growth_s:
            return []
        due = [each for each in idle if now_s - self._unneeded_since[each.name] >= self._shrinking.unneeded_s]
        spare = max(0, len(nodes) - self.least)
        empty = [each.name for each in due if all(pod.daemon for pod in each.pods)]
        return (empty or [each.name for each in due[:1]])[:spare]
