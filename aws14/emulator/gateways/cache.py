"""What a gateway holds on its cache disks: least recently used goes first, what waits for the line stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aws14.emulator.gateways.models import Gateway
from aws14.emulator.gateways.records import Counts, Held
from aws14.emulator.world import world

__all__ = ["CACHE", "admit", "count", "dirty_bytes", "drop", "finds", "note"]

CACHE = "CACHE STORAGE"


def dirty_bytes(gateway: Gateway, holder: str = "") -> int:
    """What waits for the line, of a holder or of all."""
    return gateway.sums.get(holder, (0, 0))[1]


def finds(gateway: Gateway, key: tuple[str, str]) -> bool:
    """Whether something is in the cache; it is then the last to go."""
    held = gateway.cache.pop(key, None)
    if held is not None:
        gateway.cache[key] = held
    return held is not None


def admit(gateway: Gateway, key: tuple[str, str], size: int, *, dirty: bool) -> bool:
    """Take something in, in the place of what was not used for longest; False where even that makes no room.

    Parameters
    ----------
    gateway : Gateway
        Whose cache.
    key : tuple of str
        Holder and path.
    size : int
        Bytes.
    dirty : bool
        Whether it waits for the line.
    """
    whole, before = gateway.room(CACHE), gateway.cache.get(key)
    waiting = dirty_bytes(gateway) - (before.size if before is not None and before.dirty else 0)
    if waiting + size > whole:
        return False
    _take(gateway, key)
    if gateway.sums.get("", (0, 0))[0] + size > whole:
        _make_room(gateway, whole - size)
    gateway.cache[key] = held = Held(size, dirty)
    _sum(gateway, key[0], held, 1)
    return True


def _make_room(gateway: Gateway, most: int) -> None:
    for each in [name for name, one in gateway.cache.items() if not one.dirty]:
        if gateway.sums[""][0] <= most:
            return
        _take(gateway, each)


def _take(gateway: Gateway, key: tuple[str, str]) -> None:
    held = gateway.cache.pop(key, None)
    if held is not None:
        _sum(gateway, key[0], held, -1)


def _sum(gateway: Gateway, holder: str, held: Held, sign: int) -> None:
    for each in (holder, ""):
        used, dirty = gateway.sums.get(each, (0, 0))
        gateway.sums[each] = (used + sign * held.size, dirty + sign * held.size * held.dirty)


def drop(gateway: Gateway, holder: str, path: str | None = None) -> None:
    """Forget a file, or all of a holder."""
    keys = [each for each in gateway.cache if each[0] == holder] if path is None else [(holder, path)]
    for key in keys:
        _take(gateway, key)


def count(gateway: Gateway, holder: str, **more: int) -> None:
    """Count bytes or reads, for the holder and for the whole gateway, and note how the cache is."""
    for each in (holder, ""):
        note(gateway, each, **more)


def note(gateway: Gateway, holder: str, **more: int) -> None:
    """Enter in the journal how the cache is from now on."""
    journal = gateway.journal.setdefault(holder, [])
    last = journal[-1][1] if journal else Counts()
    counted: dict[str, Any] = {name: getattr(last, name) + value for name, value in more.items()}
    used, dirty = gateway.sums.get(holder, (0, 0))
    now = replace(last, dirty=dirty, used=used, **counted)
    journal.append((world().clock.now(), now))
