"""The result of `aws14.sim.reachability` in the shapes of EC2's NetworkInsightsAnalysis.

Shapes and the order of components: the EC2 API reference (``PathComponent``, ``Explanation``) and the Reachability
Analyzer guide ("Getting started using the AWS CLI").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aws14.model.network import ALL_PORTS, AclEntry, GroupRule, Network, Ports, Route
from aws14.sim.reachability import Block, Hop, Packet

__all__ = ["RESOURCE_TYPES", "Shape", "Shapes"]

_NUMBERS = {"tcp": "6", "udp": "17"}
RESOURCE_TYPES: Mapping[str, str] = {
    "i": "instance",
    "eni": "network-interface",
    "sg": "security-group",
    "acl": "network-acl",
    "rtb": "route-table",
    "igw": "internet-gateway",
    "nat": "natgateway",
    "tgw": "transit-gateway",
    "vgw": "vpn-gateway",
    "pcx": "vpc-peering-connection",
    "vpce": "vpc-endpoint",
    "vpc": "vpc",
    "subnet": "subnet",
}
"""Prefix of an id -> resource type in ARNs."""

_FIELDS: Mapping[str, str] = {
    "interface": "NetworkInterface",
    "internet_gateway": "InternetGateway",
    "nat_gateway": "NatGateway",
    "network_acl": "Acl",
    "route_table": "RouteTable",
    "vpc": "Vpc",
    "vpc_endpoint": "VpcEndpoint",
    "vpc_peering_connection": "VpcPeeringConnection",
}
"""Kind of the component that stops a packet -> the member of ``Explanation`` that names it."""

_UNSEEN = frozenset({"internet", "s3"})
"""Kinds of hops that are no resources of the account."""

Shape = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shapes:
    """Writes components of one region and account.

    Parameters
    ----------
    network : Network
        For the names.
    region, account : str
        For the ARNs.
    """

    network: Network
    region: str
    account: str

    def path(self, hops: tuple[Hop, ...]) -> list[Shape]:
        """One leg as ``PathComponent`` s, numbered from 1."""
        seen = [hop for hop in hops if hop.kind not in _UNSEEN]
        components = [part for index, hop in enumerate(seen) for part in self._hop(hop, first=index == 0)]
        return [
            {"SequenceNumber": number, **part, "AdditionalDetails": [], "Explanations": []}
            for number, part in enumerate(components, start=1)
        ]

    def explanation(self, block: Block, destination: str) -> Shape:
        """What stops the packet, as an ``Explanation``."""
        shape: Shape = {"ExplanationCode": block.code, "ComponentAccount": self.account}
        shape["ComponentRegion"] = self.region
        if block.direction:
            shape["Direction"] = block.direction
        shape |= {name: self.component(key) for name, key in self._parts(block, destination) if key}
        if block.groups:
            shape["SecurityGroups"] = [self.component(group) for group in block.groups]
        if block.rule is not None:
            shape |= _rule(block.rule)
        if block.code == "BAD_STATE":
            shape["State"] = self._state(block.id)
        return shape

    def component(self, key: str) -> Shape:
        """An ``AnalysisComponent``."""
        kind = RESOURCE_TYPES.get(key.rpartition("-")[0], "")
        arn = f"arn:aws:ec2:{self.region}:{self.account}:{kind}/{key}"
        name = self.network.names.get(key)
        return {"Id": key, "Arn": arn, **({"Name": name} if name else {})}

    def _hop(self, hop: Hop, *, first: bool) -> Iterator[Shape]:
        if hop.kind == "interface":
            yield from self._ends(hop, first=first)
            return
        shape: Shape = {"Component": self.component(hop.id)}
        if hop.rule is not None:
            shape |= _rule(hop.rule)
        if hop.sent is not None:
            shape |= {"InboundHeader": _header(hop.packet), "OutboundHeader": _header(hop.sent)}
        if hop.vpc and not hop.subnet:
            shape["Vpc"] = self.component(hop.vpc)
        yield shape

    def _ends(self, hop: Hop, *, first: bool) -> Iterator[Shape]:
        """An interface and what it is attached to, in the order in which a packet passes them."""
        card: Shape = {"Component": self.component(hop.id)}
        card |= {"Subnet": self.component(hop.subnet), "Vpc": self.component(hop.vpc)}
        header = {"OutboundHeader" if first else "InboundHeader": _header(hop.packet)}
        if not hop.instance:
            yield {**card, **header}
            return
        parts = [{"Component": self.component(hop.instance), **header}]
        parts.append({**card, "AttachedTo": self.component(hop.instance)})
        yield from (parts if first else reversed(parts))

    def _parts(self, block: Block, destination: str) -> Iterator[tuple[str, str]]:
        yield "Subnet", block.subnet
        yield "Vpc", block.vpc
        yield "NetworkInterface", block.interface
        if block.kind in _FIELDS:
            yield _FIELDS[block.kind], block.id
        elif block.kind != "security_group":
            yield "Component", block.id
        if block.kind == "route_table" and destination.rpartition("-")[0] in RESOURCE_TYPES:
            yield "Destination", destination

    def _state(self, key: str) -> str:
        network = self.network
        if key in network.nat_gateway:
            return network.nat_gateway[key].state
        if key in network.endpoint:
            return network.endpoint[key].state
        return next((each.state for each in network.interfaces if each.host == key), "")


def _rule(rule: AclEntry | GroupRule | Route) -> Shape:
    if isinstance(rule, AclEntry):
        return {"AclRule": _acl_rule(rule)}
    if isinstance(rule, Route):
        return {"RouteTableRoute": _route(rule)}
    return {"SecurityGroupRule": _group_rule(rule)}


def _header(packet: Packet) -> Shape:
    return {
        "SourceAddresses": [f"{packet.source}/32"],
        "DestinationAddresses": [f"{packet.destination}/32"],
        "SourcePortRanges": [_range(packet.source_ports)],
        "DestinationPortRanges": [_range(packet.ports)],
        "Protocol": _NUMBERS.get(packet.protocol, packet.protocol),
    }


def _range(ports: Ports) -> Shape:
    return {"From": ports[0], "To": ports[1]}


def _acl_rule(entry: AclEntry) -> Shape:
    return {
        "Cidr": entry.cidr,
        "Egress": entry.egress,
        "Protocol": entry.protocol,
        "RuleAction": "allow" if entry.allow else "deny",
        "RuleNumber": entry.number,
        **({"PortRange": _range(entry.ports)} if entry.ports != ALL_PORTS else {}),
    }


def _group_rule(rule: GroupRule) -> Shape:
    peer = "Cidr" if "/" in rule.peer else "PrefixListId" if rule.peer.startswith("pl-") else "SecurityGroupId"
    return {
        peer: rule.peer,
        "Direction": "egress" if rule.egress else "ingress",
        "Protocol": rule.protocol,
        **({"PortRange": _range(rule.ports)} if rule.ports != ALL_PORTS else {}),
    }


def _route(route: Route) -> Shape:
    named = {"nat": "NatGatewayId", "pcx": "VpcPeeringConnectionId", "tgw": "TransitGatewayId"}
    target = named.get(route.target.rpartition("-")[0], "GatewayId")
    destination = "DestinationCidr" if "/" in route.destination else "DestinationPrefixListId"
    origin = "createroutetable" if route.target == "local" else "createroute"
    return {destination: route.destination, target: route.target, "Origin": origin, "State": route.state}
