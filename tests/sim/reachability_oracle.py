"""An independent judge of reachability: a tiny network that really moves packets, one port at a time.

It shares no code with `aws14.sim.reachability`. It does not reason about a way back: it lets the receiver send its
answer, with tables of tracked connections (security groups) and of translations (NAT gateways), and looks who gets it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network

from aws14.model.network import Interface, Network

PRIVATE = [IPv4Network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]


@dataclass(frozen=True)
class P:
    """A packet; `groups` are the security groups that AWS still knows it comes from."""

    src: str
    sport: int
    dst: str
    dport: int
    proto: str
    groups: frozenset[str] = frozenset()

    def answer(self) -> P:
        return P(self.dst, self.dport, self.src, self.sport, self.proto)

    @property
    def connection(self) -> frozenset[tuple[str, int]]:
        return frozenset({(self.src, self.sport), (self.dst, self.dport)})


def inside(cidr: str, address: str) -> bool:
    return IPv4Address(address) in IPv4Network(cidr)


def speaks(rule, p: P) -> bool:
    return rule.protocol == "all" or (rule.protocol == p.proto and rule.ports[0] <= p.dport <= rule.ports[1])


@dataclass
class World:
    net: Network
    tracked: set[tuple[str, frozenset[tuple[str, int]]]] = field(default_factory=set)
    translations: dict[tuple[str, int, str, int], tuple[str, int, str]] = field(default_factory=dict)

    def iface(self, **wanted: str) -> Interface | None:
        for one in self.net.interfaces:
            if all(getattr(one, name) == value for name, value in wanted.items()):
                return one
        return None

    def vpc(self, subnet: str) -> str:
        return next(one.vpc for one in self.net.subnets if one.id == subnet)

    # --- hosts; every function returns who got the packet, and the packet as it was got

    def send(self, one: Interface, p: P):
        if one.state != "running" or not self.group(one, p, out=True):
            return None
        p = replace(p, groups=frozenset(one.groups))
        for near in self.net.interfaces:
            if near.subnet == one.subnet and near.private_ipv4 == p.dst:
                return self.receive(near, p)
        return self.acl(one.subnet, p, out=True) and self.router(one.subnet, p)

    def receive(self, one: Interface, p: P):
        if not self.group(one, p, out=False) or one.state != "running":
            return None
        return one.id, p

    def group(self, one: Interface, p: P, *, out: bool) -> bool:
        key = (one.id, p.connection)
        if key in self.tracked:
            return True
        rules = [rule for group in self.net.groups if group.id in one.groups for rule in group.rules]
        for rule in rules:
            if rule.egress is out and speaks(rule, p) and self.is_peer(rule.peer, p, out=out):
                self.tracked.add(key)
                return True
        return False

    def is_peer(self, peer: str, p: P, *, out: bool) -> bool:
        remote = p.dst if out else p.src
        if peer.startswith("sg-"):
            if not out:
                return peer in p.groups
            known = self.iface(private_ipv4=remote)
            return known is not None and peer in known.groups
        cidrs = [peer] if "/" in peer else [c for one in self.net.prefix_lists if one.id == peer for c in one.cidrs]
        return any(inside(cidr, remote) for cidr in cidrs)

    # --- the edge of a subnet, and its router

    def acl(self, subnet: str, p: P, *, out: bool) -> bool:
        found = next(one for one in self.net.acls if subnet in one.subnets)
        remote = p.dst if out else p.src
        mine = [one for one in found.entries if one.egress is out and inside(one.cidr, remote) and speaks(one, p)]
        return bool(mine) and min(mine, key=lambda one: one.number).allow

    def router(self, subnet: str, p: P):
        vpc = self.vpc(subnet)
        tables = [one for one in self.net.route_tables if one.vpc == vpc]
        mine = [one for one in tables if subnet in one.subnets] or [one for one in tables if one.main]
        for length in range(32, -1, -1):
            wanted = str(IPv4Network(f"{p.dst}/{length}", strict=False))
            for route in mine[0].routes:
                listed = [c for one in self.net.prefix_lists if one.id == route.destination for c in one.cidrs]
                if wanted == route.destination or (wanted in listed and not self.plain(mine[0].routes, wanted)):
                    return route.state == "active" and self.through(route.target, subnet, p)
        return None

    def plain(self, routes, wanted: str) -> bool:
        return any(route.destination == wanted for route in routes)

    def through(self, target: str, subnet: str, p: P):
        vpc, kind = self.vpc(subnet), target.split("-", maxsplit=1)[0]
        if kind == "local":
            return self.into(vpc, p)
        if kind == "igw":
            return any(one.id == target and one.vpc == vpc for one in self.net.internet_gateways) and self.leave(vpc, p)
        if kind == "nat":
            return self.translate(next((one for one in self.net.nat_gateways if one.id == target), None), subnet, p)
        if kind == "vpce":
            ends = [one for one in self.net.endpoints if one.id == target and one.state == "available"]
            return ("outside", p) if ends and p.proto == "tcp" else None
        pair = next((one for one in self.net.peerings if one.id == target and one.state == "active"), None)
        if pair is None:
            return None
        away = pair.accepter if vpc == pair.requester else pair.requester
        cidrs = next((one.cidrs for one in self.net.vpcs if one.id == away), ())
        return self.into(away, p) if any(inside(cidr, p.dst) for cidr in cidrs) else None

    def into(self, vpc: str, p: P):
        for one in self.net.interfaces:
            if one.private_ipv4 == p.dst and self.vpc(one.subnet) == vpc:
                return self.acl(one.subnet, p, out=False) and self.receive(one, p)
        for nat in self.net.nat_gateways:
            if nat.private_ipv4 == p.dst and self.vpc(nat.subnet) == vpc:
                return self.untranslate(nat, p)
        return None

    # --- gateways

    def translate(self, nat, subnet: str, p: P):
        loop = any(p.src == one.private_ipv4 for one in self.net.nat_gateways)
        if nat is None or nat.state != "available" or loop:
            return None
        if nat.subnet != subnet and not self.acl(nat.subnet, p, out=False):
            return None
        self.translations[nat.id, p.sport, p.dst, p.dport] = (p.src, p.sport, subnet)
        sent = P(nat.private_ipv4, p.sport, p.dst, p.dport, p.proto)
        return self.acl(nat.subnet, sent, out=True) and self.router(nat.subnet, sent)

    def untranslate(self, nat, p: P):
        known = self.translations.get((nat.id, p.dport, p.src, p.sport))
        if known is None or not self.acl(nat.subnet, p, out=False):
            return None
        address, port, subnet = known
        back = P(p.src, p.sport, address, port, p.proto)
        if subnet == nat.subnet:
            return self.receive(self.iface(private_ipv4=address), back)
        return self.acl(nat.subnet, back, out=True) and self.into(self.vpc(nat.subnet), back)

    def leave(self, vpc: str, p: P):
        owners = [one for one in (*self.net.interfaces, *self.net.nat_gateways) if self.vpc(one.subnet) == vpc]
        public = next((one.public_ipv4 for one in owners if one.private_ipv4 == p.src), "")
        if not public or any(IPv4Address(p.dst) in one for one in PRIVATE):
            return None
        return self.internet(P(public, p.sport, p.dst, p.dport, p.proto))

    def internet(self, p: P):
        if any(IPv4Address(p.src) in one for one in PRIVATE):
            return None
        for one in (*self.net.interfaces, *self.net.nat_gateways):
            if one.public_ipv4 == p.dst:
                vpc = self.vpc(one.subnet)
                attached = any(gateway.vpc == vpc for gateway in self.net.internet_gateways)
                return attached and self.into(vpc, P(p.src, p.sport, one.private_ipv4, p.dport, p.proto))
        return "outside", p


def connects(net: Network, source: Interface | str, address: str, target: Interface | None, *, port: int, proto: str):
    """Whether, from every ephemeral port that may make a difference, a request arrives and its answer returns."""
    return all(_connects(net, source, address, target, port, sport, proto) for sport in sample(net))


def sample(net: Network) -> list[int]:
    edges = {1_024, 65_535} | {
        port + more for acl in net.acls for rule in acl.entries for port in rule.ports for more in (-1, 0, 1)
    }
    return sorted(port for port in edges if 1_024 <= port <= 65_535)


def _connects(net, source, address, target, port, sport, proto) -> bool:
    world = World(net)
    if isinstance(source, str):
        got = world.internet(P(source, sport, address, port, proto))
    else:
        got = world.send(source, P(source.private_ipv4, sport, address, port, proto))
    if not got or got[0] != (target.id if target else "outside"):
        return False
    answer = got[1].answer()
    if target is not None:
        back = world.send(target, answer)
    elif any(IPv4Address(answer.dst) in one for one in PRIVATE):  # only an endpoint brings such a one outside
        back = world.into(world.vpc(source.subnet), answer)
    else:
        back = world.internet(answer)
    # An answer from another address than was asked (a NAT gateway's, say) is no answer to the one who asked.
    where = "outside" if isinstance(source, str) else source.id
    return bool(back) and back[0] == where and (back[1].src, back[1].sport) == (address, port)
