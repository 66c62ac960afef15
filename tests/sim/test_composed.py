"""Composed designs: the algebra against known values, and the life of a design against the algebra."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aws14 import catalog
from aws14.errors import DataError, ScenarioError
from aws14.sim.availability import DAY_S, k_of_n, parallel, series
from aws14.sim.composed import KofN, Parallel, Part, Series, availability, parts_of, yearly_downtime_s
from aws14.sim.lifetimes import at_least, play

MINUTE_S = 60.0


def alike(count, share, **more):
    return [Part(f"part {number}", share, **more) for number in range(count)]


# --- the algebra


@pytest.mark.parametrize(
    ("needed", "count", "share", "expected"),
    [
        (1, 2, 0.995, 0.9999750000000001),
        (1, 2, 0.99, 0.9999),
        (2, 3, 0.99, 0.9997020000000001),
        (4, 6, 0.995, 0.9999975280126563),
        (3, 4, 0.999, 0.999994007997),
        (3, 3, 0.99, 0.970299),
        (0, 3, 0.5, 1.0),
    ],
)
def test_k_of_n(needed, count, share, expected):
    assert k_of_n(needed, *[share] * count) == pytest.approx(expected, abs=1e-15)
    if needed:
        assert availability(KofN(needed, *alike(count, share))) == pytest.approx(expected, abs=1e-15)


def test_k_of_unequal_parts():
    a, b, c = 0.9, 0.8, 0.7
    two = a * b * c + a * b * (1 - c) + a * (1 - b) * c + (1 - a) * b * c
    assert k_of_n(2, a, b, c) == pytest.approx(two)


def test_a_chain_and_a_pair_agree_with_the_plain_formulas():
    shares = (0.999, 0.99, 0.95)
    parts = [Part(str(share), share) for share in shares]
    assert availability(Series(*parts)) == pytest.approx(series(*shares))
    assert availability(Parallel(*parts)) == pytest.approx(parallel(*shares))


def test_the_promises_of_aws_in_a_chain():
    dns, lb, web, db = (Part(name, share) for name, share in (("a", 1.0), ("b", 0.9999), ("c", 0.9999), ("d", 0.9995)))
    assert availability(Series(dns, lb, web, db)) == pytest.approx(0.99930011, abs=5e-9)
    promised = [Part.promised(service) for service in ("ELB across zones", "EC2 across zones", "RDS Multi-AZ")]
    assert availability(Series(*promised)) == pytest.approx(0.99930011, abs=5e-9)


@pytest.mark.parametrize(("share", "minutes"), [(0.9999, 4.32), (0.9995, 21.6), (0.999, 43.2), (0.995, 216)])
def test_minutes_of_a_month(share, minutes):
    assert yearly_downtime_s(Part("it", share)) / MINUTE_S * 30 / 365 == pytest.approx(minutes)


def test_two_regions_behind_a_name():
    def region(name):
        return Series(
            *(Part(f"{name} {part}", share) for part, share in (("lb", 0.9999), ("web", 0.9999), ("db", 0.9995)))
        )

    one = availability(region("tokyo"))
    both = Series(Part.promised("Route 53"), Parallel(region("tokyo"), region("osaka")))
    assert availability(both) == pytest.approx(1 - (1 - one) ** 2)


def test_a_part_in_two_places_is_one_part():
    shared, one, two = Part("network", 0.9), Part("one", 0.8), Part("two", 0.8)
    twice = Parallel(Series(shared, one), Series(shared, two))
    once = Series(shared, Parallel(one, two))
    assert availability(twice) == pytest.approx(availability(once)) == pytest.approx(0.9 * 0.96)
    assert availability(Series(shared, shared)) == pytest.approx(0.9)
    assert set(parts_of(twice)) == {"network", "one", "two"}


def test_what_fails_together_is_no_better_than_one():
    one, two = alike(2, 0.99)
    assert availability(Parallel(one, two, common=1.0)) == pytest.approx(0.99)
    assert availability(Parallel(one, two, common=0.0)) == pytest.approx(0.9999)
    tenth = availability(Parallel(one, two, common=0.1))
    # 0.1 % together; each keeps 99 % as a whole.
    assert tenth == pytest.approx(0.999 * (1 - (1 - 0.99 / 0.999) ** 2))


def test_a_design_says_what_it_is():
    web, db = [Part("web-1", 0.99), Part("web-2", 0.99)], Part("db", 0.99)
    assert str(Series(Part("dns", 1.0), Parallel(*web), db)) == "dns and (web-1 or web-2) and db"
    assert str(Parallel(Series(web[0], db), web[1])) == "((web-1 and db) or web-2)"
    assert str(KofN(2, *web, db)) == "(2 of web-1, web-2, db)"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Part("it", 0.0),
        lambda: Part("it", 1.1),
        lambda: Part("it", 0.9, mttr_s=0),
        lambda: KofN(3, *alike(2, 0.9)),
        lambda: KofN(0, *alike(2, 0.9)),
        Series,
        lambda: Parallel(*alike(2, 0.9), common=1.5),
        lambda: Parallel(Series(*alike(2, 0.9)), Part("other", 0.9), common=0.5),
        lambda: availability(Series(Part("it", 0.9), Part("it", 0.8))),
        lambda: availability(Series(Parallel(*alike(2, 0.9), common=0.5), alike(1, 0.9)[0])),
        lambda: k_of_n(3, 0.5, 0.5),
        lambda: play(Part("it", 0.9), days=0),
        lambda: play(Part("it", 0.9, mttr_s=1.0), runs=100_000),
    ],
)
def test_what_cannot_be_is_refused(make):
    with pytest.raises(ScenarioError):
        make()


def test_a_promise_that_is_not_known_is_refused():
    with pytest.raises(DataError, match="RDS"):
        Part.promised("RDS")
    assert Part.promised("S3 Standard", name="pictures").name == "pictures"
    assert Part.promised("S3 Standard").availability == catalog.sla("S3 Standard").promised


# --- overlapping outages, by hand


def outages(*pairs):
    return (
        tuple(np.array(side, dtype=float) for side in zip(*pairs, strict=True)) if pairs else (np.empty(0), np.empty(0))
    )


def test_any_away_and_all_away():
    one, two, three = outages((0, 10), (20, 30)), outages((5, 25)), outages((8, 9), (40, 41))
    assert [side.tolist() for side in at_least(1, [one, two, three])] == [[0, 40], [30, 41]]
    assert [side.tolist() for side in at_least(2, [one, two, three])] == [[5, 20], [10, 25]]
    assert [side.tolist() for side in at_least(3, [one, two, three])] == [[8], [9]]
    assert [side.tolist() for side in at_least(1, [outages(), two])] == [[5], [25]]


# --- lives against the algebra

NETWORK = Part("network", 0.98, mttr_s=6 * 3600.0)
DESIGNS = {
    "one part": Part("it", 0.95, mttr_s=6 * 3600.0),
    "a chain": Series(*alike(3, 0.97, mttr_s=6 * 3600.0)),
    "a pair": Parallel(*alike(2, 0.9, mttr_s=6 * 3600.0)),
    "two of three": KofN(2, *alike(3, 0.9, mttr_s=6 * 3600.0)),
    "a pair that fails together": Parallel(*alike(2, 0.9, mttr_s=6 * 3600.0), common=0.3),
    "a shared part": Parallel(*(Series(NETWORK, part) for part in alike(2, 0.9, mttr_s=6 * 3600.0))),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_a_long_life_has_the_availability_worked_out(name):
    lived = play(DESIGNS[name], days=60, runs=4_000)
    expected = 1 - availability(DESIGNS[name])
    away = lived.downtime_s / lived.horizon_s
    error = away.std(ddof=1) / math.sqrt(len(away))
    assert 4 * error < 0.12 * expected, "no power"
    assert abs(away.mean() - expected) < 4 * error


def test_failures_are_counted_where_they_begin():
    part = DESIGNS["one part"]
    lived = play(part, days=60, runs=4_000)
    mttf_s = part.mttr_s * 0.95 / 0.05
    expected = 60 * DAY_S / (mttf_s + part.mttr_s)
    assert lived.failures.mean() == pytest.approx(expected, rel=0.02)
    assert lived.failures.sum() > 40_000


def test_a_pair_is_away_for_half_as_long_at_a_time():
    lived = play(DESIGNS["a pair"], days=60, runs=4_000)
    assert lived.downtime_s.sum() / lived.failures.sum() == pytest.approx(3 * 3600, rel=0.04)


def test_an_outage_over_the_border_belongs_to_both_years():
    slow = Part("slow", 0.5, mttr_s=30 * DAY_S)
    lived = play(slow, days=10, runs=3_000)
    assert lived.downtime_s.max() == pytest.approx(10 * DAY_S)
    assert (lived.downtime_s >= 0).all()
    assert lived.downtime_s.mean() == pytest.approx(5 * DAY_S, rel=0.2)
    assert (lived.failures == 0).mean() > 0.5


def test_a_part_that_never_fails():
    lived = play(Part("dns", 1.0), days=30, runs=5)
    assert (lived.downtime_s.max(), lived.failures.sum()) == (0, 0)


def test_another_part_leaves_the_others_as_they_were():
    one = Part("one", 0.95)
    alone, beside = play(one, days=30, runs=50), play(Series(one, Part("two", 0.999)), days=30, runs=50)
    assert (beside.downtime_s >= alone.downtime_s - 1e-6).all()
    assert (beside.downtime_s == pytest.approx(alone.downtime_s)) is False
