"""Failure and repair of one server: the campaigns drawn against formulas that know the answer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aws14 import catalog
from aws14.errors import DataError, ScenarioError
from aws14.sim.availability import DAY_S, FailureAndRepair, campaigns, parallel, series

DAYS, RUNS = 21.0, 40_000
HORIZON_S = DAYS * DAY_S
SPOT = (19.9 * 3600, 900.0)
FRAIL = FailureAndRepair(mttf_s=6 * DAY_S, mttr_s=0.5 * DAY_S)


@pytest.fixture(scope="module")
def frail():
    return campaigns(FRAIL, days=DAYS, runs=RUNS, spot=SPOT)


def agrees(sample, theory, *, within):
    """The mean is the theory's, and would not be if the theory were a share `within` off."""
    error = np.std(sample, ddof=1) / math.sqrt(len(sample))
    assert 4 * error < within * theory, f"no power: {4 * error / theory:.1%}"
    assert abs(np.mean(sample) - theory) < 4 * error


def poisson(mean, count):
    return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))


def erlang_tail(stages, mean_s, time_s):
    """Chance that a sum of exponential times is longer."""
    return sum(poisson(time_s / mean_s, k) for k in range(stages))


def share_within(server, horizon_s, downtime_s):
    """Chance of at most this downtime: as many failures as in the time up, and repairs that add up to no more."""
    mean = (horizon_s - downtime_s) / server.mttf_s
    return sum(poisson(mean, k) * (1 - erlang_tail(k, server.mttr_s, downtime_s)) for k in range(80))


def test_mean_downtime_is_that_of_the_formula(frail):
    agrees(frail.downtime_s, FRAIL.expected_downtime_s(HORIZON_S), within=0.02)
    # a campaign begins with the server up, so it is there a little more than in the long run
    assert frail.availability > FRAIL.availability
    assert FRAIL.expected_downtime_s(1e12) / 1e12 == pytest.approx(1 - FRAIL.availability)
    assert FRAIL.availability == pytest.approx(12 / 13)


def test_in_the_long_run_the_server_is_away_a_share_of_the_time():
    for repair in ("exponential", "fixed"):
        server = FailureAndRepair(mttf_s=3600.0, mttr_s=400.0, repair=repair)
        long = campaigns(server, days=40, runs=2000)
        agrees(long.downtime_s, 0.1 * long.horizon_s, within=0.02)


def test_expected_downtime_of_a_short_campaign_by_hand():
    """MTTF = MTTR = 1, one unit of time: 1/2 (1 - (1 - e^-2) / 2)."""
    server = FailureAndRepair(mttf_s=1.0, mttr_s=1.0)
    assert server.expected_downtime_s(1.0) == pytest.approx(0.5 * (1 - (1 - math.exp(-2)) / 2))


def test_a_campaign_without_a_failure_is_exponential(frail):
    agrees((frail.failures == 0).astype(float), math.exp(-DAYS / 6), within=0.25)
    assert frail.share_undisturbed == np.mean(frail.downtime_s == 0)


@pytest.mark.parametrize("hours", [0.5, 6.0, 24.0, 72.0])
def test_the_distribution_of_the_downtime(frail, hours):
    theory = share_within(FRAIL, HORIZON_S, hours * 3600)
    agrees((frail.downtime_s <= hours * 3600).astype(float), theory, within=0.25)
    assert frail.share_beyond(hours * 3600) == pytest.approx(1 - np.mean(frail.downtime_s <= hours * 3600))
    assert frail.quantile_s(np.mean(frail.downtime_s <= hours * 3600)) == pytest.approx(hours * 3600, rel=0.1)


def test_the_share_of_campaigns_hit_during_the_spot(frail):
    """All 21 spots are missed: up at the start of each, given it was up at the end of the last, and through it."""
    at_s, lasts_s = SPOT
    away, rate = 1 - FRAIL.availability, 1 / FRAIL.mttf_s + 1 / FRAIL.mttr_s
    gaps_s = [at_s, *[DAY_S - lasts_s] * 20]
    missed = math.prod(
        (FRAIL.availability + away * math.exp(-rate * gap_s)) * math.exp(-lasts_s / FRAIL.mttf_s) for gap_s in gaps_s
    )
    agrees(frail.hit.astype(float), 1 - missed, within=0.02)
    assert frail.share_hit == frail.hit.mean()


