"""SQS long polling lets everybody else go on.

What AWS does
    A ReceiveMessage with WaitTimeSeconds waits up to 20 s for a message; every other request is answered meanwhile.
What moto leaves out
    Nothing by itself; but a request that waits while it holds the lock of the embedded AWS would stop all others.
What this adds
    The wait lets go of the lock; it ends when a message comes, or when AWS time (also an advanced one) has passed.
What it still does not do
    Long polls of other services (Kinesis SubscribeToShard, SWF) are not there, or wait holding the lock.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.behaviours.hooks import replace
from aws14.emulator.world import world

__all__ = ["install"]


def install() -> None:
    """Take hold of where moto's queues wait."""
    from moto.sqs.models import Queue

    replace(Queue, "wait_for_messages", _wait)


def _wait(_queue: Any, timeout: float) -> None:
    # Visibility time-outs and delays end by time alone, so look again soon also when nothing is announced.
    world().wait(min(timeout, 0.2))
