"""Room of nodes and of Fargate pods, who must go, and how many nodes there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws14.errors import DesignError
from aws14.sim.containers import eviction, fargate
from aws14.sim.containers.allocatable import allocatable, max_pods, reserved_cpu_m, reserved_memory_mib
from aws14.sim.containers.node_autoscaling import NodeAutoscaler, Shrinking, nodes_needed, removable
from aws14.sim.containers.scheduling import why_not
from aws14.sim.containers.shapes import KubeNode, Pod

FRESH = KubeNode(name="fresh", cpu_m=1930, memory_mib=6900, max_pods=29)


@pytest.mark.parametrize(("kind", "pods"), [("t3.small", 11), ("t3.medium", 17), ("m5.large", 29), ("m5.xlarge", 58)])
def test_pods_by_the_addresses_of_a_type(kind: str, pods: int) -> None:
    assert max_pods(kind) == pods


@pytest.mark.parametrize(("vcpus", "kept_m"), [(1, 60), (2, 70), (4, 80), (8, 90), (16, 110)])
def test_the_staircase_of_reserved_cpu(vcpus: int, kept_m: float) -> None:
    assert reserved_cpu_m(vcpus) == kept_m


def test_room_of_an_m5_large() -> None:
    room = allocatable("m5.large")
    assert room.cpu_m == 1930
    assert reserved_memory_mib(29) == 574
    assert room.memory_mib == int(8192 * 0.925 - 574 - 100)


@pytest.mark.parametrize(
    ("cpu_m", "memory_mib", "size"),
    [
        (0, 0, (0.25, 0.5)),
        (250, 256, (0.25, 0.5)),
        (250, 512, (0.25, 1)),
        (500, 512, (0.5, 1)),
        (1000, 8192, (2, 9)),
        (2000, 16384 - 256, (2, 16)),
        (4100, 1024, (8, 16)),
    ],
)
def test_what_a_pod_gets_on_fargate(cpu_m: float, memory_mib: float, size: tuple[float, float]) -> None:
    found = fargate.size_of(cpu_m, memory_mib)
    assert (found.vcpu, found.memory_gib) == size


def test_a_pod_too_large_for_fargate_is_refused() -> None:
    with pytest.raises(DesignError, match="16 vCPU"):
        fargate.size_of(17_000, 0)


def test_classes_of_service() -> None:
    assert eviction.qos([(100, 64, 100, 64)]) == "Guaranteed"
    assert eviction.qos([(0, 0, 100, 64)]) == "Guaranteed"
    assert eviction.qos([(100, 64, 100, 64), (0, 0, 0, 0)]) == "Burstable"
    assert eviction.qos([(100, 64, 200, 64)]) == "Burstable"
    assert eviction.qos([(0, 0, 0, 0)]) == "BestEffort"


def test_who_uses_more_than_requested_is_evicted_first() -> None:
    greedy = eviction.PodUse(name="greedy", memory_mib=300, requested_mib=100)
    best_effort = eviction.PodUse(name="best-effort", memory_mib=50, requested_mib=0)
    large = eviction.PodUse(name="large", memory_mib=900, requested_mib=1000)
    important = eviction.PodUse(name="important", memory_mib=900, requested_mib=100, priority=1000)
    order = [each.name for each in eviction.eviction_order([large, important, best_effort, greedy])]
    assert order == ["greedy", "best-effort", "important", "large"]


def test_a_lost_node_is_emptied_five_minutes_after_it_was_given_up() -> None:
    times = eviction.node_times()
    assert 40 <= times.not_ready_s <= 55
    assert times.evicted_s - times.not_ready_s == 300
    assert eviction.node_times(30).evicted_s - times.not_ready_s == 30


@given(st.lists(st.tuples(st.integers(1, 1930), st.integers(1, 6900)), max_size=20))
def test_first_fit_needs_no_more_than_one_node_a_pod_and_no_less_than_the_sum(sizes: list[tuple[int, int]]) -> None:
    pods = [Pod(name=f"p{k}", cpu_m=cpu, memory_mib=memory) for k, (cpu, memory) in enumerate(sizes)]
    needed = nodes_needed(pods, FRESH, most=100)
    assert needed <= len(pods)
    assert needed * FRESH.cpu_m >= sum(pod.cpu_m for pod in pods)
    assert nodes_needed(pods, FRESH, most=2) <= 2


def test_no_node_comes_for_a_pod_that_no_node_could_hold() -> None:
    assert nodes_needed([Pod(name="giant", cpu_m=9000)], FRESH, most=9) == 0


def test_pods_that_a_coming_node_will_hold_need_no_other() -> None:
    autoscaler = NodeAutoscaler(least=1, most=9)
    pods = [Pod(name=f"p{k}", cpu_m=600) for k in range(3)]
    assert autoscaler.grow(0, pods, [], fresh=FRESH, nodes=1) == 1
    assert autoscaler.grow(10, pods, [FRESH], fresh=FRESH, nodes=2) == 0


def _node(name: str, *cpu_m: int) -> KubeNode:
    pods = tuple(Pod(name=f"{name}-{k}", cpu_m=each) for k, each in enumerate(cpu_m))
    return KubeNode(name=name, cpu_m=1930, memory_mib=6900, max_pods=29, pods=pods)


def test_a_node_may_go_only_when_its_pods_have_room_elsewhere() -> None:
    assert removable(_node("a", 400), [_node("a", 400), _node("b", 900)])
    assert not removable(_node("a", 400), [_node("a", 400), _node("b", 1800)])
    assert not removable(_node("a", 1000), [_node("a", 1000), _node("b")])


def test_an_idle_node_goes_after_ten_minutes_and_never_the_last_ones() -> None:
    autoscaler = NodeAutoscaler(least=1, most=9, shrinking=Shrinking(unneeded_s=600, after_growth_s=600))
    nodes = [_node("a", 1500), _node("b"), _node("c")]
    gone = [autoscaler.shrink(at_s, nodes) for at_s in range(0, 601, 10)]
    assert not any(gone[:-1])
    assert gone[-1] == ["b", "c"]
    keeps = NodeAutoscaler(least=2, most=9, shrinking=Shrinking(unneeded_s=0, after_growth_s=600))
    assert keeps.shrink(0, nodes) == ["b"]


def test_a_daemon_neither_holds_a_node_nor_moves() -> None:
    daemon = Pod(name="agent", cpu_m=1900, daemon=True)
    node = KubeNode(name="a", cpu_m=1930, memory_mib=6900, pods=(daemon,))
    assert removable(node, [node])
    assert not why_not(daemon, _node("b"))
