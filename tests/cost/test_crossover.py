"""Serverless against servers: the crossover by hand, and that each price and size moves it as it should."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14 import catalog, cost
from aws14.cost import ByTheCall, ByTheHour, crossover, monthly_usd
from aws14.errors import ScenarioError

HERE = "ap-northeast-1"
CALLS = ByTheCall(region=HERE, memory_mib=512, billed_s=0.1)
HOURS = ByTheHour(region=HERE, instance_type="t3.small", rps_each=50.0)


def test_the_crossover_by_hand():
    fixed = 730 * (2 * catalog.price("EC2", "t3.small Linux on-demand", HERE).usd + 0.0243) + 16 * 0.096
    each = (0.20 + 4.25) / 1e6 + 0.1 * 0.5 * 0.0000166667
    assert crossover(CALLS, HOURS) == pytest.approx(fixed / each, rel=1e-6)
    assert monthly_usd(HOURS, 0) == pytest.approx(fixed)
    assert monthly_usd(CALLS, 0) == 0


def test_on_both_sides_of_it_the_other_is_cheaper():
    there = crossover(CALLS, HOURS)
    for factor, cheaper in ((0.99, CALLS), (1.01, HOURS)):
        dearer = HOURS if cheaper is CALLS else CALLS
        assert monthly_usd(cheaper, factor * there) < monthly_usd(dearer, factor * there)


@pytest.mark.parametrize(
    ("calls", "hours", "later"),
    [
        ({"protocol": "HTTP"}, {}, True),
        ({"protocol": ""}, {}, True),
        ({"memory_mib": 1024}, {}, False),
        ({"billed_s": 0.05}, {}, True),
        ({"architecture": "Arm"}, {}, True),
        ({}, {"instance_type": "t3.large"}, True),
        ({}, {"least": 1}, False),
    ],
)
def test_what_is_cheaper_by_the_call_or_dearer_by_the_hour_moves_it_up(calls, hours, later):
    moved = crossover(replace(CALLS, **calls), replace(HOURS, **hours))
    assert (moved > crossover(CALLS, HOURS)) == later


def test_servers_stand_for_the_peak():
    spiky = replace(HOURS, peak=50.0)
    requests = 100e6
    assert HOURS.servers(requests) == 2
    assert spiky.servers(requests) == 39  # 38.05 requests a second, times 50, at 50 each
    assert monthly_usd(spiky, requests) > 10 * monthly_usd(HOURS, requests)
    with pytest.raises(ScenarioError, match="costs less"):
        crossover(replace(CALLS, protocol="", billed_s=0.001, memory_mib=128), replace(spiky, peak=5_000.0))


def test_the_free_tier_moves_it_up():
    assert crossover(CALLS, HOURS, free_tier="always") > crossover(CALLS, HOURS)
    assert {"ByTheCall", "ByTheHour", "crossover", "monthly_usd"} <= set(cost.__all__)
