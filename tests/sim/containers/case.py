"""A bookshop as it would be read back: a service, its workload, an autoscaler, nodes."""

from __future__ import annotations

from typing import Any

from aws14.model import Application, Link, Node, Scenario, Steady, Topology
from aws14.model.network import Network

REGION = "ap-northeast-1"
ZONES = (f"{REGION}a", f"{REGION}c")

SERVICE = {
    "service_type": "LoadBalancer", "namespace": "shop", "port": 80, "target_port": 8080,
    "hostname": "a1.elb.ap-northeast-1.amazonaws.com", "endpoints": (),
}  # fmt: skip
WORKLOAD = {
    "workload_kind": "Deployment", "namespace": "shop", "replicas": 4,
    "containers": ("web python:3.13-slim 250 256 500 512",),
    "probes": ("web readiness /healthz 8080 delay=0 period=5 failures=3", "web preStop sleep=5"),
    "surge": "25%", "unavailable": "25%", "min_ready_s": 0, "spread": (), "node_selector": (), "schedule": "",
    "pods": (),
}  # fmt: skip
AUTOSCALER = {
    "namespace": "shop", "min_replicas": 3, "max_replicas": 24, "metric": "cpu", "target": 60,
    "scale_up_window_s": 0, "scale_down_window_s": 300, "behavior": (), "current": 3, "desired": 3,
}  # fmt: skip
NODES = {
    "instance_type": "m5.large", "min_size": 2, "max_size": 6, "desired": 2, "capacity_type": "ON_DEMAND",
    "disk_gib": 20, "zones": ZONES, "state": "ACTIVE", "autoscaling_group": "eks-workers",
}  # fmt: skip
SCALER = WORKLOAD | {
    "namespace": "kube-system", "replicas": 1, "probes": (),
    "containers": ("cluster-autoscaler registry.k8s.io/autoscaling/cluster-autoscaler:v1.33.0 100 300 0 0",),
}  # fmt: skip


def bookshop(*, fargate: bool = False, autoscaler: bool = True, scaler: bool = True, **changed: Any) -> Topology:
    """The shop; `changed` names attributes of the workload, or of ``nodes``, ``hpa``, ``service`` as mappings."""
    nodes = NODES | changed.pop("nodes", {})
    hpa, service = AUTOSCALER | changed.pop("hpa", {}), SERVICE | changed.pop("service", {})
    place = Node(id="workers", kind="node_group", parent=REGION, attributes=nodes)
    if fargate:
        profile = {"selectors": ("shop",), "zones": ZONES, "state": "ACTIVE"}
        place = Node(id="workers", kind="fargate_profile", parent=REGION, attributes=profile)
    extra = [Node(id="catalog-autoscaler", kind="pod_autoscaler", parent=REGION, attributes=hpa)] if autoscaler else []
    extra += [Node(id="cluster-autoscaler", kind="workload", parent=REGION, attributes=SCALER)] if scaler else []
    links = [
        Link(source="catalog", target="catalog-pods", kind="routes", label="TCP:80"),
        Link(source="catalog-pods", target="workers", kind="routes", label="runs on"),
        Link(source="workers", target="books", kind="routes", label="joins"),
    ]
    if autoscaler:
        links.append(Link(source="catalog-autoscaler", target="catalog-pods", kind="routes", label="scales"))
    if scaler:
        links.append(Link(source="cluster-autoscaler", target="workers", kind="routes", label="runs on"))
    return Topology(
        name="p13_microservices",
        origin="built",
        network=Network(),
        nodes=(
            Node(id="internet", kind="internet"),
            Node(id=REGION, kind="region"),
            Node(
                id="books", kind="cluster", parent=REGION,
                attributes={
                    "version": "1.33", "state": "ACTIVE", "endpoint": "https://books", "public_access": True,
                    "zones": ZONES, "add_ons": (),
                },
            ),
            place,
            Node(id="catalog", kind="pod_service", parent=REGION, attributes=service),
            Node(id="catalog-pods", kind="workload", parent=REGION, attributes=WORKLOAD | changed),
            *extra,
        ),
        links=tuple(links),
    )  # fmt: skip


APPLICATION = Application(
    service_time_s=0.025,
    service_distribution="lognormal",
    response_kib=20.0,
    client_timeout_s=5.0,
    init_s=2.0,
)


def scenario(rps: float = 20.0, **changed: Any) -> Scenario:
    """A steady load for some minutes."""
    given: dict[str, Any] = {
        "name": "shop", "load": Steady(rate_rps=rps), "application": APPLICATION, "entry": "catalog",
        "users": {"Tokyo": 1.0}, "horizon_s": 900.0,
    }  # fmt: skip
    return Scenario(**(given | changed))
