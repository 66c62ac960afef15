"""Where an event goes in the end: a queue, a topic, a bus, another function."""

from __future__ import annotations

import json
import logging
import uuid
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.functions import states
from aws14.emulator.functions.outcome import Outcome
from aws14.emulator.functions.targets import Target, target
from aws14.emulator.functions.waiting import Waiting, accept
from aws14.emulator.world import world

__all__ = ["deliver", "record", "to_dead_letters"]

_log = logging.getLogger(__name__)


def record(meant: Target, waiting: Waiting, condition: str, outcome: Outcome) -> dict[str, Any]:
    """What a destination is told of an event."""
    ran = outcome.status == 200
    response = {"statusCode": 200, "executedVersion": outcome.executed_version} if ran else {}
    if outcome.error:
        response["functionError"] = outcome.error
    arn = meant.arn if meant.qualifier else f"{meant.arn}:$LATEST"
    told: dict[str, Any] = {
        "version": "1.0",
        "timestamp": datetime.fromtimestamp(world().clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "requestContext": {
            "requestId": waiting.request_id,
            "functionArn": arn,
            "condition": condition,
            "approximateInvokeCount": waiting.failed + waiting.throttled + (0 if outcome.error or not ran else 1),
        },
        "requestPayload": json.loads(waiting.event),
    }
    if ran:
        told |= {"responseContext": response, "responsePayload": outcome.result()}
    return told


def to_dead_letters(meant: Target, waiting: Waiting, condition: str, outcome: Outcome) -> None:
    """Send an event as it came to the function's dead-letter queue or topic, if it has one."""
    arn = str((getattr(meant.function, "aws14_dead_letters", None) or {}).get("TargetArn") or "")
    if not arn:
        return
    said = outcome.result() if outcome.status == 200 else {"errorMessage": condition}
    attributes = {
        "RequestID": waiting.request_id,
        "ErrorCode": "200" if outcome.status == 200 else "429",
        "ErrorMessage": str(said.get("errorMessage", ""))[:1024],
    }
    _send(arn, waiting.event.decode(), {name: ("String", value) for name, value in attributes.items()})


def deliver(meant: Target, arn: str, told: dict[str, Any]) -> None:
    """Send what is told to a destination."""
    kind = arn.split(":")[2]
    if kind in {"sqs", "sns"}:
        _send(arn, json.dumps(told), {})
    elif kind == "lambda":
        _to_function(arn, told)
    elif kind == "events":
        _to_bus(meant, arn, told)


def _send(arn: str, text: str, attributes: dict[str, tuple[str, str]]) -> None:
    _, _, kind, region, account, name = arn.split(":", 5)
    told = {key: {"DataType": form, "StringValue": value} for key, (form, value) in attributes.items()}
    try:
        if kind == "sqs":
            _queues(account, region).send_message(name, text, message_attributes=told or None)
        else:
            from moto.sns.models import sns_backends

            sns_backends[account][region].publish(text, arn=arn, message_attributes=_sns(attributes))
    except Exception:  # what has been deleted meanwhile loses the event, as on AWS (DestinationDeliveryFailures)
        _log.exception("delivering to %s", arn)


def _queues(account: str, region: str) -> Any:
    from moto.sqs.models import sqs_backends

    return sqs_backends[account][region]


def _sns(attributes: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {key: {"Type": form, "Value": value} for key, (form, value) in attributes.items()}


def _to_function(arn: str, told: dict[str, Any]) -> None:
    _, _, _, region, account, _ = arn.split(":", 5)
    try:
        meant = target(account, region, arn)
        states.refuse_unless_active(meant.function)
        accept(meant, json.dumps(told).encode(), str(uuid.uuid4()))
    except Exception:  # as above
        _log.exception("delivering to %s", arn)


def _to_bus(meant: Target, arn: str, told: dict[str, Any]) -> None:
    from moto.events.models import events_backends

    account, region = meant.place
    success = told["requestContext"]["condition"] == "Success"
    event = {
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {'Success' if success else 'Failure'}",
        "Detail": json.dumps(told),
        "Resources": [arn, told["requestContext"]["functionArn"]],
        "EventBusName": arn.partition("event-bus/")[2] or "default",
    }
    events_backends[account][region].put_events([event])
