"""Statistics of samples, period by period: the five of old, and percentiles."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from aws14.emulator.cloudwatch.store import Sample

__all__ = ["KNOWN", "count", "known", "percentile_of", "periods", "statistic"]

KNOWN = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")


def percentile_of(name: str) -> float | None:
    """The number in ``p99.9``; None for a statistic that is none."""
    found = _PERCENTILE.fullmatch(name)
    return float(found[1]) if found else None


def known(name: str) -> bool:
    """Whether this emulator can compute a statistic."""
    return name in KNOWN or percentile_of(name) is not None


def count(samples: Iterable[Sample]) -> float:
    """How many values stand behind samples."""
    return math.fsum(sample.number for sample in samples)


def statistic(name: str, samples: Sequence[Sample]) -> float | None:
    """A statistic of samples; None when there are none, or when it cannot be known.

    Parameters
    ----------
    name : str
        Of `KNOWN`, or ``p50``.
    samples : sequence of Sample
        Of one period.
    """
    if not samples:
        return None
    percent = percentile_of(name)
    if percent is not None:
        return _percentile(percent, samples)
    if name == "Maximum":
        return max(sample.high for sample in samples)
    if name == "Minimum":
        return min(sample.low for sample in samples)
    total, number = math.fsum(sample.total for sample in samples), count(samples)
    return {"Sum": total, "SampleCount": number, "Average": total / number if number else None}[name]


def _percentile(percent: float, samples: Sequence[Sample]) -> float | None:
    """The least value that so many per cent of all do not exceed; None where only statistic sets were put."""
    if not all(sample.values for sample in samples):
        return None
    values = sorted(pair for sample in samples for pair in sample.values)
    wanted, seen = percent / 100 * count(samples), 0.0
    for value, times in values:
        seen += times
        if seen >= wanted * (1 - 1e-12):
            return value
    return values[-1][0]


def periods(samples: Iterable[Sample], start: float, period: float, number: int) -> list[list[Sample]]:
    """Sort samples into periods.

    Parameters
    ----------
    samples : iterable of Sample
        Any; those outside are left out.
    start : float
        Epoch seconds of the first period.
    period : float
        Its length in seconds.
    number : int
        How many.
    """
    found: list[list[Sample]] = [[] for _ in range(number)]
    for sample in samples:
        at = math.floor((sample.t - start) / period)
        if 0 <= at < number:
            found[at].append(sample)
    return found
