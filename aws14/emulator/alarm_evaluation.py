"""What state an alarm is in, from its datapoints: one pure function.

The rules are those of the CloudWatch user guide, "Evaluating an alarm" and "Configuring how CloudWatch alarms treat
missing data": M of the last N datapoints, and four ways to treat missing ones.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["COMPARISONS", "Rule", "state"]

#: Operator -> the comparison, and the words in the reason.
COMPARISONS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}


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
    """

    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    treat_missing: str = "missing"

    def breaches(self, value: float) -> bool:
        """Whether one datapoint is on the wrong side."""
        return COMPARISONS[self.comparison][0](value, self.threshold)


def state(rule: Rule, datapoints: Sequence[float | None], *, before: str) -> str:
    """``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``.

    Parameters
    ----------
    rule : Rule
        Of the alarm.
    datapoints : sequence of float or None
        The last N, oldest first; None is a missing one.
    before : str
        The state so far, which ``ignore`` keeps while datapoints are missing.
    """
    found = [None if value is None else rule.breaches(value) for value in datapoints]
    wanted = rule.datapoints_to_alarm
    if found.count(True) >= wanted:
        return "ALARM"
    if rule.treat_missing in {"breaching", "notBreaching"}:
        filled = found.count(True) + (found.count(None) if rule.treat_missing == "breaching" else 0)
        return "ALARM" if filled >= wanted else "OK"
    if rule.treat_missing == "ignore" and None in found:
        return before
    if all(each is None for each in found):
        return "INSUFFICIENT_DATA"
    return "ALARM" if _breaches_since(found, wanted) else "OK"


def _breaches_since(found: Sequence[bool | None], wanted: int) -> bool:
    """Whether the oldest breach is at least `wanted` periods old and nothing since contradicts it."""
    if True not in found:
        return False
    since = found[found.index(True) :]
    return len(since) >= wanted and False not in since
