"""A day of a service of Kubernetes: the HorizontalPodAutoscaler looks every 15 s, nodes come and go.

Called by ``python benchmarks/simulation.py``.
"""

from __future__ import annotations

import time
from dataclasses import replace

from aws14.model import Application, Diurnal, InstanceLoss, Link, Node, Scenario, Topology
from aws14.model.network import Network
from aws14.sim import simulate

REGION = "ap-northeast-1"
ZONES = (f"{REGION}a", f"{REGION}c")
WEB = "web python:3.13-slim 250 256 500 512"
SCALER = "cluster-autoscaler cluster-autoscaler:v1.33.0 100 300 0 0"


def _workload(name: str, container: str, replicas: int) -> Node:
    attributes = {
        "workload_kind": "Deployment", "namespace": "shop", "replicas": replicas, "containers": (container,),
        "probes": ("web readiness / 8080 delay=0 period=5 failures=3", "web preStop sleep=5"), "surge": "25%",
        "unavailable": "25%", "min_ready_s": 0, "spread": (), "node_selector": (), "schedule": "", "pods": (),
    }  # fmt: skip
    return Node(id=name, kind="workload", parent=REGION, attributes=attributes)


def shop() -> Topology:
    """A service, its pods, both autoscalers, a node group."""
    service = {"service_type": "LoadBalancer", "namespace": "shop", "port": 80, "target_port": 8080,
               "hostname": "a.elb.amazonaws.com", "endpoints": ()}  # fmt: skip
    group = {"instance_type": "m5.large", "min_size": 2, "max_size": 6, "desired": 2, "zones": ZONES}
    scaler = {"namespace": "shop", "min_replicas": 3, "max_replicas": 24, "metric": "cpu", "target": 60,
              "scale_up_window_s": 0, "scale_down_window_s": 300, "behavior": ()}  # fmt: skip
    return Topology(
        name="shop",
        origin="built",
        network=Network(),
        nodes=(
            Node(id=REGION, kind="region"),
            Node(id="workers", kind="node_group", parent=REGION, attributes=group),
            Node(id="catalog", kind="pod_service", parent=REGION, attributes=service),
            Node(id="scaler", kind="pod_autoscaler", parent=REGION, attributes=scaler),
            _workload("pods", WEB, 3),
            _workload("cluster-autoscaler", SCALER, 1),
        ),
        links=(
            Link(source="catalog", target="pods", kind="routes", label="TCP:80"),
            Link(source="scaler", target="pods", kind="routes", label="scales"),
            Link(source="pods", target="workers", kind="routes", label="runs on"),
        ),
    )


def day() -> list[list[str]]:
    """Rows: what is played, requests, wall, CPU, what came of it."""
    scenario = Scenario(
        name="day",
        load=Diurnal(night_rps=3.0, day_rps=20.0, peak_hour=21.0),
        application=Application(service_time_s=0.1, init_s=2.0),
        entry="catalog",
        users={"Tokyo": 1.0},
    )
    built, rows = shop(), []
    simulate(built, replace(scenario, horizon_s=600.0))
    lost = replace(scenario, faults=(InstanceLoss(node="workers", starts_s=50_000.0),))
    for name, what in (("pods and nodes scaled", scenario), ("the same again", scenario), ("a node lost", lost)):
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        trace = simulate(built, what)
        spent = (time.perf_counter() - wall_s, time.process_time() - cpu_s)
        pods = int(trace.fleet.in_service.max()) if trace.fleet else 0
        hours = trace.cluster.node_hours if trace.cluster else 0.0
        result = f"up to {pods} pods, {hours:.1f} node-hours, {trace.failed_total:,} failed"
        rows.append([name, f"{trace.offered.sum():,}", *(f"{seconds * 1000:,.0f} ms" for seconds in spent), result])
    return rows
