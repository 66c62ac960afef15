"""Packing, requests set wrong, control planes: functions whose answers are known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws14.errors import ScenarioError
from aws14.sim.availability import FailureAndRepair
from aws14.sim.containers import scoring
from aws14.sim.containers.packing import pack, requests_set
from aws14.sim.containers.shapes import Pod
from aws14.sim.control_plane import Operations, compare_control_planes, own_masters

SERVER = FailureAndRepair.promised(0.995, mttr_s=4 * 3600.0)


def test_as_few_nodes_as_hold_every_pod() -> None:
    pods = [Pod(name=f"p{k}", cpu_m=800, memory_mib=500) for k in range(5)]
    packing = pack(pods, "m5.large")
    assert len(packing.nodes) == 3
    assert not packing.pending
    assert packing.cpu_share == pytest.approx((5 * 800 + 3 * 150) / (3 * 1930))


def test_a_giant_waits_for_ever_and_brings_no_nodes() -> None:
    packing = pack([Pod(name="giant", cpu_m=9000), Pod(name="p", cpu_m=100)], "m5.large")
    assert len(packing.nodes) == 1
    assert [pod.name for pod in packing.pending] == ["giant"]


@settings(max_examples=30)
@given(st.lists(st.integers(50, 1700), min_size=1, max_size=12))
def test_no_fewer_nodes_would_do_by_the_sum(sizes: list[int]) -> None:
    pods = [Pod(name=f"p{k}", cpu_m=size) for k, size in enumerate(sizes)]
    for strategy in (scoring.least_allocated, scoring.most_allocated):
        packing = pack(pods, "m5.large", strategy=strategy)
        assert not packing.pending
        assert len(packing.nodes) * 1780 >= sum(sizes)
        assert len(packing.nodes) <= len(sizes)


def test_requests_too_high_too_low_and_right() -> None:
    def with_requests(cpu_m: int, memory_mib: float, uses_mib: float = 200) -> tuple[int, float, int]:
        found = requests_set(
            Pod(name="web", cpu_m=cpu_m, memory_mib=memory_mib),
            count=12, uses_m=200, uses_mib=uses_mib, instance_type="m5.large", nodes=2,
        )  # fmt: skip
        return len(found.packing.pending), found.slowdown, len(found.evicted)

    assert with_requests(250, 256) == (0, 1.0, 0)
    pending, slowdown, evicted = with_requests(600, 256)
    assert (pending, slowdown, evicted) == (8, 1.0, 0)
    crowded = requests_set(
        Pod(name="web", cpu_m=10, memory_mib=16), count=24, uses_m=200, uses_mib=700, instance_type="m5.large", nodes=2
    )
    assert crowded.slowdown == pytest.approx(12 * 200 / 1930)
    assert len(crowded.evicted) == 2 * 3
    assert crowded.used_share == 1.0


def test_three_masters_are_there_by_the_binomial() -> None:
    one, three, eks = compare_control_planes(server=SERVER)
    share = SERVER.availability
    assert one.availability == pytest.approx(0.995)
    assert three.availability == pytest.approx(share**3 + 3 * share**2 * (1 - share))
    assert one.down_h == pytest.approx(43.83, abs=0.01)
    assert eks.availability == 0.9995
    assert three.machines_usd == pytest.approx(3 * one.machines_usd)
    assert eks.machines_usd == pytest.approx(876.6)
    assert eks.work_h < three.work_h
    assert three.work_h > one.work_h


def test_work_is_counted_as_assumed() -> None:
    none = Operations(upgrades_per_year=0, hours_per_month=0, hours_per_failure=0)
    assert own_masters(3, server=SERVER, operations=none).work_h == 0
    failures_only = Operations(upgrades_per_year=0, hours_per_month=0, hours_per_failure=1)
    failures = own_masters(1, server=SERVER, operations=failures_only).work_h
    assert failures == pytest.approx(8766 / (4 / 0.005))
    dear = own_masters(1, server=SERVER, operations=Operations(usd_per_hour=100))
    assert dear.work_usd == pytest.approx(100 * dear.work_h)


@pytest.mark.parametrize("masters", [0, 2, 4])
def test_an_even_number_of_masters_is_refused(masters: int) -> None:
    with pytest.raises(ScenarioError, match="masters"):
        own_masters(masters, server=SERVER)
