"""An archive by hand: months, minimums, overheads, early deletions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aws14.errors import DesignError, ScenarioError
from aws14.sim.storage_classes import retrievals
from aws14.sim.tiering import MONTH_DAYS, Archive, Lifecycle, keep, read_lifecycle

GIB, KIB, M = 1024.0**3, 1024.0, MONTH_DAYS


def test_without_rules_an_archive_grows_by_what_comes():
    kept = keep(Archive.of_one_size(GIB, 10), Lifecycle(), months=4)
    assert kept.gb_months["STANDARD"].tolist() == pytest.approx([10, 20, 30, 40])
    assert kept.puts.tolist() == [10] * 4
    assert not kept.moves
    assert not kept.early_gb_months


def test_what_expires_is_gone_to_the_day():
    kept = keep(Archive.of_one_size(GIB, 1), Lifecycle(expire_days=1.5 * M), months=4)
    assert kept.gb_months["STANDARD"].tolist() == pytest.approx([1, 1.5, 1.5, 1.5])


def test_a_move_splits_the_months():
    kept = keep(Archive.of_one_size(GIB, 1), Lifecycle(moves=((1.25 * M, "STANDARD_IA"),)), months=4)
    assert kept.gb_months["STANDARD"].tolist() == pytest.approx([1, 1.25, 1.25, 1.25])
    assert kept.gb_months["STANDARD_IA"].tolist() == pytest.approx([0, 0.75, 1.75, 2.75])
    assert kept.moves["STANDARD_IA"].tolist() == [0, 1, 1, 1]


def test_glacier_adds_forty_kib_to_each_object():
    """8 KiB at the rate of Standard, 32 at Glacier's own (S3 user guide)."""
    rule = Lifecycle(moves=((0.0, "DEEP_ARCHIVE"),), least_bytes=0)
    kept = keep(Archive.of_one_size(16 * KIB, 1024**2), rule, months=1)
    assert kept.gb_months["DEEP_ARCHIVE"].tolist() == pytest.approx([16 + 32])
    assert kept.gb_months["STANDARD"].tolist() == pytest.approx([8])


def test_infrequent_access_counts_small_objects_as_128_kib():
    rule = Lifecycle(moves=((0.0, "STANDARD_IA"),), least_bytes=0)
    mixed = Archive(object_bytes=np.array([KIB, 512 * KIB]), per_month=np.array([1024.0**2, 1024.0**2]))
    assert keep(mixed, rule, months=1).gb_months["STANDARD_IA"].tolist() == pytest.approx([128 + 512])


def test_small_objects_are_not_moved_unless_told():
    small = Archive.of_one_size(127 * KIB, 10)
    usual, told = (
        keep(small, Lifecycle(moves=((30.0, "GLACIER"),), least_bytes=least), months=3) for least in (None, 0)
    )
    assert not usual.moves
    assert "GLACIER" in told.moves
    assert keep(Archive.of_one_size(128 * KIB, 10), Lifecycle(moves=((30.0, "GLACIER"),)), months=3).moves


@pytest.mark.parametrize(
    ("name", "least_days"),
    [("STANDARD_IA", 30), ("ONEZONE_IA", 30), ("GLACIER_IR", 90), ("GLACIER", 90), ("DEEP_ARCHIVE", 180)],
)
def test_leaving_early_is_charged_to_the_day(name, least_days):
    def early(stay_days):
        rule = Lifecycle(moves=((60.0, name),), expire_days=60 + stay_days, least_bytes=0)
        kept = keep(Archive.of_one_size(1024 * GIB, 1), rule, months=12)
        return float(kept.early_gb_months.get(name, np.zeros(12))[-1])

    assert early(least_days) == 0
    assert early(least_days - 1) == pytest.approx(1024 / M, rel=1e-6)
    assert early(10) == pytest.approx(1024 * (least_days - 10) / M, rel=1e-6)


def test_a_move_on_too_early_is_charged_too():
    rule = Lifecycle(moves=((30.0, "GLACIER"), (60.0, "DEEP_ARCHIVE")), least_bytes=0)
    kept = keep(Archive.of_one_size(1024 * GIB, 1), rule, months=6)
    assert kept.early_gb_months["GLACIER"].tolist() == pytest.approx([0, 1024 * 60 / M, *[1024 * 60 / M] * 4], rel=1e-6)


def test_what_is_stored_and_what_came_balance():
    """Whatever the rule, GB-months of one size without overheads are those of an archive without rules."""
    archive = Archive.of_one_size(GIB, 3)
    rule = Lifecycle(moves=((30.0, "STANDARD_IA"), (100.0, "GLACIER_IR")))
    moved, alone = (keep(archive, each, months=24) for each in (rule, Lifecycle()))
    assert sum(moved.gb_months.values()) == pytest.approx(alone.gb_months["STANDARD"])


def test_files_are_many_small_and_few_large():
    files = Archive.lognormal(median_bytes=100 * KIB, spread=2.0, per_month=10_000, sizes=2_000)
    assert files.per_month.sum() == pytest.approx(10_000)
    assert np.median(files.object_bytes) == pytest.approx(100 * KIB, rel=0.01)
    assert files.gib_per_month == pytest.approx(10_000 * 100 * KIB * math.exp(2) / GIB, rel=0.05)


def test_a_rule_is_read_as_a_bucket_says_it():
    rule = read_lifecycle("archive logs/ 30:STANDARD_IA 90:GLACIER expire=2555 noncurrent=30")
    assert rule.moves == ((30.0, "STANDARD_IA"), (90.0, "GLACIER"))
    assert rule.expire_days == 2555
    assert read_lifecycle("tidy - expire=7").moves == ()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Lifecycle(moves=((30.0, "ATTIC"),)),
        lambda: Lifecycle(moves=((90.0, "GLACIER"), (30.0, "DEEP_ARCHIVE"))),
        lambda: Lifecycle(moves=((90.0, "GLACIER"),), expire_days=30),
        lambda: Lifecycle(moves=((0.0, "STANDARD"),)),
        lambda: read_lifecycle("archive - soon:GLACIER"),
        lambda: retrievals("STANDARD_IA"),
    ],
)
def test_rules_that_cannot_be_are_refused(make):
    with pytest.raises(DesignError):
        make()


def test_nothing_to_keep_is_refused():
    with pytest.raises(ScenarioError):
        keep(Archive.of_one_size(1, 1), Lifecycle(), months=0)
    with pytest.raises(ScenarioError):
        Archive.lognormal(median_bytes=0, spread=1, per_month=1)


def test_the_slower_the_way_out_the_cheaper():
    ways = retrievals("GLACIER")
    assert [way.tier for way in ways] == ["Expedited", "Standard", "Bulk"]
    assert [way.typical_s for way in ways] == sorted(way.typical_s for way in ways)
    assert (ways[-1].per_gb, ways[-1].per_request) == ("", ""), "bulk is free"
    assert [way.tier for way in retrievals("DEEP_ARCHIVE")] == ["Standard", "Bulk"]
