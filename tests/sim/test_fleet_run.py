"""Whole runs through a load balancer: what is counted, what breaks, who is told, and that nothing is lost."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws14.errors import ScenarioError
from aws14.model import (
    Application,
    AzOutage,
    DatabaseLoss,
    Diurnal,
    InstanceLoss,
    Node,
    Ramp,
    RegionOutage,
    Retries,
    Scenario,
    SlowDatabase,
    Steady,
    Topology,
)
from aws14.model.trace import FAILURE_REASONS
from aws14.sim import check_conservation, simulate, what_if
from aws14.sim.controller import Server
from tests.fleets import Site, corporate_site, with_nodes

ZONE_A, ZONE_C = "ap-northeast-1a", "ap-northeast-1c"


def hour(**other) -> Scenario:
    """An hour that keeps the four workers of two m5.large 40 % busy; clients have more patience than anybody."""
    given = {
        "name": "hour",
        "load": Steady(rate_rps=20.0),
        "application": Application(service_time_s=0.08, port=443, client_timeout_s=30.0, response_kib=20.0),
        "entry": "alb",
        "users": {"Tokyo": 0.6, "Osaka": 0.4},
        "horizon_s": 3600.0,
    }
    return Scenario(**given | other)


def working(**other) -> Application:
    return replace(hour().application, **other)


def failed(trace) -> dict[str, int]:
    return {reason: int(count.sum()) for reason, count in trace.failed.items() if count.any()}


@pytest.fixture(scope="module")
def site() -> Topology:
    return Site().topology()


# --- a calm hour --------------------------------------------------------------------------------------------------


def test_a_calm_hour(site):
    trace = simulate(site, hour())
    assert failed(trace) == {} and trace.events == ()
    assert trace.offered.sum() == pytest.approx(72_000, rel=0.02)
    first, second = trace.fleet.served_by_target.values()
    assert list(trace.fleet.served_by_target) == ["web-1", "web-2"] and abs(first - second) <= 2
    assert np.all(trace.fleet.in_service == 2) and np.all(trace.fleet.healthy == 2)
    assert np.all(trace.fleet.desired == 2) and np.all(trace.fleet.pending + trace.fleet.draining == 0)
    assert trace.fleet.instance_hours == pytest.approx(2.0)
    assert np.nanmean(trace.fleet.cpu_utilization) == pytest.approx(0.4, abs=0.01)
    assert np.all(trace.workers == 4)
    assert trace.busy_s.sum() == pytest.approx(0.08 * trace.offered.sum(), rel=0.02)
    assert trace.bytes_out.sum() == pytest.approx(trace.offered.sum() * 20 * 1024, rel=0.001)
    assert trace.database.node == "db" and trace.database.queries.sum() == 0 and trace.down_s is None


def test_each_request_and_the_sums_tell_the_same(site):
    trace = simulate(site, hour(faults=(AzOutage(az=ZONE_A, starts_s=600, lasts_s=600),)), keep="requests")
    sums = simulate(site, hour(faults=(AzOutage(az=ZONE_A, starts_s=600, lasts_s=600),)))
    for number, reason in enumerate(trace.failed, 1):
        assert (trace.requests.outcome == number).sum() == trace.failed[reason].sum() == sums.failed[reason].sum()
    served = trace.requests.outcome == 0
    assert served.sum() == trace.served.sum()
    assert np.array_equal(trace.histogram, sums.histogram)
    assert trace.requests.response_time_s[served].sum() == pytest.approx(trace.response_time_sum_s.sum())
    assert np.all(np.diff(trace.requests.arrival_s) >= 0)
    assert set(trace.failed) <= set(FAILURE_REASONS)


def test_the_same_requests_meet_every_design(site):
    one = simulate(site, hour(), keep="requests")
    other = simulate(what_if(site, "web-targets", algorithm="least_outstanding_requests"), hour(), keep="requests")
    assert np.array_equal(one.requests.arrival_s, other.requests.arrival_s)
    assert np.nanmean(other.requests.wait_s) < np.nanmean(one.requests.wait_s)


def test_pages_ask_the_database_and_wait_for_it(site):
    without, asking = simulate(site, hour()), simulate(site, hour(application=working(db_time_s=0.05)))
    assert asking.database.queries.sum() == pytest.approx(asking.offered.sum(), abs=10)
    assert asking.database.utilization.mean() == pytest.approx(20 * 0.05 / 2, abs=0.02)
    assert asking.response_time_s(0.5) > without.response_time_s(0.5) + 0.03
    # a worker waits for the database without working
    assert np.nanmean(asking.fleet.cpu_utilization) == pytest.approx(
        np.nanmean(without.fleet.cpu_utilization), abs=0.01
    )


def test_files_cost_less_and_ask_nobody(site):
    trace = simulate(site, hour(application=working(db_time_s=0.05, static_share=0.75)))
    assert trace.database.queries.sum() == pytest.approx(trace.offered.sum() / 4, rel=0.03)
    assert np.nanmean(trace.fleet.cpu_utilization) == pytest.approx(0.1 + 20 * 0.75 * 0.002 / 4, abs=0.01)


def test_an_application_without_its_database_is_refused(site):
    unused = replace(site, links=tuple(link for link in site.links if link.kind != "uses"))
    with pytest.raises(ScenarioError, match="aws14:uses"):
        simulate(unused, hour(application=working(db_time_s=0.05)))


# --- attributes that were read back move the trace ----------------------------------------------------------------


def test_sessions_are_lost_without_stickiness_and_kept_with_it(site):
    visiting = hour(application=working(session_requests=10.0))
    lost = simulate(site, visiting)
    assert lost.failed["session_lost"].sum() > 0.4 * lost.offered.sum()
    kept = simulate(what_if(site, "web-targets", sticky=True, sticky_s=3600), visiting)
    assert failed(kept) == {}
    in_database = simulate(site, hour(application=working(session_requests=10.0, sessions_in_database=True)))
    assert failed(in_database) == {}
    broken = replace(visiting, faults=(InstanceLoss(node="web-1", starts_s=1800.0),))
    once = simulate(what_if(site, "web-targets", sticky=True, sticky_s=3600), broken)
    # those who were on the lost server log in once more
    assert 0 < once.failed["session_lost"].sum() < 400


def test_faster_checks_find_a_dead_server_sooner(site):
    broken = hour(faults=(InstanceLoss(node="web-1", starts_s=601.0),))
    found = {}
    for interval_s in (10, 30):
        trace = simulate(what_if(site, "web-targets", health_check_interval_s=interval_s), broken)
        found[interval_s] = next(event.at_s for event in trace.events if event.what == "unhealthy") - 601.0
        # half of what is sent until then goes to the dead one, and 504 comes back
        expected = 20 * found[interval_s] / 2
        assert trace.failed["gateway_timeout"].sum() == pytest.approx(expected, rel=0.25)
        assert interval_s + 5 <= found[interval_s] <= 2 * interval_s + 5
        assert trace.fleet.healthy[-1] == 1 and trace.fleet.in_service[-1] == 2
    assert found[10] < found[30]


def test_a_higher_threshold_and_a_shorter_idle_timeout_show(site):
    broken = hour(faults=(InstanceLoss(node="web-1", starts_s=601.0),))
    patient = simulate(what_if(site, "web-targets", unhealthy_threshold=5), broken)
    assert patient.failed_total > 2 * simulate(site, broken).failed_total
    slow = hour(application=working(service_time_s=0.15))
    assert failed(simulate(what_if(site, "alb", idle_timeout_s=1), slow)).keys() == {"gateway_timeout"}


def test_half_of_a_load_balancer_does_not_reach_servers_that_let_in_one_subnet_only(site):
    """The rule of the seed, HTTP from 10.0.0.0/24, leaves out the node in the other zone."""
    network = site.network
    groups = tuple(
        replace(group, rules=tuple(
            replace(rule, peer="10.0.0.0/24") if rule.peer == "sg-vpc-1-elb" else rule for rule in group.rules
        ))
        for group in network.groups
    )  # fmt: skip
    trace = simulate(replace(site, network=replace(network, groups=groups)), hour())
    assert trace.failed["gateway_timeout"].sum() == pytest.approx(trace.offered.sum() / 2, rel=0.03)


# --- what breaks --------------------------------------------------------------------------------------------------


def test_a_lost_zone_takes_its_share_for_its_time(site):
    alike = replace(what_if(site, "db", zone=ZONE_C, secondary_zone=ZONE_A), name="site")
    trace = simulate(alike, hour(faults=(AzOutage(az=ZONE_A, starts_s=600.0, lasts_s=600.0),)))
    # half the addresses for as long as DNS remembers; of the other half, half go to dead targets until they are found
    assert trace.failed["dns_stale"].sum() == pytest.approx(20 * 60 / 2, rel=0.15)
    assert trace.failed["gateway_timeout"].sum() == pytest.approx(20 / 2 * 15 / 2, rel=0.4)
    assert trace.failed_total / trace.offered.sum() < 0.02
    assert sum(count[:9].sum() + count[12:].sum() for count in trace.failed.values()) == 0
    assert trace.down_s.tolist() == [60.0 if 10 <= minute < 20 else 0.0 for minute in range(60)]
    assert [event.what for event in trace.events if event.node in (ZONE_A, "web-1")] == [
        *("failed", "unhealthy", "recovered", "recovered", "healthy"),
    ]


def test_a_lost_server_heals_and_nothing_else_happens(site):
    calm = simulate(site, hour())
    losses = tuple(InstanceLoss(node="web-2", starts_s=at_s, lasts_s=300.0) for at_s in (600.0, 1200.0, 1800.0, 2400.0))
    trace = simulate(site, hour(faults=losses))
    assert np.array_equal(trace.served[:9], calm.served[:9]) and np.array_equal(trace.offered, calm.offered)
    assert trace.failed["bad_gateway"].sum() >= 1
    assert trace.fleet.healthy[5] == 2 and trace.fleet.healthy[12] == 1 and trace.fleet.healthy[-1] == 2


def test_multi_az_fails_over_and_what_servers_remember_of_the_name_counts(site):
    lost = (DatabaseLoss(node="db", starts_s=600.0, lasts_s=3000.0),)
    down = {}
    for cache_s in (None, 300.0, math.inf):
        asking = hour(application=working(db_time_s=0.02, db_dns_cache_s=cache_s), faults=lost)
        down[cache_s] = simulate(site, asking)
    taken = [event for event in down[None].events if event.what == "db_failover"]
    assert len(taken) == 1 and 30 <= taken[0].at_s - 600 <= 120
    assert down[None].database.down_s.sum() == pytest.approx(taken[0].at_s - 600)
    lost_requests = {cache_s: trace.failed["database_down"].sum() for cache_s, trace in down.items()}
    assert 0 < lost_requests[None] < lost_requests[300.0] < lost_requests[math.inf]
    assert down[math.inf].served[-1] == 0 and down[None].served[-1] > 1000
    single = simulate(what_if(site, "db", multi_az=False), hour(application=working(db_time_s=0.02), faults=lost))
    assert single.database.down_s.sum() == 3000.0
    assert single.failed_total > 10 * down[None].failed_total


def test_a_zone_takes_the_primary_with_it(site):
    outage = (AzOutage(az=ZONE_A, starts_s=600.0, lasts_s=1200.0),)
    trace = simulate(site, hour(application=working(db_time_s=0.02), faults=outage))
    assert [event.what for event in trace.events if event.node == "db"] == ["failed", "db_failover"]
    elsewhere = replace(outage[0], az=ZONE_C)
    trace = simulate(site, hour(application=working(db_time_s=0.02), faults=(elsewhere,)))
    assert trace.database.down_s.sum() == 0


def test_a_deep_check_on_a_slow_database_empties_the_site_and_a_shallow_one_does_not(site):
    slow = (SlowDatabase(node="db", starts_s=600.0, lasts_s=600.0, factor=70.0),)
    few = Steady(rate_rps=2.0)
    shallow = simulate(site, hour(load=few, application=working(db_time_s=0.1), faults=slow))
    deep = simulate(site, hour(load=few, application=working(db_time_s=0.1, health_check_deep=True), faults=slow))
    assert "fail_open" in [event.what for event in deep.events]
    assert deep.fleet.healthy[15] == 0 and deep.fleet.healthy[-1] == 2
    assert shallow.fleet.healthy.sum() >= deep.fleet.healthy.sum()
    assert deep.served.sum() > 0  # it fails open


def test_a_region_takes_everything(site):
    trace = simulate(site, hour(faults=(RegionOutage(region="ap-northeast-1", starts_s=600.0, lasts_s=600.0),)))
    assert trace.served[11:19].sum() == 0 and trace.served[25] > 1000
    assert set(failed(trace)) >= {"dns_stale", "no_such_address"}
    elsewhere = simulate(with_nodes(site, Node(id="ap-northeast-3", kind="region")), hour(
        faults=(RegionOutage(region="ap-northeast-3", starts_s=600.0, lasts_s=600.0),)
    ))  # fmt: skip
    assert failed(elsewhere) == {}


@pytest.mark.parametrize(
    ("fault", "allowed"),
    [
        (InstanceLoss(node="wep-1", starts_s=0.0), "web-1, web-2"),
        (AzOutage(az="ap-northeast-1d", starts_s=0.0, lasts_s=1.0), f"{ZONE_A}, {ZONE_C}"),
        (RegionOutage(region="us-east-1", starts_s=0.0, lasts_s=1.0), "ap-northeast-1"),
        (DatabaseLoss(node="web-1", starts_s=0.0, lasts_s=1.0), "db"),
    ],
)
def test_faults_of_what_was_not_built_are_refused(site, fault, allowed):
    with pytest.raises(ScenarioError, match=allowed):
        simulate(site, hour(faults=(fault,)))


# --- clients who try again ----------------------------------------------------------------------------------------


def test_a_spike_that_never_ends_and_the_back_off_that_ends_it(site):
    """Retries keep the servers busy with what nobody waits for, long after the load is normal again."""
    crowd = Ramp(from_rps=15.0, to_rps=15.0, starts_s=0.0, ends_s=1.0)
    slow = (SlowDatabase(node="db", starts_s=600.0, lasts_s=60.0, factor=40.0),)
    eager = Application(service_time_s=0.08, port=443, client_timeout_s=4.0, db_time_s=0.02, backlog=200)
    stuck = simulate(site, hour(load=crowd, application=eager, faults=slow, retries=Retries(times=5, after_s=0.2)))
    calm = simulate(site, hour(load=crowd, application=eager, faults=slow))
    late = slice(40, 55)
    assert calm.served[late].sum() > 0.99 * calm.offered[late].sum()
    assert stuck.served[late].sum() < 0.3 * stuck.offered[late].sum()
    assert stuck.wasted_s[late].sum() > 0.5 * stuck.busy_s[late].sum()
    again = Retries(times=5, after_s=40.0, growth=4.0, jitter=True)
    healed = simulate(site, hour(load=crowd, application=eager, faults=slow, retries=again))
    shed = simulate(
        site,
        hour(load=crowd, application=replace(eager, backlog=5), faults=slow, retries=Retries(times=5, after_s=0.2)),
    )
    for trace in (healed, shed):
        assert trace.served[late].sum() > 0.95 * trace.offered[late].sum()
    assert stuck.retried.sum() > healed.retried.sum() > 0
    assert np.array_equal(stuck.offered, calm.offered)  # what people wanted is the same


def test_retries_hide_a_short_failure(site):
    broken = (InstanceLoss(node="web-1", starts_s=601.0, lasts_s=300.0),)
    once = simulate(site, hour(faults=broken))
    again = simulate(site, hour(faults=broken, retries=Retries(times=3)))
    assert again.failed_total < 0.2 * once.failed_total
    assert again.retried.sum() >= once.failed_total * 0.8 and once.retried is None


# --- groups -------------------------------------------------------------------------------------------------------


def test_scaling_in_loses_nothing():
    """A learner's own controller: three servers, one of them leaves at ten minutes."""

    class Shrinking:
        group, desired = "mine", 2

        def __init__(self) -> None:
            self.members = [Server(id=f"s{k}", zone=zone) for k, zone in enumerate((ZONE_A, ZONE_C, ZONE_A))]

        def minute(self, now_s, datapoints):
            assert datapoints["AWS/ApplicationELB HealthyHostCount"] in (2.0, 3.0)
            if now_s == 600.0:
                self.members = self.members[:-1]
            return ()

        def replace(self, member_id, now_s, reason):
            raise AssertionError(member_id)

    three = Site(fleet=3).topology()
    trace = simulate(three, hour(), controller=Shrinking())
    assert failed(trace) == {}
    assert trace.fleet.in_service[8] == 3 and trace.fleet.in_service[-1] == 2
    assert trace.fleet.draining[12] == 1 and trace.fleet.draining[-1] == 0
    assert trace.fleet.instance_hours == pytest.approx(2 + 900 / 3600)
    impatient = simulate(what_if(three, "web-targets", deregistration_delay_s=0), hour(), controller=Shrinking())
    assert impatient.failed_total == impatient.failed["bad_gateway"].sum() <= 4


