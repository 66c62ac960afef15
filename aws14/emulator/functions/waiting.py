"""Events that wait: each is taken in at once, and delivered on the clock (`asynchronous`)."""

from __future__ import annotations

from dataclasses import dataclass

from aws14.emulator.functions import telling
from aws14.emulator.functions.targets import Target
from aws14.emulator.world import world

__all__ = ["Waiting", "accept"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """An event that waits.

    Parameters
    ----------
    account, region, name, qualifier : str
        Of the function it is for.
    event : bytes
        JSON.
    request_id : str
        The same at every attempt.
    born : float
        When it was accepted, epoch seconds.
    failed : int
        Attempts that ended in an error of the function.
    throttled : int
        Attempts that were throttled.
    """

    account: str
    region: str
    name: str
    qualifier: str
    event: bytes
    request_id: str
    born: float
    failed: int = 0
    throttled: int = 0


def accept(meant: Target, event: bytes, request_id: str) -> None:
    """Take in an event; it is delivered on the clock."""
    account, region = meant.place
    now = world().clock.now()
    waiting = Waiting(
        account=account,
        region=region,
        name=meant.name,
        qualifier=meant.qualifier,
        event=event,
        request_id=request_id,
        born=now,
    )
    telling.measure(meant, {"AsyncEventsReceived": (1.0, "Count")})
    world().clock.after(0.0, "lambda.delivers", (waiting,))
