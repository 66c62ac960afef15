"""Scaling decisions: every worked example of the EC2 Auto Scaling user guide."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from aws14.errors import DesignError
from aws14.sim.autoscaling import (
    Member,
    Proposal,
    SimplePolicy,
    Step,
    StepPolicy,
    TargetTracking,
    adjusted,
    combined,
    instance_to_terminate,
    zone_to_launch,
)

PERCENT = "PercentChangeInCapacity"
THRESHOLD = 50.0
OUT = StepPolicy(
    name="out",
    kind=PERCENT,
    steps=(
        Step(lower=0, upper=10, adjustment=0),
        Step(lower=10, upper=20, adjustment=10),
        Step(lower=20, upper=None, adjustment=30),
    ),
)
IN = StepPolicy(
    name="in",
    kind=PERCENT,
    steps=(
        Step(lower=-10, upper=0, adjustment=0),
        Step(lower=-20, upper=-10, adjustment=-10),
        Step(lower=None, upper=-20, adjustment=-30),
    ),
)


def cpu(target: float = 50.0, **options) -> TargetTracking:
    return TargetTracking(name="cpu", metric="ASGAverageCPUUtilization", target=target, **options)


@pytest.mark.parametrize(
    ("current", "adjustment", "kind", "after"),
    [
        (3, 5, "ChangeInCapacity", 8),
        (3, 5, "ExactCapacity", 5),
        (10, 10, PERCENT, 11),
        # Rounding: 12.7 -> 12, 0.67 -> 1, -0.58 -> -1, -6.67 -> -6.
        (127, 10, PERCENT, 127 + 12),
        (67, 1, PERCENT, 68),
        (58, -1, PERCENT, 57),
        (667, -1, PERCENT, 667 - 6),
        (10, 0, PERCENT, 10),
    ],
)
def test_adjustment_types_and_rounding(current, adjustment, kind, after):
    assert adjusted(current, adjustment, kind) == after


@pytest.mark.parametrize(("adjustment", "after"), [(25, 6), (-25, 2), (0, 4), (75, 7)])
def test_a_percentage_moves_at_least_so_many(adjustment, after):
    assert adjusted(4, adjustment, PERCENT, least=2) == after


def test_the_guides_walk_through_the_steps():
    capacity = 10
    for metric, policy, after in ((60, OUT, 11), (70, OUT, 14), (40, IN, 13), (30, IN, 10)):
        capacity = policy.adjust(capacity, metric=metric, threshold=THRESHOLD)
        assert capacity == after, metric


@pytest.mark.parametrize(
    ("policy", "metric", "after"),
    [
        (OUT, 59.999, 100),
        (OUT, 60, 110),
        (OUT, 69.999, 110),
        (OUT, 70, 130),
        (IN, 40.001, 100),
        (IN, 40, 90),
        (IN, 30.001, 90),
        (IN, 30, 70),
        (IN, 55, 100),
        (OUT, 45, 100),
    ],
)
def test_bounds_belong_to_the_step_farther_from_the_threshold(policy, metric, after):
    assert policy.adjust(100, metric=metric, threshold=THRESHOLD) == after


@given(some.lists(some.integers(1, 60), unique=True, min_size=1, max_size=6), some.floats(0, 200))
def test_steps_leave_no_gap(cuts, distance):
    edges = [0, *sorted(cuts), None]
    up = [Step(lower=a, upper=b, adjustment=1) for a, b in itertools.pairwise(edges)]
    down = [Step(lower=None if s.upper is None else -s.upper, upper=-s.lower, adjustment=-1) for s in up]
    assert sum(step.holds(distance) for step in up) == 1
    assert sum(step.holds(-distance) for step in down) == 1
    both = StepPolicy(name="both", kind="ChangeInCapacity", steps=(*up, *down))
    assert both.adjust(10, metric=distance, threshold=0.0) == 11


@pytest.mark.parametrize(
    "steps", [(), (Step(lower=0, upper=10, adjustment=1), Step(lower=15, upper=None, adjustment=2))]
)
def test_steps_that_aws_refuses(steps):
    with pytest.raises(DesignError):
        StepPolicy(name="p", kind="ChangeInCapacity", steps=steps)


def test_a_simple_policy_does_not_look_at_the_metric():
    policy = SimplePolicy(name="p", kind="ChangeInCapacity", adjustment=2)
    assert {policy.adjust(3, metric=metric, threshold=50) for metric in (51, 99)} == {5}


@pytest.mark.parametrize(
    ("current", "metric", "target", "after"),
    [
        (200, 75, 70, 215),  # DynamoDB's example: 150 of 200 units used, 69.77 % after
        (10, 150, 100, 15),  # 1,500 messages on 10 instances that may have 100 each
        (3, 75, 50, 5),  # 1.5 too few: two are added
        (4, 31.25, 50, 3),  # 1.5 too many: one is taken
        (7, 50, 50, 7),
        (10, 0.7, 0.7, 10),
    ],
)
def test_target_tracking_is_proportional_and_careful(current, metric, target, after):
    assert cpu(target).adjust(current, metric=metric) == after


def test_alarms_of_target_tracking():
    policy = cpu(50)
    high, low = policy.high, policy.low
    assert (high.datapoints_to_alarm, high.evaluation_periods, high.threshold) == (3, 3, 50)
    assert (low.datapoints_to_alarm, low.evaluation_periods, low.threshold) == (15, 15, 35)
    assert high.breaches(50.1)
    assert not high.breaches(50)
    assert low.breaches(34.9)
    assert not low.breaches(35)
    assert cpu(30, low_share=0.9).low.threshold == pytest.approx(27)
    assert cpu(disable_scale_in=True).adjust(10, metric=5) == 10


@given(some.integers(1, 100), some.floats(0, 1000), some.floats(1, 100))
def test_target_tracking_brings_the_metric_to_its_target_with_as_few_as_possible(current, metric, target):
    wanted = cpu(target).adjust(current, metric=metric)
    work = current * metric
    assert wanted * target >= work * (1 - 1e-6) - 1e-6
    assert (wanted - 1) * target < work + 1e-6


@pytest.mark.parametrize("wrong", [{"target": 0.0}, {"target": math.nan}, {"metric": "CPU"}])
def test_tracking_that_cannot_be(wrong):
    asked = {"name": "cpu", "metric": "ASGAverageCPUUtilization", "target": 50.0}
    with pytest.raises(DesignError):
        TargetTracking(**asked | wrong)


def propose(*capacities: tuple[int, bool]) -> Proposal | None:
    return combined(10, [Proposal(policy=f"p{n}", capacity=c, holds=h) for n, (c, h) in enumerate(capacities)])


@pytest.mark.parametrize(
    ("proposals", "after"),
    [
        (((12, True), (10, True)), 12),
        (((12, True), (15, False)), 15),
        (((12, True), (8, True)), 12),
        (((8, True), (10, True)), None),
        (((8, True), (9, True)), 9),
        (((8, False), (10, True)), 8),
        (((10, True), (10, False)), None),
    ],
)
def test_out_if_any_in_only_if_all_that_track(proposals, after):
    found = propose(*proposals)
    assert (found.capacity if found else None) == after


def test_a_launch_goes_where_fewest_are():
    assert zone_to_launch({"a": 2, "c": 1}, ("a", "c")) == "c"
    assert zone_to_launch({"a": 1, "c": 1}, ("c", "a")) == "c"


def member(name: str, zone: str = "a", launched_s: float = 0.0, **more) -> Member:
    return Member(id=name, zone=zone, state="InService", launched_s=launched_s, ready_s=launched_s, **more)


def test_a_scale_in_levels_the_zones_before_it_asks_the_policies():
    members = [member("old", "c", 0), member("a1", "a", 100), member("a2", "a", 200)]
    assert instance_to_terminate(members, ("OldestInstance",)).id == "a1"


@pytest.mark.parametrize(
    ("policies", "gone"),
    [
        (("OldestInstance",), "first"),
        (("NewestInstance",), "third"),
        (("Default",), "second"),
        (("OldestLaunchTemplate", "NewestInstance"), "second"),
        (("ClosestToNextInstanceHour",), "third"),
    ],
)
def test_termination_policies(policies, gone):
    members = [
        member("first", launched_s=0, template=2),
        member("second", launched_s=600, template=1),
        member("third", launched_s=3000, template=3),
    ]
    # At 6,000 s: 1,200 s, 1,800 s and 600 s to the next full hour.
    assert instance_to_terminate(members, policies, now_s=6000).id == gone


def test_protected_members_stay():
    members = [member("kept", protected=True), member("gone", launched_s=50)]
    assert instance_to_terminate(members, ("OldestInstance",)).id == "gone"
    assert instance_to_terminate(members[:1]) is None
