"""Moves: the geometric series, and moves that never end."""

from __future__ import annotations

import math

import pytest

from aws14.errors import ScenarioError
from aws14.model import Node
from aws14.sim.files.moving import Move, copies_by_itself, plan
from aws14.sim.transfer import migrate


def test_copies_shrink_by_what_changes_over_what_the_line_carries():
    move = Move(gib=10_000, changed_gib_per_day=100, mbps=100)
    ratio = 100 / (100e6 * 86_400 / 8 / 2**30)
    found = plan(move, window_h=0.5)
    assert move.ratio == pytest.approx(ratio)
    sizes = [copy.gib for copy in found.copies]
    assert sizes == pytest.approx([10_000 * ratio**number for number in range(len(sizes))])
    whole = 10_000 * (1 - ratio ** len(sizes)) / (1 - ratio)
    assert found.gib == pytest.approx(whole)
    assert found.days == pytest.approx(whole / move.carried_gib_per_day)
    assert found.converges
    same = migrate(10_000, mbps=100, changed_gib_per_day=100, window_s=1800)
    assert found.cutover_h * 3600 == pytest.approx(same.cut_over_s)
    assert found.days * 86_400 == pytest.approx(same.total_s)
    assert found.cutover_h <= 0.5 < found.copies[-2].hours


def test_more_changes_than_the_line_carries_never_converge():
    found = plan(Move(gib=10_000, changed_gib_per_day=1200, mbps=100), window_h=4)
    assert not found.converges
    assert found.days == found.cutover_h == math.inf
    assert max(copy.gib for copy in found.copies) <= 10_000


def test_no_window_is_shorter_than_the_search_for_changes():
    move = Move(gib=1000, changed_gib_per_day=50, mbps=100, scan_h=3)
    assert move.least_cutover_h == pytest.approx(3 / (1 - move.ratio))
    assert not plan(move, window_h=0.99 * move.least_cutover_h).converges
    assert plan(move, window_h=1.1 * move.least_cutover_h).converges


def test_a_schedule_leaves_what_changes_between_two_starts():
    move = Move(gib=1000, changed_gib_per_day=24, mbps=100)
    carried_h = move.carried_gib_per_day / 24
    daily, hourly = (plan(move, window_h=0.5, every_h=every) for every in (24, 1))
    # Oracle: a day's changes, 24 GiB, at each start; an hour's, 1 GiB.
    assert not daily.converges
    assert daily.copies[-1].hours == pytest.approx(24 / carried_h)
    assert hourly.cutover_h <= 0.5
    assert [copy.begins_day * 24 % 1 for copy in hourly.copies] == pytest.approx([0.0] * len(hourly.copies), abs=1e-9)
    # The first copy takes 23.9 h: the second begins at the next full hour, with what changed since the first began.
    assert hourly.copies[1].gib == pytest.approx(hourly.copies[1].begins_day * 24)


def test_what_is_left_falls_to_nothing_copy_by_copy():
    corners = plan(Move(gib=1000, changed_gib_per_day=50, mbps=100), window_h=1).remaining()
    assert corners[0] == (0.0, 1000)
    assert corners[-1][1] == 0
    assert [day for day, _ in corners] == sorted(day for day, _ in corners)


def test_a_schedule_copies_by_itself():
    assert copies_by_itself(Node(id="move", kind="datasync_task", attributes={"schedule": "rate(1 day)"}))
    assert not copies_by_itself(Node(id="move", kind="datasync_task", attributes={"schedule": ""}))


def test_what_cannot_be_is_refused():
    with pytest.raises(ScenarioError, match="cannot be"):
        Move(gib=0, changed_gib_per_day=1, mbps=1)
    with pytest.raises(ScenarioError, match="window"):
        plan(Move(gib=1, changed_gib_per_day=1, mbps=1), window_h=0)
