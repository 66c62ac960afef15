"""Alarms on status checks: evaluated on the clock, with their EC2 actions.

What AWS does
    EC2 sends StatusCheckFailed, StatusCheckFailed_System and StatusCheckFailed_Instance once a minute for each running
    instance. An alarm is INSUFFICIENT_DATA when it is made, is evaluated every minute, and carries out its actions when
    its state changes: ``arn:aws:automate:<region>:ec2:recover``, ``:stop``, ``:terminate``, ``:reboot``.
What moto leaves out
    The metrics, every evaluation, the actions; alarms begin as OK; DescribeAlarmHistory.
What this adds
    The three metrics, in queries too; the evaluation of alarms on them (M of N, missing data, every comparison), as
    long as something can change; their EC2 actions; the history. Every new alarm begins as INSUFFICIENT_DATA; one that
    is put again keeps its state. A recover action on another metric is refused.
What it still does not do
    Alarms on other metrics stay as they are. Composite alarms, anomaly detection, metric mathematics, SNS and other
    actions. Only the last N periods are looked at: AWS looks a little further back for what is late.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.alarm_actions import act, remember
from aws14.emulator.behaviours.failures import check_now
from aws14.emulator.behaviours.hooks import around
from aws14.emulator.clock import handles
from aws14.emulator.failure_records import find_instance
from aws14.emulator.status_history import MINUTE_S, history, samples
from aws14.emulator.status_metrics import METRICS, NAMESPACE, data_with, list_with, statistic, statistics_with
from aws14.emulator.world import world
from aws14.sim.alarms import COMPARISONS, Rule, state

__all__ = ["install"]

_RECOVER = ":ec2:recover"
_BEGINNING = "Unchecked: Initial alarm creation"


def install() -> None:
    """Take hold of how moto puts alarms, changes their state and finds metrics; add the history."""
    from moto.cloudwatch.models import Alarm, CloudWatchBackend
    from moto.cloudwatch.responses import CloudWatchResponse

    from aws14.emulator.alarm_history import AlarmHistory

    around(CloudWatchBackend, "put_metric_alarm", _put)
    around(Alarm, "update_state", _update)
    around(CloudWatchBackend, "get_metric_statistics", statistics_with)
    around(CloudWatchBackend, "get_metric_data", data_with)
    around(CloudWatchBackend, "get_filtered_metrics", list_with)
    if AlarmHistory not in CloudWatchResponse.__bases__:
        CloudWatchResponse.__bases__ = (AlarmHistory, *CloudWatchResponse.__bases__)


def _put(original: Callable[..., Any], backend: Any, **kwargs: Any) -> Any:
    _refuse_recovery_elsewhere(kwargs)
    before = backend.alarms.get(kwargs["name"])
    alarm = original(backend, **kwargs)
    alarm._aws14_account = backend.account_id  # noqa: SLF001 - ours, kept with the alarm
    if before is None:
        alarm.state_value, alarm.state_reason = "INSUFFICIENT_DATA", _BEGINNING
        remember(alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" created')
    else:
        for name in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "_aws14_history"):
            setattr(alarm, name, getattr(before, name))
        remember(alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" updated')
    instance = find_instance(_instance_id(alarm)) if _is_ours(alarm) else None
    if instance is not None:
        check_now(instance)
        _arm(alarm)
    return alarm


def _refuse_recovery_elsewhere(asked: dict[str, Any]) -> None:
    from moto.cloudwatch.exceptions import ValidationError

    recovers = any(str(action).endswith(_RECOVER) for action in asked.get("alarm_actions") or ())
    if recovers and asked.get("metric_name") != "StatusCheckFailed_System":
        raise ValidationError("Invalid use of EC2 'Recover' action: it needs the metric StatusCheckFailed_System.")


def _is_ours(alarm: Any) -> bool:
    simple = alarm.rule is None and not alarm.metric_data_queries and alarm.comparison_operator in COMPARISONS
    return bool(simple and alarm.namespace == NAMESPACE and alarm.metric_name in METRICS and alarm.statistic)


def _instance_id(alarm: Any) -> str:
    return next((str(one.value) for one in alarm.dimensions if one.name == "InstanceId"), "")


def _key(alarm: Any) -> tuple[str, str, str]:
    return alarm._aws14_account, alarm.region_name, alarm.name  # noqa: SLF001 - ours


def _armed() -> set[tuple[str, str, str]]:
    armed: set[tuple[str, str, str]] = world().state.setdefault("status_alarms", set())
    return armed


def _arm(alarm: Any) -> None:
    if _key(alarm) not in _armed():
        _armed().add(_key(alarm))
        _evaluate_next_minute(alarm)


def _evaluate_next_minute(alarm: Any) -> None:
    minute = (world().clock.now() // MINUTE_S + 1) * MINUTE_S
    world().clock.at(minute, "status_alarms.evaluates", _key(alarm))


@handles("status_alarms.looks")
def _looks(account: str, region: str, instance_id: str) -> None:
    for alarm in _alarms(account, region).values():
        if _is_ours(alarm) and _instance_id(alarm) == instance_id:
            _arm(alarm)


@handles("status_alarms.evaluates")
def _evaluates(account: str, region: str, name: str) -> None:
    alarm = _alarms(account, region).get(name)
    if alarm is None or not _is_ours(alarm):
        _armed().discard((account, region, name))
        return
    datapoints = _datapoints(alarm)
    rule = _rule(alarm)
    now = state(rule, [value for _, value in datapoints], before=alarm.state_value)
    if now != alarm.state_value:
        alarm.update_state(_reason(rule, datapoints, now), "{}", now)
    if _is_settled(alarm):
        _armed().discard(_key(alarm))
    else:
        _evaluate_next_minute(alarm)


def _alarms(account: str, region: str) -> dict[str, Any]:
    if "moto.cloudwatch.models" not in sys.modules:  # no alarm was ever put
        return {}
    from moto.cloudwatch.models import cloudwatch_backends

    found: dict[str, Any] = cloudwatch_backends[account][region].alarms
    return found


def _rule(alarm: Any) -> Rule:
    periods = int(alarm.evaluation_periods)
    return Rule(
        comparison=alarm.comparison_operator,
        threshold=float(alarm.threshold),
        evaluation_periods=periods,
        datapoints_to_alarm=int(alarm.datapoints_to_alarm or periods),
        treat_missing=alarm.treat_missing_data or "missing",
    )


def _datapoints(alarm: Any) -> list[tuple[float, float | None]]:
    """Start and value of the last whole periods, oldest first."""
    period = max(MINUTE_S, float(alarm.period))
    end = world().clock.now() // period * period
    starts = [end - period * back for back in range(int(alarm.evaluation_periods), 0, -1)]
    key = _instance_id(alarm)
    return [(t, statistic(alarm.statistic, [value for _, value in samples(key, t, t + period)])) for t in starts]


def _is_settled(alarm: Any) -> bool:
    """Whether every datapoint is younger than the last change: the next evaluation would say the same."""
    steps = history(_instance_id(alarm))
    window = (int(alarm.evaluation_periods) + 1) * max(MINUTE_S, float(alarm.period))
    return not steps or world().clock.now() - steps[-1][0] > window


def _reason(rule: Rule, datapoints: list[tuple[float, float | None]], now: str) -> str:
    known = [(t, value) for t, value in datapoints if value is not None]
    if now == "INSUFFICIENT_DATA":
        return f"Insufficient Data: {len(datapoints)} datapoints were unknown."
    breach = now == "ALARM"
    counted = [f"{value} ({datetime.fromtimestamp(t, UTC):%d/%m/%y %H:%M:%S})" for t, value in known]
    number = sum(rule.breaches(value) == breach for _, value in known)
    verb = ("were" if number != 1 else "was") + ("" if breach else " not")
    text = f"Threshold Crossed: {number} out of the last {rule.evaluation_periods} datapoints [{', '.join(counted)}]"
    return f"{text} {verb} {COMPARISONS[rule.comparison][1]} the threshold ({rule.threshold})."


def _update(original: Callable[..., None], alarm: Any, *said: str) -> None:
    before = alarm.state_value
    original(alarm, *said)
    if alarm.state_value != before:
        remember(alarm, "StateUpdate", f"Alarm updated from {before} to {alarm.state_value}")
        act(alarm, find_instance(_instance_id(alarm)))
        world().clock.after(0.0, "fault_injection.alarm_changed", (alarm.alarm_arn, alarm.state_value))
    if _is_ours(alarm):
        _arm(alarm)
