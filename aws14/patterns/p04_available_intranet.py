"""Available intranet: the same site in two regions, with a name that leads to the one that works.

Problem: orders must go in even when a whole region is lost; every minute and every lost order has a price.
Solution: load balancer and servers in two regions, RDS Multi-AZ with a cross-region read replica, S3 replication, and
failover records that follow the health of the load balancers' targets.
"""

from __future__ import annotations

from aws14.model import Link, Node, Topology
from aws14.model.kinds import Attribute
from aws14.patterns.p04_checks import checks
from aws14.patterns.p04_day import ASSUMPTIONS, BRIEF, NAME, OFFICE, STANDBY_REGION, scenario
from aws14.patterns.p04_experiments import experiments

__all__ = ["ASSUMPTIONS", "BRIEF", "STANDBY_REGION", "checks", "design", "experiments", "scenario"]


def design(region: str = "ap-northeast-1", *, standby: str = STANDBY_REGION) -> Topology:
    """The drawing of the available intranet.

    Parameters
    ----------
    region, standby : str
        The home region and the one that stands by.
    """
    home, home_links = _site(region, "", 4)
    away, away_links = _site(standby, "-away", 5)
    records = tuple(_record(role) for role in ("PRIMARY", "SECONDARY"))
    return Topology(
        name="p04_available_intranet",
        origin="drawn",
        nodes=(
            Node(id="internet", kind="internet", label="The Internet"),
            Node(id="orders.internal", kind="hosted_zone", attributes={"private": True}),
            *records,
            *home,
            *away,
            *_office(standby),
            *(
                Node(id=f"line-{each}", kind="peering", parent=standby, label=f"Peering {end}")
                for each, end in ((region, "home"), (standby, "away"))
            ),
        ),
        links=(
            Link(source=records[0].id, target="orders-alb", kind="routes", label="A"),
            Link(source=records[1].id, target="orders-alb-away", kind="routes", label="A"),
            *home_links,
            *away_links,
            *_lines(region, standby),
            Link(source="orders-db", target="orders-db-away", kind="routes", label="replicates"),
            Link(source="orders", target="orders-away", kind="routes", label="replicates"),
        ),
    )


def _record(role: str) -> Node:
    stated: dict[str, Attribute] = {
        "type": "A",
        "routing": "failover",
        "failover": role,
        "evaluate_target_health": True,
    }
    return Node(id=f"{NAME} ({role})", kind="dns_record", label=f"{NAME} {role.lower()}", attributes=stated)


def _site(region: str, end: str, block: int) -> tuple[tuple[Node, ...], tuple[Link, ...]]:
    return (*_network(region, end, block), *_servers(region, end)), _site_links(end)


def _network(region: str, end: str, block: int) -> tuple[Node, ...]:
    subnets = {f"app{end}-{letter}": (letter, number) for letter, number in (("a", 10), ("c", 11))}
    return (
        Node(id=region, kind="region"),
        Node(id=f"vpc{end}", kind="vpc", parent=region, attributes={"cidr": f"10.{block}.0.0/16"}),
        *(Node(id=f"{region}{letter}", kind="az", parent=f"vpc{end}") for letter in "ac"),
        *(
            Node(id=name, kind="subnet", parent=region + letter, attributes={"cidr": f"10.{block}.{number}.0/24"})
            for name, (letter, number) in subnets.items()
        ),
    )


def _servers(region: str, end: str) -> tuple[Node, ...]:
    vpc = f"vpc{end}"
    balancer: dict[str, Attribute] = {"scheme": "internal", "zones": (f"{region}a", f"{region}c")}
    group: dict[str, Attribute] = {"min_size": 2, "health_check_type": "ELB", "instance_type": "c5.large"}
    database: dict[str, Attribute] = {
        "engine": "mysql",
        "instance_class": "db.m5.large",
        "multi_az": not end,
        "gib": 100,
        "storage_type": "gp3",
    }
    title = "Read replica" if end else "MySQL, Multi-AZ"
    return (
        Node(id=f"orders-alb{end}", kind="load_balancer", parent=vpc, label="Load balancer", attributes=balancer),
        Node(id=f"app{end}-targets", kind="target_group", parent=vpc, label="Target group"),
        Node(
            id=f"app{end}",
            kind="autoscaling_group",
            parent=vpc,
            label="Auto Scaling group",
            count=2,
            attributes={**group, "max_size": 6},
        ),
        Node(id=f"orders-db{end}", kind="db_instance", parent=vpc, label=title, attributes=database),
        Node(id=f"orders{end}", kind="bucket", parent=region, label="Files", attributes={"versioning": True}),
    )


def _site_links(end: str) -> tuple[Link, ...]:
    return (
        Link(source=f"orders-alb{end}", target=f"app{end}-targets", kind="routes", label="HTTP:80"),
        Link(source=f"app{end}-targets", target=f"app{end}", kind="routes", label="HTTP:80"),
        Link(source=f"orders-alb{end}", target=f"app{end}", kind="allows", label="tcp/80"),
        Link(source=f"app{end}", target=f"orders-db{end}", kind="allows", label="tcp/3306"),
        Link(source=f"app{end}", target=f"orders-db{end}", kind="uses", label="MySQL"),
        Link(source="desks", target=f"orders-alb{end}", kind="allows", label="tcp/80"),
    )


def _office(region: str) -> tuple[Node, ...]:
    zone = f"{region}a (office)"
    return (
        Node(id="office", kind="vpc", parent=region, label="Office", attributes={"cidr": "192.168.0.0/16"}),
        Node(id=zone, kind="az", parent="office", label=f"{region}a"),
        Node(id="desks", kind="subnet", parent=zone, attributes={"cidr": "192.168.1.0/24"}),
        Node(
            id=OFFICE,
            kind="instance",
            parent="desks",
            label="Staff",
            attributes={"state": "running", "instance_type": "t3.micro"},
        ),
    )


def _lines(region: str, standby: str) -> tuple[Link, ...]:
    found = []
    for line, block, end in ((f"line-{region}", 4, ""), (f"line-{standby}", 5, "-away")):
        found.append(Link(source="desks", target=line, kind="routes", label=f"10.{block}.0.0/16"))
        found += [
            Link(source=f"app{end}-{letter}", target=line, kind="routes", label="192.168.0.0/16") for letter in "ac"
        ]
    return tuple(found)
