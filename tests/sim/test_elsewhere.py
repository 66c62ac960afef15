"""Moving a topology renames its places and keeps the rest."""

from __future__ import annotations

import pytest

from aws14.errors import DataError, ScenarioError
from aws14.model import Link, Node, Topology
from aws14.sim.elsewhere import in_region

HERE = Topology(
    name="site",
    origin="built",
    nodes=(
        Node(id="internet", kind="internet"),
        Node(id="ap-northeast-1", kind="region"),
        Node(id="vpc", kind="vpc", parent="ap-northeast-1"),
        Node(id="ap-northeast-1a", kind="az", parent="vpc"),
        Node(id="web", kind="instance", parent="ap-northeast-1a", attributes={"instance_type": "t3.small"}),
    ),
    links=(Link(source="internet", target="web", kind="allows", label="tcp/80"),),
)


def test_places_are_renamed_and_the_rest_stays():
    there = in_region(HERE, "us-west-2")
    assert [node.id for node in there.nodes] == ["internet", "us-west-2", "vpc", "us-west-2a", "web"]
    assert there.container("web", "region").id == "us-west-2"
    assert there.node("web").attributes == HERE.node("web").attributes
    assert there.links == HERE.links
    assert "us-west-2" in there.name


def test_staying_changes_nothing():
    assert in_region(HERE, "ap-northeast-1") is HERE


def test_no_region_or_an_unknown_one():
    with pytest.raises(ScenarioError, match="nothing of x is built yet"):
        in_region(Topology(name="x", origin="built", nodes=()), "us-west-2")
    with pytest.raises(DataError, match="mars"):
        in_region(HERE, "mars-1")
