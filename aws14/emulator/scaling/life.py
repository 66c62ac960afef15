"""The way of an instance through its group: pending, waiting, in service, terminating, gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.scaling import targets
from aws14.emulator.scaling.activities import begin, end, placed, step
from aws14.emulator.scaling.records import Stay, at, find_group, group_of, key_of, member_of, record_of
from aws14.emulator.scaling.waits import LAUNCHING, TERMINATING, hold, waits_of
from aws14.emulator.world import world

__all__ = ["enter_service", "forget", "instance_changed", "look_again", "take_out"]

_GONE = {"shutting-down", "terminated"}
_GIVEN_UP = "was taken out of service in response to a lifecycle action result of ABANDON"


def look_again(group: Any, after: float = 0.0) -> None:
    """Let the group compare what it has with what it should have, soon."""
    world().clock.after(after, "scaling.reconciles", key_of(group))


def instance_changed(instance: Any) -> None:
    """Follow the state of an instance that may be a member of a group."""
    group = group_of(instance)
    if group is None:
        return
    member = member_of(group, instance.id)
    going = member.lifecycle_state.startswith("Terminating")
    if instance.state == "running" and member.lifecycle_state == "Pending":
        if not hold(group, member, LAUNCHING):
            enter_service(group, member)
    elif going and instance.state == "terminated":
        _is_gone(group, member)
    elif not going and instance.state in {"stopping", "stopped", *_GONE}:
        world().clock.after(0.0, "scaling.health_looks", (*key_of(group), instance.id))


def enter_service(group: Any, member: Any) -> None:
    """Let a member serve: it becomes a target, its launch is done."""
    kept, key = record_of(group), member.instance.id
    member.lifecycle_state = "InService"
    stay = kept.stays.setdefault(key, Stay())
    stay.in_service_at = world().clock.now()
    targets.register(group, key)
    group.autoscaling_backend.update_attached_elbs(group.name)
    end(group, stay.activity)
    kept.extra.discard(key)
    look_again(group)
    grace = float(group.health_check_grace_period or 0)
    world().clock.after(grace, "scaling.health_looks", (*key_of(group), key))


def take_out(group: Any, member: Any, causes: Sequence[str], *, at_once: bool = False) -> None:
    """Begin to end a member: out of the target groups, drained, held by its hooks, then terminated.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Whose.
    member : moto.autoscaling.models.InstanceState
        Whom; nothing happens where it is going already.
    causes : sequence of str
        Why, for the activity history.
    at_once : bool, optional
        Neither drained nor held: the group itself is deleted.
    """
    if member.lifecycle_state.startswith("Terminating"):
        if at_once and member.instance.state not in _GONE:
            _terminate(group, member)
        return
    kept, instance = record_of(group), member.instance
    stay = kept.stays.setdefault(instance.id, Stay())
    end(group, stay.activity, status="Cancelled")
    for wait in waits_of(group, instance.id):
        kept.waits.pop(wait.token, None)
    member.lifecycle_state = "Terminating"
    kept.extra.discard(instance.id)
    details = placed(instance.availability_zone, instance.subnet_id or "")
    text = f"Terminating EC2 instance: {instance.id}"
    stay.activity = begin(group, text, causes, details=details, status="InProgress")
    delay = targets.deregister(group, instance.id)
    if at_once or instance.state in _GONE:
        _terminate(group, member)
    elif delay:
        step(stay.activity, "WaitingForELBConnectionDraining", 50)
        world().clock.after(delay, "scaling.drained", (*key_of(group), instance.id))
    else:
        _drained(*key_of(group), instance.id)


@handles("scaling.drained")
def _drained(account: str, region: str, name: str, instance_id: str) -> None:
    group = find_group(account, region, name)
    member = member_of(group, instance_id) if group is not None else None
    if member is not None and member.lifecycle_state == "Terminating" and not hold(group, member, TERMINATING):
        _terminate(group, member)


def _terminate(group: Any, member: Any) -> None:
    step(record_of(group).stays[member.instance.id].activity, "InProgress", 70)
    if member.instance.state == "terminated":
        _is_gone(group, member)
    else:
        member.instance.terminate()  # past termination protection, as on AWS


def _is_gone(group: Any, member: Any) -> None:
    activity = record_of(group).stays[member.instance.id].activity
    forget(group, member)
    end(group, activity)
    look_again(group)


def forget(group: Any, member: Any) -> None:
    """Let a member be none; its instance is left alone."""
    kept, key = record_of(group), member.instance.id
    for wait in waits_of(group, key):
        kept.waits.pop(wait.token, None)
    kept.extra.discard(key)
    kept.stays.pop(key, None)
    group.instance_states = [one for one in group.instance_states if one is not member]
    group.autoscaling_backend.update_attached_elbs(group.name)


@handles("scaling.proceeds")
def _proceeds(account: str, region: str, name: str, ended: tuple[str, str, str]) -> None:
    instance_id, way, result = ended
    group = find_group(account, region, name)
    member = member_of(group, instance_id) if group is not None else None
    if member is None:
        return
    if way == TERMINATING and member.lifecycle_state == "Terminating:Wait":
        member.lifecycle_state = "Terminating:Proceed"
        _terminate(group, member)
    elif way == LAUNCHING and member.lifecycle_state == "Pending:Wait":
        if result == "CONTINUE":
            member.lifecycle_state = "Pending:Proceed"
            enter_service(group, member)
        else:
            take_out(group, member, [at(f"instance {instance_id} {_GIVEN_UP}")])
            look_again(group)
