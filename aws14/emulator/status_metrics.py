"""The metrics of status checks: made from the history of the checks for those who ask, kept nowhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.failure_records import find_instance
from aws14.emulator.status_history import samples
from aws14.emulator.world import world

__all__ = ["METRICS", "NAMESPACE", "data_with", "list_with", "statistic", "statistics_with"]

NAMESPACE = "AWS/EC2"
#: Both checks fail together here: what fails is the host.
METRICS = ("StatusCheckFailed", "StatusCheckFailed_Instance", "StatusCheckFailed_System")

_STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Average": lambda values: math.fsum(values) / len(values),
    "Maximum": max,
    "Minimum": min,
    "SampleCount": lambda values: float(len(values)),
    "Sum": math.fsum,
}


def statistic(name: str, values: Sequence[float]) -> float | None:
    """The statistic of a period's values; None when there are none.

    Parameters
    ----------
    name : str
        ``Average``, ``Maximum``, ``Minimum``, ``SampleCount`` or ``Sum``.
    values : sequence of float
        One a minute.
    """
    return _STATISTICS[name](values) if values else None


def statistics_with(
    original: Callable[..., Any], backend: Any, namespace: str, metric_name: str, *args: Any, **kwargs: Any
) -> Any:
    """GetMetricStatistics, with the status checks among the data."""
    if namespace != NAMESPACE or metric_name not in METRICS:
        return original(backend, namespace, metric_name, *args, **kwargs)
    start, end = args[0], args[1]
    with _lent(backend, _data(_ids(backend, kwargs.get("dimensions")), (metric_name,), start, end)):
        return original(backend, namespace, metric_name, *args, **kwargs)


def data_with(original: Callable[..., Any], backend: Any, **asked: Any) -> Any:
    """GetMetricData, with the status checks among the data."""
    found: list[Any] = []
    for query in asked["queries"]:
        metric = query.get("MetricStat", {}).get("Metric", {})
        if metric.get("Namespace") == NAMESPACE and metric.get("MetricName") in METRICS:
            ids = _ids(backend, metric.get("Dimensions"))
            found += _data(ids, (metric["MetricName"],), asked["start_time"], asked["end_time"])
    with _lent(backend, found):
        return original(backend, **asked)


def list_with(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    """ListMetrics, with those of the status checks."""
    now = datetime.fromtimestamp(world().clock.now(), UTC)
    found = [_datum(name, key, now, 0.0) for key in _ids(backend, None) for name in METRICS]
    with _lent(backend, found):
        return original(backend, *args, **kwargs)


@contextmanager
def _lent(backend: Any, data: Iterable[Any]) -> Iterator[None]:
    """Let moto see more data for a while."""
    own = backend.metric_data
    backend.metric_data = [*own, *data]
    try:
        yield
    finally:
        backend.metric_data = own


def _ids(backend: Any, dimensions: list[dict[str, str]] | None) -> list[str]:
    """The instances of this account and region that have been checked, or the one that is asked for."""
    checked = [*world().state.get("status_history", {})]
    asked = {one.get("Value") for one in dimensions or () if one["Name"] == "InstanceId"}
    found = ((key, find_instance(key)) for key in checked if not asked or key in asked)
    return [
        key
        for key, instance in found
        if instance is not None
        and instance.ec2_backend.account_id == backend.account_id
        and instance.ec2_backend.region_name == backend.region_name
    ]


def _data(ids: Iterable[str], names: Iterable[str], start: datetime, end: datetime) -> list[Any]:
    names = tuple(names)
    return [
        _datum(name, key, datetime.fromtimestamp(t, UTC).replace(tzinfo=start.tzinfo), value)
        for key in ids
        for t, value in samples(key, _epoch(start), _epoch(end))
        for name in names
    ]


def _epoch(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _datum(name: str, instance_id: str, moment: datetime, value: float) -> Any:
    from moto.cloudwatch.models import MetricDatum

    return MetricDatum(NAMESPACE, name, value, [{"Name": "InstanceId", "Value": instance_id}], moment, "Count")
