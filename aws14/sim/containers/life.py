"""The life of pods in a run: placed, started, ready, told to end, gone."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from aws14 import catalog
from aws14.sim.containers.board import Board, LiveNode, LivePod
from aws14.sim.containers.fargate import size_of
from aws14.sim.containers.scheduling import place
from aws14.sim.containers.serving import Serving
from aws14.sim.containers.shapes import KubeNode, Pod
from aws14.sim.containers.written import Workload
from aws14.sim.fleet.agenda import Agenda

_M_PER_VCPU, _MIB_PER_GIB = 1000, 1024


class Life:
    """What becomes of pods.

    Parameters
    ----------
    board : Board
        Nodes and pods.
    serving : Serving
        Their endpoints.
    agenda : Agenda
        Where what comes later is written.
    workload : Workload
        Whose pods they are.
    fargate : bool
        Whether each gets a machine of its own.

    Attributes
    ----------
    heard : callable
        Called when a pod became available, or is gone.
    homeless : callable
        Called when pods found no node.
    """

    def __init__(self, board: Board, serving: Serving, agenda: Agenda, *, workload: Workload, fargate: bool) -> None:
        self._board, self._serving, self._agenda = board, serving, agenda
        self._workload, self._fargate = workload, fargate
        durations = catalog.durations()
        self._starts_s = durations["Kubernetes container starts"].typical_s
        self._pulls_s = durations["Kubernetes image pulled to a node, the first time"].typical_s
        self._fargate_s = durations["EKS Fargate pod starts"].typical_s
        self.heard: Callable[[float], None] = lambda _: None
        self.homeless: Callable[[float], None] = lambda _: None

    def place(self, now_s: float) -> None:
        """Let the scheduler look at all pods without a node."""
        pending = self._board.pending()
        if self._fargate:
            for pod in pending:
                self._bind(pod, self._own_machine(pod, now_s), now_s)
            return
        shapes = self._board.shapes(now_s) if pending else []
        left = False
        for pod in pending:
            placement = place(pod.spec, shapes)
            node = self._board.node(placement.node) if placement.node else None
            if node is None:
                left = True
                if not pod.told:
                    pod.told = True
                    self._board.say(now_s, pod.name, "unschedulable", placement.message)
                continue
            self._bind(pod, node, now_s)
            shapes = self._board.shapes(now_s)
        if left:
            self.homeless(now_s)

    def _own_machine(self, pod: LivePod, now_s: float) -> LiveNode:
        size = size_of(pod.spec.cpu_m, pod.spec.memory_mib)
        name = f"fargate-{pod.name}"
        shape = KubeNode(
            name=name, cpu_m=int(size.vcpu * _M_PER_VCPU), memory_mib=size.memory_gib * _MIB_PER_GIB, max_pods=1
        )
        node = LiveNode(name=name, zone="", shape=shape, launched_s=now_s, ready_s=now_s + self._fargate_s)
        self._board.nodes.append(node)
        return node

    def _bind(self, pod: LivePod, node: LiveNode, now_s: float) -> None:
        pod.node = node
        node.pods.append(pod)
        self._serving.repace(node)
        pulls_s = 0.0 if pod.version in node.images else self._pulls_s
        node.images.add(pod.version)
        from_s = max(now_s, node.ready_s)
        self._agenda.write(from_s + pulls_s + self._starts_s, partial(self._start, pod))
        self._board.changed(now_s)

    def stood_before(self, pod: LivePod) -> None:
        """Let a bound pod have been ready long before the run."""
        assert pod.node is not None
        long_ago_s = -86_400.0
        pod.node.ready_s = min(pod.node.ready_s, 0.0)
        pod.node.images.add(pod.version)
        pod.started_s = pod.listens_s = pod.ready_s = long_ago_s
        self._serving.open(pod, 0.0)

    def _start(self, pod: LivePod, now_s: float) -> None:
        if not pod.stands or pod.node is None or pod.node.lost_s <= now_s or pod.started_s < math.inf:
            return
        pod.started_s = now_s
        share = self._serving.cpu_m(pod.node) / _M_PER_VCPU
        pod.listens_s = now_s + pod.init_s / min(1.0, share) if pod.works else math.inf
        probe = self._workload.readiness
        if probe is None:
            self._agenda.write(now_s, partial(self._become_ready, pod))
        elif pod.works:
            looks = max(0, math.ceil((pod.listens_s - now_s - probe.delay_s) / probe.period_s))
            self._agenda.write(now_s + probe.delay_s + looks * probe.period_s, partial(self._become_ready, pod))
        if pod.works:
            self._agenda.write(pod.listens_s, partial(self._listen, pod))

    def _listen(self, pod: LivePod, now_s: float) -> None:
        if pod.stands and pod.node is not None and pod.node.lost_s > now_s:
            self._serving.listen(pod)

    def _become_ready(self, pod: LivePod, now_s: float) -> None:
        if not pod.stands or pod.node is None or pod.node.lost_s <= now_s:
            return
        pod.ready_s = now_s
        self._serving.open(pod, now_s)
        self._board.say(now_s, pod.name, "in_service", f"{pod.name} is ready on {pod.node.name}.")
        self._board.changed(now_s)
        self._agenda.write(now_s + self._workload.min_ready_s, self.heard)

    def available(self, pod: LivePod, now_s: float) -> bool:
        """Whether a pod has been ready for long enough."""
        return pod.ready and pod.ready_s + self._workload.min_ready_s <= now_s

    def end(self, pod: LivePod, now_s: float) -> None:
        """Tell a pod to end."""
        pod.ended_s = now_s
        if pod.node is not None and pod.node.lost_s <= now_s:
            self._serving.close(pod)
            self._go(pod, now_s)
            return
        self._board.changed(now_s)
        self._serving.end(pod, now_s, partial(self._go, pod))

    def _go(self, pod: LivePod, now_s: float) -> None:
        if pod.gone_s < math.inf:
            return
        node = pod.node
        self._serving.close(pod)
        self._board.drop_pod(pod, now_s)
        self._serving.paces.pop(pod, None)
        if node is not None:
            self._serving.repace(node)
            if self._fargate:
                self._board.drop_node(node, now_s)
        self._board.changed(now_s)
        self.heard(now_s)


def spec_of(workload: Workload, name: str) -> Pod:
    """What a pod of this name asks of a node."""
    from dataclasses import replace

    return replace(workload.pod, name=name)
