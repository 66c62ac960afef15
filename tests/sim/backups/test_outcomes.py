"""What failures leave: each rule of survival by hand, and years of them against closed forms."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from aws14.errors import ScenarioError
from aws14.sim.backups.copies import CALENDAR, Copy, Generations, Log, Points
from aws14.sim.backups.failures import KINDS, Failure, calendar_of_failures, survives
from aws14.sim.backups.generations import DAY_S, Rule
from aws14.sim.backups.ladders import OTHER_ACCOUNT, ladder, office_original
from aws14.sim.backups.outcomes import AT_S, matrix, outcome
from aws14.sim.backups.years import play

DAILY = Rule(name="daily", schedule="cron(0 5 * * ? *)", keep_days=35)
MONTHLY = Rule(name="monthly", schedule="cron(0 5 1 * ? *)", keep_days=2557)
HERE = office_original()
COPY = Copy(name="copy", history=Generations(rules=(DAILY,)), region=HERE.region, account=HERE.account)


def failure(kind, days=0.0, per_year=1.0):
    return Failure(kind=kind, name=kind, per_year=per_year, found_after_days=days)


def left(copies, kind, days=0.0):
    return outcome(HERE, copies, failure(kind, days))


def test_a_backup_of_this_morning_loses_the_morning():
    found = left([COPY], "volume")
    assert found.rpo_s == 6 * 3600, "backup at 5:00, failure at 11:00"
    assert found.survivors == ("copy",)


def test_without_copies_everything_is_lost_whatever_happens():
    for kind in KINDS:
        found = left([], kind)
        assert found.lost, kind
        assert math.isinf(found.rpo_s)


@pytest.mark.parametrize(
    ("change", "kind", "stays"),
    [
        ({"volume": HERE.volume}, "volume", False),
        ({"volume": "another"}, "volume", True),
        ({"az": HERE.az}, "az", False),
        ({"az": "ap-northeast-1c"}, "az", True),
        ({}, "az", True),
        ({}, "region", False),
        ({"region": "ap-northeast-3"}, "region", True),
        ({}, "account", False),
        ({"lock": "compliance"}, "account", False),
        ({"offline": True}, "account", True),
        ({"account": OTHER_ACCOUNT}, "account", True),
        ({}, "ransomware", False),
        ({"lock": "governance"}, "ransomware", False),
        ({"lock": "compliance"}, "ransomware", True),
        ({"offline": True}, "ransomware", True),
        ({"account": OTHER_ACCOUNT}, "ransomware", True),
        ({"region": "ap-northeast-3"}, "ransomware", False),
        ({"key": HERE.key}, "key", False),
        ({"key": "another"}, "key", True),
        ({"restorable": False}, "volume", False),
        ({"restorable": False}, "mistake", False),
    ],
)
def test_what_takes_a_copy(change, kind, stays):
    assert survives(replace(COPY, **change), failure(kind), HERE) is stays


def test_a_mirror_repeats_mistakes_and_outlives_disks():
    mirror = replace(COPY, history=Log(keep_days=0), volume="another")
    assert left([mirror], "volume").rpo_s == 0
    assert left([mirror], "mistake").lost
    assert left([mirror], "ransomware").lost
    assert left([mirror], "corruption", 60).lost


def test_versions_undo_a_mistake_without_loss():
    versions = replace(COPY, history=Log(keep_days=30))
    assert left([versions], "mistake", 3).rpo_s == 0
    assert left([versions], "mistake", 31).lost


def test_a_log_of_a_database_loses_minutes():
    assert left([replace(COPY, history=Log.of_database(7))], "volume").rpo_s == 300


def test_a_mistake_loses_what_was_done_to_the_file_and_ransomware_all_work_since():
    locked = replace(COPY, lock="compliance")
    assert left([locked], "mistake", 3).rpo_s == 6 * 3600
    assert left([locked], "ransomware", 3).rpo_s == 3 * DAY_S + 6 * 3600


def test_corruption_found_late_outlives_short_retention():
    assert left([COPY], "corruption", 34).rpo_s == 34 * DAY_S + 6 * 3600
    assert left([COPY], "corruption", 36).lost
    months = replace(COPY, history=Generations(rules=(DAILY, MONTHLY)))
    assert not left([months], "corruption", 400).lost
    assert 400 * DAY_S < left([months], "corruption", 400).rpo_s <= 432 * DAY_S


def test_the_copy_that_loses_least_comes_first_and_of_equals_the_quickest():
    slow, quick = replace(COPY, name="slow", restore_s=9.0), replace(COPY, name="quick", restore_s=5.0)
    log = replace(COPY, name="log", history=Log(keep_days=7, lag_s=60.0), restore_s=99.0)
    found = left([slow, quick, log], "volume")
    assert found.survivors == ("log", "quick", "slow")
    assert (found.rpo_s, found.rto_s) == (60, 99)


def test_points_that_were_read_back_are_the_only_ones():
    points = replace(COPY, history=Points(taken_s=(AT_S - 5 * DAY_S, AT_S - 2 * DAY_S)))
    assert left([points], "volume").rpo_s == 2 * DAY_S
    assert left([points], "corruption", 3).rpo_s == 5 * DAY_S
    assert left([points], "corruption", 6).lost
    assert left([replace(COPY, history=Points(taken_s=()))], "volume").lost


def test_a_backup_in_cold_storage_takes_longer():
    months = Rule(name="m", schedule="cron(0 5 1 * ? *)", keep_days=2557, cold_after_days=30)
    cold = replace(COPY, history=Generations(rules=(DAILY, months)), restore_s=60.0, cold_s=1000.0)
    assert left([cold], "volume").rto_s == 60
    assert left([cold], "corruption", 20).rto_s == 60
    assert left([cold], "corruption", 60).rto_s == 1060
    both = replace(cold, history=Generations(rules=(DAILY, replace(months, cold_after_days=1))))
    assert left([both], "corruption", 13).rto_s == 60, "of the first of the month there is a warm one, too"


def test_what_has_no_key_cannot_lose_it():
    assert outcome(replace(HERE, key=""), [], failure("key")).rpo_s == 0


def test_each_step_of_the_ladder_survives_more():
    designs = ladder((DAILY, MONTHLY), HERE)
    found = matrix(HERE, designs, calendar_of_failures())
    lost = [{name for name, row in found.items() if row[design].lost} for design in designs]
    assert lost[0] == set(found)
    assert lost[1] == {"region lost", "ransomware with admin rights", "account lost", "key deleted"}
    assert lost[2] == {"ransomware with admin rights", "account lost", "key deleted"}
    assert lost[3] == set()


def test_a_generation_is_gone_exactly_when_its_days_are_over():
    history = Generations(rules=(Rule(name="d", schedule="cron(0 5 1 1 ? *)", keep_days=10),))
    taken_s = CALENDAR[0] + 5 * 3600
    now_s = taken_s + np.array([0.0, 10 * DAY_S - 1, 10 * DAY_S])
    assert history.newest_s(now_s, now_s).tolist() == [taken_s, taken_s, -math.inf]


def test_years_agree_with_the_closed_form():
    """Fatal failures of each kind come at random: a year loses everything with 1 - exp(-their rate)."""
    failures = [failure("region", per_year=0.05), failure("volume", per_year=0.3), failure("account", per_year=0.02)]
    found = play(HERE, {"near": [COPY], "none": []}, failures, years=40_000)
    for design, rate in (("near", 0.07), ("none", 0.37)):
        wanted = 1 - math.exp(-rate)
        assert abs(found[design].loss_per_year - wanted) < 4 * found[design].loss_error, design
    assert found["near"].struck == found["none"].struck, "the same years for all"


def test_corruption_outlives_a_backup_as_often_as_it_is_found_too_late():
    """Found after an exponential time of mean 20 days: later than 35 days in exp(-35/20) of the cases."""
    rot = failure("corruption", days=20.0)
    # A locked hourly history makes the grain of the calendar small beside 35 days.
    hourly = Generations(rules=(Rule(name="h", schedule="cron(0 * * * ? *)", keep_days=35),))
    found = play(HERE, {"near": [replace(COPY, history=hourly)]}, [rot], years=20_000)["near"]
    share = found.lost_all["corruption"] / found.struck["corruption"]
    wanted = math.exp(-35 / 20)
    assert abs(share - wanted) < 4 * math.sqrt(wanted * (1 - wanted) / found.struck["corruption"]) + 0.001


def test_mean_lost_work_of_daily_backups_is_half_a_day():
    found = play(HERE, {"near": [COPY]}, [failure("volume")], years=20_000)["near"]
    lost_s = found.lost_work_s["volume"]
    assert lost_s.mean() == pytest.approx(DAY_S / 2, rel=0.02)
    assert lost_s.max() < DAY_S
    assert found.lost_work_hours_per_year == pytest.approx(12, rel=0.03)


def test_losses_cost_what_they_are_said_to():
    found = play(HERE, {"none": []}, [failure("region", per_year=0.5)], years=1_000)["none"]
    lost = found.lost_all["region"]
    assert found.expected_loss_usd(everything_usd=1_000_000, hour_usd=50) == lost / 1_000 * 1_000_000


def test_a_mistake_costs_a_file_and_not_the_firm():
    slip = Failure(kind="mistake", name="slip", per_year=2.0, found_after_days=3.0, share=0.001)
    none, near = (play(HERE, {"d": design}, [slip], years=2_000)["d"] for design in ([], [COPY]))
    assert none.losing_years == 0
    lost = none.lost_all["slip"]
    assert none.expected_loss_usd(everything_usd=1_000, hour_usd=1) == pytest.approx(lost / 2_000)
    assert near.lost_work_hours_per_year == pytest.approx(near.lost_work_s["slip"].sum() * 0.001 / 3600 / 2_000)
    with pytest.raises(ScenarioError):
        replace(slip, share=0.0)


def test_years_are_the_same_again():
    one, two = (play(HERE, {"near": [COPY]}, calendar_of_failures(), years=500)["near"] for _ in range(2))
    assert one.lost_all == two.lost_all
    assert all(np.array_equal(one.lost_work_s[name], two.lost_work_s[name]) for name in one.lost_work_s)


def test_failures_that_cannot_be_are_refused():
    with pytest.raises(ScenarioError, match="no kind"):
        Failure(kind="flood", name="flood", per_year=1.0)  # type: ignore[arg-type]
    with pytest.raises(ScenarioError):
        failure("mistake", per_year=-1.0)
    with pytest.raises(ScenarioError, match="failures"):
        play(HERE, {}, [failure("mistake", per_year=1e6)], years=1_000)
