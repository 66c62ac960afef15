"""A run played into the embedded AWS: its own group decides as the fast engine's does."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from aws14.sim import simulate
from tests.patterns.p03_site import portal

HOUR_S = 3600.0


@pytest.fixture(scope="module")
def lab(emulator, emulator_home):
    with portal(emulator, emulator_home) as lab:
        yield lab


@pytest.fixture(scope="module")
def both(lab):
    """A morning by the fast engine, and the same one played."""
    morning = lab.scenario(starts_h=8.5, horizon_h=2.0)
    return simulate(lab.built(), morning), lab.play(morning)


def test_the_fast_engine_and_the_played_run_agree(both):
    fast, played = both
    assert fast.fleet.desired.max() > 8, "the morning is one in which something is decided"
    assert played.fleet.desired.tolist() == fast.fleet.desired.tolist()
    assert played.fleet.in_service.tolist() == fast.fleet.in_service.tolist()
    assert played.served.tolist() == fast.served.tolist()


def test_aws_itself_tells_the_same_story(lab, both):
    _, played = both
    activities = lab.client("autoscaling").describe_scaling_activities(AutoScalingGroupName="portal")["Activities"]
    told = [each["Cause"] for each in reversed(activities) if "alarm" in each["Cause"]]
    desired = played.fleet.desired
    steps = [(int(a), int(b)) for a, b in pairwise(desired) if a != b]
    said = list(dict.fromkeys(text.partition("desired capacity from ")[2].split(".")[0] for text in told))
    # The last step may still be on its way when the run ends: terminating takes its time.
    assert said == list(dict.fromkeys(f"{before} to {after}" for before, after in steps))


def test_cloudwatch_has_the_minutes_that_the_chart_shows(lab, both):
    _, played = both
    found = lab.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/EC2",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "AutoScalingGroupName", "Value": "portal"}],
        StartTime=datetime.fromtimestamp(lab.session.now() - 3 * HOUR_S, UTC),
        EndTime=datetime.fromtimestamp(lab.session.now() + HOUR_S, UTC),
        Period=60,
        Statistics=["Average"],
    )["Datapoints"]
    listed = sorted((each["Timestamp"], each["Average"]) for each in found)
    assert listed[0][0].astimezone(ZoneInfo("Asia/Tokyo")).strftime("%H:%M") == "08:30"
    shown = 100 * played.fleet.cpu_utilization[:-1]  # the run ends before its last minute is told
    apart = np.abs(np.array([value for _, value in listed]) - shown)
    assert apart.max() < 0.5, (np.flatnonzero(apart > 0.5), apart.max())


def test_a_scheduled_action_is_carried_out_in_both(lab):
    client = lab.client("autoscaling")
    when = {"AutoScalingGroupName": "portal", "TimeZone": "Asia/Tokyo"}
    client.put_scheduled_update_group_action(ScheduledActionName="a", Recurrence="45 8 * * *", MinSize=10, **when)
    client.put_scheduled_update_group_action(ScheduledActionName="b", Recurrence="30 9 * * *", MinSize=2, **when)
    morning = lab.scenario(starts_h=8.5, horizon_h=1.5)
    fast, played = simulate(lab.built(), morning), lab.play(morning)
    assert fast.failure_ratio == 0
    assert played.fleet.desired.tolist() == fast.fleet.desired.tolist()
