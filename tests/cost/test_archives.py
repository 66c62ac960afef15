"""What an archive costs: by hand, at the prices of the book, and where a rule costs more than it saves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aws14 import catalog
from aws14.cost.archives import (
    EARLY,
    MOVES,
    REQUESTS,
    archive_cost,
    object_usd,
    retrieval_bill,
    worth_from_bytes,
)
from aws14.errors import ScenarioError
from aws14.sim.storage_classes import retrievals
from aws14.sim.tiering import MONTH_DAYS, Archive, Lifecycle

TOKYO, VIRGINIA = "ap-northeast-1", "us-east-1"
GIB, KIB = 1024.0**3, 1024.0
SEVEN_YEARS = 2555.0


def s3(item, region=TOKYO):
    return catalog.prices("S3", item, region)[0].usd


def test_a_year_in_standard_by_hand():
    found = archive_cost(Archive.of_one_size(GIB, 100), Lifecycle(), years=1, region=TOKYO)
    assert found.usd["Standard storage"].tolist() == pytest.approx([100 * 78 * 0.025])
    assert found.usd[REQUESTS].tolist() == pytest.approx([12 * 100 / 1000 * 0.0047])
    assert found.total_usd == pytest.approx(195.00564)


def test_tiers_of_standard_are_a_months_not_a_years():
    """5 TiB a month stay below the 50 TiB of the first tier for ten months, though they add up to 390 TiB-months."""
    found = archive_cost(Archive.of_one_size(GIB, 5 * 1024), Lifecycle(), years=1, region=TOKYO)
    beyond = (5 * 11 - 50 + 5 * 12 - 50) * 1024
    assert found.usd["Standard storage"][0] == pytest.approx(5 * 1024 * 78 * 0.025 - beyond * 0.001)


def test_a_seven_year_archive_of_large_objects_saves_most_of_its_price():
    drawings = Archive.of_one_size(200 * 1024 * KIB, 1_000)
    none, deep = (
        archive_cost(drawings, rule, years=7, region=TOKYO)
        for rule in (Lifecycle(), Lifecycle(moves=((90.0, "DEEP_ARCHIVE"),)))
    )
    assert deep.total_usd < 0.25 * none.total_usd
    assert len(deep.by_year_usd) == 7
    assert np.all(np.diff(none.by_year_usd) > 0)


def test_the_rule_that_costs_more_than_it_saves():
    """A million objects of 4 KiB: moving each costs more than seven years of Standard."""
    letters = Archive.of_one_size(4 * KIB, 1_000_000)
    rule = Lifecycle(moves=((30.0, "DEEP_ARCHIVE"),), least_bytes=0)
    none, moved = (archive_cost(letters, each, years=1, region=TOKYO) for each in (Lifecycle(), rule))
    assert moved.usd[MOVES].tolist() == pytest.approx([12 * 1_000 * 0.065], rel=0.1)
    assert moved.total_usd > 5 * none.total_usd
    today = archive_cost(letters, Lifecycle(moves=rule.moves), years=1, region=TOKYO)
    assert today.total_usd == none.total_usd, "S3 does not move them unless told"


def test_what_is_deleted_early_is_paid_for_all_the_same():
    """Moved to Glacier after a day and deleted after ten: 90 days are charged, of a class a fifth as dear."""
    scratch = Archive.of_one_size(100 * 1024 * KIB, 1_000)
    none, moved = (
        archive_cost(scratch, rule, years=1, region=TOKYO)
        for rule in (Lifecycle(expire_days=10), Lifecycle(moves=((1.0, "GLACIER_IR"),), expire_days=10))
    )
    stored, early = moved.usd["Glacier Instant Retrieval storage"][0], moved.usd[EARLY][0]
    assert early / stored == pytest.approx(81 / 9)
    assert stored + early == pytest.approx(12 * 1_000 * 100 / 1024 * 90 / MONTH_DAYS * 0.005)
    assert moved.total_usd > none.total_usd


def test_one_object_by_hand():
    """1 MiB, 30 days in Standard, then Deep Archive to the end of seven years."""
    rule = Lifecycle(moves=((30.0, "DEEP_ARCHIVE"),), expire_days=SEVEN_YEARS)
    size = 1024 * KIB
    first, rest = 30 / MONTH_DAYS, (SEVEN_YEARS - 30) / MONTH_DAYS
    wanted = size / GIB * first * s3("Standard storage")
    wanted += 8 * KIB / GIB * rest * s3("Standard storage")
    wanted += (size + 32 * KIB) / GIB * rest * s3("Glacier Deep Archive storage")
    wanted += s3("Lifecycle transition to Glacier Deep Archive") / 1000
    assert object_usd(size, rule, region=TOKYO) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("region", [TOKYO, VIRGINIA])
def test_a_rule_is_worth_it_from_the_size_that_algebra_says(region):
    rule = Lifecycle(moves=((30.0, "DEEP_ARCHIVE"),))
    rest = (SEVEN_YEARS - 30) / MONTH_DAYS
    standard, deep = s3("Standard storage", region), s3("Glacier Deep Archive storage", region)
    fixed = s3("Lifecycle transition to Glacier Deep Archive", region) / 1000
    fixed += rest / GIB * KIB * (8 * standard + 32 * deep)
    wanted = fixed / (rest / GIB * (standard - deep))
    assert worth_from_bytes(rule, kept_days=SEVEN_YEARS, region=region) == pytest.approx(wanted, rel=1e-6)


def test_a_rule_that_never_pays():
    assert math.isinf(worth_from_bytes(Lifecycle(), kept_days=100, region=TOKYO))
    late = Lifecycle(moves=((30.0, "DEEP_ARCHIVE"),))
    assert math.isinf(worth_from_bytes(late, kept_days=20, region=TOKYO))
    assert worth_from_bytes(late, kept_days=40, region=TOKYO) > worth_from_bytes(late, kept_days=400, region=TOKYO)


def test_retrievals_as_aws_works_them_out():
    """re:Post, "manage data retrieval": 15 million objects, 100 TB, Expedited: 150,000 + 3,072 USD."""
    quick, _, bulk = retrievals("GLACIER")
    assert retrieval_bill(quick, gib=102_400, objects=15e6, region=VIRGINIA).total_usd == pytest.approx(153_072.00)
    assert retrieval_bill(bulk, gib=102_400, objects=15e6, region=VIRGINIA).total_usd == 0


def test_the_way_home_can_cost_more_than_the_way_out():
    standard = retrievals("DEEP_ARCHIVE")[0]
    inside, home = (
        retrieval_bill(standard, gib=1024, objects=5_000, region=TOKYO, out_to_internet=home).total_usd
        for home in (False, True)
    )
    assert inside == pytest.approx(round(1024 * 0.022, 2) + round(5 * s3(standard.per_request), 2))
    assert home - inside == pytest.approx(1024 * 0.114, abs=0.01)


def test_what_cannot_be_is_refused():
    for wrong in (
        lambda: archive_cost(Archive.of_one_size(1, 1), Lifecycle(), years=0, region=TOKYO),
        lambda: object_usd(1.0, Lifecycle(), region=TOKYO),
        lambda: worth_from_bytes(Lifecycle(), kept_days=math.inf, region=TOKYO),
    ):
        with pytest.raises(ScenarioError):
            wrong()
