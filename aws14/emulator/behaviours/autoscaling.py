"""Auto Scaling groups: instances come and go on the clock, in every zone, and who is unwell is replaced.

What AWS does
    A group compares all the time what it has with what it should have. It launches into the zone with the fewest
    instances; a new instance is pending, may be held by lifecycle hooks, serves once it runs and is registered with the
    target groups. It shrinks where most instances are, by its termination policies; who goes is deregistered, drained,
    may be held by hooks, then terminated. Members that stop, fail their status checks or, with ELB health checks, are
    unhealthy targets are replaced after the grace period. Zones are levelled again after trouble. All of it stands in
    the activity history, with its cause. Processes can be suspended, instances protected, set aside, attached,
    detached, refreshed with a new template.
What moto leaves out
    Instances run at once, all in one zone; targets of terminated ones stay; no health check, no hook that holds, no
    history, no suspended process; limits, cooldowns and grace periods of 0 are passed over; instance refreshes.
What this adds
    All of that on the one clock: Pending, Pending:Wait, InService, Terminating:Wait; history in AWS's words; hooks
    with heartbeats, time-outs and notifications to SQS and SNS; health of EC2 and of targets; balance of zones, also
    after a lost one is back; deregistration delays; standby, protection, detaching, attaching; refreshes in batches;
    members that know the version of the launch template they came from.
What it still does not do
    Warm pools, mixed instances and weights, capacity rebalancing, maintenance policies, instance types by attributes,
    checkpoints and roll-back of refreshes, events on EventBridge, notifications of a group. A zone that is taken from
    a group keeps its instances. The history goes with the group. The choice between equals is not by lot: the one
    launched first goes, the first zone is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.failures import on_failure
from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.behaviours.instance_life import on_state
from aws14.emulator.scaling import targets
from aws14.emulator.scaling.capacity import change_desired, rebalance_anew, zone_changed
from aws14.emulator.scaling.life import instance_changed
from aws14.emulator.scaling.records import record_of
from aws14.emulator.scaling.refusals import refuse, require_limits, require_policies

__all__ = ["install"]

_CREATED = "a user request created an AutoScalingGroup"
#: Parameters of UpdateAutoScalingGroup that moto passes over -> where it keeps them.
_PASSED_OVER = {
    "DefaultCooldown": "default_cooldown",
    "TerminationPolicies": "termination_policies",
    "DefaultInstanceWarmup": "default_instance_warmup",
    "HealthCheckGracePeriod": "health_check_grace_period",
}


def install() -> None:
    """Take hold of moto's groups, members and their operations, and learn of instances and zones that change."""
    from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, InstanceState
    from moto.autoscaling.responses import AutoScalingResponse

    from aws14.emulator.scaling.group_api import Groups
    from aws14.emulator.scaling.refresh_api import Refreshes

    around(FakeAutoScalingGroup, "set_desired_capacity", _set_desired)
    around(FakeAutoScalingGroup, "update", _update)
    around(AutoScalingBackend, "create_auto_scaling_group", _create)
    replace(AutoScalingBackend, "notify_terminate_instances", lambda _backend, _ids: None)
    replace(AutoScalingBackend, "update_attached_target_groups", _register_all)
    around(AutoScalingBackend, "detach_load_balancer_target_groups", _detach_target_groups)
    replace(InstanceState, "launch_template", property(_template_of))
    around(AutoScalingResponse, "create_auto_scaling_group", _created)
    around(AutoScalingResponse, "update_auto_scaling_group", _updated)
    for source in (Groups, Refreshes):
        adopt(AutoScalingResponse, source)
    on_state(instance_changed)
    on_failure(zone_changed)


def adopt(owner: Any, source: Any) -> None:
    """Give moto's operations the bodies that `source` has; what moto lacks is added."""
    for name, value in vars(source).items():
        if callable(value) and (not name.startswith("__")):
            setattr(owner, name, value)


