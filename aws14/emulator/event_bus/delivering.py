"""From an event on a bus to the targets of its rules; what a target does not take goes to its dead-letter queue."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.event_bus.inputs import body
from aws14.emulator.event_bus.targets import Parcel, RefusedError, give
from aws14.emulator.event_sources.patterns import matches, parsed
from aws14.emulator.world import world

__all__ = ["EVENTS", "aside", "emit", "make_event", "offer", "send"]

_log = logging.getLogger(__name__)
EVENTS = "events.amazonaws.com"


def make_event(account: str, region: str, entry: Mapping[str, Any], *, key: str = "") -> dict[str, Any]:
    """An event as targets see it.

    Parameters
    ----------
    account, region : str
        Where.
    entry : Mapping
        ``source``, ``detail-type``, ``detail``, and where there are some ``resources`` and ``time`` (epoch seconds).
    key : str
        Its id, if it has one already.
    """
    from moto.moto_api._internal import mock_random

    time = entry.get("time") or world().clock.now()
    return {
        "version": "0",
        "id": key or str(mock_random.uuid4()),
        "detail-type": entry["detail-type"],
        "source": entry["source"],
        "account": account,
        "time": datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": list(entry.get("resources") or ()),
        "detail": entry["detail"],
    }


def emit(account: str, region: str, entry: Mapping[str, Any]) -> None:
    """Put an event of a service of AWS on the default bus, where EventBridge is in use."""
    from moto.events.models import events_backends

    bus = events_backends[account][region].event_buses["default"]
    if bus.rules:
        offer(bus, make_event(account, region, entry))


def offer(bus: Any, event: Mapping[str, Any]) -> None:
    """Offer an event to each rule of a bus (moto's); targets get it a moment later."""
    for rule in list(bus.rules.values()):
        wanted = rule.event_pattern.dump()
        if rule.state != "DISABLED" and wanted and matches(parsed(wanted), event):
            send(rule, event)


def send(rule: Any, event: Mapping[str, Any]) -> None:
    """Send an event to every target of a rule (moto's), a moment later."""
    for target in rule.targets:
        which = (rule.account_id, rule.region_name, rule.event_bus_name, rule.name)
        world().clock.after(
            typical_s("EventBridge event to its target"), "event_bus.delivers", (which, target["Id"], dict(event))
        )


@handles("event_bus.delivers")
def _delivers(which: tuple[str, str, str, str], target_id: str, event: dict[str, Any]) -> None:
    from moto.events.models import events_backends

    account, region, bus, name = which
    found = events_backends[account][region].event_buses.get(bus)
    rule = found.rules.get(name) if found is not None else None
    target = next((each for each in rule.targets if each["Id"] == target_id), None) if rule is not None else None
    if rule is None or target is None:
        return
    text = body(target, event, rule=rule.arn)
    role = target.get("RoleArn") or ""
    parcel = Parcel(arn=target["Arn"], text=text, service=EVENTS, source=rule.arn, role=role, settings=target)
    try:
        give(parcel)
    except RefusedError as refused:
        aside((target.get("DeadLetterConfig") or {}).get("Arn", ""), parcel, refused)


def aside(queue_arn: str, parcel: Parcel, refused: RefusedError) -> None:
    """Put what a target did not take into a dead-letter queue, with the reason; without one it is lost, as on AWS."""
    from moto.sqs.models import sqs_backends

    _log.info("%s: %s", parcel.source, refused.text)
    if not queue_arn:
        return
    region, account, name = queue_arn.split(":")[3:6]
    told = {
        "RULE_ARN": parcel.source,
        "TARGET_ARN": parcel.arn,
        "ERROR_CODE": refused.code,
        "ERROR_MESSAGE": refused.text,
    }
    attributes = {key: {"DataType": "String", "StringValue": value} for key, value in told.items()}
    backend = sqs_backends[account][region]
    if name in backend.queues:
        backend.send_message(name, parcel.text, message_attributes=attributes)
