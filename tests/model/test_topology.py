"""A topology holds together, or says what does not."""

from __future__ import annotations

import pytest

from aws14.errors import DesignError
from aws14.model import Link, Node, Topology


def small(**changes: object) -> Topology:
    nodes = (
        Node(id="tokyo", kind="region"),
        Node(id="vpc", kind="vpc", parent="tokyo", attributes={"cidr": "10.0.0.0/16"}),
        Node(id="az", kind="az", parent="vpc"),
        Node(id="net", kind="subnet", parent="az"),
        Node(id="web", kind="instance", parent="net", label="Web server"),
    )
    return Topology(**{"name": "small", "origin": "drawn", "nodes": nodes, **changes})  # type: ignore[arg-type]


def test_containers_are_found_from_inside_out():
    topology = small()
    assert [node.id for node in topology.ancestors("web")] == ["net", "az", "vpc", "tokyo"]
    assert topology.container("web", "vpc").id == "vpc"
    assert topology.container("web", "subnet").id == "net"
    assert topology.container("tokyo", "vpc") is None
    assert [node.id for node in topology.children("net")] == ["web"]


def test_links_are_selected_by_kind_and_end():
    topology = small(
        links=(Link(source="web", target="net", kind="uses"), Link(source="net", target="web", kind="allows"))
    )
    assert [link.target for link in topology.links_of("allows")] == ["web"]
    assert topology.links_of("uses", source="net") == ()
    assert topology.links_of("allows", target="web") == topology.links_of("allows", source="net")


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ((Node(id="a", kind="vpc"), Node(id="a", kind="vpc")), "two nodes are called 'a'"),
        ((Node(id="a", kind="instance", parent="b"),), "stands in 'b', which is not there"),
        ((Node(id="a", kind="instance"), Node(id="b", kind="instance", parent="a")), "stands in 'a', a instance"),
        ((Node(id="s", kind="subnet"), Node(id="v", kind="vpc", parent="s")), "cannot stand in the subnet 's'"),
        ((Node(id="v", kind="vpc"), Node(id="w", kind="vpc", parent="v")), "cannot stand in the vpc 'v'"),
    ],
)
def test_contradictions_are_refused_in_words(nodes, words):
    with pytest.raises(DesignError, match=words):
        Topology(name="x", origin="drawn", nodes=nodes)


def test_a_link_needs_both_ends():
    with pytest.raises(DesignError, match="ends at 'db', which is not a node"):
        small(links=(Link(source="web", target="db", kind="allows"),))


def test_an_unknown_kind_or_attribute_names_the_allowed_ones():
    with pytest.raises(DesignError, match=r"kind 'servr'.*instance"):
        Node(id="x", kind="servr")
    with pytest.raises(DesignError, match=r"states colour.*cidr"):
        Node(id="x", kind="vpc", attributes={"colour": "red"})


def test_a_missing_attribute_is_an_error_not_a_default():
    with pytest.raises(DesignError, match="does not say its instance_type"):
        small().node("web").require("instance_type")


def test_a_missing_node_lists_those_there_are():
    with pytest.raises(DesignError, match=r"no node 'dbb'.*tokyo, vpc"):
        small().node("dbb")
