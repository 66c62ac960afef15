"""Which node a pod goes to, as kube-scheduler decides: filter, score, bind.

The filters are NodeUnschedulable, TaintToleration, NodeAffinity (node selectors), NodeResourcesFit and
PodTopologySpread; the scores have kube-scheduler's default weights: resources 1, balance 1, spread 2. Among the best it
takes one at random; here the first by name, so that a run can be repeated. Left out: affinity between pods, volumes,
ports of the host, images that are there already, preemption.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aws14.sim.containers import scoring
from aws14.sim.containers.scoring import Strategy, least_allocated
from aws14.sim.containers.shapes import PREFER_NO_SCHEDULE, KubeNode, Pod, Spread

__all__ = ["Placement", "place", "place_all", "score", "why_not", "with_pod"]

_BALANCE_WEIGHT, _SPREAD_WEIGHT, _RESOURCES_WEIGHT = 1, 2, 1
NOT_SCHEDULABLE = "node(s) were unschedulable"
NOT_SELECTED = "node(s) didn't match Pod's node affinity/selector"
NOT_SPREAD = "node(s) didn't match pod topology spread constraints"
NO_CPU, NO_MEMORY, TOO_MANY = "Insufficient cpu", "Insufficient memory", "Too many pods"


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """What the scheduler decided about a pod.

    Parameters
    ----------
    pod : Pod
        Which one.
    node : str
        Name of the node; empty when none takes it.
    reasons : Mapping[str, int]
        Why nodes do not take it, in Kubernetes' words -> how many.
    nodes : int
        Nodes looked at.
    """

    pod: Pod
    node: str = ""
    reasons: Mapping[str, int] = field(default_factory=dict)
    nodes: int = 0

    @property
    def message(self) -> str:
        """The text of the event ``FailedScheduling``, as kube-scheduler writes it."""
        if not self.nodes:
            return "no nodes available to schedule pods"
        told = ", ".join(sorted(f"{count} {reason}" for reason, count in self.reasons.items()))
        return f"0/{self.nodes} nodes are available: {told}."


def why_not(pod: Pod, node: KubeNode, nodes: Sequence[KubeNode] = ()) -> list[str]:
    """Why a node does not take a pod, in Kubernetes' words; empty when it does.

    Parameters
    ----------
    pod : Pod
        The pod.
    node : KubeNode
        The node.
    nodes : sequence of KubeNode
        All nodes, among which hard spread constraints are judged.
    """
    if not node.schedulable:
        return [NOT_SCHEDULABLE]
    for taint in node.taints:
        if taint.effect != PREFER_NO_SCHEDULE and not any(each.bears(taint) for each in pod.tolerations):
            return [f"node(s) had untolerated taint {{{taint.key}: {taint.value}}}"]
    if any(node.labels.get(key) != value for key, value in pod.node_selector.items()):
        return [NOT_SELECTED]
    lacking = _lacking(pod, node)
    if lacking:
        return lacking
    hard = [each for each in pod.spread if each.hard]
    return [NOT_SPREAD] if any(_skewed(pod, node, nodes or (node,), each) for each in hard) else []


def _lacking(pod: Pod, node: KubeNode) -> list[str]:
    """Every resource that is short: kube-scheduler names them all."""
    lacking = [TOO_MANY] if len(node.pods) + 1 > node.max_pods else []
    if pod.cpu_m and pod.cpu_m > node.cpu_m - node.requested_m:
        lacking.append(NO_CPU)
    if pod.memory_mib and pod.memory_mib > node.memory_mib - node.requested_mib:
        lacking.append(NO_MEMORY)
    return lacking


def _skewed(pod: Pod, node: KubeNode, nodes: Sequence[KubeNode], constraint: Spread) -> bool:
    place = node.labels.get(constraint.topology_key)
    if place is None:
        return True
    held = Counter[str]()
    for each in nodes:
        fits = all(each.labels.get(key) == value for key, value in pod.node_selector.items())
        if fits and (where := each.labels.get(constraint.topology_key)) is not None:
            held[where] += sum(scoring.matches(other, pod, constraint) for other in each.pods)
    itself = scoring.matches(pod, pod, constraint)
    return held[place] + itself - min(held.values()) > constraint.max_skew


def score(pod: Pod, nodes: Sequence[KubeNode], strategy: Strategy = least_allocated) -> dict[str, int]:
    """Score the nodes that take a pod; the highest is chosen.

    Parameters
    ----------
    pod : Pod
        The pod.
    nodes : sequence of KubeNode
        Nodes that take it.
    strategy : callable
        `scoring.least_allocated` (the default), `scoring.most_allocated` or `scoring.packed`.
    """
    spread = scoring.spread(pod, nodes, scoring.constraints_of(pod))
    return {
        node.name: _RESOURCES_WEIGHT * strategy(*scoring.resources_with(pod, node))
        + _BALANCE_WEIGHT * scoring.balance(pod, node)
        + _SPREAD_WEIGHT * spread[node.name]
        for node in nodes
    }


def place(pod: Pod, nodes: Sequence[KubeNode], strategy: Strategy = least_allocated) -> Placement:
    """Decide where a pod goes.

    Parameters
    ----------
    pod : Pod
        Not bound to a node yet.
    nodes : sequence of KubeNode
        All nodes of the cluster.
    strategy : callable
        How resources are scored.
    """
    against = {node.name: why_not(pod, node, nodes) for node in nodes}
    able = [node for node in nodes if not against[node.name]]
    if not able:
        reasons = Counter(reason for each in against.values() for reason in each)
        return Placement(pod=pod, reasons=dict(reasons), nodes=len(nodes))
    scores = score(pod, able, strategy)
    chosen = min(scores, key=lambda name: (-scores[name], name))
    return Placement(pod=pod, node=chosen, nodes=len(nodes))


def place_all(
    pods: Iterable[Pod], nodes: Sequence[KubeNode], strategy: Strategy = least_allocated
) -> tuple[list[Placement], list[KubeNode]]:
    """Place pods one after the other, each on what the ones before left.

    Returns
    -------
    list of Placement, list of KubeNode
        What was decided about each, and the nodes with the pods on them, in the order given.
    """
    standing = {node.name: node for node in nodes}
    decided = []
    for pod in pods:
        placement = place(pod, list(standing.values()), strategy)
        if placement.node:
            standing[placement.node] = with_pod(standing[placement.node], pod)
        decided.append(placement)
    return decided, list(standing.values())


def with_pod(node: KubeNode, pod: Pod) -> KubeNode:
    """A node with one pod more."""
    return replace(node, pods=(*node.pods, pod))
