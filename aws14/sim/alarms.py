"""What state an alarm is in, from its datapoints: pure functions, asked by simulated runs and by the embedded AWS.

The rules are those of the CloudWatch user guide, "Evaluating an alarm" and "Configuring how CloudWatch alarms treat
missing data": M of the last N datapoints; a few more than N are fetched (the evaluation range), so that what was
reported counts before what is missing; four ways to treat what is missing all the same.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aws14.errors import DesignError

__all__ = ["ALARM", "COMPARISONS", "INSUFFICIENT_DATA", "OK", "TREATMENTS", "Rule", "evaluation_range", "few", "state"]

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

#: Operator -> the comparison, and the words in the reason.
COMPARISONS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}

#: Ways to treat a period without a datapoint.
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")

# The guide's tables fetch 5 for 3 of 3 and for 2 of 3, and say that the number varies.
_MORE_THAN_ASKED = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """When an alarm is in ALARM.

    Parameters
    ----------
    comparison : str
        A key of `COMPARISONS`.
    threshold : float
        What a datapoint is compared with.
    evaluation_periods : int
        N: how many datapoints are looked at.
    datapoints_to_alarm : int
        M: how many of them must breach.
    treat_missing : {'missing', 'ignore', 'breaching', 'notBreaching'}
        What becomes of periods without a datapoint.

    Raises
    ------
    DesignError
        When one of these is not what CloudWatch knows.
    """

    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    treat_missing: str = "missing"

    def __post_init__(self) -> None:
        """Refuse rules that CloudWatch would refuse."""
        if self.comparison not in COMPARISONS:
            raise DesignError(f"the comparison of an alarm is {self.comparison!r}", allowed=", ".join(COMPARISONS))
        if self.treat_missing not in TREATMENTS:
            raise DesignError(f"an alarm treats missing data as {self.treat_missing!r}", allowed=", ".join(TREATMENTS))
        if not 1 <= self.datapoints_to_alarm <= self.evaluation_periods:
            raise DesignError(
                f"an alarm wants {self.datapoints_to_alarm} of {self.evaluation_periods} datapoints",
                allowed="1 to as many as it looks at",
            )

    def breaches(self, value: float) -> bool:
        """Whether one datapoint is on the wrong side."""
        return COMPARISONS[self.comparison][0](value, self.threshold)


def evaluation_range(rule: Rule) -> int:
    """How many of the last periods are fetched: more than N, so that real datapoints are found before missing ones."""
    return rule.evaluation_periods + _MORE_THAN_ASKED


def state(rule: Rule, datapoints: Sequence[float | None], *, before: str) -> str:
    """``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``.

    Parameters
    ----------
    rule : Rule
        Of the alarm.
    datapoints : sequence of float or None
        The last `evaluation_range` periods, oldest first; None is a missing one. Fewer do as well.
    before : str
        The state so far, which ``ignore`` keeps.
    """
    found = [None if value is None else rule.breaches(value) for value in datapoints]
    real = [breach for breach in found if breach is not None]
    wanted, missing = rule.datapoints_to_alarm, rule.evaluation_periods - len(real)
    breaches = real[-rule.evaluation_periods :].count(True)
    if breaches >= wanted:
        return ALARM
    if missing <= 0:
        return OK
    if rule.treat_missing == "breaching":
        return ALARM if breaches + missing >= wanted else OK
    if rule.treat_missing == "notBreaching" or False in real:
        return OK
    return before if rule.treat_missing == "ignore" else _only_breaches(found, wanted)


def _only_breaches(found: Sequence[bool | None], wanted: int) -> str:
    """Whatever was reported breaches, but too few were: an alarm only when the oldest is at least M periods old."""
    since = len(found) - found.index(True) if True in found else 0
    return ALARM if since >= wanted else INSUFFICIENT_DATA


def few(percentile: float, samples: float) -> bool:
    """Whether a percentile stands on too few samples to say much: fewer than 10/(1-p), or 10/p below the median.

    Parameters
    ----------
    percentile : float
        0 to 100, as in ``p99``.
    samples : float
        How many there were in the period.
    """
    share = percentile / 100
    tail = min(share, 1 - share)
    return samples < (10 / tail if tail > 0 else math.inf)
