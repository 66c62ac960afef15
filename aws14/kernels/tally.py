"""From what the server did to what each client saw, and the sums per tick."""

from __future__ import annotations

import numpy as np

from aws14.kernels.compiled import (
    F8,
    I8,
    READ_F8,
    READ_I1,
    VOID,
    WRITE_F8,
    WRITE_I1,
    WRITE_I4,
    WRITE_I8_2D,
    kernel,
    part,
)
from aws14.kernels.worker_pool import ACCEPTED, DOWN, LOST, NO_CONNECTION, NO_PLACE

IN_FLIGHT, SERVED, CONNECTION_LIMIT, BACKLOG_FULL, TIMED_OUT, CONNECTION_RESET, INSTANCE_DOWN = range(-1, 6)
"""Outcomes of a request: undecided at the horizon, answered in time, or why not."""

ACCEPTED_COLUMN, ANSWERED_COLUMN, COLUMNS = 7, 8, 9
"""Columns of the counts after those of the outcomes: accepted by the server; answer sent to a client still there."""


@part
def _spread(from_s, to_s, tick_s, per_tick):
    """Add the length of an interval to the ticks it lies in."""
    tick = int(from_s / tick_s)
    while from_s < to_s and tick < per_tick.size:
        edge_s = min((tick + 1) * tick_s, to_s)
        if edge_s > from_s:
            per_tick[tick] += edge_s - from_s
            from_s = edge_s
        tick += 1


@kernel(VOID(READ_F8, READ_F8, READ_F8, F8, F8, WRITE_F8, WRITE_F8))
def work(start_s, end_s, leave_s, tick_s, horizon_s, busy_s, wasted_s):
    """Add up the time worked, and that for clients who had left, per tick.

    Parameters
    ----------
    start_s, end_s, leave_s : float64[n]
        Start of service (NaN for none), its end, when the client gives up.
    tick_s, horizon_s : float
        Length of a tick and of the run; work beyond the run does not count.
    busy_s, wasted_s : float64[ticks]
        Added to.
    """
    for i in range(start_s.size):
        if start_s[i] < horizon_s:
            stops_s = min(end_s[i], horizon_s)
            _spread(start_s[i], stops_s, tick_s, busy_s)
            if leave_s[i] < stops_s:
                _spread(max(start_s[i], leave_s[i]), stops_s, tick_s, wasted_s)


@kernel(I8(READ_F8, READ_F8, READ_I1, I8, I8, F8, F8, F8, WRITE_F8))
def occupied(  # noqa: PLR0917 - a kernel takes plain arrays
    start_s, end_s, verdict, first, following, from_s, to_s, tick_s, busy_s
):
    """Add up the time worked in a stretch of time, per tick, and return the first request still open at its end.

    Parameters
    ----------
    start_s, end_s : float64[n]
        Start and end of service (NaN for none yet).
    verdict : int8[n]
        Of `worker_pool.serve`.
    first, following : int
        Only requests from the one until before the other are looked at: all that were open at `from_s` or came since.
    from_s, to_s, tick_s : float
        The stretch, and the length of a tick.
    busy_s : float64[ticks]
        Added to.
    """
    still_open = following
    for i in range(first, following):
        if verdict[i] == ACCEPTED:
            if start_s[i] < to_s:
                _spread(max(start_s[i], from_s), min(end_s[i], to_s), tick_s, busy_s)
            if still_open == following and not end_s[i] <= to_s:
                still_open = i
    return still_open


@part
def _decide(verdict, answer_s, refusal_s, leave_s):
    """What a client saw last, and when, if the run were endless."""
    outcome, at_s = TIMED_OUT, leave_s
    if verdict == ACCEPTED:
        if answer_s <= leave_s:
            outcome, at_s = SERVED, answer_s
    elif verdict == DOWN:
        outcome = INSTANCE_DOWN
    elif refusal_s <= leave_s:
        if verdict == NO_CONNECTION:
            outcome, at_s = CONNECTION_LIMIT, refusal_s
        elif verdict == NO_PLACE:
            outcome, at_s = BACKLOG_FULL, refusal_s
        elif verdict == LOST:
            outcome, at_s = CONNECTION_RESET, refusal_s
    return outcome, at_s


@kernel(
    VOID(
        *(READ_F8, READ_F8, READ_F8, READ_F8, READ_F8, READ_F8, READ_I1, F8, F8),
        *(WRITE_I1, WRITE_F8, WRITE_I4, WRITE_I8_2D, WRITE_F8),
    )
)
def outcomes(  # noqa: PLR0917 - a kernel takes plain arrays
    sent_s, arrival_s, end_s, send_s, back_s, leave_s, verdict, tick_s, horizon_s,
    outcome, response_s, served_tick, count, response_sum_s,
):  # fmt: skip
    """Decide each request and count by the tick in which its client sent it.

    Parameters
    ----------
    sent_s, arrival_s : float64[n]
        Sent by the client, arrived at the server.
    end_s : float64[n]
        End of service (NaN for none); for a request lost, when the server was lost.
    send_s, back_s, leave_s : float64[n]
        Time of an answer and of a refusal on the way back; when the client gives up.
    verdict : int8[n]
        Of `worker_pool.serve`.
    tick_s, horizon_s : float
        Length of a tick and of the run; what is decided later is in flight.
    outcome : int8[n], response_s : float64[n], served_tick : int32[n]
        Filled: the outcome, the time the client waited (NaN in flight), the tick of those served (-1 for others).
    count : int64[ticks, COLUMNS], response_sum_s : float64[ticks]
        Added to: requests by outcome + 1, then the further columns; response times of those served.
    """
    last = count.shape[0] - 1
    for i in range(sent_s.size):
        said_s = end_s[i] if verdict[i] == LOST else arrival_s[i]
        seen, at_s = _decide(verdict[i], end_s[i] + send_s[i], said_s + back_s[i], leave_s[i])
        tick = min(int(sent_s[i] / tick_s), last)
        response_s[i] = at_s - sent_s[i]
        served_tick[i] = -1
        if at_s > horizon_s:
            seen = IN_FLIGHT
            response_s[i] = np.nan
        elif seen == SERVED:
            served_tick[i] = tick
            response_sum_s[tick] += response_s[i]
        outcome[i] = seen
        count[tick, seen + 1] += 1
        if verdict[i] == ACCEPTED or verdict[i] == LOST:
            count[tick, ACCEPTED_COLUMN] += 1
        if verdict[i] == ACCEPTED and end_s[i] < leave_s[i] and end_s[i] <= horizon_s:
            count[tick, ANSWERED_COLUMN] += 1
