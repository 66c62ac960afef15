"""Scaling intranet: a group of servers that grows at nine o'clock and shrinks afterwards.

Problem: a whole company opens the portal at the same minute; the rest of the day it idles.
Solution: an internal load balancer, an Auto Scaling group from a launch template with user data, alarms of CloudWatch
that decide, a private name, a peering to the company's network.
"""

from __future__ import annotations

from aws14.model import Link, Node, Topology
from aws14.model.kinds import Attribute
from aws14.patterns.p03_checks import checks
from aws14.patterns.p03_day import ASSUMPTIONS, BRIEF, NAME, OFFICE, scenario
from aws14.patterns.p03_experiments import experiments

__all__ = ["ASSUMPTIONS", "BRIEF", "checks", "design", "experiments", "scenario"]


_DATABASE: dict[str, Attribute] = {
    "engine": "mysql",
    "instance_class": "db.m5.large",
    "multi_az": False,
    "gib": 50,
    "storage_type": "gp3",
}


def design(region: str = "ap-northeast-1") -> Topology:
    """The drawing of the scaling intranet."""
    return Topology(
        name="p03_scaling_intranet",
        origin="drawn",
        nodes=(*_names(), *_networks(region), *_servers()),
        links=_links(),
    )


def _names() -> tuple[Node, ...]:
    return (
        Node(id="internet", kind="internet", label="The Internet"),
        Node(id="corp.internal", kind="hosted_zone", attributes={"private": True}),
        Node(id=NAME, kind="dns_record", attributes={"type": "A", "routing": "simple"}),
    )


def _networks(region: str) -> tuple[Node, ...]:
    subnets = {"public-a": "10.3.0.0/24", "app-a": "10.3.10.0/24", "app-c": "10.3.11.0/24"}
    office_zone = f"{region}a (office)"
    return (
        Node(id=region, kind="region"),
        Node(id="vpc", kind="vpc", parent=region, attributes={"cidr": "10.3.0.0/16"}),
        Node(id="igw", kind="internet_gateway", parent="vpc"),
        *(Node(id=f"{region}{letter}", kind="az", parent="vpc") for letter in "ac"),
        *(
            Node(id=name, kind="subnet", parent=region + name[-1], attributes={"cidr": cidr})
            for name, cidr in subnets.items()
        ),
        Node(id="nat", kind="nat_gateway", parent="public-a", attributes={"state": "available"}),
        Node(id="office", kind="vpc", parent=region, label="Office", attributes={"cidr": "192.168.0.0/16"}),
        Node(id=office_zone, kind="az", parent="office", label=f"{region}a"),
        Node(id="desks", kind="subnet", parent=office_zone, attributes={"cidr": "192.168.1.0/24"}),
        Node(
            id=OFFICE,
            kind="instance",
            parent="desks",
            label="Staff",
            attributes={"state": "running", "instance_type": "t3.micro"},
        ),
        Node(id="line", kind="peering", parent=region, label="Peering", attributes={"state": "active"}),
    )


def _servers() -> tuple[Node, ...]:
    parts: dict[str, tuple[str, str, dict[str, Attribute]]] = {
        "portal-alb": ("load_balancer", "Load balancer", {"scheme": "internal"}),
        "portal-targets": (
            "target_group",
            "Target group",
            {"protocol": "HTTP", "port": 80, "health_check_path": "/health.html"},
        ),
        "portal": (
            "autoscaling_group",
            "Auto Scaling group, 2 to 12",
            {"min_size": 2, "max_size": 12, "instance_type": "c5.large", "health_check_type": "ELB"},
        ),
        "half-busy": (
            "scaling_policy",
            "CPU at 50 %",
            {"policy_type": "TargetTrackingScaling", "metric": "ASGAverageCPUUtilization", "target": 50.0},
        ),
        "portal-db": ("db_instance", "MySQL", _DATABASE),
    }
    return tuple(
        Node(id=name, kind=kind, parent="vpc", label=label, attributes=stated)
        for name, (kind, label, stated) in parts.items()
    )


def _links() -> tuple[Link, ...]:
    return (
        Link(source="public-a", target="igw", kind="routes", label="0.0.0.0/0"),
        *(Link(source=f"app-{z}", target="nat", kind="routes", label="0.0.0.0/0") for z in "ac"),
        *(Link(source=f"app-{z}", target="line", kind="routes", label="192.168.0.0/16") for z in "ac"),
        Link(source="desks", target="line", kind="routes", label="10.3.0.0/16"),
        Link(source=NAME, target="portal-alb", kind="routes", label="A"),
        Link(source="portal-alb", target="portal-targets", kind="routes", label="HTTP:80"),
        Link(source="portal-targets", target="portal", kind="routes", label="HTTP:80"),
        Link(source="half-busy", target="portal", kind="routes", label="scales"),
        Link(source="desks", target="portal-alb", kind="allows", label="tcp/80"),
        Link(source="portal-alb", target="portal", kind="allows", label="tcp/80"),
        Link(source="portal", target="portal-db", kind="allows", label="tcp/3306"),
        Link(source="portal", target="portal-db", kind="uses", label="MySQL"),
    )
