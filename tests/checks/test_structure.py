"""A check passes what is right, and says in words what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14.checks import Evidence, answered, drawn_equals_built, has_subnet, reachable
from aws14.model import Finding, Link, Node, Report, Topology
from tests.topologies import connected

GOOD = Report(title="c", findings=(Finding(name="all there", status="passed"),))
BAD = Report(title="c", findings=(Finding(name="igw is missing", status="not_yet", hint="attach one"),))


def built(*, second: str = "ap-northeast-1c", routed: bool = True, allowed: bool = True) -> Topology:
    web = {"public_ipv4": "203.0.113.200", "state": "running"}
    nodes = [
        Node(id="internet", kind="internet"),
        Node(id="vpc", kind="vpc"),
        Node(id="igw", kind="internet_gateway", parent="vpc"),
        Node(id="ap-northeast-1a", kind="az", parent="vpc"),
        Node(id="ap-northeast-1c", kind="az", parent="vpc"),
        Node(id="public-a", kind="subnet", parent="ap-northeast-1a", attributes={"cidr": "10.0.0.0/24"}),
        Node(id="public-c", kind="subnet", parent=second, attributes={"cidr": "10.0.2.0/24"}),
        Node(id="web", kind="instance", parent="public-a", attributes=web),
    ]
    links = [Link(source="public-a", target="igw", kind="routes", label="0.0.0.0/0")]
    if routed:
        links.append(Link(source="public-c", target="igw", kind="routes", label="0.0.0.0/0"))
    if allowed:
        links.append(Link(source="internet", target="web", kind="allows", label="tcp/80"))
    return connected(Topology(name="site", origin="built", nodes=tuple(nodes), links=tuple(links)))


def evidence(**changes: object) -> Evidence:
    return Evidence(**{"built": built(), "comparison": GOOD, **changes})  # type: ignore[arg-type]


def subnet_report(topology: Topology) -> Report:
    return has_subnet(
        "T", evidence(built=topology), cidr="10.0.2.0/24", routed_to="internet_gateway", other_zone_than="public-a"
    )


def test_a_second_public_subnet_passes():
    assert subnet_report(built()).ok


@pytest.mark.parametrize(
    ("topology", "name"),
    [
        (built(second="ap-northeast-1a"), "In another AZ than public-a"),
        (built(routed=False), "Its default route leads to the internet gateway"),
    ],
)
def test_one_fault_fails_one_finding(topology, name):
    assert [finding.name for finding in subnet_report(topology).outstanding] == [name]


def test_a_missing_subnet_names_those_there_are():
    only = replace(built(), nodes=tuple(n for n in built().nodes if n.id != "public-c"), links=())
    report = subnet_report(only)
    assert not report.ok
    assert "10.0.0.0/24" in report.findings[0].detail


def test_reachable_follows_the_path_and_gives_the_reason():
    assert reachable("T", evidence(), entry="web", port=80).ok
    blocked = reachable("T", evidence(built=built(allowed=False)), entry="web", port=80)
    assert "no security group" in blocked.findings[0].detail
    absent = reachable("T", evidence(), entry="www.example.co.jp", port=80)
    assert "there is no 'www.example.co.jp'" in absent.findings[0].detail


def test_drawn_equals_built_repeats_what_is_outstanding():
    assert drawn_equals_built("T", evidence()).ok
    report = drawn_equals_built("T", evidence(comparison=BAD))
    assert report.outstanding == BAD.findings


@pytest.mark.parametrize(
    ("answer", "ok", "words"),
    [
        ("b", True, "you say b"),
        ("a", False, "you say a"),
        ("", False, "no answer yet"),
        ("z", False, "'z' is not one of"),
    ],
)
def test_answers(answer, ok, words):
    report = answered("T", evidence(answer=answer), right="b", choices=("a", "b"), hint="think")
    assert report.ok is ok
    assert words in report.findings[0].detail
