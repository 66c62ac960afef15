"""What one policy wants of a group now: one function for simulated runs and for the embedded AWS.

Source: EC2 Auto Scaling user guide, "Set the default instance warmup" and "Scaling cooldowns": instances that warm up
count as capacity, but not as evidence; nothing is taken away while some warm up; simple policies wait for their
cooldown instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws14.sim.autoscaling.adjustment import SimplePolicy, StepPolicy
from aws14.sim.autoscaling.tracking import TargetTracking

__all__ = ["Situation", "wanted"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """A group as a policy finds it.

    Parameters
    ----------
    desired : int
        Instances wanted so far.
    active : int
        Instances that are not going.
    evident : int
        Those of them that are done warming up: what the metric tells of.
    cooling : bool
        Whether the cooldown after a simple scaling is not over.
    """

    desired: int
    active: int
    evident: int
    cooling: bool = False


def wanted(
    policy: SimplePolicy | StepPolicy | TargetTracking, here: Situation, *, metric: float, threshold: float
) -> int:
    """The capacity that a policy wants, before the limits of the group; `here.desired` where it wants no change.

    Parameters
    ----------
    policy : SimplePolicy, StepPolicy or TargetTracking
        Which.
    here : Situation
        What it finds.
    metric, threshold : float
        Of the alarm that calls it.
    """
    if isinstance(policy, SimplePolicy):
        return here.desired if here.cooling else policy.adjust(here.desired, metric=metric, threshold=threshold)
    capacity = policy.adjust(here.evident, metric=metric, threshold=threshold)
    if capacity > here.evident:
        return max(capacity, here.desired)
    return capacity if capacity < here.evident == here.active else here.desired
