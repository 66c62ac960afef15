"""The drawing of the corporate site."""

from __future__ import annotations

from aws14.model import Link, Node, Topology
from aws14.model.kinds import Attribute
from aws14.patterns.p02_day import NAME, ORIGIN

CERTIFICATES_OF_EDGES = "us-east-1"
"""Where CloudFront looks for its certificates."""

_SUBNETS = {"elb": 0, "web": 10, "db": 20}


def design(region: str = "ap-northeast-1", *, edge: bool = False) -> Topology:
    """The drawing of the corporate site.

    Parameters
    ----------
    region : str
        Where it stands.
    edge : bool
        Whether CloudFront and the bucket for static files are part of it.
    """
    nodes, links = _site(region)
    way_in = Link(source=NAME, target="cdn" if edge else "alb", kind="routes", label="A")
    more_nodes, more_links = _edge(region) if edge else ((), ())
    return Topology(
        name="p02_corporate_site",
        origin="drawn",
        nodes=(*nodes, *more_nodes),
        links=(way_in, *more_links, *links),
    )


_SERVERS = ("web-1", "web-2")


def _site(region: str) -> tuple[tuple[Node, ...], tuple[Link, ...]]:
    return (*_around(region), *_inside(region)), (*_ways(), *_permissions())


def _around(region: str) -> tuple[Node, ...]:
    certified = {"state": "ISSUED"}
    return (
        Node(id="internet", kind="internet", label="Visitors"),
        Node(id="example.jp", kind="hosted_zone"),
        Node(id=NAME, kind="dns_record", attributes={"type": "A", "routing": "simple"}),
        Node(id=region, kind="region"),
        Node(id="example.jp certificate", kind="certificate", parent=region, label="Certificate", attributes=certified),
        Node(id="web-v1", kind="image", parent=region, label="Image", attributes={"state": "available"}),
        Node(id="vpc", kind="vpc", parent=region, attributes={"cidr": "10.0.0.0/16"}),
        Node(id="igw", kind="internet_gateway", parent="vpc"),
        *(Node(id=f"{region}{letter}", kind="az", parent="vpc") for letter in "ac"),
        *_subnets(region),
    )


def _inside(region: str) -> tuple[Node, ...]:
    zones = (f"{region}a", f"{region}c")
    balancer: dict[str, Attribute] = {"scheme": "internet-facing", "zones": zones}
    targets: dict[str, Attribute] = {"protocol": "HTTP", "port": 80, "health_check_path": "/health.html"}
    database: dict[str, Attribute] = {
        "engine": "mysql",
        "instance_class": "db.t3.medium",
        "multi_az": True,
        "gib": 50,
        "storage_type": "gp3",
        "publicly_accessible": False,
    }
    return (
        Node(id="alb", kind="load_balancer", parent="vpc", label="Load balancer", attributes=balancer),
        Node(id="web-targets", kind="target_group", parent="vpc", label="Target group", attributes=targets),
        *(_server(name, f"web-{letter}") for name, letter in zip(_SERVERS, "ac", strict=True)),
        Node(id="db", kind="db_instance", parent="vpc", label="MySQL, Multi-AZ", attributes=database),
    )


def _ways() -> tuple[Link, ...]:
    public = [f"{tier}-{letter}" for tier in ("elb", "web") for letter in "ac"]
    return (
        *(Link(source=subnet, target="igw", kind="routes", label="0.0.0.0/0") for subnet in public),
        Link(source="alb", target="web-targets", kind="routes", label="HTTPS:443"),
        *(Link(source="web-targets", target=server, kind="routes", label="HTTP:80") for server in _SERVERS),
        Link(source="alb", target="example.jp certificate", kind="uses", label="TLS"),
    )


def _permissions() -> tuple[Link, ...]:
    return (
        Link(source="internet", target="alb", kind="allows", label="tcp/80"),
        Link(source="internet", target="alb", kind="allows", label="tcp/443"),
        *(Link(source="alb", target=server, kind="allows", label="tcp/80") for server in _SERVERS),
        *(Link(source=server, target="db", kind="allows", label="tcp/3306") for server in _SERVERS),
        *(Link(source=server, target="db", kind="uses", label="MySQL") for server in _SERVERS),
    )


def _subnets(region: str) -> tuple[Node, ...]:
    return tuple(
        Node(
            id=f"{tier}-{letter}",
            kind="subnet",
            parent=f"{region}{letter}",
            attributes={"cidr": f"10.0.{number + offset}.0/24"},
        )
        for tier, number in _SUBNETS.items()
        for offset, letter in enumerate("ac")
    )


def _server(name: str, subnet: str) -> Node:
    stated: dict[str, str] = {"instance_type": "m5.large", "state": "running"}
    return Node(id=name, kind="instance", parent=subnet, label=name, attributes=stated)


def _edge(region: str) -> tuple[tuple[Node, ...], tuple[Link, ...]]:
    nodes = (
        Node(id="cdn", kind="distribution", label="CloudFront"),
        Node(id="static", kind="bucket", parent=region, label="Static files", attributes={"public_read": False}),
        Node(id=CERTIFICATES_OF_EDGES, kind="region"),
        Node(
            id="certificate of the edge",
            kind="certificate",
            parent=CERTIFICATES_OF_EDGES,
            label="Certificate",
            attributes={"state": "ISSUED"},
        ),
        Node(id=ORIGIN, kind="dns_record", attributes={"type": "A", "routing": "simple"}),
    )
    links = (
        Link(source="cdn", target="certificate of the edge", kind="uses", label="TLS"),
        Link(source="cdn", target="static", kind="routes", label="/images/*"),
        Link(source="cdn", target=ORIGIN, kind="routes", label="*"),
        Link(source=ORIGIN, target="alb", kind="routes", label="A"),
    )
    return nodes, links
