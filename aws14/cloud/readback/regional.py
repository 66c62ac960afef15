"""The readers of what stands in a region and in no network, by boto3 client."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import ModuleType

from aws14.cloud.readback import (
    apigateway,
    apigatewayv2,
    cloudwatch,
    datasync,
    dynamodb,
    ecr,
    events,
    keeping,
    logs,
    sns,
    sqs,
    stepfunctions,
    storagegateway,
)
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Seen
from aws14.model import Link

__all__ = ["READERS"]

Found = tuple[Iterable[Seen], Iterable[Link]]
Reader = Callable[[Asking, str], Found]


def _alone(fetch: Callable[[Asking, str], Iterable[Seen]]) -> Reader:
    """A reader of nodes that have no links of their own."""
    return lambda asking, region: (fetch(asking, region), ())


def _alarms(asking: Asking, region: str) -> Found:
    facts = cloudwatch.fetch(asking, region)
    return facts.alarms, facts.links


def _apis(reader: ModuleType) -> Reader:
    def read(asking: Asking, region: str) -> Found:
        facts = reader.fetch(asking, region)
        return reader.to_nodes(facts), reader.to_links(facts)

    return read


READERS: Mapping[str, Reader] = {
    "ecr": _alone(ecr.fetch),
    "cloudwatch": _alarms,
    "logs": _alone(logs.fetch),
    "dynamodb": _alone(dynamodb.fetch),
    "sqs": _alone(sqs.fetch),
    "sns": sns.fetch,
    "events": events.fetch_rules,
    "scheduler": events.fetch_schedules,
    "stepfunctions": stepfunctions.fetch,
    "datasync": datasync.fetch,
    "storagegateway": storagegateway.fetch,
    "apigateway": _apis(apigateway),
    "apigatewayv2": _apis(apigatewayv2),
    **keeping.READERS,
}
"""boto3 client -> what it says of one region: nodes and links."""
