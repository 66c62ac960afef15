"""The scheduler's decisions: documented example, filters, spread, packing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws14.sim.containers import scheduling, scoring
from aws14.sim.containers.shapes import HOSTNAME, ZONE, KubeNode, Pod, Spread, Taint, Toleration


def node(name: str = "n1", *, cpu_m: int = 1930, memory_mib: float = 7000, **more: object) -> KubeNode:
    return replace(KubeNode(name=name, cpu_m=cpu_m, memory_mib=memory_mib), **more)  # type: ignore[arg-type]


def test_the_example_of_resource_bin_packing() -> None:
    weights = {"foo": 5, "memory": 1, "cpu": 3}
    first = scoring.requested_to_capacity_ratio(
        {"foo": 2 + 1, "memory": 256 + 256, "cpu": 2 + 1}, {"foo": 4, "memory": 1024, "cpu": 8}, weights
    )
    second = scoring.requested_to_capacity_ratio(
        {"foo": 2 + 2, "memory": 256 + 512, "cpu": 2 + 6}, {"foo": 8, "memory": 1024, "cpu": 8}, weights
    )
    assert (first, second) == (5, 7)


def test_least_allocated_spreads_and_most_allocated_packs() -> None:
    busy = node("busy", pods=(Pod(name="a", cpu_m=800, memory_mib=2900),))
    idle, pod = node("idle"), Pod(name="b", cpu_m=500, memory_mib=1800)
    assert scheduling.place(pod, [busy, idle]).node == "idle"
    assert scheduling.place(pod, [busy, idle], scoring.most_allocated).node == "busy"
    assert scheduling.place(pod, [busy, idle], scoring.packed).node == "busy"


def test_equal_nodes_are_taken_by_name() -> None:
    assert scheduling.place(Pod(name="p", cpu_m=1), [node("b"), node("a"), node("c")]).node == "a"


@pytest.mark.parametrize(
    ("changed", "pod", "reason"),
    [
        ({"schedulable": False}, Pod(name="p"), "node(s) were unschedulable"),
        ({"taints": (Taint(key="gpu", value="yes"),)}, Pod(name="p"), "node(s) had untolerated taint {gpu: yes}"),
        ({}, Pod(name="p", node_selector={"disk": "ssd"}), "node(s) didn't match Pod's node affinity/selector"),
        ({}, Pod(name="p", cpu_m=1931), "Insufficient cpu"),
        ({}, Pod(name="p", memory_mib=7001), "Insufficient memory"),
        ({"max_pods": 0}, Pod(name="p"), "Too many pods"),
    ],
)
def test_why_a_node_does_not_take_a_pod(changed: dict[str, object], pod: Pod, reason: str) -> None:
    assert scheduling.why_not(pod, node(**changed)) == [reason]  # type: ignore[arg-type]


def test_a_full_node_takes_a_pod_that_requests_nothing() -> None:
    full = node(pods=(Pod(name="a", cpu_m=1930, memory_mib=7000),))
    assert scheduling.place(Pod(name="p"), [full]).node == "n1"


@pytest.mark.parametrize(
    "toleration",
    [
        Toleration(key="gpu", value="yes"),
        Toleration(key="gpu", operator="Exists"),
        Toleration(operator="Exists"),
        Toleration(key="gpu", value="yes", effect="NoSchedule"),
    ],
)
def test_a_toleration_opens_a_tainted_node(toleration: Toleration) -> None:
    tainted = node(taints=(Taint(key="gpu", value="yes"),))
    assert not scheduling.why_not(Pod(name="p", tolerations=(toleration,)), tainted)


def test_the_message_of_a_pod_without_a_place() -> None:
    nodes = [node("a", schedulable=False), node("b"), node("c")]
    told = scheduling.place(Pod(name="p", cpu_m=4000, memory_mib=9000), nodes)
    assert told.node == ""
    assert told.message == (
        "0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu, 2 Insufficient memory."
    )
    assert scheduling.place(Pod(name="p"), []).message == "no nodes available to schedule pods"


def test_pods_alike_are_spread_over_zones_though_resources_say_otherwise() -> None:
    shop = {"app": "shop"}
    nodes = [
        node("a1", cpu_m=8000, labels={ZONE: "a", HOSTNAME: "a1"}),
        node("a2", cpu_m=8000, labels={ZONE: "a", HOSTNAME: "a2"}),
        node("c1", cpu_m=4000, labels={ZONE: "c", HOSTNAME: "c1"}),
    ]
    pods = [Pod(name=f"p{k}", cpu_m=300, memory_mib=300, labels=shop) for k in range(4)]
    placed, _ = scheduling.place_all(pods, nodes)
    assert sum(each.node == "c1" for each in placed) >= 1


def test_a_hard_constraint_leaves_a_pod_pending() -> None:
    shop = {"app": "shop"}
    hard = Spread(topology_key=ZONE, max_skew=1, selector=shop)
    nodes = [node("a", labels={ZONE: "a"}), node("c", labels={ZONE: "c"}, cpu_m=100)]
    pods = [Pod(name=f"p{k}", cpu_m=300, labels=shop, spread=(hard,)) for k in range(2)]
    placed, _ = scheduling.place_all(pods, nodes)
    assert [each.node for each in placed] == ["a", ""]
    assert placed[1].reasons == {"node(s) didn't match pod topology spread constraints": 1, "Insufficient cpu": 1}


@given(st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 4000)), max_size=25))
def test_no_node_is_ever_given_more_than_it_has(sizes: list[tuple[int, int]]) -> None:
    pods = [Pod(name=f"p{k}", cpu_m=cpu, memory_mib=memory) for k, (cpu, memory) in enumerate(sizes)]
    placed, nodes = scheduling.place_all(pods, [node("a", max_pods=6), node("b")])
    for each in nodes:
        assert each.requested_m <= each.cpu_m
        assert each.requested_mib <= each.memory_mib
        assert len(each.pods) <= each.max_pods
    assert sum(bool(each.node) for each in placed) == sum(len(each.pods) for each in nodes)
