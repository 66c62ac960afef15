"""A campaign site as read back, made by hand, and a short scenario for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14.model import Application, Link, Node, Scenario, Steady, Topology
from tests.topologies import connected

ADDRESS = "203.0.113.10"
NAME = "www.example.co.jp"

INSTANCE = {
    "instance_type": "t3.small",
    "state": "running",
    "private_ipv4": "10.0.0.10",
    "public_ipv4": ADDRESS,
    "public_ipv4_kind": "elastic",
    "key_name": "",
    "security_groups": ("web",),
    "has_user_data": True,
    "root_gib": 8,
    "root_volume_type": "gp3",
    "cpu_credits": "unlimited",
}

NO_ADDRESS = {"private_ipv4": "10.0.1.10", "public_ipv4": "", "public_ipv4_kind": "none"}


def node(kind, node_id, parent=None, **attributes):
    return Node(id=node_id, kind=kind, parent=parent, attributes=attributes)


@pytest.fixture
def site() -> Topology:
    """One web server with an Elastic IP and a name; a NAT gateway and a database beside it."""
    drawn_up = Topology(
        name="site",
        origin="built",
        nodes=(
            node("internet", "internet"),
            node("office", "office", cidr="203.0.113.0/24"),
            node("hosted_zone", "example.co.jp", name="example.co.jp", private=False),
            node("dns_record", NAME, name=NAME, type="A", ttl_s=300, values=(ADDRESS,)),
            node("region", "ap-northeast-1"),
            node("vpc", "vpc", "ap-northeast-1", cidr="10.0.0.0/16"),
            node("internet_gateway", "igw", "vpc"),
            node("az", "ap-northeast-1a", "vpc"),
            node("subnet", "public-a", "ap-northeast-1a", cidr="10.0.0.0/24", auto_public_ipv4=False),
            node("subnet", "private-a", "ap-northeast-1a", cidr="10.0.1.0/24", auto_public_ipv4=False),
            node("instance", "web", "public-a", **INSTANCE),
            node("instance", "db", "private-a", **INSTANCE | NO_ADDRESS),
            node("nat_gateway", "nat", "public-a", state="available", public_ipv4="203.0.113.20"),
            node("elastic_ip", "spare", "ap-northeast-1", public_ipv4="203.0.113.30"),
        ),
        links=(
            Link(source="public-a", target="igw", kind="routes", label="0.0.0.0/0"),
            Link(source="private-a", target="nat", kind="routes", label="0.0.0.0/0"),
            Link(source=NAME, target="web", kind="routes", label="A"),
            Link(source="internet", target="web", kind="allows", label="tcp/80"),
            Link(source="office", target="web", kind="allows", label="tcp/22"),
            Link(source="web", target="db", kind="allows", label="tcp/3306"),
        ),
    )
    return connected(drawn_up)


@pytest.fixture
def hour() -> Scenario:
    """An hour that keeps the two workers of a t3.small 80 % busy."""
    return Scenario(
        name="hour",
        load=Steady(rate_rps=40.0),
        application=Application(
            service_time_s=0.04, service_distribution="lognormal", backlog=60, client_timeout_s=2.0
        ),
        entry=NAME,
        users={"Tokyo": 0.5, "Osaka": 0.3, "Singapore": 0.2},
        horizon_s=3600.0,
    )


@pytest.fixture
def without():
    """``without(topology, source, target)``: the topology less the links between two nodes, and its network."""

    def cut(topology: Topology, source: str, target: str) -> Topology:
        kept = tuple(link for link in topology.links if (link.source, link.target) != (source, target))
        assert len(kept) < len(topology.links)
        return connected(replace(topology, links=kept))

    return cut
