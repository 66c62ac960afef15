"""CloudWatch metrics: kept by name, asked for by period, statistic, percentile and expression.

What AWS does
    PutMetricData keeps values, distributions and statistic sets. Each combination of dimensions is a metric of its own.
    GetMetricStatistics and GetMetricData answer by periods that follow from the start, which is rounded down to the
    minute; percentiles come from the values; expressions are arithmetic of metrics, period by period.
What moto leaves out
    Percentiles and expressions (both answer nothing), periods that begin with the start, dimensions as part of the
    name; it looks through all data at each question.
What this adds
    All of these; METRICS, SUM, AVG, MIN, MAX, FILL, IF, RATE, DIFF, ABS, CEIL, FLOOR, PERIOD in expressions; the
    metrics of status checks and of targets; ListMetrics and DescribeAlarmsForMetric by exact dimensions.
What it still does not do
    Forget: AWS keeps minutes for 15 days. SELECT and SEARCH, anomaly detection, trimmed means, metrics of other
    accounts, widget images, streams. Namespaces that begin with AWS/ can be written, so that a played run can.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.cloudwatch.arming import arm_for
from aws14.emulator.cloudwatch.store import put

__all__ = ["install"]


def install() -> None:
    """Take hold of where moto keeps metrics and answers for them."""
    from moto.cloudwatch.models import CloudWatchBackend
    from moto.cloudwatch.responses import CloudWatchResponse

    from aws14.emulator.cloudwatch import api

    around(CloudWatchBackend, "put_metric_data", _put)
    for name in api.__all__:
        replace(CloudWatchResponse, name, getattr(api, name))


def _put(original: Callable[..., Any], backend: Any, namespace: str, metric_data: list[dict[str, Any]]) -> None:
    del original
    for number, datum in enumerate(metric_data, start=1):
        backend._validate_parameters_put_metric_data(datum, number)  # noqa: SLF001 - moto's own
    place = (backend.account_id, backend.region_name)
    arm_for(place, put(place, namespace, metric_data))
