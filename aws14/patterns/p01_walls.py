"""Why is this box here? Each component of the campaign site is taken away on paper, and a stated property is lost.

The network read back is copied without the component and asked again; nothing that is built changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from aws14.model import Finding, Report, Topology
from aws14.model.network import GroupRule, Interface, Network, RouteTable, SecurityGroup
from aws14.model.trace import FAILURE_REASONS
from aws14.patterns.p01_day import NAME
from aws14.sim import Unreachable, resolve, what_if
from aws14.sim.reachability import INTERNET, reach

EVERYWHERE = "0.0.0.0/0"
STRANGER = "198.18.0.7"
"""An address of nobody (RFC 2544), for somebody who is not the office."""

NEIGHBOUR = "eni-neighbour"

Change = Callable[[Network], Network]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wall:
    """A component, the property it holds, and the question that shows it.

    Parameters
    ----------
    component : str
        What is taken away or opened.
    property : str
        What holds while it is there.
    source, destination : str
        Who asks whom.
    port : int
        On which TCP port.
    wanted : bool
        Whether the connection is meant to come about.
    without : callable
        Network -> network without the component.
    given : callable
        Network -> network that the question is about; the network itself when left out.
    """

    component: str
    property: str
    source: str
    destination: str
    port: int
    wanted: bool
    without: Change
    given: Change = lambda network: network


def _without(network: Network, kind: Literal["internet_gateways", "nat_gateways"]) -> Network:
    """A copy that lacks all gateways of a kind, and the routes to them."""
    gone = {noun.id for noun in getattr(network, kind)}
    tables = tuple(_without_routes(table, gone) for table in network.route_tables)
    changed = replace(network, route_tables=tables)
    return replace(changed, internet_gateways=()) if kind == "internet_gateways" else replace(changed, nat_gateways=())


def _without_routes(table: RouteTable, targets: set[str]) -> RouteTable:
    return replace(table, routes=tuple(route for route in table.routes if route.target not in targets))


def _without_default_route(network: Network, host: str) -> Network:
    """A copy in which the subnet of an instance has no way out."""
    subnet = _interface(network, host).subnet
    return replace(
        network,
        route_tables=tuple(
            replace(table, routes=tuple(route for route in table.routes if route.destination != EVERYWHERE))
            if subnet in table.subnets
            else table
            for table in network.route_tables
        ),
    )


def _closed(network: Network, host: str, port: int) -> Network:
    """A copy in which the groups of an instance have no rule for a port."""
    groups = set(_interface(network, host).groups)
    return replace(
        network,
        groups=tuple(
            replace(group, rules=tuple(rule for rule in group.rules if rule.egress or rule.ports != (port, port)))
            if group.id in groups
            else group
            for group in network.groups
        ),
    )


def _opened(network: Network, host: str, port: int) -> Network:
    """A copy in which the groups of an instance admit everybody on a port."""
    groups = set(_interface(network, host).groups)
    rule = GroupRule(egress=False, peer=EVERYWHERE, protocol="tcp", ports=(port, port))
    return replace(
        network,
        groups=tuple(
            replace(group, rules=(*group.rules, rule)) if group.id in groups else group for group in network.groups
        ),
    )


def _beside_the_web_server(network: Network, host: str) -> Network:
    """A copy in which an instance stands in the web server's subnet, with a public address of its own."""
    subnet = _interface(network, "web").subnet
    moved = {each.id for each in network.interfaces if network.title(each.instance) == host}
    return replace(
        network,
        interfaces=tuple(
            replace(each, subnet=subnet, private_ipv4="10.0.0.250", public_ipv4=STRANGER[:-1] + "9")
            if each.id in moved
            else each
            for each in network.interfaces
        ),
    )


def _with_neighbour(network: Network) -> Network:
    """A copy with one more server beside the web server, in a group of its own that lets it out."""
    group = SecurityGroup(
        id=f"sg-{NEIGHBOUR}", vpc=network.vpcs[0].id, rules=(GroupRule(egress=True, peer=EVERYWHERE),)
    )
    beside = _interface(network, "web")
    one_more = replace(
        beside, id=NEIGHBOUR, instance="", private_ipv4="10.0.0.251", public_ipv4="", groups=(group.id,), state="in-use"
    )
    return replace(network, interfaces=(*network.interfaces, one_more), groups=(*network.groups, group))


def _no_address(network: Network, host: str) -> Network:
    return replace(
        network,
        interfaces=tuple(
            replace(each, public_ipv4="") if network.title(each.instance) == host else each
            for each in network.interfaces
        ),
    )


