"""The meter beside the build."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14 import cost
from aws14.cost.running import WEEKEND_H
from aws14.model import Node, Topology

HOUR = 2 * 0.0272 + 2 * 8 * 0.096 / 730 + 2 * 0.005 + 0.062 + 0.5 / 730
EMPTY = Topology(name="empty", origin="built", nodes=())


def test_a_weekend_is_63_hours():
    assert WEEKEND_H == 63


def test_the_nat_gateway_step_reads_as_promised(site):
    reading = cost.meter(site(nat=False), site())
    assert str(reading) == (
        f"NAT gateway +0.062 USD/h; Public IPv4 in use +0.005 USD/h; now {HOUR:.3f} USD/h; "
        f"forgotten from Friday 18:00 to Monday 09:00: {HOUR * 63:.2f} USD"
    )
    assert reading.now_usd_per_hour == pytest.approx(HOUR)
    assert reading.before_usd_per_hour == pytest.approx(HOUR - 0.067)
    assert reading.forgotten_weekend_usd == pytest.approx(HOUR * 63)
    assert repr(reading) == str(reading)


def test_what_is_taken_away_is_told_with_a_minus(site):
    reading = cost.meter(site(), site(nat=False))
    assert reading.changes == {"NAT gateway": pytest.approx(-0.062), "Public IPv4 in use": pytest.approx(-0.005)}
    assert "NAT gateway -0.062 USD/h" in str(reading)
    assert reading.shown


def test_a_bigger_type_is_one_name_less_and_one_more(site):
    built = site()
    bigger = replace(
        built,
        nodes=tuple(
            replace(node, attributes={**node.attributes, "instance_type": "t3.large"}) if node.id == "web" else node
            for node in built.nodes
        ),
    )
    assert cost.meter(built, bigger).changes == {
        "EC2 t3.large": pytest.approx(0.1088),
        "EC2 t3.small": pytest.approx(-0.0272),
    }


def test_the_first_reading_counts_from_nothing(site):
    for before in (None, EMPTY):
        reading = cost.meter(before, site())
        assert reading.before_usd_per_hour == 0
        assert reading.shown
    assert not cost.meter(None, EMPTY).shown
    assert str(cost.meter(None, EMPTY)) == ("now 0.000 USD/h; forgotten from Friday 18:00 to Monday 09:00: 0.00 USD")


def test_only_jumps_over_a_tenth_are_shown(site):
    def with_disk(gib: float) -> Topology:
        stated = {"gib": gib, "volume_type": "gp3", "state": "in-use"}
        return site(extra=(Node(id="disk", kind="volume", parent="az-a", attributes=stated),))

    tenth_gib = 0.1 * HOUR * 730 / 0.096
    assert not cost.meter(site(), site()).shown
    assert not cost.meter(site(), with_disk(0.99 * tenth_gib)).shown
    assert cost.meter(site(), with_disk(1.01 * tenth_gib)).shown


def test_the_notebook_shows_the_sentence_and_folds_the_lines(site):
    html = cost.meter(site(nat=False), site())._repr_html_()
    assert "NAT gateway +0.062 USD/h" in html
    assert f"<b>now {HOUR:.3f} USD/h" in html
    assert html.count("<tr>") == len(cost.hourly(site())) + 2
    assert html.index("<details>") > html.index("+0.062")
