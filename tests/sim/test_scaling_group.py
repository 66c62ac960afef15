"""A group in a run: alarms, policies, warm-up, cooldown, zones, replacements, scheduled actions."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from aws14.catalog import durations
from aws14.errors import DesignError
from aws14.model import Link, Node, Topology
from aws14.sim.alarms import Rule
from aws14.sim.autoscaling import (
    Alarm,
    Group,
    Member,
    ScheduledAction,
    SimplePolicy,
    Spec,
    Step,
    StepPolicy,
    TargetTracking,
    read_group,
)
from aws14.sim.autoscaling.cron import read_recurrence
from aws14.sim.startup import ready_after_s

CPU = "AWS/EC2 CPUUtilization"
SPEC = Spec(name="app", min_size=1, max_size=12, desired=2, zones=("a", "c"), warmup_s=120, startup_s=40)
TRACK = TargetTracking(name="cpu", metric="ASGAverageCPUUtilization", target=50.0)


def hot(policies: tuple[str, ...], threshold: float = 60.0, *, name: str = "hot", below: bool = False) -> Alarm:
    comparison = "LessThanThreshold" if below else "GreaterThanOrEqualToThreshold"
    rule = Rule(comparison=comparison, threshold=threshold, evaluation_periods=1, datapoints_to_alarm=1)
    return Alarm(name=name, metric=CPU, rule=rule, policies=policies)


def play(group: Group, *values: float, start: int = 1) -> list[int]:
    """Desired capacity after each minute with these values of the metric."""
    seen = []
    for minute, value in enumerate(values, start=start):
        group.minute(minute * 60.0, {} if math.isnan(value) else {CPU: value})
        seen.append(group.desired)
    return seen


def test_tracking_needs_three_minutes_out_and_fifteen_in():
    group = Group(SPEC, [TRACK])
    assert play(group, 90, 90, 90) == [2, 2, 4]
    assert play(group, *[20.0] * 15, start=20) == [4] * 14 + [2]


def test_members_that_warm_up_are_capacity_but_not_evidence():
    group = Group(SPEC, [TRACK])
    # Ready after 40 s, evidence after 120 more: at minute 6 all four count.
    assert play(group, 90, 90, 90, 90, 90, 90) == [2, 2, 4, 4, 4, 8]


@pytest.mark.parametrize(
    ("own", "default", "minute"),
    [(60, None, 5), (None, 60, 5), (None, None, 9), (0, 600, 4)],
)
def test_the_warm_up_of_a_policy_then_of_the_group_then_its_cooldown(own, default, minute):
    group = Group(replace(SPEC, warmup_s=default), [replace(TRACK, warmup_s=own)])
    # Four from minute 3 on; in service 40 s later; evidence, and more of them, after the warm-up.
    seen = play(group, *[90.0] * 10)
    assert seen.index(8) + 1 == minute


def test_events_tell_in_order_what_was_seen_decided_and_done():
    group = Group(SPEC, [TRACK])
    told = [[(event.what, event.node) for event in group.minute(minute * 60.0, {CPU: 90.0})] for minute in (1, 2, 3)]
    assert told == [
        [("alarm", "cpu")],
        [],
        [("alarm", "cpu"), ("desired", "app"), ("launched", "app-3"), ("launched", "app-4")],
    ]


def test_nothing_is_taken_away_while_members_warm_up():
    spec = replace(SPEC, warmup_s=1200)
    group = Group(spec, [replace(TRACK, low_periods=3)])
    assert play(group, 90, 90, 90, *[10.0] * 10) == [2, 2, *[4] * 11]


def test_a_metric_that_is_missing_scales_nothing():
    group = Group(SPEC, [TRACK])
    assert play(group, *[math.nan] * 30) == [2] * 30


def test_in_only_if_all_that_track_agree():
    other = TargetTracking(name="requests", metric="ALBRequestCountPerTarget", target=100.0)
    group = Group(replace(SPEC, desired=4), [TRACK, other])
    for minute in range(1, 21):
        group.minute(minute * 60.0, {CPU: 10.0, "AWS/ApplicationELB RequestCountPerTarget": 90.0})
    assert group.desired == 4, "the requests are near their target"
    for minute in range(21, 36):
        group.minute(minute * 60.0, {CPU: 10.0, "AWS/ApplicationELB RequestCountPerTarget": 30.0})
    assert group.desired == 2


def test_steps_grow_with_the_distance_and_count_from_what_is_warm():
    steps = (Step(lower=0, upper=10, adjustment=10), Step(lower=10, upper=None, adjustment=30))
    policy = StepPolicy(name="steps", kind="PercentChangeInCapacity", steps=steps, warmup_s=300)
    group = Group(replace(SPEC, desired=10, max_size=20), [policy], [hot(("steps",))])
    # 10 % of ten; the same alarm again adds nothing; 30 % of ten, one of them there already.
    assert play(group, 60, 62, 75, 50) == [11, 11, 13, 13]


def test_a_simple_policy_waits_for_its_cooldown():
    policy = SimplePolicy(name="add", kind="ChangeInCapacity", adjustment=1, cooldown_s=120)
    group = Group(SPEC, [policy], [hot(("add",))])
    # The cooldown begins when the new instance is there: 40 + 120 s after minute 1 is before minute 4.
    assert play(group, 90, 90, 90, 90, 90, 90, 90) == [3, 3, 3, 4, 4, 4, 5]


def test_the_cooldown_of_the_group_is_the_default():
    policy = SimplePolicy(name="add", kind="ChangeInCapacity", adjustment=1)
    group = Group(SPEC, [policy], [hot(("add",))])
    assert play(group, *[90] * 7) == [3, 3, 3, 3, 3, 3, 4]


def test_the_cooldown_of_a_scale_in_begins_when_the_instance_is_gone():
    policy = SimplePolicy(name="less", kind="ChangeInCapacity", adjustment=-1, cooldown_s=60)
    group = Group(replace(SPEC, desired=6, end_s=150), [policy], [hot(("less",), below=True)])
    # 150 + 60 s after minute 1 is before minute 5.
    assert play(group, *[10.0] * 6) == [5, 5, 5, 5, 4, 4]


def test_the_end_of_an_instance_is_its_drain_and_its_shutdown():
    shut_down_s = durations()["EC2 instance shutting down to terminated"].typical_s
    alone = built(policy=SIMPLE, alarm={})
    assert read_group(alone, "app").spec.end_s == shut_down_s
    groups = [
        Node(id=name, kind="target_group", attributes={"deregistration_delay_s": delay_s})
        for name, delay_s in (("web", 300), ("api", 30))
    ]
    links = [Link(source=each.id, target="app", kind="routes", label="HTTP:80") for each in groups]
    fed = replace(alone, nodes=(*alone.nodes, *groups), links=(*alone.links, *links))
    assert read_group(fed, "app").spec.end_s == 300 + shut_down_s


def test_a_switched_off_policy_and_suspended_processes():
    off = replace(TRACK, enabled=False)
    assert play(Group(SPEC, [off]), *[90] * 5) == [2] * 5
    silent = replace(SPEC, suspended=("AlarmNotification",))
    assert play(Group(silent, [TRACK]), *[90] * 5) == [2] * 5
    group = Group(replace(SPEC, suspended=("Launch",)), [TRACK])
    assert play(group, *[90] * 3)[-1] == 4
    assert len(group.members) == 2, "wanted, but not launched"


def test_launches_keep_the_zones_level_and_scale_in_too():
    group = Group(SPEC, [TRACK])
    play(group, *[100] * 8)
    zones = [member.zone for member in group.members if member.state != "Terminating"]
    assert abs(zones.count("a") - zones.count("c")) <= 1
    play(group, *[10.0] * 40, start=20)
    zones = [member.zone for member in group.members]
    assert abs(zones.count("a") - zones.count("c")) <= 1


def test_a_lost_zone_is_replaced_elsewhere_and_levelled_when_it_is_back():
    group = Group(replace(SPEC, desired=4, min_size=4))
    group.lose_zone("a")
    for member in [each for each in group.members if each.zone == "a"]:
        assert [event.what for event in group.replace(member.id, 60.0, "EC2")] == ["terminated", "launched"]
    group.minute(60.0, {})
    assert [member.zone for member in group.members if member.state != "Terminating"] == ["c"] * 4
    group.regain_zone("a")
    for minute in range(2, 6):
        group.minute(minute * 60.0, {})
        assert sum(member.state == "InService" for member in group.members) >= 4, "new ones first"
    zones = [member.zone for member in group.members]
    assert (zones.count("a"), zones.count("c")) == (2, 2)


@pytest.mark.parametrize(
    ("change", "reason", "replaced"),
    [
        ({}, "EC2", True),
        ({}, "ELB", False),
        ({"health_check_type": "ELB"}, "ELB", True),
        ({"health_check_type": "ELB", "suspended": ("ReplaceUnhealthy",)}, "ELB", False),
        ({"health_check_type": "ELB", "suspended": ("HealthCheck",)}, "ELB", False),
        ({"health_check_type": "ELB", "suspended": ("Terminate",)}, "ELB", False),
    ],
)
def test_which_check_counts(change, reason, replaced):
    group = Group(replace(SPEC, **change))
    events = group.replace("app-1", 60.0, reason)
    assert [event.what for event in events] == (["terminated", "launched"] if replaced else [])
    assert group.replace("nobody", 60.0, reason) == []


def test_a_new_member_is_not_judged_during_its_grace_period():
    young = Member(id="young", zone="a", state="InService", launched_s=0.0, ready_s=40.0)
    group = Group(replace(SPEC, desired=1, grace_s=180, health_check_type="ELB"), members=[young])
    assert group.replace("young", 219.0, "ELB") == []
    assert group.replace("young", 220.0, "ELB")


def test_a_group_without_members_gets_them_in_its_first_minute():
    group = Group(SPEC, members=[])
    events = group.minute(60.0, {})
    assert [event.what for event in events] == ["launched", "launched"]
    assert {(member.state, member.ready_s) for member in group.members} == {("Pending", 100.0)}
    group.minute(120.0, {})
    assert {member.state for member in group.members} == {"InService"}


@settings(max_examples=60, deadline=None)
@given(
    some.lists(some.one_of(some.floats(0, 100), some.just(math.nan)), min_size=1, max_size=80),
    some.integers(1, 4),
    some.integers(4, 12),
)
def test_desired_stays_within_the_limits_and_members_follow_it(values, least, most):
    add = SimplePolicy(name="add", kind="PercentChangeInCapacity", adjustment=200)
    cut = StepPolicy(name="cut", kind="ChangeInCapacity", steps=(Step(lower=None, upper=0, adjustment=-9),), warmup_s=0)
    alarms = [hot(("add",), 90), hot(("cut",), 20, name="cold", below=True)]
    group = Group(replace(SPEC, min_size=least, max_size=most, desired=4), [TRACK, add, cut], alarms)
    for minute, value in enumerate(values, start=1):
        group.minute(minute * 60.0, {} if math.isnan(value) else {CPU: value})
        assert least <= group.desired <= most
        assert sum(member.state != "Terminating" for member in group.members) == group.desired
        assert len({member.id for member in group.members}) == len(group.members)


def test_a_scheduled_action_moves_the_limits_and_what_is_wanted():
    morning = ScheduledAction(name="morning", recurrence="30 8 * * *", time_zone="Asia/Tokyo", min_size=6, desired=8)
    night = ScheduledAction(name="night", recurrence="0 20 * * *", time_zone="Asia/Tokyo", min_size=1, desired=1)
    start = datetime(2026, 6, 1, 23, 0, tzinfo=UTC).timestamp()  # 8:00 in Tokyo
    group = Group(SPEC, schedule=[morning, night], starts_epoch_s=start)
    seen = play(group, *[50.0] * 60)
    assert seen == [2] * 29 + [8] * 31
    group.minute(12 * 3600.0, {})
    assert group.desired == 1


EPOCH = datetime(2026, 6, 1, 0, 0, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("recurrence", "zone", "after", "due"),
    [
        ("0 9 * * *", "UTC", "2026-06-01T00:00+00:00", "2026-06-01T09:00+00:00"),
        ("0 9 * * *", "UTC", "2026-06-01T09:00+00:00", "2026-06-02T09:00+00:00"),
        ("0 9 * * *", "Asia/Tokyo", "2026-06-01T00:00+00:00", "2026-06-02T00:00+00:00"),
        ("0 9 * * MON-FRI", "UTC", "2026-06-05T10:00+00:00", "2026-06-08T09:00+00:00"),
        ("*/15 8-10 * * *", "UTC", "2026-06-01T10:45+00:00", "2026-06-02T08:00+00:00"),
        ("0 0 1 JAN *", "UTC", "2026-06-01T00:00+00:00", "2027-01-01T00:00+00:00"),
        ("0 0 29 2 *", "UTC", "2026-06-01T00:00+00:00", "2028-02-29T00:00+00:00"),
        ("0 0 13 * 5", "UTC", "2026-06-01T00:00+00:00", "2026-06-05T00:00+00:00"),
        ("0 0 * * 7", "UTC", "2026-06-01T00:00+00:00", "2026-06-07T00:00+00:00"),
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00+00:00", "2026-03-30T00:30+00:00"),
    ],
)
def test_recurrences(recurrence, zone, after, due):
    found = read_recurrence(recurrence).next_after(datetime.fromisoformat(after).timestamp(), zone)
    assert datetime.fromtimestamp(found, UTC) == datetime.fromisoformat(due)


def test_recurrences_that_never_come_or_cannot_be_read():
    assert read_recurrence("0 0 30 2 *").next_after(EPOCH.timestamp()) is None
    for wrong in ("0 9 * *", "60 9 * * *", "x 9 * * *", "0 9 * * 8", "0 9-8 * * *", "0 9 */0 * *"):
        with pytest.raises(DesignError, match="recurrence"):
            ScheduledAction(name="wrong", recurrence=wrong)
    with pytest.raises(DesignError, match="Tokio"):
        read_recurrence("0 9 * * *").next_after(0.0, "Asia/Tokio")


def test_actions_begin_and_end():
    at = EPOCH.timestamp()
    once = ScheduledAction(name="once", starts_s=at + 60)
    assert (once.next_after(at), once.next_after(at + 60)) == (at + 60, None)
    daily = ScheduledAction(name="daily", recurrence="0 9 * * *", starts_s=at + 33 * 3600, ends_s=at + 40 * 3600)
    assert daily.next_after(at) == at + 33 * 3600
    assert daily.next_after(at + 33 * 3600) is None


def test_an_action_that_lowers_the_maximum_lowers_what_is_wanted():
    sizes = ScheduledAction(name="less", max_size=3).adjust(SPEC, 9)
    assert (sizes.min_size, sizes.max_size, sizes.desired) == (1, 3, 3)


@pytest.mark.parametrize(
    "wrong",
    [{"desired": 13}, {"min_size": 3}, {"zones": ()}, {"suspended": ("Lunch",)}, {"termination_policies": ("Any",)}],
)
def test_groups_that_aws_refuses(wrong):
    with pytest.raises(DesignError, match="app"):
        replace(SPEC, **wrong)


GROUP = {
    "min_size": 2,
    "max_size": 12,
    "desired": 2,
    "zones": ("ap-northeast-1a", "ap-northeast-1c"),
    "instance_type": "c5.large",
    "image_id": "ami-1",
    "startup_script": "#!/bin/bash\ndnf install -y httpd\nsystemctl enable --now httpd\n",
    "cpu_credits": "none",
    "security_groups": (),
    "public_ipv4_kind": "none",
    "root_gib": 8,
    "root_volume_type": "gp3",
    "health_check_type": "ELB",
    "health_check_grace_s": 180,
    "default_cooldown_s": 300,
    "default_warmup_s": 120,
    "termination_policies": ("Default",),
    "suspended": (),
    "detailed_monitoring": False,
}
POLICY = {
    "policy_type": "TargetTrackingScaling",
    "metric": "ASGAverageCPUUtilization",
    "target": 50.0,
    "adjustment_type": "",
    "steps": (),
    "min_adjustment": -1,
    "cooldown_s": -1,
    "warmup_s": -1,
    "disable_scale_in": False,
    "enabled": True,
}
ALARM = {
    "namespace": "AWS/EC2",
    "metric": "CPUUtilization",
    "dimensions": ("AutoScalingGroupName=app",),
    "statistic": "Average",
    "comparison": "GreaterThanOrEqualToThreshold",
    "threshold": 60.0,
    "period_s": 60,
    "evaluation_periods": 1,
    "datapoints_to_alarm": 1,
    "treat_missing": "missing",
    "state": "OK",
    "actions_enabled": True,
}
ACTION = {
    "recurrence": "1 0 * * *",
    "time_zone": "",
    "starts": "",
    "min_size": 5,
    "max_size": -1,
    "desired": -1,
}


def built(*, policy=None, alarm=None, action=None, group=None) -> Topology:
    nodes = [Node(id="app", kind="autoscaling_group", aws_id="i-1,i-2", attributes=GROUP | (group or {}))]
    links = []
    if policy is not None:
        nodes.append(Node(id="policy", kind="scaling_policy", attributes=POLICY | policy))
        links.append(Link(source="policy", target="app", kind="routes", label="scales"))
    if alarm is not None:
        nodes.append(Node(id="alarm", kind="alarm", attributes=ALARM | alarm))
        links.append(Link(source="alarm", target="policy", kind="routes", label="ALARM"))
    if action is not None:
        nodes.append(Node(id="action", kind="scheduled_action", attributes=ACTION | action))
        links.append(Link(source="action", target="app", kind="routes", label="scales"))
    return Topology(name="intranet", origin="built", nodes=tuple(nodes), links=tuple(links))


STEPS = {
    "policy_type": "StepScaling",
    "adjustment_type": "ChangeInCapacity",
    "steps": ("0:10:1", "10::3"),
    "target": 0.0,
}
SIMPLE = STEPS | {"policy_type": "SimpleScaling", "steps": ("::2",)}


def test_a_group_is_read_with_its_members():
    group = read_group(built(policy={}), "app")
    assert [(member.id, member.zone) for member in group.members] == [
        ("i-1", "ap-northeast-1a"),
        ("i-2", "ap-northeast-1c"),
    ]
    assert group.spec.startup_s == ready_after_s(GROUP["startup_script"])
    assert (group.spec.grace_s, group.spec.warmup_s, group.spec.cooldown_s) == (180, 120, 300)
    assert play(group, 90, 90, 90) == [2, 2, 4]


@pytest.mark.parametrize(
    ("parts", "values", "desired"),
    [
        ({"policy": {"target": 30.0}}, [45, 45, 45], 3),
        ({"policy": {"enabled": False}}, [90, 90, 90], 2),
        ({"policy": {"metric": "ASGAverageNetworkIn"}}, [90, 90, 90], 2),
        ({"policy": {}, "group": {"max_size": 3}}, [90, 90, 90], 3),
        ({"policy": STEPS, "alarm": {}}, [65], 3),
        ({"policy": STEPS, "alarm": {}}, [75], 5),
        ({"policy": STEPS, "alarm": {"actions_enabled": False}}, [75], 2),
        ({"policy": STEPS, "alarm": {"threshold": 80.0}}, [75], 2),
        ({"policy": STEPS, "alarm": {"evaluation_periods": 2, "datapoints_to_alarm": 2}}, [75], 2),
        ({"policy": STEPS, "alarm": {"period_s": 120}}, [20, 90], 2),
        ({"policy": STEPS, "alarm": {"treat_missing": "breaching"}}, [math.nan], 2),
        ({"policy": SIMPLE, "alarm": {}}, [99], 4),
        ({"policy": SIMPLE | {"cooldown_s": 0}, "alarm": {}}, [99, 99], 6),
        ({"action": {}}, [50], 5),
        ({"action": {"desired": 7}}, [50], 7),
        ({"action": {"recurrence": "", "starts": "1970-01-01T00:01:00+00:00"}}, [50], 5),
        ({"action": {"time_zone": "Asia/Tokyo"}}, [50], 2),
    ],
)
def test_each_attribute_that_is_read_changes_what_happens(parts, values, desired):
    assert play(read_group(built(**parts), "app", starts_epoch_s=0.0), *values)[-1] == desired


def test_a_run_starts_at_midnight_of_a_monday_in_tokyo():
    for zone, days, desired in (("Asia/Tokyo", "MON", 5), ("Asia/Tokyo", "TUE", 2), ("UTC", "*", 2)):
        group = read_group(built(action={"recurrence": f"1 0 * * {days}", "time_zone": zone}), "app")
        assert play(group, 50.0, 50.0)[-1] == desired


def test_a_member_is_in_service_before_it_answers():
    group = read_group(built(group={"desired": 3, "health_check_grace_s": 0}), "app")
    group.replace("i-1", 60.0, "EC2")
    new = group.members[-1]
    assert new.launched_s < new.since_s < new.ready_s
    group.minute(new.since_s, {})
    assert group.members[-1].state == "InService"


def test_what_cannot_be_read_is_said():
    with pytest.raises(DesignError, match="autoscaling_group"):
        read_group(built(policy={}), "policy")
    with pytest.raises(DesignError, match="Maximum"):
        read_group(built(policy=STEPS, alarm={"statistic": "Maximum"}), "app")
    with pytest.raises(DesignError, match=r"100 \* errors / requests.*one metric.*lab\.play"):
        read_group(built(policy=STEPS, alarm={"namespace": "", "metric": "100 * errors / requests"}), "app")
    with pytest.raises(DesignError, match=r"warm LAUNCHING.*lab\.play"):
        read_group(built(group={"lifecycle_hooks": ("warm LAUNCHING",)}), "app")
    with pytest.raises(DesignError, match="PredictiveScaling"):
        read_group(built(policy={"policy_type": "PredictiveScaling"}), "app")
    with pytest.raises(DesignError, match="lower:upper:adjustment"):
        read_group(built(policy=STEPS | {"steps": ("1",)}, alarm={}), "app")


def test_a_longer_start_delays_who_answers():
    slow = built(group={"startup_script": "#!/bin/bash\nsleep 600\n", "desired": 3})
    group = read_group(slow, "app")
    group.replace("i-1", 60.0, "EC2")
    new = group.members[-1]
    assert new.ready_s - new.launched_s == ready_after_s("") + 600
