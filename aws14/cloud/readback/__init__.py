"""Read-back: what is really there, as a topology. One reader per boto3 client; asking is apart from understanding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aws14.cloud.readback import ec2, ec2_links, route53
from aws14.cloud.readback.assemble import Selection, assemble
from aws14.cloud.readback.network import read_network
from aws14.cloud.readback.seen import Seen
from aws14.model import Node, Topology

if TYPE_CHECKING:
    from aws14.cloud.session import Session

__all__ = ["read_back"]

_INTERNET = Seen(node=Node(id=ec2_links.INTERNET, kind="internet"), stock=True)


def read_back(session: Session, *, pattern: str | None = None) -> Topology:
    """Read back what is built.

    Parameters
    ----------
    session : Session
        The account and the region; further regions are read when the ledger knows of something built there.
    pattern : str, optional
        Word of the pattern whose resources are wanted: those tagged ``aws14:pattern``, those that the ledger
        recorded, and what stands in them. None: the session's own pattern. Empty, or a session without a
        pattern: everything but the default VPC.

    Returns
    -------
    Topology
        With ``origin="built"`` and its network; every node states all of its kind's ``ATTRIBUTES``.

    Raises
    ------
    ReadbackError
        When an attribute cannot be read. There is no silent default.
    """
    word = session.pattern if pattern is None else pattern
    regions = dict.fromkeys((session.region, *session.ledger.regions(word)))
    facts = [ec2.fetch(session.client("ec2", region), region) for region in regions]
    seen = [_INTERNET]
    for part in facts:
        seen += [*ec2_links.to_offices(part), *ec2.to_nodes(part)]
    seen += route53.to_nodes(route53.fetch(session.client("route53")))
    links = [link for part in facts for link in ec2_links.to_links(part)]
    links += route53.to_links(seen)
    selection = Selection(pattern=word, recorded=session.ledger.ids(word))
    topology = assemble(word or "everything built", seen, links, selection)
    return replace(topology, network=read_network(session, word))
