"""Operating microservices: containers on a cluster that places, heals, scales and renews them.

Problem: many small services, each released on its own; nobody can say by hand which container runs where.
Solution: EKS decides (scheduling, replicas, rollouts, monitoring); EC2 node groups and Fargate provide the machines.
"""

from __future__ import annotations

from aws14.model import Link, Node, Topology
from aws14.model.kinds import Attribute
from aws14.patterns.p13_checks import checks
from aws14.patterns.p13_day import ASSUMPTIONS, BRIEF, ENTRY, NODES, scenario
from aws14.patterns.p13_experiments import experiments

__all__ = ["ASSUMPTIONS", "BRIEF", "checks", "design", "experiments", "scenario"]

SUBNETS = {"public-a": 0, "public-c": 1, "private-a": 10, "private-c": 11}
"""Subnet -> third number of its addresses."""


def design(region: str = "ap-northeast-1") -> Topology:
    """The drawing of the bookshop.

    Parameters
    ----------
    region : str
        Where it stands.
    """
    zones = (f"{region}a", f"{region}c")
    return Topology(
        name="p13_microservices",
        origin="drawn",
        nodes=(
            Node(id="internet", kind="internet", label="Readers"),
            Node(id=region, kind="region"),
            Node(id="vpc", kind="vpc", parent=region, attributes={"cidr": "10.13.0.0/16"}),
            *(Node(id=zone, kind="az", parent="vpc") for zone in zones),
            *(
                Node(id=name, kind="subnet", parent=region + name[-1], attributes={"cidr": f"10.13.{number}.0/24"})
                for name, number in SUBNETS.items()
            ),
            Node(id="igw", kind="internet_gateway", parent="vpc"),
            Node(id="nat", kind="nat_gateway", parent="public-a"),
            *_cluster(region, zones),
            *_services("vpc"),
        ),
        links=_links(),
    )


def _cluster(region: str, zones: tuple[str, ...]) -> tuple[Node, ...]:
    nodes: dict[str, Attribute] = {"instance_type": "m5.large", "min_size": 2, "max_size": 6, "zones": zones}
    return (
        Node(id="books", kind="cluster", parent=region, label="EKS", attributes={"state": "ACTIVE"}),
        Node(id=NODES, kind="node_group", parent="vpc", label="EC2 nodes", count=2, attributes=nodes),
        Node(id="batch", kind="fargate_profile", parent="vpc", label="Fargate", attributes={"selectors": ("batch",)}),
    )


def _services(parent: str) -> tuple[Node, ...]:
    return (
        Node(
            id=ENTRY,
            kind="pod_service",
            parent=parent,
            label="Service, load balancer",
            attributes={"service_type": "LoadBalancer", "port": 80},
        ),
        Node(
            id="cluster-autoscaler",
            kind="workload",
            parent=parent,
            label="Node scaler",
            count=1,
            attributes={"workload_kind": "Deployment", "namespace": "kube-system"},
        ),
        Node(
            id="catalog-pods",
            kind="workload",
            parent=parent,
            label="Catalogue",
            count=3,
            attributes={"workload_kind": "Deployment", "namespace": "shop"},
        ),
        Node(
            id="catalog-autoscaler",
            kind="pod_autoscaler",
            parent=parent,
            label="Pod autoscaler",
            attributes={"min_replicas": 3, "max_replicas": 24, "target": 60},
        ),
    )


def _links() -> tuple[Link, ...]:
    return (
        *(Link(source=f"public-{zone}", target="igw", kind="routes", label="0.0.0.0/0") for zone in "ac"),
        *(Link(source=f"private-{zone}", target="nat", kind="routes", label="0.0.0.0/0") for zone in "ac"),
        Link(source=NODES, target="books", kind="routes", label="joins"),
        Link(source="batch", target="books", kind="routes", label="joins"),
        Link(source=ENTRY, target="catalog-pods", kind="routes", label="TCP:80"),
        Link(source="catalog-autoscaler", target="catalog-pods", kind="routes", label="scales"),
        Link(source="catalog-pods", target=NODES, kind="routes", label="runs on"),
        Link(source="cluster-autoscaler", target=NODES, kind="routes", label="runs on"),
    )
