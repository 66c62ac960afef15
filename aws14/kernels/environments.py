"""Execution environments of a function: one invocation at a time in each, the newest idle one first.

Exact, invocation by invocation. What begins after a start, and what ends, is taken from one heap of times. What is idle
stands on a stack, the last one to become idle on top. Each environment has one entry in a heap of the times at which it
could be given up: looked at when due, and put back when it has worked meanwhile. One that is given up while it lies in
the middle of the stack is passed over when its turn comes, so nothing is ever searched for.

At one instant an invocation that ends frees its environment, then idle ones are given up, then the newcomer is seen.
"""

from __future__ import annotations

import numpy as np

from aws14.kernels.compiled import READ_F8, VOID, WRITE_F8, WRITE_I1, WRITE_I4, WRITE_I8, kernel, part, same
from aws14.kernels.timed_heap import pop, push, replace
from aws14.kernels.token_bucket import WHOLE, refilled

ANSWERED, THROTTLED, TIMED_OUT, NO_CONNECTION = range(4)
"""What became of an invocation: it ended / was refused / ran into its time-out / the database had no connection."""

LIMIT, PROVISIONED, TIMEOUT_S, START_RATE, START_BURST, CONNECTIONS_EACH, CONNECTIONS_MOST, RULES = range(8)
"""Places of the rules: invocations at the same time, environments always ready, time-out, new environments a second and
at once, connections that each environment keeps to the database, connections that it has."""

NOBODY, KEPT_READY = -2, -1
"""In place of the number of an environment: none; one of those always ready."""

MADE, CONNECTED, DUE, REAP, IDLE, ON_DEMAND, FREE_READY, COUNTERS = range(8)
"""Counters: environments made, and connected to the database; entries of the two heaps and of the stack; invocations
that run in environments on demand; environments always ready that are free."""

TOKENS, LOOKED_S, BUCKET = range(3)
"""The bucket that new environments come from: what is in it, and when it was last looked at."""

_IDLE, _BUSY, _GONE = range(3)


@part
def serve_first(free_at_s, from_s, takes_s):
    """Let the server that is free first (of a heap of times) do a piece of work from a time on; when it ends."""
    until_s = max(from_s, free_at_s[0]) + takes_s
    hole, child = 0, 1
    while child < free_at_s.size:
        if child + 1 < free_at_s.size and free_at_s[child + 1] < free_at_s[child]:
            child += 1
        if free_at_s[child] >= until_s:
            break
        free_at_s[hole] = free_at_s[child]
        hole = child
        child = 2 * hole + 1
    free_at_s[hole] = until_s
    return until_s


@part
def lasts_s(begin_s, work_s, db_s, db_free_s):
    """How long an invocation takes that begins now: its work, and the database's, waited for where others queue."""
    if db_free_s.size > 0 and db_s > 0.0:
        return work_s + (serve_first(db_free_s, begin_s, db_s) - begin_s)
    return work_s + db_s


@part
def _fill(due_s, due, size, at_s, number):
    """Put an entry in place of the first of a heap: the earlier child is found without a branch."""
    hole, child = 0, 1
    while child + 1 < size:
        child += int(due_s[child + 1] < due_s[child])
        if due_s[child] >= at_s:
            break
        due_s[hole] = due_s[child]
        due[hole] = due[child]
        hole = child
        child = 2 * hole + 1
    if child + 1 == size and due_s[child] < at_s:
        due_s[hole] = due_s[child]
        due[hole] = due[child]
        hole = child
    due_s[hole] = at_s
    due[hole] = number


@part
def _next_s(due_s, size, hole):
    """The earliest time in a heap, whose first entry may have been taken already."""
    if not hole:
        return due_s[0] if size > 0 else np.inf
    if size > 2:
        return min(due_s[1], due_s[2])
    return due_s[1] if size > 1 else np.inf


@part
def _ends_s(j, begin_s, work, rules, db_free_s, verdict):
    """When an invocation ends that begins now; past its time-out it is ended."""
    takes_s = lasts_s(begin_s, work[1][j], work[2][j], db_free_s)
    if takes_s > rules[TIMEOUT_S]:
        takes_s = rules[TIMEOUT_S]
        verdict[j] = TIMED_OUT
    return begin_s + takes_s


@part
def _release(  # noqa: PLR0917 - a part of a kernel
    j, k, count, idle, state, verdict, end_s, gone_s
):
    """What has ended frees its environment, or takes it along."""
    if k == KEPT_READY:
        count[FREE_READY] += 1
        return
    count[ON_DEMAND] -= 1
    if verdict[j] == ANSWERED:
        state[k] = _IDLE
        idle[count[IDLE]] = k
        count[IDLE] += 1
        return
    state[k] = _GONE
    gone_s[k] = end_s[j]
    if verdict[j] != NO_CONNECTION:
        count[CONNECTED] -= 1


@part
def _give_up(  # noqa: PLR0917 - a part of a kernel
    now_s, count, reap_s, reap, idle_from_s, state, keep_s, gone_s
):
    """Environments whose time is up are given up; those that worked meanwhile are looked at again later."""
    while count[REAP] > 0 and reap_s[0] <= now_s:
        k = reap[0]
        expires_s = idle_from_s[k] + keep_s[k % keep_s.size]
        if state[k] != _GONE and expires_s > now_s:
            replace(reap_s, reap, count[REAP], expires_s, k)
            continue
        if state[k] != _GONE:
            state[k] = _GONE
            gone_s[k] = expires_s
            count[CONNECTED] -= 1
        pop(reap_s, reap, count[REAP])
        count[REAP] -= 1


