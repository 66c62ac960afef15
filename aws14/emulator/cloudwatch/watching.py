"""What an alarm of moto's looks at, and what it makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.cloudwatch.expressions import ExpressionError
from aws14.emulator.cloudwatch.queries import Grid, Query, keys, values
from aws14.emulator.cloudwatch.sources import changed_at, find
from aws14.emulator.cloudwatch.statistics import count, known, percentile_of
from aws14.emulator.cloudwatch.store import Key, Place, key_of
from aws14.sim.alarms import ALARM, COMPARISONS, INSUFFICIENT_DATA, Rule, evaluation_range, few, state

__all__ = ["Look", "interval_s", "is_settled", "look", "place_of", "reason", "rule_of", "watched"]

_MINUTE_S, _TEN_S, _HOUR_S, _DAY_S = 60.0, 10.0, 3600.0, 86_400.0
_ALWAYS_IGNORES = "AWS/DynamoDB"


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What an alarm saw at one evaluation.

    Parameters
    ----------
    state : str
        That it is in now.
    datapoints : tuple of (float, float or None)
        Start (epoch seconds) and value of the periods fetched, oldest first.
    """

    state: str
    datapoints: tuple[tuple[float, float | None], ...]

    @property
    def value(self) -> float | None:
        """The newest value that was there."""
        return next((value for _, value in reversed(self.datapoints) if value is not None), None)


def place_of(alarm: Any) -> Place:
    """Account and region of an alarm."""
    parts = alarm.alarm_arn.split(":")
    return parts[4], parts[3]


def rule_of(alarm: Any) -> Rule | None:
    """When it is in ALARM; None for a composite alarm, and for what this emulator does not evaluate."""
    queries = _queries(alarm)
    computable = all(known(query.stat) for query in queries if query.key is not None)
    if alarm.rule is not None or alarm.comparison_operator not in COMPARISONS or not queries or not computable:
        return None
    number = int(alarm.evaluation_periods)
    treat = "ignore" if alarm.namespace == _ALWAYS_IGNORES else alarm.treat_missing_data or "missing"
    return Rule(
        comparison=alarm.comparison_operator,
        threshold=float(alarm.threshold),
        evaluation_periods=number,
        datapoints_to_alarm=int(alarm.datapoints_to_alarm or number),
        treat_missing=treat,
    )


def watched(alarm: Any) -> set[Key]:
    """The metrics that it looks at."""
    return keys(_queries(alarm))


def interval_s(alarm: Any, rule: Rule) -> float:
    """How often it is evaluated: each minute; each ten seconds for short periods, each hour when it spans days."""
    period = _period(alarm)
    if rule.evaluation_periods * period > _DAY_S:
        return _HOUR_S
    return _TEN_S if period < _MINUTE_S else _MINUTE_S


def look(alarm: Any, rule: Rule, now: float) -> Look:
    """Evaluate an alarm.

    Parameters
    ----------
    alarm : moto.cloudwatch.models.Alarm
        Which; its state so far counts.
    rule : Rule
        Of it.
    now : float
        Epoch seconds. Periods end with the last whole minute (or ten seconds): windows slide.
    """
    period, number = _period(alarm), evaluation_range(rule)
    end = now // min(period, _MINUTE_S) * min(period, _MINUTE_S)
    grid = Grid(start=end - number * period, period=period, number=number)
    queries = _queries(alarm)
    wanted = next((query for query in queries if query.returned), queries[-1])
    try:
        found = values(place_of(alarm), queries, wanted, grid)
    except ExpressionError:
        found = [None] * number
    stays = _too_few(alarm, wanted, rule, grid)
    after = alarm.state_value if stays else state(rule, found, before=alarm.state_value)
    starts = (grid.start + at * period for at in range(number))
    return Look(state=after, datapoints=tuple(zip(starts, found, strict=True)))


