"""Numbers of a run are held against a brief, at the limit and on both sides of it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from aws14.checks import bill_within, failed_share_within, p95_within
from aws14.kernels.bins import BINS
from aws14.model import Bill, LineItem, Trace, Usage
from aws14.model.trace import bin_edges_s


def trace(*, timed_out: int, response_s: float = 0.2) -> Trace:
    zeros = np.zeros(1)
    histogram = np.zeros((1, BINS), dtype=np.uint32)
    histogram[0, np.searchsorted(bin_edges_s(), response_s, side="right") - 1] = 1000 - timed_out
    return Trace(
        scenario="s", pattern="p", region="r", tick_s=60, horizon_s=60, seed=1, replication=0,
        offered=np.array([1000]), served=np.array([1000 - timed_out]), failed={"timed_out": np.array([timed_out])},
        in_flight=np.array([0]), busy_s=zeros, wasted_s=zeros, workers=np.array([2]), response_time_sum_s=zeros,
        histogram=histogram, bytes_in=zeros, bytes_out=zeros,
    )  # fmt: skip


@pytest.mark.parametrize(("failed", "status"), [(10, "passed"), (11, "not_yet")])
def test_the_failed_share(failed, status):
    finding = failed_share_within(trace(timed_out=failed), 0.01)
    assert finding.status == status
    assert f"{failed / 1000:.2%} failed, most of them timed out" == finding.detail


@pytest.mark.parametrize(("response_s", "status"), [(0.9, "passed"), (1.2, "not_yet")])
def test_the_95th_percentile(response_s, status):
    assert p95_within(trace(timed_out=0, response_s=response_s), 1.0).status == status


@pytest.mark.parametrize(("usd", "status"), [(500.0, "passed"), (500.01, "not_yet")])
def test_the_budget(usd, status):
    usage = Usage(service="EC2", item="t3.small", unit="hour", region="r", quantity=1)
    line = LineItem(usage=usage, unit_price_usd=usd, usd=usd, as_of=date(2026, 1, 1), source="s", confidence="A")
    assert bill_within(Bill(title="B", period="month", lines=(line,)), 500.0).status == status
