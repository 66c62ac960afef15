"""What the section of pattern 3 states in words is so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aws14.patterns import p03_experiments as experiments
from aws14.patterns import p03_groups as groups
from aws14.patterns.p03_day import BRIEF, NINE_S, PAGE, SLOW_FOR_S, scenario
from aws14.sim.autoscaling import TargetTracking
from aws14.sim.intensity import intensity
from aws14.sim.startup import ready_after_s

TEXT = (Path(__file__).parents[2] / "notebooks" / "src" / "01_web_systems.py").read_text(encoding="utf-8")
SECTION = TEXT.partition('pattern="p03"')[2].partition('pattern="p04"')[0]
SCRIPT = SECTION.partition('script = """')[2].partition('"""')[0]
TRACKING = TargetTracking(name="cpu", metric=groups.CPU, target=50.0)
SERVER_RPS = 2 / (PAGE.service_time_s + PAGE.db_time_s)


def rate(hour: float) -> float:
    return float(intensity(scenario().load, 86_400.0).at(np.array([hour * 3600.0]))[0])


@pytest.mark.parametrize(
    ("words", "true"),
    [
        ("the load grows tenfold within minutes", 9 < rate(9.1) / rate(8.9) < 13),
        ("a new one needs less than a minute to be ready", 30 < ready_after_s(SCRIPT) < 60),
        ("The alarm wants three minutes of evidence", TRACKING.high.evaluation_periods == 3),
        ("two servers should do the work of five", 4 < rate(9.0) / SERVER_RPS <= 6),
        ("Half an hour later few do", rate(NINE_S / 3600 + 0.6) < 0.5 * BRIEF.value("peak_rps")),
        ("adds the same two servers each time", groups.ALWAYS == 2),
        ("One morning the database is slow for a while", SLOW_FOR_S == 1200),
        ("Four servers, less than half busy", experiments.crowd(None, 1).load.rhythm.day_rps < 2 * SERVER_RPS),
        ("give up after two seconds", experiments.PATIENCE_S == 2),
    ],
)
def test_the_words_are_there_and_true(words: str, true: bool) -> None:
    assert words in " ".join(SECTION.replace("\n# ", " ").split())
    assert true
