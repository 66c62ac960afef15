"""The memory of workers: looked at while there are workers, by one thread."""

from __future__ import annotations

import threading
import time
from typing import Protocol

__all__ = ["watch"]

#: Seconds between two looks.
_EVERY = 0.05


class Watched(Protocol):
    """What has memory."""

    @property
    def alive(self) -> bool:
        """Whether it still runs."""

    def look(self) -> None:
        """Look at its memory, and end it where it is beyond its limit."""


_WATCHED: list[Watched] = []
_LOCK = threading.Lock()
_WATCHING: list[threading.Thread] = []


def watch(worker: Watched) -> None:
    """Look after a worker until it ends."""
    with _LOCK:
        _WATCHED.append(worker)
        if not _WATCHING:
            _WATCHING.append(threading.Thread(target=_look, name="memory of workers", daemon=True))
            _WATCHING[0].start()


def _look() -> None:
    while True:
        with _LOCK:
            _WATCHED[:] = [worker for worker in _WATCHED if worker.alive]
            if not _WATCHED:
                _WATCHING.clear()
                return
            looked_at = list(_WATCHED)
        for worker in looked_at:
            worker.look()
        time.sleep(_EVERY)
