"""CloudWatch read back: alarms as nodes, and the policies that they call as links.

The alarms that a target tracking policy makes for itself belong to the policy and are no nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aws14.cloud.readback.asking import Asking, unless
from aws14.cloud.readback.seen import Resource, Seen, called, required, tags_of
from aws14.model import Link, Node

OWN = "TargetTracking-"
"""How the names of alarms begin that Auto Scaling makes for a policy."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What CloudWatch answered in one region."""

    region: str
    alarms: tuple[Seen, ...]
    links: tuple[Link, ...]


def fetch(asking: Asking, region: str) -> Facts:
    """Ask for every alarm of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    client = asking.client("cloudwatch", region)
    alarms = [
        one
        for one in asking.listed("cloudwatch", region, "describe_alarms", "MetricAlarms")
        if not one["AlarmName"].startswith(OWN)
    ]
    return Facts(
        region=region,
        alarms=tuple(_alarm(one, region, _tags(client, one["AlarmArn"])) for one in alarms),
        links=tuple(link for one in alarms for link in _links(one)),
    )


def _tags(client: Any, arn: str) -> dict[str, str]:
    # The embedded AWS knows no tags of an alarm that never had any.
    absent = ("ResourceNotFoundException", "ResourceNotFound")
    return tags_of(unless(absent, lambda: client.list_tags_for_resource(ResourceARN=arn), {}))


def _alarm(one: Resource, region: str, tags: dict[str, str]) -> Seen:
    name, of = one["AlarmName"], f"alarm {one['AlarmName']}"
    node = Node(
        id=one["AlarmArn"],
        kind="alarm",
        parent=region,
        aws_id=name,
        attributes={
            "namespace": one.get("Namespace", ""),
            "metric": one.get("MetricName") or _expression(one),
            "dimensions": tuple(sorted(f"{each['Name']}={each['Value']}" for each in one.get("Dimensions", ()))),
            "statistic": one.get("Statistic") or one.get("ExtendedStatistic") or "",
            "comparison": required(one, "ComparisonOperator", of),
            "threshold": float(one.get("Threshold", 0.0)),
            "period_s": one.get("Period") or _period_s(one),
            "evaluation_periods": required(one, "EvaluationPeriods", of),
            # CloudWatch leaves it out where all of the periods count.
            "datapoints_to_alarm": one.get("DatapointsToAlarm") or one["EvaluationPeriods"],
            "treat_missing": one.get("TreatMissingData") or "missing",
            "state": required(one, "StateValue", of),
            "actions_enabled": required(one, "ActionsEnabled", of),
        },
    )
    return Seen(node=node, tags=tags, name=called(tags, name), owner=next(iter(one.get("AlarmActions", ())), ""))


def _expression(alarm: Resource) -> str:
    """What a metric math alarm watches: the expression, or the metric, that it returns."""
    shown = [each for each in alarm.get("Metrics", ()) if each.get("ReturnData", True)]
    stat = shown[-1].get("MetricStat", {}).get("Metric", {}) if shown else {}
    return str(shown[-1].get("Expression") or stat.get("MetricName", "")) if shown else ""


def _period_s(alarm: Resource) -> int:
    periods = [each.get("Period") or each.get("MetricStat", {}).get("Period", 0) for each in alarm.get("Metrics", ())]
    return max(periods, default=0)


def _links(alarm: Resource) -> Iterator[Link]:
    for action in alarm.get("AlarmActions", ()):
        yield Link(source=alarm["AlarmArn"], target=action, kind="routes", label="ALARM")
    for action in alarm.get("OKActions", ()):
        yield Link(source=alarm["AlarmArn"], target=action, kind="routes", label="OK")
