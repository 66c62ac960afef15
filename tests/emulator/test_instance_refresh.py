"""Instance refreshes: batch after batch, never below the healthy minimum, until all are new or somebody stops it."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.durations import typical_s
from tests.emulator.scaling_case import activities, build_group, build_place, look, members

MINUTE = 60.0
BOOT = typical_s("EC2 instance pending to running")


@pytest.fixture
def asg(aws):
    return aws("autoscaling")


@pytest.fixture
def group(clean_emulator, aws, ami):
    place = build_place(aws, ami)
    build_group(aws, place, DesiredCapacity=4)
    clean_emulator.advance(MINUTE)
    new = {"InstanceType": "t3.small"}
    aws("ec2").create_launch_template_version(
        LaunchTemplateId=place.template, SourceVersion="1", LaunchTemplateData=new
    )
    return "app"


def serving(aws):
    return [one for one in members(aws) if one["LifecycleState"] == "InService"]


def versions(aws):
    return sorted(one["LaunchTemplate"]["Version"] for one in serving(aws))


def refresh(asg):
    return asg.describe_instance_refreshes(AutoScalingGroupName="app")["InstanceRefreshes"][0]


def test_batches_keep_the_minimum_healthy_and_wait_for_the_warm_up(group, aws, asg, clean_emulator):
    started = asg.start_instance_refresh(
        AutoScalingGroupName=group, Preferences={"MinHealthyPercentage": 50, "InstanceWarmup": 120}
    )
    clean_emulator.advance(1)
    assert (refresh(asg)["Status"], refresh(asg)["InstancesToUpdate"]) == ("InProgress", 4)
    assert len(serving(aws)) == 2, "half of them at a time"
    clean_emulator.advance(BOOT + 100)
    assert versions(aws) == ["1", "1", "2", "2"], "new ones warm up: no second batch yet"
    assert refresh(asg)["PercentageComplete"] == 50
    least = 4
    for _ in range(40):
        clean_emulator.advance(20)
        least = min(least, len(serving(aws)))
    assert least == 2
    done = refresh(asg)
    assert (done["Status"], done["PercentageComplete"], done["InstancesToUpdate"]) == ("Successful", 100, 0)
    assert done["InstanceRefreshId"] == started["InstanceRefreshId"]
    assert 2 * (BOOT + 120) <= (done["EndTime"] - done["StartTime"]).total_seconds() <= 2 * (BOOT + 120) + 90
    assert versions(aws) == ["2"] * 4
    assert look(aws)["DesiredCapacity"] == 4
    assert any(" in response to an instance refresh.  At " in one["Cause"] for one in activities(aws))


def test_a_refresh_can_be_cancelled_and_blocks_another(group, aws, asg, clean_emulator):
    asg.start_instance_refresh(AutoScalingGroupName=group, Preferences={"InstanceWarmup": 60})
    with pytest.raises(ClientError) as refused:
        asg.start_instance_refresh(AutoScalingGroupName=group)
    assert refused.value.response["Error"]["Code"] == "InstanceRefreshInProgress"
    clean_emulator.advance(BOOT + 30)
    asg.cancel_instance_refresh(AutoScalingGroupName=group)
    clean_emulator.advance(10 * MINUTE)
    assert refresh(asg)["Status"] == "Cancelled"
    assert versions(aws) == ["1", "1", "1", "2"], "what was replaced stays"
    with pytest.raises(ClientError) as refused:
        asg.cancel_instance_refresh(AutoScalingGroupName=group)
    assert refused.value.response["Error"]["Code"] == "ActiveInstanceRefreshNotFound"


def test_who_matches_already_may_be_passed_over(group, aws, asg, clean_emulator):
    asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=5)
    clean_emulator.advance(MINUTE)
    new = next(one["InstanceId"] for one in members(aws) if one["LaunchTemplate"]["Version"] == "2")
    asg.start_instance_refresh(
        AutoScalingGroupName=group, Preferences={"SkipMatching": True, "InstanceWarmup": 0, "MinHealthyPercentage": 0}
    )
    clean_emulator.advance(10 * MINUTE)
    assert refresh(asg)["Status"] == "Successful"
    assert new in {one["InstanceId"] for one in members(aws)}
    assert versions(aws) == ["2"] * 5


def test_a_refresh_that_cannot_go_on_fails(group, aws, asg, clean_emulator):
    asg.suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["Launch"])
    asg.start_instance_refresh(AutoScalingGroupName=group, Preferences={"InstanceWarmup": 60})
    clean_emulator.advance(3 * 3600)
    assert refresh(asg)["Status"] == "Failed"
    assert "did not come into service" in refresh(asg)["StatusReason"]
    _, events = clean_emulator.advance(24 * 3600)
    assert len(events) < 100, "nothing looks any longer"
