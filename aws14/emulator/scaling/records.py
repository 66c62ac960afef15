"""What is kept of a group beyond moto's own fields, and questions about groups and their members.

A `Record` is an attribute of moto's group, so that it is saved with it and ends with it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.world import world

__all__ = [
    "COUNTED",
    "METRICS",
    "Activity",
    "Key",
    "Record",
    "Stay",
    "Wait",
    "at",
    "counted",
    "counts",
    "find_group",
    "group_counts",
    "group_of",
    "groups",
    "key_of",
    "member_of",
    "moment",
    "record_of",
    "suspended",
]

Key = tuple[str, str, str]
"""Account, region, name of a group."""

#: The lifecycle states that count towards the desired capacity.
COUNTED = frozenset({"Pending", "Pending:Wait", "Pending:Proceed", "InService"})
#: Group metric of CloudWatch -> the lifecycle states it counts, by their beginning.
_BY_STATE = {
    "GroupInServiceInstances": "InService",
    "GroupPendingInstances": "Pending",
    "GroupStandbyInstances": "Standby",
    "GroupTerminatingInstances": "Terminating",
}
#: The metrics of a group, in the order of AWS's documentation.
METRICS = (
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    *_BY_STATE,
    "GroupTotalInstances",
)


@dataclass
class Activity:
    """One entry of the activity history, with the names that the API has for it."""

    activity_id: str
    auto_scaling_group_name: str
    auto_scaling_group_arn: str
    description: str
    cause: str
    start_time: datetime
    details: str
    status_code: str
    progress: int
    end_time: datetime | None = None
    status_message: str | None = None


@dataclass
class Wait:
    """A lifecycle hook that holds an instance.

    Parameters
    ----------
    token, hook, transition, instance_id : str
        What is waited for, and by whom.
    deadline, last : float
        Epoch seconds: of the heartbeat, and of the longest wait.
    """

    token: str
    hook: str
    transition: str
    instance_id: str
    deadline: float
    last: float


@dataclass
class Stay:
    """What is known of a member: its activity, its template, since when it serves.

    Parameters
    ----------
    template : dict or None
        ``LaunchTemplateId``, ``LaunchTemplateName``, ``Version`` it was launched from.
    activity : Activity or None
        The one that is going on with it.
    in_service_at : float or None
        Epoch seconds.
    """

    template: dict[str, str] | None = None
    activity: Activity | None = None
    in_service_at: float | None = None


@dataclass
class Record:
    """What is kept of one group.

    Parameters
    ----------
    causes : list of str
        Why its desired capacity changed, since the last activity.
    replacing, refreshing : int
        Members whose replacement is not launched yet: unhealthy ones, and those of an instance refresh.
    activities : list of Activity
        Newest first.
    stays : dict
        Instance id -> `Stay`.
    extra : set of str
        Launched to balance the zones, not in service yet.
    waits : dict
        Token -> `Wait`.
    failures : int
        Launches that failed in a row.
    retry_at, rebalance_at : float
        Epoch seconds: no launch before, and when the balance of the zones is looked at.
    rebalances : int
        How often in a row that was no use.
    cooldown_s, cooldown_from : float
        Of the last simple scaling: how long, and since when (epoch seconds).
    cooling, busy : bool, set of str
        A simple scaling that has not begun yet, and ids of its activities that go on: the cooldown begins after them.
    fired : dict
        Policy name -> the alarm that called it at this instant, with metric value and threshold.
    refreshes : list
        Instance refreshes, newest first.
    """

    causes: list[str] = field(default_factory=list)
    replacing: int = 0
    refreshing: int = 0
    activities: list[Activity] = field(default_factory=list)
    stays: dict[str, Stay] = field(default_factory=dict)
    extra: set[str] = field(default_factory=set)
    waits: dict[str, Wait] = field(default_factory=dict)
    failures: int = 0
    retry_at: float = 0.0
    rebalance_at: float = 0.0
    rebalances: int = 0
    cooldown_s: float = 0.0
    cooldown_from: float | None = None
    cooling: bool = False
    busy: set[str] = field(default_factory=set)
    fired: dict[str, tuple[str, float, float]] = field(default_factory=dict)
    refreshes: list[Any] = field(default_factory=list)


def record_of(group: Any) -> Record:
    """The record of a group, made with the first question."""
    kept: Record = vars(group).setdefault("_aws14_record", Record())
    return kept


def key_of(group: Any) -> Key:
    """How events name a group."""
    return group.account_id, group.region, group.name


def find_group(account: str, region: str, name: str) -> Any:
    """The group of this name; None where there is none."""
    if "moto.autoscaling.models" not in sys.modules:
        return None
    from moto.autoscaling.models import autoscaling_backends

    return autoscaling_backends[account][region].autoscaling_groups.get(name)


def groups() -> Iterator[Any]:
    """Every group of every account and region."""
    if "moto.autoscaling.models" not in sys.modules:
        return
    from moto.autoscaling.models import autoscaling_backends

    for regions in list(autoscaling_backends.values()):
        for backend in list(regions.values()):
            yield from list(backend.autoscaling_groups.values())


def member_of(group: Any, instance_id: str) -> Any:
    """Moto's state of an instance in a group; None where it is not a member."""
    return next((one for one in group.instance_states if one.instance.id == instance_id), None)


def group_of(instance: Any) -> Any:
    """The group that an instance is a member of; None where it is of none."""
    group = getattr(instance, "autoscaling_group", None)
    return group if group is not None and member_of(group, instance.id) is not None else None


def counted(group: Any) -> list[Any]:
    """The members that count towards the desired capacity."""
    return [one for one in group.instance_states if one.lifecycle_state in COUNTED]


def suspended(group: Any, process: str) -> bool:
    """Whether a process of a group is suspended."""
    return any(one["ProcessName"] == process for one in group.suspended_processes)


def counts(group: Any) -> dict[str, int]:
    """The values of `METRICS` now."""
    states = [str(one.lifecycle_state) for one in group.instance_states]
    found = {"GroupMinSize": group.min_size, "GroupMaxSize": group.max_size}
    found["GroupDesiredCapacity"] = group.desired_capacity
    found |= {name: sum(state.startswith(begin) for state in states) for name, begin in _BY_STATE.items()}
    return found | {"GroupTotalInstances": len(states)}


def group_counts(account: str, region: str, name: str) -> dict[str, int]:
    """The group metrics that CloudWatch collects of a group, as they are now.

    Parameters
    ----------
    account, region, name : str
        Which group.

    Returns
    -------
    dict
        Metric name -> count, for the enabled ones; empty where there is no such group.
    """
    group = find_group(account, region, name)
    return {} if group is None else {one: value for one, value in counts(group).items() if one in group.metrics}


def moment(t: float | None = None) -> datetime:
    """A time of AWS as a date; now by default."""
    return datetime.fromtimestamp(world().clock.now() if t is None else t, UTC)


def at(text: str) -> str:
    """A sentence of a cause: ``At 2026-11-24T09:00:00Z an instance was ...``."""
    return f"At {moment():%Y-%m-%dT%H:%M:%SZ} {text}."
