"""Lifecycle hooks: they hold an instance until somebody says go on, or their time is over, and tell a queue or a topic.

What happens when an instance is let go is said by `aws14.emulator.scaling.life`, through the events posted here.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from aws14.emulator.clock import handles
from aws14.emulator.scaling.activities import step
from aws14.emulator.scaling.records import Key, Wait, find_group, key_of, moment, record_of
from aws14.emulator.world import world

__all__ = ["LAUNCHING", "TERMINATING", "complete", "heartbeat", "hold", "hooks_of", "notify_test", "waits_of"]

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
_STATES = {LAUNCHING: "Pending:Wait", TERMINATING: "Terminating:Wait"}
_HEARTBEATS_AT_MOST = 100
_SERVICE = "AWS Auto Scaling"


def hooks_of(group: Any, transition: str | None = None) -> list[Any]:
    """The hooks of a group, of one transition where one is named."""
    found = group.autoscaling_backend.describe_lifecycle_hooks(group.name)
    return [one for one in found if transition in (None, one.lifecycle_transition)]


def hold(group: Any, member: Any, transition: str) -> bool:
    """Let the hooks of a transition hold a member; return whether there are any.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Whose.
    member : moto.autoscaling.models.InstanceState
        Whom.
    transition : str
        `LAUNCHING` or `TERMINATING`.
    """
    hooks = hooks_of(group, transition)
    if not hooks:
        return False
    member.lifecycle_state = _STATES[transition]
    kept, now = record_of(group), world().clock.now()
    step(kept.stays[member.instance.id].activity, "MidLifecycleAction", 50)
    for hook in hooks:
        seconds = float(hook.heartbeat_timeout)
        most = min(float(hook.global_timeout), seconds * _HEARTBEATS_AT_MOST)
        wait = Wait(str(uuid4()), hook.name, transition, member.instance.id, now + seconds, now + most)
        kept.waits[wait.token] = wait
        world().clock.at(wait.deadline, "scaling.hook_times_out", (*key_of(group), wait.token))
        _tell(group, hook, {"LifecycleActionToken": wait.token, "EC2InstanceId": member.instance.id})
    return True


def waits_of(group: Any, instance_id: str) -> list[Wait]:
    """What holds an instance now."""
    return [one for one in record_of(group).waits.values() if one.instance_id == instance_id]


def heartbeat(group: Any, wait: Wait) -> None:
    """Give a wait its heartbeat time-out anew, up to its longest time."""
    hook = next((one for one in hooks_of(group) if one.name == wait.hook), None)
    seconds = float(hook.heartbeat_timeout) if hook is not None else 0.0
    wait.deadline = min(world().clock.now() + seconds, wait.last)
    world().clock.at(wait.deadline, "scaling.hook_times_out", (*key_of(group), wait.token))


def complete(group: Any, wait: Wait, result: str) -> None:
    """End a wait; when it was the last of its instance, or gave it up, the instance goes on.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Whose.
    wait : Wait
        Which.
    result : {'CONTINUE', 'ABANDON'}
        ABANDON ends the other waits of the instance too.
    """
    kept = record_of(group)
    kept.waits.pop(wait.token, None)
    if result == "ABANDON":
        for other in waits_of(group, wait.instance_id):
            kept.waits.pop(other.token, None)
    if not waits_of(group, wait.instance_id):
        args = (*key_of(group), (wait.instance_id, wait.transition, result))
        world().clock.after(0.0, "scaling.proceeds", args)


@handles("scaling.hook_times_out")
def _times_out(account: str, region: str, name: str, token: str) -> None:
    key: Key = (account, region, name)
    group = find_group(*key)
    wait = record_of(group).waits.get(token) if group is not None else None
    if wait is None or world().clock.now() < wait.deadline:
        return
    hook = next((one for one in hooks_of(group) if one.name == wait.hook), None)
    complete(group, wait, hook.default_result if hook is not None else "CONTINUE")


def notify_test(group: Any, hook: Any) -> None:
    """Tell the target of a new hook that it is one."""
    _tell(group, hook, {"Event": "autoscaling:TEST_NOTIFICATION", "AutoScalingGroupARN": group.arn})


def _tell(group: Any, hook: Any, facts: dict[str, str]) -> None:
    arn = hook.notification_target_arn
    if not arn:
        return
    said = {
        "Service": _SERVICE,
        "Time": f"{moment():%Y-%m-%dT%H:%M:%S.000Z}",
        "RequestId": str(uuid4()),
        "AccountId": group.account_id,
        "AutoScalingGroupName": group.name,
        **facts,
    }
    if "LifecycleActionToken" in facts:
        said |= {"LifecycleHookName": hook.name, "LifecycleTransition": hook.lifecycle_transition}
        said |= {"NotificationMetadata": hook.notification_metadata} if hook.notification_metadata else {}
    _deliver(arn, json.dumps(said))


def _deliver(arn: str, message: str) -> None:
    _, _, service, region, account, name = arn.split(":", 5)
    if service == "sqs":
        from moto.sqs.models import sqs_backends

        queues = sqs_backends[account][region]
        if name in queues.queues:  # a queue may have been deleted since
            queues.send_message(name, message)
    elif service == "sns":
        from moto.sns.models import sns_backends

        topics = sns_backends[account][region]
        if arn in topics.topics:
            topics.publish(message, arn=arn, subject="Auto Scaling: lifecycle action")
