"""Cold starts of real functions: what was recorded, the closed form for a rare one, and what keeping longer does."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aws14 import catalog
from aws14.catalog import RecordedFunction
from aws14.errors import DataError
from aws14.sim.cold_ratios import cold_ratios, rare_cold_ratio
from aws14.sim.cold_starts import cpu_share, kept_s, lognormal_of, mean_start_s, starts_s


@pytest.fixture(scope="module")
def recorded():
    return catalog.recorded_functions("azure_2019")


def made_up(calls, *, trigger="http", average_s=0.001):
    return RecordedFunction(number=1, trigger=trigger, average_s=average_s, calls=np.array(calls))


def test_the_recording_is_whole(recorded):
    assert len(recorded) == 500
    assert sum(int(each.calls.sum()) for each in recorded) == 3_037_902
    assert {len(each.calls) for each in recorded} == {480}
    assert recorded[0].calls.sum() == 1_915_521 and recorded[0].average_s == 0.195
    with pytest.raises(DataError, match="azure_2020"):
        catalog.recorded_functions("azure_2020")


def test_a_rare_function_is_cold_when_the_gap_is_longer_than_it_is_kept():
    calls = np.random.default_rng(3).poisson(4 / 60, 60 * 24 * 60)  # four an hour, for sixty days
    found = cold_ratios([made_up(calls)], keep_s=600.0, start_s=0.0)[0]
    expected = rare_cold_ratio(4.0, 600.0)
    error = math.sqrt(expected * (1 - expected) / found.calls)
    assert expected == pytest.approx(math.exp(-2 / 3))
    assert abs(found.ratio - expected) < 4 * error


def test_a_timer_every_ten_minutes_is_always_or_never_cold():
    calls = np.zeros(480, np.int64)
    calls[::10] = 1
    timer = made_up(calls, trigger="timer")
    assert cold_ratios([timer], keep_s=599.0)[0].ratio == 1.0
    kept = cold_ratios([timer], keep_s=700.0)[0]
    assert (kept.cold, kept.most, kept.per_hour) == (1, 1, 6.0)


def test_real_functions_are_cold_less_often_the_more_they_are_called_and_the_longer_they_are_kept(recorded):
    short, long, ready = (
        cold_ratios(recorded, keep_s=keep_s, provisioned=kept) for keep_s, kept in ((300.0, 0), (1200.0, 0), (300.0, 1))
    )
    total = sum(each.calls for each in short)
    assert total == 3_037_902
    cold = [sum(each.cold for each in found) for found in (short, long, ready)]
    assert cold[0] > cold[1] and cold[0] > 2 * cold[2]
    assert cold[0] / total < 0.01  # AWS: under 1 % of all invocations
    often = [each.ratio for each in short if each.per_hour > 600]
    seldom = [each.ratio for each in short if each.per_hour < 6]
    assert np.median(often) < 0.02
    assert np.median(seldom) > 0.5


def test_no_function_gives_no_ratio():
    empty = cold_ratios([made_up(np.zeros(480, np.int64))], keep_s=600.0)[0]
    assert (empty.calls, empty.ratio, empty.most) == (0, 0.0, 0)


# --- how long a start takes ---------------------------------------------------------------------------------------


def test_the_fit_has_the_mean_and_the_percentile_it_is_given():
    mean, deviation = lognormal_of(1.0, 1.8)
    assert math.exp(mean + deviation**2 / 2) == pytest.approx(1.0)
    assert math.exp(mean + 1.2815515655446004 * deviation) == pytest.approx(1.8)
    _, widest = lognormal_of(1.0, 5.0)
    assert widest == pytest.approx(1.2815515655446004)
    assert lognormal_of(1.0, 1.0)[1] == 0.0


def test_starts_are_those_that_were_measured():
    """Mean and 90th percentile of 100 starts each: 242 and 584 ms at 1 KB, 474 at 8 MB, 3,184 at 64 MB."""
    small = starts_s(1_000, 0.0, seed=1)
    z = (small.mean() - 0.242) / (small.std() / math.sqrt(len(small)))
    assert abs(z) < 4
    assert np.quantile(small, 0.9) == pytest.approx(0.584, rel=0.1)
    assert mean_start_s(64e6, 0.0) == pytest.approx(3.184, rel=0.02)
    assert mean_start_s(1e6, 0.0) == pytest.approx(0.297, rel=0.05)
    assert starts_s(1_000, 1.0, seed=1) == pytest.approx(small + 1.0)
    assert (kept_s(seed=1) >= 300).all() and kept_s(seed=1).mean() == pytest.approx(600, rel=0.02)


def test_memory_buys_processors():
    assert [cpu_share(mib) for mib in (1769, 3538)] == [1.0, 1.0]
    assert cpu_share(128) == pytest.approx(128 / 1769)
