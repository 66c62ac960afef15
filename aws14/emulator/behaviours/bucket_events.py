"""S3 and SNS bring their events to functions after the request, not inside it.

What AWS does
    A bucket's notification goes to a function, queue, topic or EventBridge about a second later; a topic's message goes
    to a function as an event of its own. A function that fails is run again by Lambda's own queue. Whoever put the
    object, or published the message, never hears of it. S3 refuses a notification to a function or queue that does not
    let it in.
What moto leaves out
    It runs the function inside the request, with invented names and dates, and does not look at permissions.
What this adds
    Delivery on the clock, real shapes, Lambda's retries; the refusal of a destination that cannot be validated.
What it still does not do
    Events of S3 other than those that moto knows. Whether a topic may call a function is asked when it sends; then
    nothing comes, as on AWS. A queue's policy is not asked for topics.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.event_bus.delivering import emit
from aws14.emulator.event_bus.targets import Parcel, RefusedError, give
from aws14.emulator.event_sources.permissions import may_call, may_send
from aws14.emulator.world import world

__all__ = ["install"]

_S3, _SNS = "s3.amazonaws.com", "sns.amazonaws.com"


def install() -> None:
    """Take hold of notifications and of functions that subscribe."""
    from moto.s3 import notifications
    from moto.s3.models import FakeBucket
    from moto.sns.models import Subscription

    replace(notifications, "send_event", _happened)
    around(FakeBucket, "set_notification_configuration", _set)
    around(Subscription, "publish", _publish)


def _set(original: Callable[..., None], bucket: Any, notification_config: dict[str, Any] | None) -> None:
    from moto.s3.exceptions import S3ClientError

    before = bucket.notification_configuration
    original(bucket, notification_config)
    found = bucket.notification_configuration
    if found is not None and not all(_lets_in(each.arn, bucket.arn) for each in (*found.cloud_function, *found.queue)):
        bucket.notification_configuration = before
        raise S3ClientError("InvalidArgument", "Unable to validate the following destination configurations")


def _lets_in(arn: str, bucket: str) -> bool:
    if ":lambda:" in arn:
        return may_call(arn, _S3, bucket)
    from aws14.emulator.event_sources.queues import queue_of

    queue = queue_of(arn)
    return queue is not None and may_send(queue, _S3, bucket)


def _happened(account_id: str, event_name: Any, bucket: Any, key: Any) -> None:
    """In the place of moto's: who wants to know of a change to an object hears of it a moment later."""
    configured = bucket.notification_configuration
    if configured is None:
        return
    later = typical_s("S3 event to its target")
    for one in (*configured.cloud_function, *configured.queue, *configured.topic):
        if one.matches(event_name, key.name):
            text = json.dumps({"Records": [_record(event_name, bucket, key, one.id)]})
            world().clock.after(later, "bucket_events.delivers", (one.arn, text, bucket.arn))
    if configured.event_bridge is not None:
        from moto.s3.notifications import _detail_type

        detail = {
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": {"key": key.name, "size": key.size, "etag": key.etag.strip('"')},
            "requester": account_id,
            "reason": {"Put": "PutObject", "Delete": "DeleteObject", "Copy": "CopyObject"}.get(
                str(event_name.value).rpartition(":")[2], str(event_name.value).rpartition(":")[2]
            ),
        }
        entry = {"source": "aws.s3", "detail-type": _detail_type(event_name), "detail": detail}
        emit(account_id, bucket.region_name, {**entry, "resources": [bucket.arn]})


def _record(event_name: Any, bucket: Any, key: Any, configuration: str) -> dict[str, Any]:
    now = world().clock.now()
    stored = {"key": quote_plus(key.name, safe="/"), "size": key.size, "eTag": key.etag.strip('"')}
    if key.version_id not in (None, "null"):
        stored["versionId"] = key.version_id
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region_name,
        "eventTime": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "eventName": str(event_name.value).removeprefix("s3:"),
        "userIdentity": {"principalId": f"AWS:{bucket.account_id}"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration,
            "bucket": {
                "name": bucket.name,
                "ownerIdentity": {"principalId": bucket.account_id},
                "arn": bucket.arn,
            },
            "object": {**stored, "sequencer": f"{int(now * 1000):018X}"},
        },
    }


@handles("bucket_events.delivers")
def _delivers(arn: str, text: str, bucket: str) -> None:
    # What has been deleted, or closed, meanwhile hears nothing.
    with suppress(RefusedError):
        give(Parcel(arn=arn, text=text, service=_S3, source=bucket, settings={}))


def _publish(
    original: Callable[..., None], subscription: Any, message: str, message_id: str, *args: Any, **more: Any
) -> None:
    if subscription.protocol != "lambda":
        original(subscription, message, message_id, *args, **more)
        return
    subject = args[0] if args else more.get("subject")
    attributes = more.get("message_attributes") or {}
    matcher = subscription._filter_policy_matcher  # noqa: SLF001 - moto keeps it there
    if matcher is None or matcher.matches(attributes, message):
        event = {"Records": [_notification(subscription, message, message_id, subject=subject, attributes=attributes)]}
        world().clock.after(0.0, "bucket_events.notifies", (subscription.endpoint, event, subscription.topic.arn))


def _notification(
    subscription: Any, message: str, message_id: str, *, subject: str | None, attributes: dict[str, Any]
) -> dict[str, Any]:
    now = datetime.fromtimestamp(world().clock.now(), UTC)
    return {
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription.arn,
        "EventSource": "aws:sns",
        "Sns": {
            "Type": "Notification",
            "MessageId": message_id,
            "TopicArn": subscription.topic.arn,
            "Subject": subject,
            "Message": message,
            "Timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "MessageAttributes": {
                name: {"Type": value["Type"], "Value": str(value["Value"])} for name, value in attributes.items()
            },
        },
    }


@handles("bucket_events.notifies")
def _notifies(function: str, event: dict[str, Any], topic: str) -> None:
    from aws14.emulator.event_sources.calling import post

    if may_call(function, _SNS, topic):
        post(function, event)
