"""The server that a session is with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aws14.emulator.databases.functions import Statement
from aws14.emulator.databases.image import Image

__all__ = ["Host"]


@dataclass(frozen=True)
class Host:
    """The server that a session is with.

    Parameters
    ----------
    image : Image
        Its data.
    version : str
        Of MySQL.
    name : str
        Of the machine.
    read_only : bool
        Whether it is a replica.
    committed : callable
        Called with the statements of each transaction that was committed.
    now : callable
        AWS time, epoch seconds.
    status : callable
        MySQL's status variables.
    max_connections : int
        How many it accepts.
    """

    image: Image
    version: str = "8.0.42"
    name: str = "ip-10-0-0-1"
    read_only: bool = False
    committed: Callable[[tuple[Statement, ...]], None] = field(default=lambda _: None)
    now: Callable[[], float] = field(default=time.time)
    status: Callable[[], Mapping[str, Any]] = field(default=dict)
    max_connections: int = 60
