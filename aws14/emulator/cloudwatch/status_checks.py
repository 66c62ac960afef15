"""The metrics of status checks: made from the history of the checks for those who ask, kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from aws14.emulator.cloudwatch.store import Key, Place, Sample
from aws14.emulator.failure_records import find_instance
from aws14.emulator.status_history import METRICS, NAMESPACE, history, samples
from aws14.emulator.world import world

__all__ = ["changed_at", "find", "keys"]


def keys(place: Place) -> Iterator[Key]:
    """The metrics of an account and region."""
    for instance_id in world().state.get("status_history", {}):
        if _stands_in(instance_id, place):
            for name in METRICS:
                yield Key(NAMESPACE, name, (("InstanceId", instance_id),))


def find(place: Place, key: Key, start: float, end: float) -> list[Sample]:
    """The samples of a metric from a time on, before another; none where it is not of status checks."""
    instance_id = _instance_id(key)
    if not instance_id or not _stands_in(instance_id, place):
        return []
    found = samples(instance_id, start, end)
    return [Sample(t, value, value, value, 1.0, ((value, 1.0),), "Count") for t, value in found]


def changed_at(key: Key) -> float | None:
    """When the checks last said something new; None where the metric is not of status checks."""
    steps = history(_instance_id(key)) if _instance_id(key) else []
    return steps[-1][0] if steps else None


def _instance_id(key: Key) -> str:
    if key.namespace != NAMESPACE or key.name not in METRICS or len(key.dimensions) != 1:
        return ""
    name, value = key.dimensions[0]
    return value if name == "InstanceId" else ""


def _stands_in(instance_id: str, place: Place) -> bool:
    instance = find_instance(instance_id)
    return instance is not None and (instance.ec2_backend.account_id, instance.ec2_backend.region_name) == place