def tracking(target: float) -> Node:
    facts = {
        "policy_type": "TargetTrackingScaling",
        "metric": "ASGAverageCPUUtilization",
        "target": target,
        "adjustment_type": "",
        "steps": (),
        "min_adjustment": -1,
        "cooldown_s": -1,
        "warmup_s": -1,
        "disable_scale_in": False,
        "enabled": True,
    }
    return Node(id="policy", kind="scaling_policy", attributes=facts)


@pytest.fixture(scope="module")
def scaling() -> Topology:
    from aws14.model import Link

    group = Site(fleet=2).topology()
    return with_nodes(group, tracking(50.0), links=(Link(source="policy", target="group", kind="routes"),))


def test_a_group_follows_its_load(scaling):
    trace = simulate(scaling, hour(load=Ramp(from_rps=15.0, to_rps=60.0, starts_s=600.0, ends_s=1800.0)))
    assert trace.fleet.group == "group"
    assert trace.fleet.in_service[5] == 2 and trace.fleet.in_service[-1] >= 4
    assert np.all(np.diff(trace.fleet.desired) >= 0)
    assert {"alarm", "desired", "launched", "in_service"} <= {event.what for event in trace.events}
    assert np.nanmax(trace.fleet.cpu_utilization[40:]) < 0.75
    times = [event.at_s for event in trace.events]
    assert times == sorted(times)


