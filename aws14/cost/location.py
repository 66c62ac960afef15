"""Where a thing is charged: prices differ by region."""

from __future__ import annotations

from aws14.catalog import EVERYWHERE
from aws14.errors import DesignError
from aws14.model import Node, Topology

_GLOBAL = ("hosted_zone", "dns_record", "health_check", "distribution")


def region_of(topology: Topology, node: Node) -> str:
    """Return the region whose prices a node is charged at, `EVERYWHERE` for a global service.

    Raises
    ------
    DesignError
        When a regional node stands in no region.
    """
    if node.kind in _GLOBAL:
        return EVERYWHERE
    region = topology.container(node.id, "region")
    if region is None:
        raise DesignError(
            f"{node.kind} '{node.id}' stands in no region, and prices differ by region",
            cure="place it in a region, or in a VPC that stands in one",
        )
    return region.id
