"""What a plan keeps: by hand, against a calendar walked day by day, and as AWS writes schedules."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from aws14.errors import DesignError, ScenarioError
from aws14.sim.backups.generations import (
    DAY_S,
    Rule,
    kept,
    moments_s,
    read_rule,
    rotation,
    worst_gap_s,
)
from aws14.sim.backups.policies import read_dlm_schedule

DAILY = Rule(name="daily", schedule="cron(0 5 * * ? *)", keep_days=35)
WEEKLY = Rule(name="weekly", schedule="cron(0 5 ? * SUN *)", keep_days=90)
MONTHLY = Rule(name="monthly", schedule="cron(0 5 1 * ? *)", keep_days=2557, cold_after_days=30)


def at(year, month, day, hour=0):
    return datetime(year, month, day, hour, tzinfo=UTC).timestamp()


def days_of(rule, **when):
    return [each.day for each in kept([rule], **when)]


def test_a_daily_rule_keeps_its_days_and_no_more():
    held = days_of(DAILY, since_s=at(2026, 1, 1), on_s=at(2026, 11, 24, 12))
    assert len(held) == 35
    assert held[-1] == datetime(2026, 11, 24, tzinfo=UTC).date()
    assert held[0] == datetime(2026, 10, 21, tzinfo=UTC).date()


def test_a_backup_is_there_from_its_hour_on_and_until_its_last():
    before, after = (days_of(DAILY, since_s=at(2026, 1, 1), on_s=at(2026, 11, 24, hour)) for hour in (4, 5))
    assert (before[0].isoformat(), before[-1].isoformat()) == ("2026-10-20", "2026-11-23")
    assert (after[0].isoformat(), after[-1].isoformat()) == ("2026-10-21", "2026-11-24")


def test_seven_years_of_months_as_a_calendar_counts_them():
    now = datetime(2030, 6, 15, tzinfo=UTC)
    firsts = [datetime(year, month, 1, 5, tzinfo=UTC) for year in range(2020, 2031) for month in range(1, 13)]
    wanted = [day.date() for day in firsts if day <= now < day + timedelta(days=2557)]
    held = kept([MONTHLY], since_s=at(2020, 1, 1), on_s=now.timestamp())
    assert [each.day for each in held] == wanted
    assert len(wanted) == 84
    assert [each.day for each in held if not each.cold] == [datetime(2030, 6, 1, tzinfo=UTC).date()]


def test_weeks_end_on_sundays():
    assert {day.isoweekday() for day in days_of(WEEKLY, since_s=at(2026, 1, 1), on_s=at(2026, 11, 24))} == {7}


def test_generations_lie_in_order_and_overlap():
    held = kept([MONTHLY, DAILY], since_s=at(2026, 1, 1), on_s=at(2026, 11, 24, 12))
    assert [each.taken_s for each in held] == sorted(each.taken_s for each in held)
    assert [each.rule for each in held if each.day.isoformat() == "2026-11-01"] == ["daily", "monthly"]


@pytest.mark.parametrize(
    ("schedule", "count"),
    [
        ("cron(0 5 * * ? *)", 365),
        ("cron(0 * * * ? *)", 8760),
        ("cron(30 4,16 * * ? *)", 730),
        ("cron(0 5 ? * 1 *)", 52),
        ("cron(0 5 ? * MON-FRI *)", 261),
        ("cron(0 5 L * ? *)", 12),
        ("cron(0 5 31 * ? *)", 7),
        ("cron(0 5 1 1,7 ? *)", 2),
    ],
)
def test_schedules_of_a_year(schedule, count):
    assert len(moments_s(schedule, at(2026, 1, 1), at(2027, 1, 1))) == count


def test_the_last_day_of_a_month_knows_leap_years():
    ends = moments_s("cron(0 5 L 2 ? *)", at(2027, 1, 1), at(2029, 1, 1))
    assert [datetime.fromtimestamp(each, UTC).day for each in ends] == [28, 29]


def test_sunday_is_one_for_aws():
    (first, *_) = moments_s("cron(0 5 ? * 1 *)", at(2026, 11, 24), at(2026, 12, 24))
    assert datetime.fromtimestamp(first, UTC).isoweekday() == 7


def test_a_rule_is_read_as_a_plan_says_it():
    rule = read_rule("monthly cron(0 5 1 * ? *) main 2555 30 away,attic")
    assert (rule.name, rule.vault, rule.copies) == ("monthly", "main", ("away", "attic"))
    assert (rule.keep_days, rule.cold_after_days) == (2555, 30)
    forever = read_rule("daily cron(0 5 * * ? *) main - -")
    assert (forever.keep_days, forever.copies) == (math.inf, ())


@pytest.mark.parametrize("text", ["daily", "daily cron(0 5 * * ? *) main", "daily cron(0 5 * * ? *) main many -", ""])
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(DesignError):
        read_rule(text)


@pytest.mark.parametrize("schedule", ["rate(1 day)", "cron(0 5 * * * *)", "cron(0 5 * * ?)", "cron(0 5 * * ? 2027)"])
def test_schedules_that_cannot_be_read_are_refused(schedule):
    with pytest.raises(DesignError):
        Rule(name="odd", schedule=schedule)


def test_days_that_cannot_be_are_refused():
    with pytest.raises(ScenarioError):
        Rule(name="none", schedule="cron(0 5 * * ? *)", keep_days=0)


@pytest.mark.parametrize("day", [at(2026, 11, 24, 12), at(2028, 2, 29, 12), at(2029, 1, 1, 12), at(2030, 7, 31, 12)])
def test_a_rotation_keeps_what_its_name_says(day):
    rules = rotation(days=7, weeks=5, months=12, years=7)
    held = kept(rules, since_s=at(2015, 1, 1), on_s=day)
    counts = {rule.name: sum(each.rule == rule.name for each in held) for rule in rules}
    assert (counts["daily"], counts["weekly"]) == (7, 5)
    assert counts["monthly"] in (12, 13), "not one too few at the end of February of a leap year"
    assert counts["yearly"] in (7, 8)
    assert [rule.name for rule in rotation(days=7, years=7)] == ["daily", "yearly"]


def test_schedules_of_data_lifecycle_manager():
    rule = read_dlm_schedule("every=24h at=03:00 keep=7", "d")
    assert len(kept([rule], since_s=at(2026, 1, 1), on_s=at(2026, 11, 24, 12))) == 7
    often = read_dlm_schedule("every=6h at=22:30 keep=8 copy=ap-northeast-3", "d")
    assert (often.schedule, often.copies) == ("cron(30 4,10,16,22 * * ? *)", ("ap-northeast-3",))
    assert len(kept([often], since_s=at(2026, 1, 1), on_s=at(2026, 11, 24, 12))) == 8
    assert read_dlm_schedule("cron(0 3 ? * SUN *) keep=4", "d").keep_days == pytest.approx(28, rel=0.01)
    assert read_dlm_schedule("cron(0 3 * * ? *) keep=2w", "d").keep_days == 14
    for wrong in (
        "every=24h keep=7",
        "every=0h at=03:00 keep=7",
        "often",
        "every=24h at=3 keep=7",
        "every=24h at=03:00",
    ):
        with pytest.raises(DesignError):
            read_dlm_schedule(wrong, "d")


def test_the_worst_gap_is_the_plans_rpo():
    assert worst_gap_s([DAILY]) == DAY_S
    assert worst_gap_s([MONTHLY]) == 31 * DAY_S
    assert worst_gap_s([MONTHLY, WEEKLY]) == 7 * DAY_S
    assert worst_gap_s([Rule(name="slow", schedule="cron(0 5 * * ? *)", takes_s=3600)]) == DAY_S + 3600
    assert math.isinf(worst_gap_s([]))


def test_a_backup_that_takes_a_day_shows_a_day_later():
    slow = Rule(name="slow", schedule="cron(0 5 * * ? *)", keep_days=35, takes_s=DAY_S)
    held = days_of(slow, since_s=at(2026, 1, 1), on_s=at(2026, 11, 24, 12))
    assert held[-1].isoformat() == "2026-11-23"
