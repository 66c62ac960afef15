"""Operations on groups and their instances, as moto writes its own. Importing this imports moto.

Each takes the place of moto's operation of the same name, or is one that moto lacks.
"""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import AutoScalingBackend, InstanceState
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from aws14.emulator.scaling import targets
from aws14.emulator.scaling.activities import begin, end, placed, step
from aws14.emulator.scaling.capacity import change_desired, rebalance_anew
from aws14.emulator.scaling.health import BY_USER, look_at_all, unhealthy
from aws14.emulator.scaling.life import forget, look_again, take_out
from aws14.emulator.scaling.policies import cooling_down, policies_of
from aws14.emulator.scaling.records import METRICS, Activity, Stay, at, group_of, member_of, record_of, suspended
from aws14.emulator.scaling.refusals import (
    known_group,
    known_member,
    refuse,
    require_between,
    require_processes,
)
from aws14.emulator.scaling.tracking_alarms import drop_alarms
from aws14.emulator.world import world

__all__ = ["Groups"]

_BY_USER = "in response to a user request"


class Groups(BaseResponse):
    """Groups and members."""

    autoscaling_backend: AutoScalingBackend

    def _group(self) -> Any:
        return known_group(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))

    def describe_scaling_activities(self) -> ActionResult:
        """List the history, newest first; of one group, or of all."""
        name, wanted = self._get_param("AutoScalingGroupName"), self._get_param("ActivityIds", [])
        found = [self._group()] if name else list(self.autoscaling_backend.autoscaling_groups.values())
        listed: list[Activity] = [one for group in found for one in record_of(group).activities]
        listed.sort(key=lambda one: one.start_time, reverse=True)
        listed = [one for one in listed if not wanted or one.activity_id in wanted]
        first, most = int(self._get_param("NextToken") or 0), min(int(self._get_param("MaxRecords") or 100), 100)
        more = {"NextToken": str(first + most)} if first + most < len(listed) else {}
        return ActionResult({"Activities": listed[first : first + most], **more})

    def set_desired_capacity(self) -> ActionResult:
        """Ask for another capacity."""
        group, wanted = self._group(), int(self._get_param("DesiredCapacity"))
        require_between(group, wanted)
        if self._get_bool_param("HonorCooldown", False) and cooling_down(group):
            refuse_for_cooldown(group)
        change_desired(group, wanted, "a user request explicitly set group desired capacity")
        return EmptyResult()

    def delete_auto_scaling_group(self) -> ActionResult:
        """Delete a group: at once when it is empty, by force together with its instances."""
        group = self._group()
        if group.instance_states and not self._get_bool_param("ForceDelete", False):
            refuse(
                "ResourceInUse",
                "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
                "still in the group.",
            )
        delete_group(group)
        return EmptyResult()

    def terminate_instance_in_auto_scaling_group(self) -> ActionResult:
        """End one member; it is replaced, or the group shrinks."""
        group, member = known_member(self.autoscaling_backend, self._get_param("InstanceId"))
        before, shrinks = group.desired_capacity, self._get_bool_param("ShouldDecrementDesiredCapacity", False)
        if shrinks and before <= group.min_size:
            refuse(
                "ValidationError",
                f"Currently, desiredSize equals minSize ({group.min_size}). Terminating instance without replacement "
                "will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or "
                "lower group's min size.",
            )
        group.desired_capacity -= shrinks
        text = f"instance {member.instance.id} was taken out of service {_BY_USER}"
        take_out(group, member, [at(text + _shrinking(before, shrinks))])
        look_again(group)
        return ActionResult({"Activity": record_of(group).activities[0]})

    def enter_standby(self) -> ActionResult:
        """Take members out of service for a while."""
        group = self._group()
        found = [known_member(self.autoscaling_backend, one, group)[1] for one in self._get_param("InstanceIds", [])]
        shrinks = self._get_bool_param("ShouldDecrementDesiredCapacity", False)
        _require_room(group, group.desired_capacity - len(found) * shrinks, "place into standby", len(found))
        made = []
        for member in found:
            if member.lifecycle_state != "InService":
                _refuse_state(group, member, "InService")
            text = f"instance {member.instance.id} was moved to standby {_BY_USER}"
            made.append(
                _moved(group, member, "Moving EC2 instance to Standby", [at(text + self._less(group, shrinks))])
            )
            member.lifecycle_state = "Standby"
            targets.deregister(group, member.instance.id)
        look_again(group)
        return ActionResult({"Activities": made})

    def exit_standby(self) -> ActionResult:
        """Bring members back into service."""
        group = self._group()
        found = [known_member(self.autoscaling_backend, one, group)[1] for one in self._get_param("InstanceIds", [])]
        _require_room(group, group.desired_capacity + len(found), "move out of standby", len(found))
        made = []
        for member in found:
            if member.lifecycle_state != "Standby":
                _refuse_state(group, member, "Standby")
            before, group.desired_capacity = group.desired_capacity, group.desired_capacity + 1
            text = f"instance {member.instance.id} was moved out of standby {_BY_USER}, increasing the capacity"
            causes = [at(f"{text} from {before} to {before + 1}")]
            made.append(_moved(group, member, "Moving EC2 instance out of Standby", causes))
            member.lifecycle_state = "InService"
            targets.register(group, member.instance.id)
        look_again(group)
        return ActionResult({"Activities": made})

    def detach_instances(self) -> ActionResult:
        """Let instances go on without the group."""
        from moto.autoscaling.models import ASG_NAME_TAG

        group = self._group()
        found = [known_member(self.autoscaling_backend, one, group)[1] for one in self._get_param("InstanceIds", [])]
        shrinks = self._get_bool_param("ShouldDecrementDesiredCapacity", False)
        _require_room(group, group.desired_capacity - len(found) * shrinks, "detach", len(found))
        made = []
        for member in found:
            text = f"instance {member.instance.id} was detached {_BY_USER}"
            made.append(_moved(group, member, "Detaching EC2 instance", [at(text + self._less(group, shrinks))]))
            targets.deregister(group, member.instance.id)
            group.ec2_backend.delete_tags([member.instance.id], {ASG_NAME_TAG: group.name})
            forget(group, member)
        look_again(group)
        return ActionResult({"Activities": made})

    def _less(self, group: Any, shrinks: bool) -> str:
        before = group.desired_capacity
        group.desired_capacity -= shrinks
        return _shrinking(before, shrinks)

    def attach_instances(self) -> ActionResult:
        """Take running instances into the group."""
        from moto.autoscaling.models import ASG_NAME_TAG

        group, ids = self._group(), self._get_param("InstanceIds", [])
        _require_room(group, group.desired_capacity + len(ids), "attach", len(ids))
        for one in ids:
            instance: Any = self.autoscaling_backend.ec2_backend.get_instance(one)
            _require_attachable(group, instance)
            instance.autoscaling_group = group
            protected = bool(group.new_instances_protected_from_scale_in)
            group.instance_states.append(InstanceState(instance, protected_from_scale_in=protected))
            record_of(group).stays[one] = Stay(in_service_at=world().clock.now())
            self.autoscaling_backend.ec2_backend.create_tags([one], {ASG_NAME_TAG: group.name})
            before, group.desired_capacity = group.desired_capacity, group.desired_capacity + 1
            text = f"an instance was attached {_BY_USER}, increasing the capacity from {before} to {before + 1}"
            _moved(group, member_of(group, one), "Attaching an existing EC2 instance", [at(text)])
            targets.register(group, one)
        self.autoscaling_backend.update_attached_elbs(group.name)
        return EmptyResult()

    def set_instance_health(self) -> ActionResult:
        """Say of a member that it is well, or not."""
        group, member = known_member(self.autoscaling_backend, self._get_param("InstanceId"))
        status = self._get_param("HealthStatus")
        if status not in {"Healthy", "Unhealthy"}:
            refuse("ValidationError", "Valid instance health states are: [Healthy, Unhealthy].")
        stay = record_of(group).stays.get(member.instance.id, Stay())
        grace = float(group.health_check_grace_period or 0)
        young = stay.in_service_at is None or world().clock.now() < stay.in_service_at + grace
        respects = self._get_bool_param("ShouldRespectGracePeriod", True)
        member.health_status = "Healthy" if status == "Unhealthy" and young and respects else status
        if member.health_status == "Unhealthy" and not suspended(group, "HealthCheck"):
            unhealthy(group, member, BY_USER)
        return EmptyResult()

    def suspend_processes(self) -> ActionResult:
        """Let processes rest; all of them where none is named."""
        group, names = self._group(), self._get_param("ScalingProcesses", [])
        require_processes(names)
        self.autoscaling_backend.suspend_processes(group.name, names)
        group.suspended_processes = sorted(one["ProcessName"] for one in group.suspended_processes)
        return EmptyResult()

    def resume_processes(self) -> ActionResult:
        """Let processes go on; what waited for them happens."""
        group, names = self._group(), self._get_param("ScalingProcesses", [])
        require_processes(names)
        self.autoscaling_backend.resume_processes(group.name, names)
        group.suspended_processes = sorted(one["ProcessName"] for one in group.suspended_processes)
        look_at_all(group)
        rebalance_anew(group)
        change_desired(group, group.desired_capacity, "")
        return EmptyResult()

    def enable_metrics_collection(self) -> ActionResult:
        """Collect group metrics; all of them where none is named."""
        group = self._group()
        group.metrics = sorted({*group.metrics, *(self._get_param("Metrics") or METRICS)})
        return EmptyResult()

    def disable_metrics_collection(self) -> ActionResult:
        """Collect group metrics no longer."""
        group = self._group()
        gone = self._get_param("Metrics") or METRICS
        group.metrics = [one for one in group.metrics if one not in gone]
        return EmptyResult()


