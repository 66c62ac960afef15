"""A Deployment in a run: as many pods as it wants, of the versions that its rollout allows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from aws14.model import Rollout
from aws14.sim.containers.board import Board, LivePod
from aws14.sim.containers.life import Life, spec_of
from aws14.sim.containers.rollout import Version, bounds, step
from aws14.sim.containers.written import Workload

FIRST = "v1"
"""What the version at the start is called."""
_MOST_LOOKS = 500


@dataclass(slots=True, eq=False)
class _Revision:
    """A version: how many pods it is to have, and what its program is like."""

    name: str
    works: bool
    init_s: float
    replicas: int = 0


class Versions:
    """The controller of a Deployment and its ReplicaSets.

    Parameters
    ----------
    workload : Workload
        As it is written.
    board, life
        The pods, and what becomes of them.
    init_s : float
        How long the program takes to start.

    Attributes
    ----------
    desired : int
        Pods wanted.
    """

    def __init__(self, workload: Workload, board: Board, life: Life, *, init_s: float) -> None:
        self._workload, self._board, self._life, self._init_s = workload, board, life, init_s
        self.desired = workload.replicas
        self._revisions = [_Revision(name=FIRST, works=True, init_s=init_s, replicas=workload.replicas)]
        self._made = 0
        self._renewing = ""
        life.heard = self.look

    @property
    def names(self) -> list[str]:
        """Versions that were ever wanted, in the order in which they were."""
        return [each.name for each in self._revisions]

    def begin(self) -> list[LivePod]:
        """Make the pods that stood before the run."""
        self._revisions[0].replicas = self.desired
        return [self._make(self._revisions[0], -1.0) for _ in range(self.desired)]

    def scale(self, replicas: int, now_s: float) -> None:
        """Want so many pods from now on."""
        self.desired = replicas
        self.look(now_s)

    def roll_out(self, rollout: Rollout, now_s: float) -> None:
        """Want a version from now on; one that was there before is put back."""
        known = next((each for each in self._revisions if each.name == rollout.version), None)
        if known is self._revisions[-1]:
            return
        if known is None:
            init_s = self._init_s if rollout.init_s is None else rollout.init_s
            known = _Revision(name=rollout.version, works=rollout.works, init_s=init_s)
            text, what = f"{self._workload.node} begins to become {rollout.version}.", "rollout"
        else:
            self._revisions.remove(known)
            text, what = f"{self._workload.node} is put back to {rollout.version}.", "rolled_back"
        self._revisions.append(known)
        self._renewing = known.name
        self._board.say(now_s, self._workload.node, what, text)
        self.look(now_s)

    def look(self, now_s: float) -> None:
        """Bring versions and pods to what is wanted."""
        for _ in range(_MOST_LOOKS):
            plan = self._plan(now_s)
            if all(each.replicas == plan[each.name] for each in self._revisions):
                break
            for each in self._revisions:
                each.replicas = plan[each.name]
            self._follow(now_s)
        self._follow(now_s)
        self._life.place(now_s)
        self._board.changed(now_s)
        self._say_done(now_s)

    def _plan(self, now_s: float) -> dict[str, int]:
        *old, new = self._revisions
        limits = bounds(self.desired, surge=self._workload.surge, unavailable=self._workload.unavailable)
        return step(self.desired, limits, self._seen(new, now_s), [self._seen(each, now_s) for each in old])

    def _seen(self, revision: _Revision, now_s: float) -> Version:
        pods = self._board.standing(revision.name)
        available = sum(self._life.available(pod, now_s) for pod in pods)
        return Version(name=revision.name, replicas=revision.replicas, available=available)

    def _follow(self, now_s: float) -> None:
        """Make or end pods of each version until there are as many as it is to have."""
        for revision in self._revisions:
            pods = list(self._board.standing(revision.name))
            for _ in range(revision.replicas - len(pods)):
                self._make(revision, now_s)
            for pod in sorted(pods, key=_dispensable)[: max(0, len(pods) - revision.replicas)]:
                self._life.end(pod, now_s)

    def _make(self, revision: _Revision, now_s: float) -> LivePod:
        self._made += 1
        name = f"{self._workload.node}-{revision.name}-{self._made}"
        pod = LivePod(
            name=name,
            version=revision.name,
            spec=spec_of(self._workload, name),
            created_s=now_s,
            works=revision.works,
            init_s=revision.init_s,
        )
        self._board.pods.append(pod)
        return pod

    def _say_done(self, now_s: float) -> None:
        *old, new = self._revisions
        if self._renewing and not any(each.replicas for each in old):
            seen = self._seen(new, now_s)
            if seen.available >= self.desired:
                self._board.say(now_s, self._workload.node, "rolled_out", f"{new.name} runs everywhere.")
                self._renewing = ""


def _dispensable(pod: LivePod) -> tuple[bool, bool, float, float]:
    """Whom a ReplicaSet ends first: without a node, not ready, ready for the shortest time, the youngest."""
    return pod.node is not None, pod.ready, -pod.ready_s if pod.ready else -math.inf, -pod.created_s
