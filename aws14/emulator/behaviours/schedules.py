"""EventBridge Scheduler runs its schedules.

What AWS does
    ``at``, ``rate`` and ``cron`` in a time zone, between a start and an end, within a flexible window; the target is
    called with the role of the schedule. A schedule that has had its last run is kept, or deleted when it says so.
    What the target does not take goes to the dead-letter queue.
What moto leaves out
    Schedules are stored, and nothing ever runs; expressions and time zones are not looked at.
What this adds
    Runs on the clock, each due one in its order, to functions, queues, topics, state machines, streams and buses;
    refusals; ``ActionAfterCompletion``.
What it still does not do
    Universal targets (``aws-sdk:...``), ECS, and retries. The role must exist and let the scheduler take it; what it
    may do is not asked. Where in its flexible window a run falls is fixed by the schedule's name, not random.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from aws14.emulator.behaviours.hooks import around
from aws14.emulator.clock import handles
from aws14.emulator.event_bus.delivering import aside
from aws14.emulator.event_bus.expressions import At, ScheduleError, read_schedule
from aws14.emulator.event_bus.targets import Parcel, RefusedError, give
from aws14.emulator.world import world
from aws14.sim.autoscaling.cron import time_zone_known

__all__ = ["install"]

_SERVICE = "scheduler.amazonaws.com"


def install() -> None:
    """Take hold of where schedules are made and changed."""
    from moto.scheduler.models import EventBridgeSchedulerBackend

    around(EventBridgeSchedulerBackend, "create_schedule", _create)
    around(EventBridgeSchedulerBackend, "update_schedule", _update)


def _create(original: Callable[..., Any], backend: Any, **given: Any) -> Any:
    _check(backend, given)
    schedule = original(backend, **given)
    schedule.aws14_where = (backend.account_id, backend.region_name)
    _arm(schedule)
    return schedule


def _update(original: Callable[..., Any], backend: Any, **given: Any) -> Any:
    _check(backend, given)
    schedule = original(backend, **given)
    schedule.state = schedule.state or "ENABLED"
    _arm(schedule)
    return schedule


def _check(backend: Any, given: dict[str, Any]) -> None:
    from moto.scheduler.exceptions import ScheduleGroupNotFound, ValidationException

    expression, zone = given["schedule_expression"], given.get("schedule_expression_timezone")
    try:
        read_schedule(expression, once=True)
    except ScheduleError:
        raise ValidationException(f"Invalid Schedule Expression {expression}.") from None
    if not time_zone_known(zone):
        raise ValidationException(f"Invalid ScheduleExpressionTimezone {zone}.")
    group = given.get("group_name") or "default"
    if group not in backend.schedule_groups:
        raise ScheduleGroupNotFound(group)
    if not _taken_by_scheduler(backend.account_id, given["target"].get("RoleArn", "")):
        text = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
        raise ValidationException(text)


def _taken_by_scheduler(account: str, role_arn: str) -> bool:
    from moto.iam.models import iam_backends

    for role in iam_backends[account]["aws"].roles.values():
        if role.arn == role_arn:
            document = role.assume_role_policy_document
            return _SERVICE in (document if isinstance(document, str) else json.dumps(document))
    return False


def _arm(schedule: Any) -> None:
    """Post the next run."""
    schedule.aws14_due = None
    due = _next(schedule)
    if schedule.state != "ENABLED" or due is None:
        return
    schedule.aws14_due = due
    which = (*schedule.aws14_where, schedule.group_name, schedule.name)
    world().clock.at(due + _delay_s(schedule), "schedules.is_due", (which, due))


def _next(schedule: Any) -> float | None:
    read = read_schedule(schedule.schedule_expression, once=True)
    since = max(world().clock.now(), getattr(schedule, "aws14_last", 0.0), float(schedule.start_date or 0) - 1)
    begun = float(schedule.start_date or schedule.creation_date)
    due = read.next_after(since, begun=begun, zone=ZoneInfo(schedule.schedule_expression_timezone))
    ended = due is not None and not isinstance(read, At) and schedule.end_date and due > float(schedule.end_date)
    return None if ended else due


def _delay_s(schedule: Any) -> float:
    window = schedule.flexible_time_window or {}
    if window.get("Mode") != "FLEXIBLE":
        return 0.0
    return zlib.crc32(schedule.name.encode()) % (60 * int(window["MaximumWindowInMinutes"]))


@handles("schedules.is_due")
def _is_due(which: tuple[str, str, str, str], due: float) -> None:
    from moto.scheduler.models import scheduler_backends

    account, region, group_name, name = which
    backend = scheduler_backends[account][region]
    group = backend.schedule_groups.get(group_name)
    schedule: Any = group.schedules.get(name) if group is not None else None
    if group is None or schedule is None or getattr(schedule, "aws14_due", None) != due:
        return
    schedule.aws14_last = due
    _run(schedule)
    _arm(schedule)
    if schedule.aws14_due is None and schedule.action_after_completion == "DELETE":
        group.delete_schedule(name)


def _run(schedule: Any) -> None:
    target = schedule.target
    text = target.get("Input") or "{}"
    role = target.get("RoleArn", "")
    parcel = Parcel(arn=target["Arn"], text=text, service=_SERVICE, source=schedule.arn, role=role, settings=target)
    try:
        give(parcel)
    except RefusedError as refused:
        aside((target.get("DeadLetterConfig") or {}).get("Arn", ""), parcel, refused)
