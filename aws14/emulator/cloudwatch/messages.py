"""What an alarm sends to an SNS topic: the message in CloudWatch's own shape."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from aws14.catalog import region
from aws14.emulator.cloudwatch.watching import place_of
from aws14.emulator.world import world
from aws14.errors import DataError

__all__ = ["publish"]

_SAID = {"SampleCount": "SAMPLE_COUNT"}


def publish(alarm: Any, topic: str, before: str) -> None:
    """Publish to a topic that an alarm has changed its state.

    Parameters
    ----------
    alarm : moto.cloudwatch.models.Alarm
        In its new state.
    topic : str
        ARN.
    before : str
        Its state so far.

    Raises
    ------
    ServiceException
        SNS refuses: there is no such topic.
    """
    from moto.sns.models import sns_backends

    _, _, _, where, account, *_ = topic.split(":")
    subject = f'{alarm.state_value}: "{alarm.name}" in {_place_name(alarm.region_name)}'
    sns_backends[account][where].publish(json.dumps(_message(alarm, before)), subject=subject[:100], arn=topic)


def _message(alarm: Any, before: str) -> dict[str, Any]:
    account, _ = place_of(alarm)
    changed = datetime.fromtimestamp(world().clock.now(), UTC)
    configured = alarm.configuration_updated_timestamp.replace(tzinfo=UTC)
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": _moment(configured),
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": _moment(changed),
        "Region": _place_name(alarm.region_name),
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
        "OKActions": list(alarm.ok_actions or ()),
        "AlarmActions": list(alarm.alarm_actions or ()),
        "InsufficientDataActions": list(alarm.insufficient_data_actions or ()),
        **({"AlarmRule": alarm.rule} if alarm.rule is not None else {"Trigger": _trigger(alarm)}),
    }


def _trigger(alarm: Any) -> dict[str, Any]:
    shared = {
        "Period": int(alarm.period or 0),
        "EvaluationPeriods": int(alarm.evaluation_periods),
        "DatapointsToAlarm": int(alarm.datapoints_to_alarm or alarm.evaluation_periods),
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": float(alarm.threshold),
        "TreatMissingData": alarm.treat_missing_data or "missing",
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile or "",
    }
    if alarm.metric_data_queries:
        metrics = [{"Id": one.id, "Expression": one.expression or ""} for one in alarm.metric_data_queries]
        return {"Metrics": metrics, **shared}
    kind = "ExtendedStatistic" if alarm.extended_statistic else "Statistic"
    said = alarm.extended_statistic or _SAID.get(alarm.statistic, str(alarm.statistic).upper())
    return {
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        "StatisticType": kind,
        kind: said,
        "Unit": alarm.unit,
        "Dimensions": [{"value": one.value, "name": one.name} for one in alarm.dimensions],
        **shared,
    }


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def _place_name(name: str) -> str:
    try:
        return f"{_continent(name)} ({region(name).long_name})"
    except DataError:
        return name


def _continent(name: str) -> str:
    begins = {"ap": "Asia Pacific", "us": "US", "eu": "EU", "ca": "Canada", "sa": "South America", "af": "Africa"}
    return begins.get(name.partition("-")[0], "Middle East")
