"""Charts of file servers: modes beside each other, bars of small files, moves, three years."""

from __future__ import annotations

import numpy as np
import pytest

from aws14 import charts
from aws14.cost.file_options import OPTIONS, years_of
from aws14.cost.files_brief import FilesBrief
from aws14.errors import ScenarioError
from aws14.sim.files.months import office_month, serve
from aws14.sim.files.moving import Move, plan
from aws14.sim.files.small_files import Line, Tree, tree_s
from aws14.sim.files.throughput import Throughput
from tests.charts.conftest import Studio


def modes():
    demand = office_month(usual_mibps=20, peak_mibps=200)
    ways = {
        "bursting": Throughput(mode="bursting", standard_gib=500),
        "provisioned": Throughput(mode="provisioned", standard_gib=500, provisioned_mibps=110),
        "elastic": Throughput(mode="elastic", standard_gib=500),
    }
    return {mode: serve(each, demand) for mode, each in ways.items()}


def test_modes_are_drawn_as_they_ran(studio: Studio) -> None:
    runs = modes()
    picture = charts.throughputs(runs, title="A month of three modes", from_day=26)
    axes = studio.figure.axes
    drawn = axes[0].get_lines()[0].get_ydata()
    assert np.array_equal(drawn, runs["bursting"].served_mibps[26 * 1440 :])
    assert [text.get_text() for text in axes[7].texts] == ["lives on no credits"]
    assert "elastic: asked for up to 200 MiB/s, served up to 200; nothing waits; 0 h" in picture.alt
    assert studio.overlapping() == []
    assert studio.smallest_px() >= 12


def test_modes_of_different_months_are_refused() -> None:
    short = serve(Throughput(mode="elastic", standard_gib=1), office_month(usual_mibps=1, peak_mibps=1, days=3))
    with pytest.raises(ScenarioError, match="length"):
        charts.throughputs({**modes(), "short": short}, title="t")
    with pytest.raises(ScenarioError, match="length"):
        charts.throughputs({"short": short}, title="t", from_day=9)


def test_moves_fall_copy_by_copy_and_say_when_nobody_writes(studio: Studio) -> None:
    slow, fast = (Move(gib=8000, changed_gib_per_day=1100, mbps=mbps) for mbps in (90, 500))
    plans = {"90 Mbit/s": plan(slow, window_h=4), "500 Mbit/s": plan(fast, window_h=4)}
    picture = charts.moves(plans, title="Moving 8 TB")
    lines = studio.figure.axes[0].get_lines()
    assert tuple(lines[0].get_xydata()[0]) == (0.0, 8000.0)
    markers = [line for line in lines if line.get_marker() == "D"]
    assert [line.get_xdata()[0] for line in markers] == [plans["500 Mbit/s"].days]
    assert "90 Mbit/s: after" in picture.alt
    assert "500 Mbit/s: " in picture.alt
    assert studio.overlapping() == []
    assert studio.smallest_px() >= 12
    with pytest.raises(ScenarioError, match="no move"):
        charts.moves({}, title="t")


def test_small_files_fit_in_bars(studio: Studio) -> None:
    lan, wan, tree = Line(rtt_ms=0.5, mbps=1000), Line(rtt_ms=20, mbps=100), Tree(files=10_000, kib=16)
    times = {
        "in the office": tree_s(tree, "SMB", lan),
        "over the line": tree_s(tree, "SMB", wan),
        "over the line, 90 % in a cache": tree_s(tree, "SMB", wan, office=lan, found=0.9),
    }
    charts.bars(times, title="10,000 small files", xlabel="seconds")
    assert [bar.get_width() for bar in studio.figure.axes[0].patches] == list(times.values())
    assert studio.overlapping() == []


def test_three_years_of_each_option_fit_the_page(studio: Studio) -> None:
    brief = FilesBrief(
        gib=4000, cold_share=0.75, growth=0.2, read_gib=3000, written_gib=1000, peak_mibps=200, protocol="NFS",
        two_zones=True, region="ap-northeast-1",
    )  # fmt: skip
    shown = {option: sum(sum(part) for part in years_of(option, brief).values()) for option in OPTIONS}
    charts.bars(shown, title="Three years of a file server", xlabel="USD in three years")
    assert studio.overlapping() == []
    charts.by_year({option: years_of(option, brief) for option in OPTIONS[:4]}, title="Three years, part by part")
    legend = studio.figure.legends[0].get_window_extent()
    assert legend.x0 >= 0
    assert legend.x1 <= studio.figure.bbox.width
    assert studio.overlapping() == []