def test_repairs_that_always_take_the_same_time():
    """The chance of being down follows from the failures of the last repair time; summed up step by step."""
    server = FailureAndRepair(mttf_s=20_000.0, mttr_s=9_000.0, repair="fixed")
    fixed = campaigns(server, days=1, runs=RUNS)
    steps = 8640
    step_s, repair_steps = DAY_S / steps, 900
    up, down = np.ones(steps + 1), np.zeros(steps + 1)
    failing = np.zeros(steps + 1)
    for i in range(steps):
        failing[i] = up[i] * step_s / server.mttf_s
        down[i + 1] = down[i] + failing[i] - (failing[i - repair_steps] if i >= repair_steps else 0.0)
        up[i + 1] = 1 - down[i + 1]
    agrees(fixed.downtime_s, down[:-1].sum() * step_s, within=0.02)
    whole = fixed.downtime_s[fixed.failures == 1]
    assert np.max(whole) == pytest.approx(9000.0)
    assert np.mean(np.isclose(whole, 9000.0)) > 0.8  # the others were still being repaired at the end


def test_outages_meet_the_spot_only_when_they_overlap_it():
    from aws14.sim.availability import _meets

    fails_s = np.array([[0.0, 70_000.0, 100.0, 500.0, 86_400.0 + 149, 86_400.0 + 201]])
    back_s = np.array([[99.0, 80_000.0, 101.0, 500.0, 86_400.0 + 200, 86_400.0 + 300]])
    assert _meets(fails_s, back_s, (100.0, 100.0)).tolist() == [[False, False, True, False, True, False]]
    over_midnight = _meets(np.array([[86_450.0, 86_700.0]]), np.array([[86_460.0, 86_800.0]]), (86_300.0, 200.0))
    assert over_midnight.tolist() == [[True, False]]
    faithful = campaigns(FailureAndRepair(mttf_s=1e12, mttr_s=60.0), days=3, runs=50, spot=(86_300.0, 200.0))
    assert faithful.failures.sum() == faithful.hit.sum() == 0


def test_more_campaigns_leave_the_first_ones_as_they_were():
    few, many = campaigns(FRAIL, days=DAYS, runs=50), campaigns(FRAIL, days=DAYS, runs=500)
    assert few.downtime_s.tobytes() == many.downtime_s[:50].tobytes()
    assert np.array_equal(few.failures, many.failures[:50])
    other = campaigns(FRAIL, days=DAYS, runs=50, seed=15)
    assert not np.array_equal(few.downtime_s, other.downtime_s)


def test_a_campaign_with_more_failures_than_are_drawn_at_once():
    busy = campaigns(FailureAndRepair(mttf_s=3600.0, mttr_s=60.0), days=7, runs=300)
    assert busy.failures.min() > 100
    agrees(busy.failures.astype(float), 7 * 24 * 60 / 61, within=0.03)


def test_a_promise_and_a_time_to_repair_make_a_time_to_failure():
    server = FailureAndRepair.promised(catalog.sla("EC2 instance").promised, 3600.0)
    assert server.mttf_s == pytest.approx(199 * 3600)
    assert server.availability == pytest.approx(0.995)


def test_promises_in_minutes_of_thirty_days():
    for service, minutes in (("EC2 across zones", 4.32), ("RDS Multi-AZ", 21.6), ("S3 Standard", 43.2)):
        assert (1 - catalog.sla(service).promised) * 30 * 1440 == pytest.approx(minutes)
    assert (1 - catalog.sla("EC2 instance").promised) * 30 * 1440 == pytest.approx(216)
    with pytest.raises(DataError, match="EC2 instance"):
        catalog.sla("EC2 instanc")


def test_chains_and_spares():
    assert parallel(0.995, 0.995) == pytest.approx(0.999975)
    assert series(0.9999, 0.9999, 0.9995) == pytest.approx(0.99930011, abs=1e-8)
    assert series(0.9, parallel(0.5, 0.5)) == pytest.approx(0.675)
    assert series() == 1 and parallel() == 0
    with pytest.raises(ScenarioError, match=r"99\.5"):
        series(99.5)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: FailureAndRepair(mttf_s=0.0, mttr_s=1.0),
        lambda: FailureAndRepair(mttf_s=1.0, mttr_s=math.inf),
        lambda: FailureAndRepair(mttf_s=1.0, mttr_s=1.0, repair="quick"),
        lambda: FailureAndRepair.promised(1.0, 60.0),
        lambda: campaigns(FRAIL, days=0),
        lambda: campaigns(FRAIL, days=1, runs=0),
        lambda: campaigns(FailureAndRepair(mttf_s=1.0, mttr_s=1.0), days=21, runs=10_000),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ScenarioError):
        wrong()
