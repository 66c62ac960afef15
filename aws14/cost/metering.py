"""Metering: what is built, and the load that went through it, as amounts that AWS charges for.

Each kind of node has one function that says what it is charged for while it stands; kinds without one are free
(a VPC, a subnet, a route, an Internet gateway). Amounts of a ``...-month`` unit are spread over the month's hours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from aws14 import catalog
from aws14.catalog import EVERYWHERE
from aws14.cost import containers
from aws14.cost.disks import DISKS
from aws14.cost.gateways import GATEWAYS
from aws14.cost.kept import KEPT, as_changed, automated_backups, automatic_backups, beyond_free, vault_standing
from aws14.cost.location import region_of
from aws14.cost.managed import GONE, MANAGED, Rates, number
from aws14.cost.serverless import SERVERLESS, proxies_standing
from aws14.cost.shared_files import SHARED_FILES
from aws14.cost.tiers import as_run
from aws14.cost.traffic import NOTHING_ELSE, Assumptions, load
from aws14.errors import ScenarioError
from aws14.model import Node, Topology, Trace, Usage

HOURS_PER_MONTH = 730.0
"""The convention of the AWS Pricing Calculator (365 days / 12); AWS's worked examples use 720."""

_SECONDS_PER_DAY = 86_400.0


def _instance(node: Node, region: str) -> Rates:
    state = node.require("state")
    if state in GONE:
        return
    running = state == "running"
    if running:
        yield Usage(
            service="EC2",
            item=f"{node.require('instance_type')} Linux on-demand",
            unit="hour",
            region=region,
            quantity=1,
        )
    yield Usage(
        service="EBS",
        item=f"{node.require('root_volume_type')} storage",
        unit="GB-month",
        region=region,
        quantity=number(node, "root_gib"),
        note="root volume" if running else "root volume: a stopped instance keeps its disk, and AWS its price",
    )
    kind = node.require("public_ipv4_kind")
    if kind == "elastic" and not running:
        yield _address(region, idle=True, note="Elastic IP of an instance that does not run")
    elif kind != "none" and running:
        yield _address(region, idle=False, note="every public IPv4 address is charged, also one in use")


def _nat_gateway(node: Node, region: str) -> Rates:
    if node.require("state") in (*GONE, "pending"):
        return
    yield Usage(
        service="NAT gateway",
        item="Hour",
        unit="hour",
        region=region,
        quantity=1,
        note="charged while it stands, with or without traffic",
    )
    if node.require("public_ipv4"):
        yield _address(region, idle=False, note="the NAT gateway's own public IPv4 address")


def _elastic_ip(_: Node, region: str) -> Rates:
    yield _address(region, idle=True, note="allocated and not used: release it")


def _hosted_zone(_: Node, __: str) -> Rates:
    yield Usage(
        service="Route 53",
        item="Hosted zone",
        unit="zone-month",
        region=EVERYWHERE,
        quantity=1,
        note=f"charged for a whole month once it is {zone_grace_h():g} hours old",
    )


STANDING: Mapping[str, Callable[[Node, str], Rates]] = {
    **KEPT,
    **MANAGED,
    **containers.CONTAINERS,
    **SERVERLESS,
    **SHARED_FILES,
    **GATEWAYS,
    **DISKS,
    "elastic_ip": _elastic_ip,
    "hosted_zone": _hosted_zone,
    "instance": _instance,
    "nat_gateway": _nat_gateway,
}
"""Kind of node -> what it is charged for while it stands. A kind that is not here is free."""


