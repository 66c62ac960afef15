"""Many who write one file: a lock is held for round trips, and whoever wants it next waits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from aws14 import catalog, charts
from aws14.errors import DesignError
from aws14.model import Picture, Topology
from aws14.patterns.p06_day import SHARED
from aws14.patterns.p06_wan import line_of
from aws14.sim.files.losses import contention

WRITERS = (1, 2, 5, 10, 20, 50, 100, 200)

OFFICE = "the office, over its line"


def writers(built: Topology, think_s: float = 2.0, trips: int = 6) -> Picture:
    """How long a write to the one file takes, over the number of writers.

    Parameters
    ----------
    built : Topology
        What was read back: the file system and its mount targets.
    think_s : float
        Between two writes of one writer.
    trips : int
        Operations under the lock: take it, read, write, flush, give it back, and the like.

    Raises
    ------
    DesignError
        When nobody can reach the file system.
    """
    held = held_s(built, trips)
    waits = {
        name: np.array([contention(count, think_s=think_s, held_s=each).wait_s for count in WRITERS])
        for name, each in held.items()
    }
    full = {name: think_s / each + 1 for name, each in held.items()}
    title = f"One file, one lock: from {full[OFFICE]:.0f} writers in the office on, each one more only waits"
    return charts.curves(
        WRITERS, waits, title=title, xlabel="who write the same file", ylabel="a write takes, s", scales=("log", "log")
    )


def held_s(built: Topology, trips: int = 6) -> Mapping[str, float]:
    """For how long a writer holds the lock, s, by where it sits; parameters and errors as `writers`."""
    targets = [node for node in built.of_kind("mount_target") if node.id.startswith(SHARED)]
    if not targets:
        raise DesignError(f"'{SHARED}' has no mount target", cure="create_mount_target in each zone")
    operation_s = catalog.durations()["EFS operation on a file"].typical_s
    region = built.of_kind("region")[0].id
    return {
        "servers beside a mount target": trips * operation_s,
        OFFICE: trips * (operation_s + line_of(built).rtt_ms / 1000),
        "another region": trips * (operation_s + catalog.rtt_ms(region, "ap-southeast-1") / 1000),
    }
