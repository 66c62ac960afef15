"""How many pods a HorizontalPodAutoscaler wants: the rules of Kubernetes' controller (autoscaling/v2).

By the sources of kube-controller-manager (``replica_calculator.go``, ``horizontal.go``) and *Horizontal Pod
Autoscaling* (kubernetes.io), whose examples are tests. `recommend` looks at one metric once; `HorizontalAutoscaler`
remembers what it recommended and did, for stabilization windows and policies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aws14.sim.containers.behaviour import USUAL, Behaviour, Change, down_limit, up_limit

__all__ = ["Decision", "HorizontalAutoscaler", "PodReading", "Recommendation", "Scaling", "counts", "recommend"]

_PERCENT = 100
TOLERANCE = 0.1
"""``--horizontal-pod-autoscaler-tolerance``."""
CPU_INITIALIZATION_S, READINESS_DELAY_S = 300.0, 30.0
"""``--horizontal-pod-autoscaler-cpu-initialization-period`` and ``-initial-readiness-delay``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PodReading:
    """A pod as the controller reads it.

    Parameters
    ----------
    usage : float or None
        What it uses of the metric (thousandths of a vCPU, MiB, or the pods metric's unit); None: no reading.
    request : float
        What it requests of it; only a utilization needs it.
    ready : bool
        Whether it counts as ready for this metric (`counts` says so of CPU).
    """

    usage: float | None
    request: float = 0.0
    ready: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Recommendation:
    """What one metric asks for.

    Parameters
    ----------
    replicas : int
        Pods wanted.
    ratio : float
        Usage over target, of the pods that have a reading; 1 without a reading.
    value : float
        Utilization in percent of the requests, or the average per pod.
    """

    replicas: int
    ratio: float
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What the autoscaler decided.

    Parameters
    ----------
    replicas : int
        Pods wanted from now on.
    recommended : int
        What the metrics asked for, before windows, policies and bounds.
    reason : str
        Kubernetes' word for what held it back or let it go: ``DesiredWithinRange``, ``TooFewReplicas``,
        ``TooManyReplicas``, ``ScaleUpStabilized``, ``ScaleDownStabilized``, ``ScaleUpLimit``, ``ScaleDownLimit``,
        ``ScalingDisabled``, ``FailedGetResourceMetric``.
    """

    replicas: int
    recommended: int
    reason: str


def counts(
    *, now_s: float, started_s: float, ready: bool, ready_since_s: float, read_s: float, window_s: float
) -> bool:
    """Whether a pod's CPU counts as that of a ready pod.

    While it is young (300 s), only a reading that lies wholly after it became ready counts; later, a pod that was
    ready once counts, and one that never was does not.

    Parameters
    ----------
    now_s, started_s : float
        The time, and when the pod started.
    ready : bool
        Whether it is ready.
    ready_since_s : float
        When that last changed.
    read_s, window_s : float
        When its usage was read, and over how long.
    """
    if started_s + CPU_INITIALIZATION_S > now_s:
        return ready and read_s >= ready_since_s + window_s
    return ready or started_s + READINESS_DELAY_S <= ready_since_s


def recommend(
    pods: Sequence[PodReading],
    *,
    current: int,
    target: float,
    utilization: bool = True,
    tolerance: float = TOLERANCE,
) -> Recommendation | None:
    """How many pods one metric asks for.

    Parameters
    ----------
    pods : sequence of PodReading
        Pods that are neither ending nor failed.
    current : int
        Replicas now.
    target : float
        Percent of the request, or the average per pod.
    utilization : bool
        Whether the target is a percentage of the request.
    tolerance : float
        Nothing changes while the ratio is so near to 1.

    Returns
    -------
    Recommendation or None
        None when there is nothing to go by: no pod has a reading, or a pod has no request for a utilization.
    """
    read = [each for each in pods if each.ready and each.usage is not None]
    if not read or (utilization and any(each.request <= 0 for each in pods)):
        return None
    ratio, value = _ratio(read, target, utilization=utilization)
    missing = [each for each in pods if each.ready and each.usage is None]
    unready = [each for each in pods if not each.ready]
    up = ratio > 1
    if not missing and not (unready and up):
        near = _near(ratio, tolerance)
        replicas = current if near else math.ceil(ratio * len(read))
        return Recommendation(replicas=replicas, ratio=ratio, value=value)
    supposed = [*read, *(_supposed(each, target, up=up, utilization=utilization) for each in missing)]
    supposed += [replace(each, usage=0.0) for each in unready] if up else []
    again, _ = _ratio(supposed, target, utilization=utilization)
    replicas = _cautious(ratio, again, current=current, counted=len(supposed), tolerance=tolerance)
    return Recommendation(replicas=replicas, ratio=ratio, value=value)


def _near(ratio: float, tolerance: float) -> bool:
    return 1 - tolerance <= ratio <= 1 + tolerance


def _ratio(pods: Sequence[PodReading], target: float, *, utilization: bool) -> tuple[float, float]:
    """Usage over target, and the value that is shown."""
    usage = sum(each.usage or 0.0 for each in pods)
    if not utilization:
        return usage / len(pods) / target, usage / len(pods)
    percent = int(usage * _PERCENT / sum(each.request for each in pods))
    return percent / target, float(percent)


def _supposed(pod: PodReading, target: float, *, up: bool, utilization: bool) -> PodReading:
    """A pod without a reading: idle when pods are to be added, at its request (or target) when some are to go."""
    if up:
        return replace(pod, usage=0.0)
    return replace(pod, usage=pod.request * max(_PERCENT, target) / _PERCENT if utilization else target)


def _cautious(ratio: float, again: float, *, current: int, counted: int, tolerance: float) -> int:
    """Change nothing when suppositions turn the direction round."""
    turned = (ratio < 1 < again) or (again < 1 < ratio)
    if _near(again, tolerance) or turned:
        return current
    replicas = math.ceil(again * counted)
    against = (again < 1 and replicas > current) or (again > 1 and replicas < current)
    return current if against else replicas


@dataclass(frozen=True, kw_only=True, slots=True)
class Scaling:
    """A HorizontalPodAutoscaler as it is written.

    Parameters
    ----------
    min_replicas, max_replicas : int
        Bounds.
    behaviour : Behaviour
        Windows and policies.
    """

    min_replicas: int = 1
    max_replicas: int
    behaviour: Behaviour = USUAL


class HorizontalAutoscaler:
    """An autoscaler on its way through time.

    Parameters
    ----------
    scaling : Scaling
        As it is written; may be replaced between two steps.
    """

    def __init__(self, scaling: Scaling) -> None:
        self.scaling = scaling
        self._recommended: list[tuple[float, int]] = []
        self._changes: list[Change] = []

    def step(self, now_s: float, current: int, recommended: Sequence[Recommendation | None]) -> Decision:
        """Decide, every 15 s.

        Parameters
        ----------
        now_s : float
            The time.
        current : int
            Replicas in the workload's spec.
        recommended : sequence of Recommendation or None
            One a metric; several: the largest counts, and a metric without one forbids to scale down.

        Returns
        -------
        Decision
            It is remembered as carried out.
        """
        bounds = self.scaling
        if current == 0:
            return Decision(replicas=0, recommended=0, reason="ScalingDisabled")
        if not bounds.min_replicas <= current <= bounds.max_replicas:
            inside = max(bounds.min_replicas, min(current, bounds.max_replicas))
            return self._done(
                now_s,
                current,
                Decision(
                    replicas=inside,
                    recommended=inside,
                    reason="TooFewReplicas" if inside > current else "TooManyReplicas",
                ),
            )
        known = [each.replicas for each in recommended if each is not None]
        wanted = max(known, default=current)
        if not known or (len(known) < len(recommended) and wanted < current):
            return Decision(replicas=current, recommended=current, reason="FailedGetResourceMetric")
        return self._done(now_s, current, self._held(now_s, current, wanted))

    def _done(self, now_s: float, current: int, decision: Decision) -> Decision:
        if decision.replicas != current:
            self._changes.append(Change(at_s=now_s, pods=decision.replicas - current))
        return decision

    def _held(self, now_s: float, current: int, wanted: int) -> Decision:
        """Hold a recommendation back by windows, policies and bounds, in this order."""
        behaviour = self.scaling.behaviour
        steady = self._stabilized(now_s, current, wanted)
        longest_s = max(each.period_s for side in (behaviour.up, behaviour.down) for each in side.policies)
        self._changes = [each for each in self._changes if each.at_s > now_s - longest_s]
        low, high = self.scaling.min_replicas, self.scaling.max_replicas
        if steady > current:
            limit = max(up_limit(current, now_s, behaviour.up, self._changes), current)
            high, tight = min(high, limit), "ScaleUpLimit" if limit < high else "TooManyReplicas"
        elif steady < current:
            limit = min(down_limit(current, now_s, behaviour.down, self._changes), current)
            low, tight = max(low, limit), "ScaleDownLimit" if limit > low else "TooFewReplicas"
        else:
            tight = "TooFewReplicas" if wanted < low else "TooManyReplicas"
        replicas = max(low, min(steady, high))
        if replicas != steady:
            return Decision(replicas=replicas, recommended=wanted, reason=tight)
        if steady != wanted:
            reason = "ScaleDownStabilized" if steady > wanted else "ScaleUpStabilized"
            return Decision(replicas=replicas, recommended=wanted, reason=reason)
        return Decision(replicas=replicas, recommended=wanted, reason="DesiredWithinRange")

    def _stabilized(self, now_s: float, current: int, wanted: int) -> int:
        """The least change that any recommendation of the windows asks for."""
        up_s, down_s = self.scaling.behaviour.up.window_s, self.scaling.behaviour.down.window_s
        rises = min([wanted, *(pods for at_s, pods in self._recommended if at_s > now_s - up_s)])
        falls = max([wanted, *(pods for at_s, pods in self._recommended if at_s > now_s - down_s)])
        longest_s = max(up_s, down_s)
        self._recommended = [each for each in self._recommended if each[0] > now_s - longest_s]
        self._recommended.append((now_s, wanted))
        return min(max(current, rises), falls)
