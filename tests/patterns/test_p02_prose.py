"""Numbers that the section of the corporate site states in words are those of the pattern."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from aws14 import catalog
from aws14.cost import years_of_use
from aws14.patterns.p02_checks import SERVER_FAILED_SHARE
from aws14.patterns.p02_day import BRIEF
from aws14.patterns.p02_paths import ENOUGH, MOST_RULES
from aws14.patterns.p02_sessions import AWAY_S

TEXT = (Path(__file__).parents[2] / "notebooks" / "src" / "01_web_systems.py").read_text(encoding="utf-8")
SECTION = TEXT[TEXT.index("# ## Corporate site") : TEXT.index("# ## Scaling intranet")]
LOW_S = catalog.durations()["RDS Multi-AZ failure detection"].typical_s
PROMOTION_S = catalog.durations()["RDS Multi-AZ promotion of the standby"].typical_s

NIGHTS_OFF = years_of_use("EC2", "m5.large Linux on-demand", "ap-northeast-1", share=0.3)
NEVER = all(math.isinf(months) for months in NIGHTS_OFF.break_even_months.values())


@pytest.mark.parametrize(
    ("words", "true"),
    [
        ("at most one view in ten thousand of the day may fail", SERVER_FAILED_SHARE == 0.0001),
        ("at noon for a quarter of an hour", AWAY_S == 900),
        ("at most six rules that keep nine of ten requests", (MOST_RULES, ENOUGH) == (6, 0.9)),
        ("RDS took a good minute", 60 < LOW_S + PROMOTION_S < 90),
        ('`lab.experiment("years", share=0.3)` is a site that is switched off at night: the promises never pay', NEVER),
        ("every ten seconds it asks for a page", '"HealthCheckIntervalSeconds": 10' in SECTION),
        ("as the brief's peak has page views", BRIEF.value("peak_rps") > 0),
    ],
)
def test_the_words_are_there_and_true(words: str, true: bool) -> None:
    assert words in " ".join(SECTION.replace("\n# ", " ").split())
    assert true
