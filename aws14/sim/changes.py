"""The same architecture with a part more or a part less, for "what if" charts and for "why is this box here?".

As `what_if`, a copy says in its name what was changed, so that no chart passes it off as what was built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Network

from aws14.errors import DesignError
from aws14.model import Link, Node, Topology
from aws14.model.network import Interface, Network

__all__ = ["added", "cloned", "without"]

_FIRST_FREE = 200
"""Host number from which copies get their addresses: AWS gives the low ones first."""


def without(topology: Topology, *ids: str) -> Topology:
    """A copy without some nodes: their links, network interfaces and registrations go with them.

    Parameters
    ----------
    topology : Topology
        What was read back.
    *ids : str
        Nodes to take away; a container takes along what stands in it.

    Raises
    ------
    DesignError
        When there is no such node.
    """
    gone = {topology.node(each).id for each in ids}
    gone |= {node.id for node in topology.nodes if any(outer.id in gone for outer in topology.ancestors(node.id))}
    kept = tuple(_unregistered(node, gone) for node in topology.nodes if node.id not in gone)
    links = tuple(link for link in topology.links if link.source not in gone and link.target not in gone)
    network = topology.network and _without_doors(topology.network, [topology.node(each) for each in gone])
    name = f"{topology.name} (without {', '.join(ids)})"
    return replace(topology, name=name, nodes=kept, links=links, network=network)


def _unregistered(node: Node, gone: set[str]) -> Node:
    health = node.attributes.get("target_health")
    if not isinstance(health, tuple):
        return node
    left = tuple(entry for entry in health if entry.split(" ")[0] not in gone)
    return replace(node, attributes={**node.attributes, "target_health": left})


def _without_doors(network: Network, nodes: list[Node]) -> Network:
    keys = {key for node in nodes for key in node.aws_id.split(",") if key}
    owners = {f"{kind}/{node.id}" for node in nodes for kind in ("elb", "rds")}
    owners |= {f"{kind}/{network.title(key)}" for key in keys for kind in ("elb", "rds")}
    left = (each for each in network.interfaces if each.instance not in keys and each.owner not in owners)
    return replace(network, interfaces=tuple(left))


def added(topology: Topology, *nodes: Node, links: tuple[Link, ...] = ()) -> Topology:
    """A copy with further nodes and links, such as a scaling policy and what it scales.

    Parameters
    ----------
    topology : Topology
        What was read back.
    *nodes : Node
        New ones; of a kind that no packet is sent to (the network stays as it is).
    links : tuple of Link
        Between them and what is there.

    Raises
    ------
    DesignError
        When an id is taken, or a link ends nowhere.
    """
    name = f"{topology.name} (what if {', '.join(node.id for node in nodes)} too)"
    return replace(topology, name=name, nodes=(*topology.nodes, *nodes), links=(*topology.links, *links))


def cloned(topology: Topology, node_id: str, copies: Mapping[str, str]) -> Topology:
    """A copy with further instances like one that is there: same links, groups and registrations.

    Parameters
    ----------
    topology : Topology
        What was read back, with its network.
    node_id : str
        The instance.
    copies : Mapping[str, str]
        Id of each new instance -> id of the subnet it stands in.

    Raises
    ------
    DesignError
        When the node is no instance, or a subnet has no address left.
    """
    origin, network = topology.node(node_id), topology.network
    if origin.kind != "instance" or network is None:
        raise DesignError(f"'{node_id}' cannot be cloned", allowed="an instance that was read back with its network")
    nodes = [_registered(node, node_id, copies) for node in topology.nodes]
    links = list(topology.links)
    for new, subnet in copies.items():
        door = _door(network, origin, new, topology.node(subnet))
        network = replace(
            network, interfaces=(*network.interfaces, door), names={**network.names, door.instance: new, door.id: new}
        )
        stated = {**origin.attributes, "private_ipv4": door.private_ipv4}
        nodes.append(replace(origin, id=new, parent=subnet, label="", aws_id=door.instance, attributes=stated))
        links += [replace(link, source=new) for link in topology.links_of("uses", source=node_id)]
        links += [replace(link, source=new) for link in topology.links_of("allows", source=node_id)]
        for kind in ("routes", "allows"):
            links += [
                replace(link, target=new) for link in topology.links if (link.kind, link.target) == (kind, node_id)
            ]
    name = f"{topology.name} (what if {', '.join(copies)} too)"
    return replace(topology, name=name, nodes=tuple(nodes), links=tuple(links), network=network)


def _registered(node: Node, origin: str, copies: Mapping[str, str]) -> Node:
    health = node.attributes.get("target_health")
    if not isinstance(health, tuple) or not any(entry.split(" ")[0] == origin for entry in health):
        return node
    return replace(
        node, attributes={**node.attributes, "target_health": (*health, *(f"{new} healthy" for new in copies))}
    )


def _door(network: Network, origin: Node, new: str, subnet: Node) -> Interface:
    first = next(each for each in network.interfaces if each.instance in origin.aws_id.split(","))
    taken = {each.private_ipv4 for each in network.interfaces if each.subnet == subnet.aws_id}
    block = IPv4Network(network.subnet[subnet.aws_id].cidr)
    free = (str(block[number]) for number in range(_FIRST_FREE, block.num_addresses - 1))
    address = next((each for each in free if each not in taken), "")
    if not address:
        raise DesignError(f"the subnet '{subnet.id}' has no address left for '{new}'", cure="another subnet")
    return replace(
        first, id=f"eni-{new}", subnet=subnet.aws_id, private_ipv4=address, public_ipv4="", instance=f"i-{new}"
    )
