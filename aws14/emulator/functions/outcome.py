"""What came of an invocation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["Outcome"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of an invocation.

    Parameters
    ----------
    status : int
        200: it ran, also when the function failed; 202: accepted for later; 204: it would be allowed; 429: throttled.
    payload : bytes
        What the function returned, or what is said of its error: JSON.
    error : str
        ``Unhandled`` when the function failed, else empty.
    reason : str
        Why it was throttled, as ``TooManyRequestsException`` says it.
    executed_version : str
        ``$LATEST`` or a number; empty where nothing ran.
    request_id : str
        Of this invocation.
    log_tail : str
        The last 4 KiB of its log.
    duration_s, init_s : float
        How long the handler ran, and its environment's start before; 0 for a warm one.
    billed_s : float
        What is billed of both.
    memory_mib : int
        The most memory the environment has used.
    """

    status: int
    payload: bytes = b""
    error: str = ""
    reason: str = ""
    executed_version: str = ""
    request_id: str = ""
    log_tail: str = ""
    duration_s: float = 0.0
    init_s: float = 0.0
    billed_s: float = 0.0
    memory_mib: int = 0

    @property
    def ok(self) -> bool:
        """Whether the function ran and did not fail."""
        return self.status == 200 and not self.error

    @property
    def throttled(self) -> bool:
        """Whether it was refused for too many at the same time."""
        return self.status == 429

    def result(self) -> Any:
        """The payload, parsed; None for none."""
        return json.loads(self.payload) if self.payload else None
