"""Years of use against figures that others printed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aws14.cost import ON_DEMAND, years_of_use
from aws14.cost.commitments import label
from aws14.errors import DataError, ScenarioError

TOKYO = "ap-northeast-1"
M5 = ("EC2", "m5.large Linux on-demand", TOKYO)
C5 = ("EC2", "c5.xlarge Linux on-demand", TOKYO)
COMPUTE_1, COMPUTE_3 = (f"compute savings plan, {years}, all upfront" for years in ("1 year", "3 years"))
COMPUTE_1_MONTHLY = "compute savings plan, 1 year, nothing upfront"


def test_m5_breaks_even_in_the_months_that_classmethod_printed():
    """Table of 2019-11-13: from the 9th month on for one year, in the 19th for three."""
    found = years_of_use(*M5)
    assert found.break_even_months[COMPUTE_1] == pytest.approx(9.0)
    assert math.ceil(found.break_even_months[COMPUTE_3]) == 19


def test_cumulated_costs_are_those_of_the_printed_table():
    """There with months of 732 hours: 816.912 USD on demand at month 9, and 869.616 USD for a year paid monthly."""
    found = years_of_use(*M5)
    assert found.paid_usd[ON_DEMAND][9] * 732 / 730 == pytest.approx(816.912)
    assert found.paid_usd[COMPUTE_1_MONTHLY][12] * 732 / 730 == pytest.approx(869.616)


def test_a_promise_is_owed_from_the_first_day_even_when_nothing_was_paid():
    found = years_of_use(*M5)
    assert found.paid_usd[COMPUTE_1_MONTHLY][0] == 0
    assert found.owed_usd[COMPUTE_1_MONTHLY][0] == pytest.approx(0.099 * 8760)
    assert found.owed_usd[ON_DEMAND][0] == 0


def test_a_year_is_bought_again_when_it_has_ended_not_before():
    owed = years_of_use(*M5).owed_usd[COMPUTE_1]
    assert owed[1] == owed[12] == pytest.approx(814.68)
    assert owed[13] == pytest.approx(2 * owed[12])
    assert years_of_use(*M5).owed_usd[COMPUTE_3][36] == pytest.approx(1708.2)


def test_paid_and_owed_agree_at_the_end_of_every_term():
    found = years_of_use(*C5)
    for name in found.break_even_months:
        assert found.paid_usd[name][36] == pytest.approx(found.owed_usd[name][36])


def test_what_runs_for_less_than_the_break_even_share_never_pays():
    share = years_of_use(*M5).break_even_shares[COMPUTE_1]
    assert share == pytest.approx(0.75)
    assert years_of_use(*M5, share=share * 0.999).break_even_months[COMPUTE_1] == math.inf
    assert years_of_use(*M5, share=share * 1.001).break_even_months[COMPUTE_1] == pytest.approx(12, abs=0.02)


def test_half_the_hours_take_twice_as_long():
    whole, half = years_of_use(*C5), years_of_use(*C5, share=0.5)
    name = "reserved instance, 3 years, all upfront"
    assert half.break_even_months[name] == pytest.approx(2 * whole.break_even_months[name])
    assert half.break_even_shares == whole.break_even_shares


def test_two_cost_twice_as_much_and_break_even_as_one():
    one, two = years_of_use(*C5), years_of_use(*C5, count=2)
    assert two.break_even_months == one.break_even_months
    for name, owed in one.owed_usd.items():
        np.testing.assert_allclose(two.owed_usd[name], 2 * owed)
        np.testing.assert_allclose(two.paid_usd[name], 2 * one.paid_usd[name])


def test_a_database_has_its_own_and_guesses_are_told():
    found = years_of_use("RDS", "db.t3.medium MySQL Single-AZ", TOKYO, months=12)
    assert len(found.months) == 13
    assert "confidence C" in found.notes[0]
    assert not years_of_use(*C5).notes


def test_labels_are_of_their_own():
    from aws14 import catalog

    offers = catalog.commitments(*M5)
    assert len({label(offer) for offer in offers}) == len(offers)


def test_what_cannot_be_is_refused():
    with pytest.raises(DataError, match="no commitment for"):
        years_of_use("EC2", "t3.micro Linux on-demand", TOKYO)
    for wrong in ({"months": 0}, {"count": 0}, {"share": 0.0}, {"share": 1.1}, {"share": float("nan")}):
        with pytest.raises(ScenarioError):
            years_of_use(*M5, **wrong)
