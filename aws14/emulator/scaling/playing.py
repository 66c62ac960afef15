"""A run that is played back into the cloud: datapoints go in, the state of the groups comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aws14.emulator import machines
from aws14.emulator.behaviours.failures import is_down
from aws14.emulator.scaling import targets
from aws14.emulator.scaling.records import Stay, counts, groups, record_of

__all__ = ["Datapoint", "put", "seen"]

_MINUTE_S = 60.0
_BALANCER, _PER_TARGET = "AWS/ApplicationELB", "RequestCountPerTarget"


@dataclass(frozen=True, kw_only=True, slots=True)
class Datapoint:
    """One value of a metric, as a played run measured it.

    Parameters
    ----------
    namespace, name : str
        ``"AWS/EC2"``, ``"CPUUtilization"``.
    dimensions : Mapping[str, str]
        Name -> value.
    value : float
        In `unit`.
    unit : str or None
        As CloudWatch names it; None: not said.
    timestamp : float or None
        Epoch seconds; None: the start of the last minute of what is played.
    region : str
        Where it is put.
    """

    namespace: str
    name: str
    value: float
    region: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    unit: str | None = None
    timestamp: float | None = None


def put(account: str, datapoints: Iterable[Datapoint], until: float) -> None:
    """Put datapoints of the time that ends at `until`, as PutMetricData does. The world lock is held.

    Parameters
    ----------
    account : str
        Whose.
    datapoints : iterable of Datapoint
        What was measured.
    until : float
        Epoch seconds.
    """
    from moto.cloudwatch.models import cloudwatch_backends

    last_minute = -(-until // _MINUTE_S) * _MINUTE_S - _MINUTE_S
    together: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in datapoints:
        when = last_minute if one.timestamp is None else one.timestamp
        for dimensions in _seen_by(one):
            item = {
                "MetricName": one.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                "Value": one.value,
                "Timestamp": datetime.fromtimestamp(when, UTC).replace(tzinfo=None),  # as moto reads a request's
                "Unit": one.unit,
            }
            together.setdefault((one.region, one.namespace), []).append(item)
    for (region, namespace), items in together.items():
        cloudwatch_backends[account][region].put_metric_data(namespace, items)


def _seen_by(one: Datapoint) -> Iterator[Mapping[str, str]]:
    """The dimensions under which CloudWatch shows it: a load balancer's metrics have several sets of them."""
    yield one.dimensions
    if one.namespace == _BALANCER and one.dimensions.keys() == {"LoadBalancer", "TargetGroup"}:
        alone = "TargetGroup" if one.name == _PER_TARGET else "LoadBalancer"
        yield {alone: one.dimensions[alone]}


def seen() -> list[dict[str, Any]]:
    """Every group as it is now: sizes, counts, members. The world lock is held."""
    return [_group(group) for group in groups()]


def _group(group: Any) -> dict[str, Any]:
    return {
        "account": group.account_id,
        "region": group.region,
        "name": group.name,
        "min": group.min_size,
        "max": group.max_size,
        "desired": group.desired_capacity,
        "metrics": {name: value for name, value in counts(group).items() if name in group.metrics},
        "members": list(_members(group)),
    }


def _members(group: Any) -> Iterator[dict[str, Any]]:
    port, stays = targets.port_of(group), record_of(group).stays
    for member in group.instance_states:
        instance = member.instance
        yield {
            "id": instance.id,
            "zone": instance.availability_zone,
            "state": member.lifecycle_state,
            "health": member.health_status,
            "launched": instance.launch_time.replace(tzinfo=UTC).timestamp(),
            "in_service_at": stays.get(instance.id, Stay()).in_service_at,
            "answers": _answers(instance, port),
            "targets": targets.health(group, instance.id),
        }


def _answers(instance: Any, port: int | None) -> bool:
    if instance.state != "running" or is_down(instance.id):
        return False
    machine = machines.of(instance.id)
    return machine.ready if port is None else machine.listens(port)
