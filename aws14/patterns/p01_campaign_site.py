"""Campaign site: one web server, one database server, cheap, quick to build, gone in three weeks.

Problem: a campaign needs a site for a few weeks; TV spots bring crowds; nobody will look after it afterwards.
Solution: one VPC, a public subnet for the web server and a private one for the database, an Elastic IP and a
name. No redundancy, on purpose: it costs little and may fail.
"""

from __future__ import annotations

from aws14.model import Link, Node, Topology
from aws14.patterns.p01_checks import checks
from aws14.patterns.p01_day import ASSUMPTIONS, BRIEF, NAME, OFFICE_CIDR, SPOTS, scenario
from aws14.patterns.p01_experiments import experiments

__all__ = ["ASSUMPTIONS", "BRIEF", "SPOTS", "checks", "design", "experiments", "scenario"]


def design(region: str = "ap-northeast-1") -> Topology:
    """The drawing of the campaign site."""
    zone = f"{region}a"
    return Topology(
        name="p01_campaign_site",
        origin="drawn",
        nodes=(
            Node(id="internet", kind="internet", label="Visitors"),
            Node(id="office", kind="office", label="Our office", attributes={"cidr": OFFICE_CIDR}),
            Node(id="example.co.jp", kind="hosted_zone"),
            Node(id=NAME, kind="dns_record", attributes={"type": "A", "ttl_s": 300}),
            Node(id=region, kind="region"),
            Node(id="vpc", kind="vpc", parent=region, attributes={"cidr": "10.0.0.0/16"}),
            Node(id="igw", kind="internet_gateway", parent="vpc"),
            Node(id=zone, kind="az", parent="vpc"),
            Node(id="public-a", kind="subnet", parent=zone, attributes={"cidr": "10.0.0.0/24"}),
            Node(id="private-a", kind="subnet", parent=zone, attributes={"cidr": "10.0.1.0/24"}),
            _server("web", "public-a", "Web server", "elastic"),
            Node(id="nat", kind="nat_gateway", parent="public-a", attributes={"state": "available"}),
            _server("db", "private-a", "Database server", "none"),
        ),
        links=(
            Link(source="public-a", target="igw", kind="routes", label="0.0.0.0/0"),
            Link(source="private-a", target="nat", kind="routes", label="0.0.0.0/0"),
            Link(source=NAME, target="web", kind="routes", label="A"),
            Link(source="internet", target="web", kind="allows", label="tcp/80"),
            Link(source="internet", target="web", kind="allows", label="tcp/443"),
            Link(source="office", target="web", kind="allows", label="tcp/22"),
            Link(source="web", target="db", kind="allows", label="tcp/3306"),
            Link(source="web", target="db", kind="uses", label="MySQL"),
        ),
    )


def _server(node_id: str, subnet: str, label: str, public_ipv4_kind: str) -> Node:
    stated: dict[str, str] = {"instance_type": "t3.small", "state": "running", "public_ipv4_kind": public_ipv4_kind}
    return Node(id=node_id, kind="instance", parent=subnet, label=label, attributes=stated)
