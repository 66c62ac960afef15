"""Numbers that chapter 1 states in words are those of the pattern and of the price book."""

from __future__ import annotations

from pathlib import Path

import pytest

from aws14 import catalog
from aws14.patterns.p01_day import BRIEF, PAGE

TEXT = (Path(__file__).parents[2] / "notebooks" / "src" / "01_web_systems.py").read_text(encoding="utf-8")
SMALL, SPOT = catalog.instance_type("t3.small").vcpu, BRIEF.value("spot_rps")
FREE_GB = next(each.quantity for each in catalog.free_allowances() if each.plan == "always" and each.unit == "GB")


@pytest.mark.parametrize(
    ("words", "true"),
    [
        ("A t3.small has two processors", SMALL == 2),
        ("busy for 45 thousandths of a second", PAGE.service_time_s == 0.045),
        ("serve 44 views a second", int(SMALL / PAGE.service_time_s) == 44),
        ("expects 80 extra page views a second", SPOT == 80),
        ("the first 100 GB a month to the Internet", FREE_GB == 100),
    ],
)
def test_the_words_are_there_and_true(words: str, true: bool) -> None:
    assert words in " ".join(TEXT.replace("\n# ", " ").split())
    assert true
