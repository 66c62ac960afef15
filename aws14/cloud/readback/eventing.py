"""The readers of tables, queues, topics, rules, schedules and state machines, by boto3 client."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws14.cloud.readback import dynamodb, events, sns, sqs, stepfunctions
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Seen
from aws14.model import Link

__all__ = ["READERS"]

Found = tuple[tuple[Seen, ...], tuple[Link, ...]]

READERS: Mapping[str, Callable[[Asking, str], Found]] = {
    "dynamodb": lambda asking, region: (dynamodb.fetch(asking, region), ()),
    "sqs": lambda asking, region: (sqs.fetch(asking, region), ()),
    "sns": sns.fetch,
    "events": events.fetch_rules,
    "scheduler": events.fetch_schedules,
    "stepfunctions": stepfunctions.fetch,
}
"""boto3 client -> what it says of one region: nodes and links."""
