"""The state of a web tier as arrays: what each column holds, and the tuple that its kernels hand to each other.

All of it is made and sized by `aws14.sim.tier_books`. Times are seconds of the run.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numba import types

from aws14.kernels.compiled import (
    READ_F8,
    READ_I1,
    READ_I4,
    WRITE_F8,
    WRITE_F8_2D,
    WRITE_I1,
    WRITE_I4,
    WRITE_I8,
    WRITE_I8_2D,
)

OUTCOMES = (
    "no_targets",
    "bad_gateway",
    "gateway_timeout",
    "timed_out",
    "backlog_full",
    "connection_limit",
    "database_down",
    "session_lost",
    "dns_stale",
    "connection_reset",
    "no_such_address",
    "blocked",
    "no_route",
)
"""Failures in the order of their numbers, the first of which is 1."""
IN_FLIGHT, SERVED, NO_TARGETS, BAD_GATEWAY, GATEWAY_TIMEOUT, TIMED_OUT, BACKLOG_FULL, CONNECTION_LIMIT = range(-1, 7)
DATABASE_DOWN, SESSION_LOST, DNS_STALE, CONNECTION_RESET, NO_SUCH_ADDRESS = range(7, 12)
DECIDED = 127
"""Number of the attempt of a request that is decided."""

BEFORE, SEND, BACK = range(3)
"""Ways: click to arrival, answer, refusal."""
RULES = range(15)
(DB_PACE, DB_CONNECT_S, CONNECT_S, IDLE_S, PATIENCE_S, INTERVAL_S, TIMEOUT_S, SLOW_START_S, STICKY_S, DB_CHECK_S,
 RETRY_AFTER_S, RETRY_GROWTH, TICK_S, HORIZON_S, NEVER) = RULES  # fmt: skip
"""Rules: pace of the database, time-outs, health checks, stickiness, pauses of clients; `NEVER` holds infinity."""
LIMITS = range(12)
(ALGORITHM, HEALTHY_CHECKS, UNHEALTHY_CHECKS, RETRIES, JITTER, DB_WORKERS, BACKLOG, CONNECTIONS, NODES, SESSIONS,
 DIRECT, CHECK_WAITS) = LIMITS  # fmt: skip
"""Limits: algorithm, thresholds, attempts after the first, ...; `DIRECT`: whether requests are committed on arrival;
`CHECK_WAITS`: whether a health check waits for a worker."""
ROUND_ROBIN, LEAST_OUTSTANDING, RANDOM = range(3)
STATE = range(12)
(NEXT, EVENTS, COMING, FREE_JOB, DB_BUSY, DB_HEAD, DB_TAIL, DB_WAITING, LOGGED, ADDRESSES, TARGETS, TICK) = STATE
"""State: next request, sizes of the two heaps, first free job, the database's queue, entries of the log, addresses in
DNS, rows of targets in use, the tick of now."""
CLOCK_S = range(2)
LOOK_AT, TICK_ENDS = CLOCK_S
"""Clock: when health checks are due, and the end of the tick of now."""
NODE = range(4)
ADDRESS, REFUSES, POOL, TURN = NODE
"""Node of the load balancer: the k-th row holds the k-th address in DNS; the outcome of those who do not get in there,
0 when they do; its pool; whose turn."""
TARGET = range(13)
(UP, MISFIT, WORKERS, BUSY, WAITING, HEAD, TAIL, CONNECTING, DB_REACHED, SERVED_COUNT, REGISTERED, ZONE,
 PACE) = TARGET  # fmt: skip
"""Target: answers at all (`REFUSES_ALL`: its machine does, and nothing listens); answers health checks wrongly; ...;
whether the database answers it; millionths of the usual time that a page takes on it."""
REFUSES_ALL, USUAL_PACE = 2, 1_000_000
SIGHT = range(6)
HEALTH, PASSES, FAILS, CHECK, REACHED, MEMBER = SIGHT
"""A target as a node of the load balancer sees it: its health, checks in a row, the check under way, whether packets
get there, whether the node may send to it."""
INITIAL, HEALTHY, UNHEALTHY = range(3)
SIGHT_S = range(5)
NEXT_CHECK, DEADLINE, PASS_AT, SINCE, CREDIT = SIGHT_S
"""Times of checks; since when it is healthy; what a target that starts slowly has saved up."""
JOB = range(7)
REQUEST, AT, PHASE, FOLLOWING, ATTEMPT, SAYS, VIA = JOB
"""Job: request (or ``-1 - view`` of a check), target, phase, next in a queue, attempt, answer, node."""
JOB_S = range(3)
ARRIVED, LEAVES, ENDS = JOB_S
EMPTY, QUEUED, WORKING, DB_QUEUED, DB_WORKING, DB_DEAD, CONNECTING_PHASE = range(7)
MINUTE = range(6)
ROUTED, ANSWERED, TARGET_ERRORS, BALANCER_ERRORS, RETRIED, QUERIES = MINUTE
MINUTE_S = range(4)
BUSY_S, WASTED_S, DB_BUSY_S, LATENCY_S = MINUTE_S
ROOM_JOBS, ROOM_COMING, ROOM_LOG, DONE = range(4)
"""Why a segment stopped: for want of room, or because it is done."""


class Tier(NamedTuple):
    """A web tier. Requests are read; the rest is state that a segment leaves for the next."""

    sent_s: Any
    arrival_s: Any
    page_s: Any
    db_s: Any
    luck: Any
    session: Any
    city: Any
    way_s: Any
    rule: Any
    limit: Any
    state: Any
    clock_s: Any
    node: Any
    pool: Any
    target: Any
    sight: Any
    sight_s: Any
    job: Any
    job_s: Any
    event_s: Any
    event: Any
    coming_s: Any
    coming: Any
    free_s: Any
    ring_s: Any
    stuck: Any
    stuck_s: Any
    home: Any
    outcome: Any
    seen_s: Any
    start_s: Any
    end_s: Any
    via: Any
    number: Any
    minute: Any
    minute_s: Any
    log_s: Any
    log: Any


TIER = types.NamedTuple(
    (
        *(READ_F8, READ_F8, READ_F8, READ_F8, READ_F8, READ_I4, READ_I1),
        *(WRITE_F8_2D, WRITE_F8, WRITE_I8, WRITE_I8, WRITE_F8),
        *(WRITE_I8_2D, WRITE_I8_2D, WRITE_I8_2D, WRITE_I8_2D, WRITE_F8_2D),
        *(WRITE_I8_2D, WRITE_F8_2D, WRITE_F8, WRITE_I8, WRITE_F8, WRITE_I8),
        *(WRITE_F8_2D, WRITE_F8_2D, WRITE_I4, WRITE_F8, WRITE_I4),
        *(WRITE_I1, WRITE_F8, WRITE_F8, WRITE_F8, WRITE_I4, WRITE_I1),
        *(WRITE_I8_2D, WRITE_F8_2D, WRITE_F8, WRITE_I8_2D),
    ),
    Tier,
)
"""Types of a `Tier`."""
