"""Where the samples of a metric come from: what was put, status checks, targets, files, gateways, sizes of buckets."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from aws14.emulator.cloudwatch import file_metrics, gateway_metrics, host_metrics, status_checks
from aws14.emulator.cloudwatch.store import Key, Place, Sample, epoch_s, series_of

__all__ = ["changed_at", "find", "keys"]

_BUCKETS = "AWS/S3"
_MADE = (host_metrics, file_metrics, gateway_metrics)


def find(place: Place, key: Key, start: float, end: float) -> Sequence[Sample]:
    """The samples of a metric from a time on, before another, oldest first.

    Parameters
    ----------
    place : Place
        Account and region.
    key : Key
        Which metric.
    start, end : float
        Epoch seconds.
    """
    own = series_of(place).get(key)
    put = own.between(start, end) if own is not None else []
    # A played run puts the counts of its own servers.
    made = status_checks.find(place, key, start, end) or ([] if put else host_metrics.find(place, key, start, end))
    made = made or ([] if put else file_metrics.find(place, key, start, end))
    made = made or ([] if put else gateway_metrics.find(place, key, start, end))
    if key.namespace == _BUCKETS:
        made += [sample for each, sample in _buckets(place) if each == key and start <= sample.t < end]
    return sorted([*put, *made], key=lambda sample: sample.t) if made else put


def keys(place: Place) -> Iterator[Key]:
    """Every metric there is in an account and region, each once."""
    made = (
        *status_checks.keys(place),
        *host_metrics.keys(place),
        *file_metrics.keys(place),
        *gateway_metrics.keys(place),
        *(key for key, _ in _buckets(place)),
    )
    yield from dict.fromkeys([*series_of(place), *made])


def changed_at(place: Place, key: Key) -> float | None:
    """When a metric last said something new, in epoch seconds; None where it never did."""
    own = series_of(place).get(key)
    put = [own.samples[-1].t] if own is not None and own.samples else []
    made = (status_checks.changed_at(key), *(each.changed_at(place, key) for each in _MADE))
    return max([*put, *(each for each in made if each is not None)], default=None)


def _buckets(place: Place) -> Iterator[tuple[Key, Sample]]:
    """The sizes of buckets, which moto counts itself."""
    if "moto.s3.models" not in sys.modules:
        return
    from moto.cloudwatch.models import cloudwatch_backends

    account, region = place
    for datum in cloudwatch_backends[account][region].aws_metric_data:
        yield _key(datum), _sample(datum)


def _key(datum: Any) -> Key:
    return Key(datum.namespace, datum.name, tuple(sorted((str(one.name), str(one.value)) for one in datum.dimensions)))


def _sample(datum: Any) -> Sample:
    value = float(datum.value)
    return Sample(epoch_s(datum.timestamp), value, value, value, 1.0, ((value, 1.0),), str(datum.unit or "None"))
