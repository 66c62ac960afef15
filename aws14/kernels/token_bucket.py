"""A token bucket over the arrivals of a run."""

from __future__ import annotations

from aws14.kernels.compiled import F8, READ_F8, VOID, WRITE_I1, kernel, part

WHOLE = 1.0 - 1e-9
"""A refill of exactly one token may be a rounding short of it."""


@part
def refilled(tokens, since_s, now_s, rate, burst):
    """Tokens in a bucket that was looked at before."""
    return min(burst, tokens + max(0.0, now_s - since_s) * rate)


@kernel(VOID(READ_F8, F8, F8, WRITE_I1))
def throttle(arrival_s, rate, burst, passed):
    """Mark the requests that find a whole token in a bucket which is full before the first of them.

    Parameters
    ----------
    arrival_s : float64[n]
        Ascending.
    rate, burst : float
        Tokens gained in a second, and held at most.
    passed : int8[n]
        Filled with 1 for those that pass, 0 for those refused.
    """
    tokens = burst
    at_s = 0.0
    if arrival_s.size > 0:
        at_s = arrival_s[0]
    for i in range(arrival_s.size):
        tokens = refilled(tokens, at_s, arrival_s[i], rate, burst)
        at_s = arrival_s[i]
        passed[i] = 0
        if tokens >= WHOLE:
            tokens = max(0.0, tokens - 1.0)
            passed[i] = 1
