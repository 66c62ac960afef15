"""Runs of state machines: how many threads of each work, and waiting until it is at rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aws14.emulator.world import world

__all__ = ["MOVED", "RUNS", "Run", "current", "settle", "within"]

MOVED = threading.Condition()
"""Guards and tells of every count; never held while asking for the world lock."""

#: Real seconds after which a run that still works goes on by itself, while AWS time goes on too.
_LONGEST_S = 60.0


class Run:
    """The threads of one execution.

    Parameters
    ----------
    of : Any
        moto's execution.

    Attributes
    ----------
    working : int
        Threads that work: neither wait for AWS time nor for another thread of the run.
    ended : bool
        Whether it is to end: what waits stops waiting.
    """

    def __init__(self, of: Any = None) -> None:
        self.of = of
        self.working = 0
        self.ended = False

    def works(self, count: int) -> None:
        """Count threads that begin to work, or with a negative `count` cease to; `MOVED` is held."""
        self.working += count
        if self.working <= 0:
            MOVED.notify_all()

    def end(self) -> None:
        """Let everything that waits go."""
        with MOVED:
            self.ended = True
            MOVED.notify_all()


RUNS: dict[str, Run] = {}
"""ARN of an execution -> its run, in this process."""

_NOBODYS = Run()
_OF_THREAD = threading.local()


def current() -> Run:
    """The run that this thread works for."""
    found: Run = getattr(_OF_THREAD, "run", _NOBODYS)
    return found


@contextmanager
def within(run: Run) -> Iterator[None]:
    """Let this thread work for `run`: threads and events that it makes belong to it."""
    before = current()
    _OF_THREAD.run = run
    try:
        yield
    finally:
        _OF_THREAD.run = before


def settle(run: Run) -> None:
    """Wait until a run is at rest. The world lock is held, and let go of meanwhile: the run needs the cloud."""
    deadline = time.monotonic() + _LONGEST_S
    with world().released(), MOVED:
        while run.working > 0 and not run.ended and time.monotonic() < deadline:
            MOVED.wait(max(0.01, deadline - time.monotonic()))
