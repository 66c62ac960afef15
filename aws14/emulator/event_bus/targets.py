"""Giving an event to a target: a function, queue, topic, state machine, log group, stream, or another bus."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aws14.emulator.event_sources.calling import post
from aws14.emulator.event_sources.permissions import may_call, may_publish, may_send
from aws14.emulator.world import world

__all__ = ["Parcel", "RefusedError", "give"]


class RefusedError(Exception):
    """A target did not take an event.

    Parameters
    ----------
    code, text : str
        As the dead-letter queue is told.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """What is given, by whom.

    Parameters
    ----------
    arn : str
        Of the target.
    text : str
        The body.
    service : str
        ``events.amazonaws.com``: whom the target's own policy must let in.
    source : str
        ARN of the rule.
    role : str
        ARN of the role that the sender takes; with one, the target's own policy is not asked.
    settings : Mapping
        The target as it was configured: ``SqsParameters``, ``KinesisParameters``...
    """

    arn: str
    text: str
    service: str
    source: str
    role: str = ""
    settings: Mapping[str, Any]


def give(parcel: Parcel) -> None:
    """Give it. The world lock is held.

    Raises
    ------
    RefusedError
        The target is not there, may not be sent to, or is of a kind that the embedded AWS does not reach.
    """
    service, rest = parcel.arn.split(":")[2], parcel.arn.split(":", 5)[-1]
    kind = "archive" if service == "events" and not rest.startswith("event-bus/") else service
    giving = _GIVING.get(kind)
    if giving is None:
        raise RefusedError("UNSUPPORTED_TARGET", f"the embedded AWS does not send events to {parcel.arn}")
    giving(parcel)


def _denied(parcel: Parcel) -> RefusedError:
    return RefusedError("NO_PERMISSIONS", f"{parcel.service} is not authorized to send events to {parcel.arn}")


def _absent(parcel: Parcel) -> RefusedError:
    return RefusedError("RESOURCE_NOT_FOUND", f"{parcel.arn} does not exist")


def _to_function(parcel: Parcel) -> None:
    if not parcel.role and not may_call(parcel.arn, parcel.service, parcel.source):
        raise _denied(parcel)
    try:
        event = json.loads(parcel.text)
    except ValueError:
        event = parcel.text
    status = post(parcel.arn, event)
    if status == 404:
        raise _absent(parcel)
    if status >= 300:
        raise RefusedError("SDK_CLIENT_ERROR", f"Lambda answered {status}")


def _to_queue(parcel: Parcel) -> None:
    from moto.sqs.models import sqs_backends

    region, account, name = parcel.arn.split(":")[3:6]
    backend = sqs_backends[account][region]
    queue = backend.queues.get(name)
    if queue is None:
        raise _absent(parcel)
    if not parcel.role and not may_send(queue, parcel.service, parcel.source):
        raise _denied(parcel)
    group = (parcel.settings.get("SqsParameters") or {}).get("MessageGroupId")
    if queue.fifo_queue and not (group and queue.attributes.get("ContentBasedDeduplication") == "true"):
        raise RefusedError("INVALID_PARAMETER", "a FIFO queue needs a message group and content-based deduplication")
    backend.send_message(name, parcel.text, group_id=group)


def _to_topic(parcel: Parcel) -> None:
    from moto.sns.models import sns_backends

    region, account = parcel.arn.split(":")[3:5]
    backend = sns_backends[account][region]
    topic = backend.topics.get(parcel.arn)
    if topic is None:
        raise _absent(parcel)
    if not parcel.role and not may_publish(topic, parcel.service, parcel.source):
        raise _denied(parcel)
    backend.publish(parcel.text, arn=parcel.arn)


def _to_state_machine(parcel: Parcel) -> None:
    from moto.stepfunctions.responses import get_backend

    region, account = parcel.arn.split(":")[3:5]
    if not parcel.role:
        raise _denied(parcel)
    backend = get_backend(account, region)
    if not any(each.arn == parcel.arn for each in backend.state_machines):
        raise _absent(parcel)
    backend.start_execution(parcel.arn, "", parcel.text)


def _to_log_group(parcel: Parcel) -> None:
    from moto.logs.models import logs_backends
    from moto.moto_api._internal import mock_random

    region, account, rest = parcel.arn.split(":", 5)[3:]
    name = rest.removeprefix("log-group:").removesuffix(":*")
    backend = logs_backends[account][region]
    if name not in backend.groups:
        raise _absent(parcel)
    stream = str(mock_random.uuid4())
    backend.create_log_stream(name, stream)
    entry = {"timestamp": int(world().clock.now() * 1000), "message": parcel.text}
    backend.put_log_events(name, stream, [entry])


def _to_stream(parcel: Parcel) -> None:
    from moto.kinesis.models import kinesis_backends

    region, account, rest = parcel.arn.split(":", 5)[3:]
    name = rest.partition("/")[2]
    backend = kinesis_backends[account][region]
    if name not in backend.streams:
        raise _absent(parcel)
    data = base64.b64encode(parcel.text.encode()).decode()
    key = (parcel.settings.get("KinesisParameters") or {}).get("PartitionKey") or parcel.source
    backend.put_record(parcel.arn, name, key, "", data)


def _to_bus(parcel: Parcel) -> None:
    from moto.events.models import events_backends

    region, account, rest = parcel.arn.split(":", 5)[3:]
    name = rest.partition("/")[2]
    backend = events_backends[account][region]
    if name not in backend.event_buses:
        raise _absent(parcel)
    event = json.loads(parcel.text)
    entry = {"Source": event["source"], "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}
    backend.put_events([{**entry, "Resources": event.get("resources", []), "EventBusName": name}])


def _to_archive(parcel: Parcel) -> None:
    from moto.events.models import events_backends

    told = json.loads(parcel.text)
    region, account, rest = told["archive-arn"].split(":", 5)[3:]
    archive = events_backends[account][region].archives.get(rest.removeprefix("archive/").partition(":")[0])
    if archive is None:
        raise _absent(parcel)
    archive.events.append(told["event"])


_GIVING: Mapping[str, Callable[[Parcel], None]] = {
    "lambda": _to_function,
    "sqs": _to_queue,
    "sns": _to_topic,
    "states": _to_state_machine,
    "logs": _to_log_group,
    "kinesis": _to_stream,
    "events": _to_bus,
    "archive": _to_archive,
}
