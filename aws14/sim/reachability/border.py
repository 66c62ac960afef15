"""What an Internet gateway refuses by itself: it pairs addresses one to one, and routes public ones only."""

from __future__ import annotations

from aws14.sim.reachability.matching import is_private, is_shared
from aws14.sim.reachability.outcome import Code, Packet

__all__ = ["Refusal", "refused_in", "refused_out"]

Refusal = tuple[Code, str]


def refused_out(packet: Packet, public_ipv4: str) -> Refusal | None:
    """Why a packet may not leave to the Internet.

    Parameters
    ----------
    packet : Packet
        As it comes to the gateway.
    public_ipv4 : str
        The public address that its source is paired with; empty for none.
    """
    if not public_ipv4:
        detail = f"{packet.source} has no public address, without which nothing gets to the Internet by this gateway"
        return "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", detail
    if is_private(packet.destination):
        detail = f"{packet.destination} is a private address: the Internet knows no such place"
        return "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", detail
    if is_shared(packet.destination):
        detail = f"{packet.destination} is a shared address (RFC 6598): the Internet knows no such place"
        return "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", detail
    return None


def refused_in(packet: Packet, public_ipv4: str, title: str) -> Refusal | None:
    """Why a packet may not come in from the Internet.

    Parameters
    ----------
    packet : Packet
        As it comes to the gateway.
    public_ipv4 : str
        The public address of the receiver; empty for none.
    title : str
        What a sentence calls the receiver.
    """
    if not public_ipv4 or packet.destination != public_ipv4:
        detail = f"{title} has no public address at which the Internet could call it"
        return "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", detail
    if is_private(packet.source):
        detail = f"{packet.source} is a private address: no packet comes from the Internet with it"
        return "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS", detail
    if is_shared(packet.source):
        detail = f"{packet.source} is a shared address (RFC 6598): no packet comes from the Internet with it"
        return "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS", detail
    return None
