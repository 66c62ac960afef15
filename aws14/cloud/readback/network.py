"""The network read back: what decides where packets go, from EC2's describe calls, on any AWS.

The same `Network` as the embedded AWS builds of itself, so that `aws14.sim.reachability` answers alike for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws14.cloud.readback import network_rules as rules
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.assemble import Selection
from aws14.cloud.readback.seen import Resource, Seen, listed, required, tags_of
from aws14.model import Node
from aws14.model.network import (
    GatewayEndpoint,
    Interface,
    InternetGateway,
    NatGateway,
    Network,
    Peering,
    PrefixList,
    Subnet,
    Vpc,
    owner_of,
)

if TYPE_CHECKING:
    from aws14.cloud.session import Session

_LISTS: Mapping[str, tuple[str, str, str]] = {
    "vpcs": ("describe_vpcs", "Vpcs", "VpcId"),
    "subnets": ("describe_subnets", "Subnets", "SubnetId"),
    "route_tables": ("describe_route_tables", "RouteTables", "RouteTableId"),
    "acls": ("describe_network_acls", "NetworkAcls", "NetworkAclId"),
    "groups": ("describe_security_groups", "SecurityGroups", "GroupId"),
    "internet_gateways": ("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    "nat_gateways": ("describe_nat_gateways", "NatGateways", "NatGatewayId"),
    "interfaces": ("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    "peerings": ("describe_vpc_peering_connections", "VpcPeeringConnections", "VpcPeeringConnectionId"),
    "endpoints": ("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    "prefix_lists": ("describe_managed_prefix_lists", "PrefixLists", "PrefixListId"),
}
"""What is asked of one region: name -> (operation, key of the items, key of their ids)."""

_OF_A_DATABASE = "RDSNetworkInterface"
"""What RDS writes into the description of its interfaces."""

_GONE = frozenset({"shutting-down", "terminated", "deleted"})

Facts = Mapping[str, tuple[Resource, ...]]


def read_network(session: Session, pattern: str | None = None) -> Network:
    """Read back the network of what is built.

    Parameters
    ----------
    session : Session
        The account and the region; further regions are read when the ledger knows of something built there.
    pattern : str, optional
        Word of the pattern whose VPCs (and those peered with them) are wanted, those that its instances stand in
        included. None: the session's own pattern. Empty, or a session without a pattern: every VPC but unused default
        ones.

    Raises
    ------
    ReadbackError
        When something that decides is not told.
    """
    word = session.pattern if pattern is None else pattern
    return network_of(Asking(session), Selection(pattern=word, recorded=session.ledger.ids(word)))


def network_of(asking: Asking, selection: Selection) -> Network:
    """The network of what is selected, as `read_network` reads it, with questions that others may have put already."""
    session = asking.session
    regions = dict.fromkeys((session.region, *session.ledger.regions(selection.pattern)))
    parts = [_fetch(asking, region) for region in regions]
    facts = {name: tuple(item for part in parts for item in part[name]) for name in parts[0]}
    return _network(facts, _chosen(facts, selection))


def _fetch(asking: Asking, region: str) -> dict[str, tuple[Resource, ...]]:
    facts = {name: asking.listed("ec2", region, operation, key) for name, (operation, key, _) in _LISTS.items()}
    reservations = asking.listed("ec2", region, "describe_instances", "Reservations")
    facts["instances"] = tuple(instance for each in reservations for instance in each["Instances"])
    client = asking.client("ec2", region)
    facts["entries"] = tuple(
        {"PrefixListId": key, "Cidrs": [entry["Cidr"] for entry in _entries(client, key)]}
        for key in dict.fromkeys(_lists_that_matter(facts))
    )
    # Only the embedded AWS says in the description which database an interface belongs to.
    nameless = any(one.get("Description") == _OF_A_DATABASE for one in facts["interfaces"])
    facts["databases"] = asking.listed("rds", region, "describe_db_instances", "DBInstances") if nameless else ()
    return facts


def _entries(client: Any, key: str) -> tuple[Resource, ...]:
    return listed(client, "get_managed_prefix_list_entries", "Entries", PrefixListId=key)


def _lists_that_matter(facts: Facts) -> Iterator[str]:
    """Those that rules and routes name, and S3's own: AWS has some that hold hundreds of entries."""
    yield from (one["PrefixListId"] for one in facts["prefix_lists"] if one["PrefixListName"].endswith(".s3"))
    for table in facts["route_tables"]:
        yield from (route["DestinationPrefixListId"] for route in table["Routes"] if "DestinationPrefixListId" in route)
    for group in facts["groups"]:
        for permission in (*group.get("IpPermissions", ()), *group.get("IpPermissionsEgress", ())):
            yield from (entry["PrefixListId"] for entry in permission.get("PrefixListIds", ()))


