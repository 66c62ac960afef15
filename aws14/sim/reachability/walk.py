"""The walk of one connection: the request from component to component, then its answer back the same way.

The order is the packet's: security group, network ACL and route table of the sender's subnet, the gateway, then network
ACL and security group of the receiver. What is stateless is asked again for the answer, in reverse order: network ACLs
with the clients' ephemeral ports, and route tables. Within a subnet neither is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from aws14.model.network import Interface, Network, Route
from aws14.sim.reachability.border import refused_in, refused_out
from aws14.sim.reachability.matching import contains
from aws14.sim.reachability.outcome import Block, Hop, Packet, StoppedError
from aws14.sim.reachability.places import Flow
from aws14.sim.reachability.road import Road

__all__ = ["walk"]


def walk(network: Network, flow: Flow) -> tuple[tuple[Hop, ...], Block | None]:
    """Follow a connection there and back.

    Parameters
    ----------
    network : Network
        What there is.
    flow : Flow
        The connection.

    Returns
    -------
    hops : tuple of Hop
        What was passed.
    block : Block or None
        What stopped it.
    """
    walker = _Walk(network, flow)
    try:
        walker.there()
        walker.back()
    except StoppedError as stopped:
        return tuple(walker.road.hops), stopped.block
    return tuple(walker.road.hops), None


@dataclass(frozen=True, slots=True)
class _Sender:
    """Who a packet comes from at this moment: NAT changes it on the way."""

    public_ipv4: str
    groups: tuple[str, ...]
    nat: str = ""


class _Walk:
    def __init__(self, network: Network, flow: Flow) -> None:
        self.network = network
        self.flow = flow
        ends = (flow.source, flow.destination)
        self.road = Road(network, {end.address: end.title for end in ends})
        self._returns: list[Callable[[], None]] = []

    def there(self) -> None:
        flow = self.flow
        packet = Packet(
            source=flow.source.address,
            destination=flow.destination.address,
            protocol=flow.protocol,
            ports=(flow.port, flow.port),
        )
        if flow.source.interface is None:
            self._from_internet(packet)
        else:
            self._from_interface(flow.source.interface, packet)

    def back(self) -> None:
        self.road.leg = "return"
        for step in reversed(self._returns):
            step()

    # --- starting

    def _from_interface(self, source: Interface, packet: Packet) -> None:
        self.road.host(source, packet, egress=True)
        target = self.flow.destination.interface
        if target is not None and not packet.destination:
            detail = f"{self._title(source)} and {self._title(target)} are in VPCs that nothing connects"
            vpc = self.network.vpc_of(source.subnet)
            self.road.stops("DISCONNECTED_VPCS", "vpc", vpc, packet, detail=detail, vpc=vpc)
        inside = target is not None and packet.destination == target.private_ipv4
        peer_groups = target.groups if target is not None and inside else ()
        self.road.groups(source, packet, egress=True, peer_groups=peer_groups)
        self._returns.append(lambda: self.road.host(source, packet.reply(), egress=False))
        self._returns.append(lambda: self.road.remembered(source, packet.reply()))
        if target is not None and inside and target.subnet == source.subnet:
            self._arrive(target, packet, source.groups)
            return
        self._cross(source.subnet, packet, egress=True)
        self._onward(source.subnet, packet, _Sender(source.public_ipv4, source.groups))

    def _from_internet(self, packet: Packet) -> None:
        target = self.flow.destination.interface
        if target is None:
            self._outside(packet)
        else:
            self._enter(target, packet)

    # --- onward from the router of a subnet

    def _onward(self, subnet: str, packet: Packet, sender: _Sender) -> None:
        route = self.road.route(subnet, packet)
        network = self.network
        if route.target == "local":
            self._local(subnet, packet, sender)
        elif route.target in network.internet_gateway:
            self._leave(route.target, packet, sender)
        elif route.target in network.nat_gateway:
            self._nat(subnet, packet, sender, route)
        elif route.target in network.peering:
            self._peering(subnet, packet, sender, route)
        elif route.target in network.endpoint:
            self._endpoint(route.target, packet)
        else:
            detail = f"what {route.target} does with packets is not followed here"
            self.road.stops("UNSUPPORTED_COMPONENT", "route_table", route.target, packet, detail=detail, rule=route)

    def _local(self, subnet: str, packet: Packet, sender: _Sender) -> None:
        vpc = self.network.vpc_of(subnet)
        target = self.flow.destination.interface
        if target is None or packet.destination != target.private_ipv4 or self.network.vpc_of(target.subnet) != vpc:
            detail = f"nothing in {self.network.title(vpc)} has the address {packet.destination}"
            self.road.stops("NO_POSSIBLE_DESTINATION", "vpc", vpc, packet, detail=detail, vpc=vpc)
        self._returns.append(lambda: self.road.route_back(target.subnet, packet.reply(), "local"))
        self._cross(target.subnet, packet, egress=False)
        self._arrive(target, packet, sender.groups)

    def _leave(self, gateway: str, packet: Packet, sender: _Sender) -> None:
        vpc, title = self.network.internet_gateway[gateway].vpc, self.network.title(gateway)
        if refused := refused_out(packet, sender.public_ipv4):
            code, detail = refused
            self.road.stops(code, "internet_gateway", gateway, packet, detail=detail, vpc=vpc, direction="egress")
        sent = replace(packet, source=sender.public_ipv4)
        self._gateway(gateway, packet, sent, f"{title} sends it to the Internet as {sender.public_ipv4}")
        destination = self.flow.destination
        if destination.gateway and destination.gateway != gateway:
            detail = f"the way to the Internet is by {title}, not by {self.network.title(destination.gateway)}"
            self.road.stops("NO_PATH", "internet_gateway", destination.gateway, packet, detail=detail)
        if destination.interface is not None:
            self._enter(destination.interface, sent)
        else:
            self._outside(sent)

    def _outside(self, packet: Packet) -> None:
        kind, title = self.flow.destination.kind, self.flow.destination.title
        for nat in self.network.nat_gateways:
            if packet.destination == nat.public_ipv4:
                self._refused_by_nat(nat.id, packet)
        self.road.passes(kind, "", packet, f"{title} receives it at {packet.destination}")
        self._returns.append(lambda: self.road.passes(kind, "", packet.reply(), f"{title} answers"))

    def _refused_by_nat(self, nat: str, packet: Packet) -> None:
        detail = f"{self.network.title(nat)} takes requests only from inside its VPC"
        self.road.stops("NGW_REQUIRES_SOURCE_IN_VPC", "nat_gateway", nat, packet, detail=detail, direction="ingress")

    def _nat(self, subnet: str, packet: Packet, sender: _Sender, route: Route) -> None:
        nat = self.network.nat_gateway[route.target]
        title = self.network.title(nat.id)
        if sender.nat:
            detail = (
                f"{self.network.title(subnet)}, where {self.network.title(sender.nat)} is, has no way to the Internet"
            )
            detail += f": its route leads to {title} again"
            self.road.stops(
                "NO_ROUTE_TO_DESTINATION", "nat_gateway", sender.nat, packet, detail=detail, rule=route, subnet=subnet
            )
        self.road.nat_works(nat, packet)
        if nat.subnet != subnet:
            self._cross(nat.subnet, packet, egress=False)
        sent = Packet(
            source=nat.private_ipv4, destination=packet.destination, protocol=packet.protocol, ports=packet.ports
        )
        vpc = self.network.vpc_of(nat.subnet)
        self.road.passes("nat_gateway", nat.id, packet, f"{title} sends it on as its own", sent=sent, vpc=vpc)
        back = f"{title} knows whose answer it is"
        self._returns.append(
            lambda: self.road.passes("nat_gateway", nat.id, sent.reply(), back, sent=packet.reply(), vpc=vpc)
        )
        self._cross(nat.subnet, sent, egress=True)
        self._onward(nat.subnet, sent, _Sender(nat.public_ipv4, (), nat.id))

    def _peering(self, subnet: str, packet: Packet, sender: _Sender, route: Route) -> None:
        peering = self.network.peering[route.target]
        home, title = self.network.vpc_of(subnet), self.network.title(peering.id)
        away = peering.accepter if home == peering.requester else peering.requester
        cidrs = self.network.vpc[away].cidrs if away in self.network.vpc else ()
        if not any(contains(cidr, packet.destination) for cidr in cidrs):
            detail = f"{title} ends in {self.network.title(away)}, and {packet.destination} is not in there"
            self.road.stops(
                "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
                "vpc_peering_connection",
                peering.id,
                packet,
                detail=detail,
                vpc=home,
            )
        self.road.passes("vpc_peering_connection", peering.id, packet, f"{title} carries it over", vpc=away)
        target = self.flow.destination.interface
        if target is None or packet.destination != target.private_ipv4 or self.network.vpc_of(target.subnet) != away:
            detail = f"nothing in {self.network.title(away)} has the address {packet.destination}"
            self.road.stops("NO_POSSIBLE_DESTINATION", "vpc", away, packet, detail=detail, vpc=away)
        back = f"{title} carries the answer back"
        self._returns.append(
            lambda: self.road.passes("vpc_peering_connection", peering.id, packet.reply(), back, vpc=home)
        )
        self._returns.append(lambda: self.road.route_back(target.subnet, packet.reply(), peering.id))
        self._cross(target.subnet, packet, egress=False)
        self._arrive(target, packet, sender.groups)

    def _endpoint(self, key: str, packet: Packet) -> None:
        endpoint, title = self.network.endpoint[key], self.network.title(key)
        if endpoint.state != "available":
            self.road.stops("BAD_STATE", "vpc_endpoint", key, packet, detail=f"{title} is {endpoint.state}")
        if packet.protocol != "tcp":
            detail = f"{title} takes TCP only"
            self.road.stops("VPCE_GATEWAY_PROTOCOL_RESTRICTION", "vpc_endpoint", key, packet, detail=detail)
        vpc = endpoint.vpc
        self.road.passes("vpc_endpoint", key, packet, f"{title} takes it to {endpoint.service} inside AWS", vpc=vpc)
        self._returns.append(
            lambda: self.road.passes("vpc_endpoint", key, packet.reply(), f"{title} brings the answer", vpc=vpc)
        )
        self._outside(packet)

    # --- arriving

    def _enter(self, target: Interface, packet: Packet) -> None:
        """From the Internet to a public address, by the Internet gateway of its VPC; inbound needs no route."""
        gateway = self._gateway_of(target, packet)
        title = self.network.title(gateway)
        sent = replace(packet, destination=target.private_ipv4)
        self._gateway(gateway, packet, sent, f"{title} brings it from the Internet to {target.private_ipv4}")
        self._returns.append(lambda: self.road.route_back(target.subnet, sent.reply(), gateway))
        self._cross(target.subnet, sent, egress=False)
        self._arrive(target, sent, ())

    def _gateway_of(self, target: Interface, packet: Packet) -> str:
        vpc, wanted = self.network.vpc_of(target.subnet), self.flow.source.gateway
        gateways = [one.id for one in self.network.internet_gateways if one.vpc == vpc]
        if wanted and wanted not in gateways:
            detail = f"{self.network.title(wanted)} is not attached to {self.network.title(vpc)}"
            self.road.stops("UNASSOCIATED_COMPONENT", "internet_gateway", wanted, packet, detail=detail, vpc=vpc)
        if not gateways:
            detail = f"{self.network.title(vpc)} has no Internet gateway"
            self.road.stops("NO_PATH", "vpc", vpc, packet, detail=detail, vpc=vpc)
        if refused := refused_in(packet, target.public_ipv4, self._title(target)):
            code, detail = refused
            what = {"detail": detail, "interface": target.id, "vpc": vpc, "direction": "ingress"}
            self.road.stops(code, "internet_gateway", gateways[0], packet, **what)
        return gateways[0]

    def _arrive(self, target: Interface, packet: Packet, peer_groups: tuple[str, ...]) -> None:
        self._returns.append(lambda: self.road.remembered(target, packet.reply()))
        self._returns.append(lambda: self.road.host(target, packet.reply(), egress=True))
        self.road.groups(target, packet, egress=False, peer_groups=peer_groups)
        self.road.host(target, packet, egress=False)

    # --- what is asked again for the answer

    def _cross(self, subnet: str, packet: Packet, *, egress: bool) -> None:
        self.road.acl(subnet, packet, egress=egress)
        self._returns.append(lambda: self.road.acl(subnet, packet.reply(), egress=not egress))

    def _gateway(self, key: str, packet: Packet, sent: Packet, detail: str) -> None:
        vpc, title = self.network.internet_gateway[key].vpc, self.network.title(key)
        self.road.passes("internet_gateway", key, packet, detail, sent=sent, vpc=vpc)
        back = f"{title} passes the answer on"
        self._returns.append(
            lambda: self.road.passes("internet_gateway", key, sent.reply(), back, sent=packet.reply(), vpc=vpc)
        )

    def _title(self, interface: Interface) -> str:
        return self.network.title(interface.host)
