"""The HorizontalPodAutoscaler in a run: every 15 s it reads what the pods use, and may change how many there are."""

from __future__ import annotations

import math

from aws14.sim.containers.board import Board, LivePod
from aws14.sim.containers.horizontal import HorizontalAutoscaler, PodReading, counts, recommend
from aws14.sim.containers.read import Horizontal
from aws14.sim.containers.serving import Serving
from aws14.sim.containers.versions import Versions


class Looks:
    """An autoscaler of pods on its way through a run.

    Parameters
    ----------
    horizontal : Horizontal
        As it is written.
    board, serving, versions
        The pods, what they use, and who makes them.
    every_s : float
        How often it looks: also over how long the use of a pod is measured.
    """

    def __init__(
        self, horizontal: Horizontal, board: Board, serving: Serving, *, versions: Versions, every_s: float
    ) -> None:
        self._horizontal, self._board, self._serving = horizontal, board, serving
        self._versions, self._every_s = versions, every_s
        self._autoscaler = HorizontalAutoscaler(horizontal.scaling)
        self._told = ""

    def look(self, now_s: float) -> None:
        """Read the pods, decide, and carry it out."""
        pods = list(self._board.standing())
        usage_m = self._usage_m(now_s)
        readings = [self._reading(pod, now_s, usage_m) for pod in pods]
        current = self._versions.desired
        found = recommend(readings, current=current, target=self._horizontal.target)
        decision = self._autoscaler.step(now_s, current, [found])
        if decision.replicas != current:
            percent = f" at {found.value:.0f} % of the request" if found else ""
            text = f"From {current} to {decision.replicas} pods{percent} ({decision.reason})."
            self._board.say(now_s, self._horizontal.node, "desired", text)
            self._versions.scale(decision.replicas, now_s)
        elif decision.reason != self._told and decision.reason in ("TooManyReplicas", "FailedGetResourceMetric"):
            text = f"It stays at {current} pods: {decision.reason}."
            self._board.say(now_s, self._horizontal.node, "desired", text)
        self._told = decision.reason

    def _usage_m(self, now_s: float) -> float:
        """Thousandths of a vCPU that a pod which takes requests used, on average since the last look."""
        from aws14.kernels import tier_state as at

        endpoints = sum(pod.row >= 0 for pod in self._board.pods)
        tick = round(now_s / self._every_s) - 1
        busy_s = float(self._serving.web.state.minute_s[tick, at.BUSY_S])
        return busy_s / self._every_s * self._serving.busy_worker_m / max(endpoints, 1)

    def _reading(self, pod: LivePod, now_s: float, usage_m: float) -> PodReading:
        lost = pod.node is not None and pod.node.lost_s <= now_s
        known = pod.started_s + self._every_s <= now_s and not lost
        ready = counts(
            now_s=now_s,
            started_s=min(pod.started_s, now_s),
            ready=pod.ready,
            ready_since_s=pod.ready_s if pod.ready else 0.0,
            read_s=now_s,
            window_s=self._every_s,
        )
        usage = (usage_m if pod.row >= 0 else 0.0) if known else None
        return PodReading(usage=usage, request=pod.spec.cpu_m, ready=ready and pod.started_s < math.inf)
