"""Memory, as far as the load says what pods use: limits that kill, and nodes that run out and evict.

Source: kubernetes.io, Node-pressure Eviction. The order is `aws14.sim.containers.eviction`'s.
"""

from __future__ import annotations

from aws14.catalog import quota
from aws14.emulator.kubernetes import usage
from aws14.emulator.kubernetes.controllers.pods import is_active
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.requests import bound, memory_mib, priority
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.kubelet import processes
from aws14.emulator.kubernetes.kubelet.containers import exited
from aws14.emulator.kubernetes.kubelet.life import cases_of, run_of
from aws14.model.quantities import mebibytes
from aws14.sim.containers.eviction import PodUse, eviction_order

__all__ = ["WATCHES", "sync"]

WATCHES = frozenset({"usage", "Pod"})
_KILLED = 137
_EVERY_S = 10.0


def sync(cluster: Sight) -> None:
    """Kill what is above its limit, and evict from nodes without memory; only where a load says what pods use."""
    loads = cluster.notes("load").values()
    if not any(each_mib is not None for _, each_mib in loads):
        return
    notes = cluster.notes("memory")
    if cluster.now < notes.get("due", 0.0):
        cluster.wake("usage", notes["due"])
        return
    notes["due"] = cluster.now + _EVERY_S
    nodes = {each["metadata"]["name"]: each for each in cluster.all("Node")}
    for name, pods in bound(cluster).items():
        for pod in pods:
            _limit(cluster, pod)
        if name in nodes:
            _relieve(cluster, nodes[name], [pod for pod in pods if is_active(pod)])
    cluster.wake("usage", notes["due"])


def _limit(cluster: Sight, pod: Object) -> None:
    run, most = run_of(cluster, pod["metadata"]["uid"]), memory_mib(pod, "limits")
    if run is None or not most or usage.pod_use(cluster, pod)[1] <= most:
        return
    for case in cases_of(cluster, pod, run):
        if case.run.phase == "running" and not case.initial:
            exited(case, _KILLED, "OOMKilled")
            run.due = 0.0
    cluster.wake("kubelet", cluster.now)


def _relieve(cluster: Sight, node: Object, pods: list[Object]) -> None:
    """Evict pods until what all use fits again."""
    room = mebibytes(node["status"]["allocatable"]["memory"])
    uses = {pod["metadata"]["name"]: usage.pod_use(cluster, pod)[1] for pod in pods}
    by_name = {pod["metadata"]["name"]: pod for pod in pods}
    order = eviction_order(
        [
            PodUse(
                name=name, memory_mib=used, requested_mib=memory_mib(by_name[name]), priority=priority(by_name[name])
            )
            for name, used in uses.items()
        ]
    )
    for each in order:
        if sum(uses.values()) <= room:
            return
        _evict(cluster, by_name[each.name], each, room - sum(uses.values()))
        del uses[each.name]


def _evict(cluster: Sight, pod: Object, use: PodUse, left: float) -> None:
    run = run_of(cluster, pod["metadata"]["uid"])
    if run is None:
        return
    threshold = quota("EKS node", "memory at which kubelet evicts").value
    free = max(0.0, left + threshold)
    container = pod["spec"]["containers"][0]["name"]
    run.evicted = (
        f"The node was low on resource: memory. Threshold quantity: {threshold:.0f}Mi, available: {free * 1024:.0f}Ki. "
        f"Container {container} was using {use.memory_mib * 1024:.0f}Ki, request is {use.requested_mib:.0f}Mi, has "
        "larger consumption of memory. "
    )
    record(cluster, pod, "Evicted", run.evicted, kind="Warning", source="kubelet", host=pod["spec"].get("nodeName", ""))
    for seat in processes.all_of(run.uid):
        processes.end(seat)
    for state in run.containers.values():
        state.is_ready = False
        if state.phase == "running":
            state.phase, state.exit_code, state.ended_by = "over", _KILLED, "Error"
            state.finished_at = cluster.now
    run.due = 0.0
    cluster.wake("kubelet", cluster.now)