def _set_desired(_original: Callable[..., None], group: Any, wanted: int | None) -> None:
    """Moto's constructor and update come here, with a new group and with one that lives."""
    new = "desired_capacity" not in vars(group)
    if new:
        group.desired_capacity = 0
    why = _CREATED if new else vars(group).pop("_aws14_why", "a user request explicitly set group desired capacity")
    change_desired(group, group.min_size if wanted is None else wanted, why)


def _create(original: Callable[..., Any], backend: Any, **asked: Any) -> Any:
    name, least, most = asked["name"], int(asked["min_size"] or 0), int(asked["max_size"] or 0)
    if name in backend.autoscaling_groups:
        refuse("AlreadyExists", f"AutoScalingGroup by this name already exists - A group with the name {name} already "
               "exists")  # fmt: skip
    require_limits(least, most)
    wanted = least if asked["desired_capacity"] is None else int(asked["desired_capacity"])
    if not least <= wanted <= most:
        text = f"Desired capacity:{wanted} must be between the specified min size:{least} and max size:{most}"
        refuse("ValidationError", text)
    group = original(backend, **asked)
    # Where moto takes a 0 for nothing said.
    group.health_check_grace_period = int(asked["health_check_period"] or 0)
    if asked["default_cooldown"] is not None:
        group.default_cooldown = int(asked["default_cooldown"])
    return group


def _update(original: Callable[..., None], group: Any, **asked: Any) -> None:
    least = group.min_size if asked["min_size"] is None else asked["min_size"]
    most = group.max_size if asked["max_size"] is None else asked["max_size"]
    require_limits(least, most)
    wanted = asked["desired_capacity"]
    if wanted is None:
        wanted = min(max(group.desired_capacity, least), most)
    elif not least <= wanted <= most:
        text = f"Desired capacity:{wanted} must be between the specified min size:{least} and max size:{most}"
        refuse("ValidationError", text)
    limits = f"min: {least}, max: {most}, desired: {wanted}"
    group._aws14_why = f"a user request update of AutoScalingGroup constraints to {limits}"  # noqa: SLF001 - ours
    mixed = group.mixed_instances_policy
    original(group, **asked | {"desired_capacity": wanted})
    if asked.get("mixed_instances_policy") is None:
        group.mixed_instances_policy = mixed
    rebalance_anew(group)


def _created(original: Callable[[Any], Any], response: Any) -> Any:
    require_policies(response._get_param("TerminationPolicies", []))  # noqa: SLF001 - moto's way to a parameter
    answer = original(response)
    _take_what_is_passed_over(response, ("DefaultInstanceWarmup",))
    return answer


def _updated(original: Callable[[Any], Any], response: Any) -> Any:
    require_policies(response._get_param("TerminationPolicies", []))  # noqa: SLF001 - moto's way to a parameter
    answer = original(response)
    _take_what_is_passed_over(response, tuple(_PASSED_OVER))
    return answer


def _take_what_is_passed_over(response: Any, names: tuple[str, ...]) -> None:
    asked = response._get_params()  # noqa: SLF001 - moto's way to parameters
    group = response.autoscaling_backend.autoscaling_groups[asked["AutoScalingGroupName"]]
    for name in names:
        if name in asked:
            value = asked[name]
            setattr(group, _PASSED_OVER[name], value if isinstance(value, list) else int(value))


def _register_all(backend: Any, group_name: str) -> None:
    """Target groups were attached: who serves is registered with them."""
    group = backend.autoscaling_groups[group_name]
    for member in group.instance_states:
        if member.lifecycle_state == "InService":
            targets.register(group, member.instance.id)


def _detach_target_groups(_original: Callable[..., None], backend: Any, group_name: str, arns: list[str]) -> None:
    group = backend.autoscaling_groups[group_name]
    for member in group.instance_states:
        targets.deregister(group, member.instance.id, arns)
    group.target_group_arns = [one for one in group.target_group_arns if one not in arns]


def _template_of(member: Any) -> dict[str, str] | None:
    group = member.auto_scaling_group
    stay = record_of(group).stays.get(member.instance_id) if group is not None else None
    return stay.template if stay is not None else None
