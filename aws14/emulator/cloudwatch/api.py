"""GetMetricStatistics, GetMetricData, ListMetrics and DescribeAlarmsForMetric, as moto writes its own operations.

Importing this imports moto.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.exceptions import InvalidParameterCombination, InvalidParameterValue, ValidationError
from moto.core.responses import ActionResult

from aws14.emulator.cloudwatch.expressions import ExpressionError, names
from aws14.emulator.cloudwatch.queries import Grid, Query, points, read, values
from aws14.emulator.cloudwatch.sources import find, keys
from aws14.emulator.cloudwatch.statistics import KNOWN, known, periods, statistic
from aws14.emulator.cloudwatch.store import Key, Place, epoch_s, key_of

__all__ = ["describe_alarms_for_metric", "get_metric_data", "get_metric_statistics", "list_metrics"]

_MINUTE_S = 60
_SHORT_PERIODS_S = (1, 5, 10, 20, 30)
_MOST_DATAPOINTS = 1440
_MOST_VALUES = 100_800
_PAGE = 500


def get_metric_statistics(response: Any) -> ActionResult:
    """Statistics of one metric: exactly that one, with those dimensions."""
    asked = response._get_params()  # noqa: SLF001 - as moto's own operations
    stats, extended = asked.get("Statistics") or [], asked.get("ExtendedStatistics") or []
    if not stats and not extended:
        raise InvalidParameterCombination("Must specify either Statistics or ExtendedStatistics")
    _require_known([*stats, *extended])
    grid = _grid(asked["StartTime"], asked["EndTime"], int(asked["Period"]), most=_MOST_DATAPOINTS)
    key = key_of(asked["Namespace"], asked["MetricName"], asked.get("Dimensions"))
    unit = asked.get("Unit")
    samples = [one for one in find(_place(response), key, grid.start, grid.end) if unit in (None, one.unit)]
    found = []
    for number, part in enumerate(periods(samples, grid.start, grid.period, grid.number)):
        if part:
            point = {name: statistic(name, part) for name in stats if name in KNOWN}
            percentiles = {name: value for name in extended if (value := statistic(name, part)) is not None}
            more = {"ExtendedStatistics": percentiles} if percentiles else {}
            at = _moment(grid.start + number * grid.period)
            found.append({"Timestamp": at, "Unit": part[-1].unit, **point, **more})
    return ActionResult({"Label": asked["MetricName"], "Datapoints": found})


def get_metric_data(response: Any) -> ActionResult:
    """Values of several metrics and expressions of them."""
    asked = response._get_params()  # noqa: SLF001 - as moto's own operations
    given = asked.get("MetricDataQueries") or []
    for number, one in enumerate(given, start=1):
        if "MetricStat" not in one and "Expression" not in one:
            raise ValidationError(f"The parameter MetricDataQueries.member.{number}.MetricStat is required.\n")
    queries = read(given)
    _require_known([query.stat for query in queries if query.key is not None])
    oldest_first = (asked.get("ScanBy") or "TimestampDescending") == "TimestampAscending"
    results = []
    for query in (one for one in queries if one.returned):
        grid = _grid(asked["StartTime"], asked["EndTime"], _period(queries, query), most=_MOST_VALUES)
        found = _values(_place(response), queries, query, grid)
        pairs = [(_moment(grid.start + at * grid.period), value) for at, value in enumerate(found) if value is not None]
        pairs = pairs if oldest_first else pairs[::-1]
        results.append(
            {
                "Id": query.id,
                "Label": query.label,
                "Timestamps": [t for t, _ in pairs],
                "Values": [value for _, value in pairs],
                "StatusCode": "Complete",
            }
        )
    return ActionResult({"MetricDataResults": results})


def list_metrics(response: Any) -> ActionResult:
    """Metrics by namespace, name and dimensions, 500 at a time."""
    asked = response._get_params()  # noqa: SLF001 - as moto's own operations
    found = [key for key in keys(_place(response)) if _matches(key, asked)]
    first = _first(asked.get("NextToken"))
    listed = [
        {
            "Namespace": key.namespace,
            "MetricName": key.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in key.dimensions],
        }
        for key in found[first : first + _PAGE]
    ]
    more = {"NextToken": str(first + _PAGE)} if first + _PAGE < len(found) else {}
    return ActionResult({"Metrics": listed, **more})


def describe_alarms_for_metric(response: Any) -> ActionResult:
    """The alarms on a metric: exactly that one, and where they are given, with that statistic, period and unit."""
    asked = response._get_params()  # noqa: SLF001 - as moto's own operations
    key = key_of(asked["Namespace"], asked["MetricName"], asked.get("Dimensions"))
    fields = (
        ("Statistic", "statistic"),
        ("ExtendedStatistic", "extended_statistic"),
        ("Period", "period"),
        ("Unit", "unit"),
    )
    found = [
        alarm
        for alarm in response.cloudwatch_backend.describe_alarms()
        if alarm.metric_name == key.name
        and alarm.namespace == key.namespace
        and tuple(sorted((one.name, one.value) for one in alarm.dimensions)) == key.dimensions
        and all(asked.get(given) in (None, getattr(alarm, name)) for given, name in fields)
    ]
    return ActionResult({"MetricAlarms": found})


def _values(place: Place, queries: Sequence[Query], query: Query, grid: Grid) -> list[float | None]:
    try:
        if query.key is not None:
            return points(place, query.key, grid, stat=query.stat, unit=query.unit)
        return values(place, queries, query, grid)
    except ExpressionError as wrong:
        raise ValidationError(f"Error in expression '{query.id}': {wrong}") from None


def _period(queries: Sequence[Query], query: Query) -> int:
    """Of a query; an expression takes that of what it speaks of, by way of others if need be."""
    if query.period:
        return int(query.period)
    try:
        asked = names(query.expression)
    except ExpressionError as wrong:
        raise ValidationError(f"Error in expression '{query.id}': {wrong}") from None
    direct = [one.period for one in queries if one.id in asked and one.period]
    every = [one.period for one in queries if one.period]
    return int(max(direct or every, default=_MINUTE_S))


def _grid(start: datetime, end: datetime, period: int, *, most: int) -> Grid:
    """Periods from a start on, which is rounded down to a minute, or to a short period."""
    if period <= 0 or (period % _MINUTE_S and period not in _SHORT_PERIODS_S):
        raise InvalidParameterValue("The parameter Period must be a multiple of 60, or 1, 5, 10, 20 or 30.")
    step = min(period, _MINUTE_S)
    first, last = epoch_s(start) // step * step, epoch_s(end)
    if first >= last:
        raise InvalidParameterValue("The parameter StartTime must be less than the parameter EndTime.")
    number = math.ceil((last - first) / period)
    if number > most:
        raise InvalidParameterCombination(
            f"You have requested up to {number} datapoints, which exceeds the limit of {most}. You may reduce the "
            "datapoints requested by increasing Period, or decreasing the time range."
        )
    return Grid(start=first, period=float(period), number=number)


def _require_known(stats: Sequence[str]) -> None:
    for name in stats:
        if not known(name):
            raise InvalidParameterValue(f"The value {name} for parameter Statistics is not supported.")


def _matches(key: Key, asked: Mapping[str, Any]) -> bool:
    if asked.get("Namespace") not in (None, key.namespace) or asked.get("MetricName") not in (None, key.name):
        return False
    have = dict(key.dimensions)
    return all(
        one["Name"] in have and one.get("Value") in (None, have[one["Name"]]) for one in asked.get("Dimensions") or ()
    )


def _first(token: str | None) -> int:
    if token is not None and not token.isdigit():
        raise InvalidParameterValue("Request parameter NextToken is invalid")
    return int(token or 0)


def _place(response: Any) -> Place:
    return response.current_account, response.region


def _moment(t: float) -> datetime:
    return datetime.fromtimestamp(t, UTC)
