"""Who hears of the changes of all clusters: watches and controllers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from aws14.emulator.kubernetes.storage import Change

if TYPE_CHECKING:
    from aws14.emulator.kubernetes.contents import Contents

__all__ = ["Listener", "on_change", "tell"]

Listener = Callable[["Contents", Change], None]

_HEARING: list[Listener] = []
_WAITING: deque[tuple[Contents, Change]] = deque()


def on_change(listener: Listener) -> None:
    """Call `listener` after each change of an object, under the world lock.

    It is called in the middle of the request that made the change: it reads, and posts events on the clock for what it
    wants to do. ``change.new`` and ``change.old`` are shared: not to be changed.
    """
    if listener not in _HEARING:
        _HEARING.append(listener)


def tell(cluster: Contents, change: Change) -> None:
    """Tell everybody who hears of changes; of a change that a listener makes, after this one."""
    _WAITING.append((cluster, change))
    if len(_WAITING) > 1:
        return
    try:
        while _WAITING:
            for hear in tuple(_HEARING):
                hear(*_WAITING[0])
            _WAITING.popleft()
    finally:
        _WAITING.clear()
