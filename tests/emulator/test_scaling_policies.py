"""Policies and schedules: made, called by alarms and by the clock, decided as simulated runs decide."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.control_api import ask
from aws14.emulator.durations import typical_s
from aws14.sim.autoscaling import Group, Spec, TargetTracking
from tests.emulator.scaling_case import ZONES, activities, build_group, build_place, look, members, states

MINUTE = 60.0
BOOT = typical_s("EC2 instance pending to running")
METRIC = "AWS/EC2 CPUUtilization"
TRACKING = {"TargetValue": 50.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"}}
STEPS = (
    {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 0},
    {"MetricIntervalLowerBound": 10, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 10},
    {"MetricIntervalLowerBound": 20, "ScalingAdjustment": 30},
    {"MetricIntervalLowerBound": -10, "MetricIntervalUpperBound": 0, "ScalingAdjustment": 0},
    {"MetricIntervalLowerBound": -20, "MetricIntervalUpperBound": -10, "ScalingAdjustment": -10},
    {"MetricIntervalUpperBound": -20, "ScalingAdjustment": -30},
)


@pytest.fixture
def place(clean_emulator, aws, ami):
    return build_place(aws, ami)


@pytest.fixture
def asg(aws):
    return aws("autoscaling")


@pytest.fixture
def group(place, aws, clean_emulator):
    build_group(aws, place)
    clean_emulator.advance(MINUTE)
    return "app"


def track(asg, group="app", name="cpu", **more):
    asked = {"PolicyType": "TargetTrackingScaling", "TargetTrackingConfiguration": TRACKING | more}
    return asg.put_scaling_policy(AutoScalingGroupName=group, PolicyName=name, **asked)


def desired(aws, group="app"):
    return look(aws, group)["DesiredCapacity"]


def play(emulator, values, group="app"):
    """Play one minute after the other with these values of CPU; return the desired capacity at each end."""
    now = emulator.status()["now"]
    start, found = (now // MINUTE + 1) * MINUTE, []
    emulator.advance(start - now)
    for number, value in enumerate(values, 1):
        one = {"namespace": "AWS/EC2", "name": "CPUUtilization", "dimensions": {"AutoScalingGroupName": group}}
        body = {"metrics": [one | {"value": value, "unit": "Percent"}], "until": start + number * MINUTE}
        told = ask(emulator, "POST", "play", body)["groups"]
        found.append(next(each["desired"] for each in told if each["name"] == group))
    return found


def test_a_policy_answers_with_its_arn_and_brings_its_two_alarms(group, aws, asg):
    said = track(asg)
    assert said["PolicyARN"].endswith(":autoScalingGroupName/app:policyName/cpu")
    names = [one["AlarmName"] for one in said["Alarms"]]
    begins = ("TargetTracking-app-AlarmHigh-", "TargetTracking-app-AlarmLow-")
    assert [name.startswith(begin) for name, begin in zip(names, begins, strict=True)] == [True, True]
    found = {one["AlarmName"]: one for one in aws("cloudwatch").describe_alarms()["MetricAlarms"]}
    high, low = (found[name] for name in names)
    assert (high["Period"], high["EvaluationPeriods"], high["Threshold"], high["ComparisonOperator"]) == (
        60,
        3,
        50.0,
        "GreaterThanThreshold",
    )
    assert (low["Period"], low["EvaluationPeriods"], low["ComparisonOperator"]) == (60, 15, "LessThanThreshold")
    assert low["Threshold"] == pytest.approx(35.0)
    assert high["AlarmActions"] == low["AlarmActions"] == [said["PolicyARN"]]
    assert high["Dimensions"] == [{"Name": "AutoScalingGroupName", "Value": "app"}]
    listed = asg.describe_policies(AutoScalingGroupName="app")["ScalingPolicies"]
    assert [(one["PolicyARN"], one["Enabled"]) for one in listed] == [(said["PolicyARN"], True)]
    assert {one["AlarmName"] for one in listed[0]["Alarms"]} == set(names)
    again = track(asg, DisableScaleIn=True)
    assert again["PolicyARN"] == said["PolicyARN"]
    assert len(aws("cloudwatch").describe_alarms()["MetricAlarms"]) == len(again["Alarms"]) == 1
    asg.delete_policy(AutoScalingGroupName="app", PolicyName="cpu")
    assert aws("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert asg.describe_policies(AutoScalingGroupName="app")["ScalingPolicies"] == []


def test_policies_of_one_name_in_two_groups_are_two(group, place, aws, asg, clean_emulator):
    build_group(aws, place, "other", DesiredCapacity=1)
    for name, step in (("app", 2), ("other", 1)):
        asg.put_scaling_policy(
            AutoScalingGroupName=name, PolicyName="up", AdjustmentType="ChangeInCapacity", ScalingAdjustment=step
        )
    asg.execute_policy(AutoScalingGroupName="app", PolicyName="up")
    assert (desired(aws), desired(aws, "other")) == (4, 1)
    listed = asg.describe_policies()["ScalingPolicies"]
    assert len({one["PolicyARN"] for one in listed}) == 2
    asg.delete_policy(AutoScalingGroupName="app", PolicyName="up")
    asg.execute_policy(PolicyName=next(one["PolicyARN"] for one in listed if one["AutoScalingGroupName"] == "other"))
    assert desired(aws, "other") == 2
    asg.delete_auto_scaling_group(AutoScalingGroupName="other", ForceDelete=True)
    assert asg.describe_policies()["ScalingPolicies"] == []


def test_target_tracking_scales_out_after_three_minutes_and_says_why(group, aws, asg, clean_emulator):
    clean_emulator.advance(10 * MINUTE)
    said = track(asg)
    assert play(clean_emulator, [90.0] * 3) == [2, 2, 4]
    cause = activities(aws)[0]["Cause"]
    named = f"a monitor alarm {said['Alarms'][0]['AlarmName']} in state ALARM triggered policy cpu changing the desired"
    assert f"{named} capacity from 2 to 4." in cause
    assert states(aws) == ["InService", "InService", "Pending", "Pending"]


def test_target_tracking_takes_nothing_away_while_instances_warm_up(group, aws, asg, clean_emulator):
    asg.update_auto_scaling_group(AutoScalingGroupName=group, DefaultInstanceWarmup=1200)
    assert look(aws)["DefaultInstanceWarmup"] == 1200
    track(asg)
    timeline = play(clean_emulator, [10.0] * 25)
    assert timeline[15] == 2, "the low alarm has called, and one minute more has passed"
    assert timeline[-1] == 1, "twenty minutes after they began to serve"


def test_the_played_group_decides_as_the_simulated_one(place, aws, asg, clean_emulator):
    """The oracle is the engine of simulated runs: both hear the same minutes."""
    build_group(aws, place, DesiredCapacity=2, MaxSize=12, DefaultCooldown=120)
    clean_emulator.advance(10 * MINUTE)
    track(asg)
    values = [30.0] * 4 + [85.0] * 8 + [70.0] * 8 + [40.0] * 5 + [10.0] * 25 + [95.0] * 6
    played = play(clean_emulator, values)
    spec = Spec(name="app", min_size=1, max_size=12, desired=2, zones=ZONES, cooldown_s=120.0, startup_s=BOOT)
    simulated = Group(spec, [TargetTracking(name="cpu", metric="ASGAverageCPUUtilization", target=50.0)])
    told = []
    for number, value in enumerate(values, 1):
        simulated.minute(number * MINUTE, {METRIC: value})
        told.append(simulated.desired)
    assert played == told
    assert len(set(played)) > 3, "the day has something to decide"


def test_step_scaling_follows_the_worked_example_of_the_user_guide(place, aws, asg, clean_emulator):
    build_group(aws, place, MinSize=1, MaxSize=20, DesiredCapacity=10)
    asg.put_scaling_policy(
        AutoScalingGroupName="app",
        PolicyName="steps",
        PolicyType="StepScaling",
        AdjustmentType="PercentChangeInCapacity",
        StepAdjustments=list(STEPS),
        EstimatedInstanceWarmup=0,
    )
    clean_emulator.advance(MINUTE)
    for metric, wanted in ((60.0, 11), (70.0, 14), (40.0, 13), (30.0, 10)):
        asg.execute_policy(AutoScalingGroupName="app", PolicyName="steps", MetricValue=metric, BreachThreshold=50.0)
        clean_emulator.advance(2 * MINUTE)
        assert (desired(aws), len(members(aws))) == (wanted, wanted)


def test_a_simple_policy_is_called_by_its_alarm_and_waits_for_its_cooldown(group, aws, asg, clean_emulator):
    arn = asg.put_scaling_policy(
        AutoScalingGroupName=group,
        PolicyName="up",
        AdjustmentType="ChangeInCapacity",
        ScalingAdjustment=1,
        Cooldown=200,
    )["PolicyARN"]
    watch = aws("cloudwatch")
    watch.put_metric_alarm(
        AlarmName="busy",
        Namespace="Course",
        MetricName="jobs",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=5.0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
        AlarmActions=[arn],
    )
    assert [one["AlarmName"] for one in asg.describe_policies()["ScalingPolicies"][0]["Alarms"]] == ["busy"]
    watch.set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="a test")
    clean_emulator.advance(1)
    assert desired(aws) == 3
    with pytest.raises(ClientError, match="is in progress and blocks this action") as refused:
        asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1, HonorCooldown=True)
    assert refused.value.response["Error"]["Code"] == "ScalingActivityInProgress"
    clean_emulator.advance(BOOT + 190)
    assert desired(aws) == 3, "the alarm calls every minute: the cooldown began when the instance served"
    clean_emulator.advance(2 * MINUTE)
    assert desired(aws) == 4
    asg.suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["AlarmNotification"])
    clean_emulator.advance(20 * MINUTE)
    assert desired(aws) == 4


def test_what_cannot_be_a_policy_is_refused(group, asg):
    gap = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 20, "ScalingAdjustment": 2},
    ]
    wrong = [
        ({"PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity", "StepAdjustments": gap}, "gap or overlap"),
        ({"AdjustmentType": "Doubling", "ScalingAdjustment": 1}, "Doubling"),
        ({"AdjustmentType": "ChangeInCapacity"}, "ScalingAdjustment"),
        ({"PolicyType": "TargetTrackingScaling"}, "TargetValue"),
    ]
    for asked, words in wrong:
        with pytest.raises(ClientError, match=words) as refused:
            asg.put_scaling_policy(AutoScalingGroupName=group, PolicyName="p", **asked)
        assert refused.value.response["Error"]["Code"] == "ValidationError"
    assert asg.describe_policies()["ScalingPolicies"] == []
    with pytest.raises(ClientError, match="Resource label is required"):
        track(asg, PredefinedMetricSpecification={"PredefinedMetricType": "ALBRequestCountPerTarget"})
    with pytest.raises(ClientError, match="No scaling policy found for PolicyName none"):
        asg.execute_policy(AutoScalingGroupName=group, PolicyName="none")


def test_a_scheduled_action_happens_once_at_its_time_and_is_gone(group, aws, asg, clean_emulator):
    due = datetime.fromtimestamp(clean_emulator.status()["now"], UTC) + timedelta(minutes=10)
    asg.put_scheduled_update_group_action(
        AutoScalingGroupName=group, ScheduledActionName="big", StartTime=due, MinSize=3, MaxSize=8, DesiredCapacity=5
    )
    clean_emulator.advance(9 * MINUTE)
    assert desired(aws) == 2
    clean_emulator.advance(2 * MINUTE)
    assert (look(aws)["MinSize"], desired(aws), look(aws)["MaxSize"]) == (3, 5, 8)
    text = (
        "a scheduled action update of AutoScalingGroup constraints to min: 3, max: 8, desired: 5 changing the desired"
    )
    assert text in activities(aws)[0]["Cause"]
    assert asg.describe_scheduled_actions(AutoScalingGroupName=group)["ScheduledUpdateGroupActions"] == []
    with pytest.raises(ClientError, match="start time is in the past"):
        asg.put_scheduled_update_group_action(
            AutoScalingGroupName=group, ScheduledActionName="late", StartTime=due, DesiredCapacity=4
        )


def test_a_recurrence_follows_its_time_zone_and_rests_while_suspended(group, aws, asg, clean_emulator):
    for name, recurrence, wanted in (("morning", "0 9 * * *", 4), ("evening", "0 18 * * *", 1)):
        asg.put_scheduled_update_group_action(
            AutoScalingGroupName=group,
            ScheduledActionName=name,
            Recurrence=recurrence,
            TimeZone="Asia/Tokyo",
            DesiredCapacity=wanted,
        )
    listed = asg.describe_scheduled_actions(AutoScalingGroupName=group)["ScheduledUpdateGroupActions"]
    at = {one["ScheduledActionName"]: one["StartTime"] for one in listed}
    assert (at["morning"].hour, at["evening"].hour) == (0, 9), "in UTC"
    now = clean_emulator.status()["now"]
    clean_emulator.advance(at["morning"].timestamp() + MINUTE - now)
    assert desired(aws) == 4
    clean_emulator.advance(9 * 3600)
    assert desired(aws) == 1
    asg.suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["ScheduledActions"])
    clean_emulator.advance(15 * 3600)
    assert desired(aws) == 1
    with pytest.raises(ClientError, match="is invalid"):
        asg.put_scheduled_update_group_action(
            AutoScalingGroupName=group, ScheduledActionName="x", Recurrence="every day", DesiredCapacity=1
        )
    for zone in ("JST", "Asia", "../x"):
        with pytest.raises(ClientError, match=rf"\(ValidationError\).*{re.escape(zone)}"):
            asg.put_scheduled_update_group_action(
                AutoScalingGroupName=group, ScheduledActionName="x", Recurrence="0 9 * * *", TimeZone=zone, MinSize=1
            )
    asg.delete_scheduled_action(AutoScalingGroupName=group, ScheduledActionName="morning")
    assert len(asg.describe_scheduled_actions()["ScheduledUpdateGroupActions"]) == 1


def test_requests_per_target_are_followed_by_their_target_group(group, aws, asg, clean_emulator):
    """A load balancer's datapoints carry two dimensions; the policy's alarm watches the target group's alone."""
    clean_emulator.advance(10 * MINUTE)
    balancer, targets = "app/alb/0123456789abcdef", "targetgroup/app/fedcba9876543210"
    metric = {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": f"{balancer}/{targets}"}
    track(asg, PredefinedMetricSpecification=metric, TargetValue=600.0)
    alarm = aws("cloudwatch").describe_alarms()["MetricAlarms"][0]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("RequestCountPerTarget", "Sum")
    assert alarm["Dimensions"] == [{"Name": "TargetGroup", "Value": targets}]
    one = {"namespace": "AWS/ApplicationELB", "name": "RequestCountPerTarget", "value": 900.0}
    one["dimensions"] = {"LoadBalancer": balancer, "TargetGroup": targets}
    start = (clean_emulator.status()["now"] // MINUTE + 1) * MINUTE
    for number in range(1, 5):
        ask(clean_emulator, "POST", "play", {"metrics": [one], "until": start + number * MINUTE})
    assert desired(aws) == 3
