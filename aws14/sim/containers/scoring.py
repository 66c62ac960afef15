"""How kube-scheduler scores the nodes that can take a pod: resources, balance, spread; each 0 to 100.

By the sources of kube-scheduler (NodeResourcesFit, NodeResourcesBalancedAllocation, PodTopologySpread); the worked
example of *Resource Bin Packing* (kubernetes.io) is a test. Whole numbers are cut where the sources cut them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from aws14.sim.containers.shapes import HOSTNAME, ZONE, KubeNode, Pod, Spread

MAX_SCORE = 100
_SHAPE_SCALE = 10
_UNREQUESTED = {"cpu": 100.0, "memory": 200.0}
"""What a pod without a request counts as in scores (not in the filter): 100 m, 200 MiB."""

SYSTEM_SPREAD = ((ZONE, 5), (HOSTNAME, 3))
"""Constraints of kube-scheduler for pods without one of their own: label and maximal skew, never hard."""

Strategy = Callable[[Mapping[str, float], Mapping[str, float]], int]
"""From what is requested with the pod in place, and what there is, to a score."""

_EQUAL = {"cpu": 1, "memory": 1}


def least_allocated(
    requested: Mapping[str, float], allocatable: Mapping[str, float], weights: Mapping[str, int] = _EQUAL
) -> int:
    """Score by the share that stays free: kube-scheduler's default, it spreads."""
    return _weighted(
        {
            name: 0 if asked > allocatable[name] else int((allocatable[name] - asked) * MAX_SCORE / allocatable[name])
            for name, asked in requested.items()
        },
        weights,
    )


def most_allocated(
    requested: Mapping[str, float], allocatable: Mapping[str, float], weights: Mapping[str, int] = _EQUAL
) -> int:
    """Score by the share that is taken: it packs."""
    return _weighted(
        {name: int(min(asked, allocatable[name]) * MAX_SCORE / allocatable[name]) for name, asked in requested.items()},
        weights,
    )


def requested_to_capacity_ratio(
    requested: Mapping[str, float],
    allocatable: Mapping[str, float],
    weights: Mapping[str, int] = _EQUAL,
    *,
    shape: Sequence[tuple[int, int]] = ((0, 0), (100, 10)),
) -> int:
    """Score by a broken line through points of utilization and score.

    Parameters
    ----------
    requested, allocatable : Mapping[str, float]
        By resource; of ``requested`` with the pod in place.
    weights : Mapping[str, int]
        Of each resource.
    shape : sequence of (int, int)
        Utilization in percent, ascending, and score from 0 to 10.

    Returns
    -------
    int
        0 to 10, the scale of the shape.
    """
    scores = {}
    for name, asked in requested.items():
        percent = 100 if asked > allocatable[name] else int(100 * asked / allocatable[name])
        scores[name] = _on_line(percent, shape)
    total = sum(weights[name] for name in scores)
    return round(sum(score * weights[name] for name, score in scores.items()) / total)


def _on_line(percent: int, shape: Sequence[tuple[int, int]]) -> int:
    for (from_percent, low), (to_percent, high) in pairwise(shape):
        if percent <= to_percent:
            return int(low + (high - low) * (max(percent, from_percent) - from_percent) / (to_percent - from_percent))
    return shape[-1][1]


def packed(requested: Mapping[str, float], allocatable: Mapping[str, float]) -> int:
    """The strategy RequestedToCapacityRatio with its usual shape, on the scale of the scores."""
    return requested_to_capacity_ratio(requested, allocatable) * (MAX_SCORE // _SHAPE_SCALE)


def _weighted(scores: Mapping[str, int], weights: Mapping[str, int]) -> int:
    total = sum(weights[name] for name in scores)
    return sum(score * weights[name] for name, score in scores.items()) // total


def resources_with(pod: Pod, node: KubeNode) -> tuple[dict[str, float], dict[str, float]]:
    """What would be requested of a node with the pod on it, and what it offers, by resource."""
    asked = {"cpu": 0.0, "memory": 0.0}
    for each in (*node.pods, pod):
        asked["cpu"] += each.cpu_m or _UNREQUESTED["cpu"]
        asked["memory"] += each.memory_mib or _UNREQUESTED["memory"]
    return asked, {"cpu": node.cpu_m, "memory": node.memory_mib}


def balance(pod: Pod, node: KubeNode) -> int:
    """Score by how alike the shares of CPU and memory would be."""
    cpu = min(1.0, (node.requested_m + pod.cpu_m) / node.cpu_m)
    memory = min(1.0, (node.requested_mib + pod.memory_mib) / node.memory_mib)
    return int((1 - abs(cpu - memory) / 2) * MAX_SCORE)


def spread(pod: Pod, nodes: Sequence[KubeNode], constraints: Sequence[Spread]) -> dict[str, int]:
    """Score the nodes by how few pods alike stand in their places already.

    Returns
    -------
    dict of str to int
        Name of each node -> 0 to 100; all 100 without a constraint that counts.
    """
    soft = [each for each in constraints if not each.hard]
    raw = {node.name: sum(_crowd(pod, node, nodes, each) for each in soft) for node in nodes}
    least, most = min(raw.values(), default=0), max(raw.values(), default=0)
    if most == 0:
        return dict.fromkeys(raw, MAX_SCORE)
    return {name: int(MAX_SCORE * (most + least - value) / most) for name, value in raw.items()}


def _crowd(pod: Pod, node: KubeNode, nodes: Sequence[KubeNode], constraint: Spread) -> int:
    places = {each.labels.get(constraint.topology_key, each.name) for each in nodes}
    place = node.labels.get(constraint.topology_key, node.name)
    mine = [each for each in nodes if each.labels.get(constraint.topology_key, each.name) == place]
    alike = sum(matches(each, pod, constraint) for one in mine for each in one.pods)
    return round(alike * math.log(len(places) + 2) + constraint.max_skew - 1)


def matches(other: Pod, pod: Pod, constraint: Spread) -> bool:
    """Whether a constraint of a pod counts another one."""
    labels = other.labels
    chosen = constraint.selector.items()
    return bool(chosen) and other.namespace == pod.namespace and all(labels.get(k) == value for k, value in chosen)


def constraints_of(pod: Pod) -> tuple[Spread, ...]:
    """The constraints that hold for a pod: its own, else those of kube-scheduler by its labels."""
    if pod.spread or not pod.labels:
        return pod.spread
    return tuple(
        Spread(topology_key=key, max_skew=skew, hard=False, selector=pod.labels) for key, skew in SYSTEM_SPREAD
    )
