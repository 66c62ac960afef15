"""A server of a fleet, and what became of it in a run."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from aws14.sim.targets import Target


@dataclass(slots=True)
class Server:
    """A server and what became of it; times in seconds of the run, infinite while they have not come.

    Parameters
    ----------
    id, zone : str
        Name and Availability Zone.
    workers : int
        How many it has.
    launched_s : float
        From when it is paid for.
    pattern : Target or None
        What is known of its place in the network; None: it is reached from everywhere.
    member : bool
        Whether the controller looks after it.
    row : int
        Row of the engine, -1 while it is not registered.
    registered_s, left_s, gone_s : float
        Registered, deregistered, no longer paid for.
    broken_s : float
        Since when it is silent, infinite when it is not.
    breaks : int
        For how many reasons it is.
    silent : list of (float, float)
        When it was before.
    served : int
        Requests it served before it was gone.
    member_id : str
        What the controller calls it.
    healthy : bool
        Whether some node of the load balancer holds it healthy.
    """

    id: str
    zone: str
    workers: int
    launched_s: float
    pattern: Target | None
    member: bool
    row: int = -1
    registered_s: float = math.inf
    left_s: float = math.inf
    gone_s: float = math.inf
    broken_s: float = math.inf
    breaks: int = 0
    silent: list[tuple[float, float]] = field(default_factory=list)
    served: int = 0
    member_id: str = ""
    healthy: bool = False

    @property
    def stands(self) -> bool:
        """Whether it is registered."""
        return self.registered_s < math.inf and self.left_s == math.inf
