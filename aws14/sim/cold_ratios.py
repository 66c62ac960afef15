"""How often a call waits for a new environment: real functions, and the closed form for a rare one.

A function that is called once in a while has one environment, which is gone when the gap between two calls is longer
than an idle one is kept. One that is called often has several, of which only the last few come and go. In between no
formula holds; the recorded calls are played through the same environments as a run.

Recorded calls are known by the minute: in it they are spread at random, but for timers, which call at its start.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14.catalog import RecordedFunction
from aws14.sim.environments import Rules, invoke
from aws14.sim.streams import exponentials, stream

_MINUTE_S, _HOUR_S = 60.0, 3600.0
_ANY = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ColdRatio:
    """What became of the calls of a function.

    Parameters
    ----------
    number : int
        Of the function in its recording.
    trigger : str
        What calls it.
    calls : int
        How often.
    per_hour : float
        Calls an hour.
    cold : int
        Of these, how many waited for a new environment.
    most : int
        Environments that were busy at the same time at most.
    """

    number: int
    trigger: str
    calls: int
    per_hour: float
    cold: int
    most: int

    @property
    def ratio(self) -> float:
        """Share of the calls that waited for a new environment."""
        return self.cold / self.calls if self.calls else 0.0


def cold_ratios(
    functions: Sequence[RecordedFunction],
    *,
    keep_s: float,
    start_s: float = 0.5,
    provisioned: int = 0,
    seed: int = 14,
) -> tuple[ColdRatio, ...]:
    """Play recorded functions one by one.

    Parameters
    ----------
    functions : sequence of RecordedFunction
        From `aws14.catalog.recorded_functions`.
    keep_s : float
        How long an idle environment is kept.
    start_s : float
        How long a new one takes to start.
    provisioned : int
        Environments of each function that are always ready.
    seed : int
        Of the moments within a minute and of the durations, which are exponential.
    """
    rules = Rules(limit=_ANY, provisioned=provisioned)
    return tuple(_played(each, keep_s, start_s, rules=rules, seed=seed) for each in functions)


def rare_cold_ratio(calls_per_hour: float, keep_s: float) -> float:
    """Share of cold starts of a function that is called at random, one call at a time: gaps longer than it is kept."""
    return math.exp(-calls_per_hour * keep_s / _HOUR_S)


def _played(function: RecordedFunction, keep_s: float, start_s: float, *, rules: Rules, seed: int) -> ColdRatio:
    random = stream(seed, f"recorded/{function.number}")
    arrival_s = _moments(function, random)
    size, hours = len(arrival_s), len(function.calls) * _MINUTE_S / _HOUR_S
    calls = invoke(
        arrival_s,
        exponentials(random, size) * function.average_s,
        np.zeros(size),
        start_s=np.full(1, start_s),
        keep_s=np.full(1, keep_s),
        rules=rules,
    )
    most = int(calls.most_running(hours * _HOUR_S, 1)[0]) if size else 0
    return ColdRatio(
        number=function.number,
        trigger=function.trigger,
        calls=size,
        per_hour=size / hours,
        cold=int(calls.cold.sum()),
        most=most,
    )


def _moments(function: RecordedFunction, random: np.random.Generator) -> NDArray[np.float64]:
    """When it is called, ascending. Shape (calls,)."""
    minute = np.repeat(np.arange(len(function.calls)), function.calls)
    within = np.zeros(len(minute)) if function.trigger == "timer" else random.random(len(minute))
    return np.sort((minute + within) * _MINUTE_S)
