"""The log-linear bins of every latency histogram: 32 bins an octave from 61 µs to 8,192 s.

The bin of a positive float32 is read off its bits (exponent and the top mantissa bits), so that recording
costs about a nanosecond and histograms of minutes, zones and runs merge exactly by adding.
"""

SUB_BITS = 5
"""Mantissa bits kept: 2**5 bins per octave, at most 1.6 % error at the middle of a bin."""

LOWEST_EXPONENT = -14
HIGHEST_EXPONENT = 13
BINS = (HIGHEST_EXPONENT - LOWEST_EXPONENT) << SUB_BITS
"""Number of bins; values outside the range are counted in the first or the last bin."""

SHIFT = 23 - SUB_BITS
OFFSET = (127 + LOWEST_EXPONENT) << SUB_BITS
"""``bin = (float32 bits >> SHIFT) - OFFSET``."""
