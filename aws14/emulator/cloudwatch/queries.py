"""Queries on metrics: one statistic of one metric, or an expression of others, on a grid of periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws14.emulator.cloudwatch.expressions import ExpressionError, Points, evaluate, names
from aws14.emulator.cloudwatch.sources import find
from aws14.emulator.cloudwatch.statistics import periods, statistic
from aws14.emulator.cloudwatch.store import Key, Place, key_of

__all__ = ["Grid", "Query", "keys", "points", "read", "values"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Periods, one after the other.

    Parameters
    ----------
    start : float
        Epoch seconds of the first.
    period : float
        Length of each, in seconds.
    number : int
        How many.
    """

    start: float
    period: float
    number: int

    @property
    def end(self) -> float:
        """Epoch seconds of the end of the last."""
        return self.start + self.period * self.number


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """One of MetricDataQueries.

    Parameters
    ----------
    id : str
        By which expressions speak of it.
    label : str
        As it was given, or made.
    key : Key or None
        The metric; None for an expression.
    stat : str
        Statistic of the metric.
    expression : str
        Of other queries.
    period : float
        Seconds; 0 for an expression that takes it from what it speaks of.
    unit : str
        Only samples of it; empty: all.
    returned : bool
        Whether the answer has it.
    """

    id: str
    label: str
    key: Key | None
    stat: str = "Average"
    expression: str = ""
    period: float = 0.0
    unit: str = ""
    returned: bool = True


def read(given: Sequence[Mapping[str, Any]]) -> list[Query]:
    """MetricDataQueries as the API has them.

    Parameters
    ----------
    given : sequence of mapping
        Checked already: each has a metric or an expression.
    """
    return [_query(one) for one in given]


def _query(given: Mapping[str, Any]) -> Query:
    name, label, returned = str(given["Id"]), str(given.get("Label") or ""), given.get("ReturnData") is not False
    asked = given.get("MetricStat")
    if asked is None:
        return Query(
            id=name,
            label=label or name,
            key=None,
            expression=str(given["Expression"]),
            period=float(given.get("Period") or 0),
            returned=returned,
        )
    metric = asked["Metric"]
    return Query(
        id=name,
        label=label or f"{metric['MetricName']} {asked['Stat']}",
        key=key_of(metric["Namespace"], metric["MetricName"], metric.get("Dimensions")),
        stat=str(asked["Stat"]),
        period=float(asked["Period"]),
        unit=str(asked.get("Unit") or ""),
        returned=returned,
    )


def keys(queries: Sequence[Query]) -> set[Key]:
    """The metrics that queries ask for."""
    return {query.key for query in queries if query.key is not None}


def points(place: Place, key: Key, grid: Grid, *, stat: str, unit: str = "") -> Points:
    """A statistic of a metric, period by period.

    Parameters
    ----------
    place : Place
        Account and region.
    key : Key
        Which metric.
    grid : Grid
        Which periods.
    stat : str
        Which statistic.
    unit : str
        Only samples of it; empty: all.
    """
    found = find(place, key, grid.start, grid.end)
    wanted = [sample for sample in found if sample.unit == unit] if unit else found
    return [statistic(stat, each) for each in periods(wanted, grid.start, grid.period, grid.number)]


def values(place: Place, queries: Sequence[Query], wanted: Query, grid: Grid) -> Points:
    """The values of a query on a grid, with those of the queries that its expression speaks of.

    Parameters
    ----------
    place : Place
        Account and region.
    queries : sequence of Query
        All that were asked together.
    wanted : Query
        One of them.
    grid : Grid
        Which periods.

    Raises
    ------
    ExpressionError
        An expression speaks of itself or of what is not there, or cannot be computed here.
    """
    return _values(place, {query.id: query for query in queries}, wanted, grid=grid, within=())


def _values(
    place: Place, queries: Mapping[str, Query], wanted: Query, *, grid: Grid, within: tuple[str, ...]
) -> Points:
    if wanted.key is not None:
        return points(place, wanted.key, grid, stat=wanted.stat, unit=wanted.unit)
    if wanted.id in within:
        raise ExpressionError(f"the expression {wanted.id} speaks of itself")
    asked = names(wanted.expression)
    if "METRICS" in wanted.expression:
        asked |= {query.id for query in queries.values() if query.key is not None}
    inner = (*within, wanted.id)
    found = {name: _values(place, queries, queries[name], grid=grid, within=inner) for name in queries if name in asked}
    return evaluate(wanted.expression, found or {"": [None] * grid.number}, period=grid.period)
