"""What was built of a function as rules: its limits, its environments always ready, its database's connections."""

from __future__ import annotations

import math

from aws14 import catalog
from aws14.model import Node, Topology
from aws14.sim.admission import environment_starts
from aws14.sim.connections import max_connections, proxy_connections
from aws14.sim.entry import ToFunction
from aws14.sim.environments import Rules


def number(node: Node, name: str) -> float:
    """An attribute that was read back as a number.

    Raises
    ------
    DesignError
        When it was not read back.
    """
    return float(str(node.require(name)))


def rules_of(topology: Topology, way: ToFunction, db_connections: int) -> Rules:
    """What decides which environment an invocation of a built function gets.

    Parameters
    ----------
    topology : Topology
        What was built: other functions reserve parts of the account's concurrency.
    way : ToFunction
        To the function and its database.
    db_connections : int
        Connections that each environment keeps to the database.
    """
    starts = environment_starts()
    each, most, servers = _database(way, db_connections)
    return Rules(
        limit=concurrency_limit(topology, way.function),
        provisioned=provisioned(way.function),
        timeout_s=number(way.function, "timeout_s"),
        start_rate=starts.rate_rps,
        start_burst=starts.burst,
        connections_each=each,
        connections_most=most,
        database_servers=servers,
    )


def concurrency_limit(topology: Topology, function: Node) -> int:
    """Invocations of a function that may run at the same time: what it has reserved, else what others left over."""
    own = int(number(function, "reserved_concurrency"))
    if own >= 0:
        return own
    reserved = (int(number(other, "reserved_concurrency")) for other in topology.of_kind("function"))
    most = int(catalog.quota("Lambda", "concurrent executions default").value)
    return most - sum(max(0, each) for each in reserved)


def provisioned(function: Node) -> int:
    """Environments of a function that are always ready, over all its aliases and versions."""
    value = function.require("provisioned")
    entries = value if isinstance(value, tuple) else (str(value),) if value else ()
    return sum(int(entry.rpartition(" ")[2]) for entry in entries)


def _database(way: ToFunction, db_connections: int) -> tuple[int, float, int]:
    """Connections that each environment keeps, those that there are, and the servers that do the work."""
    if way.database is None:
        return 0, math.inf, 0
    instance_class = str(way.database.require("instance_class"))
    allowed = max_connections(str(way.database.require("engine")), instance_class)
    processors = catalog.instance_type(instance_class.removeprefix("db.")).vcpu
    if way.proxy is None:
        return db_connections, float(allowed), processors
    pooled = proxy_connections(allowed, number(way.proxy, "max_connections_percent"))
    # Who waits for one of the pooled connections would wait for one of fewer processors at least as long.
    return 0, math.inf, min(processors, pooled)
