"""Comparing: each category has a case that shows it, and nothing that is taken away goes unnoticed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws14.design import compare
from aws14.model import Link, Node, Topology
from tests.design.random_topologies import topologies


def with_node(topology: Topology, node_id: str, **changes: object) -> Topology:
    nodes = tuple(replace(node, **changes) if node.id == node_id else node for node in topology.nodes)
    return replace(topology, nodes=nodes)


def with_attribute(topology: Topology, node_id: str, **attributes: object) -> Topology:
    return with_node(topology, node_id, attributes={**topology.node(node_id).attributes, **attributes})


def without_node(topology: Topology, node_id: str) -> Topology:
    """Without a node, its links, and with its children moved one container out."""
    gone = topology.node(node_id)
    nodes = tuple(
        replace(node, parent=gone.parent) if node.parent == node_id else node
        for node in topology.nodes
        if node.id != node_id
    )
    links = tuple(link for link in topology.links if node_id not in (link.source, link.target))
    return replace(topology, nodes=nodes, links=links)


def renamed(topology: Topology, names: dict[str, str]) -> Topology:
    nodes = tuple(
        replace(node, id=names.get(node.id, node.id), parent=names.get(node.parent or "", node.parent))
        for node in topology.nodes
    )
    links = tuple(
        replace(link, source=names.get(link.source, link.source), target=names.get(link.target, link.target))
        for link in topology.links
    )
    return replace(topology, nodes=nodes, links=links)


def found(drawn: Topology, built: Topology) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.category, finding.subjects) for finding in compare(drawn, built).outstanding]


def test_what_is_built_as_drawn_passes_in_every_category(drawn: Topology, built: Topology) -> None:
    report = compare(drawn, built)
    assert report.ok
    assert {finding.category for finding in report.findings} == {
        "missing",
        "extra",
        "misplaced",
        "misconnected",
        "different",
    }
    assert "13 parts" in report.verdict


def test_every_node_taken_away_is_reported(drawn: Topology, built: Topology) -> None:
    for node in drawn.nodes:
        findings = found(drawn, without_node(built, node.id))
        assert ("missing", (node.id,)) in findings, node.id


def test_every_link_taken_away_is_reported(drawn: Topology, built: Topology) -> None:
    for link in drawn.links:
        less = replace(built, links=tuple(other for other in built.links if other != link))
        assert found(drawn, less) == [("misconnected", (link.source, link.target))], link


def test_every_stated_attribute_that_differs_is_reported_alone(drawn: Topology, built: Topology) -> None:
    for node in drawn.nodes:
        for name in node.attributes:
            findings = compare(drawn, with_attribute(built, node.id, **{name: "otherwise"})).outstanding
            assert [(finding.category, finding.subjects) for finding in findings] == [("different", (node.id,))]
            assert "otherwise" in findings[0].detail


def test_an_attribute_the_drawing_does_not_state_is_not_asked_for(drawn: Topology, built: Topology) -> None:
    assert compare(drawn, with_attribute(built, "web", key_name="another", root_gib=500)).ok


def test_attributes_that_are_lists_are_compared_without_order(drawn: Topology, built: Topology) -> None:
    stated = with_attribute(drawn, "web", security_groups=("web", "admin"))
    assert compare(stated, with_attribute(built, "web", security_groups=("admin", "web"))).ok
    assert found(stated, with_attribute(built, "web", security_groups=("web",))) == [("different", ("web",))]


def test_a_fleet_of_another_size_is_different(drawn: Topology, built: Topology) -> None:
    finding = compare(with_node(drawn, "web", count=2), built).outstanding[0]
    assert finding.category == "different"
    assert "count is 1, drawn 2" in finding.detail


@pytest.mark.parametrize(
    ("node_id", "parent"), [("db", "public-a"), ("nat", "private-a"), ("igw", "ap-northeast-1"), ("private-a", "vpc")]
)
def test_a_part_in_another_container_is_misplaced(drawn: Topology, built: Topology, node_id: str, parent: str) -> None:
    findings = compare(drawn, with_node(built, node_id, parent=parent)).outstanding
    assert [(finding.category, finding.subjects) for finding in findings] == [("misplaced", (node_id,))]
    assert f"'{parent}'" in findings[0].detail


@pytest.mark.parametrize(
    "node",
    [
        Node(id="old", kind="instance", parent="public-a", attributes={"instance_type": "t3.large"}),
        Node(id="eipalloc-1", kind="elastic_ip", parent="ap-northeast-1"),
        Node(id="us-east-1", kind="region"),
        Node(id="ap-northeast-1c", kind="az", parent="vpc"),
        Node(id="api.example.co.jp", kind="dns_record"),
    ],
)
def test_a_part_that_is_not_drawn_is_extra(drawn: Topology, built: Topology, node: Node) -> None:
    assert found(drawn, replace(built, nodes=(*built.nodes, node))) == [("extra", (node.id,))]


@pytest.mark.parametrize(
    ("link", "ok"),
    [
        (Link(source="internet", target="db", kind="allows", label="tcp/3306"), False),
        (Link(source="internet", target="web", kind="allows", label="tcp/8080"), False),
        (Link(source="private-a", target="igw", kind="routes", label="0.0.0.0/0"), False),
        (Link(source="db", target="web", kind="uses", label="cache"), True),
    ],
)
def test_a_connection_that_is_not_drawn_is_misconnected_unless_it_is_a_use(
    drawn: Topology, built: Topology, link: Link, ok: bool
) -> None:
    findings = found(drawn, replace(built, links=(*built.links, link)))
    assert findings == ([] if ok else [("misconnected", (link.source, link.target))])


def test_another_port_is_one_connection_missing_and_one_extra(drawn: Topology, built: Topology) -> None:
    links = tuple(replace(link, label="tcp/5432") if link.label == "tcp/3306" else link for link in built.links)
    names = [finding.name for finding in compare(drawn, replace(built, links=links)).outstanding]
    assert names == [
        "'web' may reach 'db' on tcp/3306: drawn but not built",
        "'web' may reach 'db' on tcp/5432: built but not drawn",
    ]


def test_an_unknown_network_is_told_as_the_door_it_comes_through(drawn: Topology, built: Topology) -> None:
    stranger = Node(id="198.51.100.0/24", kind="office", attributes={"cidr": "198.51.100.0/24"})
    link = Link(source=stranger.id, target="web", kind="allows", label="tcp/22")
    more = replace(built, nodes=(*built.nodes, stranger), links=(*built.links, link))
    assert found(drawn, more) == [("misconnected", (stranger.id, "web"))]


def test_the_internet_is_not_extra_where_nobody_drew_it(drawn: Topology, built: Topology) -> None:
    quiet = replace(built, links=tuple(link for link in built.links if link.source != "internet"))
    assert compare(without_node(drawn, "internet"), quiet).ok
    assert found(without_node(drawn, "internet"), built) == [("misconnected", ("internet", "web"))] * 2


def test_what_is_used_is_told_by_its_end(drawn: Topology, built: Topology) -> None:
    links = tuple(replace(link, label="db") if link.kind == "uses" else link for link in built.links)
    assert compare(drawn, replace(built, links=links)).ok


def test_parts_without_names_are_known_by_kind_place_and_values(drawn: Topology, built: Topology) -> None:
    names = {"vpc": "vpc-1", "public-a": "subnet-1", "private-a": "subnet-2", "web": "i-1", "db": "i-2", "igw": "igw-1"}
    report = compare(drawn, renamed(built, names))
    assert report.ok, str(report)
    assert set(names.items()) <= set(report.matches)


def test_an_office_is_known_by_its_network(drawn: Topology, built: Topology) -> None:
    assert compare(drawn, renamed(built, {"office": "203.0.113.0/24"})).ok


def test_a_nameless_part_elsewhere_is_misplaced_when_it_can_only_be_that_one(drawn: Topology, built: Topology) -> None:
    moved = renamed(with_node(built, "nat", parent="private-a"), {"nat": "nat-1"})
    assert found(drawn, moved) == [("misplaced", ("nat", "nat-1"))]


def test_two_parts_that_would_do_are_an_ambiguity_not_a_guess(drawn: Topology, built: Topology) -> None:
    twin = replace(built.node("web"), id="i-2")
    twins = renamed(replace(built, nodes=(*built.nodes, twin)), {"web": "i-1"})
    findings = compare(drawn, twins).outstanding
    assert [(finding.category, finding.subjects) for finding in findings] == [("ambiguous", ("web", "i-1", "i-2"))]
    assert "Name tag 'web'" in findings[0].hint


def test_values_decide_between_two_nameless_parts(drawn: Topology, built: Topology) -> None:
    other = Node(id="i-2", kind="instance", parent="public-a", attributes={"instance_type": "t3.large"})
    both = renamed(replace(built, nodes=(*built.nodes, other)), {"web": "i-1"})
    assert found(drawn, both) == [("extra", ("i-2",))]


def test_a_region_is_never_taken_for_another(drawn: Topology, built: Topology) -> None:
    findings = found(drawn, renamed(built, {"ap-northeast-1": "us-east-1"}))
    assert ("missing", ("ap-northeast-1",)) in findings
    assert ("extra", ("us-east-1",)) in findings


def test_a_thing_of_another_kind_with_the_same_name_is_not_the_part(drawn: Topology, built: Topology) -> None:
    wrong = replace(
        without_node(built, "nat"), nodes=(*without_node(built, "nat").nodes, Node(id="nat", kind="instance"))
    )
    finding = next(finding for finding in compare(drawn, wrong).outstanding if finding.category == "missing")
    assert "the EC2 instance of this name is something else" in finding.detail


@pytest.mark.parametrize(("target", "words"), [("nat", "cannot fetch packages"), ("igw", "cut off from the Internet")])
def test_a_missing_way_out_says_what_follows(drawn: Topology, built: Topology, target: str, words: str) -> None:
    links = tuple(link for link in built.links if link.target != target)
    assert words in compare(drawn, replace(built, links=links)).outstanding[0].detail


def test_every_finding_has_a_sentence_and_a_hint(drawn: Topology) -> None:
    nothing = Topology(name="nothing", origin="built", nodes=())
    report = compare(drawn, nothing)
    assert len(report.outstanding) == len(drawn.nodes)
    assert report.findings == report.outstanding, "nothing is as drawn where nothing is built"
    assert report.verdict.startswith("nothing is built yet; ")
    for finding in report.outstanding:
        assert finding.hint
        assert finding.name[0] in "'" or finding.name[0].isupper()


@settings(max_examples=100, deadline=None)
@given(topologies())
def test_anything_is_as_itself(topology: Topology) -> None:
    assert compare(topology, topology).ok


@settings(max_examples=100, deadline=None)
@given(topologies(), st.data())
def test_a_random_part_taken_away_is_never_overlooked(topology: Topology, data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(topology.nodes))
    report = compare(topology, without_node(topology, gone.id))
    assert any(gone.id in finding.subjects for finding in report.outstanding)
