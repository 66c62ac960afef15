"""Who is let in at which rate: the token buckets of API Gateway and Lambda, and a whole run's arrivals at one of them.

API Gateway throttles requests so, and Lambda gives out new execution environments so: up to a number at once, then at a
steady rate, not saved up beyond that number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.sim.throttling import TokenBucket


def passes(arrival_s: NDArray[np.float64], *, rate_rps: float, burst: float) -> NDArray[np.bool_]:
    """Which requests a bucket lets pass that is full before the first one, as `TokenBucket.take` decides. Shape (n,).

    Parameters
    ----------
    arrival_s : ndarray of float64, shape (n,)
        Ascending, in seconds.
    rate_rps, burst : float
        Tokens that come in a second, and tokens that the bucket holds.
    """
    from aws14.kernels.token_bucket import throttle

    passed = np.zeros(len(arrival_s), np.int8)
    throttle(np.ascontiguousarray(arrival_s, np.float64), rate_rps, burst, passed)
    return passed.astype(np.bool_)


def environment_starts(at_s: float = 0.0) -> TokenBucket:
    """The bucket from which one function's new execution environments come, full.

    Lambda adds up to a number of environments every ten seconds for each function, refilled continuously and not saved
    up beyond that number (quotas of Lambda in ``data/quotas.csv``).
    """
    most = catalog.quota("Lambda", "scaling rate: new environments").value
    return TokenBucket.full(most / catalog.quota("Lambda", "scaling rate: period").value, most, at_s)


def api_limits() -> tuple[float, float]:
    """Rate and burst of API Gateway for one account in one region, in requests per second and requests."""
    rate = catalog.quota("API Gateway", "account throttle").value
    return rate, catalog.quota("API Gateway", "account burst").value