def _interface(network: Network, host: str) -> Interface:
    return next(each for each in network.interfaces if network.title(each.instance) == host)


WALLS = (
    Wall(
        component="the Internet gateway",
        property="visitors reach the web server",
        source=INTERNET, destination="web", port=80, wanted=True,
        without=partial(_without, kind="internet_gateways"),
    ),
    Wall(
        component="the public subnet's route to it",
        property="visitors get their answers",
        source=INTERNET, destination="web", port=80, wanted=True,
        without=partial(_without_default_route, host="web"),
    ),
    Wall(
        component="the web group's HTTP rule",
        property="visitors reach the web server",
        source=INTERNET, destination="web", port=80, wanted=True,
        without=partial(_closed, host="web", port=80),
    ),
    Wall(
        component="the web server's public address",
        property="visitors reach the web server",
        source=INTERNET, destination="web", port=80, wanted=True,
        without=partial(_no_address, host="web"),
    ),
    Wall(
        component="the NAT gateway",
        property="the database server fetches its updates",
        source="db", destination=INTERNET, port=443, wanted=True,
        without=partial(_without, kind="nat_gateways"),
    ),
    Wall(
        component="the private subnet's route to it",
        property="the database server fetches its updates",
        source="db", destination=INTERNET, port=443, wanted=True,
        without=partial(_without_default_route, host="db"),
    ),
    Wall(
        component="the database group's rule for the web group",
        property="the web server reads the database",
        source="web", destination="db", port=3306, wanted=True,
        without=partial(_closed, host="db", port=3306),
    ),
    Wall(
        component="the web group's SSH rule (opened to all)",
        property="strangers cannot try to log in to the web server",
        source=STRANGER, destination="web", port=22, wanted=False,
        without=partial(_opened, host="web", port=22),
    ),
    Wall(
        component="the private subnet (database moved beside the web server, its group opened)",
        property="strangers cannot connect to the database, even when its group is opened by mistake",
        source=STRANGER, destination="db", port=3306, wanted=False,
        without=lambda network: _opened(_beside_the_web_server(network, "db"), "db", 3306),
    ),
    Wall(
        component="the database group (opened to all)",
        property="the web server alone connects to the database: a neighbour in the VPC cannot",
        source=NEIGHBOUR, destination="db", port=3306, wanted=False,
        without=partial(_opened, host="db", port=3306), given=_with_neighbour,
    ),
)  # fmt: skip


def why(network: Network) -> Report:
    """Ask each wall's question with and without it.

    Parameters
    ----------
    network : Network
        What was read back.

    Returns
    -------
    Report
        A finding passes when its property holds with the component and is lost without it.
    """
    return Report(
        title="Take it away, and something is lost",
        findings=tuple(_asked(network, wall) for wall in WALLS),
    )


def _asked(network: Network, wall: Wall) -> Finding:
    ask = partial(reach, source=wall.source, destination=wall.destination, port=wall.port)
    network = wall.given(network)
    holds = ask(network).reachable is wall.wanted
    lost = ask(wall.without(network)).reachable is not wall.wanted
    seen = f"{'lost' if lost else 'still holds'}: {wall.property}" + (
        "" if holds else " (does not hold with it either)"
    )
    return Finding(
        name=f"Without {wall.component}",
        status="passed" if holds and lost else "not_yet",
        detail=seen,
        hint="the network is not as drawn: run the check p01-built",
    )


def name_depends_on(built: Topology) -> Report:
    """What becomes of a visitor who types the name, when a part of the name is missing."""
    cases = {
        "as built": built,
        "the record deleted": _lacking(built, NAME),
        "no Elastic IP, after a stop and a start": what_if(
            built, "web", public_ipv4=STRANGER, public_ipv4_kind="public"
        ),
    }
    return Report(
        title=f"Visitors who type {NAME}",
        findings=tuple(
            Finding(name=case, status="note", detail=_outcome(topology)) for case, topology in cases.items()
        ),
        summary="what a visitor meets",
    )


def _outcome(topology: Topology) -> str:
    way = resolve(topology, NAME, 80)
    return FAILURE_REASONS[way.reason] if isinstance(way, Unreachable) else f"reach {way.nodes[-1]}"


def _lacking(built: Topology, node_id: str) -> Topology:
    nodes = tuple(node for node in built.nodes if node.id != node_id)
    links = tuple(link for link in built.links if node_id not in (link.source, link.target))
    return replace(built, nodes=nodes, links=links)
