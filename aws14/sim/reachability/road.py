"""The road a packet travels: each component is asked, each answer noted as a hop, and the first refusal stops it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Literal, NoReturn

from aws14.model.network import Interface, NatGateway, Network, Route
from aws14.sim.reachability.matching import acl_of, acl_verdict, group_rule, longest_route, table_of
from aws14.sim.reachability.outcome import Block, Code, Hop, Leg, Packet, StoppedError

__all__ = ["Road"]

_WORDS = {True: "out", False: "in"}


class Road:
    """Asks the components of one network in turn.

    Parameters
    ----------
    network : Network
        What there is.
    called : Mapping[str, str], optional
        Address -> what a sentence calls it.

    Attributes
    ----------
    hops : list of Hop
        Those passed so far.
    leg : {'forward', 'return'}
        Where we are.
    """

    def __init__(self, network: Network, called: Mapping[str, str] = MappingProxyType({})) -> None:
        self.network = network
        self._called = called
        self.hops: list[Hop] = []
        self.leg: Leg = "forward"

    def called(self, address: str) -> str:
        """What a sentence calls an address."""
        return self._called.get(address) or address

    def passes(self, kind: str, key: str, packet: Packet, detail: str, **where: Any) -> None:
        """Note a component that lets the packet through; `where` are further fields of `Hop`."""
        self.hops.append(Hop(kind=kind, id=key, leg=self.leg, packet=packet, detail=detail, **where))

    def stops(self, code: Code, kind: str, key: str, packet: Packet, **what: Any) -> NoReturn:
        """Stop at a component; `what` are further fields of `Block`, `detail` among them.

        Raises
        ------
        StoppedError
            Always.
        """
        raise StoppedError(Block(code=code, kind=kind, id=key, leg=self.leg, packet=packet, **what))

    def host(self, interface: Interface, packet: Packet, *, egress: bool) -> None:
        """Pass the interface, behind which something has to run."""
        title, where = self.network.title(interface.host), self._where(interface.subnet)
        if not interface.answers:
            kind = "instance" if interface.instance else "interface"
            detail = f"{title} is {interface.state}, so nothing {'asks' if egress else 'answers'} there"
            self.stops("BAD_STATE", kind, interface.host, packet, detail=detail, interface=interface.id, **where)
        detail = f"{title} {'sends it' if egress else 'receives it'}"
        self.passes("interface", interface.id, packet, detail, instance=interface.instance, **where)

    def groups(self, interface: Interface, packet: Packet, *, egress: bool, peer_groups: Collection[str]) -> None:
        """Pass the security groups of the interface, as one."""
        where = self._where(interface.subnet)
        rule = group_rule(self.network, interface.groups, packet, egress=egress, peer_groups=peer_groups)
        if rule is not None:
            group = next(key for key in interface.groups if rule in self.network.group[key].rules)
            detail = f"{self.network.title(group)} allows {_service(packet)} {_WORDS[egress]}: {_peer(rule.peer)}"
            self.passes("security_group", group, packet, detail, rule=rule, instance=interface.instance, **where)
            return
        known = [self.network.group[key] for key in interface.groups if key in self.network.group]
        empty = not any(each.egress == egress for group in known for each in group.rules)
        names = " and ".join(self.network.title(key) for key in interface.groups) or "no security group"
        remote = f"to {self.called(packet.destination)}" if egress else f"from {self.called(packet.source)}"
        detail = f"no rule of {names} lets {_service(packet)} {remote} {_WORDS[egress]}"
        self.stops(
            "SG_HAS_NO_RULES" if empty else "ENI_SG_RULES_MISMATCH",
            "security_group",
            interface.groups[0] if interface.groups else "",
            packet,
            detail=detail,
            direction=_direction(egress),
            interface=interface.id,
            groups=interface.groups,
            **where,
        )

    def remembered(self, interface: Interface, packet: Packet) -> None:
        """Note that security groups know the answer as part of the connection they let through."""
        for group in interface.groups[:1]:
            detail = f"{self.network.title(group)} is stateful: it lets the answer through by itself"
            where = self._where(interface.subnet)
            self.passes("security_group", group, packet, detail, instance=interface.instance, **where)

    def acl(self, subnet: str, packet: Packet, *, egress: bool) -> None:
        """Pass the network ACL at the edge of a subnet; it remembers nothing, so answers are judged like requests."""
        acl = acl_of(self.network, subnet)
        allowed, entry = acl_verdict(acl, packet, egress=egress)
        title, where = self.network.title(acl.id), self._where(subnet)
        if allowed and entry is not None:
            detail = f"{title} allows {_service(packet)} {_WORDS[egress]} by rule {entry.number}"
            self.passes("network_acl", acl.id, packet, detail, rule=entry, **where)
            return
        by = "it has no rule that allows it" if entry is None else f"rule {entry.number} denies it"
        what = _service(packet) + (" (the answers to clients' ephemeral ports)" if self.leg == "return" else "")
        detail = f"{title} of {self.network.title(subnet)} stops {what} on the way {_WORDS[egress]}: {by}"
        self.stops(
            "SUBNET_ACL_RESTRICTION",
            "network_acl",
            acl.id,
            packet,
            detail=detail,
            direction=_direction(egress),
            rule=entry,
            **where,
        )

    def route(self, subnet: str, packet: Packet) -> Route:
        """The route that a subnet's table has for the packet, whose target is there."""
        table = table_of(self.network, subnet)
        found = longest_route(self.network, table, packet.destination)
        to, where = self.called(packet.destination), self._where(subnet)
        title = f"{self.network.title(table.id)}, the route table of {self.network.title(subnet)},"
        if found is None:
            detail = f"{title} has no route to {to}"
            self.stops("NO_ROUTE_TO_DESTINATION", "route_table", table.id, packet, detail=detail, **where)
        target = self.network.title(found.target)
        if found.state == "blackhole" or self._is_gone(found.target, where["vpc"]):
            detail = f"{title} drops what is for {to}: its route {found.destination} is a blackhole, {target} is "
            detail += "deleted, detached or not accepted"
            self.stops("BAD_STATE_ROUTE", "route_table", table.id, packet, detail=detail, rule=found, **where)
        detail = f"{title} sends what is for {to} to {target}, by its route {found.destination}"
        self.passes("route_table", table.id, packet, detail, rule=found, **where)
        return found

    def route_back(self, subnet: str, packet: Packet, target: str) -> None:
        """Pass the route table on the way back, which has to lead where the request came from."""
        route = self.route(subnet, packet)
        if route.target == target:
            return
        self.hops.pop()
        table = table_of(self.network, subnet)
        detail = (
            f"the answer to {self.called(packet.destination)} would leave {self.network.title(subnet)} by "
            f"{self.network.title(route.target)}, not by {self.network.title(target)} where the request came in"
        )
        self.stops(
            "NO_ROUTE_TO_DESTINATION", "route_table", table.id, packet, detail=detail, rule=route, **self._where(subnet)
        )

    def nat_works(self, gateway: NatGateway, packet: Packet) -> None:
        """Let a NAT gateway be available."""
        if gateway.state != "available":
            detail = f"{self.network.title(gateway.id)} is {gateway.state}"
            where = self._where(gateway.subnet)
            self.stops("BAD_STATE", "nat_gateway", gateway.id, packet, detail=detail, **where)

    def _is_gone(self, target: str, vpc: str) -> bool:
        """Whether a route's target is no more, detached or not accepted: AWS calls such a route a blackhole."""
        network = self.network
        if target.startswith("igw-"):
            return target not in network.internet_gateway or network.internet_gateway[target].vpc != vpc
        if target.startswith("nat-"):
            return target not in network.nat_gateway or network.nat_gateway[target].state == "deleted"
        if target.startswith("pcx-"):
            return target not in network.peering or network.peering[target].state != "active"
        return target.startswith("vpce-") and target not in network.endpoint

    def _where(self, subnet: str) -> dict[str, str]:
        return {"subnet": subnet, "vpc": self.network.vpc_of(subnet)}


def _direction(egress: bool) -> Literal["ingress", "egress"]:
    return "egress" if egress else "ingress"


def _service(packet: Packet) -> str:
    low, high = packet.ports
    return f"{packet.protocol}/{low}" if low == high else f"{packet.protocol}/{low}-{high}"


def _peer(peer: str) -> str:
    return f"its rule for {peer}"