def test_a_group_replaces_what_its_load_balancer_finds_dead(scaling):
    lost = hour(faults=(InstanceLoss(node="group", starts_s=601.0),))
    trace = simulate(scaling, lost)
    assert trace.fleet.healthy[-1] == 2
    assert [event.what for event in trace.events if event.what in ("failed", "terminated", "launched")][:3] == [
        *("failed", "terminated", "launched"),
    ]
    assert trace.fleet.in_service[-1] == 2


def test_a_day_of_a_group_costs_less_than_its_peak(scaling):
    day = hour(load=Diurnal(night_rps=5.0, day_rps=60.0, peak_hour=12.0), horizon_s=86_400.0)
    trace = simulate(scaling, day)
    assert trace.failed_total < 0.001 * trace.offered.sum()
    assert trace.fleet.in_service.max() >= 4
    assert trace.fleet.instance_hours < 0.8 * 24 * trace.fleet.in_service.max()
    assert trace.fleet.in_service[-1] < trace.fleet.in_service.max()


# --- an edge in front ---------------------------------------------------------------------------------------------


def test_an_edge_answers_the_files(site):
    built = corporate_site()
    visiting = hour(entry="www.example.jp", application=working(static_share=0.8))
    trace = simulate(built, visiting, keep="requests")
    assert failed(trace) == {}
    assert trace.edge.node == "cdn" and trace.edge.hit_ratio > 0.3
    assert sum(trace.fleet.served_by_target.values()) < 0.7 * trace.offered.sum()
    assert len(trace.requests.arrival_s) == trace.offered.sum()
    direct = simulate(built, replace(visiting, entry="alb"))
    assert np.nanmean(direct.fleet.cpu_utilization) > np.nanmean(trace.fleet.cpu_utilization)
    assert np.array_equal(direct.offered, trace.offered)


