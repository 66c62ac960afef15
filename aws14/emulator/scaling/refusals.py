"""What Auto Scaling refuses, in its own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from aws14.emulator.scaling.records import member_of
from aws14.sim.autoscaling.spec import PROCESSES, TERMINATION_POLICIES

__all__ = [
    "known_group",
    "known_member",
    "refuse",
    "require_between",
    "require_limits",
    "require_policies",
    "require_processes",
]

_FUNCTION = "arn:aws:lambda:"


def refuse(code: str, message: str) -> NoReturn:
    """Answer with an error of AWS."""
    from moto.autoscaling.exceptions import AutoscalingClientError

    raise AutoscalingClientError(code, message)


def known_group(backend: Any, name: str | None) -> Any:
    """The group of a name; refused where there is none."""
    group = backend.autoscaling_groups.get(name)
    if group is None:
        refuse("ValidationError", f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return group


def known_member(backend: Any, instance_id: str, group: Any = None) -> tuple[Any, Any]:
    """The group and the membership of an instance; refused where it is of none, or not of `group`."""
    for one in [group] if group is not None else list(backend.autoscaling_groups.values()):
        member = member_of(one, instance_id)
        if member is not None:
            return one, member
    if group is not None:
        refuse("ValidationError", f"The instance {instance_id} is not part of Auto Scaling group {group.name}.")
    refuse("ValidationError", f"Instance Id not found - No managed instance found for instance ID {instance_id}")


def require_limits(least: int, most: int) -> None:
    """Refuse a minimum above the maximum."""
    if least > most:
        refuse("ValidationError", f"Max bound, {most}, must be greater than or equal to min bound, {least}")


def require_between(group: Any, wanted: int) -> None:
    """Refuse a desired capacity outside the group's limits."""
    if wanted > group.max_size:
        way = f"above max value {group.max_size}"
    elif wanted < group.min_size:
        way = f"below min value {group.min_size}"
    else:
        return
    refuse("ValidationError", f"New SetDesiredCapacity value {wanted} is {way} for the AutoScalingGroup.")


def require_processes(names: Sequence[str]) -> None:
    """Refuse processes that no group has."""
    for name in names:
        if name not in PROCESSES:
            refuse("ValidationError", f"Invalid process type {name}. Valid process types: [{', '.join(PROCESSES)}]")


def require_policies(names: Sequence[str]) -> None:
    """Refuse termination policies that are none of Auto Scaling's own and no function."""
    for name in names:
        if name not in TERMINATION_POLICIES and not name.startswith(_FUNCTION):
            known = ", ".join(TERMINATION_POLICIES)
            refuse("ValidationError", f"Invalid termination policy {name}. Valid termination policies: [{known}]")
