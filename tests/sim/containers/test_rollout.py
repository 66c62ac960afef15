"""Rollouts: rounding of the bounds, and that no step leaves them, whatever becomes of the pods."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws14.errors import DesignError
from aws14.sim.containers.rollout import Bounds, Version, bounds, recreate, step


@pytest.mark.parametrize(
    ("desired", "surge", "unavailable", "expected"),
    [
        (10, "25%", "25%", (3, 2)),
        (4, "25%", "25%", (1, 1)),
        (3, "25%", "25%", (1, 0)),
        (1, "25%", "25%", (1, 0)),
        (5, 0, "10%", (0, 1)),
        (5, "1", 0, (1, 0)),
        (3, "0%", "0", (0, 1)),
    ],
)
def test_surge_is_rounded_up_and_unavailable_down(
    desired: int, surge: str | int, unavailable: str | int, expected: tuple[int, int]
) -> None:
    found = bounds(desired, surge=surge, unavailable=unavailable)
    assert (found.surge, found.unavailable) == expected


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(DesignError, match="surge"):
        bounds(4, surge="a quarter")


def test_a_release_that_never_is_ready_stops_within_the_bounds() -> None:
    new, old = Version(name="v2", replicas=0, available=0), Version(name="v1", replicas=4, available=4)
    limits = Bounds(surge=1, unavailable=1)
    for _ in range(20):
        after = step(4, limits, new, [old])
        new = Version(name="v2", replicas=after["v2"], available=0)
        old = Version(name="v1", replicas=after["v1"], available=after["v1"])
    assert (old.available, new.replicas) == (3, 2)


def test_pods_of_the_old_version_that_are_not_available_go_first() -> None:
    new, ill = Version(name="v3", replicas=1, available=0), Version(name="v2", replicas=2, available=0)
    good = Version(name="v1", replicas=3, available=3)
    after = step(4, Bounds(surge=1, unavailable=1), new, [good, ill])
    assert after["v2"] < 2
    assert after["v1"] == 3


def test_recreate_waits_until_the_last_old_pod_is_gone() -> None:
    new, old = Version(name="v2", replicas=0, available=0), Version(name="v1", replicas=3, available=3)
    assert recreate(3, new, [old], old_pods=3) == {"v1": 0, "v2": 0}
    gone = Version(name="v1", replicas=0, available=0)
    assert recreate(3, new, [gone], old_pods=1) == {"v1": 0, "v2": 0}
    assert recreate(3, new, [gone], old_pods=0) == {"v1": 0, "v2": 3}


@given(
    st.integers(1, 30),
    st.integers(0, 100),
    st.integers(0, 100),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=80),
)
def test_no_step_leaves_the_bounds_and_the_end_is_reached(
    desired: int, surge: int, unavailable: int, ready: list[tuple[int, int]]
) -> None:
    """Pods become available in any order, and stay so; a step may only take away what the bounds allow."""
    limits = bounds(desired, surge=f"{surge}%", unavailable=f"{unavailable}%")
    new, old = Version(name="v2", replicas=0, available=0), Version(name="v1", replicas=desired, available=desired)
    for more, _ in [*ready, *[(desired, 0)] * (4 * desired + 4)]:
        after = step(desired, limits, new, [old])
        new = Version(name="v2", replicas=after["v2"], available=min(after["v2"], new.available + more))
        old = Version(name="v1", replicas=after["v1"], available=min(after["v1"], old.available))
        assert new.available + old.available >= desired - limits.unavailable
        assert new.replicas + old.replicas <= desired + limits.surge
    assert (new.replicas, old.replicas) == (desired, 0)