def refuse_for_cooldown(group: Any) -> None:
    """Refuse what honours a cooldown that is not over."""
    going = next(iter(record_of(group).busy), None)
    named = going or next((one.activity_id for one in record_of(group).activities), "")
    refuse("ScalingActivityInProgress", f"Scaling activity {named} is in progress and blocks this action")


def delete_group(group: Any) -> None:
    """Delete a group, its policies, hooks and scheduled actions; its instances are terminated first."""
    backend = group.autoscaling_backend
    for policy in policies_of(group):
        drop_alarms(group, policy)
    for name in ("policies", "scheduled_actions", "lifecycle_hooks"):
        kept = getattr(backend, name)
        setattr(backend, name, {key: one for key, one in kept.items() if one.auto_scaling_group_name != group.name})
    group.status, group.desired_capacity = "Delete in progress", 0
    why = at(f"a user request force deleted AutoScalingGroup changing the desired capacity from "
             f"{len(group.instance_states)} to 0")  # fmt: skip
    for member in list(group.instance_states):
        take_out(group, member, [why], at_once=True)
    if not group.instance_states:
        backend.autoscaling_groups.pop(group.name, None)


def _shrinking(before: int, shrinks: bool) -> str:
    return f", shrinking the capacity from {before} to {before - 1}" if shrinks else ""


