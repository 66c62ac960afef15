"""The scheduler: pods without a node get one, by the functions of simulated runs (`aws14.sim.containers.scheduling`).

Source: kubernetes/pkg/scheduler. Beyond those functions it knows required node affinity and required pod anti-affinity.
Pods of a Fargate profile are not its business (`fargate`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

from aws14.emulator.kubernetes.controllers import fargate
from aws14.emulator.kubernetes.controllers.binding import bind
from aws14.emulator.kubernetes.controllers.pods import condition, is_active, set_condition
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.requests import bound, node_shape, pod_shape, priority
from aws14.emulator.kubernetes.controllers.sight import Object, Sight, selects
from aws14.emulator.kubernetes.times import stamp
from aws14.sim.containers import scheduling, shapes

__all__ = ["WATCHES", "sync", "unschedulable"]

WATCHES = frozenset({"Pod", "Node"})
_SOURCE = "default-scheduler"
_SELECTOR, _ANTI = "node(s) didn't match Pod's node affinity/selector", "node(s) didn't match pod anti-affinity rules"
_HELPED = frozenset({"Insufficient cpu", "Insufficient memory", "Too many pods"})


def sync(cluster: Sight) -> None:
    """Bind what can be bound, highest priority first, then by age."""
    waiting = [pod for pod in cluster.all("Pod") if _waits(cluster, pod)]
    if not waiting:
        return
    there = bound(cluster)
    nodes = {each["metadata"]["name"]: each for each in cluster.all("Node")}
    shape = {name: node_shape(node, there.get(name, ())) for name, node in nodes.items()}
    for pod in sorted(waiting, key=lambda one: (-priority(one), one["metadata"]["creationTimestamp"])):
        placement = _placed(pod, nodes, shape, there)
        if placement.node:
            bind(cluster, pod, placement.node, source=_SOURCE)
            shape[placement.node] = scheduling.with_pod(shape[placement.node], placement.pod)
            there.setdefault(placement.node, []).append(pod)
        else:
            _refuse(cluster, pod, placement)


def unschedulable(cluster: Sight) -> list[Object]:
    """Pods that the scheduler has found no node for."""
    return [
        pod
        for pod in cluster.all("Pod")
        if _waits(cluster, pod) and condition(pod, "PodScheduled").get("reason") == "Unschedulable"
    ]


def _waits(cluster: Sight, pod: Object) -> bool:
    if pod["spec"].get("nodeName") or not is_active(pod) or pod["spec"].get("schedulingGates"):
        return False
    usual = pod["spec"].get("schedulerName", "default-scheduler") in {"default-scheduler", "fargate-scheduler"}
    return usual and fargate.profile_of(cluster, pod) is None


def _placed(
    pod: Object, nodes: dict[str, Object], shape: dict[str, shapes.KubeNode], there: dict[str, list[Object]]
) -> scheduling.Placement:
    against = {name: _against(pod, node, nodes, there) for name, node in nodes.items()}
    able = [shape[name] for name, reason in against.items() if not reason]
    found = scheduling.place(pod_shape(pod), able)
    if found.node or len(able) == len(nodes):
        return found
    more = Counter(reason for reason in against.values() if reason) + Counter(found.reasons)
    return replace(found, reasons=dict(more), nodes=len(nodes))


def _against(pod: Object, node: Object, nodes: dict[str, Object], there: dict[str, list[Object]]) -> str:
    affinity = pod["spec"].get("affinity") or {}
    required = (affinity.get("nodeAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    terms = required.get("nodeSelectorTerms") or ()
    if terms and not any(_fits(term, node) for term in terms):
        return _SELECTOR
    own = pod["metadata"]["namespace"]
    for term in (affinity.get("podAntiAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution") or ():
        if any(_means(term, own, other) for other in _beside(node, term["topologyKey"], nodes, there)):
            return _ANTI
    return ""


def _fits(term: Object, node: Object) -> bool:
    labels = node["metadata"].get("labels") or {}
    fields = {"metadata.name": node["metadata"]["name"]}
    by_label = selects({"matchExpressions": term.get("matchExpressions") or ()}, labels)
    return by_label and selects({"matchExpressions": term.get("matchFields") or ()}, fields)


def _beside(node: Object, key: str, nodes: dict[str, Object], there: dict[str, list[Object]]) -> Iterator[Object]:
    """Pods on the nodes that share the value of a label with `node`; none where it has no such label."""
    place = (node["metadata"].get("labels") or {}).get(key)
    for name, each in nodes.items():
        if place is not None and (each["metadata"].get("labels") or {}).get(key) == place:
            yield from there.get(name, ())


def _means(term: Object, own: str, other: Object) -> bool:
    """Whether a term of a pod of the namespace `own` speaks of another pod."""
    spaces = term.get("namespaces") or [own]
    meta = other["metadata"]
    return meta["namespace"] in spaces and selects(term.get("labelSelector"), meta.get("labels"))


def _refuse(cluster: Sight, pod: Object, placement: scheduling.Placement) -> None:
    message = placement.message + _preemption(placement)
    said = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    if condition(pod, "PodScheduled").get("message") == message:
        return
    status = deepcopy(pod["status"])
    set_condition(status, said, stamp(cluster.now))
    cluster.say(pod, status)
    record(cluster, pod, "FailedScheduling", message, kind="Warning", source=_SOURCE)


def _preemption(placement: scheduling.Placement) -> str:
    """What the scheduler adds about taking the place of others, which it never does here."""
    if not placement.nodes:
        return " preemption: 0/0 nodes are available: ."
    helped = sum(count for reason, count in placement.reasons.items() if reason in _HELPED)
    helped = min(helped, placement.nodes)
    parts = [
        f"{count} {text}"
        for count, text in (
            (helped, "No preemption victims found for incoming pod"),
            (placement.nodes - helped, "Preemption is not helpful for scheduling"),
        )
        if count
    ]
    return f" preemption: 0/{placement.nodes} nodes are available: {', '.join(parts)}."
