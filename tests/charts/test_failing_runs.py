"""What broke, what credits were left, and how long a server is away: drawn and said as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14 import charts
from aws14.charts.numbers import duration
from aws14.model import AzOutage, CpuCredits, Downtime, InstanceLoss, Trace
from tests.charts.conftest import SPOT_MINUTE, Studio

SPOT_S = SPOT_MINUTE * 60.0
LOSS = InstanceLoss(node="web", starts_s=SPOT_S, lasts_s=1800.0)


def bands(axes) -> list[tuple[float, float]]:
    found = [patch for patch in axes.patches if patch.get_alpha() == 0.13]
    return [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in found]


def account(**changed) -> CpuCredits:
    none = np.zeros(1440)
    fields = dict.fromkeys(("earned", "spent", "discarded", "charged", "owed", "throttled_s"), none)
    balance = np.linspace(500, 100, 1440)
    return CpuCredits(**{"mode": "unlimited", "at_start": 500.0, "most": 576.0, "balance": balance} | fields | changed)


def area(panel, label: str):
    return next(one for one in panel.collections if one.get_label() == label)


# --- what broke ---------------------------------------------------------------------------------------------------


def test_every_panel_is_shaded_while_something_is_broken(day: Trace, studio: Studio) -> None:
    charts.timeline(replace(day, faults=(LOSS,)))
    assert len(studio.figure.axes) == 8
    for panel in studio.figure.axes[::2]:
        assert bands(panel) == [(SPOT_S, SPOT_S + 1800)]
    left, right = studio.figure.axes[1].get_xlim()
    assert bands(studio.figure.axes[1]) == [(SPOT_S, min(SPOT_S + 1800, right))] and left < SPOT_S
    assert studio.words().count("web is down") == 1


def test_a_fault_without_an_end_lasts_to_the_end_of_the_run(quiet_day: Trace, studio: Studio) -> None:
    picture = charts.timeline(replace(quiet_day, faults=(replace(LOSS, lasts_s=None),)))
    assert bands(studio.figure.axes[0]) == [(SPOT_S, 86_400.0)]
    assert "From 19:54 to the end web is down." in picture.alt


def test_two_faults_and_a_spot_have_names_that_do_not_cover_each_other(day: Trace, studio: Studio) -> None:
    zone = AzOutage(az="ap-northeast-1a", starts_s=SPOT_S - 300, lasts_s=600.0)
    picture = charts.timeline(replace(day, faults=(zone, LOSS), credits=account()), spots=[(SPOT_S, "TV spot")])
    assert "From 19:49 to 19:59 ap-northeast-1a is out. From 19:54 to 20:24 web is down." in picture.alt
    assert studio.overlapping() == []


def test_a_fault_after_the_run_is_neither_drawn_nor_told(quiet_day: Trace, studio: Studio) -> None:
    picture = charts.timeline(replace(quiet_day, faults=(replace(LOSS, starts_s=90_000.0),)))
    assert bands(studio.figure.axes[0]) == [] and "web" not in picture.alt


# --- credits ------------------------------------------------------------------------------------------------------


def test_the_balance_has_a_panel_of_its_own(quiet_day: Trace, studio: Studio) -> None:
    picture = charts.timeline(replace(quiet_day, credits=account()))
    *_, panel, _ = studio.figure.axes
    (left,) = (line for line in panel.get_lines() if line.get_label() == "credits left")
    assert np.asarray(left.get_ydata()) == pytest.approx(np.linspace(500, 100, 1440))
    assert np.asarray(left.get_xdata())[0] == 60
    assert panel.get_ylabel() == "CPU credits"
    assert "CPU credits (unlimited): 500 at the start, 100 at the end." in picture.alt
    assert "The least are 100 at 23:59." in picture.alt
    assert "<th>credits left</th>" in picture.table_html and "slowed down" not in studio.words()
    assert studio.overlapping() == []


def test_throttled_minutes_are_shaded_and_told(quiet_day: Trace, studio: Studio) -> None:
    throttled = np.where((np.arange(1440) >= 600) & (np.arange(1440) < 690), 60.0, 0.0)
    picture = charts.timeline(replace(quiet_day, credits=account(mode="standard", throttled_s=throttled)))
    panel = studio.figure.axes[3]
    corners = area(panel, "slowed down to the baseline").get_paths()[0].vertices
    assert (corners[:, 0].min(), corners[:, 0].max()) == pytest.approx((36_000, 41_400), abs=60)
    assert "Without credits, it ran at its baseline for 1.5 h." in picture.alt


def test_surplus_is_drawn_when_owed_and_told_as_paid_or_earned_back(quiet_day: Trace, studio: Studio) -> None:
    owed = np.concatenate((np.linspace(0, 90, 720), np.linspace(90, 30, 720)))
    picture = charts.timeline(replace(quiet_day, credits=account(owed=owed)))
    line = next(line for line in studio.figure.axes[3].get_lines() if line.get_label() == "surplus owed")
    assert np.asarray(line.get_ydata()).max() == pytest.approx(90)
    assert "Surplus credits of 0.50 vCPU hours are to be paid for." in picture.alt
    back = np.concatenate((np.linspace(0, 90, 720), np.linspace(90, 0, 720)))
    again = charts.timeline(replace(quiet_day, credits=account(owed=back)))
    assert "It borrowed up to 90 surplus credits and earned them back." in again.alt


def test_a_type_without_credits_has_no_panel_for_them(quiet_day: Trace, studio: Studio) -> None:
    picture = charts.timeline(quiet_day)
    assert len(studio.figure.axes) == 4 and "credits" not in picture.alt + picture.table_html


# --- downtime -----------------------------------------------------------------------------------------------------


def downtime_of(hours, *, hit=False) -> Downtime:
    downtime_s = 3600.0 * np.array(hours)
    return Downtime(
        horizon_s=21 * 86_400.0,
        downtime_s=downtime_s,
        failures=(downtime_s > 0).astype(np.int64),
        hit=np.full(len(downtime_s), hit),
    )


def test_downtime_is_counted_by_length_and_set_apart_beyond_the_brief(studio: Studio) -> None:
    campaigns = downtime_of([0, 0, 0, 0, 0, 0, 0.5, 2, 2.5, 3])
    picture = charts.downtime(campaigns, allowed_s=2 * 3600.0)
    axes = studio.figure.axes[0]
    names = [label.get_text() for label in axes.get_xticklabels()]
    shares = dict.fromkeys(names, 0.0)
    colors = {}
    for bar in axes.patches:
        name = names[round(bar.get_x() + bar.get_width() / 2)]
        shares[name], colors[name] = bar.get_height(), bar.get_facecolor()
    assert {name: share for name, share in shares.items() if share} == pytest.approx(
        {"none": 0.6, "≤ 30 min": 0.1, "≤ 2 h": 0.1, "≤ 4 h": 0.2}
    )
    assert names == ["none", "≤ 30 min", "≤ 1 h", "≤ 2 h", "≤ 4 h"]  # shorter ones did not happen
    assert colors["≤ 4 h"] != colors["≤ 2 h"] == colors["none"]
    for words in ("10 campaigns of 21 days", "60 % without a failure", "20 % beyond the 2 h allowed", "48 min of down"):
        assert words in picture.alt
    assert "TV spot" not in picture.alt
    assert studio.overlapping() == []


def test_what_is_allowed_is_an_edge_whatever_it_is(studio: Studio) -> None:
    charts.downtime(downtime_of([0, 1.5, 10]), allowed_s=100 * 60.0)
    names = [label.get_text() for label in studio.figure.axes[0].get_xticklabels()]
    assert names[:4] == ["none", "≤ 1.67 h", "≤ 2 h", "≤ 4 h"]
    assert "33.3 %" in studio.words()


def test_servers_are_compared_side_by_side(studio: Studio) -> None:
    runs = {"by hand": downtime_of([0, 0, 5, 9], hit=True), "by itself": downtime_of([0, 0, 0.05, 0.1])}
    picture = charts.downtime(runs, allowed_s=3600.0)
    axes = studio.figure.axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["by hand", "by itself"]
    bars = [sum(bar.get_height() for bar in container) for container in axes.containers]
    assert bars == pytest.approx([1, 1])
    assert "by hand: 4 campaigns" in picture.alt and "100 % hit during a TV spot" in picture.alt
    assert "50 % by hand" in studio.words() and "0 % by itself" in studio.words()
    assert studio.overlapping() == []


def test_a_server_that_never_fails_has_one_bar(studio: Studio) -> None:
    picture = charts.downtime(downtime_of([0, 0]), allowed_s=3600.0)
    assert max(bar.get_height() for bar in studio.figure.axes[0].patches) == 1
    assert "100 % without a failure" in picture.alt


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (45, "45 s"), (60, "1 min"), (3599, "60 min"), (5400, "1.5 h"), (181_440, "2.1 days")],
)
def test_durations_as_people_say_them(seconds: float, told: str) -> None:
    assert duration(seconds) == told
