"""A run to a function: what is counted and conserved, and that each attribute that was read back moves it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14 import catalog
from aws14.errors import DesignError, ScenarioError
from aws14.model import AzOutage, InstanceLoss, SlowDatabase, Spike
from aws14.model.trace import FAILURE_REASONS
from aws14.sim import resolve, round_trip_s, simulate
from aws14.sim.changes import without
from aws14.sim.connections import max_connections
from aws14.sim.functions import FUNCTION_REASONS
from tests.sim.members_site import REGION, calls, changed, members


def failed(trace, reason):
    return int(trace.failed[reason].sum())


def test_the_way_is_that_of_the_drawing_and_every_reason_has_words():
    trace = simulate(members(), calls())
    assert trace.nodes == ("internet", "members-api", "members")[: len(trace.nodes)] or "members" in trace.nodes
    assert trace.region == REGION
    assert set(FUNCTION_REASONS) <= set(FAILURE_REASONS)
    assert trace.served.sum() + trace.in_flight.sum() == trace.offered.sum()


def test_a_warm_call_takes_the_way_the_api_lambda_and_the_work():
    topology = members()
    trace = simulate(topology, calls(service_distribution="deterministic", rate_rps=2.0), keep="requests")
    line_s = catalog.network_model().access_delay_ms / 1000
    known = catalog.durations()
    around_s = sum(
        known[name].typical_s
        for name in ("Lambda invocation around the function", "API Gateway REST API around its integration")
    )
    bits_s = (1.0 + 8.0) * 8 * 1024 / 50e6
    expected_s = line_s + 3 * round_trip_s("Tokyo", REGION) + bits_s + around_s + 0.1
    warm = trace.requests.wait_s == 0
    assert warm.sum() > 500
    np.testing.assert_allclose(trace.requests.response_time_s[warm], expected_s, rtol=1e-9)
    cold = trace.requests.wait_s > 0
    assert cold.sum() == trace.functions.cold_starts.sum() > 0
    more_s = trace.requests.response_time_s[cold] - trace.requests.wait_s[cold]
    np.testing.assert_allclose(more_s, expected_s, rtol=1e-9)


def test_without_leave_or_function_the_api_answers_500_at_once():
    topology = members()
    forbidden = replace(topology, links=tuple(link for link in topology.links if link.kind != "allows"))
    for stopped, says in ((forbidden, "does not allow"), (without(topology, "members"), "that is there")):
        way = resolve(stopped, "members-api/prod", 443)
        assert way.reason == "api_error"
        assert says in way.detail
        trace = simulate(stopped, calls(entry="members-cdn", client_timeout_s=30.0), keep="requests")
        assert failed(trace, "api_error") == trace.failed_total > 0
        assert trace.requests.response_time_s[trace.requests.outcome > 0].max() < 1.0


def test_without_the_bucket_pages_are_missing_at_once():
    trace = simulate(without(members(), "members-site"), calls(entry="members-cdn", static_share=0.5), keep="requests")
    assert failed(trace, "origin_gone") == trace.failed_total > 0
    assert trace.functions.invocations.sum() > 0
    assert trace.requests.response_time_s[trace.requests.outcome > 0].max() < 1.0


def test_memory_buys_speed_up_to_one_vcpu():
    def seconds(memory_mib):
        trace = simulate(changed(members(), "members", memory_mib=memory_mib), calls(rate_rps=5.0))
        return float(trace.functions.billed_s.sum() - trace.functions.init_sum_s.sum())

    assert seconds(1769 // 4) / seconds(1769) == pytest.approx(4, rel=0.03)
    assert seconds(3538) == pytest.approx(seconds(1769), rel=1e-3)


def test_memory_does_not_speed_up_the_database():
    topology = changed(members(), "members", memory_mib=177)
    one, other = (simulate(topology, calls(rate_rps=5.0, service_time_s=0.001, db_time_s=db_s)) for db_s in (0.1, 0.2))
    assert other.busy_s.sum() / one.busy_s.sum() == pytest.approx(1.9, abs=0.15)


def test_a_time_out_of_the_function_ends_what_lasts_longer():
    short = simulate(changed(members(), "members", timeout_s=0.1), calls())
    share = failed(short, "function_timeout") / short.offered.sum()
    assert share == pytest.approx(np.exp(-1), abs=4 * np.sqrt(0.24 / short.offered.sum()))
    assert failed(simulate(members(), calls()), "function_timeout") == 0
    assert short.functions.cold_starts.sum() > 1_000  # each time-out costs an environment


def test_the_api_waits_29_seconds_and_the_function_goes_on():
    heavy = calls(rate_rps=0.5, service_time_s=35.0, service_distribution="deterministic", horizon_s=1200.0)
    topology = changed(members(), "members", timeout_s=900)
    trace = simulate(topology, heavy)
    assert failed(trace, "gateway_timeout") > 0.9 * trace.offered.sum()
    assert trace.served.sum() == 0
    assert trace.functions.billed_s.sum() >= 35.0 * failed(trace, "gateway_timeout")
    patient = simulate(changed(topology, "members-api", timeout_s=60.0), heavy)
    assert patient.served.sum() > 0.9 * patient.offered.sum()
    by_url = simulate(topology, replace(heavy, entry="members"))
    assert by_url.served.sum() > 0.9 * by_url.offered.sum()


def test_a_stage_throttles_by_its_rate_and_burst():
    prod, stg = (simulate(members(), calls(entry=f"members-api/{stage}")) for stage in ("prod", "stg"))
    assert failed(prod, "api_throttled") == 0
    let_in = int(stg.offered.sum()) - failed(stg, "api_throttled")
    assert let_in == pytest.approx(10 + 5 * 600, abs=15)
    wider = changed(members(), "members-api", stages=("prod", "stg rate=8 burst=10"))
    assert failed(simulate(wider, calls(entry="members-api/stg")), "api_throttled") < failed(stg, "api_throttled")


def test_reserved_concurrency_loses_what_erlang_b_says():
    """No place to wait: the share refused is B(10, 8), whatever the distribution of the service time."""
    topology = changed(members(), "members", reserved_concurrency=10)
    erlang = 1.0
    for servers in range(1, 11):
        erlang = 8 * erlang / (servers + 8 * erlang)
    for distribution in ("exponential", "deterministic"):
        shares = []
        for replication in range(20):
            scenario = calls(rate_rps=80.0, horizon_s=600.0, service_distribution=distribution)
            trace = simulate(topology, replace(scenario, replication=replication))
            ran = trace.functions.throttled[2:-1].sum() / (
                trace.functions.throttled[2:-1].sum() + trace.functions.invocations[2:-1].sum()
            )
            shares.append(ran)
        z = (np.mean(shares) - erlang) / (np.std(shares, ddof=1) / np.sqrt(len(shares)))
        assert abs(z) < 4, (distribution, np.mean(shares), erlang)
        assert np.mean(shares) == pytest.approx(erlang, rel=0.03)


def test_what_others_reserve_is_taken_from_the_account():
    burst = Spike(peak_rps=400.0, at_s=60.0, rise_s=1.0, hold_s=60.0, half_life_s=10.0)
    scenario = calls(load=burst, horizon_s=300.0, service_time_s=1.0)
    alone, shared = (simulate(members(reserved_elsewhere=n), scenario) for n in (None, 800))
    assert (alone.functions.limit, shared.functions.limit) == (1000, 200)
    assert failed(alone, "function_throttled") == 0 < failed(shared, "function_throttled")
    assert shared.functions.concurrency.max() == 200


def test_new_environments_come_a_thousand_at_once_then_a_hundred_a_second():
    topology = changed(members(), "members", reserved_concurrency=5000)
    burst = Spike(peak_rps=1500.0, at_s=1.0, rise_s=0.5, hold_s=10.0, half_life_s=0.1)
    slow = calls(load=burst, horizon_s=120.0, service_time_s=30.0, service_distribution="deterministic")
    trace = simulate(changed(topology, "members", timeout_s=900), slow)
    assert failed(trace, "function_throttled") > 0
    assert 1900 < trace.functions.environments.max() < 2250


def test_provisioned_environments_have_no_cold_start_and_the_rest_spills_over():
    scenario = calls(rate_rps=40.0, horizon_s=1200.0)
    bare = simulate(members(), scenario)
    ready = simulate(changed(members(), "members", provisioned=("live 3",)), scenario)
    enough = simulate(changed(members(), "members", provisioned=("live 40",)), scenario)
    assert bare.functions.cold_starts.sum() > ready.functions.cold_starts.sum() > 0
    assert enough.functions.cold_starts.sum() == 0
    assert enough.functions.environments.min() == 40 and enough.functions.billed_gb_s == 0
    assert 0 < ready.functions.provisioned_billed_s.sum() < ready.functions.billed_s.sum()


def test_a_larger_package_and_more_imports_start_later():
    def start_s(topology, **knobs):
        record = simulate(topology, calls(**knobs)).functions
        return record.init_sum_s.sum() / record.cold_starts.sum()

    base = start_s(members())
    large = start_s(changed(members(), "members", package_bytes=52_000_000))
    assert large - base == pytest.approx(50 * 0.046, rel=0.01)
    assert start_s(members(), init_s=1.5) - base == pytest.approx(1.5, rel=0.01)


# --- the database -------------------------------------------------------------------------------------------------


STORM = Spike(peak_rps=300.0, at_s=60.0, rise_s=2.0, hold_s=30.0, half_life_s=10.0)


def storm(topology, **knobs):
    profile = {"service_time_s": 0.5, "db_time_s": 0.002, "db_connections": 1}
    return simulate(topology, calls(load=STORM, horizon_s=240.0, **profile | knobs))


def test_a_storm_takes_more_connections_than_the_class_allows():
    allowed = max_connections("mysql", "db.t3.micro")
    trace = storm(members(database=True))
    assert trace.functions.concurrency.max() > allowed
    assert failed(trace, "db_connections") > 0
    assert trace.functions.environments.max() <= allowed
    larger = storm(changed(members(database=True), "members-db", instance_class="db.t3.large"))
    assert failed(larger, "db_connections") == 0
    assert failed(storm(members(database=True), db_connections=0), "db_connections") == 0
    assert failed(storm(members(database=True), db_connections=2), "db_connections") > failed(trace, "db_connections")


def test_a_proxy_takes_the_storm():
    trace = storm(members(database=True, proxy=True))
    assert failed(trace, "db_connections") == 0
    assert trace.functions.environments.max() > max_connections("mysql", "db.t3.micro")
    assert trace.served.sum() > 0.99 * trace.offered.sum() - trace.in_flight.sum()
    assert trace.database.node == "members-db"
    assert trace.database.queries.sum() == trace.functions.invocations.sum()


def test_a_proxy_that_may_take_one_connection_makes_requests_wait():
    wide = members(database=True, proxy=True)
    narrow = changed(wide, "members-proxy", max_connections_percent=1)
    one, other = (
        simulate(topology, calls(rate_rps=40.0, service_time_s=0.001, db_time_s=0.022)) for topology in (wide, narrow)
    )
    assert other.response_time_s(0.95) > one.response_time_s(0.95) + 0.05


def test_a_slow_database_fills_the_environments():
    slow = SlowDatabase(node="members-db", starts_s=100.0, lasts_s=200.0, factor=20.0)
    scenario = calls(rate_rps=40.0, service_time_s=0.01, db_time_s=0.01)
    well = simulate(members(database=True), scenario)
    ill = simulate(members(database=True), replace(scenario, faults=(slow,)))
    assert ill.functions.concurrency.max() > 3 * well.functions.concurrency.max()


# --- the way in ---------------------------------------------------------------------------------------------------


def test_a_lost_zone_takes_nothing_and_other_faults_are_refused():
    scenario = calls()
    zone = replace(scenario, faults=(AzOutage(az="ap-northeast-1a", starts_s=10.0, lasts_s=60.0),))
    assert simulate(members(), zone).served.sum() == simulate(members(), scenario).served.sum()
    with pytest.raises(ScenarioError, match="InstanceLoss"):
        simulate(members(), replace(scenario, faults=(InstanceLoss(node="members", starts_s=1.0),)))


def test_stages_and_names_and_ports():
    several = changed(members(), "members-api", stages=("dev", "stg"))
    with pytest.raises(ScenarioError, match="members-api/dev, members-api/stg"):
        simulate(several, calls())
    with pytest.raises(ScenarioError, match="'nope'"):
        simulate(members(), calls(entry="members-api/nope"))
    by_host = simulate(members(), calls(entry="https://a1b2c3.execute-api.ap-northeast-1.amazonaws.com/stg"))
    assert failed(by_host, "api_throttled") > 0
    plain = simulate(members(), calls(port=80))
    assert plain.failed["refused"].sum() > 0 and plain.served.sum() == 0
    no_url = simulate(changed(members(), "members", url=""), calls(entry="members"))
    assert no_url.failed["no_such_address"].sum() > 0
    url = simulate(members(), calls(entry="abc123.lambda-url.ap-northeast-1.on.aws"))
    assert url.served.sum() > 0
    pending = simulate(changed(members(), "members", state="Pending"), calls())
    assert pending.failed["bad_gateway"].sum() > 0


@pytest.mark.parametrize(
    ("node_id", "name"),
    [
        *(("members", name) for name in ("memory_mib", "timeout_s", "package_bytes", "reserved_concurrency")),
        *(("members", name) for name in ("provisioned", "state")),
        *(("members-api", name) for name in ("stages", "timeout_s", "protocol")),
        *(("members-db", name) for name in ("instance_class", "engine")),
    ],
)
def test_what_decides_and_was_not_read_back_is_missed(node_id, name):
    topology = members(database=True)
    nodes = tuple(
        replace(each, attributes={k: v for k, v in each.attributes.items() if k != name})
        if each.id == node_id
        else each
        for each in topology.nodes
    )
    with pytest.raises(DesignError, match=name):
        simulate(replace(topology, nodes=nodes), calls(db_time_s=0.001))


def test_the_edge_answers_files_and_passes_calls_on():
    scenario = calls(entry="members-cdn", static_share=0.7, rate_rps=50.0)
    trace = simulate(members(), scenario)
    asked = trace.edge.requests_by_origin
    assert asked["members-api"] == pytest.approx(0.3 * trace.offered.sum(), rel=0.03)
    assert trace.functions.invocations.sum() == asked["members-api"]
    assert 0 < asked["members-site"] < 0.3 * trace.offered.sum()
    assert trace.served.sum() > 0.99 * trace.offered.sum()
    static_less = simulate(members(), replace(scenario, application=replace(scenario.application, static_share=0.9)))
    assert static_less.functions.invocations.sum() < 0.5 * trace.functions.invocations.sum()


def test_the_same_seed_gives_the_same_run_and_each_request_adds_up():
    one, other = (simulate(members(), calls(), keep="requests") for _ in range(2))
    assert one.histogram.tobytes() == other.histogram.tobytes()
    outcome = one.requests.outcome
    assert (outcome == 0).sum() == one.served.sum()
    assert one.requests.response_time_s[outcome == 0].sum() == pytest.approx(one.response_time_sum_s.sum())
