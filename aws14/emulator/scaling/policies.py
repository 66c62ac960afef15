"""Scaling policies of a group: kept apart by group, called by alarms, decided by `aws14.sim.autoscaling`.

The rules of simple, step and target tracking policies are those of the simulation: here moto's policies are read, the
group is asked what is in service, and what the policies want is carried out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.scaling.capacity import change_desired
from aws14.emulator.scaling.records import counted, find_group, key_of, record_of, suspended
from aws14.emulator.world import world
from aws14.errors import DesignError
from aws14.sim.autoscaling.adjustment import SimplePolicy, Step, StepPolicy
from aws14.sim.autoscaling.combining import Proposal, combined
from aws14.sim.autoscaling.tracking import TargetTracking
from aws14.sim.autoscaling.wanting import Situation, wanted

__all__ = ["Policy", "cooling_down", "execute", "find_policy", "policies_of", "policy_key", "read"]

Policy = SimplePolicy | StepPolicy | TargetTracking
_SIMPLE, _STEP, _TRACKING = "SimpleScaling", "StepScaling", "TargetTrackingScaling"
_NO_METRIC = 0.0


def policy_key(group_name: str, policy_name: str) -> str:
    """Under which name moto keeps a policy: two groups may have policies of one name."""
    return f"{group_name}/{policy_name}"


def policies_of(group: Any) -> list[Any]:
    """Moto's policies of a group."""
    found = group.autoscaling_backend.policies.values()
    return [one for one in found if one.auto_scaling_group_name == group.name]


def find_policy(backend: Any, *, group_name: str | None, named: str) -> Any:
    """The policy of a name in a group, or of an ARN; None where there is none."""
    for one in backend.policies.values():
        if named == one.arn or (named == one.name and one.auto_scaling_group_name == group_name):
            return one
    return None


def read(policy: Any) -> Policy | None:
    """A policy of moto's as the simulation has it; None for predictive scaling.

    Raises
    ------
    DesignError
        It is none that AWS would take.
    """
    least, enabled = int(policy.min_adjustment_magnitude or 0), bool(getattr(policy, "enabled", True))
    warmup = policy.estimated_instance_warmup
    warmup_s = None if warmup is None else float(warmup)
    if policy.policy_type == _SIMPLE:
        if policy.scaling_adjustment is None:
            raise DesignError(f"policy '{policy.name}' has no ScalingAdjustment", cure="say by how much it scales")
        cooldown_s = None if policy.cooldown is None else float(policy.cooldown)
        return SimplePolicy(
            name=policy.name,
            kind=policy.adjustment_type or "",
            adjustment=int(policy.scaling_adjustment),
            least=least,
            cooldown_s=cooldown_s,
            enabled=enabled,
        )
    if policy.policy_type == _STEP:
        steps = tuple(_steps(policy.step_adjustments))
        kind = policy.adjustment_type or ""
        return StepPolicy(name=policy.name, kind=kind, steps=steps, least=least, warmup_s=warmup_s, enabled=enabled)
    if policy.policy_type == _TRACKING:
        return _tracking(policy, warmup_s=warmup_s, enabled=enabled)
    return None


def _steps(given: Iterable[dict[str, Any]]) -> Iterable[Step]:
    for one in given or ():
        bounds = (one.get("MetricIntervalLowerBound"), one.get("MetricIntervalUpperBound"))
        lower, upper = (None if bound is None else float(bound) for bound in bounds)
        yield Step(lower=lower, upper=upper, adjustment=int(one["ScalingAdjustment"]))


def _tracking(policy: Any, *, warmup_s: float | None, enabled: bool) -> TargetTracking:
    asked = vars(policy.target_tracking_configuration)
    if "TargetValue" not in asked:
        raise DesignError(f"policy '{policy.name}' has no TargetValue", cure="give it a TargetTrackingConfiguration")
    predefined = asked.get("PredefinedMetricSpecification") or {}
    own = asked.get("CustomizedMetricSpecification") or {}
    named = f"{own.get('Namespace')}/{own.get('MetricName')} {own.get('Statistic')}"
    return TargetTracking(
        name=policy.name,
        metric=predefined.get("PredefinedMetricType") or named,
        target=float(asked["TargetValue"]),
        disable_scale_in=bool(asked.get("DisableScaleIn")),
        warmup_s=warmup_s,
        enabled=enabled,
    )


