"""Target tracking: as many instances as would bring the metric to its target, and the two alarms that ask for it.

Sources: EC2 Auto Scaling user guide, "Target tracking scaling policies"; DynamoDB developer guide (215 units for 75 %
of 200 against a target of 70). AWS does not document the alarms; 3 of 3 and 15 of 15 minutes, and a low threshold at
70 % of the target for EC2 groups (90 % for Application Auto Scaling), are observed in public templates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from aws14.errors import DesignError
from aws14.sim.alarms import Rule

__all__ = ["PREDEFINED", "TargetTracking", "TrackedMetric"]

_HIGH_PERIODS, _LOW_PERIODS = 3, 15
_LOW_SHARE = 0.7
# A quotient such as 0.7 * 10 / 0.7 must not ask for an eleventh instance.
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackedMetric:
    """A metric as CloudWatch has it."""

    namespace: str
    name: str
    statistic: str


#: Predefined metric type -> what CloudWatch has under which name.
PREDEFINED: Mapping[str, TrackedMetric] = {
    "ASGAverageCPUUtilization": TrackedMetric(namespace="AWS/EC2", name="CPUUtilization", statistic="Average"),
    "ASGAverageNetworkIn": TrackedMetric(namespace="AWS/EC2", name="NetworkIn", statistic="Average"),
    "ASGAverageNetworkOut": TrackedMetric(namespace="AWS/EC2", name="NetworkOut", statistic="Average"),
    "ALBRequestCountPerTarget": TrackedMetric(
        namespace="AWS/ApplicationELB", name="RequestCountPerTarget", statistic="Sum"
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetTracking:
    """A target tracking policy.

    Parameters
    ----------
    name : str
        Id of its node.
    metric : str
        A key of `PREDEFINED`, or ``Namespace/Name Statistic`` of a customized metric that falls as instances are added.
    target : float
        Value to keep, in the metric's unit.
    disable_scale_in : bool
        Whether it only adds.
    warmup_s : float or None
        Estimated instance warm-up; None: that of the group.
    enabled : bool
        Whether it acts.
    high_periods, low_periods : int
        Minutes in a row above the target, and below the low threshold, until the alarms call.
    low_share : float
        Low threshold as a share of the target.
    high, low : Rule
        Of its two alarms; made from these.

    Raises
    ------
    DesignError
        When the target is not a positive number, or the metric is none.
    """

    name: str
    metric: str
    target: float
    disable_scale_in: bool = False
    warmup_s: float | None = None
    enabled: bool = True
    high_periods: int = _HIGH_PERIODS
    low_periods: int = _LOW_PERIODS
    low_share: float = _LOW_SHARE
    high: Rule = field(init=False, repr=False)
    low: Rule = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a target that cannot be met; make the alarms."""
        if not all((self.tracked.namespace, self.tracked.name, self.tracked.statistic)):
            allowed = f"{', '.join(PREDEFINED)}, or Namespace/Name Statistic"
            raise DesignError(f"policy '{self.name}' tracks {self.metric!r}", allowed=allowed)
        if not (math.isfinite(self.target) and self.target > 0):
            raise DesignError(f"policy '{self.name}' has the target {self.target!r}", allowed="a number above 0")
        high = _all("GreaterThanThreshold", self.target, self.high_periods)
        low = _all("LessThanThreshold", self.target * self.low_share, self.low_periods)
        object.__setattr__(self, "high", high)
        object.__setattr__(self, "low", low)

    @property
    def tracked(self) -> TrackedMetric:
        """What CloudWatch has it under."""
        if self.metric in PREDEFINED:
            return PREDEFINED[self.metric]
        name, _, statistic = self.metric.rpartition(" ")
        namespace, _, name = name.rpartition("/")
        return TrackedMetric(namespace=namespace, name=name, statistic=statistic)

    def adjust(self, current: int, *, metric: float, threshold: float = 0.0) -> int:
        """Capacity that it wants, before the limits of the group.

        Parameters
        ----------
        current : int
            Instances that the metric tells of: those that are no longer warming up.
        metric : float
            Its last value.
        threshold : float
            Of the alarm that asks; the target alone matters.

        Returns
        -------
        int
            Rounded up: adds 2 for 1.5 too few, takes 1 for 1.5 too many. Never less with `disable_scale_in`; no change
            where the metric has no value.
        """
        del threshold
        if math.isnan(metric):
            return current
        wanted = math.ceil(current * metric / self.target - _ROUNDING)
        return max(wanted, current) if self.disable_scale_in else wanted


def _all(comparison: str, threshold: float, periods: int) -> Rule:
    return Rule(comparison=comparison, threshold=threshold, evaluation_periods=periods, datapoints_to_alarm=periods)
