"""What the status checks of instances said, and when: steps, kept in the state of the behaviours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws14.emulator.world import world

__all__ = ["METRICS", "MINUTE_S", "NAMESPACE", "Value", "history", "note", "samples"]

MINUTE_S = 60.0
NAMESPACE = "AWS/EC2"
#: Both checks fail together here: what fails is the host.
METRICS = ("StatusCheckFailed", "StatusCheckFailed_Instance", "StatusCheckFailed_System")
#: 1.0 failed, 0.0 passed, None: the instance does not run, so nothing is checked.
Value = float | None


def history(instance_id: str) -> list[tuple[float, Value]]:
    """The steps of an instance, oldest first: since when (epoch seconds), and what its checks said from then on."""
    kept: dict[str, list[tuple[float, Value]]] = world().state.setdefault("status_history", {})
    return kept.setdefault(instance_id, [])


def note(instance: Any, value: Value) -> None:
    """Write down what the checks of an instance say now; when it is something new, its alarms look.

    Parameters
    ----------
    instance : moto.ec2.models.instances.Instance
        Whose.
    value : float or None
        As in `Value`.
    """
    steps = history(instance.id)
    if (steps[-1][1] if steps else None) == value:
        return
    steps.append((world().clock.now(), value))
    owner = instance.ec2_backend
    metrics = [(NAMESPACE, name, (("InstanceId", instance.id),)) for name in METRICS]
    world().clock.after(0.0, "alarms.data_changed", ((owner.account_id, owner.region_name), metrics))


def samples(instance_id: str, start: float, end: float) -> Iterator[tuple[float, float]]:
    """What each check within a time said: once a minute, at its end; minutes without a check are left out.

    Parameters
    ----------
    instance_id : str
        Whose.
    start, end : float
        Epoch seconds; whole minutes that lie between them are given, up to now.

    Yields
    ------
    (float, float)
        Start of the minute, and 1.0 (failed) or 0.0 (passed).
    """
    steps = history(instance_id)
    if not steps:
        return
    minute = -(-max(start, steps[0][0] - MINUTE_S) // MINUTE_S) * MINUTE_S
    end = min(end, world().clock.now())
    at = 0
    while minute + MINUTE_S <= end:
        while at < len(steps) and steps[at][0] < minute + MINUTE_S:
            at += 1
        value = steps[at - 1][1] if at else None
        if value is not None:
            yield minute, value
        minute += MINUTE_S
