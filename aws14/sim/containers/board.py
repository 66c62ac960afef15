"""What a cluster holds at a moment of a run: its nodes, its pods, and what was said of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from aws14.model import Event
from aws14.sim.containers.shapes import HOSTNAME, ZONE, KubeNode, Pod

_NEVER = math.inf


@dataclass(slots=True, eq=False)
class LiveNode:
    """A node in a run; times in seconds of the run, infinite while they have not come.

    Parameters
    ----------
    name, zone : str
        Who it is, and where.
    shape : KubeNode
        What it offers, empty but for its own pods.
    launched_s, ready_s, lost_s, silent_s, gone_s : float
        Paid for; takes pods; its hardware fails; Kubernetes notices; no longer paid for.
    images : set of str
        Versions whose image it has.
    pods : list of LivePod
        Those bound to it.
    """

    name: str
    zone: str
    shape: KubeNode
    launched_s: float
    ready_s: float
    lost_s: float = _NEVER
    silent_s: float = _NEVER
    gone_s: float = _NEVER
    images: set[str] = field(default_factory=set)
    pods: list[LivePod] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class LivePod:
    """A pod in a run; times as of `LiveNode`.

    Parameters
    ----------
    name, version : str
        Who it is, and what it runs.
    spec : Pod
        What it asks of a node.
    created_s, started_s, listens_s, ready_s, ended_s, gone_s : float
        Wanted; its containers run; its program listens; it passes its probe; told to end; its place is free.
    node : LiveNode or None
        Where it is bound.
    works : bool
        Whether its program ever listens.
    init_s : float
        How long its program takes to start on one vCPU.
    row : int
        Row of the engine, -1 while no endpoint.
    """

    name: str
    version: str
    spec: Pod
    created_s: float
    works: bool = True
    init_s: float = 0.0
    node: LiveNode | None = None
    started_s: float = _NEVER
    listens_s: float = _NEVER
    ready_s: float = _NEVER
    ended_s: float = _NEVER
    gone_s: float = _NEVER
    told: bool = False
    row: int = -1

    @property
    def stands(self) -> bool:
        """Whether it is one of the pods that a workload has."""
        return self.ended_s == _NEVER

    @property
    def ready(self) -> bool:
        """Whether it is ready, and not told to end."""
        return self.stands and self.ready_s < _NEVER


class Board:
    """Nodes and pods of a run.

    Attributes
    ----------
    nodes, pods : list
        Those that exist; what is gone is kept in `past_nodes` and `past_pods`.
    events : list of Event
        What was said.
    changed : callable
        Called after anything changed that is counted.
    """

    def __init__(self) -> None:
        self.nodes: list[LiveNode] = []
        self.pods: list[LivePod] = []
        self.past_nodes: list[LiveNode] = []
        self.past_pods: list[LivePod] = []
        self.events: list[Event] = []
        self.changed: Callable[[float], None] = lambda _: None

    def say(self, now_s: float, node: str, what: str, text: str) -> None:
        """Note an event."""
        self.events.append(Event(at_s=now_s, node=node, what=what, text=text))

    def standing(self, version: str | None = None) -> Iterator[LivePod]:
        """The pods that the workload has, of one version or of all."""
        return (pod for pod in self.pods if pod.stands and version in (None, pod.version))

    def pending(self) -> list[LivePod]:
        """Pods without a node, the oldest first."""
        return [pod for pod in self.pods if pod.stands and pod.node is None]

    def ready_nodes(self, now_s: float) -> list[LiveNode]:
        """Nodes that take pods."""
        return [node for node in self.nodes if node.ready_s <= now_s and node.silent_s == _NEVER]

    def shapes(self, now_s: float) -> list[KubeNode]:
        """The nodes that take pods, as the scheduler sees them."""
        return [shape_of(node) for node in self.ready_nodes(now_s)]

    def node(self, name: str) -> LiveNode | None:
        """The node of this name."""
        return next((node for node in self.nodes if node.name == name), None)

    def drop_pod(self, pod: LivePod, now_s: float) -> None:
        """Let a pod be gone."""
        pod.gone_s = now_s
        self.pods.remove(pod)
        self.past_pods.append(pod)
        if pod.node is not None:
            pod.node.pods.remove(pod)

    def drop_node(self, node: LiveNode, now_s: float) -> None:
        """Let a node be gone."""
        node.gone_s = now_s
        self.nodes.remove(node)
        self.past_nodes.append(node)


def shape_of(node: LiveNode) -> KubeNode:
    """A node as the scheduler sees it, with the pods bound to it."""
    return replace(node.shape, pods=(*node.shape.pods, *(pod.spec for pod in node.pods)))


def named(shape: KubeNode, name: str, zone: str) -> KubeNode:
    """What a new node of this name and zone offers."""
    return replace(shape, name=name, labels={HOSTNAME: name, ZONE: zone})
