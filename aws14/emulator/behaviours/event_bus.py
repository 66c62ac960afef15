"""EventBridge brings events to the targets of rules, and runs scheduled rules.

What AWS does
    An event that fits the pattern of a rule goes to each of its targets, half a second later: as it is, a part of it, a
    constant, or a text made from it. A target must let EventBridge in by its own policy (functions, queues, topics) or
    by a role (state machines, streams). What a target does not take is tried again, or goes to the dead-letter queue. A
    rule with a schedule sends an event at each due time.
What moto leaves out
    Functions, topics and state machines as targets end in an error (HTTP 500 of ``PutEvents``); disabled rules send;
    nothing runs on a schedule; patterns, inputs, permissions and schedules are half checked.
What this adds
    Delivery on the clock to functions, queues, topics, state machines, log groups, streams, buses and archives, with
    all content filters and input transformers; refusals of the target go to its dead-letter queue; ``rate`` and
    ``cron`` fire each due run in its order when time is advanced.
What it still does not do
    Targets of other kinds, API destinations, and retries: what is refused here would be refused each time. The
    permission of a log group is not asked. Events of AWS's own services: those of S3, EC2's changes of state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aws14.emulator.behaviours.hooks import around, before, replace
from aws14.emulator.clock import handles
from aws14.emulator.event_bus import delivering
from aws14.emulator.event_bus.expressions import ScheduleError, read_schedule
from aws14.emulator.event_sources.patterns import BadPatternError, matches, parsed
from aws14.emulator.world import world

__all__ = ["install"]

_UTC = ZoneInfo("UTC")
_WITH_ROLE = ("states", "kinesis", "firehose", "ecs", "batch")


def install() -> None:
    """Take hold of rules and of what is sent to their targets."""
    from moto.events.models import EventsBackend, Rule

    before(EventsBackend, "put_rule", _check)
    around(EventsBackend, "put_rule", _put)
    around(EventsBackend, "enable_rule", _enable)
    before(EventsBackend, "put_targets", _check_targets)
    replace(Rule, "send_to_targets", _send)


def _check(_backend: Any, _name: str, **given: Any) -> None:
    from moto.events.exceptions import InvalidEventPatternException, ValidationException

    schedule, pattern = given.get("scheduled_expression"), given.get("event_pattern")
    if schedule:
        try:
            read_schedule(schedule)
        except ScheduleError:
            raise ValidationException("Parameter ScheduleExpression is not valid.") from None
    if pattern:
        try:
            parsed(pattern)
        except BadPatternError as bad:
            raise InvalidEventPatternException(reason=str(bad)) from None


def _put(original: Callable[..., Any], backend: Any, name: str, **given: Any) -> Any:
    rule = original(backend, name, **given)
    rule.aws14_begun = world().clock.now()
    _arm(rule)
    return rule


def _enable(original: Callable[..., bool], backend: Any, name: str, event_bus_arn: str | None) -> bool:
    found = original(backend, name, event_bus_arn)
    if found:
        _arm(backend.describe_rule(name, event_bus_arn))
    return found


def _arm(rule: Any, ran: float = 0.0) -> None:
    """Post the next run of a scheduled rule, after the one that ran."""
    rule.aws14_due = None
    if not rule.scheduled_expression or rule.state == "DISABLED":
        return
    # What shows the time may round it down: to before the run that is due, which would then be due for ever.
    schedule, now = read_schedule(rule.scheduled_expression), max(world().clock.now(), ran)
    rule.aws14_due = schedule.next_after(now, begun=getattr(rule, "aws14_begun", now), zone=_UTC)
    if rule.aws14_due is not None:
        args = (rule.account_id, rule.region_name, rule.name, rule.aws14_due)
        world().clock.at(rule.aws14_due, "event_bus.is_due", args)


@handles("event_bus.is_due")
def _is_due(account: str, region: str, name: str, due: float) -> None:
    from moto.events.models import events_backends

    rule = events_backends[account][region].event_buses["default"].rules.get(name)
    if rule is None or getattr(rule, "aws14_due", None) != due or rule.state == "DISABLED":
        return
    entry = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "resources": [rule.arn]}
    # What shows the time may round the second down.
    delivering.send(rule, delivering.make_event(account, region, {**entry, "time": due}))
    _arm(rule, due)


def _check_targets(_backend: Any, name: str, event_bus_arn: str | None, targets: list[dict[str, Any]]) -> None:  # noqa: ARG001 - as moto calls it
    from moto.events.exceptions import ValidationException

    for target in targets:
        if target["Arn"].split(":")[2] in _WITH_ROLE and not target.get("RoleArn"):
            raise ValidationException(f"RoleArn is required for target {target['Arn']}.")


def _send(rule: Any, original_event: Mapping[str, Any], transform_input: bool = True) -> None:  # noqa: ARG001 - as moto calls it
    """In the place of moto's: the event as it is on AWS, if the rule wants it, a moment later."""
    event = {name: value for name, value in original_event.items() if name != "ingestion-time"}
    if not isinstance(event.get("time"), str):
        event["time"] = datetime.fromtimestamp(float(event["time"]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    wanted = rule.event_pattern.dump()
    if rule.state != "DISABLED" and wanted and matches(parsed(wanted), event):
        delivering.send(rule, event)
