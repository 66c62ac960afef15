"""Bills of clusters: the control plane, nodes once, pods on Fargate, the load balancer of a service, images."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14 import catalog, cost
from aws14.cost.packing import nodes_or_fargate
from aws14.model import Node, Topology, Usage
from aws14.patterns.p13_microservices import design
from aws14.sim import simulate
from aws14.sim.containers.shapes import Pod
from tests.sim.containers.case import REGION, ZONES, bookshop, scenario


def quantities(usage: tuple[Usage, ...]) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for line in usage:
        key = (line.service, line.item.replace(" Linux on-demand", ""))
        found[key] = found.get(key, 0.0) + line.quantity
    return found


def two_nodes(topology: Topology) -> Topology:
    """The node group with its count, as a read-back gives it."""
    nodes = tuple(
        replace(node, count=int(str(node.attributes["desired"]))) if node.kind == "node_group" else node
        for node in topology.nodes
    )
    return replace(topology, nodes=nodes)


def test_an_hour_of_a_cluster_with_two_nodes() -> None:
    hour = quantities(cost.hourly(two_nodes(bookshop())))
    assert hour["EKS", "Cluster (standard support)"] == 1
    assert hour["EC2", "m5.large"] == 2
    assert hour["EBS", "gp3 storage"] == pytest.approx(2 * 20 / 730)
    assert hour["ELB", "NLB hour"] == 1
    assert hour["VPC", "Public IPv4 in use"] == 2  # one in each zone
    assert set(hour) == {("EKS", "Cluster (standard support)"), ("EC2", "m5.large"), ("EBS", "gp3 storage"),
                         ("ELB", "NLB hour"), ("VPC", "Public IPv4 in use")}  # fmt: skip


def test_the_group_behind_a_node_group_and_the_load_balancer_of_a_service_are_charged_once() -> None:
    shop = two_nodes(bookshop())
    group = Node(
        id="eks-workers", kind="autoscaling_group", parent=REGION, count=2,
        attributes={"desired": 2, "instance_type": "m5.large", "root_gib": 20, "root_volume_type": "gp3"},
    )  # fmt: skip
    balancer = Node(
        id="a1", kind="load_balancer", parent=REGION,
        attributes={
            "state": "active", "scheme": "internet-facing", "zones": ZONES,
            "dns_name": "a1.elb.ap-northeast-1.amazonaws.com",
        },
    )  # fmt: skip
    both = replace(shop, nodes=(*shop.nodes, group, balancer))
    assert quantities(cost.hourly(both)) == quantities(cost.hourly(shop))
    other = replace(balancer, id="web", attributes=balancer.attributes | {"dns_name": "web.elb.amazonaws.com"})
    assert ("ELB", "ALB hour") in quantities(cost.hourly(replace(shop, nodes=(*shop.nodes, other))))


def test_under_load_the_nodes_of_the_run_are_charged() -> None:
    shop = two_nodes(bookshop())
    trace = simulate(shop, scenario(90, horizon_s=3600))
    assert trace.cluster is not None
    assert trace.cluster.node_hours > 2
    month = quantities(cost.monthly(shop, trace, days=730 / 24))
    assert month["EC2", "m5.large"] == pytest.approx(730 * trace.cluster.node_hours)
    assert month["ELB", "NLB LCU"] > 0
    assert month["Data transfer", "to Internet"] > 0
    few = quantities(cost.monthly(shop, trace, days=1))
    assert 2 * 730 < few["EC2", "m5.large"] < month["EC2", "m5.large"]


def test_pods_on_fargate_are_charged_by_their_rounded_requests() -> None:
    shop = bookshop(fargate=True, scaler=False, autoscaler=False)
    nodes = tuple(replace(node, count=4) if node.id == "catalog-pods" else node for node in shop.nodes)
    shop = replace(shop, nodes=nodes)
    hour = quantities(cost.hourly(shop))
    assert hour["Fargate", "Linux/x86 vCPU"] == 4 * 0.25
    assert hour["Fargate", "Linux/x86 memory"] == 4 * 0.5
    assert ("EC2", "m5.large") not in hour
    trace = simulate(shop, scenario())
    month = quantities(cost.monthly(shop, trace, days=730 / 24))
    assert month["Fargate", "Linux/x86 vCPU"] == pytest.approx(730 * 4 * 0.25)


def test_images_lie_in_a_repository() -> None:
    shop = two_nodes(bookshop())
    images = Node(
        id="catalog", kind="repository", parent=REGION,
        attributes={"images": ("v1",), "scan_on_push": True, "immutable_tags": True},
    )  # fmt: skip
    stored = replace(shop, nodes=(*(node for node in shop.nodes if node.id != "catalog"), images), links=())
    trace = simulate(shop, scenario())
    month = quantities(cost.monthly(stored, trace, assume=cost.Assumptions(stored_gib=5)))
    assert month["ECR", "Private storage"] == 5


def test_the_drawing_is_quoted_with_what_aws_makes_of_it() -> None:
    quoted = cost.quote(design(), hours=2)
    items = {line.usage.item for line in quoted.lines}
    assert {"Cluster (standard support)", "m5.large Linux on-demand", "NLB hour"} <= items


def test_a_failed_cluster_costs_nothing() -> None:
    shop = bookshop()
    gone = tuple(
        replace(node, attributes=node.attributes | {"state": "CREATE_FAILED"}) if node.kind == "cluster" else node
        for node in shop.nodes
    )
    assert ("EKS", "Cluster (standard support)") not in quantities(cost.hourly(replace(shop, nodes=gone)))


def test_the_same_pods_on_nodes_and_on_fargate() -> None:
    pods = [Pod(name=f"web-{k}", cpu_m=250, memory_mib=256) for k in range(14)]
    both = nodes_or_fargate(pods, instance_type="m5.large", region=REGION, hours=730)
    assert len(both.packing.nodes) == 2
    node_usd = 2 * (730 * catalog.price("EC2", "m5.large Linux on-demand", REGION).usd)
    node_usd += 2 * 20 * catalog.price("EBS", "gp3 storage", REGION).usd
    assert both.nodes.total_usd == pytest.approx(node_usd, abs=0.01)
    vcpu = catalog.price("Fargate", "Linux/x86 vCPU", REGION).usd
    memory = catalog.price("Fargate", "Linux/x86 memory", REGION).usd
    assert both.fargate.total_usd == pytest.approx(14 * 730 * (0.25 * vcpu + 0.5 * memory), abs=0.01)
