"""What the core of pattern 5 states in words is so."""

from __future__ import annotations

from pathlib import Path

import pytest

from aws14.patterns.p05_copies import what_happens
from aws14.patterns.p05_day import BRIEF, VOLUME_GIB
from aws14.patterns.p05_drill import phases

TEXT = (Path(__file__).parents[2] / "notebooks" / "src" / "02_storage.py").read_text(encoding="utf-8")
SECTION = TEXT.partition('pattern="p05"')[2].partition('pattern="p06"')[0]
WORDS = " ".join(SECTION.replace("\n# ", " ").split())
FOUND_AFTER = {each.kind: each.found_after_days for each in what_happens()}
SLOWEST_H = sum(phases("volume", float(VOLUME_GIB), away=True).values()) / 3600


@pytest.mark.parametrize(
    ("words", "true"),
    [
        ("the database with a week of *automated backups*", '"BackupRetentionPeriod": 7' in SECTION),
        ("for thirty days at least, and forty at most", '"MinRetentionDays": 30, "MaxRetentionDays": 40' in SECTION),
        ("can be lifted for three days", '"ChangeableForDays": 3' in SECTION),
        ("Each night at one o'clock in Tokyo", '"daily", "ScheduleExpression": "cron(0 16 * * ? *)"' in SECTION),
        ("for thirty-five days, and a copy to Osaka", SECTION.count('"Lifecycle": {"DeleteAfterDays": 35}}') >= 2),
        ("On the first of each month one that stays for seven years".lower(), '"cron(0 18 1 * ? *)"' in SECTION),
        ("after ninety days in *cold* storage", '"MoveToColdStorageAfterDays": 90' in SECTION),
        ("stays for seven years", '"DeleteAfterDays": 7 * 365 + 2' in SECTION and BRIEF.value("keep_years") == 7),
        ("Six weeks of work", "for week in range(1, 7):" in SECTION),
        ("found after two months, is older than thirty-five days", FOUND_AFTER["corruption"] == 60),
        ("still the office works before noon", 8 + 40 / 60 + SLOWEST_H < 12),
        ("**Monday, 8:40.** The stopwatch runs", "lab.advance(hours=10, minutes=40)" in SECTION),
        ("A year ends on 31 December", '"cron(0 18 31 12 ? *)"' in SECTION),
    ],
)  # fmt: skip
def test_the_words_are_there_and_true(words: str, true: bool) -> None:
    assert words in WORDS
    assert true
