"""Auto Scaling read back: groups with their instances folded in, policies and scheduled actions.

A group stands in the innermost container that holds all of its subnets, and what changes its size beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aws14.cloud.readback import ec2
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.assemble import USES_TAG
from aws14.cloud.readback.ec2_links import Holder
from aws14.cloud.readback.launching import Launch, launch_of
from aws14.cloud.readback.seen import Resource, Seen, called, required, tags_of
from aws14.model import Link, Node

_NONE = -1
"""What stands where a group or a policy sets no number (`aws14.model.kinds`)."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What Auto Scaling answered in one region; launches by the name of their group."""

    region: str
    groups: tuple[Resource, ...]
    policies: tuple[Resource, ...]
    scheduled: tuple[Resource, ...]
    hooks: tuple[Resource, ...]
    launches: Mapping[str, Launch]


def fetch(asking: Asking, region: str) -> Facts:
    """Ask for every group of one region, what it launches and what changes its size.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    groups = asking.listed("autoscaling", region, "describe_auto_scaling_groups", "AutoScalingGroups")
    groups = tuple(one for one in groups if not one.get("Status"))  # what has a status is being deleted
    names = {one["AutoScalingGroupName"] for one in groups}
    policies = asking.listed("autoscaling", region, "describe_policies", "ScalingPolicies")
    scheduled = asking.listed("autoscaling", region, "describe_scheduled_actions", "ScheduledUpdateGroupActions")
    return Facts(
        region=region,
        groups=groups,
        policies=tuple(one for one in policies if one["AutoScalingGroupName"] in names),
        scheduled=tuple(one for one in scheduled if one["AutoScalingGroupName"] in names),
        hooks=tuple(
            hook
            for name in sorted(names)
            for hook in asking.listed(
                "autoscaling", region, "describe_lifecycle_hooks", "LifecycleHooks", AutoScalingGroupName=name
            )
        ),
        launches={one["AutoScalingGroupName"]: launch_of(one, asking, region) for one in groups},
    )


def key_of(region: str, group: str) -> str:
    """Key of a group, whose name is unique within its region."""
    return f"{region}/asg/{group}"


def to_nodes(facts: Facts, around: ec2.Facts) -> tuple[Seen, ...]:
    """Groups, policies and scheduled actions.

    Parameters
    ----------
    facts : Facts
        Of one region.
    around : ec2.Facts
        What EC2 answered there.
    """
    homes = {one["AutoScalingGroupName"]: ec2.home(around, _subnets(one)) for one in facts.groups}
    return (
        *(_group(one, facts, around) for one in facts.groups),
        *(_policy(one, facts, homes) for one in facts.policies),
        *(_scheduled(one, facts, homes) for one in facts.scheduled),
    )


def _group(one: Resource, facts: Facts, around: ec2.Facts) -> Seen:
    name, subnets = one["AutoScalingGroupName"], _subnets(one)
    launch, of = facts.launches[name], f"Auto Scaling group {name}"
    members = one.get("Instances", ())
    node = Node(
        id=key_of(facts.region, name),
        kind="autoscaling_group",
        parent=ec2.home(around, subnets),
        count=sum(each["LifecycleState"] == "InService" for each in members),
        aws_id=",".join((name, *(each["InstanceId"] for each in members))),
        attributes={
            "min_size": required(one, "MinSize", of),
            "max_size": required(one, "MaxSize", of),
            "desired": required(one, "DesiredCapacity", of),
            "zones": tuple(sorted(required(one, "AvailabilityZones", of))),
            "instance_type": launch.instance_type,
            "image_id": launch.image_id,
            "startup_script": launch.startup_script,
            "cpu_credits": launch.cpu_credits,
            "security_groups": ec2.group_names(around, _security_groups(one, facts, around)),
            "public_ipv4_kind": "public" if _is_public(launch, subnets, around) else "none",
            "root_gib": launch.root_gib,
            "root_volume_type": launch.root_volume_type,
            "health_check_type": required(one, "HealthCheckType", of),
            "health_check_grace_s": required(one, "HealthCheckGracePeriod", of),
            "default_cooldown_s": required(one, "DefaultCooldown", of),
            "default_warmup_s": one.get("DefaultInstanceWarmup", _NONE),
            "termination_policies": tuple(required(one, "TerminationPolicies", of)),
            "suspended": tuple(sorted(each["ProcessName"] for each in required(one, "SuspendedProcesses", of))),
            "lifecycle_hooks": _hooks(name, facts),
            "detailed_monitoring": launch.detailed_monitoring,
        },
    )
    used = {USES_TAG: launch.tags[USES_TAG]} if USES_TAG in launch.tags else {}
    tags = used | tags_of(one)
    return Seen(node=node, tags=tags, name=called(tags, name))


def _hooks(group: str, facts: Facts) -> tuple[str, ...]:
    """``warm LAUNCHING``: name and transition."""
    own = [one for one in facts.hooks if one["AutoScalingGroupName"] == group]
    return tuple(sorted(f"{one['LifecycleHookName']} {one['LifecycleTransition'].rpartition('_')[2]}" for one in own))


def _subnets(group: Resource) -> tuple[str, ...]:
    return tuple(subnet.strip() for subnet in group.get("VPCZoneIdentifier", "").split(",") if subnet.strip())


def _is_public(launch: Launch, subnets: tuple[str, ...], around: ec2.Facts) -> bool:
    if launch.public is not None:
        return launch.public
    return any(one["MapPublicIpOnLaunch"] for one in around.subnets if one["SubnetId"] in subnets)


def _members(group: Resource, around: ec2.Facts) -> list[Resource]:
    ids = {each["InstanceId"] for each in group.get("Instances", ())}
    return [one for one in around.instances if one["InstanceId"] in ids]


def _security_groups(group: Resource, facts: Facts, around: ec2.Facts) -> tuple[str, ...]:
    """Ids of the security groups of its instances, or of what it would launch while it has none."""
    there = {each["GroupId"] for one in _members(group, around) for each in one.get("SecurityGroups", ())}
    return tuple(sorted(there)) or facts.launches[group["AutoScalingGroupName"]].groups


def _policy(one: Resource, facts: Facts, homes: Mapping[str, str]) -> Seen:
    arn, name, group = one["PolicyARN"], one["PolicyName"], one["AutoScalingGroupName"]
    kind = required(one, "PolicyType", f"policy {name}")
    tracking = one.get("TargetTrackingConfiguration", {})
    node = Node(
        id=arn,
        kind="scaling_policy",
        parent=homes[group],
        aws_id=arn,
        attributes={
            "policy_type": kind,
            "metric": _metric(tracking),
            "target": float(tracking.get("TargetValue", 0.0)),
            "adjustment_type": one.get("AdjustmentType", ""),
            "steps": _steps(one),
            "min_adjustment": one.get("MinAdjustmentMagnitude", _NONE),
            "cooldown_s": _cooldown_s(one, facts) if kind == "SimpleScaling" else _NONE,
            "warmup_s": one.get("EstimatedInstanceWarmup", _NONE),
            "disable_scale_in": bool(tracking.get("DisableScaleIn", False)),
            "enabled": one.get("Enabled", True),
        },
    )
    return Seen(node=node, name=name, owner=key_of(facts.region, group))


def _cooldown_s(policy: Resource, facts: Facts) -> int:
    """A simple policy's own cooldown, else that of its group, as AWS takes it."""
    if policy.get("Cooldown") is not None:
        return int(policy["Cooldown"])
    group = next(one for one in facts.groups if one["AutoScalingGroupName"] == policy["AutoScalingGroupName"])
    return int(required(group, "DefaultCooldown", f"Auto Scaling group {policy['AutoScalingGroupName']}"))


