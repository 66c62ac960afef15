"""A service and what stands behind it, read from a topology: workload, autoscaler, nodes.

What a workload says of itself is read by `aws14.sim.containers.written`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from aws14.errors import DesignError
from aws14.model import Node, Topology
from aws14.sim.containers.behaviour import DOWN, UP, Behaviour, Policy, Side
from aws14.sim.containers.horizontal import Scaling
from aws14.sim.containers.shapes import Pod
from aws14.sim.containers.written import Workload, read_workload, texts, unreadable, whole

__all__ = ["Group", "Horizontal", "Setup", "read_setup"]

_AUTOSCALER = "cluster-autoscaler"
_PLACES = ("node_group", "fargate_profile")
_LASTING = ("Deployment", "StatefulSet")


@dataclass(frozen=True, kw_only=True, slots=True)
class Horizontal:
    """A HorizontalPodAutoscaler: how far and how fast, and the percentage of the CPU request it aims at."""

    node: str
    scaling: Scaling
    target: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Where pods run.

    Parameters
    ----------
    node : str
        Id of the node group or Fargate profile.
    fargate : bool
        Whether each pod has a machine of its own.
    instance_type : str
        Of a node; empty on Fargate.
    least, most, nodes : int
        Bounds, and nodes at the start; 0 on Fargate.
    zones : tuple of str
        Where nodes stand.
    autoscaled : bool
        Whether cluster-autoscaler runs in the cluster.
    """

    node: str
    fargate: bool
    instance_type: str
    least: int
    most: int
    nodes: int
    zones: tuple[str, ...]
    autoscaled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Setup:
    """A service with all that answers it.

    Parameters
    ----------
    service : Node
        The ``pod_service``.
    workload : Workload
        Whose pods answer.
    horizontal : Horizontal or None
        What scales them.
    group : Group
        Where they run.
    others : tuple of Pod
        Pods of other workloads that stand there, too.
    """

    service: Node
    workload: Workload
    horizontal: Horizontal | None
    group: Group
    others: tuple[Pod, ...]


def read_setup(topology: Topology, service: Node) -> Setup | None:
    """What answers a service; None when it selects no workload.

    Raises
    ------
    DesignError
        When an attribute that decides was not read back, or cannot be read.
    """
    workload = _end(topology, service.id, ("workload",))
    if workload is None:
        return None
    group = _place(topology, workload)
    others = [each for each in _lasting(topology, workload) if _place(topology, each, group) == group]
    return Setup(
        service=service,
        workload=read_workload(workload),
        horizontal=_horizontal(topology, workload),
        group=_group(topology, group),
        others=tuple(
            _numbered(read_workload(each).pod, number) for each in others for number in range(whole(each, "replicas"))
        ),
    )


def _numbered(pod: Pod, number: int) -> Pod:
    from dataclasses import replace

    return replace(pod, name=f"{pod.name}-{number + 1}")


def _horizontal(topology: Topology, workload: Node) -> Horizontal | None:
    sources = (topology.node(link.source) for link in topology.links_of("routes", target=workload.id))
    node = next((each for each in sources if each.kind == "pod_autoscaler"), None)
    if node is None:
        return None
    if str(node.require("metric")) != "cpu" or whole(node, "target") <= 0:
        given = f"{node.require('metric')} and a target of {node.require('target')}"
        raise DesignError(f"{node.id} goes by {given}", allowed="cpu, in percent of the request (averageUtilization)")
    written = [_policy(node, each) for each in texts(node, "behavior")]
    sides = {
        name: Side(
            window_s=float(whole(node, f"scale_{name}_window_s")),
            policies=tuple(policy for side, policy in written if side == name) or usual.policies,
        )
        for name, usual in (("up", UP), ("down", DOWN))
    }
    return Horizontal(
        node=node.id,
        target=float(whole(node, "target")),
        scaling=Scaling(
            min_replicas=whole(node, "min_replicas"),
            max_replicas=whole(node, "max_replicas"),
            behaviour=Behaviour(up=sides["up"], down=sides["down"]),
        ),
    )


def _policy(node: Node, text: str) -> tuple[str, Policy]:
    found = re.fullmatch(r"(up|down) (Pods|Percent) (\d+)/(\d+)", text)
    if found is None:
        raise unreadable(node, "behavior", text, "up Pods 4/15")
    return found[1], Policy(kind=found[2], value=float(found[3]), period_s=float(found[4]))


def _lasting(topology: Topology, workload: Node) -> list[Node]:
    """The other workloads whose pods stand all the time."""
    return [
        each
        for each in topology.of_kind("workload")
        if each.id != workload.id and each.require("workload_kind") in _LASTING
    ]


def _place(topology: Topology, workload: Node, usual: Node | None = None) -> Node:
    """Where the pods of a workload run; pods that stand nowhere yet: at the one group there is, else `usual`."""
    found = _end(topology, workload.id, _PLACES)
    if found is not None:
        return found
    groups = topology.of_kind("node_group")
    if len(groups) == 1:
        return groups[0]
    if usual is not None:
        return usual
    raise DesignError(
        f"nothing says where the pods of {workload.id} run",
        allowed="a node group or a Fargate profile of the cluster, on which a pod of it stood when it was read back",
    )


def _group(topology: Topology, node: Node) -> Group:
    fargate = node.kind == "fargate_profile"
    scaler = any(
        _AUTOSCALER in " ".join((each.id, *texts(each, "containers"))) for each in topology.of_kind("workload")
    )
    return Group(
        node=node.id,
        fargate=fargate,
        instance_type="" if fargate else str(node.require("instance_type")),
        least=0 if fargate else whole(node, "min_size"),
        most=0 if fargate else whole(node, "max_size"),
        nodes=0 if fargate else whole(node, "desired"),
        zones=texts(node, "zones") or ("",),
        autoscaled=scaler and not fargate,
    )


def _end(topology: Topology, source: str, kinds: tuple[str, ...]) -> Node | None:
    ends = (topology.node(link.target) for link in topology.links_of("routes", source=source))
    return next((node for node in ends if node.kind in kinds), None)
