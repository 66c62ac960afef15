"""Scenario: what happens to an architecture, and what the application does per request."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aws14.errors import ScenarioError
from aws14.model.faults import Fault
from aws14.model.load import LoadProfile
from aws14.model.rollouts import Rollout

_DAY_S = 86_400.0

Distribution = Literal["deterministic", "exponential", "lognormal"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """The application's profile: what one request costs, and how the server and its clients behave.

    Parameters
    ----------
    service_time_s : float
        Mean time that one worker is held by one request, on one vCPU.
    service_distribution : {'deterministic', 'exponential', 'lognormal'}
        Shape of the service time. ``lognormal`` takes `service_cv`.
    service_cv : float
        Coefficient of variation of a lognormal service time.
    workers_per_vcpu : int
        Server processes for each vCPU of the instance.
    backlog : int
        Requests that may wait for a worker; one more is refused.
    max_connections : int
        Open connections the server accepts at once (waiting, served or still being sent).
    client_timeout_s : float
        Patience of a client; the worker goes on with a request whose client has left.
    request_kib, response_kib : float
        Size of a request and of its answer, in KiB.
    user_mbps : float
        Bandwidth of one user's access line, in Mbit/s.
    port : int
        The TCP port that clients connect to.
    db_time_s : float
        Mean time that one processor of the database is held by one request; its worker waits meanwhile. 0: no database
        is asked.
    db_dns_cache_s : float, optional
        How long a server's database client remembers the address of the database; left out: as long as DNS allows.
        ``inf``: until it is started again.
    session_requests : float
        Mean number of requests in which a visitor needs what a server keeps for them, after a login; 0: none does.
    sessions_in_database : bool
        Whether sessions stand in the database, where every server finds them, instead of on the server.
    health_check_deep : bool
        Whether the page that health checks ask for asks the database.
    health_check_waits : bool
        Whether that page waits for a worker; a file that the web server sends by itself does not.
    static_share : float
        Share of the requests that ask for files which are alike for everybody (images, style sheets); they cost
        `static_time_s` where a server answers them.
    static_time_s : float
        Mean time that one worker is held by one of those.
    init_s : float
        Time that the program takes to start (imports, connections), on one vCPU: what a new execution environment of a
        function, or a new container, does before its first request.
    db_connections : int
        Connections that one server, environment or container keeps open to the database; 0: none is counted.
    """

    service_time_s: float
    service_distribution: Distribution = "exponential"
    service_cv: float = 1.0
    workers_per_vcpu: int = 1
    backlog: int = 511
    max_connections: int = 10_000
    client_timeout_s: float = 10.0
    request_kib: float = 1.0
    response_kib: float = 100.0
    user_mbps: float = 50.0
    port: int = 80
    db_time_s: float = 0.0
    db_dns_cache_s: float | None = None
    session_requests: float = 0.0
    sessions_in_database: bool = False
    health_check_deep: bool = False
    health_check_waits: bool = True
    static_share: float = 0.0
    static_time_s: float = 0.002
    init_s: float = 0.0
    db_connections: int = 0

    def __post_init__(self) -> None:
        """Refuse values no server has."""
        for name in ("service_time_s", "client_timeout_s", "user_mbps", "static_time_s"):
            _require(getattr(self, name) > 0, name, getattr(self, name), "a positive number")
        for name in ("request_kib", "response_kib", "service_cv", "db_time_s", "session_requests", "init_s"):
            _require(getattr(self, name) >= 0, name, getattr(self, name), "zero or a positive number")
        _require(0 <= self.static_share < 1, "static_share", self.static_share, "0 or more and below 1")
        cached = self.db_dns_cache_s
        _require(cached is None or cached >= 0, "db_dns_cache_s", cached, "zero or more seconds, math.inf, or None")
        for name, least in (("workers_per_vcpu", 1), ("backlog", 0), ("max_connections", 1), ("db_connections", 0)):
            _require(getattr(self, name) >= least, name, getattr(self, name), f"{least} or more")


@dataclass(frozen=True, kw_only=True, slots=True)
class Retries:
    """What clients do when a request fails.

    Parameters
    ----------
    times : int
        Attempts after the first one.
    after_s : float
        Pause before the first of them, in seconds.
    growth : float
        Each pause is so many times the one before; 1: all alike, 2: exponential back-off.
    jitter : bool
        Whether each pause is drawn at random between 0 and its length (full jitter), so that clients do not come back
        together.
    """

    times: int
    after_s: float = 1.0
    growth: float = 1.0
    jitter: bool = False

    def __post_init__(self) -> None:
        """Refuse what no client does."""
        _require(1 <= self.times <= 10, "times", self.times, "1 to 10")
        _require(math.isfinite(self.after_s) and self.after_s >= 0, "after_s", self.after_s, "zero or more seconds")
        _require(math.isfinite(self.growth) and self.growth >= 1, "growth", self.growth, "1 or more")


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """One run: load, users, application, faults, length, seed.

    Parameters
    ----------
    name : str
        Shown in charts.
    load : LoadProfile
        Requests per second over time.
    application : Application
        What one request costs.
    entry : str
        Id of the node that users address (a DNS record or an instance).
    users : Mapping[str, float]
        City -> share of the users; the shares add up to 1. Cities are those of ``data/cities.csv``.
    horizon_s : float
        Length of the run in seconds.
    starts_s : float
        Time of the day at which it starts, in seconds after midnight: what scheduled actions go by. Loads and faults
        count from the start of the run.
    seed : int
        The only seed; every random stream is derived from it by name.
    replication : int
        Number of the independent repetition.
    faults : tuple of Fault
        What breaks during the run.
    source : str
        Who the users are to the network: ``internet``, or the id of an instance in whose place they sit (an office).
    retries : Retries, optional
        What clients do when a request fails; left out: nothing.
    credits_at_start : float, optional
        CPU credits of a burstable instance at the start; left out: those of one that was idle for the 24 hours before,
        which is all it can keep. A T3 instance just launched has 0. Of a bursting file system GiB of its burst credits;
        left out: as many as it can have. Others have no credits and do not look here.
    rollouts : tuple of Rollout
        New versions of workloads that are played; putting the version before back is one, too.
    """

    name: str
    load: LoadProfile
    application: Application
    entry: str
    users: Mapping[str, float]
    horizon_s: float = 86_400.0
    starts_s: float = 0.0
    seed: int = 14
    replication: int = 0
    faults: tuple[Fault, ...] = ()
    source: str = "internet"
    retries: Retries | None = None
    credits_at_start: float | None = None
    rollouts: tuple[Rollout, ...] = ()

    def __post_init__(self) -> None:
        """Refuse runs without end and mixes that do not add up."""
        _require(math.isfinite(self.horizon_s) and self.horizon_s > 0, "horizon_s", self.horizon_s, "positive seconds")
        _require(0 <= self.starts_s < _DAY_S, "starts_s", self.starts_s, f"0 up to {_DAY_S:g} seconds after midnight")
        _require(
            bool(self.users) and all(share >= 0 for share in self.users.values()),
            "users",
            dict(self.users),
            "city -> share >= 0",
        )
        given = self.credits_at_start
        _require(given is None or 0 <= given < math.inf, "credits_at_start", given, "zero or more credits, or None")
        total = math.fsum(self.users.values())
        if abs(total - 1) > 1e-6:
            raise ScenarioError(
                f"the shares of the users add up to {total:g}",
                allowed="shares that add up to 1",
                cure="divide each share by their sum",
            )


def _require(holds: bool, name: str, given: object, allowed: str) -> None:
    if not holds:
        raise ScenarioError(f"{name} is {given!r}", allowed=allowed)
