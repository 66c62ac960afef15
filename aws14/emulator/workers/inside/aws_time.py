"""AWS time in a worker: ``time.time()`` and ``datetime.now()`` show it; sleeping and monotonic clocks stay real."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

__all__ = ["AwsTime"]

#: It looks for pytest when it is imported; here that would cost half a second.
_NEEDLESS = "pytest"


class AwsTime:
    """The hand of this worker's clock.

    Parameters
    ----------
    places : sequence of str
        Folders where time-machine may be installed.
    """

    def __init__(self, places: Sequence[str]) -> None:
        self._traveller: Any = None
        self._places = list(places)

    def show(self, now: float | None) -> None:
        """Show `now`, ticking from here; None: the time of this machine."""
        if now is None:
            return
        if self._traveller is None:
            self._start(now)
        else:
            self._traveller.move_to(now, tick=True)

    def _start(self, now: float) -> None:
        sys.path.extend(self._places)
        known = sys.modules.get(_NEEDLESS)
        sys.modules[_NEEDLESS] = None  # type: ignore[assignment]  # Python's own way to say "not importable"
        try:
            import time_machine

            self._traveller = time_machine.travel(now, tick=True).start()
        finally:
            del sys.path[-len(self._places) :]
            if known is None:
                sys.modules.pop(_NEEDLESS, None)
            else:
                sys.modules[_NEEDLESS] = known
