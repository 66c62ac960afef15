"""Copied: what is written and goes on to another region, or comes from the office through a gateway."""

from __future__ import annotations

from collections.abc import Iterator

from aws14.cost.location import region_of
from aws14.model import Topology, Usage

REPLICATES, COPIES = "replicates", "copies"
"""Labels of the routes from a database or a bucket to its copy, and from one vault to another."""


def between_regions(topology: Topology, written_gib: float) -> Iterator[Usage]:
    """What each database, bucket or vault that copies itself sends to another region.

    Parameters
    ----------
    topology : Topology
        What stands.
    written_gib : float
        GiB a month that are written to each.
    """
    for link in topology.links_of("routes"):
        vaults = link.label == COPIES and topology.node(link.source).kind == "backup_vault"
        if not vaults and link.label != REPLICATES:
            continue
        here, there = (region_of(topology, topology.node(end)) for end in (link.source, link.target))
        if here != there:
            yield Usage(
                service="Data transfer", item="to another AWS region", unit="GB", region=here, quantity=written_gib,
                resource=link.source, note=f"what is written (assumed) is copied to {there}",
            )  # fmt: skip


def through_gateways(topology: Topology, written_gib: float) -> Iterator[Usage]:
    """What the office writes through each of its gateways, GiB a month."""
    for gateway in topology.of_kind("storage_gateway"):
        yield Usage(
            service="Storage Gateway", item="Data written to AWS by gateway", unit="GB",
            region=region_of(topology, gateway), quantity=written_gib, resource=gateway.id,
            note="what the office writes through it (assumed)",
        )  # fmt: skip
