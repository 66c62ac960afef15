"""A pool of workers that serves requests first come, first served, and can be run piece by piece.

Between two pieces it can change its pace, or be lost with all it holds. A request lost while it waits or is served
gets no answer; an answer already on its way arrives.
"""

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
    start_s, end_s : ndarray of float64, shape (n,)
        Start and end of service; NaN while there is none. A request lost ends when the pool was lost.
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
        self._pace, self._open = 1.0, 0
        self._free_at_s, self._release_s = np.zeros(workers), np.zeros(connections)
        self._queue, self._cursor = np.zeros(backlog + 1, dtype=np.int64), np.zeros(4, dtype=np.int64)
        self.start_s, self.end_s = np.full((2, len(arrival_s)), np.nan)
        self.verdict = np.zeros(len(arrival_s), dtype=np.int8)

    def run_until(self, until_s: float) -> None:
        """Go on to this time, in seconds; any number of steps gives the same result."""
        from aws14.kernels.worker_pool import serve

        requests = (self.arrival_s, self.service_s, self.leave_s, self.send_s)
        state = (self._free_at_s, self._queue, self._release_s, self._cursor)
        serve(*requests, until_s, self._pace, *state, self.start_s, self.end_s, self.verdict)

    def lose(self, at_s: float, until_s: float) -> None:
        """Lose everything at the end of the piece just run, and be down until the other time, in seconds."""
        from aws14.kernels.worker_pool import lose

        state = (self._free_at_s, self._queue, self._cursor)
        lose(self.arrival_s, self.leave_s, at_s, until_s, *state, self.end_s, self.verdict)

    def set_speed(self, at_s: float, speed: float) -> None:
        """Work at this share of full speed from the end of the piece just run on, also on what is half done."""
        from aws14.kernels.worker_pool import change_pace

        pace = 1 / speed
        if pace != self._pace:
            state = (self._free_at_s, self._release_s, self._cursor)
            change_pace(self.leave_s, self.send_s, at_s, pace / self._pace, *state, self.end_s)
            self._pace = pace

    def busy_s(self, from_s: float, to_s: float, *, tick_s: float, ticks: int) -> Floats:
        """Worker-seconds worked in the piece just run, per tick. Shape (ticks,). Pieces are asked for in order."""
        from aws14.kernels.tally import occupied
        from aws14.kernels.worker_pool import NEXT

        busy_s, requests = np.zeros(ticks), (self.start_s, self.end_s, self.verdict)
        self._open = occupied(*requests, self._open, self._cursor[NEXT], from_s, to_s, tick_s, busy_s)
        return busy_s
