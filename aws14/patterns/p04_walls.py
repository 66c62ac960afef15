"""Why is this box here? Each component of the available intranet is taken away on paper, and a stated property is lost.

What was read back is copied without the component, and asked again: by an hour in which a zone or the home region is
lost, by following the packets of somebody in the office, or by what is away when home is gone. Nothing that is built
changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from aws14.charts.numbers import duration, percent
from aws14.model import AzOutage, Fault, Finding, RegionOutage, Report, Scenario, Steady, Topology
from aws14.model.network import Network
from aws14.patterns.p02_taken_away import closed, opened
from aws14.patterns.p04_day import BRIEF, NAME, OFFICE, STANDBY_REGION, scenario
from aws14.patterns.p04_options import COPIES
from aws14.patterns.walls import Seen, Wall, finding
from aws14.sim import ToPlaces, Unreachable, resolve, simulate, what_if
from aws14.sim.changes import without
from aws14.sim.failover import WARM, region_failover
from aws14.sim.health_check import HealthCheck
from aws14.sim.reachability import INTERNET, reach
from aws14.sim.replication import Objects
from aws14.sim.standing import network_of

ALLOWED = 0.05
"""Share of the views of an hour that may fail when a zone or a region is lost: for about two minutes nobody knows."""

SOON_S = 300.0
"""A zone that is lost may send people to the other region for so long."""

_HOUR_S, _FAILS_AT_S, _AWAY_FOR_S, _VIEWS_RPS = 3600.0, 600.0, 3000.0, 12.0
_OUT = f"the loss lasts {duration(_AWAY_FOR_S)} of it"
_HOME_REGION, _HOME_ZONE = "ap-northeast-1", "ap-northeast-1a"


def _survives(fault: Fault, topology: Topology) -> Seen:
    share = simulate(topology, _hour(fault)).failure_ratio
    return Seen(share <= ALLOWED, f"{percent(share)} of the views of an hour fail; {_OUT}")


def _healed_at_home(fault: Fault, topology: Topology) -> Seen:
    """Whether the name leads home again soon, and home then answers."""
    trace = simulate(topology, _hour(fault))
    moves = [event for event in trace.events if event.what == "dns_failover"]
    turns = [event.at_s for event in moves] + ([trace.horizon_s] if len(moves) % 2 else [])
    away_s = sum(back - left for left, back in zip(turns[::2], turns[1::2], strict=True))
    holds = away_s <= SOON_S and trace.failure_ratio <= ALLOWED
    share = percent(trace.failure_ratio)
    words = f"the name leads away for {duration(away_s)}, {share} of the views of an hour fail; {_OUT}"
    return Seen(holds, words)


def _hour(fault: Fault) -> Scenario:
    load = Steady(rate_rps=_VIEWS_RPS)
    return replace(scenario(), name="an hour", load=load, horizon_s=_HOUR_S, faults=(fault,))


def _gets_in(topology: Topology) -> Seen:
    way = resolve(topology, NAME, 80, OFFICE)
    way = way.places[0].way if isinstance(way, ToPlaces) else way
    return Seen(False, way.detail) if isinstance(way, Unreachable) else Seen(True, "staff get in")


def _hidden(topology: Topology) -> Seen:
    way = resolve(topology, NAME, 80, INTERNET)
    unknown = isinstance(way, Unreachable) and way.reason == "name_not_found"
    return Seen(unknown, "the name does not resolve outside" if unknown else "the name resolves outside")


def _shut(source: str, destination: str, port: int, topology: Topology) -> Seen:
    way = reach(network_of(topology), source=source, destination=destination, port=port)
    return Seen(not way.reachable, "they get through" if way.reachable else "they are stopped")


def _orders_again(topology: Topology) -> Seen:
    ways = WARM if _copied(topology, "orders-db") else COPIES
    back = region_failover(HealthCheck(interval_s=10, threshold=2), ttl_s=60, decision_s=300, ways=ways)
    return Seen(back.quantile_s(0.95) <= BRIEF.value("rto_s"), f"95 of 100 within {duration(back.quantile_s(0.95))}")


def _files_away(topology: Topology) -> Seen:
    if not _copied(topology, "orders"):
        return Seen(False, "no file is away")
    return Seen(True, f"files are away after {duration(Objects.of_bucket().mean_s)} on average")


def _copied(topology: Topology, name: str) -> bool:
    """Whether something copies itself to the other region."""
    targets = (topology.node(link.target) for link in topology.links_of("routes", source=name))
    regions = (topology.container(each.id, "region") for each in targets)
    return any(region is not None and region.id == STANDBY_REGION for region in regions)


def in_one_zone(topology: Topology) -> Topology:
    """A copy in which the home servers stand in one zone."""
    subnet = topology.node("app-a").aws_id
    servers = set(topology.node("app").aws_id.split(","))

    def change(network: Network) -> Network:
        moved = (replace(door, subnet=subnet) if door.instance in servers else door for door in network.interfaces)
        return replace(network, interfaces=tuple(moved))

    return _networked(what_if(topology, "app", zones=(_HOME_ZONE,)), change)


def single_az(topology: Topology) -> Topology:
    """A copy in which the home database is alone, in the zone that fails."""
    return what_if(topology, "orders-db", multi_az=False, zone=_HOME_ZONE, secondary_zone="")


def without_line(topology: Topology) -> Topology:
    """A copy in which nothing leads from the office to the other region."""
    line = topology.node(f"line-{STANDBY_REGION}").aws_id
    return _networked(
        topology, lambda network: replace(network, peerings=tuple(p for p in network.peerings if p.id != line))
    )


def without_way_back(topology: Topology) -> Topology:
    """A copy in which the subnets away have no route to the office."""
    subnets = {topology.node(f"app-away-{letter}").aws_id for letter in "ac"}

    def change(network: Network) -> Network:
        tables = (
            replace(table, routes=tuple(route for route in table.routes if not route.target.startswith("pcx-")))
            if subnets & set(table.subnets)
            else table
            for table in network.route_tables
        )
        return replace(network, route_tables=tuple(tables))

    return _networked(topology, change)


def unheard_in_the_office(topology: Topology) -> Topology:
    """A copy whose private zone is not tied to the office's network."""
    vpcs = topology.node("orders.internal").require("vpcs")
    office = topology.node("office").aws_id
    left = tuple(each for each in vpcs if each != office) if isinstance(vpcs, tuple) else ()
    return what_if(topology, "orders.internal", vpcs=left)


