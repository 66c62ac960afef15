"""Why is this box here? Each component of the scaling intranet is taken away on paper, and a stated property is lost.

What was read back is copied without the component, and asked again: by running half an hour through the copy, or by
following packets. Nothing that is built changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from aws14.errors import Aws14Error
from aws14.model import AzOutage, InstanceLoss, Report, Scenario, Topology
from aws14.model.network import GroupRule, Network, RouteTable
from aws14.model.trace import FAILURE_REASONS
from aws14.patterns.p03_day import BRIEF, NAME, OFFICE, scenario
from aws14.patterns.p03_groups import GROUP, SMALLEST, bare, tracking
from aws14.patterns.walls import Seen, Wall, finding
from aws14.sim import Unreachable, resolve, simulate, what_if
from aws14.sim.changes import without
from aws14.sim.reachability import INTERNET, reach
from aws14.sim.standing import network_of

HTTP, HTTPS, MYSQL = 80, 443, 3306
EVERYWHERE = "0.0.0.0/0"
MOST_LOST = 0.05
"""Share of the views of half an hour that the loss of a zone may cost."""


def _half_an_hour(from_h: float) -> Scenario:
    return scenario(starts_h=from_h, horizon_h=0.5)


def _answered(topology: Topology) -> Seen:
    """Whether people get their pages on an ordinary afternoon."""
    trace = simulate(topology, _half_an_hour(13.0))
    return Seen(
        trace.failure_ratio <= BRIEF.value("failed_share"), f"{trace.failure_ratio:.1%} of half an hour's views fail"
    )


def _grows(topology: Topology) -> Seen:
    trace = simulate(topology, _half_an_hour(8.75))
    most = int(trace.fleet.in_service.max()) if trace.fleet else 0
    return Seen(most > SMALLEST, f"{most} servers at most, {trace.failure_ratio:.1%} of half an hour's views fail")


def _replaces(topology: Topology) -> Seen:
    lost = replace(_half_an_hour(13.0), faults=(InstanceLoss(node=GROUP, starts_s=300.0),))
    fleet = simulate(what_if(topology, GROUP, max_size=SMALLEST), lost).fleet
    left = int(fleet.healthy[-1]) if fleet else 0
    return Seen(left >= SMALLEST, f"{left} healthy at the end")


def _survives(topology: Topology) -> Seen:
    """Whether the loss of the zone without the database is survived."""
    home = str(topology.node("portal-db").require("zone"))
    other = next(node.aws_id for node in topology.of_kind("az") if node.aws_id != home)
    lost = replace(_half_an_hour(13.0), faults=(AzOutage(az=other, starts_s=300.0, lasts_s=1500.0),))
    share = simulate(topology, lost).failure_ratio
    return Seen(share <= MOST_LOST, f"{share:.1%} of half an hour's views fail")


def _gets_in(topology: Topology) -> Seen:
    way = resolve(topology, NAME, HTTP, OFFICE)
    return Seen(False, FAILURE_REASONS[way.reason]) if isinstance(way, Unreachable) else Seen(True, "staff get in")


def _packages(topology: Topology) -> Seen:
    way = reach(network_of(topology), source=_server(topology), destination=INTERNET, port=HTTPS)
    return Seen(way.reachable, "they get out" if way.reachable else "a new server stays bare")


def _shut(destination: Callable[[Topology], str], port: int) -> Callable[[Topology], Seen]:
    def seen(topology: Topology) -> Seen:
        way = reach(network_of(topology), source=OFFICE, destination=destination(topology), port=port)
        return Seen(not way.reachable, "a desk gets through" if way.reachable else "a desk is stopped")

    return seen


def _server(topology: Topology) -> str:
    return next(key for key in topology.node(GROUP).aws_id.split(",") if key.startswith("i-"))


def _database(topology: Topology) -> str:
    return next(each.private_ipv4 for each in network_of(topology).interfaces if each.owner.startswith("rds/"))


def _rules(topology: Topology, group: str, *rules: GroupRule) -> Topology:
    """A copy in which a security group has other rules for what comes in."""
    network = network_of(topology)
    changed = (
        replace(each, rules=(*(rule for rule in each.rules if rule.egress), *rules))
        if network.title(each.id) == group
        else each
        for each in network.groups
    )
    return replace(topology, network=replace(network, groups=tuple(changed)))


def _opened(topology: Topology, group: str, port: int) -> Topology:
    return _rules(topology, group, GroupRule(egress=False, peer=EVERYWHERE, protocol="tcp", ports=(port, port)))


def _unrouted(topology: Topology, subnet: str, destination: str) -> Topology:
    """A copy in which the route table of a subnet lacks a route."""
    network, key = network_of(topology), topology.node(subnet).aws_id
    tables = tuple(_lacking(each, destination) if key in each.subnets else each for each in network.route_tables)
    return replace(topology, network=replace(network, route_tables=tables))


def _lacking(table: RouteTable, destination: str) -> RouteTable:
    return replace(table, routes=tuple(route for route in table.routes if route.destination != destination))


def _no_peering(topology: Topology) -> Topology:
    network: Network = replace(network_of(topology), peerings=())
    return replace(without(topology, "line"), network=network)


def _unseen_in_the_office(topology: Topology) -> Topology:
    """A copy whose private zone belongs to the servers' network only."""
    return what_if(topology, "corp.internal", vpcs=(topology.node("vpc").aws_id,))


