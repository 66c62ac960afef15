"""Capacity after an adjustment, and the policies that adjust: simple and step.

Source: EC2 Auto Scaling user guide, "Step and simple scaling policies"; its worked examples are tests.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from aws14.errors import DesignError

__all__ = ["ADJUSTMENT_TYPES", "SimplePolicy", "Step", "StepPolicy", "adjusted"]

ADJUSTMENT_TYPES = ("ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity")


def adjusted(current: int, adjustment: int, kind: str, *, least: int = 0) -> int:
    """Capacity after an adjustment, before the limits of the group.

    Parameters
    ----------
    current : int
        Capacity so far.
    adjustment : int
        Instances to add, instances to have, or per cent to add, as `kind` says.
    kind : {'ChangeInCapacity', 'ExactCapacity', 'PercentChangeInCapacity'}
        How to read it.
    least : int
        MinAdjustmentMagnitude: at least so many at once, of a percentage that is not 0.

    Returns
    -------
    int
        Percentages are rounded: above 1 down, between 0 and 1 to 1, between -1 and 0 to -1, below -1 up.
    """
    if kind == "ExactCapacity":
        return adjustment
    if kind == "ChangeInCapacity":
        return current + adjustment
    exact = current * adjustment / 100
    change = math.trunc(exact) if abs(exact) >= 1 else int(math.copysign(math.ceil(abs(exact)), exact))
    return current + (int(math.copysign(max(abs(change), least), change)) if change else 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A part of the distance between metric and threshold, and what to do there.

    Parameters
    ----------
    lower, upper : float or None
        Bounds of the distance, metric minus threshold; None: open.
    adjustment : int
        As the policy's adjustment type says.
    """

    lower: float | None
    upper: float | None
    adjustment: int

    def holds(self, distance: float) -> bool:
        """Whether a distance is in it: above the threshold with its lower bound, below with its upper."""
        return _above(self.lower, distance) and _below(self.upper, distance)


def _above(bound: float | None, distance: float) -> bool:
    return bound is None or (distance > bound if bound < 0 else distance >= bound)


def _below(bound: float | None, distance: float) -> bool:
    return bound is None or (distance < bound if bound > 0 else distance <= bound)


@dataclass(frozen=True, kw_only=True, slots=True)
class SimplePolicy:
    """One adjustment for every breach, then a cooldown.

    Parameters
    ----------
    name : str
        Id of its node.
    kind : str
        Of `ADJUSTMENT_TYPES`.
    adjustment : int
        How much.
    least : int
        MinAdjustmentMagnitude of a percentage.
    cooldown_s : float or None
        Of its own; None: that of the group.
    enabled : bool
        Whether it acts.
    """

    name: str
    kind: str
    adjustment: int
    least: int = 0
    cooldown_s: float | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        """Refuse an adjustment type that AWS does not know."""
        _require_kind(self.name, self.kind)

    def adjust(self, current: int, *, metric: float, threshold: float) -> int:
        """Capacity that it wants, before the limits of the group; metric and threshold do not matter to it."""
        del metric, threshold
        return adjusted(current, self.adjustment, self.kind, least=self.least)


@dataclass(frozen=True, kw_only=True, slots=True)
class StepPolicy:
    """The farther the metric from the threshold, the larger the step.

    Parameters
    ----------
    name : str
        Id of its node.
    kind : str
        Of `ADJUSTMENT_TYPES`.
    steps : tuple of Step
        Without gaps and overlaps.
    least : int
        MinAdjustmentMagnitude of a percentage.
    warmup_s : float or None
        Estimated instance warm-up; None: that of the group.
    enabled : bool
        Whether it acts.

    Raises
    ------
    DesignError
        When there is no step, or the steps leave a gap or overlap.
    """

    name: str
    kind: str
    steps: tuple[Step, ...]
    least: int = 0
    warmup_s: float | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        """Refuse what AWS refuses: no steps, gaps, overlaps."""
        _require_kind(self.name, self.kind)
        if not self.steps:
            raise DesignError(f"step policy '{self.name}' has no step", cure="give it one with lower bound 0")
        ordered = sorted(self.steps, key=lambda step: -math.inf if step.lower is None else step.lower)
        for low, high in itertools.pairwise(ordered):
            if low.upper is None or high.lower is None or low.upper != high.lower:
                raise DesignError(
                    f"the steps of policy '{self.name}' leave a gap or overlap at {low.upper} and {high.lower}",
                    allowed="steps of which each begins where another ends",
                )

    def adjust(self, current: int, *, metric: float, threshold: float) -> int:
        """Capacity that it wants, before the limits of the group; `current` where no step holds the distance."""
        distance = metric - threshold
        held = [step for step in self.steps if step.holds(distance)]
        # At the threshold itself a step above and one below both hold: the alarm is one of "or equal to" then.
        best = next((step for step in held if step.lower is not None and step.lower >= 0), held[0] if held else None)
        return current if best is None else adjusted(current, best.adjustment, self.kind, least=self.least)


def _require_kind(name: str, kind: str) -> None:
    if kind not in ADJUSTMENT_TYPES:
        raise DesignError(f"policy '{name}' adjusts by {kind!r}", allowed=", ".join(ADJUSTMENT_TYPES))
