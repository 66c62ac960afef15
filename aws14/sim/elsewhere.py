"""The same architecture in another region: names of places change, nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import Link, Node, Topology


def in_region(topology: Topology, region: str) -> Topology:
    """A copy of a topology whose one region is another; its zones are renamed with it.

    Parameters
    ----------
    topology : Topology
        Stands in one region.
    region : str
        AWS region of the course, such as ``us-west-2``.

    Raises
    ------
    ScenarioError
        When the topology stands in no region or in several.
    DataError
        When the course does not know the region.
    """
    here = [node.id for node in topology.of_kind("region")]
    if not here:
        raise ScenarioError(f"nothing of {topology.name} is built yet", cure="build it, or lab.catch_up()")
    if len(here) > 1:
        raise ScenarioError(f"{topology.name} stands in {len(here)} regions", allowed="one region to move from")
    there = catalog.region(region).name
    if there == here[0]:
        return topology

    def moved(node_id: str) -> str:
        return node_id.replace(here[0], there, 1) if node_id in places else node_id

    places = {node.id for node in topology.of_kind("region", "az")}
    nodes = tuple(_renamed(node, moved) for node in topology.nodes)
    links = tuple(_relinked(link, moved) for link in topology.links)
    return replace(topology, name=f"{topology.name} (in {there})", nodes=nodes, links=links)


def _renamed(node: Node, moved: Callable[[str], str]) -> Node:
    return replace(node, id=moved(node.id), parent=None if node.parent is None else moved(node.parent))


def _relinked(link: Link, moved: Callable[[str], str]) -> Link:
    return replace(link, source=moved(link.source), target=moved(link.target))
