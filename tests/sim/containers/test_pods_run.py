"""Runs through pods: rollouts, lost nodes, autoscaling of pods and nodes, Fargate, requests set wrong.

Each attribute that the engine reads changes the trace in a direction that is named.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from aws14.errors import DesignError, ScenarioError
from aws14.model import AzOutage, InstanceLoss, Requests, Retries, Rollout, Spike, Steady, Trace
from aws14.sim import simulate
from tests.sim.containers.case import APPLICATION, ZONES, bookshop, scenario

PROBE = "web readiness /healthz 8080 delay=0 period=5 failures=3"
WAITS = "web preStop sleep=5"
STILL: dict[str, Any] = {"autoscaler": False, "scaler": False}


def web(request_m: int, limit_m: int = 0) -> tuple[str, ...]:
    return (f"web python:3.13-slim {request_m} 256 {limit_m} 0",)


def failed(trace: Trace) -> int:
    return trace.failed_total


def rolled(*, works: bool = True, back_s: float | None = None, **changed: Any) -> Trace:
    rollouts = [Rollout(node="catalog-pods", version="v2", at_s=120, works=works)]
    if back_s is not None:
        rollouts.append(Rollout(node="catalog-pods", version="v1", at_s=back_s))
    return simulate(bookshop(**STILL, **changed), scenario(rollouts=tuple(rollouts)))


def test_a_quiet_service_answers_everything_and_nothing_changes() -> None:
    trace = simulate(bookshop(**STILL), scenario())
    assert failed(trace) == 0
    assert trace.fleet is not None
    assert trace.cluster is not None
    assert set(trace.fleet.in_service) == {4}
    assert set(trace.cluster.nodes_ready) == {2}
    assert trace.cluster.cpu_requested_m[-1] == 4 * 250 + 2 * 150
    assert trace.cluster.node_hours == pytest.approx(2 * 900 / 3600)
    assert trace.fleet.instance_hours == pytest.approx(4 * 900 / 3600)
    assert trace.nodes == ("internet", "catalog", "catalog-pods", "workers")
    assert not trace.events


def test_utilization_is_the_work_over_the_requests() -> None:
    """20 requests a second of 25 ms on a processor are half a processor; four pods request one together."""
    trace = simulate(bookshop(**STILL), scenario())
    assert trace.fleet is not None
    assert np.nanmean(trace.fleet.cpu_utilization) == pytest.approx(0.5, abs=0.03)


def test_a_rollout_with_probe_and_pre_stop_loses_nothing() -> None:
    trace = rolled()
    assert failed(trace) == 0
    assert [event.what for event in trace.events if "roll" in event.what] == ["rollout", "rolled_out"]
    assert trace.cluster is not None
    assert trace.cluster.pods_by_version["v2"][-1] == 4
    assert trace.cluster.pods_by_version["v1"][-1] == 0


def test_without_pre_stop_requests_still_come_to_pods_that_ended() -> None:
    assert failed(rolled(probes=(PROBE,))) > 0


def test_without_a_probe_requests_come_to_pods_that_do_not_listen_yet() -> None:
    trace = rolled(probes=(WAITS,))
    assert trace.failed["refused"].sum() > 0
    slower = replace(APPLICATION, init_s=10.0)
    rollouts = (Rollout(node="catalog-pods", version="v2", at_s=120),)
    longer = simulate(bookshop(**STILL, probes=(WAITS,)), scenario(application=slower, rollouts=rollouts))
    assert failed(longer) > failed(trace)


def test_a_bad_release_is_stopped_by_its_probe_and_by_max_unavailable() -> None:
    trace = rolled(works=False)
    assert trace.cluster is not None
    assert set(trace.cluster.pods_by_version["v2"]) == {0}
    assert trace.cluster.pods_by_version["v1"][-1] == 3
    assert failed(trace) == 0


def test_a_bad_release_without_a_probe_takes_everything_until_it_is_put_back() -> None:
    down, back = rolled(works=False, probes=(WAITS,)), rolled(works=False, probes=(WAITS,), back_s=600)
    assert down.served[-1] == 0
    assert back.served[-1] == back.offered[-1] - back.in_flight[-1]
    assert failed(back) < failed(down)
    assert "rolled_back" in [event.what for event in back.events]


@pytest.mark.parametrize(("unavailable", "least"), [("0", 4), ("1", 3), ("50%", 2)])
def test_fewer_pods_are_left_of_a_bad_release_the_more_may_be_unavailable(unavailable: str, least: int) -> None:
    trace = rolled(works=False, unavailable=unavailable)
    assert trace.fleet is not None
    assert trace.fleet.in_service.min() == least


def test_surge_costs_pods_and_min_ready_seconds_cost_time() -> None:
    few, many = rolled(surge="1", unavailable="0"), rolled(surge="4", unavailable="0")
    assert _done_s(many) < _done_s(few)
    assert _done_s(rolled(surge="1", unavailable="0", min_ready_s=30)) > _done_s(few) + 60


def _done_s(trace: Trace) -> float:
    return next(event.at_s for event in trace.events if event.what == "rolled_out")


def test_a_slower_probe_makes_pods_ready_later() -> None:
    slow = rolled(probes=("web readiness / 8080 delay=60 period=10 failures=3", WAITS))
    assert _done_s(slow) > _done_s(rolled()) + 50


def test_a_lost_node_takes_its_share_of_requests_until_it_is_not_ready() -> None:
    trace = simulate(bookshop(**STILL), scenario(faults=(InstanceLoss(node="workers", starts_s=120),)))
    lost = trace.failed["timed_out"]
    assert lost[2] > 0.35 * trace.offered[2]
    assert lost[4:].sum() == 0
    silent = next(event.at_s for event in trace.events if event.what == "unhealthy")
    assert 160 <= silent <= 175
    assert trace.fleet is not None
    assert trace.fleet.in_service[2] == 2
    assert trace.fleet.in_service[-1] == 4
    assert any(event.what == "evicted" for event in trace.events)


def test_retries_hide_a_lost_node_from_most() -> None:
    fault = (InstanceLoss(node="workers", starts_s=120),)
    patient = replace(APPLICATION, client_timeout_s=2.0)
    once = simulate(bookshop(**STILL), scenario(faults=fault, application=patient))
    again = simulate(bookshop(**STILL), scenario(faults=fault, application=patient, retries=Retries(times=3)))
    assert failed(again) < failed(once) / 2
    assert again.retried is not None
    assert again.retried.sum() > 0


def test_a_zone_without_power_gets_no_node_until_it_is_back() -> None:
    outage = AzOutage(az=ZONES[0], starts_s=120, lasts_s=3600)
    trace = simulate(bookshop(**STILL), scenario(faults=(outage,)))
    launched = [event.text for event in trace.events if event.what == "launched"]
    assert launched
    assert all(ZONES[1] in text for text in launched)


def test_pods_that_wait_bring_nodes_and_idle_nodes_go() -> None:
    crowd = Spike(peak_rps=120, at_s=60, hold_s=600, half_life_s=60)
    trace = simulate(bookshop(), scenario(load=crowd, horizon_s=4500))
    assert trace.cluster is not None
    assert trace.fleet is not None
    assert trace.cluster.nodes.max() > 2
    assert trace.cluster.nodes[-1] == 2
    assert {"unschedulable", "launched", "node_added", "node_removed"} <= {e.what for e in trace.events}
    fixed = simulate(bookshop(scaler=False), scenario(load=crowd, horizon_s=4500))
    assert fixed.cluster is not None
    assert fixed.cluster.nodes.max() == 2
    assert fixed.cluster.pods_pending.max() > 0
    assert fixed.response_time_s(0.99) > trace.response_time_s(0.99)


def test_a_node_takes_longer_than_a_pod_to_come() -> None:
    crowd = Spike(peak_rps=120, at_s=60, hold_s=600, half_life_s=60)
    trace = simulate(bookshop(), scenario(load=crowd))
    at_s = {event.what: event.at_s for event in reversed(trace.events)}
    assert 30 <= at_s["node_added"] - at_s["launched"] <= 120


@pytest.mark.parametrize(
    ("changed", "fewer"),
    [({"target": 40}, False), ({"target": 90}, True), ({"max_replicas": 5}, True), ({"min_replicas": 20}, False)],
)
def test_the_autoscaler_goes_by_what_is_written(changed: dict[str, Any], *, fewer: bool) -> None:
    base, other = (simulate(bookshop(hpa=hpa), scenario(60)) for hpa in ({}, changed))
    assert base.fleet is not None
    assert other.fleet is not None
    assert (other.fleet.desired[-1] < base.fleet.desired[-1]) == fewer
    assert other.fleet.desired[-1] != base.fleet.desired[-1]


def test_windows_and_policies_change_when_pods_come_and_go() -> None:
    crowd = Spike(peak_rps=80, at_s=60, hold_s=60, half_life_s=60)
    sizes = {}
    for name, hpa in (
        ("usual", {}),
        ("hasty", {"scale_down_window_s": 0}),
        ("slow", {"behavior": ("up Pods 1/60",)}),
        ("late", {"scale_up_window_s": 120}),
    ):
        trace = simulate(bookshop(hpa=hpa), scenario(load=crowd))
        assert trace.fleet is not None
        sizes[name] = trace.fleet.desired
    assert sizes["hasty"].sum() < sizes["usual"].sum()
    assert sizes["slow"].max() < sizes["usual"].max()
    assert sizes["late"][2] < sizes["usual"][2]


def test_without_requests_the_autoscaler_knows_nothing() -> None:
    trace = simulate(bookshop(containers=("web python:3.13-slim 0 0 0 0",)), scenario(60))
    assert trace.fleet is not None
    assert set(trace.fleet.desired) == {4}
    assert any("FailedGetResourceMetric" in event.text for event in trace.events)


def test_requests_too_high_leave_pods_pending_and_processors_idle() -> None:
    trace = simulate(bookshop(**STILL, containers=web(1500)), scenario())
    assert trace.cluster is not None
    assert trace.fleet is not None
    assert set(trace.cluster.pods_pending) == {2}
    assert np.nanmax(trace.fleet.cpu_utilization) < 0.3


def test_requests_too_low_make_pods_crowd_a_node_and_slow() -> None:
    crowded = simulate(bookshop(**STILL, replicas=24, containers=web(50)), scenario(60))
    fitting = simulate(bookshop(**STILL, replicas=24, containers=web(300), nodes={"desired": 6}), scenario(60))
    assert crowded.response_time_s(0.95) > 1.5 * fitting.response_time_s(0.95)


def test_a_tighter_limit_throttles() -> None:
    slow, fast = (
        simulate(bookshop(**STILL, containers=web(250, limit)), scenario()).response_time_s(0.95)
        for limit in (250, 1000)
    )
    assert slow > 2 * fast


def test_fargate_has_a_machine_a_pod_that_comes_later_and_needs_no_node() -> None:
    trace = simulate(bookshop(fargate=True, scaler=False), scenario(60))
    assert trace.cluster is not None
    assert trace.fleet is not None
    assert trace.cluster.nodes[-1] == trace.fleet.in_service[-1] > 4
    assert trace.cluster.cpu_allocatable_m[-1] == 250 * trace.cluster.nodes[-1]
    first = next(event.at_s for event in trace.events if event.what == "in_service")
    assert first > 40


def test_a_larger_node_type_holds_more_pods() -> None:
    pending = []
    for kind in ("m5.large", "m5.xlarge"):
        trace = simulate(bookshop(**STILL, replicas=20, nodes={"instance_type": kind}), scenario())
        assert trace.cluster is not None
        pending.append(int(trace.cluster.pods_pending[0]))
    assert pending[0] > 0
    assert pending[1] == 0


def test_a_hard_spread_over_one_zone_leaves_pods_pending() -> None:
    spread = ("topology.kubernetes.io/zone 1 DoNotSchedule",)
    trace = simulate(bookshop(**STILL, spread=spread, node_selector=("disk=ssd",)), scenario())
    assert trace.cluster is not None
    assert set(trace.cluster.pods_pending) == {4}
    assert trace.failed["no_pods"].sum() == trace.failed_total > 0


def test_each_request_can_be_kept() -> None:
    trace = simulate(bookshop(**STILL), scenario(), keep="requests")
    assert isinstance(trace.requests, Requests)
    assert (trace.requests.outcome == 0).sum() == trace.served.sum()


def test_a_run_repeats_itself() -> None:
    fault = (InstanceLoss(node="workers", starts_s=120),)
    one, two = (simulate(bookshop(), scenario(60, faults=fault)) for _ in range(2))
    assert np.array_equal(one.served, two.served)
    assert one.events == two.events


def test_a_service_inside_its_cluster_is_not_reached() -> None:
    inside = simulate(bookshop(service={"service_type": "ClusterIP", "hostname": ""}), scenario())
    assert inside.served.sum() == 0
    assert set(inside.failed) == {"no_such_address"}
    wrong = simulate(bookshop(service={"port": 8080}), scenario())
    assert set(wrong.failed) == {"refused"}


def test_it_is_found_by_the_name_of_its_load_balancer() -> None:
    trace = simulate(bookshop(**STILL), scenario(entry="a1.elb.ap-northeast-1.amazonaws.com"))
    assert failed(trace) == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"faults": (InstanceLoss(node="web-1", starts_s=1),)},
        {"rollouts": (Rollout(node="orders", version="v2", at_s=1),)},
        {"application": replace(APPLICATION, db_time_s=0.01)},
    ],
)
def test_what_was_not_built_cannot_break_nor_be_renewed(changed: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError):
        simulate(bookshop(), scenario(**changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"containers": ("web python",)},
        {"probes": ("web readiness /",)},
        {"spread": ("zone",)},
        {"node_selector": ("ssd",)},
        {"hpa": {"behavior": ("upwards",)}},
        {"hpa": {"metric": "requests"}},
        {"hpa": {"target": 0}},
        {"surge": "much", "hpa": {}},
    ],
)
def test_what_cannot_be_read_is_said(changed: dict[str, Any]) -> None:
    with pytest.raises(DesignError, match=r"says|is|goes"):
        simulate(bookshop(**changed), scenario(Steady(rate_rps=1.0).rate_rps, horizon_s=60))


def test_pods_of_other_workloads_take_room() -> None:
    shop = bookshop(**STILL, replicas=12)
    orders = replace(
        shop.node("catalog-pods"),
        id="orders",
        attributes=shop.node("catalog-pods").attributes | {"replicas": 2, "containers": web(1000)},
    )
    crowded = replace(shop, nodes=(*shop.nodes, orders))
    alone, beside = (simulate(topology, scenario()).cluster for topology in (shop, crowded))
    assert alone is not None
    assert beside is not None
    assert alone.pods_pending[0] == 0
    assert beside.pods_pending[0] > 0
    assert beside.cpu_requested_m[0] > 2000