def _in_one_zone(topology: Topology) -> Topology:
    """A copy whose servers all stand in the zone without the database."""
    home = str(topology.node("portal-db").require("zone"))
    zones = topology.node(GROUP).require("zones")
    left = tuple(zone for zone in zones if zone != home) if isinstance(zones, tuple) else ()
    bared = replace(topology.node(GROUP), aws_id=GROUP, attributes={**topology.node(GROUP).attributes, "zones": left})
    moved = replace(topology, nodes=tuple(bared if node.id == GROUP else node for node in topology.nodes))
    return what_if(moved, "portal-targets", target_health=())


WALLS = (
    Wall(
        component="the load balancer", property="the name leads to servers",
        seen=_gets_in, without=lambda topology: without(topology, "portal-alb"),
    ),
    Wall(
        component="the target group", property="people get their pages",
        seen=_answered, without=lambda topology: without(topology, "portal-targets"),
    ),
    Wall(
        component="the scaling policy", property="the fleet grows at nine",
        seen=_grows, without=bare,
    ),
    Wall(
        component="the group's replacing of dead servers", property="a server that is lost comes back as another",
        seen=_replaces, without=lambda topology: what_if(topology, GROUP, suspended=("ReplaceUnhealthy",)),
    ),
    Wall(
        component="the second zone of the servers", property="a zone that is lost takes half of them at most",
        seen=_survives, without=_in_one_zone,
    ),
    Wall(
        component="the NAT gateway", property="a new server fetches its packages",
        seen=_packages, without=partial(_unrouted, subnet="app-a", destination=EVERYWHERE),
    ),
    Wall(
        component="the public subnet's route to the Internet", property="a new server fetches its packages",
        seen=_packages, without=partial(_unrouted, subnet="public-a", destination=EVERYWHERE),
    ),
    Wall(
        component="the peering", property="staff reach the portal", seen=_gets_in, without=_no_peering,
    ),
    Wall(
        component="the office's route to it", property="staff reach the portal",
        seen=_gets_in, without=partial(_unrouted, subnet="desks", destination="10.3.0.0/16"),
    ),
    Wall(
        component="the servers' route back to the office", property="staff get their answers",
        seen=_gets_in, without=partial(_unrouted, subnet="app-a", destination="192.168.0.0/16"),
    ),
    Wall(
        component="the record", property="the name leads to servers",
        seen=_gets_in, without=lambda topology: without(topology, NAME),
    ),
    Wall(
        component="the zone's tie to the office network", property="the name is known in the office",
        seen=_gets_in, without=_unseen_in_the_office,
    ),
    Wall(
        component="the load balancer group's rule", property="staff reach the portal",
        seen=_gets_in, without=partial(_rules, group="elb"),
    ),
    Wall(
        component="the server group's rule for the load balancer", property="people get their pages",
        seen=_answered, without=partial(_rules, group="app"),
    ),
    Wall(
        component="the server group (opened to all)", property="no desk goes round the load balancer",
        seen=_shut(_server, HTTP), without=partial(_opened, group="app", port=HTTP),
    ),
    Wall(
        component="the database group's rule for the servers", property="people get their pages",
        seen=_answered, without=partial(_rules, group="db"),
    ),
    Wall(
        component="the database group (opened to all)", property="no desk reaches the database",
        seen=_shut(_database, MYSQL), without=partial(_opened, group="db", port=MYSQL),
    ),
)  # fmt: skip


def why(built: Topology) -> Report:
    """Look for each wall's property with and without it, in a group that follows its CPU.

    Parameters
    ----------
    built : Topology
        What was read back, with its network.

    Returns
    -------
    Report
        A finding passes when its property holds with the component and is lost without it.
    """
    site = tracking(built)
    known: dict[Callable[[Topology], Seen], Seen] = {}
    findings = []
    for wall in WALLS:
        if wall.seen not in known:
            known[wall.seen] = wall.seen(site)
        findings.append(finding(wall, known[wall.seen], _lost(wall, site), check="p03-built"))
    return Report(title="Take it away, and something is lost", findings=tuple(findings))


def _lost(wall: Wall, site: Topology) -> Seen:
    """The property without the component; a site that cannot even be run does not have it."""
    try:
        return wall.seen(wall.without(site))
    except Aws14Error as problem:
        return Seen(False, str(problem))
