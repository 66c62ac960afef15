"""Numbers that the section of the available intranet states in words are those of the pattern and of the data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aws14 import catalog
from aws14.patterns.p04_day import BRIEF
from aws14.patterns.p04_promises import together
from aws14.sim.composed import yearly_downtime_s
from aws14.sim.failover import database_failover
from aws14.sim.lifetimes import play

SOURCE = (Path(__file__).parents[2] / "notebooks" / "src" / "01_web_systems.py").read_text(encoding="utf-8")
TEXT = re.split(r'^# %% \[markdown\] pattern="', SOURCE, flags=re.MULTILINE)[4]
KNOWN = catalog.durations()
APART, BOTH = together()


def flattered() -> float:
    """How many times as long two regions with a common cause are away as algebra says."""
    return float(play(BOTH, runs=4_000).downtime_s.mean()) / yearly_downtime_s(APART)


@pytest.mark.parametrize(
    ("words", "true"),
    [
        ("limits=(900, 1000)", (BRIEF.value("rto_s"), BRIEF.value("budget_usd")) == (900, 1000)),
        ("limits=(60, 1000)", (BRIEF.value("rpo_s"), BRIEF.value("budget_usd")) == (60, 1000)),
        ('limit=(900, "the brief")', BRIEF.value("rto_s") == 900),
        ("it failed over in seventy seconds", 60 <= database_failover().promoted_s.mean() <= 80),
        ("has a TTL of a minute", catalog.quota("ALB", "TTL of its name").value == 60),
        ("a few, AWS says, a quarter of an hour", catalog.quota("S3", "Replication Time Control").value == 900),
        ("It promises a hundred percent", catalog.sla("Route 53").promised == 1),
        ("minutes instead of a day", KNOWN["RDS transaction log backup"].typical_s == 300),
        ("gives a tenth of the real time away", 7 <= flattered() <= 14),
    ],
)
def test_the_words_are_there_and_true(words: str, true: bool) -> None:
    assert words in " ".join(TEXT.replace("\n# ", " ").split())
    assert true
