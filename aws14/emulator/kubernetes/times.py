"""Instants as Kubernetes writes them, on AWS time."""

from __future__ import annotations

from datetime import UTC, datetime

from aws14.emulator.world import world

__all__ = ["epoch", "micro_stamp", "now_stamp", "stamp"]


def stamp(t: float) -> str:
    """Write epoch seconds as ``metav1.Time`` does, in whole seconds."""
    return datetime.fromtimestamp(int(t), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_stamp(t: float) -> str:
    """Write epoch seconds as ``metav1.MicroTime`` does."""
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def now_stamp() -> str:
    """Write the present of AWS time."""
    return stamp(world().clock.now())


def epoch(text: str) -> float:
    """Read what `stamp` or `micro_stamp` wrote.

    Raises
    ------
    ValueError
        It is no instant.
    """
    return datetime.fromisoformat(text).timestamp()
