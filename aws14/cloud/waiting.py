"""Waiters on the embedded AWS: the waiting is real for AWS and costs the learner milliseconds.

A boto3 waiter asks, sleeps, asks again. On the embedded AWS the sleep becomes `Session.advance`, so that states change
because time has passed there. Nothing outside the clients of the session is touched.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.waiter import Waiter

if TYPE_CHECKING:
    from aws14.cloud.session import Session


class ClockWaiter(Waiter):  # type: ignore[misc] # botocore has no types
    """A boto3 waiter whose delay passes on the clock of the embedded AWS.

    Parameters
    ----------
    waiter : botocore.waiter.Waiter
        The one that boto3 made.
    session : Session
        Whose clock is advanced, and who says so.
    """

    def __init__(self, waiter: Waiter, session: Session) -> None:
        super().__init__(waiter.name, waiter.config, self._ask)
        self._question = waiter._operation_method  # noqa: SLF001 - botocore gives no other way to the call
        self._session = session
        self._delay_s = 0.0
        self._asked = 0

    def wait(self, **kwargs: Any) -> None:
        """Wait as boto3 does, `WaiterConfig` included, without sleeping."""
        config = dict(kwargs.pop("WaiterConfig", None) or {})
        self._delay_s, self._asked = float(config.get("Delay", self.config.delay)), 0
        try:
            super().wait(**kwargs, WaiterConfig={**config, "Delay": 0})
        finally:
            if self._asked > 1:
                self._session.say(f"waited {duration((self._asked - 1) * self._delay_s)} of AWS time")

    def _ask(self, **kwargs: Any) -> Any:
        if self._asked:
            self._session.advance(self._delay_s)
        self._asked += 1
        return self._question(**kwargs)


def on_the_clock(client: Any, session: Session) -> Any:
    """Let a client hand out waiters that advance the session's clock; returns the client."""
    make = client.get_waiter
    client.get_waiter = lambda waiter_name: ClockWaiter(make(waiter_name), session)
    return client


def until(session: Session, done: Callable[[], bool], *, delay_s: float, most: int) -> bool:
    """Ask until something is done, for what boto3 has no waiter.

    Parameters
    ----------
    session : Session
        On the embedded AWS its clock is advanced between two questions; elsewhere time passes.
    done : callable
        The question.
    delay_s : float
        Seconds between two questions.
    most : int
        How often it is asked.

    Returns
    -------
    bool
        Whether it was done in the end.
    """
    for turn in range(most):
        if turn:
            if session.place.control:
                session.advance(delay_s)
            else:
                time.sleep(delay_s)
        if done():
            return True
    return False


def duration(seconds: float) -> str:
    """A length of time as people say it: ``45 s``, ``4 min``, ``1 h 30 min``."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"
