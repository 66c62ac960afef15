"""What became of the requests of a web tier, summed by the tick in which their clients sent them."""

from __future__ import annotations

import numpy as np

from aws14.kernels import tier_state as at
from aws14.kernels.compiled import F8, READ_F8, VOID, WRITE_F8, WRITE_I1, WRITE_I4, WRITE_I8_2D, kernel


@kernel(VOID(READ_F8, F8, F8, WRITE_I1, WRITE_F8, WRITE_F8, WRITE_I4, WRITE_I8_2D, WRITE_F8))
def tally(  # noqa: PLR0917 - a kernel takes plain arrays
    sent_s, tick_s, horizon_s, outcome, seen_s, response_s, served_tick, count, response_sum_s
):
    """Count each request and measure what its client waited.

    Parameters
    ----------
    sent_s : float64[n]
        When the client sent its first attempt.
    tick_s, horizon_s : float
        Length of a tick and of the run; what is seen later is in flight.
    outcome : int8[n], seen_s : float64[n]
        What the client saw last, and when; those in flight are marked.
    response_s : float64[n], served_tick : int32[n]
        Filled: time the client waited (NaN in flight), tick of those served (-1 for others).
    count : int64[ticks, 2 + reasons], response_sum_s : float64[ticks]
        Added to: requests by outcome + 1; response times of those served.
    """
    last = count.shape[0] - 1
    for i in range(sent_s.size):
        tick = min(int(sent_s[i] / tick_s), last)
        response_s[i] = seen_s[i] - sent_s[i]
        served_tick[i] = -1
        if outcome[i] == at.IN_FLIGHT or seen_s[i] > horizon_s:
            outcome[i] = at.IN_FLIGHT
            response_s[i] = np.nan
        elif outcome[i] == at.SERVED:
            served_tick[i] = tick
            response_sum_s[tick] += response_s[i]
        count[tick, outcome[i] + 1] += 1
