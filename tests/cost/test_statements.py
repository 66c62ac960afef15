"""The bills a learner asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14 import catalog, cost
from aws14.patterns import pattern


def drawn(topology, *left_out):
    return replace(
        topology,
        origin="drawn",
        nodes=tuple(
            replace(node, attributes={name: it for name, it in node.attributes.items() if name not in left_out})
            for node in topology.nodes
        ),
    )


def test_a_month_of_the_site_under_the_load_by_hand(site, run, today):
    bill = cost.monthly_bill(site(), run(), on=today)
    shown = {f"{line.usage.resource} {line.usage.item}": line.usd for line in bill.lines}
    assert shown == {
        "nat Hour": 45.26,
        "web t3.small Linux on-demand": 19.86,
        "db t3.small Linux on-demand": 19.86,
        "web Public IPv4 in use": 3.65,
        "nat Public IPv4 in use": 3.65,
        "web to Internet": 3.42,
        "www.example.co.jp Standard queries": 1.04,
        "web gp3 storage": 0.77,
        "db gp3 storage": 0.77,
        "example.co.jp Hosted zone": 0.50,
        "web in from Internet": 0.0,
    }
    assert bill.total_usd == pytest.approx(98.78)
    assert bill.period == "month"
    assert "site" in bill.title


def test_the_conventions_reach_the_bill(site, run, today):
    bill = cost.monthly_bill(site(), run(), hours_per_month=720, free_tier="always", on=today)
    shown = {f"{line.usage.resource} {line.usage.item}": line.usd for line in bill.lines}
    assert (bill.hours_per_month, bill.free_tier) == (720, "always")
    assert shown["nat Hour"] == 44.64
    assert shown["web to Internet"] == 0
    assert shown["web gp3 storage"] == 0.77


def test_assumed_downloads_reach_the_bill(site, run, today):
    bill = cost.monthly_bill(site(), run(), assume=cost.Assumptions(package_gib=10), on=today)
    assert bill.of_service("NAT gateway") == pytest.approx(45.26 + 0.62)


def test_a_quote_of_a_drawing_counts_what_aws_makes_by_itself(site, today):
    sketch = drawn(site(), "root_gib", "root_volume_type", "state", "public_ipv4")
    quoted = cost.quote(sketch, hours=10, on=today)
    by_hand = 10 * (2 * 0.0272 + 0.062 + 2 * 0.005) + 10 / 730 * (2 * 8 * 0.096 + 0.5)
    assert quoted.total_usd == pytest.approx(by_hand)
    assert quoted.period == "10 hours"
    assert "web: root_gib 8" in quoted.notes[-1]


def test_a_quote_of_what_is_built_assumes_nothing(site, today):
    assert not [note for note in cost.quote(site(), hours=1, on=today).notes if "not drawn" in note]


def test_a_zone_kept_past_half_a_day_costs_its_month(site, today):
    def zone(hours):
        return cost.quote(site(), hours=hours, on=today).of_service("Route 53")

    assert zone(12) == pytest.approx(0.5 * 12 / 730)
    assert zone(13) == 0.5
    assert zone(800) == 1.0


@pytest.mark.parametrize("word", ["p02", "p03", "p04"])
def test_every_drawing_of_the_chapter_can_be_quoted_and_what_it_leaves_open_is_told(word, today):
    design = pattern(word).load().design()
    quoted = cost.quote(design, hours=24, on=today)
    assert quoted.of_service("ELB") == pytest.approx(
        24 * sum(catalog.price("ELB", "ALB hour", region(design, node)).usd for node in design.of_kind("load_balancer"))
    )
    left_open = [node.id for node in design.of_kind("db_instance") if "instance_class" not in node.attributes]
    assert all(any("NOT in the sum" in note and name in note for note in quoted.notes) for name in left_open)
    assert bool(quoted.of_service("RDS")) is (len(left_open) < len(design.of_kind("db_instance")))


def region(design, node):
    return design.container(node.id, "region").id
