"""Runs to several places by one name: failover and weights, and what clients remember of DNS."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14.model import AzOutage, RegionOutage
from aws14.sim import simulate, what_if
from tests.fleets import two_regions
from tests.sim.test_fleet_run import failed, hour, working

ENTRY = {"entry": "orders primary", "source": "pc"}
LOST = (RegionOutage(region="ap-northeast-1", starts_s=600.0, lasts_s=1200.0),)


@pytest.fixture(scope="module")
def sites():
    return two_regions()


def test_all_go_to_the_primary_while_it_is_well(sites):
    trace = simulate(sites, hour(**ENTRY), keep="requests")
    assert failed(trace) == {} and trace.region == "ap-northeast-1"
    assert all(name.startswith("i-vpc-4") for name, count in trace.fleet.served_by_target.items() if count)


def test_a_lost_region_is_left_when_dns_says_so_and_found_again(sites):
    trace = simulate(sites, hour(**ENTRY, faults=LOST))
    moves = [event for event in trace.events if event.what == "dns_failover"]
    assert [event.text.split(" leads ")[1].split(" ")[0] for event in moves] == ["away", "back"]
    assert 600 < moves[0].at_s < 640 and 1800 < moves[1].at_s < 1900
    reachable = trace.served[12:30].sum() / trace.offered[12:30].sum()
    assert reachable == 0  # nothing joins the office to the other region
    assert "no_route" in failed(trace)
    ends = trace.failed["no_route"].nonzero()[0]
    assert ends[0] >= 10 and ends[-1] <= 32


def test_without_evaluating_health_nothing_moves(sites):
    stays = what_if(sites, "orders primary", evaluate_target_health=False)
    trace = simulate(stays, hour(**ENTRY, faults=LOST))
    assert not [event for event in trace.events if event.what == "dns_failover"]
    assert "no_route" not in failed(trace) and trace.served[12:29].sum() == 0


def test_a_zone_is_no_reason_to_leave_a_region(sites):
    calm = hour(**ENTRY, application=working(service_time_s=0.04))
    trace = simulate(sites, replace(calm, faults=(AzOutage(az="ap-northeast-1a", starts_s=600.0, lasts_s=600.0),)))
    assert not [event for event in trace.events if event.what == "dns_failover"]
    assert np.all(trace.served[13:] > 0.98 * trace.offered[13:])
