"""Scheduled actions of a group, carried out when they are due, by the rules of `aws14.sim.autoscaling.schedule`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.scaling.capacity import change_desired
from aws14.emulator.scaling.records import find_group, key_of, moment, suspended
from aws14.emulator.world import world
from aws14.sim.autoscaling.schedule import ScheduledAction
from aws14.sim.autoscaling.spec import Spec

__all__ = ["action_key", "arm", "arn_of", "read_action"]


def action_key(group_name: str, action_name: str) -> str:
    """Under which name moto keeps a scheduled action: two groups may have actions of one name."""
    return f"{group_name}/{action_name}"


def arn_of(group: Any, action: Any) -> str:
    """The ARN of a scheduled action."""
    where = f"arn:aws:autoscaling:{group.region}:{group.account_id}:scheduledUpdateGroupAction"
    named = f"autoScalingGroupName/{group.name}:scheduledActionName/{action.scheduled_action_name}"
    return f"{where}:{action.aws14_id}:{named}"


def _seconds(given: Any) -> float | None:
    if given is None or given == "":
        return None
    when = given if isinstance(given, datetime) else datetime.fromisoformat(str(given).replace("Z", "+00:00"))
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def read_action(action: Any) -> ScheduledAction:
    """A scheduled action of moto's as the simulation has it.

    Raises
    ------
    DesignError
        The recurrence cannot be read.
    """
    return ScheduledAction(
        name=action.scheduled_action_name,
        recurrence=action.recurrence or "",
        time_zone=action.time_zone or "UTC",
        starts_s=_seconds(action.aws14_starts),
        ends_s=_seconds(action.end_time),
        min_size=action.min_size,
        max_size=action.max_size,
        desired=action.desired_capacity,
    )


def arm(group: Any, action: Any) -> bool:
    """Wait for the next time of an action; return whether there is one."""
    due = read_action(action).next_after(world().clock.now())
    if due is None:
        return False
    action.start_time = moment(due)
    args = (*key_of(group), (action.scheduled_action_name, action.aws14_id))
    world().clock.at(due, "scaling.schedule_is_due", args)
    return True


@handles("scaling.schedule_is_due")
def _is_due(account: str, region: str, name: str, which: tuple[str, str]) -> None:
    action_name, number = which
    group = find_group(account, region, name)
    known = {} if group is None else group.autoscaling_backend.scheduled_actions
    action = known.get(action_key(name, action_name))
    if action is None or action.aws14_id != number:
        return
    if not suspended(group, "ScheduledActions"):
        _carry_out(group, read_action(action))
    if not action.recurrence or not arm(group, action):
        del known[action_key(name, action_name)]  # as on AWS, what is never due again is forgotten


def _carry_out(group: Any, action: ScheduledAction) -> None:
    spec = Spec(
        name=group.name,
        min_size=group.min_size,
        max_size=group.max_size,
        desired=group.desired_capacity,
        zones=tuple(group.availability_zones),
    )
    sizes = action.adjust(spec, group.desired_capacity)
    group.min_size, group.max_size = sizes.min_size, sizes.max_size
    limits = f"min: {sizes.min_size}, max: {sizes.max_size}, desired: {sizes.desired}"
    change_desired(group, sizes.desired, f"a scheduled action update of AutoScalingGroup constraints to {limits}")
