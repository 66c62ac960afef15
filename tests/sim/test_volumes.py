"""Volumes against AWS's own table of burst durations, and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws14.errors import ScenarioError
from aws14.sim.volumes import Volume, lane_iops, run


@pytest.mark.parametrize(
    ("gib", "baseline", "burst_s", "refill_s"),
    [(1, 100, 1862, 54_000), (33, 100, 1862, 54_000), (100, 300, 2000, 18_000), (334, 1002, 2703, 5389),
     (750, 2250, 7200, 2400)],
)  # fmt: skip
def test_the_table_of_the_user_guide(gib: float, baseline: float, burst_s: float, refill_s: float) -> None:
    volume = Volume(kind="gp2", gib=gib)
    assert volume.baseline_iops == baseline
    assert round(volume.burst_s) == burst_s
    assert round(volume.refill_s) == refill_s


@pytest.mark.parametrize("gib", [33, 100, 334])
def test_a_full_bucket_lasts_as_long_as_the_formula_says(gib: float) -> None:
    volume = Volume(kind="gp2", gib=gib)
    played = run(volume, np.full(4000, 5000.0))
    assert int((played.given_iops == volume.burst_iops).sum()) == math.floor(volume.burst_s)
    assert played.given_iops[-1] == volume.baseline_iops


def test_an_idle_volume_fills_its_bucket() -> None:
    volume = Volume(kind="gp2", gib=100)
    played = run(volume, np.zeros(20_000), credits_at_start=0)
    assert int((played.credits < volume.credits_kept).sum()) == math.ceil(volume.refill_s) - 1
    assert played.credits[-1] == volume.credits_kept


def test_a_big_gp2_has_no_bucket_and_its_most() -> None:
    assert Volume(kind="gp2", gib=1000).credits_kept == 0
    assert Volume(kind="gp2", gib=1000).burst_iops == 3000
    assert Volume(kind="gp2", gib=16_000).baseline_iops == 16_000
    assert math.isinf(Volume(kind="gp2", gib=1000).burst_s)


def test_gp3_gives_the_same_at_any_time() -> None:
    played = run(Volume(kind="gp3", gib=50, iops=3000), np.full(90_000, 4000.0))
    assert set(played.given_iops) == {3000.0}
    assert played.missed_share == pytest.approx(0.25)


def test_a_narrow_lane_makes_a_fast_disk_slow() -> None:
    fast = Volume(kind="io2", gib=100, iops=16_000)
    assert run(fast, np.full(10, 20_000.0), lane=lane_iops("m5.large")).given_iops.max() == lane_iops("m5.large")
    assert lane_iops("m5.large") < 16_000


@given(
    gib=st.floats(1, 2000),
    asked=st.lists(st.floats(0, 20_000), min_size=1, max_size=60),
    start=st.floats(0, 1),
)
def test_credits_are_conserved(gib: float, asked: list[float], start: float) -> None:
    """What is given never exceeds what is asked, nor the baseline plus the credits spent."""
    volume = Volume(kind="gp2", gib=gib)
    begun = start * volume.credits_kept
    played = run(volume, np.array(asked), credits_at_start=begun)
    assert (played.given_iops <= np.array(asked) + 1e-9).all()
    spent = begun - played.credits[-1]
    assert played.given_iops.sum() <= volume.baseline_iops * len(asked) + spent + 1e-6
    assert (played.credits >= -1e-6).all()
    assert (played.credits <= volume.credits_kept).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "gp4", "gib": 10},
        {"kind": "gp2", "gib": 0},
        {"kind": "gp2", "gib": 10, "iops": 100},
        {"kind": "io2", "gib": 10},
    ],
)
def test_no_such_volume(wrong: dict[str, object]) -> None:
    with pytest.raises(ScenarioError):
        Volume(**wrong)  # type: ignore[arg-type] # wrong on purpose


def test_no_negative_operations() -> None:
    with pytest.raises(ScenarioError):
        run(Volume(kind="gp2", gib=10), np.array([-1.0]))