def _chosen(facts: Facts, selection: Selection) -> frozenset[str]:
    """Ids of the VPCs that belong, and of those peered with them."""
    claimed = (vpc for vpc in facts["vpcs"] if selection.claims(_seen(vpc, "vpc", vpc["VpcId"])))
    peopled = (one for one in facts["instances"] if selection.claims(_seen(one, "instance", one["InstanceId"])))
    own = {one["VpcId"] for one in (*claimed, *peopled) if "VpcId" in one}
    pairs = [_pair(one) for one in facts["peerings"]]
    return frozenset(own | {vpc for pair in pairs if own & set(pair) for vpc in pair})


def _seen(item: Resource, kind: str, key: str) -> Seen:
    return Seen(node=Node(id=key, kind=kind, aws_id=key), tags=tags_of(item), stock=bool(item.get("IsDefault")))


def _pair(peering: Resource) -> tuple[str, str]:
    return peering["RequesterVpcInfo"]["VpcId"], peering["AccepterVpcInfo"]["VpcId"]


def _network(facts: Facts, vpcs: frozenset[str]) -> Network:
    inside = {name: tuple(item for item in facts[name] if item.get("VpcId") in vpcs) for name in _LISTS}
    nats = tuple(nat for nat in inside["nat_gateways"] if nat["State"] not in _GONE)
    gateways = [_gateway(gateway) for gateway in facts["internet_gateways"]]
    pairs = [one for one in facts["peerings"] if set(_pair(one)) <= vpcs and one["Status"]["Code"] not in _GONE]
    return Network(
        vpcs=tuple(_vpc(vpc) for vpc in inside["vpcs"]),
        subnets=tuple(Subnet(id=one["SubnetId"], vpc=one["VpcId"], cidr=one["CidrBlock"]) for one in inside["subnets"]),
        interfaces=tuple(_Interfaces(facts).of(inside["interfaces"])),
        route_tables=tuple(rules.table(one) for one in inside["route_tables"]),
        acls=tuple(rules.acl(one) for one in inside["acls"]),
        groups=tuple(rules.group(one) for one in inside["groups"]),
        internet_gateways=tuple(gateway for gateway in gateways if not gateway.vpc or gateway.vpc in vpcs),
        nat_gateways=tuple(_nat(nat) for nat in nats),
        peerings=tuple(_peering(one) for one in pairs),
        endpoints=tuple(_endpoint(one) for one in inside["endpoints"] if _is_gateway(one)),
        prefix_lists=tuple(_prefix_lists(facts)),
        names=_names(facts),
    )


def _vpc(vpc: Resource) -> Vpc:
    associations = vpc.get("CidrBlockAssociationSet") or ({"CidrBlock": vpc["CidrBlock"]},)
    return Vpc(id=vpc["VpcId"], cidrs=tuple(one["CidrBlock"] for one in associations))


@dataclass(frozen=True, slots=True)
class _Interfaces:
    facts: Facts

    def of(self, interfaces: tuple[Resource, ...]) -> Iterator[Interface]:
        states = {
            one["InstanceId"]: required(one, "State", one["InstanceId"])["Name"] for one in self.facts["instances"]
        }
        of_nats = {
            address.get("NetworkInterfaceId")
            for nat in self.facts["nat_gateways"]
            for address in nat.get("NatGatewayAddresses", ())
        }
        for one in interfaces:
            state = states.get(one.get("Attachment", {}).get("InstanceId", "")) or str(one["Status"])
            if one["NetworkInterfaceId"] not in of_nats and state not in _GONE:
                yield _interface(one, state, _owner(one, self.facts))


