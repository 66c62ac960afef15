"""One call that runs a worker pool on plain arrays, and streams that belong to one test alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from aws14.sim.pool import WorkerPool
from aws14.sim.streams import stream


@pytest.fixture
def random(request: pytest.FixtureRequest) -> Callable[..., np.random.Generator]:
    """``random(name, replication)``: a stream of this test's own."""
    return lambda name, replication=0: stream(14, f"{request.node.name}/{name}", replication)


@pytest.fixture
def run_pool() -> Callable[..., WorkerPool]:
    """``run_pool(arrival_s, service_s, workers=...)`` with everything else out of the way."""

    def run(
        arrival_s, service_s, *, workers, backlog=1_000_000, connections=2_000_000, leave_s=None, send_s=None, cuts=()
    ):
        arrival_s = np.asarray(arrival_s, dtype=float)
        pool = WorkerPool(
            arrival_s,
            np.asarray(service_s, dtype=float),
            np.full(len(arrival_s), np.inf) if leave_s is None else np.asarray(leave_s, dtype=float),
            np.zeros(len(arrival_s)) if send_s is None else np.asarray(send_s, dtype=float),
            workers=workers,
            backlog=backlog,
            connections=connections,
        )
        for cut_s in (*cuts, np.inf):
            pool.run_until(cut_s)
        return pool

    return run
