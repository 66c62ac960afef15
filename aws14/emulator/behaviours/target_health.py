"""Target health on the clock: a load balancer's nodes ask every target, and the answers decide.

What AWS does
    Targets are ``initial`` until their first check has passed, ``healthy`` or ``unhealthy`` after as many checks in a
    row as the thresholds say, ``draining`` for the deregistration delay, ``unused`` while no listener forwards to the
    group, the zone is not enabled, or the instance is stopped. Each state but healthy comes with a reason. Terminated
    instances leave the group.
What moto leaves out
    Every registered target is healthy at once, for ever, whether anything answers or not.
What this adds
    Checks by the network as it is, of the machine as it is, with path, port, protocol, interval, time-out, thresholds
    and matcher as configured; reasons and their texts as AWS's. Checks that cannot find anything new are not run.
    Auto Scaling is told of every change.
What it still does not do
    Nodes do not judge apart (see load_balancers). A slow machine does not fail a check: it answers at once or never.
    Lambda targets and targets of Network Load Balancers stay as moto has them; one port for each target.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator import target_health
from aws14.emulator.behaviours.hooks import around
from aws14.emulator.clock import on_event
from aws14.emulator.world import on_change

__all__ = ["install"]


def install() -> None:
    """Take hold of registering, deregistering and describing targets, and hear of every change."""
    from moto.elbv2.models import ELBv2Backend, FakeTargetGroup

    around(ELBv2Backend, "register_targets", _register)
    around(ELBv2Backend, "deregister_targets", _deregister)
    around(ELBv2Backend, "describe_target_health", _describe)
    around(FakeTargetGroup, "health_for", _health)
    around(ELBv2Backend, "delete_target_group", _delete)
    around(ELBv2Backend, "create_target_group", _create)
    on_event(target_health.heard)
    on_change(target_health.touch)


def _is_checked(group: Any) -> bool:
    return group.protocol in ("HTTP", "HTTPS") and group.target_type in ("instance", "ip")


def _create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    group = original(backend, *args, **kwargs)
    if _is_checked(group):
        group.attributes.setdefault("stickiness.lb_cookie.duration_seconds", "86400")
        group.attributes.setdefault("load_balancing.algorithm.anomaly_mitigation", "off")
        group.health_check_path = group.health_check_path or "/"
    return group


def _register(
    original: Callable[..., None], backend: Any, target_group_arn: str, instances: list[dict[str, Any]]
) -> None:
    original(backend, target_group_arn, instances)
    group = backend.target_groups[target_group_arn]
    if _is_checked(group):
        target_health.register(group, [each["Id"] for each in instances])


def _deregister(
    original: Callable[..., None], backend: Any, target_group_arn: str, instances: list[dict[str, Any]]
) -> None:
    group = backend.target_groups.get(target_group_arn)
    if group is None or not _is_checked(group):
        original(backend, target_group_arn, instances)
        return
    # AWS says nothing when a target is not registered.
    there = [each for each in instances if each["Id"] in group.targets]
    original(backend, target_group_arn, there)
    target_health.deregister(group, [each["Id"] for each in there])


def _describe(
    original: Callable[..., list[Any]], backend: Any, target_group_arn: str, targets: list[dict[str, Any]]
) -> list[Any]:
    group = backend.target_groups.get(target_group_arn)
    if group is not None and _is_checked(group):
        targets = targets or [{"Id": each} for each in target_health.health_of(group)]  # draining ones, too
        return [group.health_for(each, backend.ec2_backend) for each in targets]
    return original(backend, target_group_arn, targets)


def _health(original: Callable[..., Any], group: Any, target: dict[str, Any], ec2_backend: Any) -> Any:
    if not _is_checked(group):
        return original(group, target, ec2_backend)
    known = target_health.health_of(group).get(target["Id"])
    return _told(group, target["Id"], known) if known is not None else _stranger(group, target["Id"])


def _told(group: Any, target_id: str, health: target_health.Health) -> Any:
    from moto.elbv2.models import FakeHealthStatus

    target = group.targets.get(target_id) or group.deregistered_targets.get(target_id) or {}
    port = target.get("Port", group.port)
    check = str(port) if group.health_check_port in (None, "", "traffic-port") else group.health_check_port
    return FakeHealthStatus(target_id, port, check, health.state, health.reason or None, health.description or None)


def _stranger(group: Any, target_id: str) -> Any:
    from moto.elbv2.models import FakeHealthStatus

    text = "Target is not registered to the target group"
    return FakeHealthStatus(target_id, group.port, None, "unused", "Target.NotRegistered", text)


def _delete(original: Callable[..., Any], backend: Any, target_group_arn: str) -> Any:
    deleted = original(backend, target_group_arn)
    target_health.forget(target_group_arn)
    return deleted
