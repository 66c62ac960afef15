"""Tasks that start by themselves: one event stands for the next start, as long as the schedule is enabled."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from aws14.catalog import quota
from aws14.emulator.clock import handles
from aws14.emulator.event_bus.expressions import Rate, ScheduleError, read_schedule
from aws14.emulator.moving import running
from aws14.emulator.moving.models import DataSyncBackend, Execution, Task, backend_of, new_id, refuse
from aws14.emulator.moving.task_options import options_of
from aws14.emulator.world import world

__all__ = ["arm", "check", "start"]

_UTC = ZoneInfo("Etc/UTC")


def check(expression: str) -> None:
    """Refuse a schedule that is none, or too quick."""
    try:
        schedule = read_schedule(expression) if expression else None
    except ScheduleError:
        refuse(f"The schedule expression {expression} is not valid.")
    least_s = quota("DataSync", "least time between scheduled starts").value
    if isinstance(schedule, Rate) and schedule.every_s < least_s:
        refuse(f"The schedule expression {expression} is more often than once an hour.")


def arm(task: Task) -> None:
    """Post the next start; those that were posted before are void."""
    task.round += 1
    schedule = task.told.get("Schedule") or {}
    if not schedule.get("ScheduleExpression") or schedule.get("Status", "ENABLED") == "DISABLED":
        return
    now = world().clock.now()
    due = read_schedule(schedule["ScheduleExpression"]).next_after(now, begun=task.created, zone=_UTC)
    if due is not None:
        world().clock.at(due, "datasync.is_due", (task.arn, task.round))


@handles("datasync.is_due")
def _is_due(arn: str, number: int) -> None:
    backend = backend_of(arn)
    task = backend.tasks.get(arn)
    if task is None or task.round != number:
        return
    if running.task_status(backend, task) == "AVAILABLE":
        start(backend, task, {})
    arm(task)


def start(backend: DataSyncBackend, task: Task, asked: dict[str, object]) -> Execution:
    """Start a task with what the call says otherwise."""
    options = options_of(task.told.get("Options"), asked.get("OverrideOptions"))
    filters = {name: asked.get(name) or task.told.get(name) for name in ("Includes", "Excludes")}
    arn = f"{task.arn}/execution/{new_id('exec')}"
    execution = Execution(arn, task.arn, world().clock.now(), options, filters)
    running.begin(backend, execution)
    return execution