def _moved(group: Any, member: Any, what: str, causes: list[str]) -> Activity:
    """Write down a move that is done a moment later, and answer as AWS does: half done."""
    instance = member.instance
    details = placed(instance.availability_zone, instance.subnet_id or "")
    made = begin(group, f"{what}: {instance.id}", causes, details=details, status="InProgress")
    answered = Activity(**vars(made))
    step(answered, "InProgress", 50)
    end(group, made)
    return answered


def _require_room(group: Any, wanted: int, verb: str, count: int) -> None:
    if not group.min_size <= wanted <= group.max_size:
        refuse(
            "ValidationError",
            f"AutoScalingGroup {group.name} has min-size={group.min_size}, max-size={group.max_size}, and "
            f"desired-size={group.desired_capacity}. To {verb} {count} instance(s), please update the "
            "AutoScalingGroup sizes appropriately.",
        )


def _refuse_state(group: Any, member: Any, wanted: str) -> None:
    refuse(
        "ValidationError",
        f"The instance {member.instance.id} in AutoScalingGroup {group.name} is not in {wanted} but in "
        f"{member.lifecycle_state}.",
    )


def _require_attachable(group: Any, instance: Any) -> None:
    if instance.state != "running":
        refuse("ValidationError", f"Instance {instance.id} is not in correct state. Instance(s) must be in 'running' "
               "state.")  # fmt: skip
    if group_of(instance) is not None:
        refuse("ValidationError", f"Instance {instance.id} is already part of AutoScalingGroup "
               f"{group_of(instance).name}.")  # fmt: skip
    if instance.availability_zone not in group.availability_zones:
        refuse("ValidationError", f"Invalid availability zone for instance {instance.id}: "
               f"{instance.availability_zone}.")  # fmt: skip
