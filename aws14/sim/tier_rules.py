"""What a web tier is given: its requests, and the rules by which it plays."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14.model import Retries

Floats = NDArray[np.float64]

ALGORITHMS = ("round_robin", "least_outstanding_requests", "weighted_random")
"""How a load balancer picks, in the order of the kernel's numbers."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class TierRequests:
    """The requests of a run, in the order in which they reach the load balancer.

    Parameters
    ----------
    sent_s, arrival_s : ndarray of float64, shape (n,)
        When the client sends its first attempt, and when that reaches the load balancer; the latter ascends.
    page_s, db_s : ndarray of float64, shape (n,)
        How long a worker makes the page, and how long the database then works for it (0: is not asked).
    luck : ndarray of float64, shape (n,)
        A uniform draw of its own.
    session : ndarray of int32, shape (n,)
        Number of the visitor, -1 for one whom nobody needs to know.
    city : ndarray of int8, shape (n,)
        Row of `way_s`.
    way_s : ndarray of float64, shape (cities, 3)
        From click to arrival, from answer and from refusal to the client.
    """

    sent_s: Floats
    arrival_s: Floats
    page_s: Floats
    db_s: Floats
    luck: Floats
    session: NDArray[np.int32]
    city: NDArray[np.int8]
    way_s: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class TierRules:
    """What was configured, and how servers and clients behave.

    Parameters
    ----------
    algorithm : str
        One of `ALGORITHMS`.
    interval_s, timeout_s, healthy_checks, unhealthy_checks
        Of health checks.
    slow_start_s, sticky_s : float
        Ramp of a target that became healthy, how long a visitor stays with a target; 0: none.
    idle_s, connect_s : float
        After which the load balancer gives up on a silent target, and on one that is not there.
    patience_s : float
        Of a client, for each attempt.
    retries : Retries, optional
        What clients do when an attempt fails.
    backlog, connections : int
        Requests that may wait at a target, and that it may hold at all.
    db_workers : int
        Queries that the database works on at once.
    db_check_s : float
        How long the database works for a health check; 0: it is not asked.
    db_connect_s : float
        After which a server gives up on a database that is not there.
    sessions : bool
        Whether a server must know a visitor.
    check_waits : bool
        Whether a health check that does not ask the database waits for a worker.
    """

    algorithm: str = "round_robin"
    interval_s: float
    timeout_s: float
    healthy_checks: int
    unhealthy_checks: int
    slow_start_s: float = 0.0
    sticky_s: float = 0.0
    idle_s: float
    connect_s: float
    patience_s: float
    retries: Retries | None = None
    backlog: int
    connections: int
    db_workers: int = 1
    db_check_s: float = 0.0
    db_connect_s: float = math.inf
    sessions: bool = False
    check_waits: bool = True

    @property
    def direct(self) -> bool:
        """Whether the fate of a request is known when it arrives: nothing that happens later moves it."""
        return self.retries is None and self.db_check_s == 0 and self.algorithm != "least_outstanding_requests"