def _metric(tracking: Resource) -> str:
    if not tracking:
        return ""
    if "PredefinedMetricSpecification" in tracking:
        return str(tracking["PredefinedMetricSpecification"]["PredefinedMetricType"])
    custom = tracking.get("CustomizedMetricSpecification", {})
    if custom.get("MetricName"):
        return f"{custom['Namespace']}/{custom['MetricName']} {custom['Statistic']}"
    last = [each for each in custom.get("Metrics", ()) if each.get("ReturnData", True)]
    return str(last[-1].get("Expression", "")) if last else ""


def _steps(policy: Resource) -> tuple[str, ...]:
    """``lower:upper:adjustment``; an open bound is empty."""
    if policy.get("PolicyType") == "SimpleScaling":
        return (f"::{policy['ScalingAdjustment']}",)
    bounds = ("MetricIntervalLowerBound", "MetricIntervalUpperBound")
    return tuple(
        ":".join([*(f"{step[bound]:g}" if bound in step else "" for bound in bounds), str(step["ScalingAdjustment"])])
        for step in policy.get("StepAdjustments", ())
    )


def _scheduled(one: Resource, facts: Facts, homes: Mapping[str, str]) -> Seen:
    group, name = one["AutoScalingGroupName"], one["ScheduledActionName"]
    key, starts = f"{key_of(facts.region, group)}/{name}", one.get("StartTime")
    node = Node(
        id=key,
        kind="scheduled_action",
        parent=homes[group],
        aws_id=one.get("ScheduledActionARN", f"{group}|{name}"),
        attributes={
            "recurrence": one.get("Recurrence") or "",
            # Auto Scaling names no zone where none was given: it then reads the times as UTC.
            "time_zone": one.get("TimeZone") or "UTC",
            "starts": starts.isoformat() if starts else "",
            "min_size": one.get("MinSize", _NONE),
            "max_size": one.get("MaxSize", _NONE),
            "desired": one.get("DesiredCapacity", _NONE),
        },
    )
    return Seen(node=node, name=name, owner=key_of(facts.region, group))


