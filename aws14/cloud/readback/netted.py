"""What stands behind security groups, of the services that are all read alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aws14.cloud.readback import ds, ec2, ec2_links, efs, fsx, services
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Seen
from aws14.model import Link

__all__ = ["READERS", "read"]

READERS: Mapping[str, Any] = {"efs": efs, "fsx": fsx, "ds": ds}
"""boto3 client -> its reader: ``fetch``, ``to_nodes``, ``to_links`` and ``holders``."""


def read(
    asking: Asking, here: ec2.Facts, places: services.Places, into: tuple[list[Seen], list[Link]]
) -> Iterator[ec2_links.Holder]:
    """Ask them all about one region, as far as they have something there.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    here : ec2.Facts
        The region's subnets and security groups.
    places : Places
        Service -> regions it has something in.
    into : tuple of list
        Nodes and links, to which those found are added.

    Yields
    ------
    Holder
        What stands behind security groups.
    """
    for name, reader in READERS.items():
        if here.region in places[name]:
            facts = reader.fetch(asking, here.region)
            into[0].extend(reader.to_nodes(facts, here))
            into[1].extend(reader.to_links(facts))
            yield from reader.holders(facts, here)
