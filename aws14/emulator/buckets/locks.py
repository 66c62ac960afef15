"""Object Lock: until when a version cannot be deleted, and which changes of that are refused."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.world import world

__all__ = ["held_until", "may_change"]


def held_until(found: Any) -> float:
    """Until when a version is kept by its lock: epoch seconds, 0.0 for no lock, infinite for a legal hold."""
    if found.lock_legal_status == "ON":
        return math.inf
    return _epoch(found.lock_until) if found.lock_mode and found.lock_until else 0.0


def may_change(found: Any, mode: str | None, until: str | None, *, bypass: bool) -> bool:
    """Whether a version's retention may be changed so: longer always, shorter only in governance by who may bypass it.

    Parameters
    ----------
    found : moto.s3.models.FakeKey
        The version.
    mode, until : str or None
        Asked for; None to take the retention away.
    bypass : bool
        Whether the call says that it may pass by governance.
    """
    now, ends = world().clock.now(), _epoch(found.lock_until) if found.lock_until else 0.0
    if not found.lock_mode or ends <= now:
        return True
    if found.lock_mode == "GOVERNANCE" and bypass:
        return True
    longer = until is not None and _epoch(until) >= ends
    return longer and mode in (found.lock_mode, "COMPLIANCE")


def _epoch(text: str) -> float:
    told = datetime.fromisoformat(text)
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()
