"""The corporate site, built once: walls bear, checks tell right from wrong, experiments say something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from aws14.checks import Evidence
from aws14.cloud import connect, read_back, request
from aws14.cost import bill
from aws14.design import compare
from aws14.errors import DesignError
from aws14.lab import Lab
from aws14.model import Node, Picture, Report, Topology
from aws14.patterns.p02_checks import checks
from aws14.patterns.p02_corporate_site import design
from aws14.patterns.p02_day import PAGE, primary_zone, scenario
from aws14.patterns.p02_experiments import experiments
from aws14.patterns.p02_places import BUCKET, EDGE, SERVERS, hit_ratio, monthly
from aws14.patterns.p02_taken_away import closed
from aws14.patterns.p02_walls import WALLS, why
from aws14.sim import simulate, what_if
from aws14.sim.changes import without
from aws14.sim.fleet.turns import served_by_minute

QUICK = {"health_check_interval_s": 5, "health_check_timeout_s": 2}


@pytest.fixture(scope="module")
def built(emulator, emulator_home) -> Iterator[Topology]:
    """The site, built once from the notebook's cells."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        Lab("p02", say=lambda _: None).catch_up()
        yield read_back(connect(say=lambda _: None).for_pattern("p02"))


def evidence(built: Topology, answer: object = None) -> Evidence:
    return Evidence(built=built, comparison=compare(design(), built), answer=answer)


def test_every_wall_bears(built: Topology) -> None:
    report = why(built)
    assert report.ok, report
    assert len(report.findings) == len(WALLS) >= 12


def test_walls_bear_wherever_the_primary_stands(built: Topology) -> None:
    node = built.node("db")
    there, here = str(node.attributes["secondary_zone"]), primary_zone(built)
    moved = what_if(built, "db", zone=there, secondary_zone=here)
    assert why(moved).ok, why(moved)


def test_a_site_that_lacks_a_part_is_told(built: Topology) -> None:
    report = why(closed(built, "web-1", 80))
    assert not report.ok
    assert any("nor does it hold with it" in finding.detail for finding in report.outstanding)


def test_built_as_drawn(built: Topology) -> None:
    assert checks["p02-built"](evidence(built)).ok


def test_what_is_missing_is_named(built: Topology) -> None:
    report = checks["p02-built"](evidence(without(built, "web-2")))
    assert any("web-2" in finding.name for finding in report.outstanding)


def test_health_checks_as_built_are_too_slow_for_exercise_1(built: Topology) -> None:
    report = checks["p02-e1"](evidence(built))
    assert [finding.name.partition(":")[0] for finding in report.outstanding] == ["web-1 lost for an hour"]
    assert checks["p02-e1"](evidence(what_if(built, "web-targets", **QUICK))).ok


def test_exercise_1_waits_for_servers_that_are_well(built: Topology) -> None:
    ill = what_if(built, "web-targets", target_health=("web-1 unhealthy Target.Timeout", "web-2 healthy"))
    assert [finding.name for finding in checks["p02-e1"](evidence(ill)).outstanding] == ["Both servers are healthy"]


@pytest.mark.parametrize("answer", [None, ..., [], {"*.gif": "nowhere"}])
def test_no_rules_are_no_answer(built: Topology, answer: object) -> None:
    report = checks["p02-e2"](evidence(built, answer))
    assert not report.ok
    assert "pattern -> " in report.outstanding[0].hint


def test_the_brief_is_kept(built: Topology) -> None:
    zone = primary_zone(built)
    assert simulate(built, scenario(zone_lost_for_s=3600, zone=zone)).failure_ratio <= 0.003
    assert simulate(built, scenario()).response_time_s(0.95) <= 0.5


@pytest.mark.parametrize("name", [name for name in experiments if name not in ("database clients", "path patterns")])
def test_experiments_say_something(built: Topology, name: str) -> None:
    told = experiments[name](built)
    assert isinstance(told, (Picture, Report))
    assert "nan" not in str(told).lower()


def test_a_second_server_without_a_second_database_saves_nothing(built: Topology) -> None:
    """Failed share, as the titles say it."""
    shares = {
        database: float(str(experiments["another design"](built, 2, database, 10)).partition(" ")[0])
        for database in ("Multi-AZ", "Single-AZ")
    }
    assert shares["Multi-AZ"] < 0.5
    assert shares["Single-AZ"] > 7


