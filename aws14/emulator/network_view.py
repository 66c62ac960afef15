"""The network as moto keeps it, as the nouns of `aws14.model.network`: for the analyzer and for the data plane.

The same facts as the describe calls give; ``aws14.cloud.readback.network`` builds the same `Network` from those. Names
are the tag ``aws14:node``, else ``Name``; an interface of AWS's own has the name of what it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from aws14.model.network import (
    ALL_PORTS,
    AclEntry,
    GatewayEndpoint,
    GroupRule,
    Interface,
    InternetGateway,
    NatGateway,
    Network,
    NetworkAcl,
    Peering,
    Ports,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
    owner_of,
    protocol_name,
)

__all__ = ["account_network", "network_of"]

_GONE = frozenset({"terminated", "deleted"})
_TARGETS = (
    "gateway_id",
    "nat_gateway_id",
    "vpc_peering_connection_id",
    "transit_gateway_id",
    "instance_id",
    "network_interface_id",
    "carrier_gateway_id",
)


def account_network(account: str) -> Network:
    """The network of an account, all of its regions in one.

    Parameters
    ----------
    account : str
        Its twelve digits.
    """
    from moto.ec2.models import ec2_backends

    return network_of(list(ec2_backends[account].values()))


def network_of(backends: Iterable[Any]) -> Network:
    """The network of these regions.

    Parameters
    ----------
    backends : iterable of moto.ec2.models.EC2Backend
        One a region.
    """
    backends = tuple(backends)
    subnets = [subnet for one in backends for zone in one.subnets.values() for subnet in zone.values()]
    groups = [group for one in backends for groups in one.groups.values() for group in groups.values()]
    nats = [nat for one in backends for nat in one.nat_gateways.values() if nat.state not in _GONE]
    pairs = {pair.id: pair for one in backends for pair in one.vpc_pcxs.values()}
    endpoints = [endpoint for one in backends for endpoint in one.vpc_end_points.values()]
    return Network(
        vpcs=tuple(_vpc(vpc) for one in backends for vpc in one.vpcs.values()),
        subnets=tuple(Subnet(id=one.id, vpc=one.vpc_id, cidr=one.cidr_block) for one in subnets),
        interfaces=tuple(_interfaces(backends)),
        route_tables=tuple(_table(table) for one in backends for table in one.route_tables.values()),
        acls=tuple(_acl(acl) for one in backends for acl in one.network_acls.values()),
        groups=tuple(_group(group) for group in groups),
        internet_gateways=tuple(_gateway(each) for one in backends for each in one.internet_gateways.values()),
        nat_gateways=tuple(_nat(nat) for nat in nats),
        peerings=tuple(_peering(pair) for pair in pairs.values() if pair.status["Code"] not in _GONE),
        endpoints=tuple(_endpoint(one) for one in endpoints if _is_gateway(one) and one.state not in _GONE),
        prefix_lists=tuple(_lists(backends)),
        names=_names(backends),
    )


def _vpc(vpc: Any) -> Vpc:
    return Vpc(id=vpc.id, cidrs=tuple(one["cidr_block"] for one in vpc.get_cidr_block_association_set(ipv6=False)))


def _interfaces(backends: tuple[Any, ...]) -> Iterator[Interface]:
    for one in backends:
        of_nats = {nat._eni.id for nat in one.nat_gateways.values()}  # noqa: SLF001 - moto keeps it here
        for eni in one.enis.values():
            gone = eni.instance is not None and eni.instance.state in _GONE
            if not gone and eni.id not in of_nats:
                yield _interface(eni)


def _interface(eni: Any) -> Interface:
    return Interface(
        id=eni.id,
        subnet=eni.subnet.id,
        private_ipv4=eni.private_ip_address,
        public_ipv4=eni.public_ip or "",
        groups=tuple(sorted(group.id for group in eni.group_set)),
        instance=eni.instance.id if eni.instance else "",
        state=eni.instance.state if eni.instance else eni.status,
        owner=owner_of(eni.description or ""),
    )


def _table(table: Any) -> RouteTable:
    targets = table._associations.values()  # noqa: SLF001 - moto keeps it here
    return RouteTable(
        id=table.id,
        vpc=table.vpc_id,
        main=table.main_association_id is not None,
        subnets=tuple(sorted(target for target in targets if target.startswith("subnet-"))),
        routes=tuple(_route(route) for route in table.routes if not route.destination_ipv6_cidr_block),
    )


def _route(route: Any) -> Route:
    destination = route.destination_cidr_block or route.destination_prefix_list_id or ""
    ways = (getattr(route, name) for name in _TARGETS)
    return Route(destination=destination, target=next((way for way in ways if way), ""), state=route.state)


def _acl(acl: Any) -> NetworkAcl:
    return NetworkAcl(
        id=acl.id,
        vpc=acl.vpc_id,
        subnets=tuple(sorted(each.subnet_id for each in acl.associations)),
        entries=tuple(sorted(_entries(acl), key=lambda entry: (entry.egress, entry.number))),
    )


def _entries(acl: Any) -> Iterator[AclEntry]:
    for entry in acl.network_acl_entries:
        if entry.cidr_block:
            yield AclEntry(
                number=int(entry.rule_number),
                # The API gives a word where moto's own default entries have a truth value.
                egress=str(entry.egress).lower() == "true",
                allow=entry.rule_action == "allow",
                cidr=entry.cidr_block,
                protocol=protocol_name(entry.protocol),
                ports=_ports(entry.port_range_from, entry.port_range_to),
            )


def _group(group: Any) -> SecurityGroup:
    rules = (*(_rules(group.ingress_rules, egress=False)), *(_rules(group.egress_rules, egress=True)))
    return SecurityGroup(id=group.id, vpc=group.vpc_id or "", rules=tuple(sorted(rules, key=_order)))


def _order(rule: GroupRule) -> tuple[bool, str, str, Ports]:
    return rule.egress, rule.peer, rule.protocol, rule.ports


def _rules(rules: Iterable[Any], *, egress: bool) -> Iterator[GroupRule]:
    for rule in rules:
        peer = rule.cidr_ipv4 or rule.source_group.get("GroupId") or rule.prefix_list_id
        if peer:
            ports = _ports(rule.from_port, rule.to_port)
            yield GroupRule(egress=egress, peer=peer, protocol=protocol_name(rule.ip_protocol), ports=ports)


def _ports(low: Any, high: Any) -> Ports:
    if low is None or high is None or int(low) < 0:
        return ALL_PORTS
    return int(low), int(high)


def _gateway(gateway: Any) -> InternetGateway:
    return InternetGateway(id=gateway.id, vpc=gateway.vpc.id if gateway.vpc else "")


def _nat(nat: Any) -> NatGateway:
    public = next((each["publicIp"] for each in nat.address_set if each.get("publicIp")), "")
    return NatGateway(
        id=nat.id,
        subnet=nat.subnet_id,
        private_ipv4=nat._eni.private_ip_address,  # noqa: SLF001 - moto keeps it here
        public_ipv4=public,
        state=nat.state,
    )


def _peering(pair: Any) -> Peering:
    return Peering(id=pair.id, requester=pair.vpc.id, accepter=pair.peer_vpc.id, state=pair.status["Code"])


def _is_gateway(endpoint: Any) -> bool:
    return (endpoint.vpc_endpoint_type or "Gateway").lower() == "gateway"


def _endpoint(endpoint: Any) -> GatewayEndpoint:
    return GatewayEndpoint(
        id=endpoint.id, vpc=endpoint.vpc_id, service=endpoint.service_name, state=endpoint.state.lower()
    )


def _lists(backends: tuple[Any, ...]) -> Iterator[PrefixList]:
    for one in backends:
        for each in one.managed_prefix_lists.values():
            latest = list(each.entries.values())[-1] if each.entries else []
            if each.address_family != "IPv6":
                cidrs = tuple(entry["Cidr"] for entry in latest or ())
                yield PrefixList(id=each.id, name=each.prefix_list_name, cidrs=cidrs)


def _names(backends: tuple[Any, ...]) -> dict[str, str]:
    owners = ((eni.id, owner_of(eni.description or "")) for one in backends for eni in one.enis.values())
    owned = {key: owner.partition("/")[2] for key, owner in owners if owner}
    tagged = ((key, tags) for one in backends for key, tags in one.tags.items())
    named = ((key, tags.get("aws14:node") or tags.get("Name")) for key, tags in tagged)
    return owned | {key: name for key, name in named if name}
