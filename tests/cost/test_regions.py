"""The same usage elsewhere, and moving there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14 import catalog, cost
from aws14.errors import DataError, DesignError
from aws14.model import Node


def test_the_site_has_a_price_in_every_region_cheapest_first(site, run, today):
    bills = cost.bill_in_regions(cost.monthly(site(), run()), on=today)
    assert set(bills) == set(catalog.regions())
    totals = [bill.total_usd for bill in bills.values()]
    assert totals == sorted(totals)
    assert list(bills)[-1] == "sa-east-1"


def test_each_regional_line_is_repriced_and_names_are_not(site, run, today):
    usage = cost.monthly(site(), run())
    sydney = cost.bill_in_regions(usage, ["ap-southeast-2"], on=today)["ap-southeast-2"]
    assert {line.usage.region for line in sydney.lines} == {"ap-southeast-2", "*"}
    by_hand = 2 * round(730 * 0.0264, 2) + 730 * 0.059 + 2 * 3.65 + 2 * round(8 * 0.096, 2) + round(30 * 0.114, 2) + 0.5
    queries = round(86_400 * 30 / 1e6 * 0.4, 2)
    assert sydney.total_usd == pytest.approx(by_hand + queries)


def test_home_is_among_them_unchanged(site, run, today):
    usage = cost.monthly(site(), run())
    at_home = cost.bill(usage, title="t", on=today).total_usd
    assert cost.bill_in_regions(usage, ["ap-northeast-1"], on=today)["ap-northeast-1"].total_usd == at_home


def test_an_unknown_region_is_refused(site, run):
    with pytest.raises(DataError, match="us-east-1"):
        cost.bill_in_regions(cost.monthly(site(), run()), ["us-east-9"])


def test_moving_carries_the_data_once_and_stands_twice(site, today):
    moving = cost.moving_usage(site(), 500, to_region="us-east-1", hours=48)
    carried, *doubled = moving
    assert (carried.service, carried.region, carried.quantity) == ("Data transfer", "ap-northeast-1", 500)
    assert {line.region for line in doubled} == {"us-east-1"}
    assert not [line for line in doubled if line.service == "Route 53"]
    by_hand = 500 * 0.09 + 48 * (2 * 0.0208 + 0.045 + 2 * 0.005 + 2 * 8 * 0.08 / 730)
    assert cost.bill(moving, title="t", period="move", on=today).total_usd == pytest.approx(by_hand)


def test_the_direction_of_a_move_matters(site, today):
    def carrying(home: str, there: str) -> float:
        moved = replace(
            site(),
            nodes=tuple(
                replace(node, id=home)
                if node.kind == "region"
                else replace(node, parent=home)
                if node.id == "vpc"
                else node
                for node in site().nodes
            ),
        )
        usage = cost.moving_usage(moved, 100, to_region=there, hours=1)[:1]
        return cost.bill(usage, title="t", on=today).total_usd

    assert carrying("ap-northeast-1", "us-east-1") == 9.0
    assert carrying("us-east-1", "ap-northeast-1") == 2.0


def test_moving_from_two_regions_at_once_is_refused(site):
    with pytest.raises(DesignError, match="2 regions"):
        cost.moving_usage(site(extra=(Node(id="us-east-1", kind="region"),)), 1, to_region="eu-west-1", hours=1)
