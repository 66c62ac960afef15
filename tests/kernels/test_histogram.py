"""The histogram against exact quantiles of the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from aws14.kernels.bins import BINS, HIGHEST_EXPONENT, LOWEST_EXPONENT, SUB_BITS
from aws14.kernels.histogram import record
from aws14.model.trace import bin_edges_s, quantiles_s


def of(value_s, row=None, rows=1):
    histogram = np.zeros((rows, BINS), np.uint32)
    record(np.asarray(value_s, float), np.zeros(len(value_s), np.int32) if row is None else row, histogram)
    return histogram


@pytest.mark.parametrize("quantile", [0.01, 0.5, 0.9, 0.99, 0.999])
def test_quantiles_are_within_one_bin_of_exact_ones(random, quantile):
    value_s = np.exp(random("value").normal(-1.5, 1.2, 200_000))
    exact_s = np.quantile(value_s, quantile)
    assert quantiles_s(of(value_s), quantile)[0] == pytest.approx(exact_s, rel=2.0**-SUB_BITS)


def test_every_value_falls_between_the_edges_of_its_bin(random):
    edges_s = bin_edges_s()
    value_s = np.exp(random("value").uniform(np.log(edges_s[0] * 1.01), np.log(edges_s[-1] * 0.99), 2_000))
    expected = np.searchsorted(edges_s, value_s.astype(np.float32), side="right") - 1
    assert np.array_equal(of(value_s)[0], np.bincount(expected, minlength=BINS))


def test_edges_belong_to_the_bin_they_open():
    histogram = of(bin_edges_s()[:-1])
    assert np.array_equal(histogram[0], np.ones(BINS))


def test_values_outside_the_range_are_counted_at_its_ends():
    histogram = of([0.0, 2.0 ** (LOWEST_EXPONENT - 3), 2.0**HIGHEST_EXPONENT, 1e9])
    assert histogram[0, 0] == 2 and histogram[0, -1] == 2 and histogram.sum() == 4


def test_minutes_merge_by_adding_and_a_negative_row_is_left_out(random):
    value_s, row = random("value").exponential(1, 30_000), random("row").integers(-1, 4, 30_000).astype(np.int32)
    parts = of(value_s, row, rows=4)
    assert np.array_equal(parts.sum(axis=0), of(value_s[row >= 0])[0])
