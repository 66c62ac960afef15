"""Recording times into log-linear histograms by their float32 bits (`aws14.kernels.bins`)."""

from __future__ import annotations

import numpy as np

from aws14.kernels.bins import BINS, OFFSET, SHIFT
from aws14.kernels.compiled import READ_F8, READ_I4, VOID, WRITE_U4_2D, kernel


@kernel(VOID(READ_F8, READ_I4, WRITE_U4_2D))
def record(value_s, row, histogram):
    """Count each value in its bin of its row; values outside the range go to the first or the last bin.

    Parameters
    ----------
    value_s : float64[n]
        Seconds, not negative.
    row : int32[n]
        Row of the histogram; a negative row is not recorded.
    histogram : uint32[rows, BINS]
        Added to.
    """
    for i in range(value_s.size):
        if row[i] >= 0:
            position = (np.float32(value_s[i]).view(np.int32) >> SHIFT) - OFFSET
            histogram[row[i], min(max(position, 0), BINS - 1)] += 1
