"""A service and what stands behind it, read from a topology: workload, autoscaler, nodes.

Containers, probes, spread constraints and policies come as text (`aws14.model.kinds`); this is the one place that reads
them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from aws14.errors import DesignError
from aws14.model import Node, Topology
from aws14.sim.containers.behaviour import DOWN, UP, Behaviour, Policy, Side
from aws14.sim.containers.horizontal import Scaling
from aws14.sim.containers.shapes import Pod, Spread

__all__ = ["Container", "Group", "Horizontal", "Probe", "Setup", "Workload", "read_setup", "read_workload"]

_AUTOSCALER = "cluster-autoscaler"
_PLACES = ("node_group", "fargate_profile")
_LASTING = ("Deployment", "StatefulSet")


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """A container: image, requests and limits in thousandths of a vCPU and MiB (0: none)."""

    name: str
    image: str
    cpu_m: int
    memory_mib: int
    cpu_limit_m: int
    memory_limit_mib: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """A readiness probe: first after `delay_s`, then every `period_s`."""

    delay_s: float
    period_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Workload:
    """A workload as it is written.

    Parameters
    ----------
    node : str
        Id of its node.
    replicas : int
        Pods it is to have.
    containers : tuple of Container
        Of each pod.
    readiness : Probe or None
        The slowest of its containers' readiness probes.
    pre_stop_s : float
        How long a pod waits, still serving, before its program is told to end.
    surge, unavailable : str
        Of its rolling update, as written.
    min_ready_s : float
        How long a pod must be ready to be available.
    pod : Pod
        What one of its pods asks of a node.
    """

    node: str
    replicas: int
    containers: tuple[Container, ...]
    readiness: Probe | None
    pre_stop_s: float
    surge: str
    unavailable: str
    min_ready_s: float
    pod: Pod

    @property
    def cpu_limit_m(self) -> int:
        """Thousandths of a vCPU that a pod may use at most; 0 when a container has no limit."""
        limits = [each.cpu_limit_m for each in self.containers]
        return sum(limits) if all(limits) else 0


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
            _numbered(read_workload(each).pod, number) for each in others for number in range(_whole(each, "replicas"))
        ),
    )


def _numbered(pod: Pod, number: int) -> Pod:
    from dataclasses import replace

    return replace(pod, name=f"{pod.name}-{number + 1}")


def read_workload(node: Node) -> Workload:
    """A workload from its node."""
    containers = tuple(_container(node, each) for each in _texts(node, "containers"))
    probes = [_probe(node, each) for each in _texts(node, "probes") if each.split()[1:2] == ["readiness"]]
    waits = [re.search(r"sleep=(\d+(?:\.\d+)?)", each) for each in _texts(node, "probes") if " preStop " in each]
    return Workload(
        node=node.id,
        replicas=_whole(node, "replicas"),
        containers=containers,
        readiness=max(probes, key=lambda probe: probe.delay_s, default=None),
        pre_stop_s=max((float(found[1]) for found in waits if found), default=0.0),
        surge=str(node.require("surge")) or "25%",
        unavailable=str(node.require("unavailable")) or "25%",
        min_ready_s=float(_whole(node, "min_ready_s")),
        pod=Pod(
            name=node.id,
            namespace=str(node.require("namespace")),
            cpu_m=sum(each.cpu_m for each in containers),
            memory_mib=sum(each.memory_mib for each in containers),
            labels={"workload": node.id},
            node_selector=dict(_pair(node, each) for each in _texts(node, "node_selector")),
            spread=tuple(_spread(node, each) for each in _texts(node, "spread")),
        ),
    )


def _container(node: Node, text: str) -> Container:
    words = text.split()
    if len(words) != len(Container.__slots__) or not all(word.isdecimal() for word in words[2:]):
        raise _unreadable(node, "containers", text, "web python:3.13-slim 250 256 500 512")
    cpu_m, memory_mib, cpu_limit_m, memory_limit_mib = map(int, words[2:])
    # Kubernetes takes a limit without a request as the request, too.
    return Container(
        name=words[0], image=words[1], cpu_m=cpu_m or cpu_limit_m, memory_mib=memory_mib or memory_limit_mib,
        cpu_limit_m=cpu_limit_m, memory_limit_mib=memory_limit_mib,
    )  # fmt: skip


def _probe(node: Node, text: str) -> Probe:
    given = dict(re.findall(r"(delay|period)=(\d+(?:\.\d+)?)", text))
    if "period" not in given:
        raise _unreadable(node, "probes", text, "web readiness /healthz 8080 delay=0 period=10 failures=3")
    return Probe(delay_s=float(given.get("delay", 0)), period_s=max(1.0, float(given["period"])))


def _spread(node: Node, text: str) -> Spread:
    words = text.split()
    if len(words) != 3 or not words[1].isdecimal():
        raise _unreadable(node, "spread", text, "topology.kubernetes.io/zone 1 DoNotSchedule")
    hard = words[2] == "DoNotSchedule"
    return Spread(topology_key=words[0], max_skew=int(words[1]), hard=hard, selector={"workload": node.id})


def _pair(node: Node, text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise _unreadable(node, "node_selector", text, "disk=ssd")
    return key, value


def _horizontal(topology: Topology, workload: Node) -> Horizontal | None:
    sources = (topology.node(link.source) for link in topology.links_of("routes", target=workload.id))
    node = next((each for each in sources if each.kind == "pod_autoscaler"), None)
    if node is None:
        return None
    if str(node.require("metric")) != "cpu" or _whole(node, "target") <= 0:
        given = f"{node.require('metric')} and a target of {node.require('target')}"
        raise DesignError(f"{node.id} goes by {given}", allowed="cpu, in percent of the request (averageUtilization)")
    written = [_policy(node, each) for each in _texts(node, "behavior")]
    sides = {
        name: Side(
            window_s=float(_whole(node, f"scale_{name}_window_s")),
            policies=tuple(policy for side, policy in written if side == name) or usual.policies,
        )
        for name, usual in (("up", UP), ("down", DOWN))
    }
    return Horizontal(
        node=node.id,
        target=float(_whole(node, "target")),
        scaling=Scaling(
            min_replicas=_whole(node, "min_replicas"),
            max_replicas=_whole(node, "max_replicas"),
            behaviour=Behaviour(up=sides["up"], down=sides["down"]),
        ),
    )


def _policy(node: Node, text: str) -> tuple[str, Policy]:
    found = re.fullmatch(r"(up|down) (Pods|Percent) (\d+)/(\d+)", text)
    if found is None:
        raise _unreadable(node, "behavior", text, "up Pods 4/15")
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
        _AUTOSCALER in " ".join((each.id, *_texts(each, "containers"))) for each in topology.of_kind("workload")
    )
    return Group(
        node=node.id,
        fargate=fargate,
        instance_type="" if fargate else str(node.require("instance_type")),
        least=0 if fargate else _whole(node, "min_size"),
        most=0 if fargate else _whole(node, "max_size"),
        nodes=0 if fargate else _whole(node, "desired"),
        zones=_texts(node, "zones") or ("",),
        autoscaled=scaler and not fargate,
    )


def _end(topology: Topology, source: str, kinds: tuple[str, ...]) -> Node | None:
    ends = (topology.node(link.target) for link in topology.links_of("routes", source=source))
    return next((node for node in ends if node.kind in kinds), None)


def _texts(node: Node, name: str) -> tuple[str, ...]:
    value = node.require(name)
    if isinstance(value, tuple):
        return value
    return tuple(str(value).split("\n")) if value else ()


def _whole(node: Node, name: str) -> int:
    value = node.require(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DesignError(f"{name} of {node.kind} '{node.id}' is {value!r}", allowed="a number")
    return int(value)


def _unreadable(node: Node, name: str, text: str, example: str) -> DesignError:
    return DesignError(f"{name} of {node.kind} '{node.id}' says '{text}'", allowed=f"'{example}'")
