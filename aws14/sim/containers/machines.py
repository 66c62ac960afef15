"""The nodes of a cluster in a run: they come for pods that wait, go when hardly used, break and are replaced.

Lost hardware is noticed when its kubelet was silent for so long; then its pods leave the service, five minutes later
others take their place. The Auto Scaling group replaces the machine on its own.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import partial

from aws14 import catalog
from aws14.sim.containers.board import Board, LiveNode, shape_of
from aws14.sim.containers.eviction import node_times
from aws14.sim.containers.life import Life
from aws14.sim.containers.node_autoscaling import NodeAutoscaler
from aws14.sim.containers.packing import fresh_node
from aws14.sim.containers.read import Group
from aws14.sim.containers.serving import Serving
from aws14.sim.containers.shapes import KubeNode
from aws14.sim.fleet.agenda import Agenda

_LONG_AGO_S = -86_400.0


class Machines:
    """The nodes of a node group; on Fargate there is nothing to do but to lose them.

    Parameters
    ----------
    group : Group
        As it is configured.
    board, life, serving, agenda
        Nodes and pods, what becomes of these, their endpoints, and where what comes later is written.

    Attributes
    ----------
    dark : set of str
        Zones without power: nothing is launched there.
    """

    def __init__(self, group: Group, board: Board, life: Life, *, serving: Serving, agenda: Agenda) -> None:
        self._group, self._board, self._life = group, board, life
        self._serving, self._agenda = serving, agenda
        self.dark: set[str] = set()
        self._launched, self._due_s = 0, math.inf
        durations = catalog.durations()
        self._boots_s = sum(
            durations[thing].typical_s for thing in ("EC2 instance pending to running", "EKS node running to joined")
        )
        self._looks_s = durations["cluster-autoscaler looks"].typical_s
        self._known_lost_s = durations["EC2 failure to failed status check"].typical_s
        self._shut_down_s = durations["EC2 instance shutting down to terminated"].typical_s
        self._scaler = NodeAutoscaler(least=group.least, most=group.most) if group.autoscaled else None
        life.homeless = self.look_soon

    @property
    def fresh(self) -> KubeNode:
        """What a new node offers."""
        return fresh_node(self._group.instance_type, "fresh")

    def begin(self, nodes: int) -> None:
        """Let so many nodes stand that stood before the run."""
        for _ in range(nodes):
            node = self._launch(_LONG_AGO_S)
            node.ready_s = _LONG_AGO_S

    def _launch(self, now_s: float) -> LiveNode:
        self._launched += 1
        zone = self._emptiest_zone()
        name = f"{self._group.node}-{self._launched}"
        node = LiveNode(
            name=name,
            zone=zone,
            shape=fresh_node(self._group.instance_type, name, zone),
            launched_s=now_s,
            ready_s=now_s + self._boots_s,
        )
        self._board.nodes.append(node)
        return node

    def _emptiest_zone(self) -> str:
        held = Counter(each.zone for each in self._board.nodes if each.lost_s == math.inf)
        zones = [zone for zone in self._group.zones if zone not in self.dark] or list(self._group.zones)
        return min(zones, key=lambda zone: held[zone])

    def _add(self, now_s: float, why: str) -> None:
        node = self._launch(now_s)
        self._board.say(now_s, node.name, "launched", f"A node was launched in {node.zone} {why}.")
        self._agenda.write(node.ready_s, partial(self._join, node))
        self._board.changed(now_s)

    def _join(self, node: LiveNode, now_s: float) -> None:
        if node.lost_s < math.inf or node.gone_s < math.inf:
            return
        self._board.say(now_s, node.name, "node_added", f"{node.name} is ready.")
        self._life.place(now_s)
        self.look_soon(now_s)
        self._board.changed(now_s)

    def look_soon(self, now_s: float) -> None:
        """Let cluster-autoscaler look at its next turn."""
        if self._scaler is not None:
            self._look_at(math.floor(now_s / self._looks_s + 1) * self._looks_s)

    def _look_at(self, at_s: float) -> None:
        if at_s < self._due_s:
            self._due_s = at_s
            self._agenda.write(at_s, partial(self._look, at_s))

    def _look(self, meant_s: float, now_s: float) -> None:
        if self._scaler is None or meant_s != self._due_s:
            return
        self._due_s = math.inf
        pending = [pod.spec for pod in self._board.pending()]
        standing = [node for node in self._board.nodes if node.lost_s == math.inf]
        coming = [shape_of(node) for node in standing if node.ready_s > now_s]
        more = self._scaler.grow(now_s, pending, coming, fresh=self.fresh, nodes=len(standing))
        for _ in range(more):
            self._add(now_s, "for pods that wait")
        if pending:
            self._look_at(now_s + self._looks_s)
        elif not coming and len(standing) > self._group.least:
            self._let_go(now_s)

    def _let_go(self, now_s: float) -> None:
        assert self._scaler is not None
        for name in self._scaler.shrink(now_s, self._board.shapes(now_s)):
            node = self._board.node(name)
            if node is not None:
                self._drain(node, now_s)
        due_s = self._scaler.due_s
        if due_s < math.inf:
            self._look_at(max(now_s + self._looks_s, due_s))

    def _drain(self, node: LiveNode, now_s: float) -> None:
        """Cordon a node, end its pods, and let it go when they are gone."""
        node.silent_s = now_s
        self._board.say(now_s, node.name, "node_removed", f"{node.name} was hardly used and is removed.")
        for pod in [pod for pod in node.pods if pod.stands]:
            self._board.say(now_s, pod.name, "evicted", f"{pod.name} moves from {node.name}.")
            self._life.end(pod, now_s)
        self._life.heard(now_s)
        self._empty(node, now_s)

    def _empty(self, node: LiveNode, now_s: float) -> None:
        if node.pods:
            self._agenda.write(now_s + 1.0, partial(self._empty, node))
            return
        self._board.drop_node(node, now_s)
        self._board.changed(now_s)

    def lose(self, node: LiveNode, now_s: float) -> None:
        """Let the hardware under a node fail for good."""
        if node.lost_s < math.inf:
            return
        node.lost_s = now_s
        times = node_times()
        self._board.say(now_s, node.name, "failed", f"The hardware under {node.name} failed.")
        for pod in node.pods:
            self._serving.silence(pod)
        self._agenda.write(now_s + times.not_ready_s, partial(self._notice, node))
        self._agenda.write(now_s + times.evicted_s, partial(self._evict, node))
        if not self._group.fargate:
            # A failed status check is all that the Auto Scaling group waits for; the node goes with its instance.
            self._agenda.write(now_s + self._known_lost_s, partial(self._replace, node))
            self._agenda.write(now_s + self._known_lost_s + self._shut_down_s, partial(self._remove, node))

    def _notice(self, node: LiveNode, now_s: float) -> None:
        node.silent_s = now_s
        self._board.say(now_s, node.name, "unhealthy", f"{node.name} is NotReady: nothing was heard of it.")
        for pod in node.pods:
            pod.ready_s = math.inf
            self._serving.close(pod)
        self._life.heard(now_s)

    def _evict(self, node: LiveNode, now_s: float) -> None:
        for pod in [pod for pod in node.pods if pod.stands]:
            self._board.say(now_s, pod.name, "evicted", f"{pod.name} was on {node.name}; another takes its place.")
            self._life.end(pod, now_s)
        self._life.heard(now_s)

    def _replace(self, node: LiveNode, now_s: float) -> None:
        """Let the Auto Scaling group launch another node in place of one that failed."""
        self._board.say(now_s, node.name, "terminated", f"{node.name} is terminated and replaced.")
        self._add(now_s, "in place of one that failed")
        self._life.heard(now_s)

    def _remove(self, node: LiveNode, now_s: float) -> None:
        """Let a node go whose instance is terminated, and its pods with it."""
        for pod in [pod for pod in node.pods if pod.stands]:
            self._board.say(now_s, pod.name, "evicted", f"{node.name} is gone, and {pod.name} with it.")
            self._life.end(pod, now_s)
        if node in self._board.nodes:
            self._board.drop_node(node, now_s)
        self._life.heard(now_s)
