"""The arrays of a web tier: made at the start of a run, and larger ones when there is no room left.

What each column holds is said in `aws14.kernels.tier_state`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aws14.sim.tier_rules import ALGORITHMS, TierRequests, TierRules

if TYPE_CHECKING:
    from aws14.kernels.tier_state import Tier

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROWS, WORKERS, JOBS, COMING, LOG = 8, 2, 256, 256, 512
"""Room at the start for targets, workers of each, jobs, attempts to come, and entries of the log."""

_GIVEN = ("sent_s", "arrival_s", "page_s", "db_s", "luck", "session", "city")


def open_books(
    requests: TierRequests, rules: TierRules, *, nodes: int, span_s: tuple[float, float], direct: bool
) -> Tier:
    """Make the state of a tier without targets, before its first request.

    Parameters
    ----------
    requests : TierRequests
        The load.
    rules : TierRules
        What was configured.
    nodes : int
        Nodes of the load balancer; all stand and are in DNS.
    span_s : (float, float)
        Length of the run and of a tick, in seconds.
    direct : bool
        Whether requests are committed on arrival.
    """
    from aws14.kernels import tier_state as at

    ticks = math.ceil(span_s[0] / span_s[1])
    node = np.zeros((nodes, len(at.NODE)), np.int64)
    node[:, at.ADDRESS] = np.arange(nodes)
    state = np.zeros(len(at.STATE), np.int64)
    state[at.ADDRESSES] = nodes
    books = {
        **{name: _read_only(getattr(requests, name)) for name in _GIVEN},
        "way_s": np.ascontiguousarray(requests.way_s, np.float64),
        "rule": _rule(rules, span_s),
        "limit": _limit(rules, nodes=nodes, direct=direct),
        "state": state,
        "clock_s": np.array([math.inf, 0.0]),
        "node": node,
        "minute": np.zeros((ticks, len(at.MINUTE)), np.int64),
        "minute_s": np.zeros((ticks, len(at.MINUTE_S))),
        "log_s": np.zeros(LOG),
        "log": np.zeros((LOG, 2), np.int64),
        "coming_s": np.zeros(COMING),
        "coming": np.zeros(COMING, np.int64),
        **_rows(ROWS, nodes=nodes, workers=WORKERS, waiting=_waiting(rules, direct=direct)),
        **_jobs(JOBS),
        **_visitors(requests, rules),
        **_results(requests, rules, direct=direct),
    }
    return at.Tier(**books)


def make_room(tier: Tier, lacking: int) -> Tier:
    """A copy of a state with twice the room for what was lacking; the log is emptied."""
    from aws14.kernels import tier_state as at

    if lacking == at.ROOM_JOBS:
        size = len(tier.job)
        tier.state[at.FREE_JOB] = size
        return tier._replace(**_larger(tier, _jobs(2 * size, first=size)))
    if lacking == at.ROOM_COMING:
        size = 2 * len(tier.coming)
        return tier._replace(**_larger(tier, {"coming_s": np.zeros(size), "coming": np.zeros(size, np.int64)}))
    needed = max(2 * len(tier.log), 4 * len(tier.sight))
    tier.state[at.LOGGED] = 0
    return tier._replace(log_s=np.zeros(needed), log=np.zeros((needed, 2), np.int64))


def make_rows(tier: Tier, rows: int, workers: int) -> Tier:
    """A copy of a state with room for so many targets of so many workers."""
    nodes, waiting = len(tier.node), tier.ring_s.shape[1]
    larger = _rows(max(rows, len(tier.target)), nodes=nodes, workers=workers, waiting=waiting)
    return tier._replace(**_larger(tier, larger))


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = np.ascontiguousarray(array).view()
    view.setflags(write=False)
    return view


def _larger(tier: Tier, arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """New arrays with what the old ones hold in their first corner."""
    for name, array in arrays.items():
        old = getattr(tier, name)
        array[tuple(slice(size) for size in old.shape)] = old
    return arrays


def _rule(rules: TierRules, span_s: tuple[float, float]) -> Floats:
    from aws14.kernels import tier_state as at

    rule = np.zeros(len(at.RULES))
    again = rules.retries
    named = {
        at.DB_PACE: 1.0, at.DB_CONNECT_S: rules.db_connect_s, at.CONNECT_S: rules.connect_s, at.IDLE_S: rules.idle_s,
        at.PATIENCE_S: rules.patience_s, at.INTERVAL_S: rules.interval_s, at.TIMEOUT_S: rules.timeout_s,
        at.SLOW_START_S: rules.slow_start_s, at.STICKY_S: rules.sticky_s, at.DB_CHECK_S: rules.db_check_s,
        at.RETRY_AFTER_S: again.after_s if again else 0.0, at.RETRY_GROWTH: again.growth if again else 1.0,
        at.HORIZON_S: span_s[0], at.TICK_S: span_s[1], at.NEVER: math.inf,
    }  # fmt: skip
    for column, value in named.items():
        rule[column] = value
    return rule


def _limit(rules: TierRules, *, nodes: int, direct: bool) -> Ints:
    from aws14.kernels import tier_state as at

    limit = np.zeros(len(at.LIMITS), np.int64)
    again = rules.retries
    named = {
        at.ALGORITHM: ALGORITHMS.index(rules.algorithm), at.HEALTHY_CHECKS: rules.healthy_checks,
        at.UNHEALTHY_CHECKS: rules.unhealthy_checks, at.RETRIES: again.times if again else 0,
        at.JITTER: again.jitter if again else 0, at.DB_WORKERS: rules.db_workers, at.BACKLOG: rules.backlog,
        at.CONNECTIONS: rules.connections, at.NODES: nodes, at.SESSIONS: rules.sessions, at.DIRECT: direct,
        at.CHECK_WAITS: rules.check_waits,
    }  # fmt: skip
    for column, value in named.items():
        limit[column] = int(value)
    return limit


def _waiting(rules: TierRules, *, direct: bool) -> int:
    """Places of the ring of those who wait; only the direct way keeps one."""
    return min(rules.backlog, rules.connections) + 1 if direct else 1


def _rows(rows: int, *, nodes: int, workers: int, waiting: int) -> dict[str, NDArray[Any]]:
    from aws14.kernels import tier_state as at

    sight = np.zeros((rows * nodes, len(at.SIGHT)), np.int64)
    sight[:, at.CHECK] = -1
    return {
        "pool": np.zeros((nodes, rows), np.int64),
        "target": np.zeros((rows, len(at.TARGET)), np.int64),
        "sight": sight,
        "sight_s": np.full((rows * nodes, len(at.SIGHT_S)), math.inf),
        "free_s": np.zeros((rows, workers)),
        "ring_s": np.zeros((rows, waiting)),
    }


def _jobs(size: int, first: int = 0) -> dict[str, NDArray[Any]]:
    """Jobs, those from the first free one on in a chain."""
    from aws14.kernels import tier_state as at

    job = np.zeros((size, len(at.JOB)), np.int64)
    job[first:, at.FOLLOWING] = np.arange(first + 1, size + 1)
    job[-1, at.FOLLOWING] = -1
    return {
        "job": job,
        "job_s": np.zeros((size, len(at.JOB_S))),
        "event_s": np.zeros(size),
        "event": np.zeros(size, np.int64),
    }


def _visitors(requests: TierRequests, rules: TierRules) -> dict[str, NDArray[Any]]:
    known = rules.sessions or rules.sticky_s > 0
    visitors = int(requests.session.max(initial=-1)) + 1 if known else 0
    return {
        "stuck": np.full(visitors, -1, np.int32),
        "stuck_s": np.zeros(visitors),
        "home": np.full(visitors, -1, np.int32),
    }


def _results(requests: TierRequests, rules: TierRules, *, direct: bool) -> dict[str, NDArray[Any]]:
    """What becomes of requests; until an answer comes, a client of whom nobody knows more gives up."""
    from aws14.kernels import tier_state as at

    size, committed = len(requests.sent_s), len(requests.sent_s) if direct else 0
    again = rules.retries is not None
    return {
        "outcome": np.full(size, at.IN_FLIGHT if again else at.TIMED_OUT, np.int8),
        "seen_s": np.full(size, math.inf) if again else requests.sent_s + rules.patience_s,
        "start_s": np.full(size, math.nan),
        "end_s": np.zeros(committed),
        "via": np.full(committed, -1, np.int32),
        "number": np.zeros(size if again else 0, np.int8),
    }
