"""What the section of pattern 3 says of its experiments is what the runs show."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from aws14.model import Trace
from aws14.patterns import p03_experiments as experiments
from aws14.patterns import p03_groups as groups
from aws14.patterns.p03_day import BRIEF, scenario
from aws14.sim import simulate, what_if
from tests.patterns.p03_site import portal

ALLOWED, BUDGET = BRIEF.value("failed_share"), BRIEF.value("budget_usd")
MORNING = scenario(starts_h=8.5, horizon_h=2.0)


@pytest.fixture(scope="module")
def lab(emulator, emulator_home):
    with portal(emulator, emulator_home) as lab:
        yield lab


@pytest.fixture(scope="module")
def built(lab):
    return lab.built()


def failed(trace: Trace) -> np.ndarray:
    return sum(trace.failed.values()) / np.maximum(trace.offered, 1)


def changes(trace: Trace) -> int:
    return sum(event.what == "desired" for event in trace.events)


def test_only_the_schedule_is_in_time_within_the_budget(built):
    day = scenario()
    ways = {
        "fixed": groups.fixed(built, experiments.ENOUGH),
        "one less": groups.fixed(built, experiments.ENOUGH - 1),
        "simple": groups.simple(built),
        "step": groups.stepping(built),
        "tracking": groups.tracking(built),
        "schedule": groups.scheduled(groups.tracking(built)),
    }
    share, usd = {}, {}
    for name, site in ways.items():
        trace = simulate(site, day)
        share[name], usd[name] = trace.failure_ratio, experiments.month(site, trace).total_usd
    assert {name for name in ways if share[name] <= ALLOWED} == {"fixed", "schedule"}
    assert usd["fixed"] > BUDGET > usd["schedule"]
    assert share["simple"] > share["tracking"] > share["step"] > ALLOWED


def test_each_step_of_tracking_on_cpu_at_most_doubles_the_fleet(built):
    desired = simulate(groups.tracking(built), MORNING).fleet.desired
    steps = [int(now) / int(before) for before, now in pairwise(desired) if now > before]
    assert max(steps) == 2
    assert desired.max() >= 10


def test_requests_per_server_are_large_enough_sooner_and_response_time_shrinks_in_the_rush(built):
    cpu = simulate(groups.tracking(built), MORNING)
    count = simulate(groups.tracking(built, 750.0, groups.PER_TARGET), MORNING)
    wait = simulate(groups.tracking(built, 0.3, groups.RESPONSE_TIME), MORNING)
    assert count.failure_ratio < 0.7 * cpu.failure_ratio
    rush = slice(35, 45)  # from five past nine to a quarter past
    assert cpu.fleet.in_service[rush].min() >= 8
    after = wait.fleet.in_service[31:60]
    assert (np.diff(after) < -3).any()
    assert failed(wait)[42:55].max() > 0.1


def test_the_longer_the_script_the_more_fail(built):
    shares = []
    for more_s in (0, 120, 360):
        script = f"{built.node(groups.GROUP).require('startup_script')}\nsleep {more_s}"
        slow = what_if(groups.tracking(built), groups.GROUP, startup_script=script, default_warmup_s=120.0 + more_s)
        shares.append(simulate(slow, MORNING).failure_ratio)
    assert shares[0] * 1.5 < shares[1] < shares[2] / 1.5


def test_warm_up_and_cooldown_end_the_sawing(built):
    script = f"{built.node(groups.GROUP).require('startup_script')}\nsleep 200"
    slow = what_if(built, groups.GROUP, startup_script=script)
    noon = experiments.noon()
    assert changes(simulate(groups.hasty(slow, warmup_s=0), noon)) > 30
    assert changes(simulate(groups.hasty(slow, warmup_s=300), noon)) == 1
    assert changes(simulate(groups.cooling(slow, cooldown_s=300), noon)) == 1


@pytest.mark.parametrize("seed", [14, 15, 16])
def test_the_deep_check_turns_a_slow_database_into_a_missing_site(built, seed):
    site = experiments.thorough(built)
    shallow, deep = (
        replace(experiments.slow_morning(deep=deep, factor=experiments.SLOWER), seed=seed) for deep in (False, True)
    )
    well, ill = simulate(site, shallow), simulate(site, deep)
    assert well.failure_ratio < ALLOWED
    assert ill.failure_ratio > 0.02
    assert sum(event.what == "terminated" for event in ill.events) >= 5
    assert any(event.what == "fail_open" for event in ill.events)
    slow = slice(31, 49)
    before = slice(20, 29)
    assert np.mean(ill.fleet.cpu_utilization[slow]) < 1.3 * np.mean(ill.fleet.cpu_utilization[before])


def test_retries_keep_the_site_down_and_fewer_or_a_short_queue_heal_it(built):
    site = groups.fixed(built, 4)

    def end(retries, backlog):
        trace = experiments._beginning(simulate(site, experiments.crowd(retries, backlog)), experiments.SHOWN_S)
        assert not trace.in_flight.any()
        return (
            failed(trace)[[30, -1]].min() if retries in {experiments.RETRY, experiments.BACK_OFF} else failed(trace)[30]
        )

    long, short = experiments.LONG_QUEUE, experiments.SHORT_QUEUE
    assert end(None, long) == 0
    assert end(experiments.RETRY, long) > 0.95
    assert end(experiments.BACK_OFF, long) > 0.95
    assert end(experiments.ONCE, long) == 0
    assert end(experiments.RETRY, short) == 0


def test_the_check_asks_for_a_schedule_that_holds(lab):
    """Untouched: no schedule. Too small: too many fail. Never taken back: too dear. The solution: passed."""
    client = lab.client("autoscaling")
    assert [each.name for each in lab.check("p03-e1").outstanding] == ["The group has scheduled actions"]

    def put(name, recurrence, **more):
        named = {"AutoScalingGroupName": "portal", "ScheduledActionName": name}
        client.put_scheduled_update_group_action(**named, Recurrence=recurrence, **more)

    def plan(name, recurrence, size):
        put(name, recurrence, TimeZone="Asia/Tokyo", MinSize=size)

    put("before-nine", "45 8 * * 1-5", MinSize=12)
    told = lab.check("p03-e1")
    assert "45 8 * * 1-5 in UTC = 17:45 in Tokyo" in told.findings[0].detail
    assert 'TimeZone="Asia/Tokyo"' in told.outstanding[0].hint
    client.delete_scheduled_action(AutoScalingGroupName="portal", ScheduledActionName="before-nine")
    put("before-nine", "45 8 * * 1-5", TimeZone="Asia/Tokyo", DesiredCapacity=10)
    assert "Give MinSize" in lab.check("p03-e1").outstanding[0].hint
    client.delete_scheduled_action(AutoScalingGroupName="portal", ScheduledActionName="before-nine")

    plan("before-nine", "45 8 * * 1-5", 3)
    assert "fail" in lab.check("p03-e1").outstanding[0].name
    plan("before-nine", "45 8 * * 1-5", 12)
    assert "USD" in lab.check("p03-e1").outstanding[0].name
    plan("after-nine", "30 9 * * 1-5", 2)
    assert lab.check("p03-e1").ok
    client.delete_scheduled_action(AutoScalingGroupName="portal", ScheduledActionName="before-nine")
    client.delete_scheduled_action(AutoScalingGroupName="portal", ScheduledActionName="after-nine")
    assert lab.check("p03-built").ok
