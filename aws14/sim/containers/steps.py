"""What is counted of a cluster in a run, whenever something changes; and the records of the whole run."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aws14.model import ClusterRecord, FleetRecord
from aws14.sim.containers.board import Board

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_COUNTED = (
    *("desired", "ready", "unready", "draining", "pending"),
    *("nodes", "nodes_ready", "cpu_requested_m", "cpu_allocatable_m", "memory_requested_mib", "memory_allocatable_mib"),
)


class Steps:
    """The books of a cluster.

    Parameters
    ----------
    board : Board
        Nodes and pods.
    desired : callable
        How many pods are wanted now.
    span_s : (float, float)
        Length of the run and of a tick.
    """

    def __init__(self, board: Board, desired: Callable[[], int], *, span_s: tuple[float, float]) -> None:
        self._board, self._desired = board, desired
        self._horizon_s, self._tick_s = span_s
        self._rows: list[tuple[float, ...]] = []
        self._versions: list[tuple[float, dict[str, int]]] = []

    def note(self, now_s: float) -> None:
        """Count what there is now."""
        pods, nodes = self._board.pods, self._board.nodes
        ready = [node for node in nodes if node.ready_s <= now_s and node.silent_s == math.inf]
        standing = [pod for pod in pods if pod.stands]
        able = sum(pod.ready for pod in standing)
        self._rows.append((
            now_s, self._desired(), able, len(standing) - able, len(pods) - len(standing),
            sum(pod.node is None or pod.node.ready_s > now_s for pod in standing),
            len(nodes), len(ready),
            sum(node.shape.requested_m + sum(pod.spec.cpu_m for pod in node.pods) for node in ready),
            sum(node.shape.cpu_m for node in ready),
            sum(node.shape.requested_mib + sum(pod.spec.memory_mib for pod in node.pods) for node in ready),
            sum(node.shape.memory_mib for node in ready),
        ))  # fmt: skip
        by_version: dict[str, int] = {}
        for pod in standing:
            by_version[pod.version] = by_version.get(pod.version, 0) + pod.ready
        self._versions.append((now_s, by_version))

    def fleet(self, group: str, *, cpu_utilization: Floats, served: dict[str, int]) -> FleetRecord:
        """The record of the pods."""
        at_end = self._at_ends()
        pods = [*self._board.pods, *self._board.past_pods]
        return FleetRecord(
            group=group,
            desired=at_end["desired"].astype(np.int64),
            in_service=at_end["ready"].astype(np.int64),
            pending=at_end["unready"].astype(np.int64),
            draining=at_end["draining"].astype(np.int64),
            healthy=at_end["ready"].astype(np.int64),
            cpu_utilization=cpu_utilization,
            instance_s=self._overlap([(max(pod.created_s, 0.0), pod.gone_s) for pod in pods]),
            served_by_target=served,
        )

    def cluster(self, node: str, versions: list[str]) -> ClusterRecord:
        """The record of the nodes."""
        at_end = self._at_ends()
        nodes = [*self._board.nodes, *self._board.past_nodes]
        last = self._last([at_s for at_s, _ in self._versions])
        by_version = {name: np.array([self._versions[k][1].get(name, 0) for k in last], np.int64) for name in versions}
        return ClusterRecord(
            node=node,
            nodes=at_end["nodes"].astype(np.int64),
            nodes_ready=at_end["nodes_ready"].astype(np.int64),
            pods_pending=at_end["pending"].astype(np.int64),
            cpu_requested_m=at_end["cpu_requested_m"],
            cpu_allocatable_m=at_end["cpu_allocatable_m"],
            memory_requested_mib=at_end["memory_requested_mib"],
            memory_allocatable_mib=at_end["memory_allocatable_mib"],
            node_s=self._overlap([(max(each.launched_s, 0.0), each.gone_s) for each in nodes]),
            pods_by_version=by_version if len(versions) > 1 else {},
            version_steps=_changes(self._versions) if len(versions) > 1 else (),
        )

    def ready_s(self) -> Floats:
        """Pod-seconds of ready pods, per tick. Shape (ticks,)."""
        rows = np.array(self._rows)
        ready, from_s = rows[:, _COUNTED.index("ready") + 1], rows[:, 0]
        total = np.concatenate(([0.0], np.cumsum(ready[:-1] * np.diff(from_s))))
        edges = np.concatenate(([0.0], self._ends()))
        place = np.searchsorted(from_s, edges, side="right") - 1
        so_far = total[place] + ready[place] * (edges - from_s[place])
        seconds: Floats = np.diff(so_far)
        return seconds

    def _at_ends(self) -> dict[str, Floats]:
        rows = np.array(self._rows)
        chosen = rows[self._last(rows[:, 0])]
        return {name: chosen[:, column + 1] for column, name in enumerate(_COUNTED)}

    def _last(self, at_s: object) -> Counts:
        found: Counts = np.searchsorted(np.asarray(at_s, dtype=np.float64), self._ends(), side="right") - 1
        return found

    def _ends(self) -> Floats:
        ticks = math.ceil(self._horizon_s / self._tick_s)
        ends: Floats = np.minimum(np.arange(1, ticks + 1) * self._tick_s, self._horizon_s)
        return ends

    def _overlap(self, spans: list[tuple[float, float]]) -> Floats:
        ends_s = self._ends()
        from_s = np.arange(len(ends_s)) * self._tick_s
        total = np.zeros(len(ends_s))
        for starts_s, stops_s in spans:
            total += np.clip(np.minimum(stops_s, ends_s) - np.maximum(starts_s, from_s), 0, None)
        return total


def _changes(steps: list[tuple[float, dict[str, int]]]) -> tuple[tuple[float, dict[str, int]], ...]:
    """The steps after which something is different; of one moment the last."""
    kept: list[tuple[float, dict[str, int]]] = []
    for at_s, counts in steps:
        if kept and kept[-1][0] == at_s:
            kept.pop()
        if not kept or kept[-1][1] != counts:
            kept.append((at_s, counts))
    return tuple(kept)
