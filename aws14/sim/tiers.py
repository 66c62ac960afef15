"""Tiers read from a topology: from a listener by its rules and target groups to the servers that answer.

Packets are judged by `aws14.sim.reachability`, as everywhere: from each node of the load balancer to each target on the
port of the target group, and from each target to the database that it declares to use.

Left out: rules that look at headers, methods, query strings or source addresses (plain requests do not meet them), a
port of its own for a target or its health checks, targets that are addresses or functions, Network Load Balancers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from aws14 import catalog
from aws14.errors import DesignError
from aws14.model import Node, Topology
from aws14.model.network import Interface, Network
from aws14.sim.path_patterns import fits
from aws14.sim.reachability import reach
from aws14.sim.standing import network_of, owned_interfaces, zone_of
from aws14.sim.stopped import failure_reason
from aws14.sim.targets import BalancerNode, Target, Tier

_HEALTH = re.compile(
    r"(?P<name>.+?) (?P<state>initial|healthy|unhealthy|unhealthy\.draining|unused|draining|unavailable)"
    r"(?: (?P<reason>\S+))?"
)
"""An entry of ``target_health``: the target, its state and the reason code of Elastic Load Balancing."""


def balancer_nodes(topology: Topology, load_balancer: Node) -> tuple[BalancerNode, ...]:
    """The nodes of a load balancer, one a zone, by the interfaces that AWS keeps for it.

    Raises
    ------
    ScenarioError
        When the topology came without its network.
    """
    return tuple(
        BalancerNode(
            zone=zone_of(topology, each.subnet),
            interface=each.id,
            private_ipv4=each.private_ipv4,
            public_ipv4=each.public_ipv4,
        )
        for each in owned_interfaces(topology, load_balancer)
    )


def tiers(topology: Topology, load_balancer: Node, listener: str, *, host: str = "") -> tuple[Tier, ...]:
    """The tiers behind a listener, in the order of its rules.

    Parameters
    ----------
    topology : Topology
        Read back, with its network.
    load_balancer : Node
        Whose listener it is.
    listener : str
        Protocol and port, as ``HTTPS:443``.
    host : str
        The name that clients ask for; rules for other names take none of their requests.

    Raises
    ------
    DesignError
        When an attribute that decides was not read back.
    DataError
        When the course has no facts about the type of a target.
    """
    rules = list(_rules(topology, load_balancer, listener, host))
    total = Counter[tuple[str, ...]]()
    for paths, weight, _ in rules:
        total[paths] += weight
    return tuple(
        _tier(topology, load_balancer, group, paths=paths, share=weight / total[paths])
        for paths, weight, group in rules
        if weight
    )


def _rules(
    topology: Topology, load_balancer: Node, listener: str, host: str
) -> Iterator[tuple[tuple[str, ...], int, Node]]:
    """Path patterns, weight and target group of each rule of a listener that requests for this host can meet."""
    for link in topology.links_of("routes", source=load_balancer.id):
        group = topology.node(link.target)
        where, *words = link.label.split()
        asked = [word.partition("=") for word in words if not word.startswith(("/", "*")) and not word.isdecimal()]
        if where == listener and group.kind == "target_group" and _meets(asked, host):
            weights = [int(word) for word in words if word.isdecimal()]
            paths = tuple(word for word in words if word.startswith(("/", "*")))
            yield paths, weights[0] if weights else 1, group


def _meets(asked: list[tuple[str, str, str]], host: str) -> bool:
    """Whether plain requests for this host meet the conditions of a rule that are no paths: ``host-header=www.*``."""
    hosts = [value for field, _, value in asked if field == "host-header"]
    return len(hosts) == len(asked) and (not hosts or any(fits(each.lower(), host.lower()) for each in hosts))


def _tier(topology: Topology, load_balancer: Node, group: Node, *, paths: tuple[str, ...], share: float) -> Tier:
    fleet = _group_of(topology, group)
    database = _database(topology, group, fleet)
    nodes = balancer_nodes(topology, load_balancer)
    port = _whole(group, "port")
    return Tier(
        load_balancer=load_balancer,
        target_group=group,
        paths=paths,
        share=share,
        algorithm=str(group.require("algorithm")),
        port=port,
        interval_s=_number(group, "health_check_interval_s"),
        timeout_s=_number(group, "health_check_timeout_s"),
        healthy_threshold=_whole(group, "healthy_threshold"),
        unhealthy_threshold=_whole(group, "unhealthy_threshold"),
        deregistration_delay_s=_number(group, "deregistration_delay_s"),
        slow_start_s=_number(group, "slow_start_s"),
        sticky_s=_number(group, "sticky_s") if group.require("sticky") else 0.0,
        idle_timeout_s=_number(load_balancer, "idle_timeout_s"),
        cross_zone=bool(load_balancer.require("cross_zone")),
        nodes=nodes,
        targets=tuple(_targets(topology, group, fleet, nodes=nodes, database=database)),
        group=fleet,
        database=database,
    )


def _targets(
    topology: Topology, group: Node, fleet: Node | None, *, nodes: tuple[BalancerNode, ...], database: Node | None
) -> Iterator[Target]:
    network, port, hosts = network_of(topology), _whole(group, "port"), _hosts(topology, fleet)
    for name, health, why in _healths(group):
        if not hosts.get(name):
            continue  # terminated, and not yet taken off the list
        host, home = hosts[name].pop(0)
        known = {each.zone: _stopped(network, each.interface, host.id, port) for each in nodes}
        kind = str(home.require("instance_type"))
        yield Target(
            id=name,
            aws_id=host.instance,
            node=home.id,
            zone=zone_of(topology, host.subnet),
            instance_type=kind,
            cpu_credits=str(home.require("cpu_credits")),
            vcpus=catalog.instance_type(kind).vcpu,
            state=str(home.require("state")) if home.kind == "instance" else host.state,
            reachable_from=tuple(zone for zone, stopped in known.items() if not stopped),
            reason=next(filter(None, known.values()), ""),
            health=health,
            health_reason=why,
            reaches_database=_reaches_database(topology, host, database),
        )


def _healths(group: Node) -> Iterator[tuple[str, str, str]]:
    """Name, state and reason of each registered target.

    Raises
    ------
    DesignError
        When an entry is none.
    """
    entries = group.require("target_health")
    for entry in entries if isinstance(entries, tuple) else (str(entries),):
        found = _HEALTH.fullmatch(entry)
        if found is None:
            raise DesignError(
                f"target_health of '{group.id}' says '{entry}'", allowed="'<target> <state> [<reason>]' for each target"
            )
        yield found["name"], found["state"], found["reason"] or ""


def _hosts(topology: Topology, fleet: Node | None) -> dict[str, list[tuple[Interface, Node]]]:
    """What a target may be called -> the instances called so: first interface, and the node that stands for each."""
    network = network_of(topology)
    homes = {key: node for node in topology.of_kind("instance") for key in node.aws_id.split(",") if key}
    doors: dict[str, Interface] = {}
    for each in network.interfaces:
        doors.setdefault(each.instance, each)
    hosts: dict[str, list[tuple[Interface, Node]]] = {}
    for key, door in doors.items():
        home = homes.get(key, fleet)
        if key and home is not None:
            for name in {key, network.title(key), home.id if key in homes else key}:
                hosts.setdefault(name, []).append((door, home))
    return hosts


def _stopped(network: Network, source: str, destination: str, port: int) -> str:
    """Why a packet does not get from one interface to another; empty when it does."""
    block = reach(network, source=source, destination=destination, port=port).blocked_by
    return failure_reason(block) if block else ""


def _group_of(topology: Topology, group: Node) -> Node | None:
    links = topology.links_of("routes", source=group.id)
    ends = (topology.node(link.target) for link in links)
    return next((node for node in ends if node.kind == "autoscaling_group"), None)


def _database(topology: Topology, group: Node, fleet: Node | None) -> Node | None:
    """The database that the group, or the first of the servers, declares to use."""
    servers = [link.target for link in topology.links_of("routes", source=group.id)]
    for server in (*([fleet.id] if fleet else []), *servers):
        for link in topology.links_of("uses", source=server):
            if topology.node(link.target).kind == "db_instance":
                return topology.node(link.target)
    return None


def _reaches_database(topology: Topology, host: Interface, database: Node | None) -> bool:
    if database is None:
        return True
    network, port = network_of(topology), _whole(database, "port")
    doors = owned_interfaces(topology, database)
    return not doors or any(not _stopped(network, host.id, door.id, port) for door in doors)


def _number(node: Node, name: str) -> float:
    return float(_plain(node, name))


def _whole(node: Node, name: str) -> int:
    return int(_plain(node, name))


def _plain(node: Node, name: str) -> float:
    value = node.require(name)
    if isinstance(value, (int, float)):
        return value
    raise DesignError(f"{name} of {node.kind} '{node.id}' is {value!r}", allowed="a number")
