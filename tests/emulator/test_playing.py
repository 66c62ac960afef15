"""A played minute is one call: datapoints go in, time passes, the groups are seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aws14.cloud.control_api import ask
from aws14.emulator.durations import typical_s
from aws14.errors import EmulatorError
from tests.emulator.scaling_case import build_group, build_place, build_target_group, members

MINUTE = 60.0
BOOT = typical_s("EC2 instance pending to running")


def cpu(value, **more):
    where = {"AutoScalingGroupName": "app"}
    return {"namespace": "AWS/EC2", "name": "CPUUtilization", "dimensions": where, "value": value} | more


def play(emulator, *metrics, until):
    return ask(emulator, "POST", "play", {"metrics": list(metrics), "until": until})


@pytest.fixture
def group(clean_emulator, aws, ami):
    place = build_place(aws, ami)
    arn = build_target_group(aws, place)
    build_group(aws, place, TargetGroupARNs=[arn])
    return place


def test_time_goes_to_the_end_of_the_minute_and_datapoints_lie_at_its_start(group, aws, clean_emulator):
    end = (clean_emulator.status()["now"] // MINUTE + 2) * MINUTE
    for number in range(3):
        told = play(clean_emulator, cpu(40.0 + number, unit="Percent"), until=end + number * MINUTE)
        assert told["now"] == pytest.approx(end + number * MINUTE, abs=5)
    first = datetime.fromtimestamp(end - MINUTE, UTC)
    found = aws("cloudwatch").get_metric_statistics(
        Namespace="AWS/EC2",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "AutoScalingGroupName", "Value": "app"}],
        StartTime=first - timedelta(minutes=5),
        EndTime=first + timedelta(minutes=5),
        Period=60,
        Statistics=["Average"],
    )["Datapoints"]
    listed = sorted((one["Timestamp"], one["Average"]) for one in found)
    assert listed == [(first + timedelta(minutes=number), 40.0 + number) for number in range(3)]


def test_members_are_told_with_zone_state_and_whether_they_answer(group, aws, clean_emulator):
    now = clean_emulator.status()["now"]
    told = play(clean_emulator, until=now + BOOT + 2)["groups"]
    assert [(one["name"], one["min"], one["desired"], one["max"]) for one in told] == [("app", 1, 2, 6)]
    young = told[0]["members"]
    assert {one["id"] for one in young} == {one["InstanceId"] for one in members(aws)}
    assert [(one["state"], one["answers"]) for one in young] == [("InService", False)] * 2, "user data still runs"
    assert young[0]["in_service_at"] == pytest.approx(young[0]["launched"] + BOOT, abs=1)
    grown = play(clean_emulator, until=now + 10 * MINUTE)["groups"][0]["members"]
    assert [one["answers"] for one in grown] == [True, True]
    clean_emulator.damage("instance", grown[0]["id"], None)
    answers = play(clean_emulator, until=now + 10 * MINUTE + 5)["groups"][0]["members"]
    assert {one["id"]: one["answers"] for one in answers} == {grown[0]["id"]: False, grown[1]["id"]: True}


def test_group_metrics_are_told_once_they_are_collected(group, aws, clean_emulator):
    now = clean_emulator.status()["now"]
    assert play(clean_emulator, until=now + MINUTE)["groups"][0]["metrics"] == {}
    asg = aws("autoscaling")
    asg.enable_metrics_collection(AutoScalingGroupName="app", Granularity="1Minute")
    told = play(clean_emulator, until=now + 2 * MINUTE)["groups"][0]["metrics"]
    assert told["GroupInServiceInstances"] == told["GroupTotalInstances"] == told["GroupDesiredCapacity"] == 2
    asg.disable_metrics_collection(AutoScalingGroupName="app", Metrics=["GroupMinSize"])
    assert "GroupMinSize" not in play(clean_emulator, until=now + 3 * MINUTE)["groups"][0]["metrics"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"until": "soon"}, "cannot play until 'soon'"),
        ({"until": 1.0, "metrics": {}}, "not a list"),
        ({"until": 1.0, "metrics": [{"namespace": "A", "name": "b", "value": "x"}]}, "no value of a metric"),
        (
            {"until": 1.0, "metrics": [{"namespace": "A", "name": "b", "value": 1, "dimensions": {"a": 1}}]},
            "dimensions",
        ),
        ({"until": 1.0, "metrics": [{"name": "b", "value": 1}]}, "namespace"),
    ],
)
def test_a_wrong_question_is_answered(emulator, body, words):
    with pytest.raises(EmulatorError, match=words):
        ask(emulator, "POST", "play", body)
