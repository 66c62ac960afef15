"""cluster-autoscaler: nodes for pods without a place, and none that are hardly used.

It acts only while a Deployment of its image has a ready pod. Decided by `aws14.sim.containers.node_autoscaling`, and
carried out on the Auto Scaling groups that its flags name, as far as its role allows. Source:
kubernetes/autoscaler, FAQ.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aws14.emulator.durations import typical_s
from aws14.emulator.kubernetes.controllers import scheduler
from aws14.emulator.kubernetes.controllers.pods import is_leaving, is_ready
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.requests import bound, node_shape, pod_shape
from aws14.emulator.kubernetes.controllers.scaling_rights import may_scale
from aws14.emulator.kubernetes.controllers.sight import Object, Sight, controller_of, selects
from aws14.emulator.kubernetes.exchange import place_of
from aws14.sim.containers.node_autoscaling import NodeAutoscaler
from aws14.sim.containers.scheduling import why_not
from aws14.sim.containers.shapes import KubeNode

__all__ = ["WATCHES", "sync"]

WATCHES = frozenset({"Deployment", "node autoscaler"})
_IMAGE = "autoscaling/cluster-autoscaler"
_SOURCE = "cluster-autoscaler"
_NAMED = re.compile(r"--nodes=(\d+):(\d+):(\S+)")
_DISCOVERED = re.compile(r"--node-group-auto-discovery=asg:tag=(\S+)")
_LEAVING = "ToBeDeletedByClusterAutoscaler"


@dataclass(frozen=True)
class _Group:
    """An Auto Scaling group that is to follow the pods."""

    group: Any
    least: int
    most: int

    @property
    def name(self) -> str:
        """Of the group."""
        return str(self.group.name)

    @property
    def desired(self) -> int:
        """Instances it is to have."""
        return int(self.group.desired_capacity)


def sync(cluster: Sight) -> None:
    """Scan every ten seconds while the program is there."""
    notes, every = cluster.notes("node autoscaler"), typical_s("cluster-autoscaler looks")
    program = _program(cluster)
    if program is None:
        notes.pop("due", None)
        return
    if cluster.now < notes.get("due", 0.0):
        cluster.wake("node autoscaler", notes["due"])
        return
    container, pod = program
    for each in _groups(cluster, container):
        if not may_scale(cluster, pod, each.group):
            continue
        held = notes.setdefault("groups", {})
        known = held.setdefault(each.name, NodeAutoscaler(least=each.least, most=each.most))
        known.least, known.most = each.least, each.most
        _scan(cluster, each, known)
    notes["due"] = cluster.now + every
    cluster.wake("node autoscaler", notes["due"])


def _program(cluster: Sight) -> tuple[Object, Object] | None:
    """The container of the program, and the first ready pod in which it runs."""
    for each in cluster.all("Deployment"):
        container: Object = each["spec"]["template"]["spec"]["containers"][0]
        if _IMAGE in container["image"] and (each.get("status") or {}).get("readyReplicas"):
            labels = each["spec"]["selector"]
            pods = cluster.all("Pod", each["metadata"]["namespace"])
            ready = (pod for pod in pods if selects(labels, pod["metadata"].get("labels")) and is_ready(pod))
            pod = next(ready, None)
            return (container, pod) if pod is not None else None
    return None


def _groups(cluster: Sight, container: Object) -> list[_Group]:
    if "moto.autoscaling.models" not in sys.modules:
        return []
    from moto.autoscaling.models import autoscaling_backends

    account, region, _ = place_of(cluster.key)
    there = autoscaling_backends[account][region].autoscaling_groups
    said = " ".join([*(container.get("command") or ()), *(container.get("args") or ())])
    found = {
        name: _Group(there[name], int(low), int(high)) for low, high, name in _NAMED.findall(said) if name in there
    }
    for written in _DISCOVERED.findall(said):
        wanted = {each.partition("=")[0] for each in written.split(",")}
        for name, group in there.items():
            if wanted <= _tags(group):
                found.setdefault(name, _Group(group, int(group.min_size or 0), int(group.max_size or 0)))
    return list(found.values())


def _tags(group: Any) -> set[str]:
    return {str(tag.get("Key") or tag.get("key")) for tag in group.tags or ()}


def _members(cluster: Sight, group: _Group, *, leaving: bool) -> list[Object]:
    """Its nodes: those that are to go, or all others."""
    ids = {each.instance.id for each in group.group.instance_states}
    nodes = [node for node in cluster.all("Node") if node["spec"].get("providerID", "").rpartition("/")[2] in ids]
    return [node for node in nodes if _is_leaving(node) == leaving]


def _is_leaving(node: Object) -> bool:
    return any(each["key"] == _LEAVING for each in node["spec"].get("taints") or ())


def _scan(cluster: Sight, group: _Group, known: NodeAutoscaler) -> None:
    nodes, there = _members(cluster, group, leaving=False), bound(cluster)
    gone = _members(cluster, group, leaving=True)
    for node in gone:
        if not _guests(there.get(node["metadata"]["name"], ())):
            _terminate(group, node)
    shapes = [node_shape(node, there.get(node["metadata"]["name"], ())) for node in nodes if is_ready(node)]
    waiting = scheduler.unschedulable(cluster)
    fresh = _fresh(nodes, there, shapes)
    if fresh is None:
        return
    coming = [fresh] * max(0, group.desired - len(nodes) - len(gone))
    more = known.grow(cluster.now, [pod_shape(pod) for pod in waiting], coming, fresh=fresh, nodes=group.desired)
    if more:
        _grow(cluster, group, waiting, more)
        return
    if waiting:
        _say_none(cluster, group, waiting, fresh)
        return
    spare = max(0, group.desired - len(gone) - group.least)
    for name in known.shrink(cluster.now, shapes)[:spare]:
        _empty(cluster, next(node for node in nodes if node["metadata"]["name"] == name))


def _fresh(nodes: list[Object], there: dict[str, list[Object]], shapes: list[KubeNode]) -> KubeNode | None:
    """What a new node is like: as one of the group is, with nothing on it but its DaemonSets' pods."""
    if not shapes:
        return None
    like = next(node for node in nodes if node["metadata"]["name"] == shapes[0].name)
    own = [pod for pod in there.get(shapes[0].name, ()) if controller_of(pod).get("kind") == "DaemonSet"]
    return node_shape(like, own)


