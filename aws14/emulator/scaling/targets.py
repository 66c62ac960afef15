"""A group's instances as targets: registered, deregistered with the target group's delay, and what their health is.

Who judges the health of targets is `aws14.emulator.behaviours.target_health`; here it is only asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws14.emulator.scaling.records import suspended

__all__ = ["deregister", "health", "is_unhealthy", "port_of", "register"]

_DELAY = "deregistration_delay.timeout_seconds"


def _target_groups(group: Any, arns: list[str] | None = None) -> Iterator[Any]:
    known = group.autoscaling_backend.elbv2_backend.target_groups
    for arn in group.target_group_arns if arns is None else arns:
        if arn in known:  # a target group may be deleted before its Auto Scaling group
            yield known[arn]


def register(group: Any, instance_id: str, arns: list[str] | None = None) -> None:
    """Make an instance a target of its group's target groups, unless AddToLoadBalancer is suspended.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Whose.
    instance_id : str
        It runs.
    arns : list of str, optional
        Of the target groups; all of the group's by default.
    """
    if suspended(group, "AddToLoadBalancer"):
        return
    backend = group.autoscaling_backend.elbv2_backend
    for target_group in _target_groups(group, arns):
        backend.register_targets(target_group.arn, [{"Id": instance_id, "Port": target_group.port}])


def deregister(group: Any, instance_id: str, arns: list[str] | None = None) -> float:
    """Let an instance be a target no longer; return for how many seconds it drains.

    Parameters
    ----------
    group, instance_id, arns
        As in `register`.
    """
    backend, longest = group.autoscaling_backend.elbv2_backend, 0.0
    for target_group in _target_groups(group, arns):
        if instance_id in target_group.targets:
            backend.deregister_targets(target_group.arn, [{"Id": instance_id}])
            longest = max(longest, float(target_group.attributes.get(_DELAY, 0)))
    return longest


def health(group: Any, instance_id: str) -> list[str]:
    """The states of an instance in its group's target groups: ``initial``, ``healthy``, ``unhealthy``, ..."""
    backend = group.autoscaling_backend.ec2_backend
    found = (one for one in _target_groups(group) if instance_id in one.targets)
    return [str(one.health_for({"Id": instance_id}, backend).status) for one in found]


def is_unhealthy(group: Any, instance_id: str) -> bool:
    """Whether a target group holds an instance unhealthy."""
    return "unhealthy" in health(group, instance_id)


def port_of(group: Any) -> int | None:
    """The port on which the group's instances are asked; None without a target group."""
    return next((int(one.port) for one in _target_groups(group) if one.port), None)
