"""How long a fail-over takes: against what can be worked out, and against what AWS states."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aws14 import catalog
from aws14.catalog import Duration
from aws14.errors import DataError, ScenarioError
from aws14.sim.failover import (
    COLD,
    WARM,
    database_failover,
    name_failover,
    region_failover,
    stale_s,
    together,
    triangular,
)
from aws14.sim.health_check import HealthCheck
from aws14.sim.tiers import tiers
from tests.fleets import corporate_site

MANY = 40_000


def near(found, expected, values, sigmas=4.0):
    """Whether a mean agrees with the expected one within its own standard error."""
    return abs(found - expected) <= sigmas * float(values.std()) / math.sqrt(len(values)) + 1e-9


# --- health checks


def test_a_dead_target_is_known_after_30_to_60_s_and_the_time_out():
    check = HealthCheck(interval_s=30, threshold=2, timeout_s=5)
    assert check.detected_s(np.array([[0.0], [0.5], [1.0]])).tolist() == [35, 50, 65]
    assert (check.mean_s, check.longest_s) == (50, 65)


def test_of_many_checkers_enough_must_have_given_up():
    check = HealthCheck(interval_s=10, threshold=1, checkers=5, quorum=0.2)
    assert check.deciding == 4
    phases = np.array([[0.1, 0.9, 0.3, 0.2, 0.8]])
    assert check.detected_s(phases).tolist() == [8.0]
    assert check.mean_s == pytest.approx(10 * 4 / 6)


def test_route_53_gives_up_after_three_intervals():
    check = HealthCheck.route_53()
    assert (check.interval_s, check.threshold, check.timeout_s) == (30, 3, 4)
    assert (check.checkers, check.deciding) == (15, 13), "healthy while more than 18 % say so"
    assert 60 < check.mean_s < check.longest_s == 94


def test_the_checks_of_a_tier():
    site = corporate_site()
    (tier,) = tiers(site, site.node("alb"), "HTTPS:443")
    assert HealthCheck.of_tier(tier) == HealthCheck(interval_s=10, threshold=2, timeout_s=5)


@pytest.mark.parametrize(
    "check",
    [
        HealthCheck(interval_s=30, threshold=3, timeout_s=4),
        HealthCheck(interval_s=10, threshold=3, checkers=15, quorum=0.18),
    ],
)
def test_the_mean_of_the_draws_is_the_one_worked_out(check):
    drawn = name_failover(check, ttl_s=60, runs=MANY)
    assert near(drawn.detected_s.mean(), check.mean_s, drawn.detected_s)
    assert near(drawn.rto_s, check.mean_s + 30, drawn.reconnected_s)
    assert drawn.detected_s.max() <= check.longest_s


@pytest.mark.parametrize(
    "wrong", [{"interval_s": 0}, {"threshold": 0}, {"checkers": 0}, {"quorum": 1.0}, {"timeout_s": -1}]
)
def test_checks_that_cannot_be_are_refused(wrong):
    with pytest.raises(ScenarioError, match="cannot be"):
        HealthCheck(**{"interval_s": 30, "threshold": 3} | wrong)


# --- remembered names


def test_a_resolver_asks_again_when_its_answer_is_old():
    assert stale_s(60, 0, np.array([[0.25, 1.0], [0.5, 0.5]])).tolist() == [15, 60]


def test_an_application_asks_the_resolver_that_may_still_remember():
    # The resolver remembers for 40 s more; the application asks at 5, 35, 65, ...
    assert stale_s(60, 30, np.array([[2 / 3], [1 / 6]])).tolist() == pytest.approx([65])
    assert stale_s(0, 30, np.array([[0.9], [0.5]])).tolist() == [15]


def test_one_that_never_asks_again_never_comes_back():
    assert np.isinf(stale_s(5, math.inf, np.array([[0.5], [0.5]]))).all()


@pytest.mark.parametrize(("ttl_s", "cache_s"), [(60, 0), (60, 30), (5, 300), (0, 90)])
def test_on_average_half_of_each(ttl_s, cache_s):
    stale = stale_s(ttl_s, cache_s, np.random.Generator(np.random.PCG64(7)).random((2, MANY)))
    assert near(stale.mean(), ttl_s / 2 + cache_s / 2, stale)


# --- fail-overs


def test_route_53_takes_its_150_s_at_the_most():
    drawn = name_failover(HealthCheck.route_53(), ttl_s=60)
    fast = name_failover(HealthCheck.route_53(interval_s=10), ttl_s=60)
    assert 100 < drawn.rto_s < 150 < drawn.reconnected_s.max() <= 154
    assert 60 < fast.rto_s < 90 < fast.reconnected_s.max() <= 94


def test_parts_follow_each_other_and_add_up():
    drawn = name_failover(HealthCheck.route_53(), ttl_s=60, ready_s=400)
    assert list(drawn.parts) == ["detection", "promotion", "name", "reconnection"]
    assert sum(drawn.parts.values()) == pytest.approx(drawn.rto_s)
    assert drawn.rto_s == 400, "nobody is served before the other place can answer"
    assert drawn.parts["reconnection"] == 0


def test_rds_takes_what_aws_says():
    drawn = database_failover(runs=MANY)
    low, high = (catalog.quota("RDS", f"Multi-AZ failover, typical {end}").value for end in ("low", "high"))
    assert low < drawn.rto_s < high
    known = catalog.durations()
    parts = [known[f"RDS Multi-AZ {name}"] for name in ("failure detection", "promotion of the standby")]
    expected = sum((each.low_s + each.typical_s + each.high_s) / 3 for each in parts) + 2.5
    assert near(drawn.rto_s, expected, drawn.reconnected_s)


def test_the_clients_cache_is_the_clients_part():
    quick, slow = database_failover(), database_failover(cache_s=300)
    assert np.array_equal(quick.promoted_s, slow.promoted_s), "the same failures"
    assert slow.rto_s - quick.rto_s == pytest.approx(150, abs=10)
    never = database_failover(cache_s=math.inf)
    assert math.isinf(never.rto_s)
    assert never.parts["promotion"] == quick.parts["promotion"]
    assert math.isinf(never.parts["reconnection"])


def test_a_zone_is_back_when_all_of_it_is():
    web = name_failover(HealthCheck(interval_s=10, threshold=2, timeout_s=5), ttl_s=0)
    database = database_failover()
    both = together(web, database)
    assert np.array_equal(both.reconnected_s, np.maximum(web.reconnected_s, database.reconnected_s))
    assert both.rto_s >= database.rto_s > web.rto_s


def test_a_warm_region_is_sooner_than_a_cold_one_and_deciding_takes_its_time():
    check = HealthCheck.route_53()
    hot, warm, cold, asked = (
        region_failover(check, ttl_s=60, decision_s=decision_s, ways=ways).rto_s
        for ways, decision_s in (((), 0), (WARM, 0), (COLD, 0), (WARM, 600))
    )
    assert hot < warm < cold
    assert asked == pytest.approx(warm + 600, abs=10)


def test_work_side_by_side_takes_as_long_as_the_longest():
    check, database = HealthCheck(interval_s=10, threshold=1), "RDS DB instance restored from a snapshot"
    alone = region_failover(check, ttl_s=0, decision_s=0, ways=((database,),))
    beside = region_failover(check, ttl_s=0, decision_s=0, ways=((database,), ("Linux service start",)))
    after = region_failover(check, ttl_s=0, decision_s=0, ways=((database, "Linux service start"),))
    assert np.array_equal(alone.promoted_s, beside.promoted_s)
    assert (after.promoted_s > alone.promoted_s).all()


def test_a_thing_without_a_duration_is_refused():
    with pytest.raises(DataError, match="RDS DB instance restored"):
        region_failover(HealthCheck.route_53(), ttl_s=60, decision_s=0, ways=(("RDS DB instance restored",),))


def test_times_of_aws_stay_within_their_range():
    duration = Duration(thing="it", low_s=10, typical_s=30, high_s=60, source="", confidence="C")
    assert triangular(duration, np.array([0.0, 0.4, 1.0])).tolist() == pytest.approx([10, 30, 60])
    times = triangular(duration, np.random.Generator(np.random.PCG64(3)).random(MANY))
    assert near(times.mean(), 100 / 3, times)
    fixed = Duration(thing="it", low_s=5, typical_s=5, high_s=5, source="", confidence="C")
    assert triangular(fixed, np.array([0.1, 0.9])).tolist() == [5, 5]


def test_the_same_seed_draws_the_same_failures():
    one, same, other = (name_failover(HealthCheck.route_53(), ttl_s=60, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.reconnected_s, same.reconnected_s)
    assert not np.array_equal(one.reconnected_s, other.reconnected_s)
    assert one.quantile_s(0.5) <= one.quantile_s(0.95) <= one.reconnected_s.max()