def _networked(topology: Topology, change: Callable[[Network], Network]) -> Topology:
    return replace(topology, network=change(network_of(topology)))


_ZONE = partial(_healed_at_home, AzOutage(az=_HOME_ZONE, starts_s=_FAILS_AT_S, lasts_s=_AWAY_FOR_S))
_REGION = partial(_survives, RegionOutage(region=_HOME_REGION, starts_s=_FAILS_AT_S, lasts_s=_AWAY_FOR_S))
_PRIMARY, _SECONDARY = f"{NAME} (PRIMARY)", f"{NAME} (SECONDARY)"
_ZONE_HELD, _REGION_HELD = "a lost zone is healed at home", "the loss of the home region is survived"

WALLS = (
    Wall(
        component="the servers' second zone", property=_ZONE_HELD,
        seen=_ZONE, without=in_one_zone,
    ),
    Wall(
        component="the database's standby", property=_ZONE_HELD,
        seen=_ZONE, without=single_az,
    ),
    Wall(
        component="the secondary record", property=_REGION_HELD,
        seen=_REGION, without=lambda topology: without(topology, _SECONDARY),
    ),
    Wall(
        component="EvaluateTargetHealth of the primary record", property=_REGION_HELD,
        seen=_REGION, without=lambda topology: what_if(topology, _PRIMARY, evaluate_target_health=False),
    ),
    Wall(
        component="the load balancer away", property=_REGION_HELD,
        seen=_REGION, without=lambda topology: without(topology, "orders-alb-away"),
    ),
    Wall(
        component="the servers away", property=_REGION_HELD,
        seen=_REGION, without=lambda topology: without(topology, "app-away"),
    ),
    Wall(
        component="the office's line to the other region", property=_REGION_HELD,
        seen=_REGION, without=without_line,
    ),
    Wall(
        component="the other region's route back to the office", property=_REGION_HELD,
        seen=_REGION, without=without_way_back,
    ),
    Wall(
        component="the read replica", property="orders go in again within a quarter of an hour",
        seen=_orders_again, without=lambda topology: without(topology, "orders-db-away"),
    ),
    Wall(
        component="the bucket away", property="the files are in the other region, too",
        seen=_files_away, without=lambda topology: without(topology, "orders-away"),
    ),
    Wall(
        component="the private zone's tie to the office", property="staff get in by name",
        seen=_gets_in, without=unheard_in_the_office,
    ),
    Wall(
        component="the privacy of the zone (made public)", property="nobody outside learns the name's address",
        seen=_hidden, without=lambda topology: what_if(topology, "orders.internal", private=False),
    ),
    Wall(
        component="the load balancer group's rule for the office", property="staff get in by name",
        seen=_gets_in, without=partial(closed, node="orders-alb", port=80),
    ),
    Wall(
        component="the database group (opened to all)", property="nobody in the office gets at the database",
        seen=partial(_shut, OFFICE, "orders-db", 3306), without=partial(opened, node="orders-db", port=3306),
    ),
)  # fmt: skip


def why(topology: Topology) -> Report:
    """Look for each wall's property with and without it.

    Parameters
    ----------
    topology : Topology
        What was read back, with its network.

    Returns
    -------
    Report
        A finding passes when its property holds with the component and is lost without it.
    """
    known: dict[Callable[[Topology], Seen], Seen] = {}
    return Report(
        title="Take it away, and something is lost",
        findings=tuple(_asked(topology, wall, known) for wall in WALLS),
    )


def _asked(topology: Topology, wall: Wall, known: dict[Callable[[Topology], Seen], Seen]) -> Finding:
    if wall.seen not in known:
        known[wall.seen] = wall.seen(topology)
    before, after = known[wall.seen], wall.seen(wall.without(topology))
    return finding(wall, before, after, check="p04-built")
