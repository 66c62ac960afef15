"""The histogram's quantiles are those of the samples, within a bin."""

from __future__ import annotations

import numpy as np
import pytest

from aws14.kernels.bins import BINS, OFFSET, SHIFT
from aws14.model import Trace
from aws14.model.trace import bin_edges_s, quantiles_s


def bins_of(values_s):
    return (np.asarray(values_s, dtype=np.float32).view(np.int32) >> SHIFT) - OFFSET


def histogram_of(values_s):
    return np.bincount(bins_of(values_s), minlength=BINS)


def test_every_edge_falls_into_its_own_bin():
    edges = bin_edges_s()
    assert (bins_of(edges[:-1]) == np.arange(BINS)).all()
    assert edges[0] == pytest.approx(2**-14)
    assert edges[-1] == 8192


@pytest.mark.parametrize("quantile", [0.01, 0.5, 0.95, 0.99, 0.999])
def test_quantiles_are_within_a_bin_of_the_exact_ones(quantile):
    values_s = np.random.default_rng(5).lognormal(mean=-2, sigma=1.2, size=200_000)
    exact = np.quantile(values_s, quantile)
    seen = quantiles_s(histogram_of(values_s)[None, :], quantile)[0]
    assert seen == pytest.approx(exact, rel=1 / 32)


def test_an_empty_row_has_no_quantile():
    rows = np.vstack([np.zeros(BINS, dtype=np.int64), histogram_of([0.25] * 9)])
    low, high = quantiles_s(rows, 0.5)
    assert np.isnan(low)
    assert high == pytest.approx(0.25, rel=1 / 32)


def trace(**changes):
    zeros = np.zeros(3)
    values = {
        "scenario": "s",
        "pattern": "p",
        "region": "ap-northeast-1",
        "tick_s": 60.0,
        "horizon_s": 150.0,
        "seed": 1,
        "replication": 0,
        "offered": np.array([100, 50, 50]),
        "served": np.array([90, 50, 50]),
        "failed": {"timed_out": np.array([8, 0, 0]), "backlog_full": np.array([2, 0, 0])},
        "in_flight": zeros.astype(np.int64),
        "busy_s": np.array([60.0, 30.0, 30.0]),
        "wasted_s": zeros,
        "workers": np.array([2, 2, 2]),
        "response_time_sum_s": zeros,
        "histogram": np.zeros((3, BINS), dtype=np.uint32),
        "bytes_in": zeros,
        "bytes_out": zeros,
    }
    return Trace(**{**values, **changes})


def test_totals_and_utilization_know_the_short_last_tick():
    day = trace()
    assert day.failed_total == 10
    assert day.failure_ratio == 10 / 200
    assert day.utilization.tolist() == [0.5, 0.25, 0.5]
    assert day.timeline()["arrival_rate_rps"].tolist() == [100 / 60, 50 / 60, 50 / 30]


def test_no_workers_means_no_utilization():
    assert np.isnan(trace(workers=np.array([0, 2, 2])).utilization[0])


def test_a_trace_is_shown_in_a_line_and_not_as_its_arrays():
    assert repr(trace(scenario="a day", pattern="p01")) == (
        "a day in p01, ap-northeast-1, 2.5 minutes; 200 requests, 190 served; 10 failed (8 timed_out, 2 backlog_full)"
    )
    quick = np.vstack([histogram_of([0.25] * 9)] * 3).astype(np.uint32)
    assert repr(trace(histogram=quick)).endswith("; 95 of 100 answered within 0.257 s")
    assert "none failed" in repr(trace(failed={}))
