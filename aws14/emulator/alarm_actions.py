"""What an alarm does when its state changes, and what it remembers of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.behaviours.recovery import recover
from aws14.emulator.world import world

__all__ = ["act", "remember"]

_MOST_REMEMBERED = 500
_EC2 = "arn:aws:automate:"
_ACTIONS: Mapping[str, Callable[[Any], Any]] = {
    "recover": recover,
    "stop": lambda instance: instance.ec2_backend.stop_instances([instance.id]),
    "terminate": lambda instance: instance.ec2_backend.terminate_instances([instance.id]),
    "reboot": lambda instance: instance.ec2_backend.reboot_instances([instance.id]),
}


def act(alarm: Any, instance: Any) -> None:
    """Carry out the EC2 actions that an alarm has for the state it is in now.

    Parameters
    ----------
    alarm : moto.cloudwatch.models.Alarm
        Whose state has just changed.
    instance : moto.ec2.models.instances.Instance or None
        The one that the alarm's metric is of.
    """
    if not alarm.actions_enabled:
        return
    lists = {"ALARM": alarm.alarm_actions, "OK": alarm.ok_actions}
    for arn in lists.get(alarm.state_value, alarm.insufficient_data_actions) or ():
        action = _ACTIONS.get(arn.rpartition(":")[2]) if arn.startswith(_EC2) else None
        if action is not None and instance is not None:
            _carry_out(alarm, arn, action, instance)


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


def _carry_out(alarm: Any, arn: str, action: Callable[[Any], Any], instance: Any) -> None:
    from moto.ec2.exceptions import EC2ClientError

    try:
        action(instance)
        remember(alarm, "Action", f"Successfully executed action {arn}")
    except EC2ClientError as refused:
        remember(alarm, "Action", f"Failed to execute action {arn}: {refused.message}")
