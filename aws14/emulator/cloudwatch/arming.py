"""Which alarms are evaluated: those that something has happened to, until nothing more can come of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from aws14.emulator.cloudwatch.store import Key, Place
from aws14.emulator.cloudwatch.watching import interval_s, place_of, rule_of, watched
from aws14.emulator.world import world

__all__ = ["alarms_in", "arm", "arm_for", "disarm", "evaluate_later"]

_Name = tuple[str, str, str]


def alarms_in(place: Place) -> dict[str, Any]:
    """The alarms of an account and region, by name."""
    if "moto.cloudwatch.models" not in sys.modules:  # no alarm was ever put
        return {}
    from moto.cloudwatch.models import cloudwatch_backends

    account, region = place
    found: dict[str, Any] = cloudwatch_backends[account][region].alarms
    return found


def arm_for(place: Place, keys: Iterable[Key]) -> None:
    """Arm the alarms on some metrics: they have new data.

    Parameters
    ----------
    place : Place
        Account and region.
    keys : iterable of Key
        The metrics.
    """
    new = set(keys)
    for alarm in alarms_in(place).values():
        if _name(alarm) not in _armed() and not new.isdisjoint(watched(alarm)):
            arm(alarm)


def arm(alarm: Any) -> None:
    """Let an alarm be evaluated from now on, unless it is already."""
    rule = rule_of(alarm)
    if rule is not None and _name(alarm) not in _armed():
        _armed().add(_name(alarm))
        evaluate_later(alarm, interval_s(alarm, rule))


def disarm(name: _Name) -> None:
    """Let an alarm rest until something happens to it.

    Parameters
    ----------
    name : (str, str, str)
        Account, region and name.
    """
    _armed().discard(name)


def evaluate_later(alarm: Any, interval: float) -> None:
    """Post the next evaluation: at the end of the present interval, with what has been put by then.

    Parameters
    ----------
    alarm : moto.cloudwatch.models.Alarm
        Which.
    interval : float
        Seconds.
    """
    world().clock.at((world().clock.now() // interval + 1) * interval, "alarms.evaluates", _name(alarm))


def _armed() -> set[_Name]:
    armed: set[_Name] = world().state.setdefault("alarms", set())
    return armed


def _name(alarm: Any) -> _Name:
    account, region = place_of(alarm)
    return account, region, alarm.name
