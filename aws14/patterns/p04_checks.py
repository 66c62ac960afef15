"""What the exercises of pattern 4 ask."""

from __future__ import annotations

from collections.abc import Mapping

from aws14.checks import CheckFunction, Evidence, drawn_equals_built, gather
from aws14.model import Finding, Node, Report, Topology
from aws14.patterns.p04_day import NAME, OFFICE
from aws14.sim import ToPlaces, Unreachable, resolve

_HOME, _AWAY = "orders-db-home", "orders-db-away"


def _built_and_reachable(evidence: Evidence) -> Report:
    """Drawn equals built, and staff reach both places by the name."""
    title = "The site is built as drawn, and the name leads to two places"
    same = drawn_equals_built(title, evidence)
    return gather(title, *same.findings, _two_places(evidence.built))


def _two_places(built: Topology) -> Finding:
    way = resolve(built, NAME, 80, OFFICE) if OFFICE in built else None
    open_ways = (
        [place for place in way.places if not isinstance(place.way, Unreachable)] if isinstance(way, ToPlaces) else []
    )
    return Finding(
        name="Staff reach two places by one name",
        status="passed" if len(open_ways) == 2 else "not_yet",
        detail=f"{NAME} leads {OFFICE} to {len(open_ways)} places that answer",
        hint="two failover records, PRIMARY and SECONDARY, each an alias of a load balancer",
    )


def _home_again(evidence: Evidence) -> Report:
    """The database away takes orders, and home follows it."""
    built = evidence.built
    title = "Home follows the database that takes the orders"
    return gather(title, _takes_orders(built), _follows(built))


def _takes_orders(built: Topology) -> Finding:
    away = _database(built, _AWAY)
    alone = away is not None and not away.require("replica_of")
    return Finding(
        name=f"{_AWAY} takes orders",
        status="passed" if alone else "not_yet",
        detail="it follows nobody" if alone else "it is not there, or still a read replica",
        hint="promote_read_replica, in the region away, and wait until it is available",
        subjects=(_AWAY,),
    )


def _follows(built: Topology) -> Finding:
    home, first = _database(built, _HOME), _database(built, "orders-db")
    hint = (
        "create_db_instance_read_replica at home. The source is in another region, so it goes by its ARN "
        "(SourceDBInstanceIdentifier=...) with SourceRegion=AWAY. Then the waiter"
    )
    if home is None:
        said = f"there is no database {_HOME}"
    elif first is not None and _region(built, home) != _region(built, first):
        said = f"{_HOME} stands in {_region(built, home)}, not at home"
    elif home.require("replica_of") != _AWAY:
        said = f"{_HOME} follows {home.require('replica_of') or 'nobody'}"
        hint = f"a replica keeps its source: delete {_HOME} first (SkipFinalSnapshot=True), then make it of {_AWAY}"
    elif home.require("state") != "available":
        said = f"{_HOME} is {home.require('state')}"
    else:
        said = ""
    return Finding(
        name=f"{_HOME} follows it",
        status="not_yet" if said else "passed",
        detail=said or f"{_HOME} is a read replica of {_AWAY}",
        hint=hint,
        subjects=(_HOME,),
    )


def _database(built: Topology, name: str) -> Node | None:
    return next((node for node in built.of_kind("db_instance") if node.id == name), None)


def _region(built: Topology, node: Node) -> str:
    region = built.container(node.id, "region")
    return region.id if region else ""


checks: Mapping[str, CheckFunction] = {"p04-built": _built_and_reachable, "p04-e1": _home_again}
