"""Token buckets over whole runs against the closed form, and connections of a class against AWS's formula."""

from __future__ import annotations

import numpy as np
import pytest

from aws14.errors import DesignError
from aws14.sim.admission import api_limits, environment_starts, passes
from aws14.sim.connections import max_connections, proxy_connections
from aws14.sim.throttling import TokenBucket


def test_first_refusal_and_number_accepted_are_those_of_the_closed_form():
    rate, burst, offered_rps, seconds = 10_000.0, 5_000.0, 15_000.0, 10.0
    arrival_s = np.arange(int(offered_rps * seconds)) / offered_rps
    passed = passes(arrival_s, rate_rps=rate, burst=burst)
    assert arrival_s[~passed][0] == pytest.approx(burst / (offered_rps - rate), abs=0.001)
    assert abs(int(passed.sum()) - (burst + rate * seconds)) <= 2


@pytest.mark.parametrize("unit_s", [0.01, 0.25])
def test_the_bucket_of_the_emulator_and_that_of_the_engine_agree_on_every_request(unit_s):
    arrival_s = np.cumsum(np.random.default_rng(5).integers(0, 4, 4_000) * unit_s)
    rate_rps = 0.5 / unit_s
    bucket, one_by_one = TokenBucket.full(rate_rps, 3.0, float(arrival_s[0])), []
    for at_s in arrival_s.tolist():
        granted, bucket = bucket.take(at_s)
        one_by_one.append(granted)
    passed = passes(arrival_s, rate_rps=rate_rps, burst=3.0)
    assert passed.tolist() == one_by_one
    assert 0 < passed.sum() < len(passed)


def test_nothing_passes_a_rate_of_zero_once_the_burst_is_gone():
    assert passes(np.arange(5.0), rate_rps=0.0, burst=2.0).tolist() == [True, True, False, False, False]
    assert passes(np.empty(0), rate_rps=1.0, burst=2.0).shape == (0,)


def test_lambda_starts_a_thousand_environments_at_once_and_a_hundred_a_second_after():
    starts = environment_starts()

    def started(at_s, tries):
        nonlocal starts
        count = 0
        for _ in range(tries):
            granted, starts = starts.take(at_s)
            count += granted
        return count

    assert started(0.0, 1_500) == 1_000
    assert started(1.0, 500) == 100
    assert started(60.0, 2_000) == 1_000  # not saved up
    assert api_limits() == (10_000, 5_000)


def test_connections_that_a_class_allows():
    assert max_connections("mysql", "db.t3.micro") == 2**30 // 12_582_880 == 85
    assert max_connections("mysql", "db.m5.large") == 8 * 2**30 // 12_582_880 == 682
    assert max_connections("postgres", "db.t3.micro") == 2**30 // 9_531_392
    assert max_connections("postgres", "db.r5.2xlarge") == 5_000
    assert proxy_connections(85, 100) == 85
    assert proxy_connections(85, 50) == 42
    assert proxy_connections(85, 1) == 1
    with pytest.raises(DesignError, match="oracle"):
        max_connections("oracle", "db.t3.micro")
    with pytest.raises(DesignError, match="memory of"):
        max_connections("mysql", "db.unknown")
