"""The connection storm: each environment holds a connection of its own, and a small database has few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aws14 import charts
from aws14.charts.numbers import percent
from aws14.errors import DesignError
from aws14.model import Link, Node, Picture, Topology
from aws14.model.kinds import Attribute
from aws14.patterns.p12_day import scenario
from aws14.sim import simulate, what_if
from aws14.sim.changes import added
from aws14.sim.connections import max_connections

API, FUNCTION, DATABASE, PROXY = "members-api", "members", "members-db", "members-proxy"
CROWD_RPS, LOOK_UP_S = 3000.0, 0.001
"""Requests a second when the class with the famous trainer is opened; what a look-up by key takes of the database."""


def on_mysql(built: Topology) -> Topology:
    """The site whose function asks the MySQL database in place of the table.

    Raises
    ------
    DesignError
        When no database stands.
    """
    if DATABASE not in built:
        raise DesignError(
            f"there is no '{DATABASE}'", cure="run the block before this one, The zip with its library: it builds it"
        )
    kept = tuple(link for link in built.links if (link.source, link.kind) != (FUNCTION, "uses"))
    return replace(built, links=(*kept, Link(source=FUNCTION, target=DATABASE, kind="uses", label="")))


def behind_proxy(site: Topology) -> Topology:
    """The same with a proxy in between: the one that stands, or one as AWS makes it unless told otherwise."""
    region = site.of_kind("region")[0].id
    kept = tuple(link for link in site.links if (link.source, link.kind) != (FUNCTION, "uses"))
    uses = Link(source=FUNCTION, target=PROXY, kind="uses", label="")
    if PROXY in site:
        return replace(site, links=(*kept, uses))
    stated: Mapping[str, Attribute] = {
        "engine_family": "MYSQL", "endpoint": "", "target": DATABASE, "max_connections_percent": 100,
        "state": "available", "security_groups": (),
    }  # fmt: skip
    proxy = Node(id=PROXY, kind="db_proxy", parent=region, attributes=stated)
    routes = Link(source=PROXY, target=DATABASE, kind="routes", label="MySQL")
    return added(replace(site, links=kept), proxy, links=(uses, routes))


def storm(built: Topology, peak_rps: float = CROWD_RPS) -> Picture:
    """A day with a great crowd at noon: an own connection for each environment, and a proxy that shares them.

    Parameters
    ----------
    built : Topology
        What was read back, the database with it.
    peak_rps : float
        Requests a second at noon.
    """
    # Whatever limit an exercise has set: the crowd is let in.
    api = built.node(API)
    stages = tuple(str(entry).partition(" ")[0] for entry in _several(api.require("stages")))
    site = what_if(on_mysql(built), API, stages=stages)
    day = scenario(peak_rps=peak_rps, db_connections=1)
    day = replace(day, application=replace(day.application, db_time_s=LOOK_UP_S))
    runs = {
        "each environment its own": simulate(site, day),
        "through RDS Proxy": simulate(behind_proxy(site), day),
    }
    database = built.node(DATABASE)
    allowed = max_connections(str(database.require("engine")), str(database.require("instance_class")))
    lost, cured = (trace.failure_ratio for trace in runs.values())
    title = f"{allowed} connections: {percent(lost)} of the day's requests fail, {percent(cured)} with a proxy"
    return charts.compare_runs(runs, title=title, of="requests")


def _several(value: Attribute) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)
