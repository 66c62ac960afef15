"""CloudWatch Logs read back: log groups as nodes."""

from __future__ import annotations

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen, called
from aws14.model import Node


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
    return Seen(node=node, tags=tags, name=called(tags, name))
