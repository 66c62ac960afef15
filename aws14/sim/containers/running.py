"""A run through the pods of a service: segments of the engine, and between them what is due.

Each tick of the engine is 15 s, as often as the HorizontalPodAutoscaler looks. Left out: health checks of the load
balancer against nodes (kube-proxy on the others goes on sending to pods of a lost node until it is NotReady), CPU that
programs use while they start, liveness probes, memory, databases.
"""

from __future__ import annotations

import math
from functools import partial
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import AzOutage, ClusterRecord, Fault, FleetRecord, InstanceLoss, Scenario
from aws14.sim.accounting import TICK_S
from aws14.sim.containers.board import Board
from aws14.sim.containers.life import Life
from aws14.sim.containers.looks import Looks
from aws14.sim.containers.machines import Machines
from aws14.sim.containers.read import Setup
from aws14.sim.containers.scheduling import place, why_not
from aws14.sim.containers.serving import Serving
from aws14.sim.containers.shapes import Pod
from aws14.sim.containers.steps import Steps
from aws14.sim.containers.versions import Versions
from aws14.sim.fleet.agenda import Agenda
from aws14.sim.intensity import intensity
from aws14.sim.tier_rules import TierRequests, TierRules
from aws14.sim.web_tier import WebTier

_UNCHECKED_S, _M_PER_VCPU, _PERCENT = 30.0, 1000, 100


class PodsRun:
    """A service on its way through a scenario.

    Parameters
    ----------
    setup : Setup
        What answers.
    scenario : Scenario
        Application, faults, rollouts, length.
    requests : TierRequests
        The load.

    Raises
    ------
    ScenarioError
        When a fault or rollout names what was not built, or the application asks a database.
    """

    def __init__(self, setup: Setup, scenario: Scenario, requests: TierRequests) -> None:
        _require_playable(setup, scenario)
        self.setup, self.scenario = setup, scenario
        self.every_s = catalog.durations()["Kubernetes HPA looks"].typical_s
        self.web = WebTier(requests, _rules(scenario), nodes=1, horizon_s=scenario.horizon_s, tick_s=self.every_s)
        self.board, self._agenda, workload = Board(), Agenda(), setup.workload
        self.serving = Serving(
            self.web,
            self._agenda,
            limit_m=workload.cpu_limit_m,
            request_m=workload.pod.cpu_m,
            workers_per_vcpu=scenario.application.workers_per_vcpu,
            pre_stop_s=workload.pre_stop_s,
        )
        life = Life(self.board, self.serving, self._agenda, workload=workload, fargate=setup.group.fargate)
        self.versions = Versions(workload, self.board, life, init_s=scenario.application.init_s)
        self._machines = Machines(setup.group, self.board, life, serving=self.serving, agenda=self._agenda)
        self.steps = Steps(self.board, lambda: self.versions.desired, span_s=(scenario.horizon_s, TICK_S))
        self._worker_m = np.zeros(len(self.web.state.minute_s))
        self._begin(life)
        if setup.horizontal is not None:
            self._looks = Looks(
                setup.horizontal, self.board, self.serving, versions=self.versions, every_s=self.every_s
            )
            self._agenda.write(self.every_s, self._look)
        for rollout in scenario.rollouts:
            self._agenda.write(rollout.at_s, partial(self.versions.roll_out, rollout))
        for fault in scenario.faults:
            self._agenda.write(fault.starts_s, partial(self._break, fault))

    def _begin(self, life: Life) -> None:
        """Let nodes and pods stand as they did before the run: scaled to its first load, if anything scales them."""
        self._machines.begin(self.setup.group.nodes)
        self.versions.desired = _scaled_before(self.setup, self.scenario)
        _spread_others(self.board, self.setup.others)
        self.versions.begin()
        life.place(0.0)
        while self._lacks_room() and len(self.board.nodes) < self.setup.group.most:
            self._machines.begin(1)
            life.place(0.0)
        for pod in [pod for pod in self.board.pods if pod.node is not None]:
            life.stood_before(pod)
        self.board.changed = self._changed
        self.board.events.clear()
        for pod in self.board.pending():
            pod.told = False
        self.versions.look(0.0)

    def _lacks_room(self) -> bool:
        """Whether another node would have room for a pod that has none; for one too large for any, none comes."""
        fresh = self._machines.fresh if self.setup.group.autoscaled else None
        return fresh is not None and any(not why_not(pod.spec, fresh) for pod in self.board.pending())

    def _changed(self, now_s: float) -> None:
        self.steps.note(now_s)
        self._machines.look_soon(now_s)

    def run(self) -> None:
        """Run to the horizon."""
        now_s, horizon_s = 0.0, self.scenario.horizon_s
        while now_s < horizon_s:
            self._agenda.do(now_s)
            # How much a busy worker uses changes with every pod that comes or goes.
            self._worker_m[int(now_s / self.every_s) :] = self.serving.busy_worker_m
            now_s = self._agenda.next_s(horizon_s)
            self.web.run_until(now_s)
        self.steps.note(horizon_s)
        self.board.events.sort(key=attrgetter("at_s"))

    def _look(self, now_s: float) -> None:
        self._looks.look(now_s)
        if now_s + self.every_s <= self.scenario.horizon_s:
            self._agenda.write(now_s + self.every_s, self._look)

    def _break(self, fault: Fault, now_s: float) -> None:
        if isinstance(fault, InstanceLoss):
            standing = [node for node in self.board.ready_nodes(now_s) if node.lost_s == math.inf]
            fits = [node for node in standing if fault.node in (node.name, self.setup.group.node)]
            hit = max(fits, key=lambda node: len(node.pods), default=None)
            if hit is not None:
                self._machines.lose(hit, now_s)
        elif isinstance(fault, AzOutage):
            self._darken(fault, now_s)

    def _darken(self, fault: AzOutage, now_s: float) -> None:
        self._machines.dark.add(fault.az)
        self.board.say(now_s, fault.az, "failed", f"The zone {fault.az} lost its power.")
        for node in [node for node in self.board.nodes if node.zone == fault.az]:
            self._machines.lose(node, now_s)
        self._agenda.write(now_s + fault.lasts_s, lambda _: self._machines.dark.discard(fault.az))

    def fleet_record(self) -> FleetRecord:
        """The record of the pods; their CPU as a share of what they request, as the autoscaler reads it."""
        from aws14.kernels import tier_state as at

        requested_m = max(self.setup.workload.pod.cpu_m, 1)
        used = by_minute(self.web.state.minute_s[:, at.BUSY_S] * self._worker_m, self.every_s)
        ready_s = self.steps.ready_s()
        share = np.divide(used, ready_s * requested_m, out=np.full(len(used), math.nan), where=ready_s > 0)
        return self.steps.fleet(self.setup.workload.node, cpu_utilization=share, served=self._served())

    def _served(self) -> dict[str, int]:
        from aws14.kernels import tier_state as at

        counted = self.web.state.target[:, at.SERVED_COUNT]
        return {pod.name: int(counted[pod.row]) for pod in self.board.pods if pod.row >= 0}

    def cluster_record(self) -> ClusterRecord:
        """The record of the nodes."""
        return self.steps.cluster(self.setup.group.node, self.versions.names)


