"""Drills, changed blocks, tests of backups, transfers: by hand, in closed form, by brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.sim.backups.changed_blocks import Writes, expected_changed, expected_changed_gib, take
from aws14.sim.backups.proving import Proving, prove
from aws14.sim.backups.restoring import Drill, database_drill, files_drill, volume_drill


def test_changed_blocks_in_closed_form():
    assert expected_changed(10, 0) == 0
    assert expected_changed(10, 1) == pytest.approx(1)
    assert expected_changed(2, 2) == pytest.approx(1.5)
    assert expected_changed(1, 7) == 1
    assert expected_changed(1e5, 1e5) == pytest.approx(1e5 * (1 - 1 / math.e), rel=1e-5)


@pytest.mark.parametrize("writes", [Writes(count=3_000), Writes(count=3_000, hot_share=0.05, to_hot=0.9)])
def test_snapshots_are_as_large_as_the_closed_form_says(writes):
    gib, intervals = 10.0, 30
    chain = take(gib, writes, snapshots=intervals + 1)
    assert chain.held_gib[0] == gib
    assert np.mean(chain.held_gib[1:]) == pytest.approx(expected_changed_gib(gib, writes), rel=0.01)


def test_a_hot_set_makes_small_snapshots():
    hot, even = (
        expected_changed_gib(100.0, Writes(count=50_000, hot_share=h, to_hot=t)) for h, t in ((0.02, 0.95), (0, 0))
    )
    assert hot < 0.4 * even


def test_deleting_an_older_snapshot_frees_only_what_no_other_shows():
    chain = take(1.0, Writes(count=500), snapshots=6)
    for gone in chain.kept:
        rest = chain.without(gone)
        # Brute force: states of blocks that at least one kept snapshot shows.
        states = {(block, state) for row in rest.kept for block, state in enumerate(chain.shows[row].tolist())}
        assert sum(rest.held_blocks) == len(states)
        assert rest.billed_gib < chain.billed_gib
    assert chain.without(0).held_gib[0] == 1.0, "the next one takes over what it still shows"
    assert chain.without(0).billed_gib > chain.billed_gib - 1.0


def test_without_writes_snapshots_after_the_first_are_free():
    chain = take(1.0, Writes(count=0), snapshots=5)
    assert chain.billed_gib == 1.0
    assert chain.without(0).billed_gib == 1.0


def test_the_last_snapshot_deleted_is_all_of_it():
    chain = take(1.0, Writes(count=10), snapshots=1).without(0)
    assert (chain.billed_gib, chain.kept) == (0, ())
    with pytest.raises(ScenarioError, match="no snapshot"):
        chain.without(0)


@pytest.mark.parametrize("tests_every", [30.0, 365.25])
def test_a_tested_backup_is_broken_as_long_as_the_closed_form_says(tests_every):
    proving = Proving(breaks_per_year=0.5, test_every_days=tests_every)
    found = prove(proving, years=20.0, runs=4_000)
    assert found.broken_share == pytest.approx(proving.broken_share(20.0), rel=0.03)
    assert found.undetected_days.max() <= tests_every
    assert found.undetected_days.mean() == pytest.approx(tests_every / 2, rel=0.1)


def test_a_backup_that_nobody_tests_is_broken_sooner_or_later():
    proving = Proving(breaks_per_year=0.2)
    found = prove(proving, years=7.0, runs=20_000)
    x = 0.2 * 7
    assert proving.broken_share(7.0) == pytest.approx(1 - (1 - math.exp(-x)) / x)
    assert found.broken_share == pytest.approx(proving.broken_share(7.0), rel=0.02)
    assert not found.found.any()


def test_tests_that_miss_some_take_longer():
    sharp, blunt = (Proving(breaks_per_year=1.0, test_every_days=30.0, finds=chance) for chance in (1.0, 0.4))
    found = prove(blunt, years=200.0, runs=400)
    assert found.broken_share == pytest.approx(blunt.broken_share(200.0), rel=0.03)
    assert blunt.broken_share(200.0) > 2 * sharp.broken_share(200.0)


def test_a_volume_is_there_at_once_and_slow_for_long():
    created_s = catalog.durations()["EBS volume created from a snapshot"].typical_s
    mibps = catalog.quota("EBS", "volume initialization by itself").value
    lazy = volume_drill(500.0, notice_s=600, decide_s=900)
    assert lazy.rto_s == 1500 + created_s
    assert lazy.slow_s == 500 * 1024 / mibps
    full = volume_drill(500.0, notice_s=600, decide_s=900, wait_until_full=True)
    assert (full.rto_s, full.slow_s) == (lazy.rto_s + lazy.slow_s, 0)
    assert volume_drill(500.0, initialization_mibps=300).slow_s == pytest.approx(500 * 1024 / 300)
    assert volume_drill(500.0, initialization_mibps=math.inf).slow_s == 0


def test_cold_snapshots_wait_for_days():
    assert volume_drill(1.0, cold=True).rto_s - volume_drill(1.0).rto_s > 86_400


def test_phases_of_other_drills_add_up():
    restored_s = catalog.durations()["RDS DB instance restored from a snapshot"].typical_s
    assert database_drill(decide_s=60, replay_s=120).rto_s == 180 + restored_s
    back = files_drill(8.0, mbps=100.0, retrieval_s=3600.0, round_trip_s=0.01, files=1_000)
    assert back.rto_s == pytest.approx(3600 + 8 * 2**33 / 1e8 + 10)
    assert list(back.phases) == ["notice", "decide", "out of the archive", "over the line"]


def test_what_cannot_be_is_refused():
    for wrong in (
        lambda: volume_drill(1.0, initialization_mibps=50.0),
        lambda: Drill(name="x", phases={"a": -1.0}),
        lambda: Writes(count=1, to_hot=0.5),
        lambda: take(0.0, Writes(count=1), snapshots=1),
        lambda: take(1e6, Writes(count=1), snapshots=1000),
        lambda: Proving(breaks_per_year=0.0),
        lambda: prove(Proving(breaks_per_year=1.0), years=0.0),
    ):
        with pytest.raises(ScenarioError):
            wrong()
