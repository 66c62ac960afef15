"""Arrival times: a Poisson process whose rate follows the load profile.

Method: time-rescaling. The arrival times of a process of rate 1 (cumulated unit exponentials) are sent through the
inverse of the expected number of arrivals. A scaled or reshaped load uses the same exponentials, so that two loads
differ only by what was changed (common random numbers).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from aws14.errors import ScenarioError
from aws14.model import LoadProfile
from aws14.sim.intensity import intensity
from aws14.sim.streams import exponentials, stream

Floats = NDArray[np.float64]

MOST_REQUESTS = 10_000_000
"""Requests in one run; more would not fit into the memory of a laptop."""

BLOCK = 1 << 16
"""Exponentials are cumulated in blocks of one fixed size, so that more of them leave the first ones as they were."""


@lru_cache(maxsize=2)
def arrivals(load: LoadProfile, horizon_s: float, seed: int, replication: int = 0) -> Floats:
    """Times at which clients send a request.

    Parameters
    ----------
    load : LoadProfile
        The rate over time.
    horizon_s : float
        End of the run in seconds.
    seed, replication : int
        Of the stream "arrivals".

    Returns
    -------
    ndarray of float64, shape (n,)
        Ascending, in [0, `horizon_s`]; read-only, because it is kept for the next call.

    Raises
    ------
    ScenarioError
        When the load cannot be drawn, or more than `MOST_REQUESTS` are expected.
    """
    from aws14.kernels.arrivals import rescale

    curve = intensity(load, horizon_s)
    expected = curve.expected
    if expected[-1] > MOST_REQUESTS:
        raise ScenarioError(
            f"the load {type(load).__name__} comes to {expected[-1]:,.0f} requests",
            allowed=f"up to {MOST_REQUESTS:,} in one run",
            cure="a shorter horizon_s or a lower rate",
        )
    unit = _unit_arrivals(float(expected[-1]), stream(seed, "arrivals", replication))
    times = np.empty(len(unit))
    count = rescale(unit, curve.time_s, curve.rate_rps, expected, times)
    times = times[:count]
    times.setflags(write=False)
    return times


def _unit_arrivals(until: float, random: np.random.Generator) -> Floats:
    """Arrival times of a Poisson process of rate 1, at least up to `until`."""
    blocks = [np.cumsum(exponentials(random, BLOCK))]
    while blocks[-1][-1] < until:
        blocks.append(blocks[-1][-1] + np.cumsum(exponentials(random, BLOCK)))
    return np.concatenate(blocks)
