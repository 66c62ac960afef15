"""Moving data: by hand, and as a geometric series."""

from __future__ import annotations

import math

import pytest

from aws14.errors import ScenarioError
from aws14.sim.transfer import backlog_gib, by_mail, changing, migrate, safe_after_s, transfer_s

DAY_S = 86_400.0


def test_ten_tib_over_a_hundred_megabits_take_ten_days():
    assert transfer_s(10 * 1024, mbps=100) / DAY_S == pytest.approx(10_240 * 2**33 / 1e8 / DAY_S)
    assert 10 < transfer_s(10 * 1024, mbps=100) / DAY_S < 10.3
    assert transfer_s(1, mbps=100, utilization=0.5) == 2 * transfer_s(1, mbps=100)


def test_passes_are_a_geometric_series():
    moved = migrate(1_000, mbps=100, changed_gib_per_day=200, window_s=60)
    q = changing(mbps=100, changed_gib_per_day=200)
    first_s = transfer_s(1_000, mbps=100)
    n = len(moved.passes_s)
    assert moved.passes_s == pytest.approx([first_s * q**each for each in range(n)])
    assert moved.total_s == pytest.approx(first_s * (1 - q ** (n + 1)) / (1 - q))
    assert moved.cut_over_s <= 60 < moved.passes_s[-1]
    assert n == math.ceil(math.log(60 / first_s) / math.log(q)), "as few as there can be"


def test_many_small_passes_come_to_the_whole_over_what_is_left_of_the_line():
    moved = migrate(1_000, mbps=100, changed_gib_per_day=500, window_s=1e-3)
    q = changing(mbps=100, changed_gib_per_day=500)
    assert moved.total_s == pytest.approx(transfer_s(1_000, mbps=100) / (1 - q), rel=1e-6)


def test_a_gateway_is_level_when_all_passes_are_done():
    q = changing(mbps=100, changed_gib_per_day=500)
    found = safe_after_s(1_000, mbps=100, changed_gib_per_day=500)
    assert found == pytest.approx(sum(transfer_s(1_000, mbps=100) * q**n for n in range(500)))
    assert math.isinf(safe_after_s(1_000, mbps=100, changed_gib_per_day=2_000))


def test_what_changes_faster_than_the_line_never_ends():
    a_day_gib = DAY_S / transfer_s(1, mbps=100)
    assert not migrate(1_000, mbps=100, changed_gib_per_day=a_day_gib, window_s=3600).converges
    slow = migrate(1_000, mbps=100, changed_gib_per_day=1.01 * a_day_gib, window_s=3600)
    assert math.isinf(slow.total_s)
    assert migrate(1_000, mbps=100, changed_gib_per_day=0.99 * a_day_gib, window_s=3600).converges


def test_what_fits_the_window_needs_one_pass_and_what_stands_still_two():
    assert migrate(1, mbps=100, changed_gib_per_day=5, window_s=3600).passes_s == ()
    still = migrate(1_000, mbps=100, changed_gib_per_day=0, window_s=60)
    assert (len(still.passes_s), still.cut_over_s) == (1, 0)


def test_mail_beats_a_thin_line_and_loses_to_a_thick_one():
    def both(mbps):
        line = migrate(20_000, mbps=mbps, changed_gib_per_day=20, window_s=4 * 3600)
        mail = by_mail(20_000, days_on_the_way=5, disk_mbps=2_000, mbps=mbps, changed_gib_per_day=20, window_s=4 * 3600)
        return line.total_s, mail.total_s

    thin, thick = both(50), both(2_000)
    assert thin[1] < thin[0]
    assert thick[1] > thick[0]


def test_mail_by_hand():
    mail = by_mail(1_000, days_on_the_way=2, disk_mbps=1_000, mbps=100, changed_gib_per_day=100, window_s=1e9)
    carried_s = 2 * transfer_s(1_000, mbps=1_000) + 2 * DAY_S
    assert mail.passes_s == (carried_s,)
    assert mail.cut_over_s == pytest.approx(transfer_s(100 * carried_s / DAY_S, mbps=100))


def test_a_buffer_holds_what_waits():
    a_day = DAY_S / transfer_s(1, mbps=10)
    assert backlog_gib((2 * a_day, 2 * a_day, 0, 0, 0), mbps=10) == pytest.approx((a_day, 2 * a_day, a_day, 0, 0))


def test_what_cannot_be_is_refused():
    for wrong in (
        lambda: transfer_s(-1, mbps=1),
        lambda: transfer_s(1, mbps=0),
        lambda: transfer_s(1, mbps=1, utilization=0),
        lambda: migrate(1, mbps=1, changed_gib_per_day=1, window_s=0),
        lambda: migrate(1, mbps=1, changed_gib_per_day=-1, window_s=1),
        lambda: by_mail(1, days_on_the_way=-1, disk_mbps=1, mbps=1, changed_gib_per_day=0, window_s=1),
        lambda: backlog_gib((-1.0,), mbps=1),
    ):
        with pytest.raises(ScenarioError):
            wrong()