def holders(facts: Facts, around: ec2.Facts) -> tuple[Holder, ...]:
    """The groups as what security groups guard."""
    return tuple(
        Holder(
            key=key_of(facts.region, one["AutoScalingGroupName"]),
            vpc=next((each["VpcId"] for each in around.subnets if each["SubnetId"] in _subnets(one)), ""),
            groups=frozenset(_security_groups(one, facts, around)),
            places=tuple((each["SubnetId"], each["PrivateIpAddress"]) for each in _members(one, around)),
        )
        for one in facts.groups
    )


def to_links(facts: Facts, target_groups: tuple[Resource, ...]) -> tuple[Link, ...]:
    """From the target groups that send to a group, and from what changes its size.

    Parameters
    ----------
    facts : Facts
        Of one region.
    target_groups : tuple of Mapping
        As Elastic Load Balancing describes them there.
    """
    return (*_fed(facts, target_groups), *_scales(facts))


def _fed(facts: Facts, target_groups: tuple[Resource, ...]) -> Iterator[Link]:
    doors = {one["TargetGroupArn"]: f"{one.get('Protocol', '')}:{one.get('Port', '')}" for one in target_groups}
    for one in facts.groups:
        sources = [each["Identifier"] for each in one.get("TrafficSources", ()) if each.get("Type", "elbv2") == "elbv2"]
        for arn in dict.fromkeys((*one.get("TargetGroupARNs", ()), *sources)):
            if arn in doors:
                key = key_of(facts.region, one["AutoScalingGroupName"])
                yield Link(source=arn, target=key, kind="routes", label=doors[arn])


def _scales(facts: Facts) -> Iterator[Link]:
    for one in facts.policies:
        key = key_of(facts.region, one["AutoScalingGroupName"])
        yield Link(source=one["PolicyARN"], target=key, kind="routes", label="scales")
    for one in facts.scheduled:
        key = key_of(facts.region, one["AutoScalingGroupName"])
        yield Link(source=f"{key}/{one['ScheduledActionName']}", target=key, kind="routes", label="scales")
