"""The available intranet: every part bears, designs are ordered as the text says, and going home is checked."""

from __future__ import annotations

import math

import pytest

from aws14.checks import Evidence
from aws14.cloud import connect, read_back
from aws14.design import compare
from aws14.lab import Lab
from aws14.patterns.p04_available_intranet import design
from aws14.patterns.p04_checks import checks
from aws14.patterns.p04_day import BRIEF, scenario
from aws14.patterns.p04_distance import disks_in_step, failing_over_by_name
from aws14.patterns.p04_options import BY_ALARM, options
from aws14.patterns.p04_promises import designs, together
from aws14.patterns.p04_walls import WALLS, why
from aws14.sim import simulate, what_if
from aws14.sim.changes import added, without
from aws14.sim.composed import availability, yearly_downtime_s
from aws14.sim.lifetimes import play

HOUR_S, ELEVEN_S = 3600.0, 11 * 3600.0


@pytest.fixture(scope="module")
def built(emulator, emulator_home):
    """The site, built once from the notebook's cells and read back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        Lab("p04", say=lambda _: None).catch_up()
        yield read_back(connect(say=lambda _: None).for_pattern("p04"))


@pytest.fixture(scope="module")
def outlooks(built):
    return {each.name: each for each in options(built).outlooks}


def asked(name, built):
    return checks[name](Evidence(built=built, comparison=compare(design(), built)))


def test_every_wall_bears(built):
    report = why(built)
    assert report.ok, report
    assert len(report.findings) == len(WALLS) >= 10


def test_a_site_that_lacks_a_part_is_told(built):
    report = why(what_if(built, "www.orders.internal (PRIMARY)", evaluate_target_health=False))
    assert any("nor does it hold with it" in finding.detail for finding in report.outstanding)


def test_a_lost_region_costs_the_checks_and_what_is_remembered(built):
    """All that fails does so within two minutes of eleven, and from then on the region away answers."""
    trace = simulate(built, scenario(region_lost_for_s=HOUR_S))
    failed = sum(trace.failed.values())
    minute = int(ELEVEN_S // 60)
    assert failed[minute] > 0.5 * trace.offered[minute]
    assert failed.sum() == failed[minute - 1 : minute + 2].sum()
    moves = [event.text for event in trace.events if event.what == "dns_failover"]
    assert [text.split(" leads ")[1].split()[0] for text in moves] == ["away", "back"]


def test_options_are_ordered_as_the_text_says(outlooks):
    built, pilot, alarm = (outlooks[name] for name in ("A: as built", "pilot light", BY_ALARM))
    night, log, alone = (outlooks[name] for name in ("B: copied every night", "B: backups replicated", "one region"))
    assert alone.usd_per_month < night.usd_per_month < pilot.usd_per_month < built.usd_per_month
    assert alarm.rto_s < built.rto_s == pytest.approx(pilot.rto_s, rel=0.05)
    assert built.rto_s < BRIEF.value("rto_s") < night.rto_s
    assert built.pages_s < 120 < pilot.pages_s < night.pages_s
    assert built.rpo_s < BRIEF.value("rpo_s") < log.rpo_s < 600
    assert night.rpo_s > 86_400
    assert math.isnan(alone.rpo_s)
    assert pilot.usd_per_month < built.usd_per_month < BRIEF.value("budget_usd")
    assert outlooks["A: Multi-AZ away, too"].usd_per_month > BRIEF.value("budget_usd")
    assert night.usd_per_month == pytest.approx(log.usd_per_month)


def test_half_of_option_a_is_a_person(outlooks):
    parts = outlooks["A: as built"].parts
    assert parts["deciding"] / sum(parts.values()) == pytest.approx(0.5, abs=0.05)


def test_the_two_clouds_and_the_alarm_say_what_they_cost(built):
    dearer = options(what_if(built, "app-away", instance_type="c5.xlarge"), decision_min=30)
    found = {each.name: each for each in dearer.outlooks}
    assert found["A: as built"].usd_per_month > 100 + found["pilot light"].usd_per_month
    assert found["A: as built"].rto_s > BRIEF.value("rto_s") > found[BY_ALARM].rto_s


def test_algebra_and_lived_years_agree_unless_there_is_a_common_cause():
    for name, each in designs().items():
        lived_s = play(each, runs=4_000).downtime_s.mean()
        assert lived_s == pytest.approx(yearly_downtime_s(each), rel=0.25), name
    apart, both = together()
    assert play(both, runs=4_000).downtime_s.mean() > 5 * yearly_downtime_s(apart)


def test_two_zones_miss_the_brief_and_two_regions_keep_it():
    known = {name: availability(each) for name, each in designs().items()}
    assert known["two zones"] < BRIEF.value("availability") < known["two regions, 10 min to switch"]


def test_in_step_loses_nothing_and_waits_for_the_distance():
    table = disks_in_step(None)
    assert set(table["oldest write lost"][table.index.str.startswith("in step")]) == {"0 s"}
    waits = [float(each.split()[0]) for each in table["every write waits"] if each]
    assert waits == sorted(waits)
    assert waits[0] < 5 < waits[1] < 20 < waits[-1]


def test_a_short_ttl_and_a_low_threshold_bring_people_back():
    slow = failing_over_by_name(None, interval_s=30, failure_threshold=3, ttl_s=300)
    quick = failing_over_by_name(None, interval_s=10, failure_threshold=3, ttl_s=30)
    assert "100 % are back within 2 min" in quick.alt
    assert "100 % are back within 2 min" not in slow.alt


def test_an_untouched_lab_is_told_both_things(built):
    report = asked("p04-e1", built)
    assert [finding.status for finding in report.findings] == ["not_yet", "not_yet"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"replica_of": "orders-db"}, "follows orders-db"),
        ({"state": "creating"}, "is creating"),
    ],
)
def test_going_home(built, changed, said):
    promoted = what_if(built, "orders-db-away", replica_of="")
    first = built.node("orders-db")
    stated = {**first.attributes, "replica_of": "orders-db-away", "state": "available", **changed}
    home = type(first)(id="orders-db-home", kind="db_instance", parent=first.parent, attributes=stated)
    report = asked("p04-e1", added(promoted, home))
    assert report.ok is not bool(said)
    assert said in str(report)


def test_built_as_drawn_with_two_places(built):
    assert asked("p04-built", built).ok
    alone = without(built, "www.orders.internal (SECONDARY)")
    report = asked("p04-built", alone)
    assert "leads pc to 0 places" in str(report)