@part
def _choose(now_s, count, idle, state, rules, bucket):
    """The environment of a newcomer: one always ready, the newest idle one, a new one, or none."""
    if count[FREE_READY] > 0:
        count[FREE_READY] -= 1
        return KEPT_READY
    if count[ON_DEMAND] >= int(rules[LIMIT]) - int(rules[PROVISIONED]):
        return NOBODY
    while count[IDLE] > 0:
        count[IDLE] -= 1
        if state[idle[count[IDLE]]] != _GONE:
            count[ON_DEMAND] += 1
            return idle[count[IDLE]]
    bucket[TOKENS] = refilled(bucket[TOKENS], bucket[LOOKED_S], now_s, rules[START_RATE], rules[START_BURST])
    bucket[LOOKED_S] = now_s
    if bucket[TOKENS] < WHOLE:
        return NOBODY
    bucket[TOKENS] = max(0.0, bucket[TOKENS] - 1.0)
    count[ON_DEMAND] += 1
    count[MADE] += 1
    return count[MADE] - 1


@part
def _connect(count, rules):
    """Whether the database has connections for one environment more."""
    taken = (count[CONNECTED] + 1 + int(rules[PROVISIONED])) * rules[CONNECTIONS_EACH]
    if taken > rules[CONNECTIONS_MOST]:
        return NO_CONNECTION
    count[CONNECTED] += 1
    return ANSWERED


@kernel(
    VOID(
        *(same(READ_F8, 3), same(READ_F8, 2), READ_F8, WRITE_F8),
        *(WRITE_I8, WRITE_F8, WRITE_F8, WRITE_I8, WRITE_F8, WRITE_I8, WRITE_I8, WRITE_F8, WRITE_I1),
        *(WRITE_F8, WRITE_F8, WRITE_I1, WRITE_I4, WRITE_F8, WRITE_F8),
    )
)
def invoke(  # noqa: PLR0917 - a kernel takes plain arrays
    work, environment, rules, db_free_s,
    count, bucket, due_s, due, reap_s, reap, idle, idle_from_s, state,
    begin_s, end_s, verdict, env, created_s, gone_s,
):  # fmt: skip
    """Run all invocations to their ends.

    Parameters
    ----------
    work : float64[n], three of them
        When each arrives, ascending; how long the function works, and how long the database does for it.
    environment : float64[m], two of them
        How long the k-th new environment takes to start, and how long it is kept idle; of more than m, from the front.
    rules : float64[RULES]
        See the names above.
    db_free_s : float64[servers]
        State: heap of the times at which the servers of the database are free; empty where nobody queues there.
    count : int64[COUNTERS], bucket : float64[BUCKET]
        State: zero, but for `FREE_READY` and `TOKENS`; `MADE` says how many environments were made.
    due_s, due, reap_s, reap, idle, idle_from_s, state
        Work space: the first two of more than `LIMIT` entries, the others of n.
    begin_s, end_s : float64[n]
        Filled with when the function began and ended; NaN for what was refused.
    verdict : int8[n], env : int32[n]
        Filled with what became of it and the number of its environment.
    created_s, gone_s : float64[n]
        Filled, for each environment made, with when it was made and when it was, or will be, given up.
    """
    arrival_s, size, hole = work[0], work[0].size, False
    start_s, keep_s = environment
    for i in range(size + 1):
        now_s = arrival_s[i] if i < size else np.inf
        while count[DUE] > hole and _next_s(due_s, count[DUE], hole) <= now_s:
            if hole:
                pop(due_s, due, count[DUE])
                count[DUE] -= 1
                hole = False
            j = due[0]
            k = env[j]
            if end_s[j] >= begin_s[j]:
                # What is taken from the top is filled by the next newcomer, in one step instead of two.
                hole = True
                _release(j, k, count, idle, state, verdict, end_s, gone_s)
                continue
            # Its environment has started; the function begins now.
            end_s[j] = begin_s[j]
            if verdict[j] == ANSWERED:
                end_s[j] = _ends_s(j, begin_s[j], work, rules, db_free_s, verdict)
            idle_from_s[k] = end_s[j]
            replace(due_s, due, count[DUE], end_s[j], j)
            push(reap_s, reap, count[REAP], end_s[j] + keep_s[k % keep_s.size], k)
            count[REAP] += 1
        if i == size:
            break
        _give_up(now_s, count, reap_s, reap, idle_from_s, state, keep_s, gone_s)
        made = count[MADE]
        k = _choose(now_s, count, idle, state, rules, bucket)
        env[i] = k
        verdict[i] = ANSWERED
        if k == NOBODY:
            verdict[i] = THROTTLED
            begin_s[i] = np.nan
            end_s[i] = np.nan
            continue
        begin_s[i] = now_s
        if k == made:
            verdict[i] = _connect(count, rules)
            created_s[k] = now_s
            begin_s[i] = now_s + start_s[k % start_s.size]
            end_s[i] = -np.inf
        else:
            end_s[i] = _ends_s(i, now_s, work, rules, db_free_s, verdict)
        if k >= 0:
            state[k] = _BUSY
            idle_from_s[k] = end_s[i]
        if hole:
            _fill(due_s, due, count[DUE], max(begin_s[i], end_s[i]), i)
            hole = False
        else:
            push(due_s, due, count[DUE], max(begin_s[i], end_s[i]), i)
            count[DUE] += 1
    for place in range(count[REAP]):
        k = reap[place]
        if state[k] != _GONE:
            gone_s[k] = idle_from_s[k] + keep_s[k % keep_s.size]
