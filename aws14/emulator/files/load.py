"""What a course says that a file system of EFS has to do, by the control API: ``POST /_aws14/file_load``.

A load holds from its moment until another is said. What follows from it, credits and throughput, is worked out for
whoever asks, piece by piece: nothing runs on the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aws14.catalog import quota
from aws14.emulator.files import trees
from aws14.emulator.files.efs_records import file_systems, life_of
from aws14.emulator.files.trees import Bulk, Tree
from aws14.emulator.world import world
from aws14.errors import ScenarioError
from aws14.sim.files.throughput import rates

__all__ = ["FileLoad", "Stretch", "changed", "declare", "rates", "stretches"]

_GIB, _MIB = 1024**3, 1024**2


@dataclass(frozen=True, kw_only=True, slots=True)
class FileLoad:
    """What a file system has to do from now on.

    Parameters
    ----------
    file_system : str
        Id.
    read_mibps, write_mibps : float
        What its clients want to read and write together, MiB/s.
    operations : float
        File operations a second.
    stored_gib, active_gib : float or None
        What it holds beside the files that are really there, and how much of that is read all the time, GiB; None: as
        before.
    """

    file_system: str
    read_mibps: float = 0.0
    write_mibps: float = 0.0
    operations: float = 0.0
    stored_gib: float | None = None
    active_gib: float | None = None


@dataclass(frozen=True)
class Stretch:
    """A time in which nothing changes.

    Parameters
    ----------
    begins : float
        Epoch seconds.
    read, write : float
        Wanted, bytes/s.
    operations : float
        A second.
    mode : str
        Throughput mode.
    baseline, burst : float
        Metered bytes/s that are always allowed, and with credits.
    credits, most : float
        Burst credits at its begin, and how many it can have, bytes.
    """

    begins: float
    read: float
    write: float
    operations: float
    mode: str
    baseline: float
    burst: float
    credits: float
    most: float

    @property
    def metered(self) -> float:
        """Wanted bytes/s as EFS meters them: a read counts less than a write."""
        return self.write + self.read / quota("EFS", "reads metered as one write").value

    def credits_at(self, t: float) -> float:
        """Burst credits at a time in this stretch, bytes."""
        used = min(self.metered, self.burst)
        return min(self.most, max(0.0, self.credits + (self.baseline - used) * (t - self.begins)))

    def permitted_at(self, t: float) -> float:
        """Metered bytes/s that are allowed at a time in this stretch."""
        return self.burst if self.mode != "bursting" or self.credits_at(t) > 0 else self.baseline


def declare(load: FileLoad) -> None:
    """Take it for true from now on; the world lock is held.

    Raises
    ------
    ScenarioError
        There is no such file system of EFS.
    """
    found = next((each for each in file_systems() if each.file_system_id == load.file_system), None)
    if found is None:
        known = ", ".join(sorted(each.file_system_id for each in file_systems())) or "none is built"
        raise ScenarioError(f"there is no file system {load.file_system!r} of EFS", allowed=known)
    tree = trees.find(load.file_system) or trees.put(load.file_system, Tree())
    if load.stored_gib is not None:
        active = min(load.active_gib or 0.0, load.stored_gib)
        tree.bulk = Bulk(int(load.stored_gib * _GIB), int(active * _GIB), world().clock.now())
        tree.version += 1
    _begin(found, load.read_mibps * _MIB, load.write_mibps * _MIB, load.operations)


def changed(file_system: Any) -> None:
    """Go on with the same load under other conditions: the throughput mode has changed."""
    kept = life_of(file_system).stretches
    if kept:
        _begin(file_system, kept[-1].read, kept[-1].write, kept[-1].operations)


def _begin(file_system: Any, read: float, write: float, operations: float) -> None:
    """Begin a stretch; the credits go on from where they are."""
    now, kept = world().clock.now(), life_of(file_system).stretches
    mode = file_system.throughput_mode
    baseline, burst, most = rates(mode, _standard_gib(file_system), file_system.provisioned_throughput_in_mibps)
    left = min(most, kept[-1].credits_at(now)) if kept else most
    kept.append(Stretch(now, read, write, operations, mode, baseline, burst, left, most))


def _standard_gib(file_system: Any) -> float:
    tree = trees.find(file_system.file_system_id)
    return trees.sizes(tree).standard / _GIB if tree is not None else 0.0


def stretches(file_system: Any, start: float, end: float) -> list[tuple[Stretch, float, float]]:
    """The stretches of a file system in a time, each with where its part begins and ends, epoch seconds."""
    kept: list[Stretch] = life_of(file_system).stretches
    until = [*(one.begins for one in kept[1:]), end]
    parts = ((one, max(one.begins, start), min(last, end)) for one, last in zip(kept, until, strict=True))
    return [part for part in parts if part[1] < part[2]]