def cooling_down(group: Any) -> bool:
    """Whether the cooldown after a simple scaling is not over."""
    kept = record_of(group)
    if kept.cooling or kept.busy:
        return True
    return kept.cooldown_from is not None and world().clock.now() < kept.cooldown_from + kept.cooldown_s


def _situation(group: Any, policy: Policy) -> Situation:
    """What the policy may go by: instances that are warmed up, and those there are."""
    here, now = counted(group), world().clock.now()
    own = None if isinstance(policy, SimplePolicy) else policy.warmup_s
    default = getattr(group, "default_instance_warmup", None)
    warmup_s = float(next(each for each in (own, default, group.default_cooldown) if each is not None))
    stays = record_of(group).stays
    ready = [stays[one.instance.id].in_service_at for one in here if one.instance.id in stays]
    warming = sum(since is None or now < since + warmup_s for since in ready)
    return Situation(
        desired=group.desired_capacity,
        active=len(here),
        evident=len(here) - warming,
        cooling=cooling_down(group),
    )


@handles("scaling.alarm_fired")
def _alarm_fired(policy_arn: str, alarm_name: str, metric_value: float, threshold: float) -> None:
    _, _, _, region, account, *rest = policy_arn.split(":")
    group_name = next((one.partition("/")[2] for one in rest if one.startswith("autoScalingGroupName/")), "")
    group = find_group(account, region, group_name)
    policy = None if group is None else find_policy(group.autoscaling_backend, group_name=None, named=policy_arn)
    if policy is None or suspended(group, "AlarmNotification"):
        return
    # Alarms of one minute come one after the other: the group decides when all have called.
    fired = record_of(group).fired
    if not fired:
        world().clock.after(0.0, "scaling.decides", key_of(group))
    fired[policy.name] = (alarm_name, metric_value, threshold)


@handles("scaling.decides")
def _decides(account: str, region: str, name: str) -> None:
    group = find_group(account, region, name)
    if group is None:
        return
    kept = record_of(group)
    fired, kept.fired = kept.fired, {}
    known = [found for one in policies_of(group) if (found := read(one)) is not None and found.enabled]
    chosen = combined(group.desired_capacity, [_proposal(group, one, fired.get(one.name)) for one in known])
    if chosen is None:
        return
    policy = next(one for one in known if one.name == chosen.policy)
    why = f"a monitor alarm {fired[policy.name][0]} in state ALARM triggered policy {policy.name}"
    _carry_out(group, policy, chosen.capacity, why)


def _proposal(group: Any, policy: Policy, call: tuple[str, float, float] | None) -> Proposal:
    capacity: int = group.desired_capacity
    # An alarm that somebody set by hand has no value to tell: a simple policy does not need one.
    if call is not None and (isinstance(policy, SimplePolicy) or not math.isnan(call[1])):
        capacity = _within(group, wanted(policy, _situation(group, policy), metric=call[1], threshold=call[2]))
    holds = isinstance(policy, TargetTracking) and not policy.disable_scale_in
    return Proposal(policy=policy.name, capacity=capacity, holds=holds)


def _within(group: Any, capacity: int) -> int:
    return int(min(max(capacity, group.min_size), group.max_size))


def _carry_out(group: Any, policy: Policy, capacity: int, why: str) -> None:
    if capacity == group.desired_capacity:
        return
    if isinstance(policy, SimplePolicy):
        kept = record_of(group)
        kept.cooldown_s = float(group.default_cooldown if policy.cooldown_s is None else policy.cooldown_s)
        kept.cooling, kept.cooldown_from = True, None
    change_desired(group, capacity, why)


def execute(group: Any, policy: Policy, *, metric: float | None, threshold: float | None) -> None:
    """Carry out a policy because a user says so; cooldowns are the caller's business.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Whose.
    policy : SimplePolicy or StepPolicy
        Which.
    metric, threshold : float or None
        What a step policy goes by.
    """
    here = _situation(group, policy)
    free = Situation(desired=here.desired, active=here.active, evident=here.evident, cooling=False)
    told = wanted(policy, free, metric=metric or _NO_METRIC, threshold=threshold or _NO_METRIC)
    why = f"a user request executed policy {policy.name}"
    _carry_out(group, policy, _within(group, told), why)
