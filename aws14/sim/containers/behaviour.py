"""How fast a HorizontalPodAutoscaler may scale: policies and stabilization windows (``spec.behavior``)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_PERCENT = 100
_DOWN_WINDOW_S, _DOWN_PERIOD_S, _UP_PERIOD_S, _UP_PODS = 300.0, 15.0, 15.0, 4.0
"""Defaults of autoscaling/v2: down by up to 100 % in 15 s after 300 s; up by 100 % or 4 pods in 15 s at once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """How much may change within a period: ``Pods`` or ``Percent``, value, seconds."""

    kind: str
    value: float
    period_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One direction.

    Parameters
    ----------
    window_s : float
        Stabilization window: the most cautious recommendation within it counts.
    policies : tuple of Policy
        Several: by `select`.
    select : {'Max', 'Min', 'Disabled'}
        The policy that allows the largest change, the smallest, or none at all.
    """

    window_s: float
    policies: tuple[Policy, ...]
    select: str = "Max"


UP = Side(
    window_s=0.0,
    policies=(
        Policy(kind="Percent", value=_PERCENT, period_s=_UP_PERIOD_S),
        Policy(kind="Pods", value=_UP_PODS, period_s=_UP_PERIOD_S),
    ),
)
DOWN = Side(window_s=_DOWN_WINDOW_S, policies=(Policy(kind="Percent", value=_PERCENT, period_s=_DOWN_PERIOD_S),))
"""What holds where nothing is written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Behaviour:
    """Both directions."""

    up: Side = UP
    down: Side = DOWN


USUAL = Behaviour()
"""What holds where no behaviour is written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Replicas that came (or went, negative) at a time."""

    at_s: float
    pods: int


def up_limit(current: int, now_s: float, side: Side, changes: Sequence[Change]) -> int:
    """How many replicas there may be at most, by the policies for scaling up."""
    if side.select == "Disabled":
        return current
    allowed = []
    for policy in side.policies:
        began = current - _net(changes, now_s, policy.period_s)
        grown = began * (1 + policy.value / _PERCENT)
        allowed.append(began + policy.value if policy.kind == "Pods" else math.ceil(round(grown, 9)))
    return int(min(allowed) if side.select == "Min" else max(allowed))


def down_limit(current: int, now_s: float, side: Side, changes: Sequence[Change]) -> int:
    """How many replicas there must be at least, by the policies for scaling down."""
    if side.select == "Disabled":
        return current
    allowed = []
    for policy in side.policies:
        began = current - _net(changes, now_s, policy.period_s)
        shrunk = began * (1 - policy.value / _PERCENT)
        allowed.append(began - policy.value if policy.kind == "Pods" else int(round(shrunk, 9)))
    return int(max(allowed) if side.select == "Min" else min(allowed))


def _net(changes: Sequence[Change], now_s: float, period_s: float) -> int:
    return sum(each.pods for each in changes if each.at_s > now_s - period_s)
