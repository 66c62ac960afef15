"""Scaling policies and scheduled actions: called by alarms and by the clock, decided as in the simulation.

What AWS does
    A policy answers with its ARN; an alarm that has it among its actions calls it when it goes into ALARM, and every
    minute while it stays there. Simple policies wait for a cooldown; step policies and target tracking go by the
    instances that are warmed up, and take nothing away while some warm up. Target tracking makes two alarms for itself
    and deletes them with it. Several policies: the largest capacity wins, and target tracking that does not want to
    shrink holds the others. Scheduled actions change the sizes when they are due.
What moto leaves out
    The PolicyARN in the answer; policies of one name in two groups; what step and target tracking policies do; their
    alarms; limits and cooldowns; everything about schedules.
What this adds
    All of that, with the functions of aws14.sim.autoscaling that simulated runs use, too.
What it still does not do
    Predictive scaling is kept and does nothing. Metric mathematics in customized metrics. Alarms are evaluated by the
    behaviour of CloudWatch's alarms.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.behaviours.autoscaling import adopt
from aws14.emulator.behaviours.hooks import add, replace
from aws14.emulator.scaling.tracking_alarms import alarms_of

__all__ = ["install"]


def install() -> None:
    """Take hold of moto's policies, scheduled actions and hooks, and of their operations."""
    from moto.autoscaling.models import FakeScalingPolicy
    from moto.autoscaling.responses import AutoScalingResponse

    from aws14.emulator.scaling.policy_api import Policies

    replace(FakeScalingPolicy, "arn", property(_arn))
    replace(FakeScalingPolicy, "policy_arn", property(_arn))
    add(FakeScalingPolicy, "alarms", property(_alarms))
    adopt(AutoScalingResponse, Policies)


def _arn(policy: Any) -> str:
    backend = policy.autoscaling_backend
    where = f"arn:aws:autoscaling:{backend.region_name}:{backend.account_id}:scalingPolicy"
    named = f"autoScalingGroupName/{policy.auto_scaling_group_name}:policyName/{policy.name}"
    return f"{where}:{vars(policy).get('aws14_id', '')}:{named}"


def _alarms(policy: Any) -> list[dict[str, str]]:
    return alarms_of(policy.autoscaling_backend, policy.arn)
