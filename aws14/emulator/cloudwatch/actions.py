"""What an alarm does when its state changes, and what it remembers of it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aws14.emulator.behaviours.recovery import recover
from aws14.emulator.cloudwatch.messages import publish
from aws14.emulator.failure_records import find_instance
from aws14.emulator.world import world

__all__ = ["act", "remember", "repeat", "repeats"]

_MOST_REMEMBERED = 500
_REPEATED_AFTER_S = 60.0
_EC2, _SCALING, _SNS = "arn:aws:automate:", "arn:aws:autoscaling:", "arn:aws:sns:"
_ACTIONS: Mapping[str, Callable[[Any], Any]] = {
    "recover": recover,
    "stop": lambda instance: instance.ec2_backend.stop_instances([instance.id]),
    "terminate": lambda instance: instance.ec2_backend.terminate_instances([instance.id]),
    "reboot": lambda instance: instance.ec2_backend.reboot_instances([instance.id]),
}


def act(alarm: Any, before: str, value: float | None) -> None:
    """Carry out the actions that an alarm has for the state it is in now.

    Parameters
    ----------
    alarm : moto.cloudwatch.models.Alarm
        Whose state has just changed.
    before : str
        Its state so far.
    value : float or None
        The newest value of its metric; None where there is none.
    """
    for arn in _arns(alarm):
        if arn.startswith(_EC2):
            _on_instance(alarm, arn)
        elif arn.startswith(_SNS):
            _carry_out(alarm, arn, partial(publish, alarm, arn, before))
        elif arn.startswith(_SCALING):
            _scale(alarm, arn, value)


def repeat(alarm: Any, value: float | None) -> None:
    """Call scaling policies again, which is done once a minute for as long as the alarm stays in its state.

    Parameters
    ----------
    alarm : moto.cloudwatch.models.Alarm
        Whose state has not changed.
    value : float or None
        The newest value of its metric; None where there is none.
    """
    if world().clock.now() - getattr(alarm, "_aws14_scaled", -math.inf) >= _REPEATED_AFTER_S:
        for arn in _arns(alarm):
            if arn.startswith(_SCALING):
                _scale(alarm, arn, value)


def repeats(alarm: Any) -> bool:
    """Whether it calls scaling policies in the state it is in."""
    return any(arn.startswith(_SCALING) for arn in _arns(alarm))


def remember(alarm: Any, kind: str, summary: str) -> None:
    """Add an item to the history of an alarm.

    Parameters
    ----------
    alarm : moto.cloudwatch.models.Alarm
        Whose.
    kind : {'ConfigurationUpdate', 'StateUpdate', 'Action'}
        What happened.
    summary : str
        In AWS's words.
    """
    if not hasattr(alarm, "_aws14_history"):
        alarm._aws14_history = []  # noqa: SLF001 - ours, kept with the alarm
    facts = {"stateValue": alarm.state_value, "stateReason": alarm.state_reason}
    alarm._aws14_history.append(  # noqa: SLF001 - ours
        {
            "AlarmName": alarm.name,
            "AlarmType": "MetricAlarm" if alarm.rule is None else "CompositeAlarm",
            "Timestamp": datetime.fromtimestamp(world().clock.now(), UTC),
            "HistoryItemType": kind,
            "HistorySummary": summary,
            "HistoryData": json.dumps({"version": "1.0", "type": kind, "newState": facts}),
        }
    )
    del alarm._aws14_history[:-_MOST_REMEMBERED]  # noqa: SLF001 - ours


def _arns(alarm: Any) -> list[str]:
    """Of the actions for the state it is in; none while its actions are off."""
    if not alarm.actions_enabled:
        return []
    lists = {"ALARM": alarm.alarm_actions, "OK": alarm.ok_actions}
    return [str(arn) for arn in lists.get(alarm.state_value, alarm.insufficient_data_actions) or ()]


def _scale(alarm: Any, arn: str, value: float | None) -> None:
    now = world().clock.now()
    first = getattr(alarm, "_aws14_scaled_state", "") != alarm.state_value
    alarm._aws14_scaled = now  # noqa: SLF001 - ours, kept with the alarm
    alarm._aws14_scaled_state = alarm.state_value  # noqa: SLF001 - ours
    told = math.nan if value is None else value
    world().clock.after(0.0, "scaling.alarm_fired", (arn, alarm.name, told, float(alarm.threshold)))
    if first:
        remember(alarm, "Action", f"Successfully executed action {arn}")


def _on_instance(alarm: Any, arn: str) -> None:
    instance_id = next((str(one.value) for one in alarm.dimensions if one.name == "InstanceId"), "")
    action, instance = _ACTIONS.get(arn.rpartition(":")[2]), find_instance(instance_id)
    if action is not None and instance is not None:
        _carry_out(alarm, arn, lambda: action(instance))


def _carry_out(alarm: Any, arn: str, action: Callable[[], Any]) -> None:
    from moto.core.exceptions import JsonRESTError, ServiceException

    try:
        action()
        remember(alarm, "Action", f"Successfully executed action {arn}")
    except (JsonRESTError, ServiceException) as refused:
        remember(alarm, "Action", f"Failed to execute action {arn}: {refused.message}")
