"""Arrival times from unit exponentials and a piecewise-linear rate: time-rescaling of a Poisson process."""

from __future__ import annotations

from math import sqrt

from aws14.kernels.compiled import I8, READ_F8, WRITE_F8, kernel


@kernel(I8(READ_F8, READ_F8, READ_F8, READ_F8, WRITE_F8))
def rescale(unit, time_s, rate_rps, expected, arrival_s):
    """Find the times at which the expected number of arrivals reaches each given value.

    Parameters
    ----------
    unit : float64[n]
        Arrival times of a Poisson process of rate 1 (cumulated unit exponentials), ascending.
    time_s, rate_rps, expected : float64[k]
        Knots of the rate, its value there (two knots at one time make a jump), and its integral up to there.
    arrival_s : float64[n]
        Filled with the arrival times.

    Returns
    -------
    int
        How many arrive before the last knot.
    """
    knot = 0
    last = time_s.size - 1
    for i in range(unit.size):
        while knot < last and expected[knot + 1] <= unit[i]:
            knot += 1
        if knot == last:
            return i
        missing = unit[i] - expected[knot]
        length = time_s[knot + 1] - time_s[knot]
        slope = (rate_rps[knot + 1] - rate_rps[knot]) / length
        # The root of rate*x + slope*x*x/2 = missing that is stable for a slope of zero and a rate of zero.
        root = sqrt(max(rate_rps[knot] * rate_rps[knot] + 2.0 * slope * missing, 0.0))
        arrival_s[i] = min(time_s[knot] + 2.0 * missing / (rate_rps[knot] + root), time_s[knot + 1])
    return unit.size
