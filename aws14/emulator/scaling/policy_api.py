"""Operations on policies, scheduled actions, hooks and refreshes, as moto writes its own. Importing this imports moto.

Each takes the place of moto's operation of the same name, or is one that moto lacks.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from moto.autoscaling.models import AutoScalingBackend, LifecycleHook
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from aws14.emulator.scaling.group_api import refuse_for_cooldown
from aws14.emulator.scaling.policies import cooling_down, execute, find_policy, policy_key, read
from aws14.emulator.scaling.records import Wait, record_of
from aws14.emulator.scaling.refusals import known_group, refuse
from aws14.emulator.scaling.schedule import action_key, arm, arn_of, read_action
from aws14.emulator.scaling.tracking_alarms import alarms_of, drop_alarms, make_alarms
from aws14.emulator.scaling.waits import LAUNCHING, TERMINATING, complete, heartbeat, notify_test
from aws14.errors import DesignError
from aws14.sim.autoscaling.cron import time_zone_known
from aws14.sim.autoscaling.tracking import PREDEFINED, TargetTracking

__all__ = ["Policies"]

_STEPPING = ("MetricValue", "BreachThreshold")


class Policies(BaseResponse):
    """What changes the capacity of a group, and what holds its instances."""

    autoscaling_backend: AutoScalingBackend

    def _group(self) -> Any:
        return known_group(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))

    def put_scaling_policy(self) -> ActionResult:
        """Make a policy, or change the one of its name in this group."""
        group, asked = self._group(), self._get_params()
        before = find_policy(self.autoscaling_backend, group_name=group.name, named=asked["PolicyName"])
        policy = self._made(group, asked)
        policy.aws14_id = before.aws14_id if before is not None else str(uuid4())
        policy.enabled = self._get_bool_param("Enabled", True)
        found = _checked(policy, asked)
        if before is not None:
            drop_alarms(group, before)
        self.autoscaling_backend.policies[policy_key(group.name, policy.name)] = policy
        if isinstance(found, TargetTracking):
            make_alarms(group, policy, found)
        alarms = alarms_of(self.autoscaling_backend, policy.arn)
        return ActionResult({"PolicyARN": policy.arn, "Alarms": alarms})

    def _made(self, group: Any, asked: dict[str, Any]) -> Any:
        backend = self.autoscaling_backend
        kept = dict(backend.policies)  # moto keeps policies by their names alone
        policy = backend.put_scaling_policy(
            name=asked["PolicyName"],
            policy_type=asked.get("PolicyType", "SimpleScaling"),
            metric_aggregation_type=asked.get("MetricAggregationType"),  # type: ignore[arg-type]
            adjustment_type=asked.get("AdjustmentType"),  # type: ignore[arg-type]
            as_name=group.name,
            min_adjustment_magnitude=asked.get("MinAdjustmentMagnitude"),  # type: ignore[arg-type]
            scaling_adjustment=self._get_int_param("ScalingAdjustment"),
            cooldown=self._get_int_param("Cooldown"),
            target_tracking_config=asked.get("TargetTrackingConfiguration", {}),
            step_adjustments=asked.get("StepAdjustments", []),
            estimated_instance_warmup=asked.get("EstimatedInstanceWarmup"),  # type: ignore[arg-type]
            predictive_scaling_configuration=asked.get("PredictiveScalingConfiguration", {}),
        )
        backend.policies = kept
        policy.cooldown = self._get_int_param("Cooldown")  # unsaid: the group's own
        return policy

    def delete_policy(self) -> ActionResult:
        """Delete a policy, and the alarms that it made for itself."""
        policy, group = self._known_policy()
        drop_alarms(group, policy)
        del self.autoscaling_backend.policies[policy_key(group.name, policy.name)]
        return EmptyResult()

    def _known_policy(self) -> tuple[Any, Any]:
        name, group_name = self._get_param("PolicyName"), self._get_param("AutoScalingGroupName")
        policy = find_policy(self.autoscaling_backend, group_name=group_name, named=name)
        if policy is None:
            refuse("ValidationError", f"No scaling policy found for PolicyName {name}.")
        return policy, known_group(self.autoscaling_backend, policy.auto_scaling_group_name)

    def execute_policy(self) -> ActionResult:
        """Carry out a policy now."""
        policy, group = self._known_policy()
        found = read(policy)
        if found is None or isinstance(found, TargetTracking):
            refuse("ValidationError", f"{policy.policy_type} policies cannot be executed by hand.")
        values = [self._get_param(name) for name in _STEPPING]
        if policy.policy_type == "StepScaling" and None in values:
            refuse("ValidationError", "MetricValue and BreachThreshold are required for a StepScaling policy.")
        if self._get_bool_param("HonorCooldown", False) and cooling_down(group):
            refuse_for_cooldown(group)
        metric, threshold = (None if one is None else float(one) for one in values)
        execute(group, found, metric=metric, threshold=threshold)
        return EmptyResult()

    def put_scheduled_update_group_action(self) -> ActionResult:
        """Make a scheduled action, or change the one of its name in this group."""
        self._put_action(self._group(), self._get_params())
        return EmptyResult()

    def batch_put_scheduled_update_group_action(self) -> ActionResult:
        """Make several scheduled actions."""
        from moto.autoscaling.exceptions import AutoscalingClientError

        group, failed = self._group(), []
        for one in self._get_param("ScheduledUpdateGroupActions", []):
            try:
                self._put_action(group, one)
            except AutoscalingClientError as refused:
                said = {"ErrorCode": refused.code, "ErrorMessage": refused.message}
                failed.append({"ScheduledActionName": one["ScheduledActionName"], **said})
        return ActionResult({"FailedScheduledUpdateGroupActions": failed})

    def _put_action(self, group: Any, asked: dict[str, Any]) -> None:
        backend = self.autoscaling_backend
        kept = dict(backend.scheduled_actions)  # moto keeps them by their names alone
        action: Any = backend.put_scheduled_update_group_action(
            name=group.name,
            **{_SNAKE[name]: asked.get(name) for name in _SNAKE},
            scheduled_action_name=asked["ScheduledActionName"],
            start_time=asked.get("StartTime") or asked.get("Time"),
            end_time=asked.get("EndTime"),
            recurrence=asked.get("Recurrence"),
            timezone=asked.get("TimeZone"),
        )
        backend.scheduled_actions = kept
        action.aws14_id, action.aws14_starts = str(uuid4()), action.start_time
        action.scheduled_action_arn = arn_of(group, action)
        if not time_zone_known(action.time_zone):
            refuse("ValidationError", f"Given time zone: {action.time_zone} is invalid")
        try:
            read_action(action)
        except DesignError as wrong:
            refuse("ValidationError", f"Given recurrence string: {action.recurrence} is invalid: {wrong.problem}")
        if not arm(group, action):
            refuse("ValidationError", "Given start time is in the past")
        key = action_key(group.name, action.scheduled_action_name)
        kept[key] = action

    def delete_scheduled_action(self) -> ActionResult:
        """Forget a scheduled action."""
        self._forget_action(self._get_param("ScheduledActionName"))
        return EmptyResult()

    def batch_delete_scheduled_action(self) -> ActionResult:
        """Forget several scheduled actions."""
        from moto.autoscaling.exceptions import AutoscalingClientError

        failed = []
        for name in self._get_param("ScheduledActionNames", []):
            try:
                self._forget_action(name)
            except AutoscalingClientError as refused:
                said = {"ErrorCode": refused.code, "ErrorMessage": refused.message}
                failed.append({"ScheduledActionName": name, **said})
        return ActionResult({"FailedScheduledActions": failed})

    def _forget_action(self, name: str) -> None:
        group = self._group()
        if self.autoscaling_backend.scheduled_actions.pop(action_key(group.name, name), None) is None:
            refuse("ValidationError", "Scheduled action name not found")

    def put_lifecycle_hook(self) -> ActionResult:
        """Make a hook, or change the one of its name."""
        group, asked = self._group(), self._get_params()
        name, way = asked["LifecycleHookName"], asked.get("LifecycleTransition")
        before = self.autoscaling_backend.lifecycle_hooks.get(f"{group.name}_{name}")
        if before is None and way not in {LAUNCHING, TERMINATING}:
            refuse("ValidationError", f"Lifecycle hook '{name}' needs a LifecycleTransition.")
        hook: Any = LifecycleHook(
            name,
            group.name,
            way or getattr(before, "lifecycle_transition", None),
            self._get_int_param("HeartbeatTimeout") or getattr(before, "heartbeat_timeout", None),
            asked.get("DefaultResult") or getattr(before, "default_result", None),
        )
        for attribute, given in _HOOK_TEXTS.items():
            setattr(hook, attribute, asked.get(given) or getattr(before, attribute, None))
        self.autoscaling_backend.lifecycle_hooks[f"{group.name}_{name}"] = hook
        if asked.get("NotificationTargetARN"):
            notify_test(group, hook)
        return EmptyResult()

    def complete_lifecycle_action(self) -> ActionResult:
        """Let an instance go on, or give it up."""
        result = self._get_param("LifecycleActionResult")
        if result not in {"CONTINUE", "ABANDON"}:
            refuse("ValidationError", f"Lifecycle action result '{result}' is neither CONTINUE nor ABANDON.")
        group = self._group()
        complete(group, self._known_wait(group), result)
        return EmptyResult()

    def record_lifecycle_action_heartbeat(self) -> ActionResult:
        """Let an instance be held for longer."""
        group = self._group()
        heartbeat(group, self._known_wait(group))
        return EmptyResult()

    def _known_wait(self, group: Any) -> Wait:
        hook, instance = self._get_param("LifecycleHookName"), self._get_param("InstanceId")
        token = self._get_param("LifecycleActionToken")
        waits = [one for one in record_of(group).waits.values() if one.hook == hook]
        found = [one for one in waits if one.token == token or (not token and one.instance_id == instance)]
        if not found:
            named = f"token {token}" if token else f"instance ID {instance}"
            refuse("ValidationError", f"No active Lifecycle Action found with {named}")
        return found[0]


_SNAKE = {"DesiredCapacity": "desired_capacity", "MaxSize": "max_size", "MinSize": "min_size"}
_HOOK_TEXTS = {
    "role_arn": "RoleARN",
    "notification_target_arn": "NotificationTargetARN",
    "notification_metadata": "NotificationMetadata",
}


def _checked(policy: Any, asked: dict[str, Any]) -> Any:
    if asked.get("PolicyType") == "TargetTrackingScaling":
        metric = (asked.get("TargetTrackingConfiguration") or {}).get("PredefinedMetricSpecification") or {}
        kind, label = metric.get("PredefinedMetricType"), metric.get("ResourceLabel")
        if kind is not None and kind not in PREDEFINED:
            refuse("ValidationError", f"Predefined metric type '{kind}' is not one of {', '.join(PREDEFINED)}.")
        if (kind == "ALBRequestCountPerTarget") != bool(label):
            refuse("ValidationError", "Resource label is required for ALBRequestCountPerTarget, and only for it.")
    try:
        return read(policy)
    except DesignError as wrong:
        refuse("ValidationError", f"{wrong.problem}. {wrong.allowed or wrong.cure}")
