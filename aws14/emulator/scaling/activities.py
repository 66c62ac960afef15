"""The activity history of a group, in AWS's words: what began, why, how far it is, how it ended.

The texts are those that public logs of real groups show.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from aws14.emulator.scaling.records import Activity, at, moment, record_of

__all__ = ["begin", "difference", "end", "fail", "placed", "step"]

#: AWS keeps six weeks; here the newest so many are kept.
_MOST_KEPT = 1000
_GAP = "  "


def begin(group: Any, description: str, causes: Sequence[str], *, details: dict[str, str], status: str) -> Activity:
    """Write down an activity that begins now.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Whose.
    description : str
        What is done.
    causes : sequence of str
        Why, sentence by sentence, each with its time.
    details : dict
        Subnet and zone.
    status : str
        As the API names it: ``PreInService``, ``InProgress``.
    """
    made = Activity(
        activity_id=str(uuid4()),
        auto_scaling_group_name=group.name,
        auto_scaling_group_arn=group.arn,
        description=description,
        cause=_GAP.join(causes),
        start_time=moment(),
        details=json.dumps(details),
        status_code=status,
        progress=30 if status == "PreInService" else 0,
    )
    kept = record_of(group).activities
    kept.insert(0, made)
    del kept[_MOST_KEPT:]
    return made


def step(activity: Activity | None, status: str, progress: int) -> None:
    """Say how far an activity is."""
    if activity is not None and activity.end_time is None:
        activity.status_code, activity.progress = status, progress


def end(group: Any, activity: Activity | None, *, status: str = "Successful", message: str | None = None) -> None:
    """End an activity; a cooldown that waited for it begins.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Whose.
    activity : Activity or None
        Which; nothing happens where it has ended already.
    status : {'Successful', 'Failed', 'Cancelled'}
        How.
    message : str, optional
        Why it did not succeed.
    """
    if activity is None or activity.end_time is not None:
        return
    step(activity, status, 100)
    activity.status_message, activity.end_time = message, moment()
    kept = record_of(group)
    if activity.activity_id in kept.busy:
        kept.busy.discard(activity.activity_id)
        kept.cooldown_from = activity.end_time.timestamp()


def fail(group: Any, causes: Sequence[str], message: str, *, zone: str, subnet: str) -> None:
    """Write down a launch that was refused.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Whose.
    causes : sequence of str
        Why it was tried.
    message : str
        What EC2 said.
    zone, subnet : str
        Where.
    """
    text = f"{message} Launching EC2 instance failed."
    description = f"Launching a new EC2 instance.  Status Reason: {text}"
    failed = begin(group, description, causes, details=placed(zone, subnet), status="InProgress")
    end(group, failed, status="Failed", message=text)


def placed(zone: str, subnet: str) -> dict[str, str]:
    """Where an instance stands, as the details of an activity have it."""
    return ({"Subnet ID": subnet} if subnet else {}) | {"Availability Zone": zone}


def difference(verb: str, *, before: int, after: int) -> str:
    """Why an instance starts or ends when the capacity is not what it should be.

    Parameters
    ----------
    verb : {'started', 'taken out of service'}
        What became of it.
    before, after : int
        Capacity there is, and that there should be.
    """
    way = "increasing" if after > before else "shrinking"
    return at(
        f"an instance was {verb} in response to a difference between desired and actual capacity, "
        f"{way} the capacity from {before} to {after}"
    )
