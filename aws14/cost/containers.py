"""Containers: what clusters, their nodes, pods on Fargate, load balancers of services and images are charged for.

A node group's machines stand in an Auto Scaling group of its own, and a service's load balancer among all load
balancers: both are charged once, at the node group and at the service.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from aws14 import catalog
from aws14.cost.location import region_of
from aws14.cost.managed import GONE, Rates, number
from aws14.model import Node, Topology, Trace, Usage
from aws14.sim.containers.fargate import Size, size_of
from aws14.sim.containers.written import read_workload

__all__ = ["CONTAINERS", "as_run", "containers_load", "counted_elsewhere", "pods_on_fargate", "public_addresses"]

_HOUR_S, _HOURS_PER_DAY = 3600.0, 24.0
_BYTES_PER_GB = 2**30
_GONE = (*GONE, "DELETING", "DELETED", "CREATE_FAILED")


def _cluster(node: Node, region: str) -> Rates:
    if node.require("state") in _GONE:
        return
    yield Usage(
        service="EKS", item="Cluster (standard support)", unit="hour", region=region, quantity=1,
        note="the control plane, with or without nodes; dearer once its version is past standard support",
    )  # fmt: skip


def _node_group(node: Node, region: str) -> Rates:
    """The nodes as they stand; under load their number is the run's."""
    # The count of a node group that is read back is that of its ready nodes; metering multiplies by it.
    each = number(node, "desired") / node.count if node.count else 0.0
    if not each or node.require("state") in _GONE:
        return
    spot = " (Spot is charged less, by the hour's price)" if node.require("capacity_type") == "SPOT" else ""
    yield Usage(
        service="EC2", item=f"{node.require('instance_type')} Linux on-demand", unit="hour", region=region,
        quantity=each, note=f"nodes of the cluster{spot}",
    )  # fmt: skip
    yield Usage(
        service="EBS", item="gp3 storage", unit="GB-month", region=region, quantity=each * number(node, "disk_gib"),
        note="root volumes of the nodes",
    )  # fmt: skip


def _service(node: Node, region: str) -> Rates:
    if node.require("service_type") != "LoadBalancer" or not node.require("hostname"):
        return
    yield Usage(
        service="ELB", item="NLB hour", unit="hour", region=region, quantity=1,
        note="the load balancer that the service asked for, with or without load",
    )  # fmt: skip


def public_addresses(topology: Topology) -> Rates:
    """Public addresses of the load balancers that services asked for: one in each zone in which the cluster stands.

    A service that is internal has a name that says so, and none.
    """
    zones = {zone for node in topology.of_kind("cluster") for zone in _texts(node.attributes.get("zones"))}
    zones = zones or {node.id for node in topology.of_kind("az")}
    for node in topology.of_kind("pod_service"):
        name = str(node.require("hostname"))
        if node.require("service_type") == "LoadBalancer" and name and not name.startswith("internal-"):
            yield Usage(
                service="VPC", item="Public IPv4 in use", unit="hour", region=region_of(topology, node),
                quantity=max(1, len(zones)), resource=node.id,
                note="a public address of the load balancer in each zone",
            )  # fmt: skip


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()


CONTAINERS: Mapping[str, Callable[[Node, str], Rates]] = {
    "cluster": _cluster,
    "node_group": _node_group,
    "pod_service": _service,
}
"""Kind of node -> what it is charged for while it stands."""


def counted_elsewhere(topology: Topology, node: Node) -> bool:
    """Whether a node is charged at another one: the group behind a node group, the load balancer of a service."""
    if node.kind == "autoscaling_group":
        owners = {str(each.attributes.get("autoscaling_group", "")) for each in topology.of_kind("node_group")}
        return bool(owners & {node.id, node.label, node.aws_id.rpartition("/")[2], node.aws_id} - {""})
    if node.kind == "load_balancer":
        names = {str(each.attributes.get("hostname", "")) for each in topology.of_kind("pod_service")} - {""}
        return bool(names) and str(node.require("dns_name")) in names
    return False


def _on_fargate(topology: Topology) -> Iterator[tuple[Node, Size]]:
    profiles = {node.id for node in topology.of_kind("fargate_profile")}
    for link in topology.links_of("routes"):
        if link.target in profiles and topology.node(link.source).kind == "workload":
            workload = topology.node(link.source)
            pod = read_workload(workload).pod
            yield workload, size_of(pod.cpu_m, pod.memory_mib)


