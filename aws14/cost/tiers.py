"""Tiers under load: what a load balancer and a group are charged for by what went through them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.cost.edge import behind_the_edge, bytes_behind_the_edge
from aws14.cost.location import region_of
from aws14.model import Link, Node, Topology, Trace, Usage
from aws14.model.trace import Floats

_HOUR_S, _HOURS_PER_DAY = 3600.0, 24.0
_BYTES_PER_GB = 2**30


def on_the_way(topology: Topology, trace: Trace, kind: str) -> Node | None:
    """The node of a kind that requests of the run passed; the first where several did."""
    names = (name for name in trace.nodes if name in topology)
    return next((topology.node(name) for name in names if topology.node(name).kind == kind), None)


def crossing_share(topology: Topology, link: Link) -> float:
    """Share of what travels over a link that goes from one Availability Zone to another, 0 to 1."""
    here, there = (_zones(topology, topology.node(end)) for end in (link.source, link.target))
    if not here or not there:
        return 0.0
    return sum(one != other for one in here for other in there) / (len(here) * len(there))


def _zones(topology: Topology, node: Node) -> tuple[str, ...]:
    """Zones in which a node answers or asks: of a database that of its primary."""
    if node.kind == "db_instance":
        return (str(node.require("zone")),)
    if node.kind in ("autoscaling_group", "load_balancer"):
        zones = node.require("zones")
        return zones if isinstance(zones, tuple) else ()
    zone = topology.container(node.id, "az")
    return (zone.aws_id or zone.id,) if zone else ()


def load_balancer_units(topology: Topology, trace: Trace, scale: float) -> Iterator[Usage]:
    """LCU-hours: of each hour the dearest of new connections, open connections, bytes and rules.

    Every request comes over a connection of its own, as the engine plays it. Two load balancers of a failing-over name
    share the load; it is charged where the run entered.
    """
    balancer = on_the_way(topology, trace, "load_balancer")
    if balancer is None:
        return
    yield Usage(
        service="ELB",
        item="ALB LCU",
        unit="LCU-hour",
        region=region_of(topology, balancer),
        quantity=_lcu_hours(topology, trace, _rules(topology, balancer)) * scale,
        resource=balancer.id,
        note="capacity units: connections, bytes or rules, whichever is most",
    )


def _rules(topology: Topology, balancer: Node) -> float:
    """Rules that each request is held against, beyond those that are free; a route by default is none."""
    routes = topology.links_of("routes", source=balancer.id)
    paths = sum(" /" in link.label for link in routes)
    return max(0.0, paths - catalog.quota("ALB", "LCU: rules processed free per request").value)


def _lcu_hours(topology: Topology, trace: Trace, rules: float) -> float:
    """LCU-hours of a run; what an edge answered never came to the load balancer."""
    behind = behind_the_edge(topology, trace)
    period_s = max(_HOUR_S, trace.tick_s)  # a longer tick says nothing of the hours in it
    hours = max(1, math.ceil(trace.horizon_s / period_s))
    hour = np.minimum((trace.tick_start_s // period_s).astype(np.int64), hours - 1)
    length_s = np.bincount(hour, trace.tick_length_s, hours)

    def per_hour(amount: NDArray[np.generic]) -> Floats:
        summed: Floats = np.bincount(hour, amount.astype(np.float64), hours).astype(np.float64)
        return summed

    new_rps = behind * per_hour(trace.offered) / length_s
    open_connections = behind * per_hour(trace.response_time_sum_s) / length_s
    moved = trace.bytes_in + trace.bytes_out + bytes_behind_the_edge(topology, trace)
    gigabytes = per_hour(moved) / _BYTES_PER_GB * _HOUR_S / length_s
    units = np.maximum.reduce(
        [
            new_rps / catalog.quota("ALB", "LCU: new connections").value,
            open_connections / catalog.quota("ALB", "LCU: active connections").value,
            gigabytes / catalog.quota("ALB", "LCU: processed bytes (EC2, containers, IP targets)").value,
            new_rps * rules / catalog.quota("ALB", "LCU: rule evaluations").value,
        ]
    )
    return float((units * length_s).sum()) / _HOUR_S


def as_run(usage: Usage, topology: Topology, trace: Trace, *, days: float, hours_per_month: float) -> Usage:
    """What a group is charged for, with the instances that the run had instead of those that stand there now.

    Parameters
    ----------
    usage : Usage
        Of a month, for the topology as it stands; what belongs to no group is handed back as it is.
    topology, trace : Topology, Trace
        What the run went through, and the run.
    days : float
        Days of the month that are like the run; in the rest of it the group is as it stands.
    hours_per_month : float
        Length of the month.
    """
    if trace.fleet is None or usage.resource != trace.fleet.group:
        return usage
    group = topology.node(usage.resource)
    if group.kind != "autoscaling_group" or not group.require("desired"):
        return usage
    standing = float(str(group.require("desired")))
    run_h = days * _HOURS_PER_DAY
    mean = trace.fleet.instance_hours / (trace.horizon_s / _HOUR_S)
    share = (mean * run_h + standing * max(0.0, hours_per_month - run_h)) / (standing * hours_per_month)
    note = f"{mean:.2f} instances on average under the load, {standing:g} as it stands"
    return replace(usage, quantity=usage.quantity * share, note=note)
