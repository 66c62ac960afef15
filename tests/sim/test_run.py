"""A whole run: what is counted, what is conserved, and that each attribute that was read back moves it."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from aws14 import catalog
from aws14.errors import DataError, DesignError, ScenarioError
from aws14.model import Application, Replay, Scenario, Spike, Steady
from aws14.model.trace import FAILURE_REASONS
from aws14.sim import round_trip_s, simulate, what_if
from aws14.sim.streams import exponentials, normals, stream

NAME = "www.example.co.jp"


def application(scenario, **changes):
    return replace(scenario, application=replace(scenario.application, **changes))


def one_by_one(site, *, seconds, service_s, horizon_s=600.0, users=None, distribution="deterministic", **knobs):
    """A run so light that most requests meet nobody, and the rest can be worked out from the arrivals."""
    scenario = Scenario(
        name="by hand",
        load=Steady(rate_rps=1 / seconds),
        application=Application(service_time_s=service_s, service_distribution=distribution, **knobs),
        entry=NAME,
        users=users or {"Tokyo": 1.0},
        horizon_s=horizon_s,
    )
    return simulate(site, scenario, keep="requests")


# --- what a client sees -------------------------------------------------------------------------------------------


def test_response_time_is_set_up_wait_service_and_transfer(site):
    trace = one_by_one(site, seconds=5, service_s=0.25, request_kib=1.0, response_kib=100.0, user_mbps=8.192)
    round_trip = round_trip_s("Tokyo", "ap-northeast-1")
    look_up = catalog.network_model().access_delay_ms / 1000
    expected_s = look_up + 2 * round_trip + 0.001 + 0.25 + 0.1  # name, TCP and request, 1 KiB, service, 100 KiB
    alone = trace.requests.wait_s == 0
    assert alone.sum() > 50
    np.testing.assert_allclose(trace.requests.response_time_s[alone], expected_s, rtol=1e-9)


def test_users_of_each_city_wait_for_their_own_way(site):
    trace = one_by_one(site, seconds=2, service_s=0.1, horizon_s=7200.0, users={"Tokyo": 0.7, "Singapore": 0.3})
    response_s = trace.requests.response_time_s[(trace.requests.wait_s == 0) & (trace.requests.outcome == 0)]
    here, there = (round_trip_s(city, "ap-northeast-1") for city in ("Tokyo", "Singapore"))
    ways, counts = np.unique(np.round(response_s, 9), return_counts=True)
    assert len(ways) == 2
    assert ways[1] - ways[0] == pytest.approx(2 * (there - here))
    assert abs(counts[1] / counts.sum() - 0.3) < 4 * math.sqrt(0.3 * 0.7 / counts.sum())
    near = np.flatnonzero(response_s < ways[1] - 1e-6)
    assert np.any(np.diff(near) > 1)  # the two are mixed in time


@pytest.mark.parametrize(
    ("distribution", "draw"),
    [
        ("exponential", exponentials),
        ("lognormal", lambda random, size: np.exp(normals(random, size) * math.sqrt(math.log(5)) - math.log(5) / 2)),
    ],
)
def test_the_service_time_of_request_i_is_draw_i_of_its_stream(site, distribution, draw):
    trace = one_by_one(site, seconds=1, service_s=0.1, distribution=distribution, service_cv=2.0)
    alone = (trace.requests.wait_s == 0) & (trace.requests.outcome == 0)
    service_s = 0.1 * draw(stream(14, "service"), len(alone))
    assert alone.sum() > 300
    assert np.ptp((trace.requests.response_time_s - service_s)[alone]) < 1e-9


def test_nodes_region_and_names_are_those_of_the_run(site, hour):
    trace = simulate(site, hour)
    assert trace.nodes == ("internet", NAME, "igw", "web")
    assert (trace.region, trace.pattern, trace.scenario) == ("ap-northeast-1", "site", "hour")
    assert (trace.tick_s, trace.ticks, trace.seed, trace.replication) == (60.0, 60, 14, 0)


def test_workers_are_vcpus_times_processes_times_instances(site, hour):
    two = replace(site.node("web"), count=3)
    fleet = replace(site, nodes=tuple(two if node.id == "web" else node for node in site.nodes))
    trace = simulate(fleet, application(hour, workers_per_vcpu=4))
    assert set(trace.workers) == {catalog.instance_type("t3.small").vcpu * 4 * 3}


def test_requests_are_kept_in_the_order_in_which_clients_sent_them(site, hour):
    trace = simulate(site, hour, keep="requests")
    assert np.all(np.diff(trace.requests.arrival_s) >= 0)
    minutes = np.bincount((trace.requests.arrival_s / 60).astype(int), minlength=60)
    assert np.array_equal(minutes, trace.offered)
    assert simulate(site, hour).requests is None


# --- the accounts -------------------------------------------------------------------------------------------------

OVERLOADS = {
    "backlog": {"backlog": 5},
    "connections": {"max_connections": 12, "backlog": 5_000},
    "patience": {"client_timeout_s": 0.4, "backlog": 5_000},
}


@pytest.mark.parametrize("knobs", OVERLOADS.values(), ids=OVERLOADS)
@pytest.mark.parametrize("replication", [0, 1])
def test_everything_adds_up_from_the_single_requests(site, hour, knobs, replication):
    scenario = replace(application(hour, **knobs), load=Steady(rate_rps=60.0), horizon_s=330.0, replication=replication)
    trace = simulate(site, scenario, keep="requests")
    requests = trace.requests
    minute = (requests.arrival_s / 60).astype(int)
    assert np.array_equal(trace.offered, trace.served + sum(trace.failed.values()) + trace.in_flight)
    for outcome, counts in [(-1, trace.in_flight), (0, trace.served), *enumerate(trace.failed.values(), 1)]:
        assert np.array_equal(np.bincount(minute[requests.outcome == outcome], minlength=6), counts)
    answered = requests.outcome == 0
    sums = np.bincount(minute[answered], requests.response_time_s[answered], minlength=6)
    np.testing.assert_allclose(trace.response_time_sum_s, sums, rtol=1e-12)
    for quantile in (0.5, 0.99):
        exact_s = np.quantile(requests.response_time_s[answered], quantile)
        assert trace.response_time_s(quantile) == pytest.approx(exact_s, rel=1 / 32)
    assert np.all(np.isnan(requests.response_time_s) == (requests.outcome == -1))
    assert trace.tick_length_s.tolist() == [60, 60, 60, 60, 60, 30]


def test_each_narrow_place_gives_its_own_reason(site, hour):
    reasons = {}
    for name, knobs in OVERLOADS.items():
        trace = simulate(site, replace(application(hour, **knobs), load=Steady(rate_rps=60.0), horizon_s=330.0))
        reasons[name] = {reason for reason, counts in trace.failed.items() if counts.sum() > 0}
        assert set(trace.failed) <= set(FAILURE_REASONS)
    assert reasons == {"backlog": {"backlog_full"}, "connections": {"connection_limit"}, "patience": {"timed_out"}}


def test_work_is_the_sum_of_the_services_and_lies_in_the_right_minutes(site):
    """One worker-second of service each; the busy seconds per minute are the overlap, worked out one by one."""
    trace = one_by_one(site, seconds=1, service_s=1.5, horizon_s=590.0, client_timeout_s=2.5)
    requests = trace.requests
    reach_s = round_trip_s("Tokyo", "ap-northeast-1") * 1.5 + 0.01 + 8192 / 50e6
    start_s = requests.arrival_s + reach_s + requests.wait_s
    start_s, leave_s = start_s[start_s < 590], (requests.arrival_s + 2.5)[start_s < 590]
    end_s = np.minimum(start_s + 1.5, 590)
    edges = np.arange(0, 601, 60)
    busy = [np.sum(np.clip(np.minimum(end_s, b) - np.maximum(start_s, a), 0, None)) for a, b in pairwise(edges)]
    wasted_from_s = np.maximum(start_s, leave_s)
    wasted = [np.sum(np.clip(np.minimum(end_s, b) - np.maximum(wasted_from_s, a), 0, None)) for a, b in pairwise(edges)]
    np.testing.assert_allclose(trace.busy_s, busy, rtol=1e-9)
    np.testing.assert_allclose(trace.wasted_s, wasted, rtol=1e-9, atol=1e-9)
    assert trace.wasted_s.sum() > 1
    assert np.all(trace.utilization <= 1 + 1e-12)


def test_utilization_is_offered_load_over_workers(site, hour):
    """a/c = 40/s x 0.04 s / 2 = 0.8, for a lognormal service time with cv 1 over an hour."""
    trace = simulate(site, application(hour, backlog=100_000, client_timeout_s=1e6))
    utilization = trace.busy_s.sum() / (2 * 3600)
    assert abs(utilization - 0.8) < 4 * 0.8 * math.sqrt(2 / (40 * 3600))


def test_littles_law_on_a_trace(site, hour):
    """Requests with clients, on average over the run = answered per second x mean response time, counted twice over."""
    trace = simulate(site, hour, keep="requests")
    requests = trace.requests
    here = requests.outcome >= 0
    end_s = (requests.arrival_s + requests.response_time_s)[here]
    moments = np.concatenate((requests.arrival_s[here], end_s))
    order = np.argsort(moments, kind="stable")
    present = np.cumsum(np.repeat([1, -1], here.sum())[order])[:-1]
    area = present @ np.diff(moments[order])
    failed_s = np.sum(requests.response_time_s[requests.outcome > 0])
    assert area == pytest.approx(trace.response_time_sum_s.sum() + failed_s, rel=1e-9)


def test_bytes_are_those_of_accepted_requests_and_of_answers_to_clients_still_there(site, hour):
    trace = simulate(site, replace(application(hour, request_kib=2.0, response_kib=10.0), load=Steady(rate_rps=20.0)))
    assert trace.failed_total == 0
    accepted = trace.offered.sum() - trace.in_flight.sum()
    assert trace.bytes_in.sum() == pytest.approx(accepted * 2048, abs=20 * 2048)
    assert np.array_equal(trace.bytes_out[:-1], trace.served[:-1] * 10_240)
    late = simulate(site, application(replace(hour, load=Steady(rate_rps=80.0)), backlog=5_000))
    assert late.bytes_out.sum() < late.bytes_in.sum() * 100 * 0.6  # most of the work went to clients who had left


def test_what_is_undecided_at_the_horizon_is_in_flight(site, hour):
    trace = simulate(
        site, replace(application(hour, client_timeout_s=1e4), load=Steady(rate_rps=80.0), horizon_s=300.0)
    )
    # 80/s offered, 50/s possible: about 30/s x 300 s are still waiting, less the refused
    assert trace.in_flight.sum() == pytest.approx(60 + 2, abs=20)
    assert trace.in_flight[:-1].sum() == 0


# --- one seed, the same requests ----------------------------------------------------------------------------------


def test_two_runs_are_equal_and_two_seeds_are_not(site, hour):
    first, again = simulate(site, hour), simulate(site, hour)
    assert np.array_equal(first.histogram, again.histogram) and np.array_equal(first.busy_s, again.busy_s)
    for other in (replace(hour, seed=15), replace(hour, replication=1)):
        assert not np.array_equal(simulate(site, other).offered, first.offered)


def test_two_instance_types_see_the_same_requests(site, hour):
    small = simulate(site, hour, keep="requests")
    large = simulate(what_if(site, "web", instance_type="t3.2xlarge"), hour, keep="requests")
    assert np.array_equal(small.requests.arrival_s, large.requests.arrival_s)
    both = (small.requests.outcome == 0) & (large.requests.outcome == 0)
    assert np.all(large.requests.response_time_s[both] <= small.requests.response_time_s[both] + 1e-9)


def test_other_users_leave_arrivals_and_services_as_they_were(site, hour):
    home = simulate(site, hour, keep="requests")
    away = simulate(site, replace(hour, users={"London": 1.0}), keep="requests")
    assert np.array_equal(home.requests.arrival_s, away.requests.arrival_s)
    assert away.response_time_s(0.5) > home.response_time_s(0.5) + 0.3


# --- every attribute that is read back moves the trace ------------------------------------------------------------


def test_a_bigger_instance_type_answers_sooner_and_is_less_busy(site, hour):
    small, big = simulate(site, hour), simulate(what_if(site, "web", instance_type="t3.xlarge"), hour)
    assert big.response_time_s(0.95) < small.response_time_s(0.95)
    assert np.nanmean(big.utilization) == pytest.approx(np.nanmean(small.utilization) / 2, rel=0.01)


def test_a_narrow_network_baseline_slows_every_answer(site, hour):
    patient = application(hour, user_mbps=1000.0, response_kib=500.0, client_timeout_s=60.0)
    nano = simulate(what_if(site, "web", instance_type="t3.nano"), patient)
    small = simulate(site, patient)
    extra_s = 500 * 8192 * (1 / 0.032e9 - 1 / 0.128e9)
    assert (
        nano.response_time_sum_s.sum() / nano.served.sum() - small.response_time_sum_s.sum() / small.served.sum()
        == (pytest.approx(extra_s, rel=0.01))
    )


REASON_OF_CHANGE = {
    "stopped": (lambda site, _: what_if(site, "web", state="stopped"), "instance_not_running"),
    "another address": (lambda site, _: what_if(site, "web", public_ipv4="203.0.113.77"), "no_such_address"),
    "another record": (lambda site, _: what_if(site, NAME, values=("203.0.113.77",)), "no_such_address"),
    "no route": (lambda site, without: without(site, "public-a", "igw"), "no_route"),
    "no rule": (lambda site, without: without(site, "internet", "web"), "blocked"),
    "private zone": (lambda site, _: what_if(site, "example.co.jp", private=True), "name_not_found"),
}


@pytest.mark.parametrize("change", REASON_OF_CHANGE)
def test_a_broken_way_fails_every_request_with_its_reason(site, hour, without, change):
    breaks, reason = REASON_OF_CHANGE[change]
    assert simulate(site, hour).failure_ratio < 0.2
    trace = simulate(breaks(site, without), hour, keep="requests")
    assert list(trace.failed) == [reason]
    assert trace.served.sum() == 0 and trace.failed[reason].sum() + trace.in_flight.sum() == trace.offered.sum()
    # each client waits for its time-out of 2 s, so only those of the last 2 s are undecided
    assert trace.in_flight.sum() == np.sum(trace.requests.arrival_s > 3598)
    assert np.nanmax(trace.requests.response_time_s) == np.nanmin(trace.requests.response_time_s) == 2.0
    assert trace.busy_s.sum() == trace.bytes_out.sum() == trace.histogram.sum() == 0
    assert trace.region == "ap-northeast-1"


def test_another_region_is_farther_from_the_users(site, hour):
    nodes = tuple(
        replace(
            node,
            id="us-east-1" if node.id == "ap-northeast-1" else node.id,
            parent="us-east-1" if node.parent == "ap-northeast-1" else node.parent,
        )
        for node in site.nodes
    )
    far = simulate(replace(site, nodes=nodes), hour)
    assert far.region == "us-east-1"
    assert far.response_time_s(0.5) > simulate(site, hour).response_time_s(0.5) + 0.2


# --- refusals -----------------------------------------------------------------------------------------------------


def test_a_drawing_is_refused(site, hour):
    with pytest.raises(ScenarioError, match="experiments run on what was read back"):
        simulate(replace(site, origin="drawn"), hour)


def test_an_unknown_instance_type_or_city_is_refused_by_name(site, hour):
    with pytest.raises(DataError, match="t99"):
        simulate(what_if(site, "web", instance_type="t99.mega"), hour)
    with pytest.raises(DataError, match="Atlantis"):
        simulate(site, replace(hour, users={"Atlantis": 1.0}))


def test_an_instance_type_that_was_not_read_back_is_an_error(site, hour):
    web = site.node("web")
    less = replace(web, attributes={name: value for name, value in web.attributes.items() if name != "instance_type"})
    with pytest.raises(DesignError, match="does not say its instance_type"):
        simulate(replace(site, nodes=tuple(less if node.id == "web" else node for node in site.nodes)), hour)


def test_another_word_for_keep_is_refused(site, hour):
    with pytest.raises(ScenarioError, match="'minutes' or 'requests'"):
        simulate(site, hour, keep="everything")


def test_a_run_without_requests_is_a_trace_too(site, hour):
    trace = simulate(site, replace(hour, load=Replay(requests_per_minute=(), source="silence")))
    assert trace.offered.sum() == 0 and trace.failure_ratio == 0 and math.isnan(trace.response_time_s(0.5))


def test_a_spike_shows_in_its_minutes_only(site, hour):
    trace = simulate(site, replace(hour, load=Spike(peak_rps=100.0, at_s=600.0, half_life_s=60.0)))
    assert trace.offered[:10].sum() == 0
    assert trace.offered.argmax() in (11, 12)
    assert trace.failed_total > 0 and trace.failure_ratio < 1
