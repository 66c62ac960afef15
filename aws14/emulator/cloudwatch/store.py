"""Metrics by name, and their samples by time: what PutMetricData put, found without looking at all of it.

Kept in the state of the behaviours, so that snapshots have it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from aws14.emulator.world import world

__all__ = ["Key", "Place", "Sample", "Series", "epoch_s", "key_of", "put", "series_of"]

#: Account and region.
Place = tuple[str, str]


class Key(NamedTuple):
    """A metric: CloudWatch holds each combination of dimensions for a metric of its own."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]


class Sample(NamedTuple):
    """What was put at one time.

    Parameters
    ----------
    t : float
        Epoch seconds.
    low, high, total, number : float
        Of the values put; `number` is how many there were.
    values : tuple of (float, float)
        Value and how often; empty where only a statistic set was put, of which no percentile is known.
    unit : str
        As it was given.
    """

    t: float
    low: float
    high: float
    total: float
    number: float
    values: tuple[tuple[float, float], ...]
    unit: str = "None"


class Series:
    """The samples of one metric, by time.

    Attributes
    ----------
    samples : list of Sample
        Oldest first.
    """

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    def add(self, sample: Sample) -> None:
        """Take in a sample; most come in order of time."""
        if not self.samples or self.samples[-1].t <= sample.t:
            self.samples.append(sample)
        else:
            insort(self.samples, sample, key=_time)

    def between(self, start: float, end: float) -> Sequence[Sample]:
        """The samples from a time on, before another."""
        first = bisect_left(self.samples, start, key=_time)
        return self.samples[first : bisect_left(self.samples, end, lo=first, key=_time)]


def _time(sample: Sample) -> float:
    return sample.t


def series_of(place: Place) -> dict[Key, Series]:
    """Everything that was put in an account and region."""
    kept: dict[Place, dict[Key, Series]] = world().state.setdefault("metrics", {})
    return kept.setdefault(place, {})


def key_of(namespace: str, name: str, dimensions: Iterable[Mapping[str, str]] | None) -> Key:
    """The metric of these dimensions, as the API has them.

    Parameters
    ----------
    namespace, name : str
        Of the metric.
    dimensions : iterable of mapping, optional
        With ``Name`` and ``Value``, in any order.
    """
    return Key(namespace, name, tuple(sorted((str(one["Name"]), str(one["Value"])) for one in dimensions or ())))


def epoch_s(moment: datetime | None) -> float:
    """Epoch seconds of a time as moto hands it over; now where there is none."""
    if moment is None:
        return world().clock.now()
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def put(place: Place, namespace: str, data: Iterable[Mapping[str, Any]]) -> set[Key]:
    """Keep what PutMetricData was given, checked already.

    Parameters
    ----------
    place : Place
        Where.
    namespace : str
        Of all of it.
    data : iterable of mapping
        ``MetricData`` of the API.

    Returns
    -------
    set of Key
        The metrics that have new samples.
    """
    known, touched = series_of(place), set[Key]()
    for datum in data:
        key = key_of(namespace, datum["MetricName"], datum.get("Dimensions"))
        known.setdefault(key, Series()).add(_sample(datum))
        touched.add(key)
    return touched


def _sample(datum: Mapping[str, Any]) -> Sample:
    t, unit = epoch_s(datum.get("Timestamp")), str(datum.get("Unit") or "None")
    if datum.get("StatisticValues"):
        found = datum["StatisticValues"]
        low, high = float(found["Minimum"]), float(found["Maximum"])
        count = float(found["SampleCount"])
        alike = ((low, count),) if low == high else ()
        return Sample(t, low, high, float(found["Sum"]), count, alike, unit)
    values = [float(value) for value in datum.get("Values") or (datum.get("Value", 0.0),)]
    counts = [float(count) for count in datum.get("Counts") or (1.0,) * len(values)]
    pairs = tuple(zip(values, counts, strict=True))
    total = sum(value * count for value, count in pairs)
    return Sample(t, min(values), max(values), total, sum(counts), pairs, unit)
