"""Managed parts: what load balancers, groups, databases, buckets and copies are charged for while they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from aws14 import catalog
from aws14.catalog import EVERYWHERE
from aws14.errors import DesignError
from aws14.model import Node, Usage

GONE = ("terminated", "shutting-down", "deleted", "deleting", "failed")
"""States in which AWS charges for nothing."""

Rates = Iterator[Usage]
"""What one hour costs, or one month where the unit ends in ``-month``."""

_ENGINES: Mapping[str, str] = {"mysql": "MySQL", "postgres": "PostgreSQL", "mariadb": "MySQL"}
_FAST_S = 10


def number(node: Node, name: str) -> float:
    """An attribute that is a number.

    Raises
    ------
    DesignError
        When it is none.
    """
    value = node.require(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DesignError(f"{node.kind} '{node.id}' says {name} = {value!r}", allowed="a number")
    return float(value)


def _load_balancer(node: Node, region: str) -> Rates:
    if node.require("state") in GONE:
        return
    yield Usage(
        service="ELB", item="ALB hour", unit="hour", region=region, quantity=1, note="charged with or without load"
    )
    if node.require("scheme") == "internet-facing":
        zones = node.require("zones")
        yield Usage(
            service="VPC", item="Public IPv4 in use", unit="hour", region=region,
            quantity=len(zones) if isinstance(zones, tuple) else 1,
            note="a public address for each zone of the load balancer",
        )  # fmt: skip


def _group(node: Node, region: str) -> Rates:
    """The instances of a group as it stands; under load their number is the run's (`aws14.cost.traffic`)."""
    # The count of a group that is read back is that of its members; metering multiplies by it.
    each = number(node, "desired") / node.count if node.count else 0.0
    if not each:
        return
    yield Usage(
        service="EC2", item=f"{node.require('instance_type')} Linux on-demand", unit="hour", region=region,
        quantity=each, note="instances of the group",
    )  # fmt: skip
    yield Usage(
        service="EBS", item=f"{node.require('root_volume_type')} storage", unit="GB-month", region=region,
        quantity=each * number(node, "root_gib"), note="root volumes of the group",
    )  # fmt: skip
    if node.attributes.get("detailed_monitoring"):
        metrics = catalog.quota("CloudWatch", "metrics of an instance under detailed monitoring").value
        yield Usage(
            service="EC2", item="Detailed monitoring", unit="metric-month", region=region, quantity=each * metrics,
            note="metrics each minute instead of each five",
        )  # fmt: skip


def _database(node: Node, region: str) -> Rates:
    """AWS's prices of Multi-AZ are twice those of Single-AZ, for the hours and for the storage."""
    if node.require("state") in GONE:
        return
    engine = str(node.require("engine"))
    if engine not in _ENGINES:
        raise DesignError(f"the course has no price of the engine '{engine}'", allowed=", ".join(_ENGINES))
    times, note = (2, "Multi-AZ: both are paid for") if node.require("multi_az") else (1, "")
    if node.require("state") != "stopped":
        yield Usage(
            service="RDS", item=f"{node.require('instance_class')} {_ENGINES[engine]} Single-AZ", unit="hour",
            region=region, quantity=times, note=note,
        )  # fmt: skip
    yield Usage(
        service="RDS", item=f"{node.require('storage_type')} storage Single-AZ", unit="GB-month", region=region,
        quantity=times * number(node, "gib"), note=note,
    )  # fmt: skip


def _database_copy(node: Node, region: str) -> Rates:
    yield Usage(
        service="RDS", item="Backup storage beyond free", unit="GB-month", region=region,
        quantity=number(node, "gib"), note="a snapshot of a database, counted in full",
    )  # fmt: skip


def _copy(node: Node, region: str) -> Rates:
    if node.require("state") in ("error", "deleted"):
        return
    yield Usage(
        service="EBS", item="Snapshot standard storage", unit="GB-month", region=region,
        quantity=number(node, "gib"), note="counted in full: AWS charges for blocks that were written",
    )  # fmt: skip


def _alarm(_: Node, region: str) -> Rates:
    yield Usage(service="CloudWatch", item="Standard alarm", unit="alarm-month", region=region, quantity=1)


def _health_check(node: Node, _: str) -> Rates:
    yield Usage(
        service="Route 53", item="Health check of an AWS endpoint", unit="check-month", region=EVERYWHERE, quantity=1
    )
    asks = str(node.require("type"))
    extras = ("HTTPS" in asks) + ("STR_MATCH" in asks)
    extras += node.require("interval_s") == _FAST_S
    if extras:
        yield Usage(
            service="Route 53", item="Health check option of an AWS endpoint", unit="check-month", region=EVERYWHERE,
            quantity=extras, note="HTTPS, a text to look for, an interval of 10 s: each is one",
        )  # fmt: skip


MANAGED: Mapping[str, Callable[[Node, str], Rates]] = {
    "alarm": _alarm,
    "autoscaling_group": _group,
    "db_instance": _database,
    "db_snapshot": _database_copy,
    "health_check": _health_check,
    "load_balancer": _load_balancer,
    "snapshot": _copy,
}
"""Kind of node -> what it is charged for while it stands. An image is charged as the snapshots behind it."""