@pytest.mark.parametrize("zone", ["ap-northeast-1a", "ap-northeast-1c"])
def test_one_server_is_no_site_for_two_zones_wherever_the_primary_stands(built: Topology, zone: str) -> None:
    """The server that is left stands in one of the zones, and the widget loses that one."""
    here, there = sorted((zone, "ap-northeast-1a"), key=lambda each: each != zone)
    moved = what_if(built, "db", zone=here, secondary_zone="ap-northeast-1c" if here == there else there)
    told = str(experiments["another design"](moved, 1, "Multi-AZ", 10))
    assert float(told.partition(" ")[0]) > 5
    assert "without ap-northeast-1a" in told


@pytest.mark.parametrize(
    ("default", "status"),
    [
        ("* alb ttl=0", "not_yet"),
        ("* alb ttl=0 passes=cookies", "not_yet"),
        ("* alb ttl=60 passes=cookies,POST", "not_yet"),
        ("* alb ttl=0 passes=cookies,POST", "passed"),
    ],
)
def test_logins_must_get_through_the_edge(built: Topology, default: str, status: str) -> None:
    told = ("/images/* static ttl=86400", default)
    cdn = Node(id="cdn", kind="distribution", attributes={"behaviours": told})
    report = checks["p02-edge"](evidence(replace(built, nodes=(*built.nodes, cdn))))
    assert [each.status for each in report.findings if each.name.startswith("Cookies and forms")] == [status]


def test_no_fleet_of_five(built: Topology) -> None:
    with pytest.raises(DesignError, match="5 web servers"):
        experiments["another design"](built, 5)


def test_every_node_reaches_every_server(built: Topology) -> None:
    assert experiments["nodes"](built).ok
    assert len(experiments["nodes"](closed(built, "web-1", 80)).outstanding) == 4


def test_a_sticky_server_comes_back_slowly(built: Topology) -> None:
    day = scenario(application=replace(PAGE, session_requests=20), server_lost_for_s=900)
    noon = 12 * 60
    back = slice(noon + 16, noon + 20)
    share = {}
    for sticky in (False, True):
        served = served_by_minute(what_if(built, "web-targets", sticky=sticky, sticky_s=3600), day)
        assert served["web-1"][noon + 2 : noon + 14].sum() == 0
        total = served["web-1"] + served["web-2"]
        share[sticky] = float(served["web-1"][back].sum() / total[back].sum())
    assert share[False] == pytest.approx(0.5, abs=0.02)
    assert share[True] < 0.4


def test_what_is_counted_by_the_minute_is_what_a_run_counts(built: Topology) -> None:
    day = replace(scenario(application=replace(PAGE, session_requests=8), server_lost_for_s=900), horizon_s=13 * 3600)
    by_minute = served_by_minute(built, day)
    record = simulate(built, day).fleet
    assert record is not None
    assert {name: int(counts.sum()) for name, counts in by_minute.items()} == dict(record.served_by_target)


def test_sessions_in_the_database_lose_none(built: Topology) -> None:
    plain, sticky, stored = (finding.detail for finding in experiments["sessions lost"](built).findings)
    counts = [int(each.partition(" ")[0].replace(",", "")) for each in (plain, sticky, stored)]
    assert counts[0] > 1000 * counts[1] > 0 == counts[2]


def test_the_clone_serves_a_page_that_it_was_never_told_of(built: Topology) -> None:
    clone = built.node("web-2").attributes
    assert clone["has_user_data"] is False
    session = connect(say=lambda _: None).for_pattern("p02")
    pages = [request(session, "https://www.example.jp/").text for _ in range(4)]
    address = str(clone["private_ipv4"]).replace(".", "-")
    assert any(f"ip-{address}" in page for page in pages), pages
    assert all("Aoba Instruments" in page for page in pages)


def test_s3_is_cheaper_than_servers_for_few_requests(built: Topology) -> None:
    first = {
        place: sum(line.usd for line in bill(usage, title=place, free_tier="always", rounding="none").lines)
        for place, usage in monthly(built, "ap-northeast-1", 1e6, hit_ratio(1.0)).items()
    }
    assert first[EDGE] < first[BUCKET] < first[SERVERS]


def test_the_more_is_asked_the_more_is_found_at_the_edge() -> None:
    ratios = [hit_ratio(share) for share in (0.001, 0.01, 0.1, 1.0)]
    assert ratios == sorted(ratios)
    assert ratios[0] < 0.5
    assert ratios[-1] > 0.9


def test_a_remembered_address_costs_minutes(built: Topology) -> None:
    failed = {
        cache_s: simulate(
            built, scenario(database_lost_for_s=1200, application=replace(PAGE, db_dns_cache_s=cache_s))
        ).failed_total
        for cache_s in (None, 600.0, np.inf)
    }
    assert failed[None] < failed[600.0] < failed[np.inf]
