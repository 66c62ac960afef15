"""Elastic Load Balancing read back: load balancers and target groups as nodes, rules and targets as links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aws14 import catalog
from aws14.cloud.readback import ec2
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.ec2_links import Holder, places
from aws14.cloud.readback.seen import Resource, Seen, called, required, tags_of
from aws14.model import Link, Node

_TAG_BATCH = 20


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What Elastic Load Balancing answered in one region; mappings are by ARN, listeners by their load balancer's."""

    region: str
    load_balancers: tuple[Resource, ...]
    target_groups: tuple[Resource, ...]
    listeners: Mapping[str, tuple[Resource, ...]]
    rules: Mapping[str, tuple[Resource, ...]]
    certificates: Mapping[str, tuple[str, ...]]
    attributes: Mapping[str, Mapping[str, str]]
    health: Mapping[str, tuple[Resource, ...]]
    tags: Mapping[str, Mapping[str, str]]


def fetch(asking: Asking, region: str) -> Facts:
    """Ask for every load balancer and target group of one region, and for what belongs to them.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    client = asking.client("elbv2", region)
    balancers = asking.listed("elbv2", region, "describe_load_balancers", "LoadBalancers")
    groups = asking.listed("elbv2", region, "describe_target_groups", "TargetGroups")
    arns = [one["LoadBalancerArn"] for one in balancers]
    group_arns = [one["TargetGroupArn"] for one in groups]
    listeners = {
        arn: asking.listed("elbv2", region, "describe_listeners", "Listeners", LoadBalancerArn=arn) for arn in arns
    }
    lines = [one for some in listeners.values() for one in some]
    attributes = {arn: client.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"] for arn in arns}
    attributes |= {arn: client.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"] for arn in group_arns}
    return Facts(
        region=region,
        load_balancers=balancers,
        target_groups=groups,
        listeners=listeners,
        rules={one["ListenerArn"]: _rules(asking, region, one["ListenerArn"]) for one in lines},
        certificates={one["ListenerArn"]: _certificates(asking, region, one) for one in lines},
        attributes={arn: {each["Key"]: each["Value"] for each in given} for arn, given in attributes.items()},
        health={
            arn: tuple(client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"])
            for arn in group_arns
        },
        tags=_tags(asking, region, [*arns, *group_arns]),
    )


def _rules(asking: Asking, region: str, listener: str) -> tuple[Resource, ...]:
    return asking.listed("elbv2", region, "describe_rules", "Rules", ListenerArn=listener)


def _certificates(asking: Asking, region: str, listener: Resource) -> tuple[str, ...]:
    if listener["Protocol"] not in ("HTTPS", "TLS"):
        return ()
    arn = listener["ListenerArn"]
    found = asking.listed("elbv2", region, "describe_listener_certificates", "Certificates", ListenerArn=arn)
    own = (each["CertificateArn"] for each in (*listener.get("Certificates", ()), *found))
    return tuple(dict.fromkeys(own))


def _tags(asking: Asking, region: str, arns: list[str]) -> dict[str, Mapping[str, str]]:
    tags: dict[str, Mapping[str, str]] = {}
    for start in range(0, len(arns), _TAG_BATCH):
        batch = arns[start : start + _TAG_BATCH]
        found = asking.listed("elbv2", region, "describe_tags", "TagDescriptions", ResourceArns=batch)
        tags |= {each["ResourceArn"]: tags_of(each) for each in found}
    return tags


def to_nodes(facts: Facts, around: ec2.Facts) -> tuple[Seen, ...]:
    """Load balancers and target groups, with ARNs for names.

    Parameters
    ----------
    facts : Facts
        Of one region.
    around : ec2.Facts
        What EC2 answered there.
    """
    return (
        *(_load_balancer(one, facts, around) for one in facts.load_balancers),
        *(_target_group(one, facts, around) for one in facts.target_groups),
    )


def _load_balancer(one: Resource, facts: Facts, around: ec2.Facts) -> Seen:
    arn, tags = one["LoadBalancerArn"], facts.tags.get(one["LoadBalancerArn"], {})
    of, given = f"load balancer {one['LoadBalancerName']}", facts.attributes[arn]
    zones = required(one, "AvailabilityZones", of)
    node = Node(
        id=arn,
        kind="load_balancer",
        parent=ec2.home(around, (zone["SubnetId"] for zone in zones)),
        aws_id=arn,
        attributes={
            "scheme": required(one, "Scheme", of),
            "state": required(one, "State", of)["Code"],
            "dns_name": required(one, "DNSName", of),
            "zones": tuple(sorted(zone["ZoneName"] for zone in zones)),
            "security_groups": ec2.group_names(around, one.get("SecurityGroups", ())),
            "listeners": tuple(_listener(each) for each in _in_order(facts.listeners[arn])),
            "idle_timeout_s": _idle_timeout_s(given) if one["Type"] == "application" else 0,
            # An Application Load Balancer always balances across zones; only its target groups can say otherwise.
            "cross_zone": one["Type"] == "application" or given.get("load_balancing.cross_zone.enabled") == "true",
        },
    )
    return Seen(node=node, tags=tags, name=called(tags, one["LoadBalancerName"]))


def _idle_timeout_s(given: Mapping[str, str]) -> int:
    """As set; AWS lists its default too, the embedded AWS only what was changed."""
    default = catalog.quota("ALB", "idle timeout unless changed").value
    return int(given.get("idle_timeout.timeout_seconds", default))


def _in_order(listeners: Iterable[Resource]) -> list[Resource]:
    return sorted(listeners, key=lambda each: int(each["Port"]))


def _listener(listener: Resource) -> str:
    actions = [action["Type"] for action in listener["DefaultActions"]]
    does = actions[-1] if actions else "forward"
    return _door(listener) if does == "forward" else f"{_door(listener)} {does}"


def _door(listener: Resource) -> str:
    return f"{listener['Protocol']}:{listener['Port']}"


def _target_group(one: Resource, facts: Facts, around: ec2.Facts) -> Seen:
    arn, tags = one["TargetGroupArn"], facts.tags.get(one["TargetGroupArn"], {})
    of, given = f"target group {one['TargetGroupName']}", facts.attributes[arn]
    attributes = f"the attributes of {of}"
    cookie = given.get("stickiness.type", "lb_cookie")
    node = Node(
        id=arn,
        kind="target_group",
        parent=one.get("VpcId", facts.region),
        aws_id=arn,
        attributes={
            "protocol": one.get("Protocol", ""),
            "port": one.get("Port", 0),
            "algorithm": required(given, "load_balancing.algorithm.type", attributes),
            "health_check_path": one.get("HealthCheckPath", ""),
            "health_check_interval_s": required(one, "HealthCheckIntervalSeconds", of),
            "health_check_timeout_s": required(one, "HealthCheckTimeoutSeconds", of),
            "healthy_threshold": required(one, "HealthyThresholdCount", of),
            "unhealthy_threshold": required(one, "UnhealthyThresholdCount", of),
            "matcher": next(iter(one.get("Matcher", {}).values()), ""),
            "deregistration_delay_s": int(required(given, "deregistration_delay.timeout_seconds", attributes)),
            "slow_start_s": int(required(given, "slow_start.duration_seconds", attributes)),
            "sticky": required(given, "stickiness.enabled", attributes) == "true",
            "sticky_s": _sticky_s(given, cookie, attributes),
            "target_health": tuple(_health(each, around) for each in facts.health[arn]),
        },
    )
    return Seen(node=node, tags=tags, name=called(tags, one["TargetGroupName"]))


def _sticky_s(given: Mapping[str, str], cookie: str, of: str) -> int:
    """Life of the cookie; what it would be is said also while stickiness is off."""
    key = f"stickiness.{cookie}.duration_seconds"
    if key in given:
        return int(given[key])
    return int(required(given, key, of)) if given["stickiness.enabled"] == "true" else 0


def _health(entry: Resource, around: ec2.Facts) -> str:
    """``web-1 unhealthy Target.Timeout``."""
    target, health = entry["Target"]["Id"], entry["TargetHealth"]
    instance = next((one for one in around.instances if one["InstanceId"] == target), None)
    tags = tags_of(instance) if instance and not ec2.group_name(instance) else {}
    name = tags.get("aws14:node") or tags.get("Name") or target
    return " ".join(part for part in (name, health["State"], health.get("Reason", "")) if part)


def holders(facts: Facts, around: ec2.Facts) -> tuple[Holder, ...]:
    """The load balancers as what security groups guard."""
    return tuple(
        Holder(
            key=one["LoadBalancerArn"],
            vpc=one["VpcId"],
            groups=frozenset(one.get("SecurityGroups", ())),
            places=places(around, f"elb/{one['LoadBalancerName']}"),
        )
        for one in facts.load_balancers
    )


def to_links(facts: Facts, around: ec2.Facts) -> tuple[Link, ...]:
    """From load balancers by their rules to target groups, from there to targets, and to the certificates used.

    Targets that an Auto Scaling group registers are the group's own links, see `aws14.cloud.readback.autoscaling`.
    """
    found = (*_forwards(facts), *_uses(facts), *_targets(facts, around))
    return tuple(dict.fromkeys(found))


def _forwards(facts: Facts) -> Iterator[Link]:
    for arn, listeners in facts.listeners.items():
        for listener in _in_order(listeners):
            for rule in sorted(facts.rules[listener["ListenerArn"]], key=_priority):
                for group, weight in _shares(rule["Actions"]):
                    words = (_door(listener), *_conditions(rule), weight)
                    yield Link(source=arn, target=group, kind="routes", label=" ".join(word for word in words if word))


def _priority(rule: Resource) -> int:
    return int(rule["Priority"]) if str(rule["Priority"]).isdecimal() else 1_000_000


def _conditions(rule: Resource) -> Iterator[str]:
    """What a rule asks of a request: its path patterns, else the values of its other conditions."""
    for condition in rule.get("Conditions", ()):
        details: Resource = next((value for key, value in condition.items() if key.endswith("Config")), {})
        values = details.get("Values", condition.get("Values", ()))
        if condition["Field"] == "path-pattern":
            yield from values
        else:
            yield from (f"{condition['Field']}={value}" for value in values)


def _shares(actions: Iterable[Resource]) -> Iterator[tuple[str, str]]:
    """Target group and weight (empty when it gets everything) of what a rule forwards to."""
    for action in actions:
        if action["Type"] != "forward":
            continue
        groups = action.get("ForwardConfig", {}).get("TargetGroups", ())
        if len(groups) > 1:
            yield from ((group["TargetGroupArn"], str(group.get("Weight", 1))) for group in groups)
        else:
            yield (groups[0]["TargetGroupArn"] if groups else action["TargetGroupArn"]), ""


def _uses(facts: Facts) -> Iterator[Link]:
    for arn, listeners in facts.listeners.items():
        for listener in listeners:
            for certificate in facts.certificates[listener["ListenerArn"]]:
                yield Link(source=arn, target=certificate, kind="uses", label="TLS")


def _targets(facts: Facts, around: ec2.Facts) -> Iterator[Link]:
    alone = {one["InstanceId"] for one in around.instances if not ec2.group_name(one)}
    for group in facts.target_groups:
        for entry in facts.health[group["TargetGroupArn"]]:
            target = entry["Target"]
            if target["Id"] in alone:
                label = f"{group.get('Protocol', '')}:{target.get('Port', group.get('Port', ''))}"
                yield Link(source=group["TargetGroupArn"], target=target["Id"], kind="routes", label=label)
