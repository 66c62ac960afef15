"""The metrics of file systems of EFS: made from their declared load for those who ask, kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws14.catalog import quota
from aws14.emulator.cloudwatch.store import Key, Place, Sample
from aws14.emulator.files import load
from aws14.emulator.files.efs_records import file_systems, life_of
from aws14.emulator.files.load import Stretch
from aws14.emulator.world import world

__all__ = ["changed_at", "find", "keys"]

NAMESPACE = "AWS/EFS"
_DAY_S = 86_400.0
#: For how long CloudWatch keeps samples how far apart, in days and seconds.
_KEPT = ((15.0, 60.0), (63.0, 300.0), (float("inf"), 3600.0))
_UNITS = {
    "BurstCreditBalance": "Bytes",
    "PermittedThroughput": "Bytes/Second",
    "DataReadIOBytes": "Bytes",
    "DataWriteIOBytes": "Bytes",
    "MeteredIOBytes": "Bytes",
    "TotalIOBytes": "Bytes",
    "PercentIOLimit": "Percent",
}


def keys(place: Place) -> Iterator[Key]:
    """The metrics of an account and region."""
    for each in _declared(place):
        for name in _UNITS:
            yield _key(each, name)


def find(place: Place, key: Key, start: float, end: float) -> list[Sample]:
    """The samples of a metric from a time on, before another; none where no load was ever declared."""
    if key.namespace != NAMESPACE or key.name not in _UNITS:
        return []
    found = next((each for each in _declared(place) if _key(each, key.name) == key), None)
    return [] if found is None else list(_samples(found, key.name, start, end))


def changed_at(place: Place, key: Key) -> float | None:
    """When a load was last declared; None where the metric is of no file system."""
    found = next((each for each in _declared(place) if _key(each, key.name) == key), None)
    return None if found is None or key.namespace != NAMESPACE else life_of(found).stretches[-1].begins


def _declared(place: Place) -> Iterator[Any]:
    for each in file_systems():
        where = (each.owner_id, each._context.region_name)  # noqa: SLF001 - moto keeps it here
        if where == place and life_of(each).stretches:
            yield each


def _key(file_system: Any, name: str) -> Key:
    return Key(NAMESPACE, name, (("FileSystemId", file_system.file_system_id),))


def _samples(file_system: Any, name: str, start: float, end: float) -> Iterator[Sample]:
    now = world().clock.now()
    age_days = (now - start) / _DAY_S
    apart = next(seconds for days, seconds in _KEPT if age_days <= days)
    for stretch, begins, ends in load.stretches(file_system, start, min(end, now)):
        t = begins - begins % apart
        while t + apart <= ends or (t < ends and t + apart <= now):
            if t >= start:
                value = _value(stretch, name, max(t, begins), apart)
                yield Sample(t, value, value, value, 1.0, ((value, 1.0),), _UNITS[name])
            t += apart


def _value(stretch: Stretch, name: str, t: float, seconds: float) -> float:
    """What a metric says at a time: bytes of the whole time, or what holds at its begin."""
    permitted = stretch.permitted_at(t)
    served = min(1.0, permitted / stretch.metered) if stretch.metered > 0 else 1.0
    read, write = stretch.read * served, stretch.write * served
    values = {
        "BurstCreditBalance": stretch.credits_at(t),
        "PermittedThroughput": permitted,
        "DataReadIOBytes": read * seconds,
        "DataWriteIOBytes": write * seconds,
        "TotalIOBytes": (read + write) * seconds,
        "MeteredIOBytes": stretch.metered * served * seconds,
        "PercentIOLimit": min(100.0, 100 * stretch.operations / quota("EFS", "file operations a second, most").value),
    }
    return values[name]
