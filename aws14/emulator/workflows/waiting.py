"""What stands in the place of ``threading`` and ``time`` in moto's interpreter: waits that follow AWS time."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.workflows.runs import MOVED, Run, current, settle, within
from aws14.emulator.world import world

__all__ = ["Event", "Thread", "Threads", "Times", "sleep"]

#: The interpreter's own word for "no time-out".
_FOR_EVER_S = 99_999_999.0
_NUMBERS = itertools.count(1)
_TIMERS: dict[int, _Timer] = {}


class _Timer:
    """A wait that AWS time ends."""

    def __init__(self, run: Run) -> None:
        self.number = next(_NUMBERS)
        self.run = run
        self.fired = False


@handles("state_machines.wakes")
def _wakes(number: int) -> None:
    timer = _TIMERS.pop(number, None)
    if timer is None:
        return
    with MOVED:
        timer.fired = True
        timer.run.works(1)
        MOVED.notify_all()
    settle(timer.run)


class Event:
    """As ``threading.Event``; a time-out is one of AWS time, and of real time where AWS time stands still.

    Parameters
    ----------
    patient : bool
        Whether it is waited for also when the run is to end: threads are, as they end by themselves.
    """

    def __init__(self, *, patient: bool = False) -> None:
        self._patient = patient
        self._run = current()
        self._flag = False
        self._times = 0
        self._waiting = 0

    def is_set(self) -> bool:
        """Whether it is set."""
        return self._flag

    def set(self) -> None:
        """Set it; who waits works again from this moment on."""
        with MOVED:
            self._flag = True
            self._times += 1
            self._run.works(self._waiting)
            self._waiting = 0
            MOVED.notify_all()

    def clear(self) -> None:
        """Unset it."""
        self._flag = False

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, `timeout` seconds at most; whether it was."""
        if self._flag:
            return True
        timer = self._timer(timeout)
        try:
            return self._wait(timer, timeout)
        finally:
            if timer is not None:
                _TIMERS.pop(timer.number, None)

    def _timer(self, timeout: float | None) -> _Timer | None:
        if timeout is None or timeout >= _FOR_EVER_S:
            return None
        timer = _Timer(self._run)
        _TIMERS[timer.number] = timer
        world().clock.after(max(0.0, timeout), "state_machines.wakes", (timer.number,))
        return timer

    def _wait(self, timer: _Timer | None, timeout: float | None) -> bool:
        deadline = None if timer is None else time.monotonic() + float(timeout or 0)
        with MOVED:
            times = self._times
            if self._flag:
                return True
            self._waiting += 1
            self._run.works(-1)
            while self._times == times and (self._patient or not self._run.ended):
                if timer is not None and timer.fired:
                    self._waiting -= 1
                    return False
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    break
                MOVED.wait(left)
            if self._times == times:
                self._waiting -= 1
                self._run.works(1)
            return self._times != times


class Thread(threading.Thread):
    """As ``threading.Thread``, counted for the run in which it is made."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{**settings, "daemon": True})
        self._aws14_run = current()
        self._aws14_over = Event(patient=True)

    def start(self) -> None:
        """Start it: from now on it works."""
        with MOVED:
            self._aws14_run.works(1)
        super().start()

    def run(self) -> None:
        """Do its work."""
        with within(self._aws14_run):
            try:
                super().run()
            finally:
                self._aws14_over.set()
                with MOVED:
                    self._aws14_run.works(-1)

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end."""
        self._aws14_over.wait(timeout)

    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return not self._aws14_over.is_set()


def sleep(seconds: float) -> None:
    """Let AWS time pass."""
    Event().wait(seconds)


class _Module:
    """A module of which some names are other."""

    def __init__(self, module: Any, others: Mapping[str, Callable[..., Any]]) -> None:
        self._module = module
        self._others = others

    def __getattr__(self, name: str) -> Any:
        return self._others.get(name) or getattr(self._module, name)


Threads = _Module(threading, {"Thread": Thread, "Event": Event})
"""In the place of the module ``threading``."""

Times = _Module(time, {"sleep": sleep})
"""In the place of the module ``time``."""
