"""An Auto Scaling group from a topology: the group, its policies and scheduled actions, the alarms that call them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from aws14.catalog import durations
from aws14.errors import DesignError
from aws14.model import Node, Topology
from aws14.sim.alarms import Rule
from aws14.sim.autoscaling.adjustment import SimplePolicy, Step, StepPolicy
from aws14.sim.autoscaling.fleet import standing
from aws14.sim.autoscaling.group import Group, Policy
from aws14.sim.autoscaling.schedule import A_MONDAY_S, ScheduledAction
from aws14.sim.autoscaling.spec import Member, Spec
from aws14.sim.autoscaling.tracking import TargetTracking
from aws14.sim.autoscaling.watching import MINUTE_S, Alarm
from aws14.sim.controller import METRICS
from aws14.sim.startup import ready_after_s

__all__ = ["read_group", "read_spec"]

_PLAYED = "lab.play(), where the group of the embedded AWS decides itself"


def read_group(topology: Topology, node_id: str, *, starts_epoch_s: float = A_MONDAY_S) -> Group:
    """An Auto Scaling group as it was built, ready to run.

    Parameters
    ----------
    topology : Topology
        What was read back.
    node_id : str
        Id of the ``autoscaling_group``.
    starts_epoch_s : float
        When the run starts, in epoch seconds: what scheduled actions go by.

    Raises
    ------
    DesignError
        When the node is no group, has lifecycle hooks or does not say what is needed, or an alarm asks for a
        statistic, or for metric math, that runs do not know.
    """
    node = topology.node(node_id)
    if node.kind != "autoscaling_group":
        raise DesignError(f"'{node_id}' is a {node.kind}", allowed="an autoscaling_group")
    _require_no_hooks(node)
    nodes = [topology.node(link.source) for link in topology.links_of("routes", target=node_id)]
    spec = replace(read_spec(node), end_s=_end_s(nodes))
    policies = [_policy(each) for each in nodes if each.kind == "scaling_policy"]
    return Group(
        spec,
        policies,
        _alarms(topology, policies),
        schedule=[_action(each) for each in nodes if each.kind == "scheduled_action"],
        members=_members(node, spec),
        starts_epoch_s=starts_epoch_s,
    )


def read_spec(node: Node) -> Spec:
    """A group's configuration from its node.

    Parameters
    ----------
    node : Node
        Of kind ``autoscaling_group``.
    """
    warmup_s = _number(node, "default_warmup_s")
    return Spec(
        name=node.id,
        min_size=int(_number(node, "min_size")),
        max_size=int(_number(node, "max_size")),
        desired=int(_number(node, "desired")),
        zones=_names(node, "zones"),
        cooldown_s=_number(node, "default_cooldown_s"),
        warmup_s=None if warmup_s < 0 else warmup_s,
        grace_s=_number(node, "health_check_grace_s"),
        health_check_type=str(node.require("health_check_type")),
        termination_policies=_names(node, "termination_policies") or ("Default",),
        suspended=_names(node, "suspended"),
        startup_s=ready_after_s(str(node.require("startup_script"))),
        launch_s=durations()["EC2 instance pending to running"].typical_s,
    )


def _require_no_hooks(node: Node) -> None:
    hooks = node.attributes.get("lifecycle_hooks")
    if isinstance(hooks, tuple) and hooks:
        raise DesignError(
            f"group '{node.id}' has the lifecycle hooks {', '.join(hooks)}; a run does not know how long they hold",
            allowed="a group without lifecycle hooks",
            cure=_PLAYED,
        )


def _end_s(nodes: list[Node]) -> float:
    """How long an instance takes to go: as long as the slowest of its target groups drains it, then it shuts down."""
    drains_s = (_number(each, "deregistration_delay_s") for each in nodes if each.kind == "target_group")
    return max(drains_s, default=0.0) + durations()["EC2 instance shutting down to terminated"].typical_s


def _members(node: Node, spec: Spec) -> list[Member]:
    """Those that were read back, under their ids where these are known, as many as are desired."""
    ids = [each for each in node.aws_id.split(",") if each.startswith("i-")]
    made = standing(spec)
    return [replace(member, id=known) for member, known in zip(made, ids, strict=False)] + made[len(ids) :]


def _policy(node: Node) -> Policy:
    kind = str(node.require("policy_type"))
    warmup_s, enabled = _optional(node, "warmup_s"), bool(node.require("enabled"))
    if kind == "TargetTrackingScaling":
        return TargetTracking(
            name=node.id,
            metric=str(node.require("metric")),
            target=_number(node, "target"),
            disable_scale_in=bool(node.require("disable_scale_in")),
            warmup_s=warmup_s,
            enabled=enabled,
        )
    steps = tuple(_step(node, text) for text in _names(node, "steps"))
    adjustment, least = str(node.require("adjustment_type")), max(0, int(_number(node, "min_adjustment")))
    if kind == "StepScaling":
        return StepPolicy(name=node.id, kind=adjustment, steps=steps, least=least, warmup_s=warmup_s, enabled=enabled)
    if kind == "SimpleScaling" and len(steps) == 1:
        return SimplePolicy(
            name=node.id,
            kind=adjustment,
            adjustment=steps[0].adjustment,
            least=least,
            cooldown_s=_optional(node, "cooldown_s"),
            enabled=enabled,
        )
    raise DesignError(
        f"policy '{node.id}' is a {kind} with {len(steps)} steps",
        allowed="TargetTrackingScaling, StepScaling, SimpleScaling with one adjustment",
    )


def _step(node: Node, text: str) -> Step:
    parts = text.split(":")
    if len(parts) != len(("lower", "upper", "adjustment")):
        raise DesignError(f"policy '{node.id}' has the step '{text}'", allowed="lower:upper:adjustment, as 0:10:1")
    lower, upper = (float(part) if part else None for part in parts[:2])
    return Step(lower=lower, upper=upper, adjustment=int(parts[2]))


def _alarms(topology: Topology, policies: list[Policy]) -> list[Alarm]:
    """Those that call simple and step policies: target tracking makes its own again."""
    called = {policy.name for policy in policies if not isinstance(policy, TargetTracking)}
    found = []
    for node in topology.of_kind("alarm"):
        targets = tuple(link.target for link in topology.links_of("routes", source=node.id) if link.target in called)
        if targets and node.require("actions_enabled"):
            found.append(_alarm(node, targets))
    return found


def _alarm(node: Node, policies: tuple[str, ...]) -> Alarm:
    if not node.require("namespace"):
        raise DesignError(
            f"alarm '{node.id}' watches the metric math '{node.require('metric')}', which a run does not compute",
            allowed=f"an alarm on one metric: {', '.join(METRICS)}",
            cure=_PLAYED,
        )
    metric, statistic = f"{node.require('namespace')} {node.require('metric')}", str(node.require("statistic"))
    if metric in METRICS and METRICS[metric].split()[0].rstrip(",") != statistic:
        raise DesignError(
            f"alarm '{node.id}' asks for the {statistic} of {metric}, which a run does not know",
            allowed=METRICS[metric],
            cure=_PLAYED,
        )
    return Alarm(
        name=node.id,
        metric=metric,
        rule=Rule(
            comparison=str(node.require("comparison")),
            threshold=_number(node, "threshold"),
            evaluation_periods=int(_number(node, "evaluation_periods")),
            datapoints_to_alarm=int(_number(node, "datapoints_to_alarm")),
            treat_missing=str(node.require("treat_missing")) or "missing",
        ),
        statistic=statistic,
        period_s=max(MINUTE_S, _number(node, "period_s")),
        policies=policies,
    )


def _action(node: Node) -> ScheduledAction:
    # Of a recurring action AWS tells when it is due next: that a run's day lies before it means nothing.
    starts = "" if node.require("recurrence") else str(node.require("starts"))
    sizes = {name: int(_number(node, name)) for name in ("min_size", "max_size", "desired")}
    return ScheduledAction(
        name=node.id,
        recurrence=str(node.require("recurrence")),
        time_zone=str(node.require("time_zone")) or "UTC",
        starts_s=_epoch_s(starts) if starts else None,
        **{name: None if size < 0 else size for name, size in sizes.items()},
    )


def _epoch_s(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _number(node: Node, name: str) -> float:
    value = node.require(name)
    if isinstance(value, str | tuple):
        raise DesignError(f"{node.kind} '{node.id}' has the {name} {value!r}", allowed="a number")
    return float(value)


def _optional(node: Node, name: str) -> float | None:
    value = _number(node, name)
    return None if value < 0 else value


def _names(node: Node, name: str) -> tuple[str, ...]:
    value = node.require(name)
    if not isinstance(value, tuple):
        raise DesignError(f"{node.kind} '{node.id}' has the {name} {value!r}", allowed="a tuple of names")
    return value
