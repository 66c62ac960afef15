"""What health checks and attributes of Application Load Balancers may say.

Sources: Application Load Balancer guide, "Load balancer attributes", "Target group attributes", "Health checks for your
target groups", "Slow start mode". A check returns AWS's code and message, or None where all is well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["Refusal", "of_balancer", "of_group", "of_health_checks"]

Refusal = tuple[str, str]
_ALGORITHM, _SLOW_START = "load_balancing.algorithm.type", "slow_start.duration_seconds"
_ALGORITHMS = ("round_robin", "least_outstanding_requests", "weighted_random")
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "deregistration_delay.timeout_seconds": (0, 3600),
    _SLOW_START: (30, 900),
    "stickiness.lb_cookie.duration_seconds": (1, 604_800),
    "stickiness.app_cookie.duration_seconds": (1, 604_800),
    "idle_timeout.timeout_seconds": (1, 4000),
    "client_keep_alive.seconds": (60, 604_800),
}
_OF_GROUPS = frozenset(
    {
        "deregistration_delay.connection_termination.enabled",
        "deregistration_delay.timeout_seconds",
        "lambda.multi_value_headers.enabled",
        "load_balancing.algorithm.anomaly_mitigation",
        "load_balancing.cross_zone.enabled",
        "preserve_client_ip.enabled",
        "proxy_protocol_v2.enabled",
        "stickiness.app_cookie.cookie_name",
        "stickiness.app_cookie.duration_seconds",
        "stickiness.enabled",
        "stickiness.lb_cookie.duration_seconds",
        "stickiness.type",
        "target_failover.on_deregistration",
        "target_failover.on_unhealthy",
        "target_group_health.dns_failover.minimum_healthy_targets.count",
        "target_group_health.dns_failover.minimum_healthy_targets.percentage",
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
        "target_health_state.unhealthy.connection_termination.enabled",
        "target_health_state.unhealthy.draining_interval_seconds",
        _ALGORITHM,
        _SLOW_START,
    }
)


def of_balancer(given: Mapping[str, str], known: Iterable[str]) -> Refusal | None:
    """Judge attributes for a load balancer, of which AWS knows `known`."""
    strange = next((key for key in given if key not in known), None)
    if strange is not None:
        return "ValidationError", f"Load balancer attribute key '{strange}' is not recognized"
    return _out_of_bounds(given)


def of_group(given: Mapping[str, str], before: Mapping[str, Any]) -> Refusal | None:
    """Judge attributes for a target group that has those of `before`."""
    strange = next((key for key in given if key not in _OF_GROUPS and key not in before), None)
    if strange is not None:
        return "ValidationError", f"Target group attribute key '{strange}' is not recognized"
    after = {**before, **given}
    algorithm = after.get(_ALGORITHM, _ALGORITHMS[0])
    if algorithm not in _ALGORITHMS:
        return "ValidationError", f"'{_ALGORITHM}' value '{algorithm}' must be one of [{', '.join(_ALGORITHMS)}]"
    refusal = _out_of_bounds(given)
    if refusal is None and algorithm != _ALGORITHMS[0] and str(after.get(_SLOW_START, 0)) != "0":
        return "InvalidConfigurationRequest", f"Slow start mode is not supported with the {algorithm} routing algorithm"
    return refusal


def of_health_checks(thresholds: Mapping[str, Any], codes: str | None, *, most: int) -> Refusal | None:
    """Judge thresholds by their names, and the codes of a matcher, of which `most` is the highest allowed."""
    for name, value in thresholds.items():
        if value is not None and not 2 <= int(value) <= 10:
            bound = "greater than or equal to 2" if int(value) < 2 else "less than or equal to 10"
            where = f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint"
            return "ValidationError", f"{where}: Member must have value {bound}"
    found = [int(each) for each in re.findall(r"\d+", codes or "")]
    if found and not (min(found) >= 200 and max(found) <= most):
        return "ValidationError", f"Health check matcher HTTP code '{codes}' must be within '200-{most}' inclusive"
    return None


def _out_of_bounds(given: Mapping[str, str]) -> Refusal | None:
    for key, value in given.items():
        low, high = _BOUNDS.get(key, (0, 0))
        if key not in _BOUNDS or (key == _SLOW_START and str(value) == "0"):
            continue
        if not str(value).isdecimal() or not low <= int(value) <= high:
            return "ValidationError", f"'{key}' value '{value}' must be between '{low}-{high}' inclusive"
    return None
