"""Parts of the corporate site taken away on paper: each function hands over a copy that lacks or opens one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from aws14.model import Topology
from aws14.model.network import GroupRule, Interface, Network, SecurityGroup
from aws14.patterns.p02_day import primary_zone
from aws14.sim import what_if
from aws14.sim.changes import cloned, without
from aws14.sim.standing import network_of, owned_interfaces, zone_of

EVERYWHERE = "0.0.0.0/0"


def _networked(topology: Topology, change: Callable[[Network], Network]) -> Topology:
    return replace(topology, network=change(network_of(topology)))


def closed(topology: Topology, node: str, port: int) -> Topology:
    """A copy in which the groups around a node have no rule for a port."""
    return _regrouped(
        topology, node, lambda group: tuple(r for r in group.rules if r.egress or r.ports != (port, port))
    )


def opened(topology: Topology, node: str, port: int) -> Topology:
    """A copy in which the groups around a node admit everybody on a port."""
    rule = GroupRule(egress=False, peer=EVERYWHERE, protocol="tcp", ports=(port, port))
    return _regrouped(topology, node, lambda group: (*group.rules, rule))


def _regrouped(topology: Topology, node: str, rules: Callable[[SecurityGroup], tuple[GroupRule, ...]]) -> Topology:
    around = {group for door in _doors(topology, node) for group in door.groups}

    def change(network: Network) -> Network:
        groups = (replace(each, rules=rules(each)) if each.id in around else each for each in network.groups)
        return replace(network, groups=tuple(groups))

    return _networked(topology, change)


def _doors(topology: Topology, node_id: str) -> tuple[Interface, ...]:
    node, network = topology.node(node_id), network_of(topology)
    if node.kind == "instance":
        return tuple(each for each in network.interfaces if each.instance in node.aws_id.split(","))
    return tuple(owned_interfaces(topology, node))


def without_routes(topology: Topology, subnet: str) -> Topology:
    """A copy in which the route table of a subnet leads nowhere outside."""
    aws_id = topology.node(subnet).aws_id

    def change(network: Network) -> Network:
        tables = (
            replace(each, routes=tuple(route for route in each.routes if route.destination != EVERYWHERE))
            if aws_id in each.subnets
            else each
            for each in network.route_tables
        )
        return replace(network, route_tables=tuple(tables))

    return _networked(topology, change)


def without_gateway(topology: Topology) -> Topology:
    """A copy without the Internet gateway."""
    return _networked(without(topology, "igw"), lambda network: replace(network, internet_gateways=()))


def one_node(topology: Topology) -> Topology:
    """A copy in which the load balancer stands in the primary's zone only."""
    zone = primary_zone(topology)
    gone = {door.id for door in _doors(topology, "alb") if zone_of(topology, door.subnet) != zone}
    return _networked(
        topology,
        lambda network: replace(network, interfaces=tuple(each for each in network.interfaces if each.id not in gone)),
    )


def in_one_zone(topology: Topology) -> Topology:
    """A copy in which all web servers stand in the primary's zone."""
    zone = primary_zone(topology)
    homes = {server.id: topology.container(server.id, "az") for server in topology.of_kind("instance")}
    here = [name for name, home in homes.items() if home and home.id == zone]
    subnet = topology.container(here[0], "subnet")
    moved = {f"{name}, moved": subnet.id for name in homes if name not in here} if subnet else {}
    return without(cloned(topology, here[0], moved), *(name for name in homes if name not in here))


def no_redirect(topology: Topology) -> Topology:
    """A copy whose load balancer does not listen to plain HTTP."""
    listeners = topology.node("alb").require("listeners")
    kept = tuple(each for each in listeners if not each.startswith("HTTP:")) if isinstance(listeners, tuple) else ()
    return what_if(topology, "alb", listeners=kept)


def single_az(topology: Topology) -> Topology:
    """A copy whose database has no standby."""
    return what_if(topology, "db", multi_az=False, secondary_zone="", zones=(primary_zone(topology),))
