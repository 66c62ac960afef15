"""Where things stand: the network of a topology, the zones in it, and what AWS keeps in it for its own services."""

from __future__ import annotations

from collections.abc import Mapping

from aws14.errors import ScenarioError
from aws14.model import Node, Topology
from aws14.model.network import Interface, Network

_OWNERS: Mapping[str, str] = {"load_balancer": "elb", "db_instance": "rds"}
"""Kind of node -> first word of the owner of its interfaces (`aws14.model.network.Interface`)."""


def network_of(topology: Topology) -> Network:
    """The network of a topology.

    Raises
    ------
    ScenarioError
        When it came without.
    """
    if topology.network is None:
        raise ScenarioError(
            f"'{topology.name}' came without its network, which decides who gets in",
            cure="read it back with cloud.read_back(session)",
        )
    return topology.network


def zone_of(topology: Topology, subnet: str) -> str:
    """Name of the Availability Zone of a subnet given by its AWS id; empty where it was not read back."""
    node = next((each for each in topology.of_kind("subnet") if each.aws_id == subnet), None)
    zone = topology.container(node.id, "az") if node else None
    return (zone.aws_id or zone.id) if zone else ""


def region_of(topology: Topology, node: Node) -> str:
    """Name of the region that a node stands in; empty for what stands in none."""
    region = topology.container(node.id, "region")
    return region.id if region else ""


def owned_interfaces(topology: Topology, node: Node) -> tuple[Interface, ...]:
    """The interfaces that AWS keeps for a load balancer or a database, those of its own VPC.

    Raises
    ------
    ScenarioError
        When the topology came without its network.
    """
    network, vpc = network_of(topology), topology.container(node.id, "vpc")
    owner = f"{_OWNERS[node.kind]}/{_given_name(node)}"
    return tuple(
        each
        for each in network.interfaces
        if each.owner == owner and (vpc is None or not vpc.aws_id or network.vpc_of(each.subnet) == vpc.aws_id)
    )


def _given_name(node: Node) -> str:
    """The name under which a load balancer or a database was made, which its ARN holds."""
    if not node.aws_id.startswith("arn:"):
        return node.aws_id or node.id
    resource = node.aws_id.split(":")
    return node.aws_id.split("/")[-2] if node.kind == "load_balancer" else resource[-1]