# --- the law ------------------------------------------------------------------------------------------------------


TIMES = st.floats(0.0, 900.0), st.floats(1.0, 500.0)
FAULTS = st.one_of(
    st.builds(InstanceLoss, node=st.sampled_from(["web-1", "web-2"]), starts_s=TIMES[0], lasts_s=TIMES[1]),
    st.builds(AzOutage, az=st.sampled_from([ZONE_A, ZONE_C]), starts_s=TIMES[0], lasts_s=TIMES[1]),
    st.builds(RegionOutage, region=st.just("ap-northeast-1"), starts_s=TIMES[0], lasts_s=TIMES[1]),
    st.builds(DatabaseLoss, node=st.just("db"), starts_s=TIMES[0], lasts_s=TIMES[1]),
    st.builds(SlowDatabase, node=st.just("db"), starts_s=TIMES[0], lasts_s=TIMES[1], factor=st.floats(0.5, 50.0)),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    faults=st.lists(FAULTS, max_size=5),
    retries=st.sampled_from([None, Retries(times=2, after_s=0.5), Retries(times=4, growth=2.0, jitter=True)]),
    algorithm=st.sampled_from(["round_robin", "least_outstanding_requests", "weighted_random"]),
    db_time_s=st.sampled_from([0.0, 0.03]),
    deep=st.booleans(),
    sticky=st.booleans(),
)
def test_nothing_is_lost_whatever_breaks(site, faults, retries, algorithm, db_time_s, deep, sticky):
    built = what_if(site, "web-targets", algorithm=algorithm, sticky=sticky, sticky_s=60)
    does = working(db_time_s=db_time_s, health_check_deep=deep, session_requests=5.0, client_timeout_s=6.0, backlog=20)
    trace = simulate(
        built,
        hour(load=Steady(rate_rps=12.0), horizon_s=900.0, application=does, faults=tuple(faults), retries=retries),
    )
    check_conservation(trace)
    assert trace.offered.sum() == pytest.approx(12 * 900, rel=0.05)
    assert np.all(trace.wasted_s <= trace.busy_s + 1e-6) and np.all(trace.wasted_s > -1e-6)
    assert np.all(trace.busy_s <= 4 * 60 + 1e-6) and np.all(trace.busy_s > -1e-6)
    assert np.all(trace.database.utilization > -1e-9) and np.all(trace.database.utilization < 1 + 1e-9)
    assert sum(trace.fleet.served_by_target.values()) >= trace.served.sum()
    assert trace.fleet.instance_hours == pytest.approx(0.5)
