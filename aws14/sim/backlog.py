"""A queue and the function that works it off: how long until nothing waits any more.

Model. Messages lie in a queue in the order in which they came. Lambda's pollers take up to a batch of them at once, in
so many batches at the same time as the function may run and as the event source has grown to; a batch that is not full
waits for its window. An invocation works its messages one after the other; those that fail come back after the
visibility time-out and go to the dead-letter queue when they were received too often. Exact, message by message.

Left out: the polling itself (some milliseconds), short polls, FIFO groups, duplicates of a standard queue.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.sim.streams import stream

Floats = NDArray[np.float64]

_MINUTE_S = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """The function behind a queue, and its event source.

    Parameters
    ----------
    batch : int
        Messages of one invocation at most.
    concurrency : int
        Invocations at the same time at most: reserved concurrency, or the event source's own limit.
    window_s : float
        How long a batch that is not full waits for more.
    start_s : float
        What each invocation costs beside its messages.
    timeout_s : float
        Of the function: a batch that would last longer fails as a whole.
    visibility_s : float
        After which messages that failed can be received again.
    max_receives : int
        Receives after which a message goes to the dead-letter queue; -1: it never does.
    failing : float
        Share of the receives of a message that fail, 0 to 1.
    partial : bool
        Whether the function reports which messages failed (``ReportBatchItemFailures``); if not, one that fails takes
        its batch along.

    Raises
    ------
    ScenarioError
        When nothing could ever be worked off.
    """

    batch: int = 10
    concurrency: int = 1000
    window_s: float = 0.0
    start_s: float = 0.0
    timeout_s: float = math.inf
    visibility_s: float = 30.0
    max_receives: int = -1
    failing: float = 0.0
    partial: bool = True

    def __post_init__(self) -> None:
        """Refuse what never ends."""
        for name, least in (("batch", 1), ("concurrency", 1), ("window_s", 0), ("start_s", 0), ("visibility_s", 0)):
            _require(getattr(self, name) >= least, name, getattr(self, name), f"{least} or more")
        _require(0 <= self.failing <= 1, "failing", self.failing, "0 to 1")
        _require(self.timeout_s > 0, "timeout_s", self.timeout_s, "a positive number of seconds")
        ends = self.max_receives > 0 or (self.failing < 1 and math.isinf(self.timeout_s))
        _require(ends, "max_receives", self.max_receives, "1 or more, where messages can fail for ever")


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Backlog:
    """What became of the messages. Arrays have one entry a message, in order of coming.

    Parameters
    ----------
    sent_s, done_s : ndarray of float64, shape (n,)
        When each came, and when it was done; NaN for what ended in the dead-letter queue.
    receives : ndarray of int64, shape (n,)
        How often it was received.
    invocations : int
        Of the function.
    most : int
        Invocations at the same time at most.
    """

    sent_s: Floats
    done_s: Floats
    receives: NDArray[np.int64]
    invocations: int
    most: int

    @property
    def dead(self) -> int:
        """Messages that ended in the dead-letter queue."""
        return int(np.isnan(self.done_s).sum())

    @property
    def empty_s(self) -> float:
        """When the last message was done; 0 when none was."""
        return float(np.nanmax(self.done_s)) if len(self.done_s) > self.dead else 0.0

    def waiting(self, at_s: Floats) -> NDArray[np.int64]:
        """Messages not yet done at given times, those of the dead-letter queue left out. Shape (times,)."""
        kept = ~np.isnan(self.done_s)
        came = np.searchsorted(np.sort(self.sent_s[kept]), at_s, "right")
        return came - np.searchsorted(np.sort(self.done_s[kept]), at_s, "right")


def work_off(sent_s: Floats, work_s: Floats, worker: Worker, *, seed: int = 14) -> Backlog:
    """Let a function work off a queue.

    Parameters
    ----------
    sent_s : ndarray of float64, shape (n,)
        When each message comes, ascending.
    work_s : ndarray of float64, shape (n,)
        How long the function works on each.
    worker : Worker
        The function.
    seed : int
        Of the stream "failing".
    """
    run = _Run(sent_s, work_s, worker, seed)
    while run.waiting:
        run.take()
    return Backlog(sent_s=sent_s, done_s=run.done_s, receives=run.receives, invocations=run.invocations, most=run.most)


def pollers(at_s: float) -> int:
    """Batches at the same time that an event source of a standard queue has grown to, so long after it began."""
    first = catalog.quota("Lambda", "SQS event source: batches at a time at the start").value
    added = catalog.quota("Lambda", "SQS event source: batches added a minute").value
    most = catalog.quota("Lambda", "SQS event source: batches at a time, most").value
    return int(min(most, first + added * math.floor(max(0.0, at_s) / _MINUTE_S)))


class _Run:
    """The queue as a heap of when each message can be received, and the ends of the invocations under way."""

    def __init__(self, sent_s: Floats, work_s: Floats, worker: Worker, seed: int) -> None:
        self.worker, self.work_s, self._random = worker, work_s, stream(seed, "failing")
        self.waiting: list[tuple[float, int]] = list(zip(sent_s.tolist(), range(len(sent_s)), strict=True))
        self.done_s = np.full(len(sent_s), np.nan)
        self.receives = np.zeros(len(sent_s), np.int64)
        self.invocations = self.most = 0
        self._ends_s: list[float] = []
        self._now_s = self._began_s = float(sent_s[0]) if len(sent_s) else 0.0

    def take(self) -> None:
        """The next invocation, as soon as there is a message, and room to run."""
        self._now_s = self._room(max(self._now_s, self.waiting[0][0]))
        batch = self._batch()
        self._retire(self._now_s)
        self.invocations += 1
        lasts_s = self.worker.start_s + float(self.work_s[batch].sum())
        ended = lasts_s > self.worker.timeout_s
        end_s = self._now_s + min(lasts_s, self.worker.timeout_s)
        heapq.heappush(self._ends_s, end_s)
        self.most = max(self.most, len(self._ends_s))
        self._settle(batch, end_s, ended=ended)

    def _room(self, now_s: float) -> float:
        """The first moment from now on at which one invocation more may run."""
        while True:
            self._retire(now_s)
            if len(self._ends_s) < min(self.worker.concurrency, pollers(now_s - self._began_s)):
                return now_s
            grows_s = self._began_s + (math.floor((now_s - self._began_s) / _MINUTE_S) + 1) * _MINUTE_S
            now_s = min(self._ends_s[0], grows_s)

    def _retire(self, now_s: float) -> None:
        while self._ends_s and self._ends_s[0] <= now_s:
            heapq.heappop(self._ends_s)

    def _batch(self) -> list[int]:
        """The messages of an invocation; it waits for its window when they do not fill it."""
        closes_s = self._now_s + self.worker.window_s
        batch: list[int] = []
        while self.waiting and len(batch) < self.worker.batch and self.waiting[0][0] <= closes_s:
            comes_s, message = heapq.heappop(self.waiting)
            self._now_s = max(self._now_s, comes_s)
            batch.append(message)
        if len(batch) < self.worker.batch:
            self._now_s = closes_s
        self.receives[batch] += 1
        return batch

    def _settle(self, batch: list[int], end_s: float, *, ended: bool) -> None:
        """What is done, what comes back, and what has come back too often."""
        failed = self._random.random(len(batch)) < self.worker.failing
        if ended or (failed.any() and not self.worker.partial):
            failed[:] = True
        # Hidden from when it was received, not from when the function ended.
        returns_s = max(end_s, self._now_s + self.worker.visibility_s)
        for message, fails in zip(batch, failed.tolist(), strict=True):
            if not fails:
                self.done_s[message] = end_s
            elif not 0 < self.worker.max_receives <= self.receives[message]:
                heapq.heappush(self.waiting, (returns_s, message))


def _require(holds: bool, name: str, given: object, allowed: str) -> None:
    if not holds:
        raise ScenarioError(f"{name} is {given!r}", allowed=allowed)
