"""Groups: launches, ends, zones, hooks, standby, limits, on the clock, by plain boto3."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.durations import typical_s
from aws14.emulator.scaling import capacity
from tests.emulator.scaling_case import (
    ZONES,
    activities,
    build_group,
    build_place,
    build_target_group,
    going,
    look,
    members,
    states,
    target_states,
    zones,
)

MINUTE = 60.0
BOOT = typical_s("EC2 instance pending to running")
SHUT_DOWN = typical_s("EC2 instance shutting down to terminated")


@pytest.fixture
def place(clean_emulator, aws, ami):
    return build_place(aws, ami)


@pytest.fixture
def asg(aws):
    return aws("autoscaling")


@pytest.fixture
def group(place, aws, clean_emulator):
    """Two instances in service, one in each zone."""
    build_group(aws, place)
    clean_emulator.advance(MINUTE)
    return "app"


def instance(aws, key):
    return aws("ec2").describe_instances(InstanceIds=[key])["Reservations"][0]["Instances"][0]


def test_instances_are_pending_first_and_serve_when_they_run(place, aws, clean_emulator):
    build_group(aws, place)
    assert states(aws) == ["Pending", "Pending"]
    launched = [instance(aws, one["InstanceId"])["State"]["Name"] for one in members(aws)]
    assert launched == ["pending", "pending"]
    newest = activities(aws)[0]
    assert (newest["StatusCode"], newest["Progress"]) == ("PreInService", 30)
    assert "EndTime" not in newest
    clean_emulator.advance(BOOT + 1)
    assert states(aws) == ["InService", "InService"]
    newest = activities(aws)[0]
    assert (newest["StatusCode"], newest["Progress"]) == ("Successful", 100)
    assert (newest["EndTime"] - newest["StartTime"]).total_seconds() == pytest.approx(BOOT, abs=1)


def test_the_history_says_why_in_the_words_of_aws(group, aws, asg, clean_emulator):
    first = activities(aws)[0]
    assert first["Description"].startswith("Launching a new EC2 instance: i-")
    assert (
        "a user request created an AutoScalingGroup changing the desired capacity from 0 to 2.  At " in first["Cause"]
    )
    assert first["Cause"].endswith("increasing the capacity from 0 to 2.")
    assert json.loads(first["Details"]).keys() == {"Subnet ID", "Availability Zone"}
    asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    clean_emulator.advance(MINUTE)
    newest = activities(aws)[0]
    key = newest["Description"].rpartition(" ")[2]
    assert (
        "a user request explicitly set group desired capacity changing the desired capacity from 2 to 1"
        in (newest["Cause"])
    )
    assert (
        f"shrinking the capacity from 2 to 1.  At {newest['StartTime']:%Y-%m-%dT%H:%M:%S}Z instance {key} was"
        in (newest["Cause"])
    )
    assert len(activities(aws)) == 3
    asg.update_auto_scaling_group(AutoScalingGroupName=group, MinSize=3)
    clean_emulator.advance(1)
    assert (
        "a user request update of AutoScalingGroup constraints to min: 3, max: 6, desired: 3 changing"
        in (activities(aws)[0]["Cause"])
    )


def test_zones_are_kept_level_out_and_in(group, aws, asg, clean_emulator):
    assert zones(aws) == sorted(ZONES)
    for wanted in (5, 4, 3, 2):
        asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=wanted)
        clean_emulator.advance(2 * MINUTE)
        counts = [zones(aws).count(zone) for zone in ZONES]
        assert sum(counts) == wanted
        assert max(counts) - min(counts) <= 1
    gone = aws("ec2").describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["terminated"]}])
    assert len(gone["Reservations"]) == 3


def test_instances_have_what_template_and_group_say(place, aws, clean_emulator):
    tags = [
        {"Key": "course", "Value": "c1", "PropagateAtLaunch": True},
        {"Key": "secret", "Value": "s", "PropagateAtLaunch": False},
    ]
    build_group(aws, place, Tags=tags)
    member = members(aws)[0]
    found = instance(aws, member["InstanceId"])
    assert {one["Key"]: one["Value"] for one in found["Tags"]}.items() >= {
        "Name": "app",
        "course": "c1",
        "aws:autoscaling:groupName": "app",
        "aws:ec2launchtemplate:version": "1",
    }.items()
    assert "secret" not in {one["Key"] for one in found["Tags"]}
    assert [one["GroupName"] for one in found["SecurityGroups"]] == ["default"]
    assert found["SubnetId"] in place.subnets
    assert member["LaunchTemplate"] == {
        "LaunchTemplateId": place.template,
        "LaunchTemplateName": "app",
        "Version": "1",
    }


def test_the_limits_of_a_group_hold(group, aws, asg):
    for wanted, words in ((7, "above max value 6"), (0, "below min value 1")):
        with pytest.raises(ClientError, match=f"New SetDesiredCapacity value {wanted} is {words}") as refused:
            asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=wanted)
        assert refused.value.response["Error"]["Code"] == "ValidationError"
    with pytest.raises(ClientError, match="Max bound, 1, must be greater than or equal to min bound, 2"):
        asg.update_auto_scaling_group(AutoScalingGroupName=group, MinSize=2, MaxSize=1)
    asg.update_auto_scaling_group(AutoScalingGroupName=group, MaxSize=1)
    assert look(aws)["DesiredCapacity"] == 1
    with pytest.raises(ClientError, match="AutoScalingGroup by this name already exists") as refused:
        asg.create_auto_scaling_group(
            AutoScalingGroupName=group,
            MinSize=0,
            MaxSize=0,
            AvailabilityZones=[ZONES[0]],
            LaunchTemplate={"LaunchTemplateName": "app"},
        )
    assert refused.value.response["Error"]["Code"] == "AlreadyExists"


def test_a_group_with_instances_is_deleted_by_force_and_is_gone_when_they_are(group, aws, asg, clean_emulator):
    with pytest.raises(ClientError, match="while there are instances") as refused:
        asg.delete_auto_scaling_group(AutoScalingGroupName=group)
    assert refused.value.response["Error"]["Code"] == "ResourceInUse"
    asg.delete_auto_scaling_group(AutoScalingGroupName=group, ForceDelete=True)
    assert look(aws)["Status"] == "Delete in progress"
    clean_emulator.advance(SHUT_DOWN + 1)
    assert look(aws) == {}
    there = aws("ec2").describe_instances()["Reservations"]
    assert {one["Instances"][0]["State"]["Name"] for one in there} == {"terminated"}


def test_targets_come_and_drain_with_their_instances(place, aws, asg, clean_emulator):
    arn = build_target_group(aws, place)
    attributes = [{"Key": "deregistration_delay.timeout_seconds", "Value": "120"}]
    aws("elbv2").modify_target_group_attributes(TargetGroupArn=arn, Attributes=attributes)
    build_group(aws, place, TargetGroupARNs=[arn])
    assert target_states(aws, arn) == {}, "pending instances are no targets"
    clean_emulator.advance(BOOT + 1)
    assert len(target_states(aws, arn)) == 2
    asg.set_desired_capacity(AutoScalingGroupName="app", DesiredCapacity=1)
    clean_emulator.advance(100)
    leaving = next(one for one in members(aws) if going(one))["InstanceId"]
    assert activities(aws)[0]["StatusCode"] == "WaitingForELBConnectionDraining"
    assert instance(aws, leaving)["State"]["Name"] == "running", "it drains"
    clean_emulator.advance(20 + SHUT_DOWN + 1)
    assert instance(aws, leaving)["State"]["Name"] == "terminated"
    assert leaving not in target_states(aws, arn)
    assert len(members(aws)) == 1


def test_hooks_hold_until_someone_says_go_on(place, aws, asg, clean_emulator):
    sqs = aws("sqs")
    queue = sqs.create_queue(QueueName="hooks")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    build_group(aws, place, DesiredCapacity=1)
    clean_emulator.advance(MINUTE)
    for name, way in (("in", "LAUNCHING"), ("out", "TERMINATING")):
        asg.put_lifecycle_hook(
            AutoScalingGroupName="app",
            LifecycleHookName=name,
            LifecycleTransition=f"autoscaling:EC2_INSTANCE_{way}",
            HeartbeatTimeout=300,
            DefaultResult="CONTINUE",
            NotificationTargetARN=arn,
            RoleARN="arn:aws:iam::123456789012:role/hooks",
        )
    tests = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert {json.loads(one["Body"])["Event"] for one in tests} == {"autoscaling:TEST_NOTIFICATION"}
    for one in tests:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])

    asg.set_desired_capacity(AutoScalingGroupName="app", DesiredCapacity=2)
    clean_emulator.advance(200)
    assert states(aws) == ["InService", "Pending:Wait"]
    assert activities(aws)[0]["StatusCode"] == "MidLifecycleAction"
    said = json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    held = next(one["InstanceId"] for one in members(aws) if one["LifecycleState"] == "Pending:Wait")
    assert (said["EC2InstanceId"], said["LifecycleHookName"]) == (held, "in")
    asg.record_lifecycle_action_heartbeat(AutoScalingGroupName="app", LifecycleHookName="in", InstanceId=held)
    clean_emulator.advance(200)
    assert "Pending:Wait" in states(aws), "the heartbeat gave it its time anew"
    asg.complete_lifecycle_action(
        AutoScalingGroupName="app",
        LifecycleHookName="in",
        LifecycleActionToken=said["LifecycleActionToken"],
        LifecycleActionResult="CONTINUE",
    )
    clean_emulator.advance(1)
    assert states(aws) == ["InService", "InService"]

    asg.set_desired_capacity(AutoScalingGroupName="app", DesiredCapacity=1)
    clean_emulator.advance(280)
    assert states(aws) == ["InService", "Terminating:Wait"]
    clean_emulator.advance(20 + SHUT_DOWN + 2)
    assert states(aws) == ["InService"], "nobody answered: the default result"
    with pytest.raises(ClientError, match="No active Lifecycle Action found"):
        asg.complete_lifecycle_action(
            AutoScalingGroupName="app", LifecycleHookName="in", InstanceId=held, LifecycleActionResult="CONTINUE"
        )


def test_who_is_given_up_at_its_launch_is_ended_and_replaced(place, aws, asg, clean_emulator):
    build_group(aws, place, DesiredCapacity=1)
    clean_emulator.advance(MINUTE)
    asg.put_lifecycle_hook(
        AutoScalingGroupName="app",
        LifecycleHookName="in",
        LifecycleTransition="autoscaling:EC2_INSTANCE_LAUNCHING",
        HeartbeatTimeout=120,
    )
    asg.set_desired_capacity(AutoScalingGroupName="app", DesiredCapacity=2)
    clean_emulator.advance(BOOT + 1)
    given_up = next(one["InstanceId"] for one in members(aws) if one["LifecycleState"] == "Pending:Wait")
    clean_emulator.advance(120 + SHUT_DOWN + 1)
    assert instance(aws, given_up)["State"]["Name"] == "terminated"
    assert "Cancelled" in {one["StatusCode"] for one in activities(aws)}
    others = {one["InstanceId"] for one in members(aws)}
    assert len(others) == 2
    assert given_up not in others


def test_standby_steps_aside_and_comes_back(place, aws, asg, clean_emulator):
    arn = build_target_group(aws, place)
    build_group(aws, place, TargetGroupARNs=[arn])
    clean_emulator.advance(MINUTE)
    aside = members(aws)[0]["InstanceId"]
    said = asg.enter_standby(AutoScalingGroupName="app", InstanceIds=[aside], ShouldDecrementDesiredCapacity=True)
    assert said["Activities"][0]["Cause"].endswith("in response to a user request, shrinking the capacity from 2 to 1.")
    clean_emulator.advance(MINUTE)
    assert states(aws) == ["InService", "Standby"]
    assert target_states(aws, arn).get(aside) in {None, "draining"}
    asg.exit_standby(AutoScalingGroupName="app", InstanceIds=[aside])
    clean_emulator.advance(MINUTE)
    assert (states(aws), look(aws)["DesiredCapacity"]) == (["InService", "InService"], 2)
    assert aside in target_states(aws, arn)
    with pytest.raises(ClientError, match="please update the AutoScalingGroup sizes"):
        both = [one["InstanceId"] for one in members(aws)]
        asg.enter_standby(AutoScalingGroupName="app", InstanceIds=both, ShouldDecrementDesiredCapacity=True)


def test_standby_without_a_smaller_capacity_is_replaced(group, aws, asg, clean_emulator):
    aside = members(aws)[0]["InstanceId"]
    asg.enter_standby(AutoScalingGroupName=group, InstanceIds=[aside], ShouldDecrementDesiredCapacity=False)
    clean_emulator.advance(MINUTE)
    assert states(aws) == ["InService", "InService", "Standby"]


def test_detached_instances_go_on_and_can_be_attached_again(group, aws, asg, clean_emulator):
    one = members(aws)[0]["InstanceId"]
    asg.detach_instances(AutoScalingGroupName=group, InstanceIds=[one], ShouldDecrementDesiredCapacity=True)
    clean_emulator.advance(MINUTE)
    assert [each["InstanceId"] == one for each in members(aws)] == [False]
    assert instance(aws, one)["State"]["Name"] == "running"
    asg.attach_instances(AutoScalingGroupName=group, InstanceIds=[one])
    assert look(aws)["DesiredCapacity"] == 2
    assert one in {each["InstanceId"] for each in members(aws)}
    with pytest.raises(ClientError, match="already part of AutoScalingGroup app"):
        asg.attach_instances(AutoScalingGroupName=group, InstanceIds=[one])


def test_protected_instances_stay_at_a_scale_in(place, aws, asg, clean_emulator):
    build_group(aws, place, DesiredCapacity=4)
    clean_emulator.advance(MINUTE)
    kept = members(aws)[0]["InstanceId"]
    asg.set_instance_protection(AutoScalingGroupName="app", InstanceIds=[kept], ProtectedFromScaleIn=True)
    asg.set_desired_capacity(AutoScalingGroupName="app", DesiredCapacity=1)
    clean_emulator.advance(5 * MINUTE)
    assert [one["InstanceId"] for one in members(aws)] == [kept]


@pytest.mark.parametrize(("policy", "stays"), [("NewestInstance", "old"), ("OldestInstance", "new")])
def test_termination_policies_choose_within_the_fullest_zone(place, aws, asg, clean_emulator, policy, stays):
    build_group(aws, place, TerminationPolicies=[policy], VPCZoneIdentifier=place.subnets[0], DesiredCapacity=1)
    clean_emulator.advance(10 * MINUTE)
    old = members(aws)[0]["InstanceId"]
    asg.set_desired_capacity(AutoScalingGroupName="app", DesiredCapacity=2)
    clean_emulator.advance(10 * MINUTE)
    asg.set_desired_capacity(AutoScalingGroupName="app", DesiredCapacity=1)
    clean_emulator.advance(5 * MINUTE)
    assert (members(aws)[0]["InstanceId"] == old) == (stays == "old")


def test_suspended_processes_rest(group, aws, asg, clean_emulator):
    asg.suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["Launch"])
    asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=3)
    clean_emulator.advance(10 * MINUTE)
    assert len(members(aws)) == 2
    asg.resume_processes(AutoScalingGroupName=group, ScalingProcesses=["Launch"])
    clean_emulator.advance(MINUTE)
    assert len(members(aws)) == 3
    asg.suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["Terminate"])
    asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    clean_emulator.advance(10 * MINUTE)
    assert len(members(aws)) == 3
    asg.resume_processes(AutoScalingGroupName=group)
    clean_emulator.advance(10 * MINUTE)
    assert len(members(aws)) == 1
    assert look(aws)["SuspendedProcesses"] == []


def test_one_member_is_ended_with_and_without_a_replacement(group, aws, asg, clean_emulator):
    first = members(aws)[0]["InstanceId"]
    said = asg.terminate_instance_in_auto_scaling_group(InstanceId=first, ShouldDecrementDesiredCapacity=False)
    assert said["Activity"]["Description"] == f"Terminating EC2 instance: {first}"
    clean_emulator.advance(2 * MINUTE)
    assert len(members(aws)) == 2
    second = members(aws)[0]["InstanceId"]
    asg.terminate_instance_in_auto_scaling_group(InstanceId=second, ShouldDecrementDesiredCapacity=True)
    clean_emulator.advance(2 * MINUTE)
    assert len(members(aws)) == 1
    with pytest.raises(ClientError, match="desiredSize equals minSize"):
        last = members(aws)[0]["InstanceId"]
        asg.terminate_instance_in_auto_scaling_group(InstanceId=last, ShouldDecrementDesiredCapacity=True)


def test_a_launch_that_is_refused_stands_in_the_history_and_is_tried_again(place, aws, asg, clean_emulator):
    build_group(aws, place, DesiredCapacity=1)
    clean_emulator.advance(MINUTE)
    for zone in ZONES:
        clean_emulator.damage("az", zone, 20 * MINUTE)
    asg.set_desired_capacity(AutoScalingGroupName="app", DesiredCapacity=2)
    clean_emulator.advance(1)
    failed = [one for one in activities(aws) if one["StatusCode"] == "Failed"]
    assert len(failed) == len(ZONES)
    assert "Launching EC2 instance failed." in failed[0]["StatusMessage"]
    clean_emulator.advance(60 * MINUTE)
    assert states(aws) == ["InService", "InService"]


def test_a_launch_that_breaks_is_a_failed_one_in_each_zone(monkeypatch):
    told = []

    def breaks(*_):
        raise AssertionError("not that form")

    monkeypatch.setattr(capacity, "launch", breaks)
    monkeypatch.setattr(capacity, "fail", lambda _group, _causes, said, **where: told.append((said, where["zone"])))
    monkeypatch.setattr(capacity, "_members", lambda _group: [])
    monkeypatch.setattr(capacity, "rebalance_later", lambda _group: None)
    there = [capacity.Place(zone, "") for zone in ZONES]
    assert not capacity._launch_somewhere(None, there, ["why"])
    said = "Client.InternalError: Client error on launch (AssertionError: not that form)."
    assert told == [(said, zone) for zone in ZONES]


def test_processes_and_termination_policies_that_aws_does_not_know(place, aws, group, asg):
    def refused(ask, **asked):
        with pytest.raises(ClientError) as wrong:
            ask(**{"AutoScalingGroupName": group} | asked)
        return wrong.value.response["Error"]

    for ask in (asg.suspend_processes, asg.resume_processes):
        error = refused(ask, ScalingProcesses=["Lunch"])
        assert error["Code"] == "ValidationError"
        assert "Lunch" in error["Message"]
    assert look(aws)["SuspendedProcesses"] == []
    error = refused(asg.update_auto_scaling_group, TerminationPolicies=["Foo"], DesiredCapacity=3)
    assert error["Code"] == "ValidationError"
    assert "Foo" in error["Message"]
    assert (look(aws)["TerminationPolicies"], look(aws)["DesiredCapacity"]) == (["Default"], 2)
    with pytest.raises(ClientError, match="Foo"):
        build_group(aws, place, "other", TerminationPolicies=["Foo"])
    asg.update_auto_scaling_group(AutoScalingGroupName=group, TerminationPolicies=["OldestInstance", "Default"])
    assert look(aws)["TerminationPolicies"] == ["OldestInstance", "Default"]


def test_the_state_of_a_group_is_saved_with_the_cloud(group, aws, asg, clean_emulator):
    asg.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=3)
    clean_emulator.advance(1)
    clean_emulator.save("scaling")
    clean_emulator.reset()
    clean_emulator.restore("scaling")
    assert "Pending" in states(aws)
    clean_emulator.advance(BOOT)
    assert states(aws) == ["InService"] * 3
    assert len(activities(aws)) == 3