def pods_on_fargate(topology: Topology) -> Iterator[Usage]:
    """What one hour of the pods that stand on Fargate is charged for.

    Raises
    ------
    DesignError
        When a pod is too large for Fargate, or does not state what it requests.
    """
    for workload, size in _on_fargate(topology):
        if workload.count:
            yield from _pod_hours(workload, size, region_of(topology, workload), workload.count)


def _pod_hours(workload: Node, size: Size, region: str, pods: float) -> Iterator[Usage]:
    note = f"{pods:.4g} pods of {size.vcpu:g} vCPU and {size.memory_gib:g} GB, as their requests are rounded up"
    for item, unit, each in (
        ("Linux/x86 vCPU", "vCPU-hour", size.vcpu),
        ("Linux/x86 memory", "GB-hour", size.memory_gib),
    ):
        yield Usage(
            service="Fargate", item=item, unit=unit, region=region, quantity=pods * each, resource=workload.id,
            note=note,
        )  # fmt: skip


def as_run(usage: Usage, topology: Topology, trace: Trace, *, days: float, hours_per_month: float) -> Usage:
    """What nodes, or pods on Fargate, are charged for, with as many as the run had instead of those that stand there.

    Parameters
    ----------
    usage : Usage
        Of a month, for the topology as it stands; what the run did not touch is handed back as it is.
    topology, trace : Topology, Trace
        What the run went through, and the run.
    days : float
        Days of the month that are like the run; in the rest of it everything is as it stands.
    hours_per_month : float
        Length of the month.
    """
    cluster, fleet = trace.cluster, trace.fleet
    if cluster is None or fleet is None or usage.service not in ("EC2", "EBS", "Fargate"):
        return usage
    pods = usage.service == "Fargate" and usage.resource == fleet.group
    if not pods and usage.resource != cluster.node:
        return usage
    node = topology.node(usage.resource)
    standing = float(node.count) if pods else float(str(node.require("desired")))
    mean, run_h = cluster.node_hours / (trace.horizon_s / _HOUR_S), days * _HOURS_PER_DAY
    share = (mean * run_h + standing * max(0.0, hours_per_month - run_h)) / (standing * hours_per_month)
    what = "pods" if pods else "nodes"
    note = f"{mean:.2f} {what} on average under the load, {standing:g} as it stands"
    return replace(usage, quantity=usage.quantity * share, note=note)


def containers_load(topology: Topology, trace: Trace, *, scale: float, stored_gib: float) -> Iterator[Usage]:
    """What a load is charged for at a service's load balancer, and a month of images.

    Parameters
    ----------
    topology, trace : Topology, Trace
        What the run went through, and the run.
    scale : float
        Length of the billed time over the length of the run.
    stored_gib : float
        GiB of images in each repository.
    """
    for repository in topology.of_kind("repository"):
        yield Usage(
            service="ECR", item="Private storage", unit="GB-month", region=region_of(topology, repository),
            quantity=stored_gib, resource=repository.id, note="images (assumed)",
        )  # fmt: skip
    names = (name for name in trace.nodes if name in topology)
    service = next((name for name in names if topology.node(name).kind == "pod_service"), None)
    if service is not None and trace.cluster is not None:
        yield Usage(
            service="ELB", item="NLB LCU", unit="NLCU-hour", region=trace.region,
            quantity=_units(trace) * scale, resource=service,
            note="capacity units: new connections, open connections or bytes, whichever is most",
        )  # fmt: skip


def _units(trace: Trace) -> float:
    """NLCU-hours of a run: of each hour the dearest of its measures; each request is a connection of its own."""
    hours = max(1, math.ceil(trace.horizon_s / _HOUR_S))
    hour = np.minimum((trace.tick_start_s // _HOUR_S).astype(np.int64), hours - 1)
    length_s = np.bincount(hour, trace.tick_length_s, hours)
    sums = [
        np.bincount(hour, amount.astype(np.float64), hours) / length_s
        for amount in (trace.offered, trace.response_time_sum_s, trace.bytes_in + trace.bytes_out)
    ]
    units = np.maximum.reduce([
        sums[0] / catalog.quota("NLB", "NLCU: new flows over TCP").value,
        sums[1] / catalog.quota("NLB", "NLCU: active flows over TCP").value,
        sums[2] / _BYTES_PER_GB * _HOUR_S / catalog.quota("NLB", "NLCU: processed bytes over TCP").value,
    ])  # fmt: skip
    return float((units * length_s).sum()) / _HOUR_S
