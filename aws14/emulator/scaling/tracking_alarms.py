"""The two alarms that a target tracking policy makes for itself, and those that call a policy.

``TargetTracking-<group>-AlarmHigh-<uuid>`` and ``...-AlarmLow-...``, with periods and thresholds of
`aws14.sim.autoscaling.tracking`. They go with their policy.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from aws14.sim.autoscaling.tracking import PREDEFINED, TargetTracking

__all__ = ["alarms_of", "drop_alarms", "make_alarms"]

_PERIOD_S = 60
_BEGIN = "TargetTracking-"
_DESCRIPTION = "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {arn}."


def _cloudwatch(group: Any) -> Any:
    from moto.cloudwatch.models import cloudwatch_backends

    return cloudwatch_backends[group.account_id][group.region]


def alarms_of(backend: Any, arn: str) -> list[dict[str, str]]:
    """The alarms that call a policy, as the API lists them.

    Parameters
    ----------
    backend : moto.autoscaling.models.AutoScalingBackend
        Of the policy.
    arn : str
        Of the policy.
    """
    from moto.cloudwatch.models import cloudwatch_backends

    alarms = cloudwatch_backends[backend.account_id][backend.region_name].alarms.values()
    found = [one for one in alarms if any(arn in (actions or ()) for actions in _actions(one))]
    return [{"AlarmName": one.name, "AlarmARN": one.alarm_arn} for one in found]


def _actions(alarm: Any) -> tuple[Any, ...]:
    return alarm.alarm_actions, alarm.ok_actions, alarm.insufficient_data_actions


def drop_alarms(group: Any, policy: Any) -> None:
    """Delete the alarms that a policy made for itself; those that a user made stay."""
    own = [one["AlarmName"] for one in alarms_of(group.autoscaling_backend, policy.arn)]
    _cloudwatch(group).delete_alarms([name for name in own if name.startswith(_BEGIN)])


def make_alarms(group: Any, policy: Any, tracking: TargetTracking) -> None:
    """Make the alarms of a target tracking policy; without scale-in only the high one.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Whose.
    policy : moto.autoscaling.models.FakeScalingPolicy
        Which; its ARN is what the alarms call.
    tracking : TargetTracking
        The same, as the simulation has it.
    """
    rules = {"AlarmHigh": tracking.high} | ({} if tracking.disable_scale_in else {"AlarmLow": tracking.low})
    metric = _metric(group, vars(policy.target_tracking_configuration))
    for which, rule in rules.items():
        _cloudwatch(group).put_metric_alarm(
            name=f"{_BEGIN}{group.name}-{which}-{uuid4()}",
            comparison_operator=rule.comparison,
            evaluation_periods=rule.evaluation_periods,
            datapoints_to_alarm=None,
            threshold=rule.threshold,
            period=_PERIOD_S,
            description=_DESCRIPTION.format(arn=policy.arn),
            alarm_actions=[policy.arn],
            ok_actions=[],
            insufficient_data_actions=[],
            actions_enabled=True,
            treat_missing_data=None,
            **metric,
        )


def _metric(group: Any, asked: dict[str, Any]) -> dict[str, Any]:
    predefined = asked.get("PredefinedMetricSpecification")
    if predefined is None:
        own = asked["CustomizedMetricSpecification"]
        return {
            "namespace": own["Namespace"],
            "metric_name": own["MetricName"],
            "dimensions": own.get("Dimensions") or [],
            "statistic": own["Statistic"],
            "unit": own.get("Unit"),
        }
    known = PREDEFINED[predefined["PredefinedMetricType"]]
    label = str(predefined.get("ResourceLabel") or "")
    # app/<name>/<id>/targetgroup/<name>/<id>
    target_group = label[label.find("targetgroup/") :] if label else ""
    dimension = ("TargetGroup", target_group) if target_group else ("AutoScalingGroupName", group.name)
    return {
        "namespace": known.namespace,
        "metric_name": known.name,
        "dimensions": [{"Name": dimension[0], "Value": dimension[1]}],
        "statistic": known.statistic,
        "unit": None,
    }
