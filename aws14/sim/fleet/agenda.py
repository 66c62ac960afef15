"""What is due when in a run: actions in order of time, those of one moment in the order in which they were written."""

from __future__ import annotations

import heapq
from collections.abc import Callable

Action = Callable[[float], None]
"""Is told the time it was written down for."""


class Agenda:
    """Actions by time."""

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Action]] = []
        self._written = 0

    def write(self, at_s: float, action: Action) -> None:
        """Write down what is to be done at this time, in seconds of the run."""
        heapq.heappush(self._entries, (at_s, self._written, action))
        self._written += 1

    def next_s(self, until_s: float) -> float:
        """When something is due, at the latest at `until_s`."""
        return min(self._entries[0][0], until_s) if self._entries else until_s

    def do(self, now_s: float) -> None:
        """Do everything that is due by now."""
        while self._entries and self._entries[0][0] <= now_s:
            at_s, _, action = heapq.heappop(self._entries)
            action(at_s)
