"""How a message of a queue, a change in a table, a record of a stream look to a function.

Source: Lambda developer guide, "Example Amazon SQS message event", "Example DynamoDB Streams record event", "Example
Kinesis Data Streams event".
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

__all__ = ["of_change", "of_message", "of_record"]


def of_message(message: Any, queue: Any) -> dict[str, Any]:
    """A message of SQS; `message` and `queue` are moto's."""
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
    }
    if queue.fifo_queue:
        attributes |= {
            "SequenceNumber": str(message.sequence_number),
            "MessageGroupId": str(message.group_id),
            "MessageDeduplicationId": str(message.deduplication_id),
        }
    told = {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": attributes,
        "messageAttributes": {name: _attribute(value) for name, value in message.message_attributes.items()},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.queue_arn,
        "awsRegion": queue.region,
    }
    if message.message_attributes:
        told["md5OfMessageAttributes"] = message.attribute_md5
    return told


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    for given, name in (("StringValue", "stringValue"), ("BinaryValue", "binaryValue")):
        if given in value:
            text = value[given]
            told[name] = text.decode() if isinstance(text, bytes) else text
    return told


def of_change(record: Any, stream_arn: str) -> dict[str, Any]:
    """A change in a table of DynamoDB; `record` is moto's."""
    told: dict[str, Any] = record.to_json()
    change = dict(told["dynamodb"])
    made = change.get("ApproximateCreationDateTime")
    if isinstance(made, datetime):
        change["ApproximateCreationDateTime"] = int(made.timestamp())
    return {**told, "dynamodb": change, "eventSourceARN": stream_arn}


def of_record(record: Any, shard: str, stream_arn: str, role: str) -> dict[str, Any]:
    """A record of a Kinesis stream; `record` is moto's."""
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record.partition_key,
            "sequenceNumber": str(record.sequence_number),
            "data": record.data if isinstance(record.data, str) else record.data.decode(),
            "approximateArrivalTimestamp": record.created_at,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard}:{record.sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role,
        "awsRegion": stream_arn.split(":")[3],
        "eventSourceARN": stream_arn,
    }