def by_minute(ticks: NDArray[np.float64], every_s: float) -> NDArray[np.float64]:
    """Sums by the minute of what is counted by shorter ticks. Shape (minutes, ...)."""
    each = round(TICK_S / every_s)
    missing = -len(ticks) % each
    padded = np.concatenate((ticks, np.zeros((missing, *ticks.shape[1:]), ticks.dtype)))
    summed: NDArray[np.float64] = padded.reshape(-1, each, *ticks.shape[1:]).sum(axis=1)
    return summed


def _spread_others(board: Board, others: tuple[Pod, ...]) -> None:
    """Give the pods of other workloads their places; they stay there."""
    from dataclasses import replace

    for pod in others:
        there = board.node(place(pod, board.shapes(0.0)).node)
        if there is not None:
            there.shape = replace(there.shape, pods=(*there.shape.pods, pod))


def _scaled_before(setup: Setup, scenario: Scenario) -> int:
    """Pods that the autoscaler wants under the load with which the run begins, as if it had been so for long."""
    workload, horizontal = setup.workload, setup.horizontal
    if horizontal is None or not workload.pod.cpu_m:
        return workload.replicas
    rate_rps = float(intensity(scenario.load, scenario.horizon_s).at(np.zeros(1))[0])
    used_m = rate_rps * scenario.application.service_time_s * _M_PER_VCPU
    wanted = math.ceil(used_m * _PERCENT / (workload.pod.cpu_m * horizontal.target))
    return max(horizontal.scaling.min_replicas, min(wanted, horizontal.scaling.max_replicas))


def _rules(scenario: Scenario) -> TierRules:
    application = scenario.application
    return TierRules(
        algorithm="weighted_random",
        interval_s=_UNCHECKED_S,
        timeout_s=_UNCHECKED_S,
        healthy_checks=1,
        unhealthy_checks=1,
        idle_s=math.inf,
        connect_s=application.client_timeout_s,
        patience_s=application.client_timeout_s,
        retries=scenario.retries,
        backlog=application.backlog,
        connections=application.max_connections,
    )


def _require_playable(setup: Setup, scenario: Scenario) -> None:
    if scenario.application.db_time_s > 0:
        raise ScenarioError(
            f"db_time_s is {scenario.application.db_time_s:g}, and runs through pods ask no database",
            cure="count the wait for the database into service_time_s, and set db_time_s=0",
        )
    for rollout in scenario.rollouts:
        if rollout.node != setup.workload.node:
            raise ScenarioError(
                f"there is no workload '{rollout.node}' behind {setup.service.id}", allowed=setup.workload.node
            )
    for fault in scenario.faults:
        zone_known = isinstance(fault, AzOutage) and fault.az in setup.group.zones
        node_known = isinstance(fault, InstanceLoss) and fault.node.startswith(setup.group.node)
        if not (zone_known or node_known):
            raise ScenarioError(
                f"{fault} breaks nothing that {setup.service.id} runs on",
                allowed=f"InstanceLoss of {setup.group.node}, AzOutage of {', '.join(setup.group.zones)}",
            )
