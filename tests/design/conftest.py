"""A campaign site, drawn, and the same thing as a read-back would give it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14.model import Link, Node, Topology

EXTRA_ATTRIBUTES = {
    "instance": {"state": "running", "private_ipv4": "10.0.0.10", "security_groups": ("web",), "root_gib": 8},
    "nat_gateway": {"public_ipv4": "203.0.113.77"},
}


@pytest.fixture
def drawn() -> Topology:
    return Topology(
        name="campaign",
        origin="drawn",
        nodes=(
            Node(id="internet", kind="internet", label="Visitors"),
            Node(id="office", kind="office", label="Office", attributes={"cidr": "203.0.113.0/24"}),
            Node(id="example.co.jp", kind="hosted_zone", attributes={"private": False}),
            Node(id="www.example.co.jp", kind="dns_record", attributes={"type": "A", "ttl_s": 300}),
            Node(id="ap-northeast-1", kind="region"),
            Node(id="vpc", kind="vpc", parent="ap-northeast-1", attributes={"cidr": "10.0.0.0/16"}),
            Node(id="igw", kind="internet_gateway", parent="vpc"),
            Node(id="ap-northeast-1a", kind="az", parent="vpc"),
            Node(id="public-a", kind="subnet", parent="ap-northeast-1a", attributes={"cidr": "10.0.0.0/24"}),
            Node(id="private-a", kind="subnet", parent="ap-northeast-1a", attributes={"cidr": "10.0.1.0/24"}),
            Node(
                id="web",
                kind="instance",
                parent="public-a",
                label="Web server",
                attributes={"instance_type": "t3.small", "public_ipv4_kind": "elastic"},
            ),
            Node(id="nat", kind="nat_gateway", parent="public-a", attributes={"state": "available"}),
            Node(
                id="db",
                kind="instance",
                parent="private-a",
                label="Database server",
                attributes={"instance_type": "t3.small", "public_ipv4_kind": "none"},
            ),
        ),
        links=(
            Link(source="public-a", target="igw", kind="routes", label="0.0.0.0/0"),
            Link(source="private-a", target="nat", kind="routes", label="0.0.0.0/0"),
            Link(source="www.example.co.jp", target="web", kind="routes", label="A"),
            Link(source="internet", target="web", kind="allows", label="tcp/80"),
            Link(source="internet", target="web", kind="allows", label="tcp/443"),
            Link(source="office", target="web", kind="allows", label="tcp/22"),
            Link(source="web", target="db", kind="allows", label="tcp/3306"),
            Link(source="web", target="db", kind="uses", label="MySQL"),
        ),
    )


def aws_id(node: Node, number: int) -> str:
    """Regions and zones are called by their names; a record has no id but its name and type."""
    if node.kind in ("region", "az"):
        return node.id
    return f"ZONE/{node.id}/A" if node.kind == "dns_record" else f"{node.kind}-0123456789abcdef{number}"


@pytest.fixture
def built(drawn: Topology) -> Topology:
    """Read back: no labels, AWS ids, more attributes than the drawing states."""
    nodes = tuple(
        replace(
            node,
            label="",
            aws_id=aws_id(node, number),
            attributes={**EXTRA_ATTRIBUTES.get(node.kind, {}), **node.attributes},
        )
        for number, node in enumerate(drawn.nodes)
    )
    return replace(drawn, origin="built", nodes=nodes)