def _too_few(alarm: Any, wanted: Query, rule: Rule, grid: Grid) -> bool:
    """Whether a percentile stands on so few samples that the alarm is to leave it alone."""
    percent = percentile_of(wanted.stat) if wanted.key is not None else None
    if percent is None or wanted.key is None or alarm.evaluate_low_sample_count_percentile != "ignore":
        return False
    start = grid.end - rule.evaluation_periods * grid.period
    return few(percent, count(find(place_of(alarm), wanted.key, start, grid.end)))


def is_settled(alarm: Any, rule: Rule, now: float) -> bool:
    """Whether the next evaluations would all say the same: nothing new has come for as long as it looks back."""
    span = (evaluation_range(rule) + 1) * max(_period(alarm), interval_s(alarm, rule))
    changes = (changed_at(place_of(alarm), key) for key in watched(alarm))
    return all(changed is None or now - changed > span for changed in changes)


def reason(rule: Rule, seen: Look) -> str:
    """Why it is in its state, in CloudWatch's words."""
    last = seen.datapoints[-rule.evaluation_periods :]
    if seen.state == INSUFFICIENT_DATA:
        return f"Insufficient Data: {_number(len(last), 'datapoint')} {_was(len(last))} unknown."
    counted = [(t, value) for t, value in seen.datapoints if value is not None][-rule.evaluation_periods :]
    missing = rule.evaluation_periods - len(counted)
    breach = seen.state == ALARM
    said = [f"{value} ({_moment(t)})" for t, value in reversed(counted)]
    number = sum(rule.breaches(value) == breach for _, value in counted)
    if not number:
        return _missing(missing, treated=breach)
    text = f"Threshold Crossed: {number} out of the last {rule.evaluation_periods} datapoints [{', '.join(said)}]"
    verb = _was(number) + ("" if breach else " not")
    wanted = rule.datapoints_to_alarm if breach else rule.evaluation_periods - rule.datapoints_to_alarm + 1
    return (
        f"{text} {verb} {COMPARISONS[rule.comparison][1]} the threshold ({rule.threshold}) "
        f"(minimum {_number(wanted, 'datapoint')} for {'OK -> ALARM' if breach else 'ALARM -> OK'} transition)."
    )


def _missing(number: int, *, treated: bool) -> str:
    return (
        f"Threshold Crossed: no datapoints were received for {_number(number, 'period')} and "
        f"{_number(number, 'missing datapoint')} {_was(number)} treated as "
        f"[{'Breaching' if treated else 'NonBreaching'}]."
    )


def _number(count_of: int, thing: str) -> str:
    return f"{count_of} {thing}{'' if count_of == 1 else 's'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _moment(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).strftime("%d/%m/%y %H:%M:%S")


def _period(alarm: Any) -> float:
    return max((query.period for query in _queries(alarm)), default=0.0) or _MINUTE_S


def _queries(alarm: Any) -> Sequence[Query]:
    """What it asks for, as queries: its one metric, or its Metrics."""
    if alarm.metric_data_queries:
        return [_query(one) for one in alarm.metric_data_queries]
    if not alarm.metric_name:
        return []
    named = [{"Name": one.name, "Value": one.value} for one in alarm.dimensions]
    key = key_of(alarm.namespace, alarm.metric_name, named)
    stat = str(alarm.statistic or alarm.extended_statistic)
    return [Query(id="m1", label="", key=key, stat=stat, period=float(alarm.period), unit=alarm.unit or "")]


def _query(given: Any) -> Query:
    returned = str(given.return_data).lower() != "false"
    if given.metric_stat is None:
        period = float(given.period or 0)
        return Query(id=given.id, label="", key=None, expression=given.expression, period=period, returned=returned)
    stat = given.metric_stat
    named = [{"Name": one.name, "Value": one.value} for one in stat.metric.dimensions]
    return Query(
        id=given.id,
        label="",
        key=key_of(stat.metric.namespace, stat.metric.metric_name, named),
        stat=str(stat.stat),
        period=float(stat.period),
        unit=stat.unit or "",
        returned=returned,
    )
