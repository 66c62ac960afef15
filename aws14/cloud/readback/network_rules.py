"""Route tables, network ACLs and security groups of EC2's answers, as the nouns of `aws14.model.network`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from aws14.cloud.readback.seen import Resource, required
from aws14.model.network import (
    ALL_PORTS,
    AclEntry,
    GroupRule,
    NetworkAcl,
    Ports,
    Route,
    RouteTable,
    SecurityGroup,
    protocol_name,
)

_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "VpcPeeringConnectionId",
    "TransitGatewayId",
    "InstanceId",
    "NetworkInterfaceId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "EgressOnlyInternetGatewayId",
)


def table(given: Resource) -> RouteTable:
    """A route table, as ``describe_route_tables`` gives it."""
    associations = required(given, "Associations", f"route table {given['RouteTableId']}")
    return RouteTable(
        id=given["RouteTableId"],
        vpc=given["VpcId"],
        main=any(one.get("Main") for one in associations),
        subnets=tuple(sorted(one["SubnetId"] for one in associations if one.get("SubnetId"))),
        routes=tuple(_routes(given)),
    )


def _routes(given: Resource) -> Iterator[Route]:
    for route in given["Routes"]:
        destination = route.get("DestinationCidrBlock") or route.get("DestinationPrefixListId")
        if destination:
            target = next((route[name] for name in _TARGETS if route.get(name)), "")
            state: Literal["active", "blackhole"] = "active" if route.get("State") == "active" else "blackhole"
            yield Route(destination=destination, target=target, state=state)


def acl(given: Resource) -> NetworkAcl:
    """A network ACL, as ``describe_network_acls`` gives it."""
    return NetworkAcl(
        id=given["NetworkAclId"],
        vpc=given["VpcId"],
        subnets=tuple(sorted(one["SubnetId"] for one in given["Associations"])),
        entries=tuple(sorted(_entries(given), key=lambda entry: (entry.egress, entry.number))),
    )


def _entries(given: Resource) -> Iterator[AclEntry]:
    for entry in given["Entries"]:
        if entry.get("CidrBlock"):
            ports = entry.get("PortRange", {})
            yield AclEntry(
                number=entry["RuleNumber"],
                egress=entry["Egress"],
                allow=entry["RuleAction"] == "allow",
                cidr=entry["CidrBlock"],
                protocol=protocol_name(entry["Protocol"]),
                ports=_ports(ports.get("From"), ports.get("To")),
            )


def group(given: Resource) -> SecurityGroup:
    """A security group, as ``describe_security_groups`` gives it; rules for IPv6 are left out."""
    found = (*_rules(given, "IpPermissions"), *_rules(given, "IpPermissionsEgress"))
    ordered = sorted(found, key=lambda rule: (rule.egress, rule.peer, rule.protocol, rule.ports))
    return SecurityGroup(id=given["GroupId"], vpc=given.get("VpcId", ""), rules=tuple(ordered))


def _rules(given: Resource, member: str) -> Iterator[GroupRule]:
    for permission in given.get(member, ()):
        peers = [entry["CidrIp"] for entry in permission.get("IpRanges", ())]
        peers += [entry["GroupId"] for entry in permission.get("UserIdGroupPairs", ())]
        peers += [entry["PrefixListId"] for entry in permission.get("PrefixListIds", ())]
        ports = _ports(permission.get("FromPort"), permission.get("ToPort"))
        for peer in peers:
            yield GroupRule(
                egress=member.endswith("Egress"),
                peer=peer,
                protocol=protocol_name(permission["IpProtocol"]),
                ports=ports,
            )


def _ports(low: int | None, high: int | None) -> Ports:
    return ALL_PORTS if low is None or high is None or low < 0 else (low, high)
