"""What the section of pattern 13 says of its experiments is what the runs show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14.checks import Evidence
from aws14.design import compare
from aws14.errors import ScenarioError
from aws14.model import Topology
from aws14.patterns import p13_checks, p13_machines
from aws14.patterns import p13_experiments as experiments
from aws14.patterns.p13_day import AUTOSCALER, BRIEF, NODES, SPOT_H, WORKLOAD, evening, scenario
from aws14.patterns.p13_microservices import design
from aws14.patterns.p13_walls import WALLS, why
from aws14.sim import simulate, what_if
from aws14.sim.changes import without
from aws14.sim.standing import network_of
from tests.patterns.p13_site import bookshop

WAITS = "catalog preStop sleep=5"
LARGER = ("catalog python:3.13-slim 500 256 1000 512",)


@pytest.fixture(scope="module")
def site(emulator, emulator_home):
    with bookshop(emulator, emulator_home) as (lab, _):
        yield lab


@pytest.fixture(scope="module")
def built(site) -> Topology:
    return site.built()


def patient(built: Topology) -> Topology:
    probes = built.node(WORKLOAD).attributes["probes"]
    return what_if(built, WORKLOAD, probes=(*probes, WAITS))


def asked(built: Topology):
    return p13_checks.checks["p13-e1"](Evidence(built=built, comparison=None))


def test_built_as_drawn(site, built):
    assert site.check("p13-built").ok
    kinds = [node.kind for node in built.nodes]
    # The group behind the node group and the load balancer behind the service are told once.
    assert not {"autoscaling_group", "load_balancer", "target_group"} & set(kinds)
    assert kinds.count("node_group") == kinds.count("pod_service") == 1
    assert built.node(NODES).attributes["autoscaling_group"]


def test_every_wall_bears(built):
    report = why(built)
    assert report.ok, report
    assert len(report.findings) == len(WALLS) >= 7


def test_the_exercise_says_what_is_missing(built):
    before = asked(built)
    late, slow = before.outstanding
    assert "preStop" in late.hint
    assert "requests lost" in late.detail
    assert "requests and limits" in slow.hint
    assert "p95" in slow.detail


@pytest.mark.parametrize("way", ["larger pods", "a lower target"])
def test_the_exercise_has_more_than_one_solution(built, way):
    mended = patient(built)
    solved = (
        what_if(mended, WORKLOAD, containers=LARGER) if way == "larger pods" else what_if(mended, AUTOSCALER, target=40)
    )
    assert asked(solved).ok, asked(solved)


def test_what_the_exercise_invites_to_change_is_no_mistake(site, built):
    drawn = design()
    changed = what_if(built, AUTOSCALER, target=40, min_replicas=5)
    changed = replace(changed, nodes=tuple(replace(n, count=5) if n.id == WORKLOAD else n for n in changed.nodes))
    check = p13_checks.checks["p13-built"]
    assert check(Evidence(built=changed, comparison=compare(drawn, changed))).ok
    other = what_if(changed, NODES, max_size=9)
    assert not check(Evidence(built=other, comparison=compare(drawn, other))).ok
    gone = without(changed, AUTOSCALER)
    assert not check(Evidence(built=gone, comparison=compare(drawn, gone))).ok


def test_a_pod_that_fits_on_no_node_fetches_none_and_is_told(built):
    huge = what_if(built, WORKLOAD, containers=("catalog python:3.13-slim 4000 256 4000 512",))
    run = simulate(huge, scenario(starts_h=20.0, horizon_h=0.5))
    assert run.cluster is not None
    assert run.cluster.nodes.max() == 2
    hints = {each.hint for each in asked(huge).outstanding}
    assert any("no pod fits on a node of the group" in each for each in hints)


def test_images_are_fetched_from_whichever_zone_a_node_stands_in(built):
    network = network_of(built)
    first = built.node("private-a").aws_id
    left = replace(network, interfaces=tuple(each for each in network.interfaces if each.subnet != first))
    fetches = next(wall for wall in WALLS if wall.property == "nodes fetch images")
    assert fetches.seen(replace(built, network=left)).holds
    nobody = replace(network, interfaces=tuple(each for each in network.interfaces if not each.instance))
    assert not fetches.seen(replace(built, network=nobody)).holds


def test_the_assumptions_about_masters_can_be_changed(built):
    usual, lazy = experiments.own_masters(built), experiments.own_masters(built, upgrades_a_year=1)
    assert lazy["hours of work a year"]["3 masters"] == usual["hours of work a year"]["3 masters"] - 32


def test_pods_that_stand_all_night_cost_too_much(built):
    (told,) = asked(what_if(patient(built), AUTOSCALER, min_replicas=24)).outstanding
    assert "USD" in told.detail
    assert told.hint == p13_checks.DEAR


def test_two_scalers_follow_the_evening(built):
    day = simulate(built, scenario())
    assert day.fleet is not None
    assert day.cluster is not None
    rush = slice(int(SPOT_H * 60), int(SPOT_H * 60) + 45)
    assert day.fleet.desired[rush].max() > 2.5 * day.fleet.desired[int(SPOT_H * 60) - 5]
    assert day.cluster.pods_pending[rush].any()
    assert day.cluster.nodes[rush].max() > 2
    assert day.cluster.nodes[-1] == 2
    # Nobody asks for machines: the pods go on waiting.
    alone = simulate(without(built, "cluster-autoscaler"), evening(released=False))
    assert alone.cluster is not None
    assert alone.cluster.nodes.max() == 2
    assert alone.cluster.pods_pending[60] > 0


def test_use_is_told_of_the_pods_that_stood_then(built):
    """A record that takes the last pods' pace for the whole run shows more than the autoscaler acted on."""
    run = simulate(built, evening(released=False))
    assert run.fleet is not None
    steady = run.fleet.cpu_utilization[50:58]
    assert np.nanmax(steady) < 0.68  # within the tolerance around the target of 60 %


