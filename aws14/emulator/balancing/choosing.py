"""Who gets the next request: a target group of a forwarding action, then a target of that group.

Sources: Application Load Balancer guide, "Target groups for your Application Load Balancers" (routing algorithms, slow
start, cross-zone), "Sticky sessions". Requests are answered at once here, so that none is ever outstanding: least
outstanding requests is round robin. Weights are kept without chance, by smooth weighted round robin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws14.emulator.balancing import cookies
from aws14.emulator.balancing.probing import crosses_zones
from aws14.emulator.balancing.targets import zone_of
from aws14.emulator.dataplane.answering import Visit
from aws14.emulator.target_health import Health, health_of
from aws14.emulator.world import world

__all__ = ["choose_group", "choose_target", "sticks"]

_ON = "true"


def choose_group(rule_arn: str, data: Mapping[str, Any], visit: Visit) -> str:
    """The ARN of the target group for a request; empty where an action has none of any weight.

    Parameters
    ----------
    rule_arn : str
        Whose action it is: turns are counted by rule.
    data : Mapping
        moto's action: ``TargetGroupArn`` or ``ForwardConfig``.
    visit : Visit
        The request.
    """
    config = data.get("ForwardConfig") or {}
    weights = {each["TargetGroupArn"]: float(each.get("Weight", 1)) for each in config.get("TargetGroups", ())}
    if not weights:
        return str(data.get("TargetGroupArn", ""))
    if group_sticks(data):
        remembered = cookies.read(visit, "AWSALBTG", rule_arn)
        if weights.get(remembered):
            return remembered
    return _turn(rule_arn, weights) or ""


def group_sticks(data: Mapping[str, Any]) -> float:
    """For how many seconds clients stay with a target group; 0 where they do not."""
    config = (data.get("ForwardConfig") or {}).get("TargetGroupStickinessConfig") or {}
    return float(config.get("DurationSeconds") or 0) if str(config.get("Enabled")).lower() == _ON else 0.0


def choose_target(group: Any, zone: str, visit: Visit) -> str:
    """The id of the target for a request; empty where there is none.

    Healthy ones are chosen from; where there are none, all that are in use (fail open).

    Parameters
    ----------
    group : moto.elbv2.models.FakeTargetGroup
        Chosen before.
    zone : str
        Availability Zone of the node.
    visit : Visit
        The request.
    """
    known = {key: each for key, each in health_of(group).items() if each.state not in ("draining", "unused")}
    if not crosses_zones(group):
        known = {key: each for key, each in known.items() if zone_of(group, key) in (zone, "")}
    healthy = {key: each for key, each in known.items() if each.state == "healthy"}
    free = healthy or known
    name = sticks(group)
    remembered = cookies.read(visit, name, group.arn) if name else ""
    if remembered in free:
        return remembered
    shares = {key: _share(group, each) for key, each in free.items()}
    return _turn(f"{group.arn} {zone if not crosses_zones(group) else ''}", shares) or ""


def sticks(group: Any) -> str:
    """The name of the cookie that keeps clients with a target; empty where they are not kept."""
    if str(group.attributes.get("stickiness.enabled")).lower() != _ON:
        return ""
    return "AWSALBAPP-0" if group.attributes.get("stickiness.type") == "app_cookie" else "AWSALB"


def _share(group: Any, health: Health) -> float:
    """Of a full target's requests: it grows with time while a target starts slowly."""
    duration = float(group.attributes.get("slow_start.duration_seconds") or 0)
    if not duration or health.state != "healthy":
        return 1.0
    return min(1.0, max(0.01, (world().clock.now() - health.since) / duration))


def _turn(key: str, weights: Mapping[str, float]) -> str | None:
    """Whose turn it is: each by its weight, as evenly as can be."""
    if not sum(weights.values()):
        return None
    turns: dict[str, dict[str, float]] = world().state.setdefault("elb_turns", {})
    credit = {each: turns.get(key, {}).get(each, 0.0) + weight for each, weight in weights.items()}
    chosen = max(credit, key=lambda each: (credit[each], -list(weights).index(each)))
    credit[chosen] -= sum(weights.values())
    turns[key] = credit
    return chosen