def _grow(cluster: Sight, group: _Group, waiting: list[Object], more: int) -> None:
    before, after = group.desired, group.desired + more
    _desire(group, after)
    for pod in waiting:
        text = f"pod triggered scale-up: [{{{group.name} {before}->{after} (max: {group.most})}}]"
        record(cluster, pod, "TriggeredScaleUp", text, source=_SOURCE)


def _say_none(cluster: Sight, group: _Group, waiting: list[Object], fresh: KubeNode) -> None:
    """Why no node comes for pods that wait, where none will."""
    for pod in waiting:
        lacks = why_not(pod_shape(pod), fresh)
        why = ", ".join(lacks) if lacks else "max node group size reached" if group.desired >= group.most else ""
        if why:
            text = f"pod didn't trigger scale-up: 1 {why}"
            record(cluster, pod, "NotTriggerScaleUp", text, source=_SOURCE)


def _desire(group: _Group, count: int) -> None:
    from aws14.emulator.scaling.capacity import change_desired

    change_desired(group.group, count, "a user request explicitly set group desired capacity")


def _guests(pods: Iterable[Object]) -> list[Object]:
    """The pods of a node that have to move: all but those of DaemonSets."""
    return [pod for pod in pods if controller_of(pod).get("kind") != "DaemonSet"]


def _empty(cluster: Sight, node: Object) -> None:
    """Taint a node and move its pods; its instance goes when they are gone."""
    record(cluster, node, "ScaleDown", "marked the node as toBeDeleted/unschedulable", source=_SOURCE)
    taint = {"key": _LEAVING, "value": f"{cluster.now:.0f}", "effect": "NoSchedule"}
    taints = [*(node["spec"].get("taints") or ()), taint]
    cluster.change(node, lambda thing: thing["spec"].update(taints=taints))
    for pod in _guests(bound(cluster).get(node["metadata"]["name"], ())):
        if not is_leaving(pod):
            record(cluster, pod, "ScaleDown", "deleting pod for node scale down", source=_SOURCE)
            cluster.delete(pod)


def _terminate(group: _Group, node: Object) -> None:
    """Terminate the instance of a node, with one less desired."""
    from aws14.emulator.scaling.life import look_again, take_out
    from aws14.emulator.scaling.records import at

    instance = node["spec"]["providerID"].rpartition("/")[2]
    members = [each for each in group.group.instance_states if each.instance.id == instance]
    if not members or members[0].lifecycle_state != "InService" or group.desired <= group.least:
        return
    before = group.desired
    group.group.desired_capacity -= 1
    why = f"instance {instance} was taken out of service in response to a user request"
    take_out(group.group, members[0], [at(f"{why}, shrinking the capacity from {before} to {before - 1}")])
    look_again(group.group)
