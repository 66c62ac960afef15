"""A run to shared files: what is counted and conserved, when credits are gone, and what a lost zone takes along."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14 import catalog, charts, cost
from aws14.errors import DesignError, ScenarioError
from aws14.model import AzOutage, Diurnal, InstanceLoss, Ramp, RegionOutage, SlowDatabase, Spike
from aws14.model.trace import FAILURE_REASONS
from aws14.patterns.p06_day import PEAK_MIBPS, USUAL_MIBPS, orders, scenario
from aws14.sim import ToFiles, Unreachable, resolve, simulate, what_if
from aws14.sim.files.losses import zone_lost_min
from aws14.sim.files.operations import operations
from tests.sim.files.shared_site import REGION, A, C, shared, with_doors, work

HOUR_S, DAY_S = 3600.0, 86_400.0
OUTAGE = AzOutage(az=A, starts_s=600.0, lasts_s=900.0)


def failed(trace, reason):
    return int(trace.failed[reason].sum()) if reason in trace.failed else 0


def by_tick(trace):
    return sum(trace.failed.values(), np.zeros(trace.ticks, np.int64))


# --- counting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "load",
    [Ramp(from_rps=0.0, to_rps=90.0, starts_s=100.0, ends_s=2000.0), Spike(peak_rps=300.0, at_s=333.0),
     Diurnal(night_rps=1.0, day_rps=20.0)],
)  # fmt: skip
@pytest.mark.parametrize("entry", ["shared", "share"])
def test_no_operation_is_lost_or_counted_twice(load, entry):
    faults = (OUTAGE, InstanceLoss(node="orders-c", starts_s=30.0, lasts_s=45.0))
    trace = simulate(shared(), work(load=load, entry=entry, faults=faults, horizon_s=2345.0), keep="requests")
    assert (trace.served + by_tick(trace) + trace.in_flight == trace.offered).all()
    each = trace.requests
    assert len(each.outcome) == trace.offered.sum()
    assert (each.outcome == 0).sum() == trace.served.sum()
    assert (each.outcome == -1).sum() == trace.in_flight.sum()
    for number, count in enumerate(trace.failed.values(), start=1):
        assert (each.outcome == number).sum() == count.sum()
    assert np.nansum(each.response_time_s[each.outcome == 0]) == pytest.approx(trace.response_time_sum_s.sum())
    ticks = np.bincount((each.arrival_s // 60).astype(int), minlength=trace.ticks)
    assert (ticks == trace.offered).all()


def test_as_many_come_as_the_load_says_with_the_spread_of_a_poisson_process():
    totals = [operations(work(mibps=2.0, horizon_s=600.0, replication=number), 3).count.sum() for number in range(400)]
    assert np.mean(totals) == pytest.approx(1200, abs=8)
    assert np.std(totals) == pytest.approx(1200**0.5, rel=0.1)


def test_a_load_that_rises_and_falls_is_counted_where_it_is():
    load = Ramp(from_rps=0.0, to_rps=1000.0, starts_s=0.0, ends_s=600.0)
    count = operations(work(load=load, horizon_s=600.0), 1).count[0]
    middle_s = np.arange(120) * 5.0 + 2.5
    np.testing.assert_allclose(count, middle_s / 600 * 1000 * 5, rtol=0.05, atol=60)


def test_two_designs_see_the_same_operations_even_when_nobody_gets_there():
    usual, shut = (simulate(each, work()) for each in (shared(), with_doors(shared(), (22,))))
    assert (usual.offered == shut.offered).all()


# --- speed --------------------------------------------------------------------------------------------------------


def test_credits_are_gone_at_the_minute_of_the_guides_figures():
    # 1 TiB: 50 MiB/s always; 2.1 TiB of credits; 90 MiB/s of writes spend 40 more than they earn.
    trace = simulate(shared(), work(mibps=90.0, horizon_s=DAY_S))
    gone = 2.1 * 1024 * 1024 / (90 - 50) / 60
    assert int(np.argmax(trace.files.credits_gib <= 0)) == pytest.approx(gone, abs=4)
    first = int(np.argmax(trace.failed["timed_out"] > 0))
    assert gone - 1 < first < gone + 4
    assert trace.files.served_mibps[first + 5 :] == pytest.approx(50.0)
    assert trace.served[first + 5 :].sum() == 0


def test_a_read_spends_a_third_of_the_credits():
    written, read = (simulate(shared(), work(mibps=90.0, read_share=share)) for share in (0.0, 1.0))
    spent = [2150.4 - each.files.credits_gib[-1] for each in (written, read)]
    assert spent[0] == pytest.approx((90 - 50) * 3600 / 1024, rel=0.02)
    assert spent[1] == 0
    assert read.files.read_mib.sum() == pytest.approx(read.offered.sum())
    assert read.files.written_mib.sum() == 0


def test_fewer_credits_at_the_start_are_gone_earlier():
    full, few = (simulate(shared(), work(mibps=90.0, credits_at_start=given)) for given in (None, 10.0))
    assert full.failed_total == 0 < failed(few, "timed_out")
    with pytest.raises(ScenarioError, match="credits"):
        simulate(shared(), work(credits_at_start=1e6))


def test_a_queue_that_grows_is_left_when_patience_ends():
    # 64 MiB/s are given, 80 are asked: after t seconds the last waits t (80 - 64) / 64, ten seconds after 40.
    trace = simulate(shared(), work(mibps=80.0, entry="share", horizon_s=600.0), keep="requests")
    assert trace.served.sum() / 80 == pytest.approx(40, abs=5)
    assert trace.files.wait_s[1] == pytest.approx(120 * 16 / 64, rel=0.1)
    arrival_s, wait_s = trace.requests.arrival_s, trace.requests.wait_s
    known = np.isfinite(wait_s)
    np.testing.assert_allclose(wait_s[known], arrival_s[known] * 16 / 64, rtol=0.1, atol=3)
    assert trace.wasted_s[3:].sum() == pytest.approx(trace.busy_s[3:].sum(), rel=0.01)
    assert trace.utilization[2:] == pytest.approx(1.0)


def test_an_operation_on_an_idle_file_system_takes_its_own_time_the_programs_and_the_lines():
    day = work(mibps=1.0)
    day = replace(day, application=replace(day.application, service_distribution="deterministic"))
    trace = simulate(shared(), day, keep="requests")
    line_s = 1024 * 8 * 1024 / (catalog.instance_type("m5.large").net_baseline_gbps * 1e9)
    expected = catalog.durations()["EFS operation on a file"].typical_s + 0.001 + line_s
    np.testing.assert_allclose(trace.requests.response_time_s[trace.requests.outcome == 0], expected)


@pytest.mark.parametrize("distribution", ["exponential", "lognormal"])
def test_the_programs_time_has_its_mean_and_its_tail(distribution):
    day = work(mibps=50.0)
    program = {"service_distribution": distribution, "service_time_s": 1.0, "client_timeout_s": 60.0}
    trace = simulate(shared(), replace(day, application=replace(day.application, **program)))
    mean_s = trace.response_time_sum_s.sum() / trace.served.sum()
    assert mean_s == pytest.approx(1.0, abs=0.03)
    assert trace.response_time_s(0.95) > 2.5


def test_four_days_of_a_month_end():
    days = scenario()
    elastic, bursting = (
        simulate(shared(throughput_mode=mode, standard_gib=512.0), days) for mode in ("elastic", "bursting")
    )
    assert elastic.failed_total == 0 < bursting.failed_total
    assert bursting.failed["timed_out"][: 2 * 1440].sum() == 0, "two days like any other"
    assert elastic.files.asked_mibps[12 * 60] == pytest.approx(USUAL_MIBPS, rel=0.1)
    assert elastic.files.asked_mibps[3 * 1440 :].mean() == pytest.approx(PEAK_MIBPS, rel=0.01)
    assert bursting.files.late_minutes > 24 * 60


# --- who gets there -----------------------------------------------------------------------------------------------


def test_the_way_names_who_passes_and_reasons_have_words():
    way = resolve(shared(), "shared", 2049)
    assert isinstance(way, ToFiles)
    assert way.nodes == ("orders-a", "orders-c", "shared-1a", "shared-1c", "shared")
    assert [each.server_zone for each in way.clients] == [A, C]
    assert {"no_mount_target", "zone_lost", "client_down"} <= set(FAILURE_REASONS)


def test_without_the_rule_all_operations_fail_as_blocked():
    shut = with_doors(shared(), (22,))
    way = resolve(shut, "shared", 2049)
    assert isinstance(way, Unreachable)
    assert way.reason == "blocked"
    trace = simulate(shut, work(mibps=20.0))
    assert trace.served.sum() == 0
    assert failed(trace, "blocked") == trace.failed_total > 0
    assert simulate(with_doors(shared(), (445,)), work(mibps=20.0, entry="share")).failed_total == 0


def gone(topology, *targets):
    nodes = tuple(each for each in topology.nodes if each.id not in targets)
    links = tuple(each for each in topology.links if each.target not in targets)
    return replace(topology, nodes=nodes, links=links)


def test_a_zone_without_mount_target_shuts_out_its_own_instances_only():
    trace = simulate(gone(shared(), "shared-1c"), work(mibps=20.0, horizon_s=HOUR_S))
    assert failed(trace, "no_mount_target") == trace.failed_total
    assert trace.failed_total == pytest.approx(trace.offered.sum() / 2, rel=0.01)
    everything = simulate(gone(shared(), "shared-1a", "shared-1c"), work(mibps=20.0))
    assert everything.served.sum() == 0
    assert failed(everything, "no_mount_target") > 0


def test_clients_may_be_one_instance():
    trace = simulate(gone(shared(), "shared-1c"), work(mibps=20.0, source="orders-a"))
    assert trace.failed_total == 0
    assert simulate(gone(shared(), "shared-1c"), work(mibps=20.0, source="orders-c")).served.sum() == 0


def test_a_stopped_instance_and_a_file_system_that_is_not_ready():
    assert failed(simulate(what_if(shared(), "orders-a", state="stopped"), work()), "instance_not_running") > 0
    assert failed(simulate(what_if(shared(), "shared", state="creating"), work()), "no_such_address") > 0


# --- what breaks --------------------------------------------------------------------------------------------------


def outcome(entry="shared", **stated):
    site = what_if(shared(), entry, **stated) if stated else shared()
    return site, simulate(site, work(mibps=20.0, entry=entry, faults=(OUTAGE,)))


def test_a_lost_zone_takes_its_instances_and_regional_files_go_on():
    _, trace = outcome()
    assert failed(trace, "zone_lost") == 0
    assert failed(trace, "client_down") == pytest.approx(20 * 900 / 2, rel=0.03)
    during = slice(11, 24)
    assert trace.served[during].sum() == pytest.approx(trace.offered[during].sum() / 2, rel=0.03)


@pytest.mark.parametrize(
    ("entry", "stated"),
    [("shared", {"zones": (A,)}), ("share", {"deployment_type": "SINGLE_AZ_2", "zones": (A,)})],
)
def test_files_of_one_zone_are_away_as_long_as_it(entry, stated):
    site, trace = outcome(entry, **stated)
    during = slice(10, 24)
    assert trace.served[during].sum() == 0
    assert failed(trace, "zone_lost") > 0
    assert trace.down_s.sum() == 60 * zone_lost_min(site.node(entry), lasts_min=15)
    other = simulate(site, work(mibps=20.0, entry=entry, faults=(replace(OUTAGE, az=C),)))
    assert failed(other, "zone_lost") == 0
    assert trace.served[30:].sum() == trace.offered[30:].sum() - trace.in_flight[30:].sum()


def test_two_file_servers_are_away_for_the_seconds_of_a_failover():
    _, trace = outcome("share")
    away_s = catalog.durations()["FSx failover to the other file server"].typical_s
    assert trace.down_s.sum() == away_s
    # Who is patient for ten seconds sits out the last of them; half of the others sat in the lost zone.
    assert failed(trace, "zone_lost") == pytest.approx(20 * (away_s - 10) / 2, rel=0.2)
    patient = work(mibps=20.0, entry="share", faults=(OUTAGE,))
    patient = replace(patient, application=replace(patient.application, client_timeout_s=60.0))
    assert failed(simulate(shared(), patient), "zone_lost") == 0


def test_a_lost_region_and_a_lost_instance():
    region = simulate(shared(), work(mibps=20.0, faults=(RegionOutage(region=REGION, starts_s=600.0, lasts_s=900.0),)))
    assert region.served[10:24].sum() == 0
    lost = simulate(shared(), work(mibps=20.0, faults=(InstanceLoss(node="orders-a", starts_s=0.0),)))
    assert lost.served.sum() == pytest.approx(lost.offered.sum() / 2, rel=0.01)
    with pytest.raises(ScenarioError, match="SlowDatabase"):
        simulate(shared(), work(faults=(SlowDatabase(node="db", starts_s=0, lasts_s=1, factor=2),)))


def test_what_waits_when_the_zone_is_lost_waits_until_it_is_back():
    # The file server is behind by 30 s when it goes; patience of an hour shows the whole wait.
    site = what_if(shared(), "share", deployment_type="SINGLE_AZ_2", zones=(C,))
    outage = AzOutage(az=C, starts_s=120.0, lasts_s=600.0)
    day = work(mibps=80.0, entry="share", source="orders-a", faults=(outage,), horizon_s=HOUR_S)
    day = replace(day, application=replace(day.application, client_timeout_s=3500.0))
    trace = simulate(site, day)
    assert failed(trace, "zone_lost") == 0
    assert trace.files.wait_s[1] == pytest.approx(30 + 600, rel=0.02)
    assert trace.files.served_mibps[2:12].sum() == 0


# --- paying, seeing -----------------------------------------------------------------------------------------------


def items(site, trace):
    made = cost.monthly_bill(site, trace)
    return {line.usage.item: line for line in made.lines if line.usage.resource in ("shared", "share")}


def test_elastic_is_charged_by_the_gigabyte_to_the_cent():
    site = shared(throughput_mode="elastic")
    trace = simulate(site, work(mibps=100.0, read_share=0.75))
    gib = float(trace.offered.sum()) / 1024 * 720
    found = items(site, trace)
    for item, share, usd in (("Elastic throughput reads", 0.75, 0.04), ("Elastic throughput writes", 0.25, 0.07)):
        assert found[item].usage.quantity == pytest.approx(gib * share, rel=1e-9)
        assert found[item].usd == pytest.approx(gib * share * usd, abs=0.005)


def test_a_run_of_the_whole_month_is_billed_as_the_month():
    site = shared(throughput_mode="elastic", standard_gib=512.0)
    found = items(site, simulate(site, scenario(days=30)))
    brief = orders(REGION)
    assert found["Elastic throughput reads"].usage.quantity == pytest.approx(brief.read_gib, rel=1e-3)
    assert found["Elastic throughput writes"].usage.quantity == pytest.approx(brief.written_gib, rel=1e-3)


def test_other_modes_and_fsx_are_not_charged_by_the_gigabyte():
    for entry in ("shared", "share"):
        trace = simulate(shared(), work(entry=entry))
        assert not {line.usage.unit for line in items(shared(), trace).values()} & {"GB"}


def test_the_one_zone_is_charged_for_what_goes_to_the_other():
    site = shared(zones=(A,), throughput_mode="elastic")
    trace = simulate(site, work(mibps=100.0))
    crossing = items(site, trace)["between AZs, each direction"]
    assert crossing.usage.quantity == pytest.approx(2 * trace.offered.sum() / 2 / 1024 * 720, rel=0.01)
    assert "between AZs, each direction" not in items(shared(), simulate(shared(), work()))


def test_charts_of_runs_show_what_the_file_system_did():
    trace = simulate(shared(), work(mibps=150.0))
    told = charts.throughputs({"bursting": trace.files}, title="An hour").alt
    assert "bursting" in told
    assert "asked for up to 15" in told
    assert "the client gave up waiting" in charts.timeline(trace).alt


def test_what_cannot_be_is_refused():
    day = work()
    idle = replace(day, application=replace(day.application, request_kib=0.0, response_kib=0.0))
    with pytest.raises(ScenarioError, match="move nothing"):
        simulate(shared(), idle)
    with pytest.raises(ScenarioError, match="one by one"):
        simulate(shared(throughput_mode="elastic"), scenario(), keep="requests")
    unread = shared()
    nodes = tuple(replace(each, attributes={}) if each.id == "shared" else each for each in unread.nodes)
    with pytest.raises(DesignError):
        simulate(replace(unread, nodes=nodes), work())
