"""Alarms of a run: what each minute's metrics make of them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from aws14.sim.alarms import ALARM, INSUFFICIENT_DATA, Rule, evaluation_range, state
from aws14.sim.autoscaling.tracking import TargetTracking

__all__ = ["AGGREGATES", "MINUTE_S", "Alarm", "Watch", "tracking_alarms"]

MINUTE_S = 60.0

#: Statistic -> that of a longer period, from those of its minutes.
AGGREGATES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Average": lambda values: math.fsum(values) / len(values),
    "Sum": math.fsum,
    "Maximum": max,
    "Minimum": min,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """An alarm whose actions are scaling policies.

    Parameters
    ----------
    name : str
        Id of its node.
    metric : str
        Key of `aws14.sim.controller.METRICS`.
    rule : Rule
        When it is in ALARM.
    statistic : str
        Key of `AGGREGATES`.
    period_s : float
        Whole minutes.
    policies : tuple of str
        Names of those it calls in ALARM.
    node : str
        Id of the node that its changes are told of; empty: `name`.
    """

    name: str
    metric: str
    rule: Rule
    statistic: str = "Average"
    period_s: float = MINUTE_S
    policies: tuple[str, ...] = ()
    node: str = ""


def tracking_alarms(policy: TargetTracking) -> tuple[Alarm, ...]:
    """The alarms that a target tracking policy brings along: high, and low unless it never scales in."""
    metric = policy.tracked
    high = Alarm(
        name=f"{policy.name} AlarmHigh",
        metric=f"{metric.namespace} {metric.name}",
        rule=policy.high,
        statistic=metric.statistic,
        policies=(policy.name,),
        node=policy.name,
    )
    low = replace(high, name=f"{policy.name} AlarmLow", rule=policy.low)
    return (high,) if policy.disable_scale_in else (high, low)


class Watch:
    """An alarm on the way through a run.

    Parameters
    ----------
    alarm : Alarm
        Which.

    Attributes
    ----------
    state : str
        Of the alarm now.
    value : float
        The last datapoint that was there; NaN before the first.
    """

    def __init__(self, alarm: Alarm) -> None:
        self.alarm = alarm
        self.state = INSUFFICIENT_DATA
        self.value = math.nan
        self._per_period = max(1, round(alarm.period_s / MINUTE_S))
        self._minutes: deque[float | None] = deque(maxlen=self._per_period * evaluation_range(alarm.rule))

    @property
    def calls(self) -> bool:
        """Whether it calls its policies this minute, as it does for as long as it is in ALARM."""
        return self.state == ALARM and not math.isnan(self.value)

    def look(self, datapoints: Mapping[str, float]) -> bool:
        """Take in the metrics of a minute; say whether the state changed.

        Parameters
        ----------
        datapoints : Mapping[str, float]
            Metric -> value; one that is left out, or NaN, is missing.
        """
        value = datapoints.get(self.alarm.metric, math.nan)
        self._minutes.append(None if math.isnan(value) else value)
        periods = self._periods()
        before, self.state = self.state, state(self.alarm.rule, periods, before=self.state)
        self.value = next((each for each in reversed(periods) if each is not None), math.nan)
        return self.state != before

    def _periods(self) -> list[float | None]:
        """The last periods, oldest first; each ends with a minute, as windows slide."""
        minutes = list(self._minutes)
        if self._per_period == 1:
            return minutes
        first = len(minutes) % self._per_period
        chunks = (minutes[at : at + self._per_period] for at in range(first, len(minutes), self._per_period))
        present = ([each for each in chunk if each is not None] for chunk in chunks)
        return [AGGREGATES[self.alarm.statistic](values) if values else None for values in present]
