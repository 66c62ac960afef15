"""A pool of workers that serves requests first come, first served, and can be run piece by piece."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class WorkerPool:
    """Workers, their backlog and their connections, and what they did so far.

    The method and its conventions are those of `aws14.kernels.worker_pool.serve`.

    Parameters
    ----------
    arrival_s : ndarray of float64, shape (n,)
        When each request reaches the pool; ascending.
    service_s, leave_s, send_s : ndarray of float64, shape (n,)
        How long it holds a worker; when its client gives up; how long its answer holds the connection.
    workers, backlog, connections : int
        How many are served, may wait, and are connected at once.

    Attributes
    ----------
    arrival_s, service_s, leave_s, send_s, workers
        As given.
    start_s : ndarray of float64, shape (n,)
        Start of service; NaN while there is none.
    verdict : ndarray of int8, shape (n,)
        What the server said (constants of the kernel).
    """

    def __init__(
        self,
        arrival_s: Floats,
        service_s: Floats,
        leave_s: Floats,
        send_s: Floats,
        *,
        workers: int,
        backlog: int,
        connections: int,
    ) -> None:
        given = (arrival_s, service_s, leave_s, send_s)
        self.arrival_s, self.service_s, self.leave_s, self.send_s = (np.ascontiguousarray(a, np.float64) for a in given)
        self.workers = workers
        self._state = (
            np.zeros(workers),
            np.zeros(backlog + 1, dtype=np.int64),
            np.zeros(connections),
            np.zeros(4, dtype=np.int64),
        )
        self.start_s = np.full(len(arrival_s), np.nan)
        self.verdict = np.zeros(len(arrival_s), dtype=np.int8)

    def run_until(self, until_s: float) -> None:
        """Go on to this time, in seconds; any number of steps gives the same result."""
        from aws14.kernels.worker_pool import serve

        requests = (self.arrival_s, self.service_s, self.leave_s, self.send_s)
        serve(*requests, until_s, *self._state, self.start_s, self.verdict)
