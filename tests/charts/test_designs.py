"""Charts that hold designs against each other: crossings, frontiers, stages, strips, fleets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from aws14 import charts
from aws14.charts.curves import crossings
from aws14.charts.frontiers import _labels, unbeaten
from aws14.charts.strips import longest_gap_s
from aws14.errors import ScenarioError
from aws14.model import DatabaseRecord, FleetRecord, Picture, SlowDatabase, Trace
from tests.charts.conftest import Studio

X = np.linspace(0, 100, 21)


def test_lines_cross_where_algebra_says() -> None:
    ((at, value, label),) = crossings(X, {"flat": np.full(21, 60.0), "rising": 2.0 * X})
    assert (at, value, label) == (pytest.approx(30.0), pytest.approx(60.0), "flat")


def test_a_line_that_begins_later_takes_over_where_it_begins() -> None:
    late = np.where(X < 50, np.nan, 10.0)
    ((at, _, label),) = crossings(X, {"always": np.full(21, 20.0), "late": late})
    assert label == "late"
    assert at == pytest.approx(50.0)


def test_parallel_lines_do_not_cross() -> None:
    assert crossings(X, {"low": X, "high": X + 1}) == ()


def test_lines_that_keep_crossing_are_not_marked(studio: Studio) -> None:
    zigzag = 50 + np.resize([-1.0, 1.0], 21)
    charts.curves(X, {"even": np.full(21, 50.0), "zigzag": zigzag}, title="t", xlabel="x", ylabel="y")
    assert [line.get_marker() for line in studio.figure.axes[0].get_lines()] == ["None", "None"]


def test_long_labels_stand_one_below_the_other(studio: Studio) -> None:
    names = ["a promise of three years, paid for upfront", "a promise of one year, paid for by the month"]
    charts.curves(X, dict.fromkeys((*names, "short"), X), title="t", xlabel="x", ylabel="y")
    assert studio.figure.legends[0]._ncols == 2


def test_bars_are_as_long_as_their_amounts_and_say_them(studio: Studio) -> None:
    picture = charts.bars({"one": 2.0, "other": 8.0}, title="Two", xlabel="USD", told={"other": "eight"})
    assert [bar.get_width() for bar in studio.figure.axes[0].patches] == [2.0, 8.0]
    assert picture.alt == "Two. USD: one 2; other eight."
    assert studio.overlapping() == []


def test_no_bars_are_refused() -> None:
    with pytest.raises(ScenarioError, match="nothing to compare"):
        charts.bars({}, title="t", xlabel="x")


def test_a_series_of_another_length_is_refused() -> None:
    with pytest.raises(ScenarioError, match="'short' has 3 values"):
        charts.curves(X, {"short": [1, 2, 3]}, title="t", xlabel="x", ylabel="y")


def test_only_designs_that_nothing_beats_are_on_the_frontier() -> None:
    designs = {"quick": (10.0, 900.0), "cheap": (1000.0, 100.0), "bad": (1000.0, 900.0), "like quick": (10.0, 900.0)}
    assert unbeaten(designs) == ("quick", "cheap", "like quick")


def test_the_longest_gap_runs_from_the_first_failure_to_the_next_answer() -> None:
    attempts = [(0.0, True), (10.0, False), (20.0, False), (30.0, True), (40.0, False), (45.0, True)]
    assert longest_gap_s(attempts) == 20.0
    assert longest_gap_s([(0.0, True), (10.0, False), (70.0, False)]) == 60.0
    assert longest_gap_s([(0.0, True)]) == 0.0


def test_over_a_day_no_line_is_best() -> None:
    hours = np.linspace(0, 24, 21)
    lines = {"up": hours, "down": 24 - hours}
    over = {scale: charts.curves(hours, lines, title="t", xlabel="x", ylabel="y", scales=(scale, "linear")).alt
            for scale in ("linear", "clock")}  # fmt: skip
    assert "is lowest" in over["linear"]
    assert "is lowest" not in over["clock"]


def test_who_has_no_answer_at_the_end_is_not_back() -> None:
    tried = {"back": [(0.0, True), (60.0, False), (120.0, True)], "gone": [(0.0, True), (60.0, False), (120.0, False)]}
    alt = charts.strips(tried, title="t").alt
    assert "back: 2 of 3 attempts answered, away for 1 min." in alt
    assert "gone: 1 of 3 attempts answered, not back (watched for 2 min)." in alt


def test_strips_of_nothing_are_refused() -> None:
    with pytest.raises(ScenarioError, match="no attempts"):
        charts.strips({"client": []}, title="t")


def pictures() -> dict[str, Callable[[], Picture]]:
    answered = [(float(t), not 60 < t < 130) for t in range(0, 300, 10)]
    designs = {"A: everything runs": (120.0, 1600.0), "B: copies": (9000.0, 300.0), "pilot light": (900.0, 700.0)}
    cases = {"asks DNS": {"detection": 30.0, "promotion": 40.0}, "remembers": {"detection": 30.0, "waiting": 600.0}}
    events = [(60.0, "primary lost"), (125.0, "standby promoted")]
    limit = (60.0, "budget")
    return {
        "curves": lambda: charts.curves(X, {"a": X, "b": 90 - X}, title="T", xlabel="x", ylabel="y", limit=limit),
        "frontier": lambda: charts.frontier(designs, title="T", xlabel="time until orders", limits=(900, 1800)),
        "stages": lambda: charts.stages(cases, title="T", limit=(400, "brief")),
        "strips": lambda: charts.strips({"asks DNS": answered, "asked once": answered}, title="T", events=events),
    }


@pytest.mark.parametrize("name", pictures())
def test_words_do_not_lie_over_each_other_and_can_be_read(name: str, studio: object) -> None:
    shown = pictures()[name]()
    assert studio.overlapping() == []  # type: ignore[attr-defined]
    assert studio.smallest_px() >= 11  # type: ignore[attr-defined]
    assert shown.alt.startswith("T.")
    assert "<table" in shown.table_html


def fleet_of(trace: Trace) -> Trace:
    ticks = trace.ticks
    wanted = np.where(np.arange(ticks) < ticks // 2, 2, 8)
    working = np.where(np.arange(ticks) < ticks // 2 + 5, 2, 8)
    fleet = FleetRecord(
        group="app",
        desired=wanted,
        in_service=working,
        pending=wanted - working,
        draining=np.zeros(ticks, dtype=np.int64),
        healthy=working - (np.arange(ticks) == 3),
        cpu_utilization=np.full(ticks, 0.5),
        instance_s=np.full(ticks, 120.0),
    )
    flat = np.full(ticks, 0.2)
    database = DatabaseRecord(node="db", utilization=flat, queries=trace.offered, down_s=np.zeros(ticks))
    slow = SlowDatabase(node="db", starts_s=3600, lasts_s=600, factor=5)
    return replace(trace, fleet=fleet, database=database, faults=(slow,))


def test_a_fleet_has_a_panel_and_is_told(trace_of: Callable[..., Trace], studio: object) -> None:
    day = fleet_of(trace_of(np.full(1440, 600), {"timed_out": np.where(np.arange(1440) == 720, 300, 0)}))
    shown = charts.timeline(day)
    words = studio.words()  # type: ignore[attr-defined]
    assert studio.overlapping() == []  # type: ignore[attr-defined]
    assert all(word in words for word in ("wanted", "in service", "starting", "unhealthy", "database", "servers"))
    assert "2 to 8 servers are in service, 48.0 instance-hours in all." in shown.alt
    assert "1 of 2 servers are unhealthy" in shown.alt
    assert "db is slow" in shown.alt


def test_runs_of_fleets_show_their_servers(trace_of: Callable[..., Trace], studio: object) -> None:
    day = fleet_of(trace_of(np.full(1440, 600)))
    shown = charts.compare_runs({"policy": day, "fixed": day})
    assert "in service" in studio.words()  # type: ignore[attr-defined]
    assert studio.overlapping() == []  # type: ignore[attr-defined]
    assert "instance-hours" in shown.table_html


def test_designs_on_one_dot_are_named_together() -> None:
    both = {"nightly": (600.0, 50.0), "hourly": (600.0, 50.0), "warm": (60.0, 90.0)}
    assert dict(_labels(both)) == {(600.0, 50.0): "nightly\nhourly", (60.0, 90.0): "warm"}
