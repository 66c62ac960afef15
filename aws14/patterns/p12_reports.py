"""The heavy job behind a queue: how long three hundred reports take, by how many the function may make at a time."""

from __future__ import annotations

import numpy as np

from aws14 import charts
from aws14.model import Picture, Topology
from aws14.sim.backlog import Worker, work_off
from aws14.sim.streams import stream

REPORTS, REPORT_S = 300, 240.0
AT_A_TIME = (5, 20, 100)
_VISIBLE_AGAIN_S, _TRIES = 900.0, 3


def backlog(built: Topology, failing_percent: float = 2.0) -> Picture:
    """Reports that wait, over the time since all were ordered.

    Parameters
    ----------
    built : Topology
        Not asked: the queue has as many workers as the experiment says.
    failing_percent : float
        Attempts of a hundred that fail, and are made again.
    """
    del built
    work_s = np.maximum(30.0, REPORT_S * (1 + 0.25 * stream(14, "reports").standard_normal(REPORTS)))
    came_s = np.zeros(REPORTS)
    runs = {}
    for most in AT_A_TIME:
        worker = Worker(
            batch=1, concurrency=most, timeout_s=_VISIBLE_AGAIN_S, visibility_s=_VISIBLE_AGAIN_S,
            max_receives=_TRIES, failing=failing_percent / 100,
        )  # fmt: skip
        runs[f"{most} at a time"] = work_off(came_s, work_s, worker)
    minutes = np.linspace(0, max(each.empty_s for each in runs.values()) / 60, 200)
    dead = sum(each.dead for each in runs.values())
    return charts.curves(
        minutes,
        {name: each.waiting(60 * minutes) for name, each in runs.items()},
        title=f"{REPORTS} reports of some {REPORT_S / 60:.0f} minutes each; {dead} end in the dead-letter queue",
        xlabel="minutes since they were ordered",
        ylabel="reports not done",
        scales=("linear", "linear"),
    )
