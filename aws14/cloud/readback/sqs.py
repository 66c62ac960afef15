"""SQS read back: queues as nodes."""

from __future__ import annotations

import json

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Seen, called, required
from aws14.model import Node


def fetch(asking: Asking, region: str) -> tuple[Seen, ...]:
    """Ask for every queue of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    urls = asking.listed("sqs", region, "list_queues", "QueueUrls")
    return tuple(_queue(asking, region, str(url)) for url in urls)


def _queue(asking: Asking, region: str, url: str) -> Seen:
    client, name = asking.client("sqs", region), url.rpartition("/")[2]
    told = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    tags = client.list_queue_tags(QueueUrl=url).get("Tags", {})
    of = f"queue {name}"
    redrive = json.loads(told.get("RedrivePolicy") or "{}")
    node = Node(
        id=required(told, "QueueArn", of),
        kind="queue",
        parent=region,
        aws_id=name,
        attributes={
            "visibility_timeout_s": int(required(told, "VisibilityTimeout", of)),
            "retention_s": int(required(told, "MessageRetentionPeriod", of)),
            "delay_s": int(required(told, "DelaySeconds", of)),
            "fifo": told.get("FifoQueue") == "true",
            "dead_letter": str(redrive.get("deadLetterTargetArn", "")).rpartition(":")[2],
            "max_receives": int(redrive.get("maxReceiveCount", -1)),
        },
    )
    return Seen(node=node, tags=tags, name=called(tags, name))
