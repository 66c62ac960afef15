"""What breaks during a run: who is hit, what each client sees, and that nothing is lost from the accounts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14.errors import ScenarioError
from aws14.model import Application, AzOutage, InstanceLoss, Link, Node, Scenario, Steady
from aws14.sim import round_trip_s, simulate
from aws14.sim.outages import down_s, needed_instances, outages

NAME, ZONE = "www.example.co.jp", "ap-northeast-1a"
LOSS = InstanceLoss(node="web", starts_s=600.0, lasts_s=300.0)


@pytest.fixture
def two_zones(site):
    """The site with its database in another zone, and a web server that declares to use it."""
    other = Node(id="ap-northeast-1c", kind="az", parent="vpc")
    private = replace(site.node("private-a"), id="private-c", parent=other.id)
    moved = replace(site.node("db"), parent="private-c")
    nodes = tuple(moved if node.id == "db" else node for node in site.nodes)
    nodes = (*nodes[:8], other, private, *nodes[8:])
    return replace(site, nodes=nodes, links=(*site.links, Link(source="web", target="db", kind="uses", label="MySQL")))


def found(topology, hour, *faults):
    return outages(topology, topology.node("web"), replace(hour, faults=faults))


# --- who is hit, and when -----------------------------------------------------------------------------------------


def test_the_loss_of_the_server_is_an_outage(site, hour):
    assert found(site, hour, LOSS) == ((600.0, 900.0),)
    assert found(site, hour) == ()


def test_an_outage_of_a_zone_hits_the_instances_that_stand_in_it(two_zones, hour):
    here = AzOutage(az=ZONE, starts_s=60.0, lasts_s=60.0)
    there = AzOutage(az="ap-northeast-1c", starts_s=600.0, lasts_s=60.0)
    assert found(two_zones, hour, here, there) == ((60.0, 120.0), (600.0, 660.0))
    unused = replace(two_zones, links=tuple(link for link in two_zones.links if link.kind != "uses"))
    assert found(unused, hour, here, there) == ((60.0, 120.0),)


def test_what_the_server_uses_stands_in_series_with_it(two_zones, hour):
    assert needed_instances(two_zones, two_zones.node("web")) == {"web", "db"}
    assert needed_instances(two_zones, two_zones.node("db")) == {"db"}
    loop = replace(two_zones, links=(*two_zones.links, Link(source="db", target="web", kind="uses")))
    assert needed_instances(loop, loop.node("db")) == {"web", "db"}
    assert found(two_zones, hour, replace(LOSS, node="db")) == ((600.0, 900.0),)


def test_an_instance_that_nothing_uses_may_fail(site, hour):
    assert found(site, hour, replace(LOSS, node="db")) == ()
    undisturbed = simulate(site, hour)
    trace = simulate(site, replace(hour, faults=(replace(LOSS, node="db"),)))
    assert np.array_equal(trace.histogram, undisturbed.histogram) and trace.failed_total == undisturbed.failed_total
    assert trace.down_s.sum() == 0


def test_overlapping_outages_are_one_and_none_goes_beyond_the_run(site, hour):
    first, second = (InstanceLoss(node="web", starts_s=start, lasts_s=100.0) for start in (500.0, 550.0))
    inner = InstanceLoss(node="web", starts_s=510.0, lasts_s=10.0)
    touching = InstanceLoss(node="web", starts_s=650.0, lasts_s=50.0)
    for_ever = InstanceLoss(node="web", starts_s=3000.0)
    too_late = InstanceLoss(node="web", starts_s=3600.0)
    given = (for_ever, second, first, inner, touching, too_late)
    assert found(site, hour, *given) == ((500.0, 700.0), (3000.0, 3600.0))


def test_down_seconds_lie_in_their_ticks():
    per_tick = down_s(((30.0, 150.0), (239.0, 240.0)), ticks=5, tick_s=60.0)
    assert per_tick.tolist() == [30, 60, 30, 1, 0]


def test_faults_of_what_was_not_built_are_refused(site, hour):
    for fault, allowed in (
        (InstanceLoss(node="wep", starts_s=0.0), "web, db"),
        (InstanceLoss(node="nat", starts_s=0.0), "web, db"),
        (AzOutage(az="ap-northeast-1d", starts_s=0.0, lasts_s=1.0), ZONE),
        (AzOutage(az="public-a", starts_s=0.0, lasts_s=1.0), ZONE),
    ):
        with pytest.raises(ScenarioError, match=allowed):
            found(site, hour, fault)


def test_a_fleet_fails_with_its_zone_but_not_one_by_one(site, hour):
    fleet = replace(site.node("web"), count=3)
    topology = replace(site, nodes=tuple(fleet if node.id == "web" else node for node in site.nodes))
    with pytest.raises(ScenarioError, match="fleet of 3"):
        found(topology, hour, LOSS)
    outage = AzOutage(az=ZONE, starts_s=600.0, lasts_s=30.0)
    trace = simulate(topology, replace(hour, faults=(outage,)))
    assert trace.down_s[10] == 3 * 30


# --- what clients see ---------------------------------------------------------------------------------------------


def test_each_request_around_an_outage_by_hand(site):
    """Deterministic service of 2 s on two workers, a client every 5 s or so: who is lost is read off the arrivals."""
    scenario = Scenario(
        name="by hand",
        load=Steady(rate_rps=0.5),
        application=Application(service_time_s=2.0, service_distribution="deterministic", client_timeout_s=9.0),
        entry=NAME,
        users={"Tokyo": 1.0},
        horizon_s=3600.0,
        faults=(InstanceLoss(node="web", starts_s=1000.0, lasts_s=500.0), InstanceLoss(node="web", starts_s=3000.0)),
    )
    requests = simulate(site, scenario, keep="requests").requests
    reach_s = 1.5 * round_trip_s("Tokyo", "ap-northeast-1") + 0.01 + 8192 / 50e6
    there_s = requests.arrival_s + reach_s
    start_s = there_s + requests.wait_s
    back_s = 0.5 * round_trip_s("Tokyo", "ap-northeast-1")
    down = ((there_s >= 1000) & (there_s < 1500)) | (there_s >= 3000)
    reset = requests.outcome == 4
    assert np.array_equal(requests.outcome == 5, down & (requests.arrival_s + 9 <= 3600))
    assert np.all(requests.response_time_s[requests.outcome == 5] == pytest.approx(9.0))
    for lost_s in (1000.0, 3000.0):
        before = there_s < lost_s
        held = before & ~(start_s + 2.0 <= lost_s) & (there_s > lost_s - 60) & (requests.outcome != 3)
        mine = reset & before & (there_s > lost_s - 60)
        assert np.array_equal(mine, held)
        expected_s = lost_s + back_s - requests.arrival_s[mine]
        np.testing.assert_allclose(requests.response_time_s[mine], expected_s, rtol=1e-9)
    assert reset.sum() >= 2
    first_back = np.flatnonzero(there_s >= 1500)[0]
    assert requests.wait_s[first_back] == 0 and requests.outcome[first_back] == 0


def test_failures_are_counted_in_the_minutes_and_the_accounts_add_up(site, hour):
    trace = simulate(site, replace(hour, faults=(LOSS,)), keep="requests")
    undisturbed = simulate(site, hour)
    assert trace.faults == (LOSS,)
    assert trace.down_s.tolist() == [60.0 if 10 <= minute < 15 else 0.0 for minute in range(60)]
    assert np.array_equal(trace.offered, undisturbed.offered)
    down = trace.failed["instance_down"]
    assert down[:9].sum() == 0 and np.all(down[10:14] > 0.9 * trace.offered[10:14]) and down[15:].sum() == 0
    assert trace.failed["connection_reset"].sum() == trace.failed["connection_reset"][9:10].sum() > 0
    assert trace.served[11:14].sum() == 0
    # before the outage nothing differs
    assert np.array_equal(trace.served[:9], undisturbed.served[:9])
    assert np.array_equal(trace.histogram[:9], undisturbed.histogram[:9])
    assert np.all(trace.busy_s[10:15] == 0) and trace.busy_s[16] > 0
    reasons = list(trace.failed)
    for number, reason in enumerate(reasons, 1):
        assert (trace.requests.outcome == number).sum() == trace.failed[reason].sum()


def test_work_for_lost_requests_counts_until_they_are_lost(site, hour):
    whole, cut = simulate(site, hour), simulate(site, replace(hour, faults=(replace(LOSS, lasts_s=None),)))
    assert np.array_equal(cut.busy_s[:10], whole.busy_s[:10])
    assert cut.busy_s[10:].sum() == 0
    assert cut.bytes_out.sum() < whole.bytes_out.sum()


def test_without_faults_a_trace_has_no_reasons_of_faults(site, hour):
    trace = simulate(site, hour)
    assert list(trace.failed) == ["connection_limit", "backlog_full", "timed_out"]
    assert trace.down_s is None and trace.faults == ()


def test_a_run_that_reaches_no_server_keeps_its_own_reason(site, hour, without):
    trace = simulate(without(site, "internet", "web"), replace(hour, faults=(LOSS,)))
    assert set(trace.failed) == {"blocked"} and trace.faults == (LOSS,)