def test_late_answers_are_promised_too_little(built):
    slow, fast = simulate(built, evening()), simulate(what_if(built, WORKLOAD, containers=LARGER), evening())
    limit = BRIEF.value("p95_s")
    assert slow.response_time_s(0.95) > limit > fast.response_time_s(0.95)


def test_masters_of_ones_own_cost_work(built):
    table = experiments.own_masters(built)
    hours = table["hours a year without it"]
    assert hours["3 masters"] < hours["EKS"] < hours["1 master"]
    assert table["hours of work a year"]["EKS"] < table["hours of work a year"].min() + 1
    assert table["together, USD a year"]["EKS"] < table["together, USD a year"]["1 master"] / 2


def test_each_does_its_part(built):
    table = p13_machines.roles(built)
    failed, short = table["requests failed"], table["too few pods for"]
    assert failed["a machine dies", "Fargate"] < failed["a machine dies", "EC2 nodes"]
    assert failed["load rises", "EC2 nodes"] < failed["load rises", "Fargate"]
    assert short["a version is released", "EC2 nodes"] == "0 s"
    assert set(table["EKS"]["a machine dies"]) == {"leaves its pods out, makes others"}


def test_a_release_loses_nothing_when_pods_wait(built):
    told = experiments.release(built).alt
    lost = [float(each.split(" %")[0].rsplit(" ", 1)[1]) for each in told.split("requests failed")[:-1]]
    none, probe, patient_, broken = lost
    assert none > probe > 0
    assert patient_ == broken == 0


def test_requests_decide_who_waits_and_who_is_evicted(built):
    table = experiments.requests(built)
    much, used, little = (table.iloc[row] for row in range(3))
    assert much["pending"] > used["pending"] > little["pending"] == 0
    assert little["evicted, memory ran out"] > 0
    assert not much["evicted, memory ran out"]
    assert not used["evicted, memory ran out"]


def test_machines_are_full_of_cpu_and_empty_of_memory(built):
    both = p13_machines.packed()
    assert not both.packing.pending
    assert both.packing.cpu_share > 0.75
    assert both.packing.memory_share < 0.5
    assert both.fargate.total_usd < both.nodes.total_usd
    better = p13_machines.packed(p13_machines.BETTER_TYPE)
    assert both.fargate.total_usd < better.nodes.total_usd < both.nodes.total_usd
    assert better.packing.memory_share > 2 * both.packing.memory_share
    told = p13_machines.packing(built).alt
    assert all(f"{cost:,.0f}" in told for cost in (each.total_usd for each in (both.nodes, better.nodes, both.fargate)))


def test_the_first_picture_of_the_explorer_has_a_crossing(built):
    told = p13_machines.nodes_or_fargate_curves(built).alt
    assert 0 < float(told.partition("From ")[2].split()[0]) < 100


@pytest.mark.parametrize(("cpu_m", "memory_mib", "nodes_win"), [(250, 896, True), (100, 128, True), (250, 512, False)])
def test_nodes_are_cheaper_when_they_are_full_of_both_or_pods_are_tiny(built, cpu_m, memory_mib, nodes_win):
    told = p13_machines.nodes_or_fargate_curves(built, cpu_m, memory_mib).alt
    assert ("nodes of m5.large is lowest" in told) is nodes_win


def test_a_day_with_a_lost_node_goes_on(built):
    lost = simulate(built, replace(scenario(starts_h=14.5, horizon_h=1.0, node_lost_at_h=15.0)))
    assert lost.fleet is not None
    assert lost.fleet.in_service[-1] >= lost.fleet.desired[-1]
    assert 0 < lost.failure_ratio < 0.05


def test_work_is_given_by_name(site):
    with pytest.raises(ScenarioError, match="names no workload"):
        site.load_pods("catalog-pods", cluster="books", cores=1.0)
