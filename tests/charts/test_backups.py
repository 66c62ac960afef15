"""Charts of backups: what failures leave, which generations are kept, what years of an archive cost."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import numpy as np
import pytest
from matplotlib.colors import to_hex

from aws14 import charts
from aws14.charts.style import BLUE, ORANGE, RED
from aws14.errors import ScenarioError
from aws14.sim.backups.failures import calendar_of_failures
from aws14.sim.backups.generations import DAY_S, Rule, kept
from aws14.sim.backups.ladders import ladder, office_original
from aws14.sim.backups.outcomes import matrix
from tests.charts.conftest import Studio

RULES = (
    Rule(name="daily", schedule="cron(0 5 * * ? *)", keep_days=35),
    Rule(name="monthly", schedule="cron(0 5 1 * ? *)", keep_days=2557, cold_after_days=30),
)


def test_a_cell_says_what_is_left_and_marks_what_the_brief_does_not_allow(studio: Studio) -> None:
    left = {
        "disk": {"none": (math.inf, math.inf), "backup": (6 * 3600.0, 3600.0)},
        "region": {"none": (math.inf, math.inf), "backup": (60.0, 90_000.0)},
        "key": {"none": (0.0, 0.0), "backup": (0.0, 60.0)},
    }
    picture = charts.survivals(left, title="Left", limits=(24 * 3600.0, 8 * 3600.0))
    patches = studio.figure.axes[0].patches
    colors = [to_hex(patch.get_facecolor()).upper() for patch in patches]
    assert colors == [RED, BLUE, RED, ORANGE, BLUE, BLUE]
    assert "disk: none, nothing left; backup, 6 h of work lost, back in 1 h." in picture.alt
    assert "key: none, not touched; backup, no work lost, back in 1 min." in picture.alt
    assert studio.overlapping() == []


def test_the_ladder_fits_its_matrix(studio: Studio) -> None:
    original = office_original()
    found = matrix(original, ladder(RULES, original), calendar_of_failures())
    left = {name: {design: (each.rpo_s, each.rto_s) for design, each in row.items()} for name, row in found.items()}
    charts.survivals(left, title="What each failure leaves of a volume with 0, 1, 2 and 3 copies")
    assert studio.overlapping() == []
    assert studio.smallest_px() >= 12


def test_a_matrix_needs_all_cells() -> None:
    with pytest.raises(ScenarioError, match="same designs"):
        charts.survivals({"one": {"a": (0.0, 0.0)}, "two": {"b": (0.0, 0.0)}}, title="t")
    with pytest.raises(ScenarioError, match="same designs"):
        charts.survivals({}, title="t")


def marks() -> dict[str, list[tuple[float, bool]]]:
    now_s = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()
    held = kept(RULES, since_s=now_s - 3000 * DAY_S, on_s=now_s)
    return {
        rule.name: [((now_s - each.taken_s) / DAY_S, each.cold) for each in held if each.rule == rule.name]
        for rule in RULES
    }


def test_generations_are_marked_at_their_age(studio: Studio) -> None:
    wanted = [(3.0, "deleted by mistake"), (60.0, "went wrong")]
    picture = charts.generations(marks(), title="Kept", on=date(2026, 11, 24), wanted=wanted)
    lines = studio.figure.axes[0].get_lines()
    daily = np.asarray(lines[0].get_xdata())
    assert len(daily) == 35
    assert daily.min() == pytest.approx(0.5)
    assert "daily: 35 kept from 0.3 to 34.3 days old." in picture.alt
    assert "monthly: 84 kept" in picture.alt
    assert "83 of them cold" in picture.alt
    assert studio.overlapping() == []


def test_a_calendar_without_backups_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no backup"):
        charts.generations({"daily": []}, title="t", on=date(2026, 11, 24))


def test_years_are_stacked_to_their_sum(studio: Studio) -> None:
    designs = {
        "no rule": {"Standard storage": [100.0, 200.0, 300.0], "requests to put": [5.0, 5.0, 5.0]},
        "to Deep Archive": {"Standard storage": [50.0, 60.0, 60.0], "requests to move": [40.0, 40.0, 40.0]},
    }
    picture = charts.by_year(designs, title="Seven years")
    first, second = studio.figure.axes
    heights = [
        sum(bar.get_height() for bar in first.patches if round(bar.get_center()[0]) == year) for year in (1, 2, 3)
    ]
    assert heights == [105, 205, 305]
    assert first.get_ylim() == second.get_ylim()
    assert "no rule: 615.00 USD in all" in picture.alt
    assert (
        "to Deep Archive: 290.00 USD in all (Standard storage 170.00 USD, requests to move 120.00 USD)." in picture.alt
    )
    assert studio.overlapping() == []


def test_designs_of_different_years_are_refused() -> None:
    with pytest.raises(ScenarioError, match="years"):
        charts.by_year({"a": {"x": [1.0]}, "b": {"x": [1.0, 2.0]}}, title="t")
    with pytest.raises(ScenarioError, match="years"):
        charts.by_year({}, title="t")
