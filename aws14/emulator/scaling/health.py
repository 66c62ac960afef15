"""Whose health is judged: EC2's checks, those of the load balancer, and what a user says; who fails is replaced."""

from __future__ import annotations

from typing import Any

from aws14.emulator.behaviours.failures import lost_since
from aws14.emulator.clock import handles
from aws14.emulator.failure_records import Kind, find_instance, instances_of
from aws14.emulator.scaling import targets
from aws14.emulator.scaling.life import look_again, take_out
from aws14.emulator.scaling.records import (
    COUNTED,
    at,
    find_group,
    group_of,
    groups,
    key_of,
    member_of,
    record_of,
    suspended,
)
from aws14.emulator.world import world

__all__ = ["BY_USER", "look_at_all", "unhealthy"]

_OUT = "an instance was taken out of service in response to"
_NOT_RUNNING = f"{_OUT} an EC2 health check indicating it has been terminated or stopped"
_IMPAIRED = f"{_OUT} an EC2 instance status checks failure"
_BY_LOAD_BALANCER = f"{_OUT} an ELB system health check failure"
BY_USER = f"{_OUT} a user health-check"
"""The cause when somebody has called SetInstanceHealth."""


def unhealthy(group: Any, member: Any, why: str) -> None:
    """Hold a member unhealthy; it is taken out and replaced, unless that is suspended.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Whose.
    member : moto.autoscaling.models.InstanceState
        Whom.
    why : str
        In AWS's words, without the time.
    """
    member.health_status = "Unhealthy"
    if suspended(group, "ReplaceUnhealthy") or suspended(group, "Terminate"):
        return
    if member.lifecycle_state in COUNTED:
        record_of(group).replacing += 1
        take_out(group, member, [at(why)])
        look_again(group)


def _verdict(group: Any, member: Any) -> str:
    """Why a member is unhealthy; empty where it is not, or is not judged yet."""
    instance = member.instance
    if instance.state not in {"pending", "running"}:
        return _NOT_RUNNING
    since = record_of(group).stays[instance.id].in_service_at if instance.id in record_of(group).stays else None
    grace = float(group.health_check_grace_period or 0)
    if since is None or world().clock.now() < since + grace:
        return ""
    if lost_since(instance) is not None:
        return _IMPAIRED
    if group.health_check_type and "ELB" in group.health_check_type and targets.is_unhealthy(group, instance.id):
        return _BY_LOAD_BALANCER
    return BY_USER if member.health_status == "Unhealthy" else ""


def _look(group: Any, member: Any) -> None:
    if member.lifecycle_state not in COUNTED or suspended(group, "HealthCheck"):
        return
    why = _verdict(group, member)
    if why:
        unhealthy(group, member, why)


def look_at_all(group: Any) -> None:
    """Judge every member: a process was resumed."""
    for member in list(group.instance_states):
        _look(group, member)


@handles("scaling.checks_notice")
def _checks_notice(kind: Kind, target: str) -> None:
    for instance in instances_of(target) if kind == "zone" else [find_instance(target)]:
        group = None if instance is None else group_of(instance)
        if group is not None:
            _looks(*key_of(group), instance.id)


@handles("scaling.health_looks")
def _looks(account: str, region: str, name: str, instance_id: str) -> None:
    group = find_group(account, region, name)
    member = member_of(group, instance_id) if group is not None else None
    if member is not None:
        _look(group, member)


@handles("scaling.target_health")
def _target_health(target_group_arn: str, instance_id: str, state: str, _reason: str) -> None:
    if state != "unhealthy":
        return
    for group in groups():
        member = member_of(group, instance_id)
        if member is not None and target_group_arn in group.target_group_arns:
            _look(group, member)
