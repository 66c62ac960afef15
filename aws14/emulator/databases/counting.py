"""Who is connected to a DB instance, and how many may be: ``max_connections``, and the metric of connections.

Source: RDS user guide, "Maximum number of database connections"; the default formula stands in `aws14.sim.connections`.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.cloudwatch import arming, store
from aws14.emulator.databases.mistakes import MysqlError
from aws14.emulator.databases.records import find
from aws14.emulator.world import world
from aws14.errors import DesignError
from aws14.sim.connections import max_connections

__all__ = ["allowed", "connected", "enters", "leaves"]

_MINUTE_S = 60.0
_MOST = 100_000
_guests: dict[str, set[int]] = defaultdict(set)


def allowed(instance: Any) -> int:
    """How many connections a DB instance accepts: as its parameter group says, else by its class."""
    for group in instance.db_parameter_groups():
        given = str((group.parameters.get("max_connections") or {}).get("ParameterValue", ""))
        if given.isdecimal():
            return int(given)
    try:
        return max_connections(instance.engine, instance.db_instance_class)
    except DesignError:
        return _MOST  # a class whose memory the course does not know


def connected(arn: str) -> int:
    """How many are connected now."""
    return len(_guests[arn])


def enters(instance: Any, number: int) -> None:
    """Count a connection; the world lock is held.

    Parameters
    ----------
    instance : moto.rds.models.DBInstance
        To which.
    number : int
        Of the connection.

    Raises
    ------
    MysqlError
        1040: there are as many as are allowed.
    """
    arn = instance.db_instance_arn
    if len(_guests[arn]) >= allowed(instance):
        gc.collect()  # connections of pages that have ended go with them
    if number not in _guests[arn] and len(_guests[arn]) >= allowed(instance):
        raise MysqlError(1040, "Too many connections")
    _guests[arn].add(number)
    _measure(instance)


def leaves(arn: str, number: int) -> None:
    """A connection is gone; nothing where it was not counted."""
    _guests[arn].discard(number)


def _measure(instance: Any) -> None:
    arn = instance.db_instance_arn
    place = (instance.account_id, instance.region)
    dimension = {"Name": "DBInstanceIdentifier", "Value": instance.db_instance_identifier}
    datum = {
        "MetricName": "DatabaseConnections",
        "Dimensions": [dimension],
        "Value": len(_guests[arn]),
        "Unit": "Count",
    }
    arming.arm_for(place, store.put(place, "AWS/RDS", [datum]))
    if arn not in _armed():
        _armed().add(arn)
        world().clock.after(_MINUTE_S, "rds.counts_connections", (arn,))


def _armed() -> set[str]:
    kept: set[str] = world().state.setdefault("rds_counted", set())
    return kept


@handles("rds.counts_connections")
def _counts(arn: str) -> None:
    """Once a minute, as long as anybody is connected, and once more to say that nobody is."""
    _armed().discard(arn)
    instance = find(arn)
    if instance is None:
        return
    if _guests[arn]:
        _measure(instance)
        return
    place = (instance.account_id, instance.region)
    dimension = {"Name": "DBInstanceIdentifier", "Value": instance.db_instance_identifier}
    store.put(
        place,
        "AWS/RDS",
        [{"MetricName": "DatabaseConnections", "Dimensions": [dimension], "Value": 0, "Unit": "Count"}],
    )
