"""What is said of a packet's way: the hops it takes there and back, and the component that stops it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from aws14.model.network import AclEntry, GroupRule, Ports, Route

__all__ = ["EPHEMERAL", "Block", "Code", "Hop", "Leg", "Packet", "Reach", "StoppedError"]

EPHEMERAL: Ports = (1_024, 65_535)
"""Ports that clients may ask from (Amazon VPC guide, "Ephemeral ports"): Linux kernels take 32768-60999, Windows
49152-65535, NAT gateways and load balancers 1024-65535; a network ACL has to let answers to all of them through."""

Leg = Literal["forward", "return"]

Code = Literal[
    "BAD_STATE",
    "BAD_STATE_ROUTE",
    "DISCONNECTED_VPCS",
    "ENI_SG_RULES_MISMATCH",
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
    "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS",
    "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS",
    "NGW_REQUIRES_SOURCE_IN_VPC",
    "NO_PATH",
    "NO_POSSIBLE_DESTINATION",
    "NO_ROUTE_TO_DESTINATION",
    "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
    "SG_HAS_NO_RULES",
    "SUBNET_ACL_RESTRICTION",
    "UNASSOCIATED_COMPONENT",
    "UNSUPPORTED_COMPONENT",
    "VPCE_GATEWAY_PROTOCOL_RESTRICTION",
]
"""The words of AWS's Reachability Analyzer (its guide, "Explanation codes") that are used here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Packet:
    """A packet's header, with all the source ports it may come from."""

    source: str
    destination: str
    protocol: str
    ports: Ports
    source_ports: Ports = EPHEMERAL

    def reply(self) -> Packet:
        """The header of the answer."""
        return replace(
            self, source=self.destination, destination=self.source, ports=self.source_ports, source_ports=self.ports
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Hop:
    """A component that lets the packet through.

    Parameters
    ----------
    kind : str
        ``interface``, ``security_group``, ``network_acl``, ``route_table``, ``internet_gateway``, ``nat_gateway``,
        ``vpc_peering_connection``, ``vpc_endpoint``, ``internet`` or ``s3``.
    id : str
        Its AWS id; empty for ``internet`` and ``s3``.
    leg : {'forward', 'return'}
        On the way there or back.
    detail : str
        What it does to the packet, in one sentence.
    packet : Packet
        As it comes.
    sent : Packet, optional
        As it goes on, where the component changes addresses.
    rule : AclEntry or GroupRule or Route, optional
        The rule that let it through.
    subnet, vpc, instance : str
        Where the component is and what it is attached to, by ids.
    """

    kind: str
    id: str
    leg: Leg
    detail: str
    packet: Packet
    sent: Packet | None = None
    rule: AclEntry | GroupRule | Route | None = None
    subnet: str = ""
    vpc: str = ""
    instance: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """The component that stops the packet. There may be more behind it: open it and look again.

    Parameters
    ----------
    code : str
        AWS's explanation code.
    kind, id : str
        As of `Hop`; an ``instance`` or a ``vpc`` too.
    leg : {'forward', 'return'}
        Whether the request or its answer is stopped.
    detail : str
        What was found there, in one sentence.
    packet : Packet
        That is stopped.
    direction : {'ingress', 'egress', ''}
        Into or out of the component.
    rule : AclEntry or GroupRule or Route, optional
        The rule that stops it; None where no rule applies.
    interface, subnet, vpc : str
        Where it happens, by ids.
    groups : tuple of str
        The security groups that were asked.
    """

    code: Code
    kind: str
    id: str
    leg: Leg
    detail: str
    packet: Packet
    direction: Literal["ingress", "egress", ""] = ""
    rule: AclEntry | GroupRule | Route | None = None
    interface: str = ""
    subnet: str = ""
    vpc: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """Whether one thing reaches another, and why.

    Parameters
    ----------
    source, destination : str
        As they were asked for.
    protocol, port : str, int
        As asked for; of several ports the one that was found.
    hops : tuple of Hop
        Components passed, there and then back; up to the block when there is one.
    blocked_by : Block or None
        What stops it; None when it is reached.
    sentence : str
        The result for a learner.
    """

    source: str
    destination: str
    protocol: str
    port: int
    hops: tuple[Hop, ...]
    blocked_by: Block | None
    sentence: str

    @property
    def reachable(self) -> bool:
        """Whether a connection comes about: the request arrives and the answer returns."""
        return self.blocked_by is None


class StoppedError(Exception):
    """The packet goes no further; inside this package only.

    Parameters
    ----------
    block : Block
        Why.
    """

    def __init__(self, block: Block) -> None:
        super().__init__(block.detail)
        self.block = block