def standing(
    topology: Topology,
    *,
    hours: float,
    hours_per_month: float = HOURS_PER_MONTH,
    changed_gib: float | None = None,
) -> tuple[Usage, ...]:
    """Return what is charged for letting a topology stand for some hours, without any load.

    Parameters
    ----------
    topology : Topology
        Read back, or a drawing that states the attributes charged for.
    hours : float
        How long it stands.
    hours_per_month : float
        730 (AWS calculator) or 720 (AWS examples).
    changed_gib : float, optional
        GiB that a snapshot, and a day of automated backups, holds beyond the one before. None: each snapshot counts in
        full, automated backups of RDS take no more than is free, and those of EFS as much as one copy.

    Raises
    ------
    DesignError
        When a node does not state what it is charged by, or stands in no region.
    ScenarioError
        When `hours` or `hours_per_month` is not a positive number.
    """
    _require_positive("hours", hours)
    _require_positive("hours_per_month", hours_per_month)
    usage: list[Usage] = []
    for node in topology.nodes:
        for rate in _rates(topology, node, changed_gib):
            share = hours / hours_per_month if rate.unit.endswith("-month") else hours
            usage.append(replace(rate, quantity=rate.quantity * node.count * share, resource=node.id))
    share = hours / hours_per_month
    by_themselves = (*automated_backups(topology, changed_gib), *automatic_backups(topology, changed_gib))
    usage.extend(replace(each, quantity=each.quantity * share) for each in by_themselves)
    usage = list(beyond_free(as_changed(usage, topology, changed_gib), topology, share))
    pods = (*containers.pods_on_fargate(topology), *containers.public_addresses(topology))
    return (*usage, *(replace(each, quantity=each.quantity * hours) for each in pods))


def _rates(topology: Topology, node: Node, changed_gib: float | None) -> Rates:
    if node.kind == "db_proxy":
        yield from proxies_standing(topology, node, region_of(topology, node))
    elif node.kind == "backup_vault":
        yield from vault_standing(node, region_of(topology, node), changed_gib)
    elif node.kind in STANDING and not containers.counted_elsewhere(topology, node):
        yield from STANDING[node.kind](node, region_of(topology, node))


def hourly(topology: Topology, *, hours_per_month: float = HOURS_PER_MONTH) -> tuple[Usage, ...]:
    """Return what one hour of a topology is charged for, without any load.

    Raises
    ------
    DesignError, ScenarioError
        As `standing`.
    """
    return standing(topology, hours=1, hours_per_month=hours_per_month)


def monthly(
    topology: Topology,
    trace: Trace,
    *,
    days: float = 30,
    hours_per_month: float = HOURS_PER_MONTH,
    assume: Assumptions = NOTHING_ELSE,
) -> tuple[Usage, ...]:
    """Return what a month is charged for: the topology standing, and `days` days under the load of a run.

    Parameters
    ----------
    topology : Topology
        What the run went through.
    trace : Trace
        The run; its load is scaled from its horizon to `days` days.
    days : float
        Days of the month that are like the run.
    hours_per_month : float
        730 (AWS calculator) or 720 (AWS examples).
    assume : Assumptions
        What a trace does not show.

    Raises
    ------
    DesignError, ScenarioError
        As `standing`; also when `days` is not a positive number.
    """
    _require_positive("days", days)
    scale = days * _SECONDS_PER_DAY / trace.horizon_s
    stands = standing(topology, hours=hours_per_month, hours_per_month=hours_per_month, changed_gib=assume.changed_gib)
    return (
        *(_under_load(line, topology, trace, days=days, hours_per_month=hours_per_month) for line in stands),
        *load(topology, trace, scale=scale, assume=assume),
    )


def _under_load(line: Usage, topology: Topology, trace: Trace, *, days: float, hours_per_month: float) -> Usage:
    """What scaled in the run, with as many as there were."""
    servers = as_run(line, topology, trace, days=days, hours_per_month=hours_per_month)
    return containers.as_run(servers, topology, trace, days=days, hours_per_month=hours_per_month)


def zone_grace_h() -> float:
    """Return the hours within which a hosted zone may be deleted and costs nothing."""
    return catalog.quota("Route 53", "hosted zone free when deleted within").value


def _address(region: str, *, idle: bool, note: str) -> Usage:
    item = "Public IPv4 idle" if idle else "Public IPv4 in use"
    return Usage(service="VPC", item=item, unit="hour", region=region, quantity=1, note=note)


def _require_positive(name: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise ScenarioError(f"{name} is {value!r}", allowed="a positive number")
