"""CloudWatch alarms: evaluated on the clock, with their actions.

What AWS does
    An alarm is INSUFFICIENT_DATA when it is made. It is evaluated each minute (each ten seconds for periods below a
    minute, each hour when it spans days) on windows that slide: M of the last N datapoints, a few more fetched, missing
    ones treated as configured. When its state changes it carries out its actions; those that call a scaling policy are
    carried out again each minute for as long as the state lasts. A composite alarm follows the states of others.
What moto leaves out
    Every evaluation and every action; alarms begin as OK; DescribeAlarmHistory, PutCompositeAlarm.
What this adds
    Evaluation of alarms on any metric, percentile (with few samples left alone where that is asked) or expression, as
    long as something can change; the state set by hand, which acts and lasts until the next evaluation. Actions:
    scaling policies, SNS topics with CloudWatch's message, EC2 recover, stop, terminate and reboot. The history;
    composite alarms. An alarm that is put again keeps its state. A recover action on another metric is refused, and
    so are M above N and spans above a week, or a day with periods below an hour.
What it still does not do
    Anomaly detection, Metrics Insights, Lambda and Systems Manager actions, suppression of composite alarms by others.
    AWS does not say how many more datapoints it fetches: two more here, as in its own tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.behaviours.failures import check_now
from aws14.emulator.behaviours.hooks import add, around
from aws14.emulator.clock import handles
from aws14.emulator.cloudwatch.actions import act, remember, repeat, repeats
from aws14.emulator.cloudwatch.arming import alarms_in, arm, arm_for, disarm, evaluate_later
from aws14.emulator.cloudwatch.composite import RuleError, holds, named
from aws14.emulator.cloudwatch.store import Key, Place
from aws14.emulator.cloudwatch.watching import Look, interval_s, is_settled, look, place_of, reason, rule_of
from aws14.emulator.failure_records import find_instance
from aws14.emulator.status_history import METRICS, NAMESPACE
from aws14.emulator.world import world
from aws14.sim.alarms import ALARM, OK, TREATMENTS, Rule

__all__ = ["install"]

_RECOVER = ":ec2:recover"
_BEGINNING = "Unchecked: Initial alarm creation"
_KEPT = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "_aws14_history")
_MINUTE_S = 60
# PutMetricAlarm, "Period": a week at most, and with periods below an hour a day at most.
_HOUR_S, _DAY_S, _WEEK_S = 3600, 86_400, 604_800


def install() -> None:
    """Take hold of how moto puts alarms and changes their state; add the history and composite alarms."""
    from moto.cloudwatch.models import Alarm, CloudWatchBackend
    from moto.cloudwatch.responses import CloudWatchResponse

    from aws14.emulator.cloudwatch.history import AlarmHistory

    around(CloudWatchBackend, "put_metric_alarm", _put)
    around(Alarm, "update_state", _update)
    # moto's own method takes the rule of a composite alarm, too; only the operation is missing.
    add(CloudWatchResponse, "put_composite_alarm", CloudWatchResponse.put_metric_alarm)
    if AlarmHistory not in CloudWatchResponse.__bases__:
        CloudWatchResponse.__bases__ = (AlarmHistory, *CloudWatchResponse.__bases__)


def _put(original: Callable[..., Any], backend: Any, **kwargs: Any) -> Any:
    _check(backend, kwargs)
    before = backend.alarms.get(kwargs["name"])
    alarm = original(backend, **kwargs)
    if before is None:
        alarm.state_value, alarm.state_reason = "INSUFFICIENT_DATA", _BEGINNING
        remember(alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" created')
    else:
        for name in _KEPT:
            setattr(alarm, name, getattr(before, name))
        remember(alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" updated')
    if alarm.rule is not None:
        alarm.alarm_rule = alarm.rule
        _follow(alarm)
    instance = find_instance(_checked_instance(alarm))
    if instance is not None:
        check_now(instance)
    arm(alarm)
    return alarm


def _check(backend: Any, asked: dict[str, Any]) -> None:
    from moto.cloudwatch.exceptions import ValidationError

    recovers = any(str(action).endswith(_RECOVER) for action in asked.get("alarm_actions") or ())
    if recovers and asked.get("metric_name") != "StatusCheckFailed_System":
        raise ValidationError("Invalid use of EC2 'Recover' action: it needs the metric StatusCheckFailed_System.")
    period = int(asked.get("period") or _MINUTE_S)
    if period % _MINUTE_S and period not in (10, 20, 30):
        raise ValidationError("Invalid parameter combination: Period must be 10, 20, 30 or a multiple of 60")
    _check_span(asked)
    rule = asked.get("rule") or "TRUE"
    try:
        holds(rule, lambda _: None)
        goes_round = asked["name"] in _followed(backend, rule, set())
    except RuleError:
        raise ValidationError("Invalid AlarmRule: it cannot be read") from None
    if goes_round:
        raise ValidationError("Invalid AlarmRule: the alarm would follow itself")


def _check_span(asked: dict[str, Any]) -> None:
    from moto.cloudwatch.exceptions import ValidationError

    number, wanted = asked.get("evaluation_periods"), asked.get("datapoints_to_alarm")
    if number is None:
        return
    if wanted is not None and not 1 <= int(wanted) <= int(number):
        raise ValidationError("DatapointsToAlarm must be at least 1 and not more than EvaluationPeriods")
    treatment = asked.get("treat_missing_data")
    if treatment and treatment not in TREATMENTS:
        raise ValidationError(f"Option {treatment} is not supported for TreatMissingData: {', '.join(TREATMENTS)}")
    queries = asked.get("metric_data_queries") or ()
    periods = [one.period or (one.metric_stat.period if one.metric_stat else 0) for one in queries]
    period = max(int(each or 0) for each in (asked.get("period"), *periods))
    most = _WEEK_S if period >= _HOUR_S else _DAY_S
    if int(number) * period > most:
        days = "seven days" if most == _WEEK_S else "a day"
        raise ValidationError(
            f"Metrics cannot be checked across more than {days} (EvaluationPeriods * Period must be <= {most})"
        )


def _followed(backend: Any, rule: str, found: set[str]) -> set[str]:
    """Names of the alarms that a rule speaks of, directly or by way of other composite alarms."""
    for name in named(rule) - found:
        found.add(name)
        other = backend.alarms.get(name)
        if other is not None and other.rule is not None:
            _followed(backend, other.rule, found)
    return found


def _checked_instance(alarm: Any) -> str:
    ours = alarm.namespace == NAMESPACE and alarm.metric_name in METRICS
    return next((str(one.value) for one in alarm.dimensions if one.name == "InstanceId"), "") if ours else ""


@handles("alarms.data_changed")
def _data_changed(place: Place, metrics: list[tuple[str, str, tuple[tuple[str, str], ...]]]) -> None:
    arm_for(place, (Key(*metric) for metric in metrics))


@handles("alarms.evaluates")
def _evaluates(account: str, region: str, name: str) -> None:
    alarm = alarms_in((account, region)).get(name)
    rule = None if alarm is None else rule_of(alarm)
    if alarm is None or rule is None:
        disarm((account, region, name))
        return
    seen = look(alarm, rule, world().clock.now())
    if seen.state != alarm.state_value:
        _change(alarm, rule, seen)
    else:
        repeat(alarm, seen.value)
    if is_settled(alarm, rule, world().clock.now()) and not repeats(alarm):
        disarm((account, region, name))
    else:
        evaluate_later(alarm, interval_s(alarm, rule))


def _change(alarm: Any, rule: Rule, seen: Look) -> None:
    alarm.update_state(reason(rule, seen), _reason_data(alarm, rule, seen), seen.state)


def _reason_data(alarm: Any, rule: Rule, seen: Look) -> str:
    last = [(t, value) for t, value in seen.datapoints if value is not None][-rule.evaluation_periods :]
    facts = {
        "version": "1.0",
        "queryDate": _moment(world().clock.now()),
        "startDate": _moment(last[0][0] if last else seen.datapoints[0][0]),
        "statistic": alarm.statistic or alarm.extended_statistic,
        "period": alarm.period,
        "recentDatapoints": [value for _, value in last],
        "threshold": rule.threshold,
    }
    return json.dumps(facts)


def _moment(t: float) -> str:
    return f"{datetime.fromtimestamp(t, UTC):%Y-%m-%dT%H:%M:%S.000+0000}"


def _update(original: Callable[..., None], alarm: Any, *said: str) -> None:
    before = alarm.state_value
    original(alarm, *said)
    if alarm.state_value != before:
        remember(alarm, "StateUpdate", f"Alarm updated from {before} to {alarm.state_value}")
        rule = rule_of(alarm)
        act(alarm, before, None if rule is None else look(alarm, rule, world().clock.now()).value)
        world().clock.after(0.0, "fault_injection.alarm_changed", (alarm.alarm_arn, alarm.state_value))
        for other in alarms_in(place_of(alarm)).values():
            if other.rule is not None and alarm.name in named(other.rule):
                _follow(other)
    arm(alarm)


def _follow(alarm: Any) -> None:
    """Bring a composite alarm up to date."""
    alarms = alarms_in(place_of(alarm))
    found = holds(alarm.rule, lambda name: alarms[name].state_value if name in alarms else None)
    after = ALARM if found else OK
    if after != alarm.state_value:
        alarm.update_state(f"The rule {alarm.rule} evaluates to {str(found).upper()}", "{}", after)
