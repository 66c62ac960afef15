"""Schedule expressions against dates worked out by hand (and croniter's reading of the guide's own examples)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from aws14.emulator.event_bus.expressions import ScheduleError, read_schedule

START = datetime(2026, 11, 24, 12, 30, 15, tzinfo=UTC)  # a Tuesday


def runs(text, count=3, zone="UTC"):
    at, found = START.timestamp(), []
    for _ in range(count):
        at = read_schedule(text, once=True).next_after(at, begun=START.timestamp(), zone=ZoneInfo(zone))
        if at is None:
            break
        found.append(datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S"))
    return found


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("rate(5 minutes)", "UTC", ["2026-11-24 12:35:15", "2026-11-24 12:40:15", "2026-11-24 12:45:15"]),
        ("rate(1 day)", "UTC", ["2026-11-25 12:30:15", "2026-11-26 12:30:15", "2026-11-27 12:30:15"]),
        ("cron(0 10 * * ? *)", "UTC", ["2026-11-25 10:00:00", "2026-11-26 10:00:00", "2026-11-27 10:00:00"]),
        ("cron(15 12 * * ? *)", "Asia/Tokyo", ["2026-11-25 03:15:00", "2026-11-26 03:15:00", "2026-11-27 03:15:00"]),
        ("cron(0 18 ? * MON-FRI *)", "UTC", ["2026-11-24 18:00:00", "2026-11-25 18:00:00", "2026-11-26 18:00:00"]),
        ("cron(0/10 * ? * MON-FRI *)", "UTC", ["2026-11-24 12:40:00", "2026-11-24 12:50:00", "2026-11-24 13:00:00"]),
        ("cron(0 8 1 * ? *)", "UTC", ["2026-12-01 08:00:00", "2027-01-01 08:00:00", "2027-02-01 08:00:00"]),
        ("cron(0 0 L * ? *)", "UTC", ["2026-11-30 00:00:00", "2026-12-31 00:00:00", "2027-01-31 00:00:00"]),
        # 1 August 2027 is a Sunday: the nearest weekday is Monday the 2nd.
        ("cron(0 0 1W AUG ? 2027)", "UTC", ["2027-08-02 00:00:00"]),
        ("cron(0 9 ? * 2#1 *)", "UTC", ["2026-12-07 09:00:00", "2027-01-04 09:00:00", "2027-02-01 09:00:00"]),
        ("cron(0 9 ? * 6L *)", "UTC", ["2026-11-27 09:00:00", "2026-12-25 09:00:00", "2027-01-29 09:00:00"]),
        ("cron(0 0 29 2 ? *)", "UTC", ["2028-02-29 00:00:00", "2032-02-29 00:00:00", "2036-02-29 00:00:00"]),
        ("cron(0 0 30 2 ? *)", "UTC", []),
        ("at(2026-12-24T18:00:00)", "Asia/Tokyo", ["2026-12-24 09:00:00"]),
        ("at(2020-01-01T00:00:00)", "UTC", []),
    ],
)
def test_an_expression_says_when(text, zone, expected):
    assert runs(text, zone=zone) == expected


@pytest.mark.parametrize(
    "text",
    [
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(0 minutes)",
        "cron(0 10 * * * *)",  # one of the two days must be ?
        "cron(0 10 ? * ? *)",
        "cron(0 10 * * ?)",
        "cron(60 10 * * ? *)",
        "cron(0 10 ? * FOO *)",
        "at(tomorrow)",
        "daily",
    ],
)
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(ScheduleError):
        read_schedule(text, once=True)


def test_a_rule_knows_no_single_time():
    with pytest.raises(ScheduleError):
        read_schedule("at(2026-12-24T18:00:00)")


def test_an_hour_that_summer_time_skips_has_no_run():
    schedule = read_schedule("cron(30 2 * * ? *)")
    zone = ZoneInfo("Europe/Berlin")
    before = datetime(2027, 3, 27, 12, tzinfo=zone).timestamp()  # summer time begins on the 28th at 2:00
    found = schedule.next_after(before, begun=before, zone=zone)
    assert datetime.fromtimestamp(found, zone).isoformat() == "2027-03-29T02:30:00+02:00"
