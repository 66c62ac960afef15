"""The HorizontalPodAutoscaler: documented examples, pods that are not ready or not read, windows, policies."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws14.sim.containers.behaviour import Behaviour, Policy, Side
from aws14.sim.containers.horizontal import (
    HorizontalAutoscaler,
    PodReading,
    Recommendation,
    Scaling,
    counts,
    recommend,
)


def pods(count: int, usage: float | None, request: float = 100, *, ready: bool = True) -> list[PodReading]:
    return [PodReading(usage=usage, request=request, ready=ready)] * count


def asks(replicas: int) -> list[Recommendation | None]:
    return [Recommendation(replicas=replicas, ratio=1.0, value=0.0)]


@pytest.mark.parametrize(
    ("current", "usage", "target", "wanted"), [(50, 90, 75, 60), (4, 200, 100, 8), (4, 50, 100, 2)]
)
def test_the_documented_examples(current: int, usage: float, target: float, wanted: int) -> None:
    found = recommend(pods(current, usage), current=current, target=target)
    assert found is not None
    assert found.replicas == wanted


@pytest.mark.parametrize(("usage", "wanted"), [(55, 10), (56, 12), (45, 10), (44, 9), (40, 8)])
def test_nothing_changes_within_a_tenth_of_the_target(usage: float, wanted: int) -> None:
    found = recommend(pods(10, usage), current=10, target=50)
    assert found is not None
    assert found.replicas == wanted


def test_young_pods_count_as_idle_when_more_are_wanted() -> None:
    ready, young = pods(4, 100), pods(4, 0, ready=False)
    found = recommend([*ready, *young], current=8, target=50)
    assert found is not None
    assert found.ratio == 2
    assert found.replicas == 8  # without them it would be 4 x 2, with them the average is the target
    found = recommend([*pods(4, 150), *young], current=8, target=50)
    assert found is not None
    assert found.replicas == 12


def test_pods_without_a_reading_count_as_full_when_fewer_are_wanted() -> None:
    found = recommend([*pods(6, 10), *pods(4, None)], current=10, target=50)
    assert found is not None
    assert found.replicas == 10  # 6 at 10 % and 4 at 100 %: 46 %, within the tolerance
    found = recommend([*pods(9, 10), *pods(1, None)], current=10, target=50)
    assert found is not None
    assert found.replicas == 4


def test_nothing_is_known_without_readings_or_without_a_request() -> None:
    assert recommend(pods(3, None), current=3, target=50) is None
    assert recommend([*pods(2, 10), *pods(1, 10, request=0)], current=3, target=50) is None
    found = recommend(pods(3, 10, request=0), current=3, target=5, utilization=False)
    assert found is not None
    assert found.replicas == 6


@pytest.mark.parametrize(
    ("age_s", "ready", "ready_since_s", "read_s", "counted"),
    [
        (100, True, 30, 60, True),
        (100, True, 30, 40, False),
        (100, False, 0, 90, False),
        (400, False, 10, 390, False),
        (400, False, 350, 390, True),
        (400, True, 30, 390, True),
    ],
)
def test_when_a_pods_cpu_counts(
    *, age_s: float, ready: bool, ready_since_s: float, read_s: float, counted: bool
) -> None:
    read = counts(now_s=age_s, started_s=0, ready=ready, ready_since_s=ready_since_s, read_s=read_s, window_s=15)
    assert read is counted


def test_several_metrics_the_largest_counts_and_one_unknown_forbids_to_shrink() -> None:
    autoscaler = HorizontalAutoscaler(Scaling(max_replicas=20))
    assert autoscaler.step(0, 4, [*asks(5), *asks(7)]).replicas == 7
    assert HorizontalAutoscaler(Scaling(max_replicas=20)).step(0, 4, [*asks(2), None]).replicas == 4
    assert HorizontalAutoscaler(Scaling(max_replicas=20)).step(0, 4, [*asks(6), None]).replicas == 6


def test_usual_speed_up_is_the_double_or_four_pods_each_15_s() -> None:
    autoscaler = HorizontalAutoscaler(Scaling(max_replicas=100))
    current, seen = 1, []
    for look in range(5):
        current = autoscaler.step(15.0 * look, current, asks(80)).replicas
        seen.append(current)
    assert seen == [5, 10, 20, 40, 80]


def test_it_shrinks_when_five_minutes_have_agreed() -> None:
    autoscaler = HorizontalAutoscaler(Scaling(max_replicas=100))
    assert autoscaler.step(0, 10, asks(10)).replicas == 10
    held = [autoscaler.step(15.0 * look, 10, asks(2)) for look in range(1, 20)]
    assert {each.replicas for each in held} == {10}
    assert held[-1].reason == "ScaleDownStabilized"
    assert autoscaler.step(300, 10, asks(2)).replicas == 2


def test_the_documented_descent_from_80_to_10() -> None:
    down = Side(
        window_s=0,
        policies=(Policy(kind="Pods", value=4, period_s=60), Policy(kind="Percent", value=10, period_s=60)),
    )
    autoscaler = HorizontalAutoscaler(Scaling(max_replicas=100, behaviour=Behaviour(down=down)))
    current, seen = 80, []
    for look in range(13):
        current = autoscaler.step(60.0 * look, current, asks(10)).replicas
        seen.append(current)
    assert seen[:2] == [72, 64]
    assert seen[-1] < 40
    late = [before - after for before, after in pairwise(seen) if before <= 40]
    assert set(late) == {4}


def test_a_policy_counts_what_happened_in_its_period() -> None:
    up = Side(window_s=0, policies=(Policy(kind="Pods", value=2, period_s=60),))
    autoscaler = HorizontalAutoscaler(Scaling(max_replicas=100, behaviour=Behaviour(up=up)))
    assert [autoscaler.step(at_s, now, asks(50)).replicas for at_s, now in ((0, 5), (15, 7), (45, 7), (60, 7))] == [
        7,
        7,
        7,
        9,
    ]


def test_disabled_sides_and_the_bounds() -> None:
    still = Behaviour(down=Side(window_s=0, policies=(Policy(kind="Pods", value=1, period_s=60),), select="Disabled"))
    assert HorizontalAutoscaler(Scaling(max_replicas=9, behaviour=still)).step(0, 5, asks(1)).replicas == 5
    assert HorizontalAutoscaler(Scaling(max_replicas=6)).step(0, 5, asks(50)).reason == "TooManyReplicas"
    assert HorizontalAutoscaler(Scaling(min_replicas=3, max_replicas=6)).step(0, 1, asks(1)).replicas == 3
    assert HorizontalAutoscaler(Scaling(max_replicas=6)).step(0, 0, asks(4)).reason == "ScalingDisabled"


@given(st.lists(st.integers(1, 60), min_size=1, max_size=40), st.integers(1, 10))
def test_it_never_leaves_its_bounds_nor_its_speed(wishes: list[int], least: int) -> None:
    autoscaler = HorizontalAutoscaler(Scaling(min_replicas=least, max_replicas=40))
    current = least
    for look, wish in enumerate(wishes):
        after = autoscaler.step(15.0 * look, current, asks(wish)).replicas
        assert least <= after <= 40
        assert after <= max(2 * current, current + 4)
        current = after
