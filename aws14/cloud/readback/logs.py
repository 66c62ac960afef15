"""CloudWatch Logs read back: log groups as nodes."""

from __future__ import annotations

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen, called
from aws14.model import Node

_OF_FUNCTIONS = "/aws/lambda/"


def fetch(asking: Asking, region: str) -> tuple[Seen, ...]:
    """Ask for every log group of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    return tuple(
        _log_group(asking, region, one) for one in asking.listed("logs", region, "describe_log_groups", "logGroups")
    )


def _log_group(asking: Asking, region: str, one: Resource) -> Seen:
    name, arn = one["logGroupName"], one["arn"].removesuffix(":*")
    tags = asking.client("logs", region).list_tags_for_resource(resourceArn=arn)["tags"]
    node = Node(
        id=arn,
        kind="log_group",
        parent=region,
        aws_id=name,
        # Logs says nothing where they are kept for ever.
        attributes={"retention_days": one.get("retentionInDays", 0)},
    )
    return Seen(node=node, tags=tags, name=called(tags, name), owner=_function(arn, name))


def _function(arn: str, name: str) -> str:
    """ARN of the function that writes here: what Lambda made for it goes with it."""
    if not name.startswith(_OF_FUNCTIONS):
        return ""
    return (
        f"{arn.partition(':log-group:')[0].replace(':logs:', ':lambda:')}:function:{name.removeprefix(_OF_FUNCTIONS)}"
    )
