"""Tiers, allowances, rounding, age."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws14 import catalog, cost
from aws14.cost.billing import to_cent
from aws14.errors import DataError
from aws14.model import Usage

TODAY = date(2026, 11, 24)
TOKYO = "ap-northeast-1"


def egress(gigabytes: float, *, region: str = TOKYO, resource: str = "web") -> Usage:
    return Usage(
        service="Data transfer", item="to Internet", unit="GB", region=region, quantity=gigabytes, resource=resource
    )


def hours(quantity: float, item: str = "t3.small Linux on-demand") -> Usage:
    return Usage(service="EC2", item=item, unit="hour", region=TOKYO, quantity=quantity, resource="web")


def total(*usage: Usage, **conventions) -> float:
    return cost.bill(usage, title="t", on=TODAY, **{"rounding": "none", **conventions}).total_usd


@pytest.mark.parametrize(
    ("gigabytes", "usd"),
    [
        (0, 0),
        (1, 0.114),
        (10_240, 10_240 * 0.114),
        (10_241, 10_240 * 0.114 + 0.089),
        (157_000, 10_240 * 0.114 + 40_960 * 0.089 + 102_400 * 0.086 + 3_400 * 0.084),
    ],
)
def test_egress_from_tokyo_by_hand(gigabytes, usd):
    assert total(egress(gigabytes)) == pytest.approx(usd, abs=1e-9)


def test_tiers_are_shared_by_the_lines_of_a_region_and_not_across_regions():
    together = total(egress(10_240, resource="a"), egress(10_240, resource="b"))
    assert together == pytest.approx(total(egress(20_480)))
    apart = total(egress(10_240), egress(10_240, region="us-east-1"))
    assert apart == pytest.approx(10_240 * (0.114 + 0.09))


def test_a_tiered_line_shows_its_effective_price():
    line = cost.bill([egress(20_480)], title="t", on=TODAY).lines[0]
    assert line.unit_price_usd == pytest.approx((0.114 + 0.089) / 2)
    partly_free = cost.bill([egress(150)], title="t", free_tier="always", on=TODAY).lines[0]
    assert partly_free.unit_price_usd == pytest.approx(0.114 / 3)
    assert cost.bill([hours(0.1)], title="t", on=TODAY).lines[0].unit_price_usd == 0.0272


def test_free_egress_is_a_switch_and_lies_below_the_first_tier():
    assert total(egress(500)) == pytest.approx(500 * 0.114)
    assert total(egress(500), free_tier="always") == pytest.approx(400 * 0.114)
    assert total(egress(60), free_tier="always") == 0
    # the first tier still ends at 10,240 GB, 100 of them free
    assert total(egress(10_241), free_tier="always") == pytest.approx(10_140 * 0.114 + 0.089)


def test_free_egress_is_for_the_account_not_for_each_region():
    two = total(egress(80), egress(80, region="us-east-1"), free_tier="always")
    assert two == pytest.approx(60 * 0.09)


def test_the_first_year_adds_hours_to_what_is_always_free():
    micro = "t3.micro Linux on-demand"
    assert total(hours(730, micro), free_tier="12-month") == 0
    assert total(hours(730, micro), hours(730, micro), free_tier="12-month") == pytest.approx(710 * 0.0136)
    assert total(hours(730), free_tier="12-month") == pytest.approx(730 * 0.0272)
    assert total(hours(730, micro), free_tier="always") == pytest.approx(730 * 0.0136)
    assert total(egress(100), free_tier="12-month") == 0


def test_disks_of_two_kinds_share_one_allowance():
    disks = [
        Usage(service="EBS", item=f"{kind} storage", unit="GB-month", region=TOKYO, quantity=20)
        for kind in ("gp3", "gp2")
    ]
    assert total(*disks, free_tier="12-month") == pytest.approx(10 * 0.12)


def test_nobody_has_the_first_year_any_more():
    bills = {
        day: cost.bill([hours(1)], title="t", free_tier="12-month", on=day)
        for day in (date(2026, 7, 14), date(2026, 7, 15))
    }
    said = {day: any("no account has it" in note for note in bill.notes) for day, bill in bills.items()}
    assert said == {date(2026, 7, 14): False, date(2026, 7, 15): True}


def test_credits_pay_until_they_are_used_up():
    small = cost.bill([hours(1_000)], title="t", free_tier="credits", on=TODAY)
    assert small.total_usd == pytest.approx(0)
    assert "they last 7.4 times this month" in small.notes[-1]
    large = cost.bill([hours(10_000), egress(100)], title="t", free_tier="credits", on=TODAY)
    assert large.total_usd == pytest.approx(272 - 200)
    assert large.lines[-1].usage.item == "Sign-up credits"


def test_a_month_is_rounded_by_line_half_a_cent_up_and_an_hour_is_not():
    odd = hours(0.5)  # 0.0136 USD
    assert [line.usd for line in cost.bill([odd, odd], title="t", on=TODAY).lines] == [0.01, 0.01]
    assert cost.bill([odd, odd], title="t", period="hour", on=TODAY).total_usd == pytest.approx(0.0272)
    assert cost.bill([odd, odd], title="t", rounding="none", on=TODAY).total_usd == pytest.approx(0.0272)
    assert to_cent(730 * 0.0225) == 16.43
    assert to_cent(2.675) == 2.68


def test_lines_come_dearest_first_and_add_up():
    bill = cost.bill([hours(1), egress(1_000), hours(100)], title="t", on=TODAY)
    assert [line.usd for line in bill.lines] == [114.0, 2.72, 0.03]
    assert bill.total_usd == pytest.approx(116.75)


def test_prices_older_than_a_year_are_named_and_younger_are_not():
    made = catalog.price("EC2", "t3.small Linux on-demand", TOKYO).as_of
    young = cost.bill([hours(1)], title="t", on=made.replace(year=made.year + 1))
    old = cost.bill([hours(1)], title="t", on=date(made.year + 1, made.month, made.day + 1))
    assert not young.notes
    assert "1 of 1 prices are older than a year" in old.notes[0]
    assert str(made) in old.notes[0]


def test_a_price_from_memory_is_named():
    balancer = Usage(service="ELB", item="ALB hour", unit="hour", region="sa-east-1", quantity=1)
    bill = cost.bill([balancer], title="t", on=TODAY)
    assert bill.lines[0].confidence == "C"
    assert any("confidence C" in note and "ELB ALB hour" in note for note in bill.notes)


def test_date_source_and_certainty_of_the_worst_tier_are_kept():
    zones = Usage(service="Route 53", item="Hosted zone", unit="zone-month", region="*", quantity=30)
    first, beyond = catalog.prices("Route 53", "Hosted zone")
    assert (first.confidence, beyond.confidence) == ("A", "C")
    assert beyond.as_of < first.as_of
    line = cost.bill([zones], title="t", on=TODAY).lines[0]
    assert line.usd == 25 * 0.50 + 5 * 0.10
    assert (line.as_of, line.confidence) == (beyond.as_of, "C")
    assert set(line.source.split(";")) == {*first.source.split(";"), *beyond.source.split(";")}
    few = cost.bill([egress(1)], title="t", on=TODAY).lines[0]
    assert few.confidence == "A", "a tier that was not reached says nothing"


def test_the_wrong_unit_is_refused():
    with pytest.raises(DataError, match="priced by GB, not by GiB"):
        total(Usage(service="Data transfer", item="to Internet", unit="GiB", region=TOKYO, quantity=1))


def test_more_than_the_book_knows_is_refused():
    known = catalog.prices("S3", "Standard storage", "eu-west-1")[-1].tier_to
    assert math.isfinite(known)
    with pytest.raises(DataError, match="add the next tier"):
        total(Usage(service="S3", item="Standard storage", unit="GB-month", region="eu-west-1", quantity=known + 1))


@pytest.mark.parametrize("wrong", [-1.0, float("nan"), float("inf")])
def test_amounts_that_cannot_be_are_refused(wrong):
    with pytest.raises(DataError):
        total(hours(wrong))


def test_unknown_names_list_what_there_is():
    with pytest.raises(DataError, match=r"t3\.small Linux on-demand"):
        total(hours(1, "t3.smal Linux on-demand"))
    with pytest.raises(DataError, match="12-month"):
        total(hours(1), free_tier="forever")


UNTIERED = st.sampled_from(
    [key for key, tiers in catalog.price_book().items() if len(tiers) == 1 and math.isinf(tiers[0].tier_to)]
)
AMOUNTS = st.floats(min_value=0, max_value=1e6, allow_nan=False)


def _of(key: tuple[str, str, str], quantity: float) -> Usage:
    return Usage(service=key[0], item=key[1], region=key[2], unit=catalog.prices(*key)[0].unit, quantity=quantity)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(UNTIERED, AMOUNTS), min_size=1, max_size=8))
def test_twice_the_usage_is_twice_the_bill_where_no_tier_is_crossed(lines):
    once = total(*(_of(key, quantity) for key, quantity in lines))
    assert total(*(_of(key, 2 * quantity) for key, quantity in lines)) == pytest.approx(2 * once)


@settings(max_examples=200, deadline=None)
@given(st.lists(AMOUNTS, min_size=1, max_size=6), st.sampled_from(["none", "always"]))
def test_how_egress_is_cut_into_lines_does_not_change_the_total(parts, free_tier):
    cut = total(*(egress(part) for part in parts), free_tier=free_tier)
    assert cut == pytest.approx(total(egress(math.fsum(parts)), free_tier=free_tier))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(UNTIERED, AMOUNTS), min_size=1, max_size=8), st.sampled_from(list(cost.PLANS)))
def test_the_total_is_the_sum_of_the_lines_and_nothing_free_costs_more(lines, plan):
    usage = [_of(key, quantity) for key, quantity in lines]
    bill = cost.bill(usage, title="t", free_tier=plan, on=TODAY)
    assert bill.total_usd == pytest.approx(math.fsum(line.usd for line in bill.lines))
    assert bill.total_usd <= cost.bill(usage, title="t", on=TODAY).total_usd + 1e-9
    assert len(bill.lines) == len(usage) + (plan == "credits")
