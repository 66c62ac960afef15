"""The host counts of target groups as metrics: made from their history for those who ask, kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from aws14.emulator import host_counts
from aws14.emulator.cloudwatch.store import Key, Place, Sample

__all__ = ["changed_at", "find", "keys", "keys_of"]


def keys_of(group_arn: str, balancer_arns: list[str]) -> list[Key]:
    """The metrics of a target group, under each load balancer that uses it."""
    group = group_arn.rsplit(":", maxsplit=1)[-1]
    return [
        Key(host_counts.NAMESPACE, name, (("LoadBalancer", arn.partition("loadbalancer/")[2]), ("TargetGroup", group)))
        for arn in balancer_arns
        for name in (host_counts.HEALTHY, host_counts.UNHEALTHY)
    ]


def keys(place: Place) -> Iterator[Key]:
    """The metrics of an account and region."""
    for arn in host_counts.groups():
        yield from _keys_in(place, arn)


def find(place: Place, key: Key, start: float, end: float) -> list[Sample]:
    """The samples of a metric from a time on, before another; none where it counts no hosts."""
    arn = _group_arn(place, key)
    found = host_counts.samples(arn, key.name, start, end) if arn else ()
    return [Sample(t, value, value, value, 1.0, ((value, 1.0),), "Count") for t, value in found]


def changed_at(place: Place, key: Key) -> float | None:
    """When a count last changed; None where the metric counts no hosts."""
    arn = _group_arn(place, key)
    return host_counts.changed_at(arn) if arn else None


def _group_arn(place: Place, key: Key) -> str:
    if key.namespace != host_counts.NAMESPACE or key.name not in (host_counts.HEALTHY, host_counts.UNHEALTHY):
        return ""
    return next((arn for arn in host_counts.groups() if key in _keys_in(place, arn)), "")


def _keys_in(place: Place, arn: str) -> list[Key]:
    from aws14.emulator.balancing.targets import balancers_of, group_of

    group = group_of(arn)
    if group is None or (group.account_id, group.region_name) != place:
        return []
    return keys_of(arn, [each.arn for each in balancers_of(group)])
