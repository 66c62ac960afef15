"""Pods as endpoints of a service: when requests come to one, how fast it answers, and what it loses when it ends.

kube-proxy sends each connection to an endpoint at random. A pod has the CPU of its limit, or its share of a node all of
whose pods are busy, by their requests; a program that is told to end stops listening at once and loses what it holds
(PreStop lets it serve on until nobody sends to it any more).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from aws14 import catalog
from aws14.sim.containers.board import LiveNode, LivePod
from aws14.sim.fleet.agenda import Agenda
from aws14.sim.web_tier import WebTier

_M_PER_VCPU = 1000.0
_LEAST_WEIGHT_M = 2.0
"""Weight of a pod that requests no CPU: cgroups give it the least there is."""


class Serving:
    """The endpoints of a service.

    Parameters
    ----------
    web : WebTier
        The engine, with one node: the load balancer and kube-proxy together.
    agenda : Agenda
        Where what comes later is written.
    limit_m, request_m : float
        Thousandths of a vCPU that a pod may use (0: no limit), and requests.
    workers_per_vcpu : int
        Of the application.
    pre_stop_s : float
        How long a pod serves on when it is told to end.
    """

    def __init__(
        self,
        web: WebTier,
        agenda: Agenda,
        *,
        limit_m: float,
        request_m: float,
        workers_per_vcpu: int,
        pre_stop_s: float,
    ) -> None:
        self.web, self._agenda = web, agenda
        self._limit_m, self._request_m = limit_m, request_m
        self._per_vcpu, self._pre_stop_s = workers_per_vcpu, pre_stop_s
        asked = (limit_m or request_m) / _M_PER_VCPU
        self.workers = max(1, int(asked * workers_per_vcpu))
        self._leaves_s = catalog.durations()["Kubernetes endpoint leaves every node"].typical_s
        self.paces: dict[LivePod, float] = {}

    def cpu_m(self, node: LiveNode) -> float:
        """Thousandths of a vCPU that a pod has on a node when all of its pods are busy."""
        weights = [max(pod.cpu_m, _LEAST_WEIGHT_M) for pod in node.shape.pods]
        weights += [max(pod.spec.cpu_m, _LEAST_WEIGHT_M) for pod in node.pods]
        mine = max(self._request_m, _LEAST_WEIGHT_M)
        fair = node.shape.cpu_m * mine / max(sum(weights), mine)
        return min(self._limit_m or math.inf, fair)

    def pace(self, node: LiveNode) -> float:
        """How many times as long as on a whole processor a page takes there."""
        return max(1.0, self.workers / (self._per_vcpu * self.cpu_m(node) / _M_PER_VCPU))

    def repace(self, node: LiveNode) -> None:
        """Share the CPU of a node anew, after a pod came or went."""
        pace = self.pace(node)
        for pod in node.pods:
            self.paces[pod] = pace
            if pod.row >= 0:
                self.web.set_pace(pod.row, pace)

    @property
    def busy_worker_m(self) -> float:
        """Thousandths of a vCPU that a busy worker uses, on average over the endpoints."""
        paces = [pace for pod, pace in self.paces.items() if pod.row >= 0]
        return _M_PER_VCPU / self._per_vcpu / (sum(paces) / len(paces) if paces else 1.0)

    def open(self, pod: LivePod, now_s: float) -> None:
        """Make a pod an endpoint; one that does not listen yet refuses what comes."""
        pod.row = self.web.register(
            workers=self.workers, members=[0], reached=[True], health=["healthy"], first_check_s=math.inf
        )
        self.web.set_pace(pod.row, self.paces[pod])
        if pod.listens_s > now_s:
            self.web.refuse(pod.row)

    def listen(self, pod: LivePod) -> None:
        """Let an endpoint's program listen."""
        if pod.row >= 0:
            self.web.heal_target(pod.row)

    def silence(self, pod: LivePod) -> None:
        """Let an endpoint's machine fall silent."""
        if pod.row >= 0:
            self.web.break_target(pod.row)

    def close(self, pod: LivePod) -> None:
        """Send nothing more to a pod, and let it go with what it holds."""
        if pod.row >= 0:
            self.web.deregister(pod.row)
            self.web.remove(pod.row)
            pod.row = -1

    def end(self, pod: LivePod, now_s: float, gone: Callable[[float], None]) -> None:
        """End an endpoint: nobody sends to it a moment later, and its program ends when PreStop is over.

        Parameters
        ----------
        pod : LivePod
            An endpoint, or a pod that is none yet and goes at once.
        now_s : float
            The time.
        gone : callable
            Is told when it is gone.
        """
        if pod.row < 0:
            gone(now_s)
            return
        self._agenda.write(now_s + self._leaves_s, partial(self._leave, pod))
        self._agenda.write(now_s + self._pre_stop_s, partial(self._stop, pod))
        self._agenda.write(now_s + max(self._leaves_s, self._pre_stop_s), gone)

    def _leave(self, pod: LivePod, _now_s: float) -> None:
        if pod.row >= 0:
            self.web.deregister(pod.row)

    def _stop(self, pod: LivePod, _now_s: float) -> None:
        if pod.row >= 0:
            self.web.refuse(pod.row)
