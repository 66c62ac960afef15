"""The experiments of the members' site that need no account: cold starts, what is kept ready, where costs cross."""

from __future__ import annotations

import re
from statistics import median

import pytest

from aws14 import catalog
from aws14.model import Link, Node, Picture, Topology
from aws14.model.network import Network
from aws14.patterns.p12_cold import CLASSES, RECORDING, SITES, week_of
from aws14.patterns.p12_experiments import experiments
from aws14.patterns.p12_reports import REPORTS
from aws14.patterns.p12_serverless import design
from aws14.sim import simulate
from aws14.sim.cold_ratios import cold_ratios

READ = {
    "members": {
        "handler": "app.handler", "ephemeral_mib": 512, "package_bytes": 801, "architecture": "x86_64",
        "state": "Active", "reserved_concurrency": -1, "provisioned": (), "aliases": (), "environment": ("TABLE",),
        "url": "", "on_failure": "", "sources": (), "zones": (), "security_groups": (),
    },
    "members-api": {"api_id": "a1", "stages": ("stg", "prod"), "timeout_s": 29.0, "api_key_required": False},
    "members-table": {"read_units": 0, "write_units": 0, "ttl_attribute": "", "stream": "", "state": "ACTIVE"},
    "members-site": {"name": "members-site", "versioning": False, "website_index": ""},
    "members-cdn": {
        "domain_name": "d1.cloudfront.net", "aliases": (), "state": "Deployed", "price_class": "PriceClass_All",
        "behaviours": ("/api/* api ttl=0 passes=cookies,POST", "* pages ttl=86400"),
    },
}  # fmt: skip


def numbers(pattern: str, picture: Picture) -> list[float]:
    """The numbers that a picture tells in words."""
    return [float(each.replace(",", "")) for each in re.findall(pattern, picture.alt)]


@pytest.fixture(scope="module")
def built() -> Topology:
    """The drawing with what a read-back adds."""
    drawn = design()
    nodes = tuple(
        Node(
            id=node.id, kind=node.kind, parent=node.parent, label=node.label,
            attributes={**node.attributes, **READ.get(node.id, {})},
        )
        for node in drawn.nodes
    )  # fmt: skip
    links = tuple(
        Link(source=each.source, target=each.target, kind=each.kind, label=each.label) for each in drawn.links
    )
    return Topology(name="members", origin="built", nodes=nodes, links=links, network=Network())


def test_the_smaller_the_site_the_more_of_its_calls_wait(built):
    shares = [simulate(built, week_of(share)).functions.cold_ratio for share in SITES.values()]
    assert shares == sorted(shares)
    assert shares[0] < 0.005
    assert shares[-1] > 0.2


def test_a_week_has_seven_openings(built):
    week = simulate(built, week_of(1.0))
    by_day = week.functions.concurrency.reshape(7, 1440)
    assert {int(day.argmax()) // 60 for day in by_day} == {12}


def test_rare_functions_always_wait_and_busy_ones_hardly_ever():
    played = cold_ratios(catalog.recorded_functions(RECORDING), keep_s=420.0)
    rare = [each.ratio for each in played if each.per_hour < 1]
    busy = [each.ratio for each in played if each.per_hour >= 60]
    assert median(rare) > 0.95
    assert median(busy) < 0.02
    assert sum(least <= each.per_hour < most for each in played for least, most in CLASSES.values()) == len(played)


def test_what_is_kept_ready_costs_more_than_the_site(built):
    usd = numbers(r"(\d[\d.,]*) USD", experiments["provisioned"](built))
    assert usd == sorted(usd)
    assert usd[-1] > 2 * usd[0]


def test_the_crossing_moves_as_the_text_says(built):
    crossing = {
        name: numbers(r"Up to ([\d.]+) million", experiments["crossover"](built, **knobs))[0]
        for name, knobs in {
            "as it is": {}, "longer": {"milliseconds": 300, "rush": 1}, "short": {"milliseconds": 100, "rush": 1},
            "more memory": {"memory_mib": 1024, "rush": 1}, "less": {"memory_mib": 256, "rush": 1},
            "rush": {"milliseconds": 300, "rush": 10}, "HTTP": {"api": "HTTP"},
        }.items()
    }  # fmt: skip
    assert crossing["longer"] < crossing["short"]
    assert crossing["more memory"] < crossing["less"]
    assert crossing["rush"] > crossing["longer"]
    assert crossing["HTTP"] > crossing["as it is"]


def test_where_nothing_crosses_it_says_so(built):
    picture = experiments["crossover"](built, memory_mib=128, milliseconds=500, rush=50)
    assert "Whatever the number of calls" in picture.alt


def test_a_limit_of_its_own_refuses(built):
    assert "None was refused" in experiments["burst"](built).alt
    assert "None was refused" not in experiments["burst"](built, 600, 10).alt


def test_more_at_a_time_empties_the_queue_sooner(built):
    picture = experiments["backlog"](built)
    minutes = numbers(r"(\d+) min;", picture)
    assert len(minutes) == 3
    assert minutes == sorted(minutes, reverse=True)
    assert str(REPORTS) in picture.alt


def test_without_what_they_compare_experiments_say_what_to_build(built):
    for name in ("servers", "connection storm"):
        with pytest.raises(Exception, match="there is no"):
            experiments[name](built)
