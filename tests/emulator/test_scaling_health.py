"""Members that fail are replaced: stopped, impaired, unhealthy targets; a lost zone is left and levelled again."""

from __future__ import annotations

import pytest

from aws14.emulator.durations import typical_s
from tests.emulator.scaling_case import (
    ZONES,
    activities,
    build_group,
    build_place,
    build_target_group,
    going,
    members,
    states,
    zones,
)

MINUTE = 60.0
BOOT = typical_s("EC2 instance pending to running")
NOTICED = typical_s("EC2 failure to failed status check")
LEVELLED = typical_s("Auto Scaling looks at the balance of its zones")
REPLACED = "an instance was launched in response to an unhealthy instance needing to be replaced."


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


def causes(aws):
    return [one["Cause"].partition("Z ")[2] for one in activities(aws)]


@pytest.mark.parametrize("verb", ["stop_instances", "terminate_instances"])
def test_who_stops_behind_the_groups_back_is_replaced(group, aws, clean_emulator, verb):
    lost = members(aws)[0]["InstanceId"]
    getattr(aws("ec2"), verb)(InstanceIds=[lost])
    clean_emulator.advance(5 * MINUTE)
    assert states(aws) == ["InService", "InService"]
    assert lost not in {one["InstanceId"] for one in members(aws)}
    assert zones(aws) == sorted(ZONES)
    assert REPLACED in causes(aws)
    text = "in response to an EC2 health check indicating it has been terminated or stopped."
    assert any(one.endswith(text) for one in causes(aws))


def test_failed_hardware_is_noticed_by_status_checks_after_the_grace_period(place, aws, clean_emulator):
    build_group(aws, place, HealthCheckGracePeriod=600)
    clean_emulator.advance(MINUTE)
    broken = members(aws)[0]["InstanceId"]
    clean_emulator.damage("instance", broken, None)
    clean_emulator.advance(NOTICED + MINUTE)
    assert broken in {one["InstanceId"] for one in members(aws)}, "it is not judged yet"
    clean_emulator.advance(600 + 2 * MINUTE)
    assert broken not in {one["InstanceId"] for one in members(aws)}
    assert len(members(aws)) == 2


def test_without_a_grace_period_the_replacement_comes_with_the_failed_check(group, aws, clean_emulator):
    broken = members(aws)[0]["InstanceId"]
    clean_emulator.damage("instance", broken, None)
    clean_emulator.advance(NOTICED - 5)
    assert len(members(aws)) == 2
    clean_emulator.advance(10)
    assert any(one.endswith("an EC2 instance status checks failure.") for one in causes(aws))
    assert [one["InstanceId"] for one in members(aws) if going(one)] == [broken]
    assert REPLACED in causes(aws)


def test_a_suspended_health_check_judges_nobody_and_a_resumed_one_everybody(group, aws, asg, clean_emulator):
    asg.suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["HealthCheck"])
    lost = members(aws)[0]["InstanceId"]
    aws("ec2").terminate_instances(InstanceIds=[lost])
    clean_emulator.advance(10 * MINUTE)
    assert lost in {one["InstanceId"] for one in members(aws)}
    asg.resume_processes(AutoScalingGroupName=group, ScalingProcesses=["HealthCheck"])
    clean_emulator.advance(MINUTE)
    assert lost not in {one["InstanceId"] for one in members(aws)}
    assert states(aws) == ["InService", "InService"]


def test_a_suspended_replacement_marks_and_leaves(group, aws, asg, clean_emulator):
    asg.suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["ReplaceUnhealthy"])
    ill = members(aws)[0]["InstanceId"]
    asg.set_instance_health(InstanceId=ill, HealthStatus="Unhealthy")
    clean_emulator.advance(MINUTE)
    assert [one["HealthStatus"] for one in members(aws) if one["InstanceId"] == ill] == ["Unhealthy"]
    asg.resume_processes(AutoScalingGroupName=group)
    clean_emulator.advance(5 * MINUTE)
    assert ill not in {one["InstanceId"] for one in members(aws)}


def test_a_user_may_say_that_a_member_is_ill_within_its_grace_period_only_by_force(place, aws, asg, clean_emulator):
    build_group(aws, place, HealthCheckGracePeriod=600)
    clean_emulator.advance(MINUTE)
    ill = members(aws)[0]["InstanceId"]
    asg.set_instance_health(InstanceId=ill, HealthStatus="Unhealthy")
    clean_emulator.advance(1)
    assert states(aws) == ["InService", "InService"]
    asg.set_instance_health(InstanceId=ill, HealthStatus="Unhealthy", ShouldRespectGracePeriod=False)
    clean_emulator.advance(1)
    assert any(going(one) for one in members(aws))
    assert any(one.endswith("in response to a user health-check.") for one in causes(aws))


def test_a_lost_zone_is_left_at_once_and_levelled_again_when_it_is_back(place, aws, clean_emulator):
    build_group(aws, place, DesiredCapacity=4)
    clean_emulator.advance(MINUTE)
    clean_emulator.damage("az", ZONES[0], 30 * MINUTE)
    clean_emulator.advance(NOTICED + BOOT + 5)
    assert zones(aws) == [ZONES[1]] * 4
    assert any("sufficient" in one.get("StatusMessage", "") for one in activities(aws))
    clean_emulator.advance(30 * MINUTE)
    clean_emulator.advance(3 * LEVELLED + 5 * MINUTE)
    assert zones(aws) == sorted([*ZONES, *ZONES])
    text = f"instances were launched to balance instances in zones {ZONES[0]} with other zones resulting in more than"
    assert any(one.startswith(text) for one in causes(aws))


def test_suspended_rebalancing_leaves_the_zones_as_they_are(group, aws, asg, clean_emulator):
    asg.suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["AZRebalance"])
    clean_emulator.damage("az", ZONES[0], 10 * MINUTE)
    clean_emulator.advance(60 * MINUTE)
    assert zones(aws) == [ZONES[1]] * 2
    asg.resume_processes(AutoScalingGroupName=group)
    clean_emulator.advance(2 * LEVELLED + 5 * MINUTE)
    assert zones(aws) == sorted(ZONES)


@pytest.mark.parametrize(("kind", "replaced"), [("ELB", True), ("EC2", False)])
def test_unhealthy_targets_are_replaced_where_the_load_balancer_is_believed(place, aws, clean_emulator, kind, replaced):
    arn = build_target_group(aws, place, HealthCheckPath="/nothing-there")
    balancer = aws("elbv2").create_load_balancer(Name="alb", Subnets=place.subnets, Scheme="internal")
    aws("elbv2").create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}],
    )
    build_group(aws, place, TargetGroupARNs=[arn], HealthCheckType=kind, HealthCheckGracePeriod=600)
    clean_emulator.advance(BOOT + 590)
    first = {one["InstanceId"] for one in members(aws)}
    assert states(aws) == ["InService", "InService"]
    clean_emulator.advance(MINUTE)
    said = any(one.endswith("in response to an ELB system health check failure.") for one in causes(aws))
    assert said == replaced
    clean_emulator.advance(8 * MINUTE)
    assert ({one["InstanceId"] for one in members(aws)} & first == set()) == replaced
