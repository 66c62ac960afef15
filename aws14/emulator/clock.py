"""AWS time in this process, and the queue of events that become due in it.

AWS time runs with the wall clock while the process runs, stands still while it is down, and jumps when somebody
advances it. Every date that moto writes follows it, because time-machine answers for ``time.time()`` and
``datetime.now()`` here; monotonic clocks, socket time-outs and lock time-outs stay real.
"""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import time_machine

__all__ = ["Clock", "Event", "Hand", "TooManyEventsError", "WallHand", "handles", "on_event"]

_log = logging.getLogger(__name__)
_HANDLERS: dict[str, Callable[..., None]] = {}
_HEARING: list[Callable[[str], None]] = []
_MOST_EVENTS = 1_000_000


class TooManyEventsError(Exception):
    """Events kept posting events: the advance was stopped, and time stands at the last one run."""


def handles(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register the decorated function as the handler of the events called `name`.

    Parameters
    ----------
    name : str
        ``"<behaviour>.<what becomes true>"``; it is saved with the event, so a rename orphans saved events.
    """

    def register(handler: Callable[..., None]) -> Callable[..., None]:
        _HANDLERS[name] = handler
        return handler

    return register


def on_event(listener: Callable[[str], None]) -> None:
    """Call `listener` with the name of each event that has run, under the lock."""
    if listener not in _HEARING:
        _HEARING.append(listener)


@dataclass(frozen=True, order=True)
class Event:
    """Something that becomes due at an instant; equal instants keep the order of posting.

    Parameters
    ----------
    t : float
        Epoch seconds of AWS time.
    sequence : int
        Order of posting.
    name : str
        Key of the handler.
    args : tuple
        Picklable arguments of the handler.
    """

    t: float
    sequence: int
    name: str = field(compare=False)
    args: tuple[Any, ...] = field(compare=False, default=())


class Hand(Protocol):
    """The hand of a clock: what shows the time and can be moved."""

    def time(self) -> float:
        """Epoch seconds."""

    def move_to(self, t: float, *, tick: bool) -> None:
        """Show `t` from now on, standing still or ticking."""


class WallHand:
    """The hand that the whole process sees: time-machine answers for ``time`` and ``datetime``."""

    def __init__(self, t: float) -> None:
        self._travel = time_machine.travel(t, tick=True)
        self._traveller = self._travel.start()

    def time(self) -> float:
        """Epoch seconds of AWS time."""
        return time.time()

    def move_to(self, t: float, *, tick: bool) -> None:
        """Show `t` from now on, standing still or ticking."""
        self._traveller.move_to(t, tick=tick)
        time.time()  # a ticking traveller starts to count at the first question

    def stop(self) -> None:
        """Give the process its own time back."""
        self._travel.stop()


class Clock:
    """AWS time and its events. Its methods take the world lock themselves; it is re-entrant.

    Parameters
    ----------
    hand : Hand
        What shows the time.
    lock : threading.RLock
        The world lock; handlers run under it.

    Attributes
    ----------
    ran : int
        How many events have run.
    """

    def __init__(self, hand: Hand, lock: Any) -> None:
        self._hand = hand
        self._lock = lock
        self._moved = threading.Condition(lock)
        self._queue: list[Event] = []
        self._sequence = 0
        self._busy = False
        self._logs: list[list[tuple[float, str]]] = []
        self._targets: list[float] = []
        self.ran = 0

    def now(self) -> float:
        """Epoch seconds of AWS time; inside a handler exactly the event's due time."""
        return self._hand.time()

    @property
    def horizon(self) -> float:
        """The AWS time up to which somebody lets it pass at once; now where nobody does."""
        return max((*self._targets, self.now()))

    @property
    def pending(self) -> int:
        """How many events wait."""
        return len(self._queue)

    def at(self, t: float, name: str, args: tuple[Any, ...] = ()) -> None:
        """Post an event: `name`'s handler is called with `args` when AWS time reaches `t`.

        Parameters
        ----------
        t : float
            Epoch seconds of AWS time; a time that has passed means now.
        name : str
            A name registered with `handles`.
        args : tuple, optional
            Picklable arguments.

        Raises
        ------
        KeyError
            No handler has that name.
        """
        if name not in _HANDLERS:
            raise KeyError(name)
        with self._lock:
            heapq.heappush(self._queue, Event(max(t, self.now()), self._sequence, name, args))
            self._sequence += 1
            self._moved.notify_all()

    def after(self, seconds: float, name: str, args: tuple[Any, ...] = ()) -> None:
        """Post an event `seconds` of AWS time from now; otherwise as `at`."""
        self.at(self.now() + seconds, name, args)

    def run_due(self) -> int:
        """Run what has become due, in order, each at its own due time; return how many ran."""
        with self._lock:
            limit = self.now()
            if self._busy or not self._queue or self._queue[0].t > limit:
                return 0
            started, ran = time.monotonic(), 0
            while self._queue and self._queue[0].t <= limit and ran < _MOST_EVENTS:
                self._run(heapq.heappop(self._queue))
                ran += 1
            self._hand.move_to(limit + time.monotonic() - started, tick=True)
            return ran

    def advance(self, seconds: float) -> list[tuple[float, str]]:
        """Let `seconds` of AWS time pass at once; other threads may look in between two events.

        Parameters
        ----------
        seconds : float
            At least 0.

        Returns
        -------
        list of (float, str)
            Due time and name of every event that ran meanwhile, in order, whoever ran it.

        Raises
        ------
        TooManyEventsError
            More than a million events became due.
        """
        target = self.now() + seconds
        fired: list[tuple[float, str]] = []
        self._logs.append(fired)
        self._targets.append(target)
        try:
            while self._step(target):
                if len(fired) >= _MOST_EVENTS:
                    raise TooManyEventsError(fired[-1][1])
                time.sleep(0)  # whoever waits for the lock gets it here
        finally:
            self._logs = [log for log in self._logs if log is not fired]
            self._targets.remove(target)
        return fired

    def _step(self, target: float) -> bool:
        with self._lock:
            while self._busy:
                self._moved.wait(1.0)
            if not self._queue or self._queue[0].t > target:
                self._hand.move_to(max(target, self.now()), tick=True)
                self._moved.notify_all()
                return False
            event = heapq.heappop(self._queue)
            resume = max(event.t, self.now())
            self._run(event)
            self._hand.move_to(resume, tick=True)
            return True

    def _run(self, event: Event) -> None:
        # A handler may let go of the lock while it waits: nobody else may run events meanwhile.
        self._busy = True
        self.ran += 1
        for log in self._logs:
            log.append((event.t, event.name))
        self._hand.move_to(event.t, tick=False)
        try:
            _HANDLERS[event.name](*event.args)
            for hear in _HEARING:
                hear(event.name)
        except Exception:
            _log.exception("event %s%r at %.3f failed", event.name, event.args, event.t)
        finally:
            self._busy = False
            self._moved.notify_all()

    def keep_running(self, stopped: threading.Event) -> None:
        """Run events as they become due until `stopped` is set; the body of one thread, asleep while nothing is due."""
        while not stopped.is_set():
            with self._lock:
                self.run_due()
                self._moved.wait(self._pause())

    def _pause(self) -> float:
        # At most a minute, so that the thread notices its end; a busy clock wakes us itself.
        if self._busy or not self._queue:
            return 60.0
        return min(60.0, max(0.0, self._queue[0].t - self.now()))

    def wake(self) -> None:
        """Let `keep_running` look again."""
        with self._lock:
            self._moved.notify_all()

    def state(self) -> dict[str, Any]:
        """What a snapshot keeps: now, the queue, the sequence."""
        with self._lock:
            return {"now": self.now(), "queue": list(self._queue), "sequence": self._sequence}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        with self._lock:
            self._queue = sorted(state["queue"])
            self._sequence = state["sequence"]
            self._hand.move_to(state["now"], tick=True)
            self._moved.notify_all()

    def set(self, t: float) -> None:
        """Show `t` from now on, earlier or later; events stay as they are."""
        with self._lock:
            self._hand.move_to(t, tick=True)
            self._moved.notify_all()

    def clear(self) -> None:
        """Forget every event; time goes on."""
        with self._lock:
            self._queue = []
