"""What becomes of records of a stream that a function could not be brought to take: a report to a queue or topic.

Source: Lambda developer guide, "Retain discarded records for a DynamoDB event source": where the records are and why,
not the records themselves.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.world import world

__all__ = ["report"]


def report(mapping: Any, shard: str, batch: list[dict[str, Any]], condition: str, *, calls: int) -> None:
    """Send what is known of a discarded batch to the mapping's destination; without one nothing is sent.

    Parameters
    ----------
    mapping : Any
        moto's.
    shard : str
        Id of the shard.
    batch : list of dict
        The records as the function saw them.
    condition : str
        ``RetryAttemptsExhausted`` or ``RecordAgeExceeded``.
    calls : int
        How often the function was run for it.
    """
    target = ((mapping.destination_config or {}).get("OnFailure") or {}).get("Destination", "")
    if target:
        _send(target, json.dumps(_told(mapping, shard, batch, condition, calls=calls)))


def _told(mapping: Any, shard: str, batch: list[dict[str, Any]], condition: str, *, calls: int) -> dict[str, Any]:
    from moto.moto_api._internal import mock_random

    first, last = batch[0], batch[-1]
    name = "KinesisBatchInfo" if "kinesis" in first else "DDBStreamBatchInfo"
    where = {
        "shardId": shard,
        "startSequenceNumber": _sequence(first),
        "endSequenceNumber": _sequence(last),
        "approximateArrivalOfFirstRecord": _arrival(first),
        "approximateArrivalOfLastRecord": _arrival(last),
        "batchSize": len(batch),
        "streamArn": mapping.event_source_arn,
    }
    asked = {
        "requestId": str(mock_random.uuid4()),
        "functionArn": mapping.function_arn,
        "condition": condition,
        "approximateInvokeCount": calls,
    }
    answered = {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    return {
        "requestContext": asked,
        "responseContext": answered,
        "version": "1.0",
        "timestamp": _iso(world().clock.now()),
        name: where,
    }


def _sequence(record: dict[str, Any]) -> str:
    return str(record["kinesis"]["sequenceNumber"] if "kinesis" in record else record["dynamodb"]["SequenceNumber"])


def _arrival(record: dict[str, Any]) -> str:
    if "kinesis" in record:
        return _iso(record["kinesis"]["approximateArrivalTimestamp"])
    return _iso(record["dynamodb"]["ApproximateCreationDateTime"])


def _iso(epoch_s: float) -> str:
    return datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _send(target: str, text: str) -> None:
    from moto.sns.models import sns_backends
    from moto.sqs.models import sqs_backends

    service, region, account, name = target.split(":")[2:6]
    if service == "sqs" and name in sqs_backends[account][region].queues:
        sqs_backends[account][region].send_message(name, text)
    elif service == "sns" and target in sns_backends[account][region].topics:
        sns_backends[account][region].publish(text, arn=target)
