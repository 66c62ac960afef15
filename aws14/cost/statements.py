"""Statements: the bills a learner asks for, from what is drawn, built and run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from aws14 import catalog
from aws14.cost.billing import FreeTier, bill
from aws14.cost.metering import HOURS_PER_MONTH, monthly, standing, zone_grace_h
from aws14.cost.traffic import NOTHING_ELSE, Assumptions
from aws14.model import Bill, Node, Topology, Trace, Usage
from aws14.model.kinds import Attribute


def monthly_bill(
    topology: Topology,
    trace: Trace,
    *,
    days: float = 30,
    hours_per_month: float = HOURS_PER_MONTH,
    free_tier: FreeTier = "none",
    assume: Assumptions = NOTHING_ELSE,
    on: date | None = None,
) -> Bill:
    """Bill a month of what is built, under the load of a run.

    Parameters
    ----------
    topology, trace, days, hours_per_month, assume
        As `aws14.cost.monthly`.
    free_tier, on
        As `aws14.cost.bill`.

    Raises
    ------
    DesignError, ScenarioError, DataError
        As `aws14.cost.monthly` and `aws14.cost.bill`.
    """
    return bill(
        monthly(topology, trace, days=days, hours_per_month=hours_per_month, assume=assume),
        title=f"A month of {topology.name} in {trace.region}, {days:g} days like '{trace.scenario}'",
        hours_per_month=hours_per_month,
        free_tier=free_tier,
        on=on,
    )


def quote(topology: Topology, *, hours: float, on: date | None = None) -> Bill:
    """Quote what letting a drawing stand for some hours will cost, before anything is built.

    What a drawing leaves out is taken as AWS makes it when not told otherwise, and the quote says so; also what it
    leaves open that must be chosen, such as a type: that is not in the sum.

    Parameters
    ----------
    topology : Topology
        Drawn or built.
    hours : float
        How long it will stand.
    on : date, optional
        The day the age of prices is judged by; today when left out.

    Raises
    ------
    DesignError, ScenarioError, DataError
        As `aws14.cost.standing` and `aws14.cost.bill`.
    """
    whole = [_completed(node, _as_aws_makes_it(topology, node)) for node in topology.nodes]
    assumed = sorted(
        f"{node.id}: {name} {complete.attributes[name]}"
        for node, complete in zip(topology.nodes, whole, strict=True)
        for name in complete.attributes.keys() - node.attributes.keys()
        if name not in ("state", "public_ipv4", "zones", "provisioned", "hostname")
    )
    left_open = {node.id: names for node in whole if (names := _open(node))}
    counted = replace(topology, nodes=tuple(node for node in whole if node.id not in left_open), links=())
    quoted = bill(
        [_whole_zones(line, hours) for line in standing(counted, hours=hours)],
        title=f"Quote: {topology.name} for {hours:g} hours, without traffic",
        period=f"{hours:g} hours",
        on=on,
    )
    notes = [f"not drawn, taken as AWS makes it: {'; '.join(assumed)}"] if assumed else []
    if left_open:
        told = "; ".join(f"{name} ({', '.join(names)})" for name, names in left_open.items())
        notes.insert(0, f"NOT in the sum, for the drawing leaves open what it is: {told}")
    return replace(quoted, notes=(*quoted.notes, *notes))


_CHOSEN: Mapping[str, tuple[str, ...]] = {
    "autoscaling_group": ("instance_type", "desired"),
    "db_instance": ("instance_class", "gib", "engine"),
    "db_proxy": ("target",),
    "db_snapshot": ("gib",),
    "instance": ("instance_type",),
    "node_group": ("instance_type", "desired"),
    "snapshot": ("gib",),
    "volume": ("gib",),
}
"""Kind of node -> what it costs by, and AWS does not choose."""


def _open(node: Node) -> tuple[str, ...]:
    return tuple(name for name in _CHOSEN.get(node.kind, ()) if name not in node.attributes)


def _as_aws_makes_it(topology: Topology, node: Node) -> Mapping[str, Attribute]:
    root: dict[str, Attribute] = {
        "root_gib": int(catalog.quota("EC2", "root volume of the Amazon Linux 2023 AMI").value),
        "root_volume_type": "gp3",
    }
    smallest = node.attributes.get("min_size")
    usual: Mapping[str, Mapping[str, Attribute]] = {
        "autoscaling_group": root | ({} if smallest is None else {"desired": smallest}),
        "cluster": {"state": "ACTIVE"},
        "db_instance": {"state": "available", "multi_az": False, "storage_type": "gp3"},
        "db_proxy": {"state": "available"},
        "function": {"memory_mib": 128, "architecture": "x86_64", "provisioned": ()},
        "health_check": {"type": "HTTP", "interval_s": int(catalog.quota("Route 53", "health check interval").value)},
        "instance": {**root, "state": "running", "public_ipv4_kind": "none"},
        "key": {"state": "Enabled"},
        "load_balancer": {"state": "active", "scheme": "internet-facing", "zones": _zones(topology, node)},
        "nat_gateway": {"state": "available", "public_ipv4": "one of its own"},
        "node_group": {
            **({} if smallest is None else {"desired": smallest}),
            "state": "ACTIVE",
            "disk_gib": int(catalog.quota("EKS node", "root volume of a node").value),
            "capacity_type": "ON_DEMAND",
        },
        "pod_service": {"service_type": "ClusterIP", "hostname": "a name that AWS gives"},
        "snapshot": {"state": "completed"},
        "storage_gateway": {"gateway_type": "FILE_S3", "shares": ()},
        "table": {"read_units": 0, "write_units": 0},
        "volume": {"volume_type": "gp3", "state": "in-use"},
    }
    return usual.get(node.kind, {})


def _zones(topology: Topology, node: Node) -> tuple[str, ...]:
    return tuple(zone.id for zone in topology.children(node.parent) if zone.kind == "az")


def _whole_zones(line: Usage, hours: float) -> Usage:
    if line.unit != "zone-month" or hours <= zone_grace_h():
        return line
    return replace(line, quantity=math.ceil(line.quantity))


def _completed(node: Node, usual: Mapping[str, Attribute]) -> Node:
    return replace(node, attributes={**usual, **node.attributes})
