"""The heavy job behind a queue: how long three hundred reports take, by how many the function may make at a time."""

from __future__ import annotations

import numpy as np

from aws14 import charts
from aws14.model import Picture, Topology
from aws14.sim.backlog import Worker, work_off
from aws14.sim.streams import stream

REPORTS, REPORT_S = 300, 240.0
AT_A_TIME = (5, 20, 100)
_SHORTEST_S, _SPREAD = 30.0, 0.25
VISIBLE_AGAIN_S, _TRIES = 900.0, 3


def backlog(built: Topology, failing_percent: float = 5.0) -> Picture:
    """How long until all reports are made, by how many are made at a time.

    Parameters
    ----------
    built : Topology
        Not asked: the queue has as many workers as the experiment says.
    failing_percent : float
        Attempts of a hundred that fail, and are made again.
    """
    del built
    random = stream(14, "reports")
    work_s = np.maximum(_SHORTEST_S, REPORT_S * (1 + _SPREAD * random.standard_normal(REPORTS)))
    minutes, told = {}, {}
    for most in AT_A_TIME:
        worker = Worker(
            batch=1,
            concurrency=most,
            timeout_s=VISIBLE_AGAIN_S,
            visibility_s=VISIBLE_AGAIN_S,
            max_receives=_TRIES,
            failing=failing_percent / 100,
        )
        done = work_off(np.zeros(REPORTS), work_s, worker)
        case = f"{most} at a time"
        minutes[case] = done.empty_s / 60
        told[case] = f"{minutes[case]:.0f} min; {int(done.receives.sum()) - REPORTS} tries again, {done.dead} given up"
    title = f"{REPORTS} reports of some {REPORT_S / 60:.0f} minutes each, ordered at once"
    return charts.bars(minutes, title=title, xlabel="minutes until the queue is empty", told=told)