def _owner(one: Resource, facts: Facts) -> str:
    """What of AWS an interface belongs to; that of a database is known by its subnet and security groups."""
    text = one.get("Description", "")
    if text != _OF_A_DATABASE:
        return owner_of(text)
    groups = {group["GroupId"] for group in one.get("Groups", ())}
    for database in facts["databases"]:
        subnets = {subnet["SubnetIdentifier"] for subnet in database["DBSubnetGroup"]["Subnets"]}
        guards = {group["VpcSecurityGroupId"] for group in database.get("VpcSecurityGroups", ())}
        if one["SubnetId"] in subnets and groups == guards:
            return f"rds/{database['DBInstanceIdentifier']}"
    return ""


def _interface(one: Resource, state: str, owner: str) -> Interface:
    key = one["NetworkInterfaceId"]
    return Interface(
        id=key,
        subnet=one["SubnetId"],
        private_ipv4=required(one, "PrivateIpAddress", f"network interface {key}"),
        public_ipv4=one.get("Association", {}).get("PublicIp", ""),
        groups=tuple(sorted(group["GroupId"] for group in one.get("Groups", ()))),
        instance=one.get("Attachment", {}).get("InstanceId", ""),
        state=state,
        owner=owner,
    )


def _gateway(gateway: Resource) -> InternetGateway:
    attached = [one["VpcId"] for one in gateway.get("Attachments", ()) if one["State"] in ("available", "attached")]
    return InternetGateway(id=gateway["InternetGatewayId"], vpc=attached[0] if attached else "")


def _nat(nat: Resource) -> NatGateway:
    key, addresses = nat["NatGatewayId"], nat.get("NatGatewayAddresses", ())
    return NatGateway(
        id=key,
        subnet=nat["SubnetId"],
        private_ipv4=next((one["PrivateIp"] for one in addresses if one.get("PrivateIp")), ""),
        public_ipv4=next((one["PublicIp"] for one in addresses if one.get("PublicIp")), ""),
        state=required(nat, "State", f"NAT gateway {key}"),
    )


def _peering(peering: Resource) -> Peering:
    requester, accepter = _pair(peering)
    state = peering["Status"]["Code"]
    return Peering(id=peering["VpcPeeringConnectionId"], requester=requester, accepter=accepter, state=state)


def _is_gateway(endpoint: Resource) -> bool:
    kind, state = endpoint.get("VpcEndpointType", "Gateway"), str(endpoint.get("State", "")).lower()
    return kind == "Gateway" and state not in _GONE


def _endpoint(endpoint: Resource) -> GatewayEndpoint:
    key = endpoint["VpcEndpointId"]
    state = required(endpoint, "State", f"endpoint {key}").lower()
    return GatewayEndpoint(id=key, vpc=endpoint["VpcId"], service=endpoint["ServiceName"], state=state)


def _prefix_lists(facts: Facts) -> Iterator[PrefixList]:
    names = {one["PrefixListId"]: one["PrefixListName"] for one in facts["prefix_lists"]}
    for one in facts["entries"]:
        key = one["PrefixListId"]
        yield PrefixList(id=key, name=names.get(key, ""), cidrs=tuple(one["Cidrs"]))


def _names(facts: Facts) -> dict[str, str]:
    keys = {name: key for name, (_, _, key) in _LISTS.items()} | {"instances": "InstanceId"}
    tagged = ((item[key], tags_of(item)) for name, key in keys.items() for item in facts[name])
    named = ((key, tags.get("aws14:node") or tags.get("Name")) for key, tags in tagged)
    owners = ((one["NetworkInterfaceId"], _owner(one, facts)) for one in facts["interfaces"])
    owned = {key: owner.partition("/")[2] for key, owner in owners if owner}
    return owned | {key: name for key, name in named if name}
