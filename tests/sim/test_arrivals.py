"""Arrivals against what defines a Poisson process, and the rate curves against their formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import Campaign, Diurnal, Ramp, Replay, Spike, Steady
from aws14.sim.arrivals import arrivals
from aws14.sim.intensity import intensity

DAY_S = 86_400.0
RHYTHM = Diurnal(night_rps=1.0, day_rps=9.0, peak_hour=21.0)
SPOT = Spike(peak_rps=80.0, at_s=71_640.0, rise_s=60.0, hold_s=120.0, half_life_s=300.0)
CAMPAIGN = Campaign(rhythm=RHYTHM, spots=(SPOT, Spike(peak_rps=30.0, at_s=36_000.0)))


def spike_rps(spike, t):
    """The definition, on its own: up in a line, held, gone by half every half-life."""
    falling = spike.peak_rps * 0.5 ** np.maximum((t - spike.at_s - spike.rise_s - spike.hold_s) / spike.half_life_s, 0)
    rising = spike.peak_rps * (t - spike.at_s) / spike.rise_s
    return np.where(t < spike.at_s, 0, np.minimum(np.where(t < spike.at_s + spike.rise_s, rising, np.inf), falling))


def diurnal_rps(rhythm, t):
    return rhythm.night_rps + (rhythm.day_rps - rhythm.night_rps) * (
        0.5 + 0.5 * np.cos(2 * np.pi * (t / 3600 - rhythm.peak_hour) / 24)
    )


def campaign_rps(campaign, t):
    return diurnal_rps(campaign.rhythm, t) + sum(spike_rps(spot, t) for spot in campaign.spots)


def mean_count(rate, horizon_s=DAY_S):
    """The integral of a rate by the midpoint rule, in half-second steps."""
    t = np.arange(0.25, horizon_s, 0.5)
    return float(np.sum(rate(t)) * 0.5)


FORMULAS = {
    "steady": (Steady(rate_rps=7.0), lambda t: np.full_like(t, 7.0)),
    "ramp": (
        Ramp(from_rps=2, to_rps=20, starts_s=20_000, ends_s=60_000),
        lambda t: 2 + 18 * np.clip((t - 20_000) / 40_000, 0, 1),
    ),
    "spike": (SPOT, lambda t: spike_rps(SPOT, t)),
    "diurnal": (RHYTHM, lambda t: diurnal_rps(RHYTHM, t)),
    "campaign": (CAMPAIGN, lambda t: campaign_rps(CAMPAIGN, t)),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_curve_is_the_formula(name):
    load, rate = FORMULAS[name]
    curve = intensity(load, DAY_S)
    t = np.arange(5.5, DAY_S, 11.0)
    np.testing.assert_allclose(curve.at(t), rate(t), rtol=2e-3, atol=2e-3)
    assert curve.expected[-1] == pytest.approx(mean_count(rate), rel=1e-3)
    assert (curve.time_s[0], curve.time_s[-1]) == (0.0, DAY_S)


@pytest.mark.parametrize("name", FORMULAS)
def test_rescaled_gaps_are_exponential(name):
    """The expected number of arrivals between two arrivals is Exp(1): Kolmogorov-Smirnov, 0.1 % level."""
    load, rate = FORMULAS[name]
    t = np.arange(0, DAY_S + 1, 1.0)
    expected = np.concatenate(([0.0], np.cumsum((rate(t[1:]) + rate(t[:-1])) / 2)))
    gaps = np.sort(np.diff(np.interp(arrivals(load, DAY_S, 14), t, expected)))
    size = len(gaps)
    below = 1 - np.exp(-gaps)
    distance = max(np.max(np.arange(1, size + 1) / size - below), np.max(below - np.arange(size) / size))
    assert size > 10_000
    assert distance * math.sqrt(size) < 1.95


@pytest.mark.parametrize("name", FORMULAS)
def test_number_of_arrivals_is_poisson(name):
    load, rate = FORMULAS[name]
    mean = mean_count(rate)
    counts = [len(arrivals(load, DAY_S, 14, replication)) for replication in range(10)]
    assert abs(np.mean(counts) - mean) < 4 * math.sqrt(mean / 10)


def test_counts_per_minute_have_dispersion_one():
    minutes = np.bincount((arrivals(Steady(rate_rps=5.0), DAY_S, 14) / 60).astype(int), minlength=1440)
    dispersion = np.var(minutes, ddof=1) / np.mean(minutes)
    assert abs(dispersion - 1) < 4 * math.sqrt(2 / 1440)


def test_arrivals_ascend_within_the_run_and_cannot_be_changed():
    times = arrivals(CAMPAIGN, DAY_S, 14)
    assert times[0] >= 0 and times[-1] <= DAY_S and np.all(np.diff(times) >= 0)
    with pytest.raises(ValueError, match="read-only"):
        times[0] = 1.0


def test_a_doubled_load_uses_the_same_exponentials():
    once, twice = arrivals(Steady(rate_rps=2.0), DAY_S, 14), arrivals(Steady(rate_rps=4.0), DAY_S, 14)
    np.testing.assert_allclose(twice[: len(once)] * 2, once, rtol=1e-12)


def test_a_longer_run_begins_with_the_shorter_one():
    day, week = arrivals(RHYTHM, DAY_S, 14), arrivals(RHYTHM, 7 * DAY_S, 14)
    np.testing.assert_allclose(week[: len(day)], day, rtol=1e-12)


def test_replications_and_seeds_differ():
    first = arrivals(Steady(rate_rps=1.0), 3600, 14)
    assert len(first) > 3000
    for other in (arrivals(Steady(rate_rps=1.0), 3600, 14, 1), arrivals(Steady(rate_rps=1.0), 3600, 15)):
        assert not np.any(np.isin(first, other))


def test_recorded_day_comes_back_minute_by_minute():
    """Chi-square over the minutes that had visitors; in the silent ones nobody comes."""
    recorded = catalog.trace_minutes("nasa_jul95")[12 * 1440 : 13 * 1440]
    assert sum(recorded) == 134_203
    minutes = np.zeros(1440)
    for replication in range(20):
        times = arrivals(Replay(requests_per_minute=recorded, source="NASA", scale=2.0), DAY_S, 14, replication)
        minutes += np.bincount((times / 60).astype(int), minlength=1440)
    mean = np.array(recorded) * 2.0 * 20
    busy = mean > 0
    chi_square = np.sum((minutes[busy] - mean[busy]) ** 2 / mean[busy])
    assert minutes[~busy].sum() == 0 and np.sum(~busy) >= 20
    assert abs(chi_square - busy.sum()) < 4 * math.sqrt(2 * busy.sum())


def test_a_recording_shorter_than_the_run_is_followed_by_silence():
    times = arrivals(Replay(requests_per_minute=(600, 0, 1200), source="by hand"), 600.0, 14)
    minutes = np.bincount((times / 60).astype(int), minlength=10)
    assert minutes[1] == 0 and minutes[3:].sum() == 0
    assert abs(minutes[0] - 600) < 4 * math.sqrt(600) and abs(minutes[2] - 1200) < 4 * math.sqrt(1200)


def test_no_load_is_no_arrivals():
    assert len(arrivals(Steady(rate_rps=0.0), DAY_S, 14)) == 0


@pytest.mark.parametrize(
    ("load", "message"),
    [
        (Steady(rate_rps=-1.0), "-1 requests per second"),
        (Steady(rate_rps=math.nan), "nan requests per second"),
        (Ramp(from_rps=1, to_rps=2, starts_s=50, ends_s=10), "do not follow each other"),
        (Spike(peak_rps=1, at_s=0, half_life_s=0), "half_life_s of the spike is 0"),
        (Steady(rate_rps=1e6), "86,400,000,000 requests"),
        ("a lot", "'a lot' is not a load profile"),
    ],
)
def test_a_load_that_cannot_be_drawn_is_refused_in_words(load, message):
    with pytest.raises(ScenarioError, match=message):
        arrivals(load, DAY_S, 14)
