"""What all requests share: the world lock, the clock, and the state of the behaviours.

The lock is held by whoever reads or changes the cloud: a request's handler, an event, a snapshot. It is never held
while waiting for something that needs the cloud to go on: a long poll, a worker, an upstream request. `World.wait` and
`World.released` let go of it, however deep it is held.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aws14.emulator.clock import Clock, Hand

__all__ = ["World", "inhabit", "on_change", "world"]


class World:
    """One embedded AWS.

    Parameters
    ----------
    hand : Hand
        What shows AWS time.

    Attributes
    ----------
    clock : Clock
        AWS time and its events.
    state : dict
        What behaviours remember beyond moto's own objects: picklable, keyed by behaviour, saved in snapshots.
    """

    def __init__(self, hand: Hand) -> None:
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self.clock = Clock(hand, self._lock)
        self.state: dict[str, Any] = {}

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the world lock, after everything that was due has happened."""
        with self._lock:
            self.clock.run_due()
            yield

    def announce(self) -> None:
        """Tell those who `wait` that something changed; the lock is held."""
        for hear in _HEARING:
            hear()
        self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Let go of the lock until something changes, `seconds` of real time at most; it is held before and after."""
        self._changed.wait(seconds)

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let go of the lock, however deep it is held, for the body: a worker or an upstream request may need it."""
        # The protocol by which threading.Condition itself lets go of a re-entrant lock.
        held = self._lock._release_save()  # type: ignore[attr-defined]  # noqa: SLF001
        try:
            yield
        finally:
            self._lock._acquire_restore(held)  # type: ignore[attr-defined]  # noqa: SLF001


_THE_WORLD: list[World] = []
_HEARING: list[Callable[[], None]] = []


def on_change(listener: Callable[[], None]) -> None:
    """Call `listener`, under the lock, after all that no event did: a request, a failure, a restored cloud."""
    if listener not in _HEARING:
        _HEARING.append(listener)


def world() -> World:
    """Return this process's world: moto's classes call the behaviours without an argument to pass it in."""
    return _THE_WORLD[0]


def inhabit(new: World) -> None:
    """Make `new` this process's world."""
    _THE_WORLD[:] = [new]
