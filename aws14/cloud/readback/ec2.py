"""EC2 read back: VPCs, subnets, gateways, instances and addresses as nodes.

Instances of an Auto Scaling group are no nodes of their own: the group is, see `aws14.cloud.readback.autoscaling`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen, required, tags_of
from aws14.errors import ReadbackError
from aws14.model import Node

_LISTS: Mapping[str, tuple[str, str]] = {
    "vpcs": ("describe_vpcs", "Vpcs"),
    "subnets": ("describe_subnets", "Subnets"),
    "route_tables": ("describe_route_tables", "RouteTables"),
    "internet_gateways": ("describe_internet_gateways", "InternetGateways"),
    "nat_gateways": ("describe_nat_gateways", "NatGateways"),
    "reservations": ("describe_instances", "Reservations"),
    "addresses": ("describe_addresses", "Addresses"),
    "volumes": ("describe_volumes", "Volumes"),
    "security_groups": ("describe_security_groups", "SecurityGroups"),
    "interfaces": ("describe_network_interfaces", "NetworkInterfaces"),
    "peerings": ("describe_vpc_peering_connections", "VpcPeeringConnections"),
}
"""What is asked of one region: name -> (operation, key of the items)."""

BURSTABLE = re.compile(r"t\d[a-z]*\.")
"""The T families are those that live on CPU credits (EC2 user guide, "Burstable performance instances")."""

GONE = frozenset({"shutting-down", "terminated", "deleted"})
"""States of things that AWS still lists after their end."""

_PEERING_OVER = frozenset({"deleted", "rejected", "expired", "failed"})

GROUP_TAG = "aws:autoscaling:groupName"
"""The tag by which AWS says to which Auto Scaling group an instance belongs."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What EC2 answered in one region, as it came."""

    region: str
    vpcs: tuple[Resource, ...]
    subnets: tuple[Resource, ...]
    route_tables: tuple[Resource, ...]
    internet_gateways: tuple[Resource, ...]
    nat_gateways: tuple[Resource, ...]
    instances: tuple[Resource, ...]
    addresses: tuple[Resource, ...]
    volumes: tuple[Resource, ...]
    security_groups: tuple[Resource, ...]
    interfaces: tuple[Resource, ...]
    peerings: tuple[Resource, ...]
    with_user_data: frozenset[str]
    cpu_credits: Mapping[str, str]


def fetch(asking: Asking, region: str) -> Facts:
    """Ask EC2 for everything of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    lists = {name: asking.listed("ec2", region, operation, key) for name, (operation, key) in _LISTS.items()}
    instances = tuple(
        instance
        for reservation in lists.pop("reservations")
        for instance in reservation["Instances"]
        if instance["State"]["Name"] not in GONE
    )
    lists["nat_gateways"] = tuple(nat for nat in lists["nat_gateways"] if nat["State"] not in GONE)
    client = asking.client("ec2", region)
    options = _credit_options(client, instances)
    told = frozenset(one["InstanceId"] for one in instances if not group_name(one) and _has_user_data(client, one))
    return Facts(region=region, instances=instances, with_user_data=told, cpu_credits=options, **lists)


def group_name(instance: Resource) -> str:
    """Name of the Auto Scaling group that an instance belongs to; empty for none."""
    return tags_of(instance).get(GROUP_TAG, "")


def _has_user_data(client: Any, instance: Resource) -> bool:
    answer = client.describe_instance_attribute(InstanceId=instance["InstanceId"], Attribute="userData")
    return bool(answer.get("UserData", {}).get("Value"))


def _credit_options(client: Any, instances: tuple[Resource, ...]) -> dict[str, str]:
    """Id of each burstable instance -> ``standard`` or ``unlimited``."""
    burstable = [each["InstanceId"] for each in instances if BURSTABLE.match(each["InstanceType"])]
    if not burstable:
        return {}
    found = client.describe_instance_credit_specifications(InstanceIds=burstable)["InstanceCreditSpecifications"]
    return {each["InstanceId"]: each["CpuCredits"] for each in found}


def to_nodes(facts: Facts) -> tuple[Seen, ...]:
    """The things of one region, with AWS ids for names."""
    stock = frozenset(vpc["VpcId"] for vpc in facts.vpcs if vpc.get("IsDefault"))
    return (
        Seen(node=Node(id=facts.region, kind="region", aws_id=facts.region), stock=True),
        *(_vpc(vpc, facts.region, stock) for vpc in facts.vpcs),
        *_zones(facts, stock),
        *(_subnet(subnet, stock) for subnet in facts.subnets),
        *(_internet_gateway(gateway, facts.region, stock) for gateway in facts.internet_gateways),
        *(_nat_gateway(nat) for nat in facts.nat_gateways),
        *(_instance(instance, facts) for instance in facts.instances if not group_name(instance)),
        *(_address(address, facts.region) for address in facts.addresses if not address.get("AssociationId")),
        *(_peering(peering, facts.region) for peering in facts.peerings if _is_mine(peering, facts.region)),
    )


def group_names(facts: Facts, ids: Iterable[str]) -> tuple[str, ...]:
    """The names of security groups given by their ids, sorted.

    Raises
    ------
    ReadbackError
        When there is no such group.
    """
    names = {group["GroupId"]: group["GroupName"] for group in facts.security_groups}
    return tuple(sorted(str(required(names, key, "the list of security groups")) for key in ids))


def zone_key(vpc_id: str, zone: str) -> str:
    """Key of an Availability Zone as it stands in a VPC."""
    return f"{vpc_id}/{zone}"


def home(facts: Facts, subnets: Iterable[str]) -> str:
    """The innermost container that holds all of these subnets: one of them, a zone, or their VPC.

    Parameters
    ----------
    facts : Facts
        Of their region.
    subnets : iterable of str
        Ids; without any, the region is the container.
    """
    wanted = set(subnets)
    found = [subnet for subnet in facts.subnets if subnet["SubnetId"] in wanted]
    for key in ("SubnetId", "AvailabilityZone", "VpcId"):
        values = {subnet[key] for subnet in found}
        if len(values) == 1:
            return zone_key(found[0]["VpcId"], values.pop()) if key == "AvailabilityZone" else str(values.pop())
    return facts.region


def _vpc(vpc: Resource, region: str, stock: frozenset[str]) -> Seen:
    key = vpc["VpcId"]
    node = Node(
        id=key, kind="vpc", parent=region, aws_id=key, attributes={"cidr": required(vpc, "CidrBlock", f"VPC {key}")}
    )
    return Seen(node=node, tags=tags_of(vpc), stock=key in stock)


def _zones(facts: Facts, stock: frozenset[str]) -> tuple[Seen, ...]:
    pairs = dict.fromkeys((subnet["VpcId"], subnet["AvailabilityZone"]) for subnet in facts.subnets)
    return tuple(
        Seen(
            node=Node(id=zone_key(vpc_id, zone), kind="az", parent=vpc_id, aws_id=zone),
            name=zone,
            stock=vpc_id in stock,
        )
        for vpc_id, zone in pairs
    )


def _subnet(subnet: Resource, stock: frozenset[str]) -> Seen:
    key, vpc_id = subnet["SubnetId"], subnet["VpcId"]
    node = Node(
        id=key,
        kind="subnet",
        parent=zone_key(vpc_id, subnet["AvailabilityZone"]),
        aws_id=key,
        attributes={
            "cidr": required(subnet, "CidrBlock", f"subnet {key}"),
            "auto_public_ipv4": required(subnet, "MapPublicIpOnLaunch", f"subnet {key}"),
        },
    )
    return Seen(node=node, tags=tags_of(subnet), stock=vpc_id in stock)


def _internet_gateway(gateway: Resource, region: str, stock: frozenset[str]) -> Seen:
    key = gateway["InternetGatewayId"]
    attached = [attachment["VpcId"] for attachment in gateway.get("Attachments", ())]
    parent = attached[0] if attached else region
    return Seen(
        node=Node(id=key, kind="internet_gateway", parent=parent, aws_id=key),
        tags=tags_of(gateway),
        stock=parent in stock,
    )


def _nat_gateway(nat: Resource) -> Seen:
    key = nat["NatGatewayId"]
    public = [address["PublicIp"] for address in nat.get("NatGatewayAddresses", ()) if address.get("PublicIp")]
    node = Node(
        id=key,
        kind="nat_gateway",
        parent=required(nat, "SubnetId", f"NAT gateway {key}"),
        aws_id=key,
        attributes={"state": required(nat, "State", f"NAT gateway {key}"), "public_ipv4": public[0] if public else ""},
    )
    return Seen(node=node, tags=tags_of(nat))


def _instance(instance: Resource, facts: Facts) -> Seen:
    key = instance["InstanceId"]
    of = f"instance {key}"
    root = _root_volume(instance, facts)
    public, public_kind = _public_address(instance, facts)
    node = Node(
        id=key,
        kind="instance",
        parent=required(instance, "SubnetId", of),
        aws_id=key,
        attributes={
            "instance_type": required(instance, "InstanceType", of),
            "state": required(instance, "State", of)["Name"],
            "private_ipv4": required(instance, "PrivateIpAddress", of),
            "public_ipv4": public,
            "public_ipv4_kind": public_kind,
            "key_name": instance.get("KeyName", ""),
            "security_groups": tuple(sorted(group["GroupName"] for group in required(instance, "SecurityGroups", of))),
            "has_user_data": key in facts.with_user_data,
            "root_gib": required(root, "Size", f"the root volume of {of}"),
            "root_volume_type": required(root, "VolumeType", f"the root volume of {of}"),
            "cpu_credits": _cpu_credits(instance, facts),
        },
    )
    return Seen(node=node, tags=tags_of(instance))


def _cpu_credits(instance: Resource, facts: Facts) -> str:
    if not BURSTABLE.match(instance["InstanceType"]):
        return "none"
    return str(required(facts.cpu_credits, instance["InstanceId"], "the credit specifications"))


def _root_volume(instance: Resource, facts: Facts) -> Resource:
    volume_id = root_volume_id(instance)
    for volume in facts.volumes:
        if volume["VolumeId"] == volume_id:
            return volume
    raise ReadbackError(
        f"the root volume of instance {instance['InstanceId']} could not be read",
        cure="look at its BlockDeviceMappings with ec2.describe_instances and at ec2.describe_volumes",
    )


def root_volume_id(instance: Resource) -> str | None:
    """Id of the volume that an instance boots from, or None."""
    mappings = [mapping for mapping in instance.get("BlockDeviceMappings", ()) if "Ebs" in mapping]
    # The embedded AWS may mount the root under another device name than its image says; the root is listed first.
    mappings.sort(key=lambda mapping: mapping["DeviceName"] != instance.get("RootDeviceName"))
    return mappings[0]["Ebs"]["VolumeId"] if mappings else None


def _public_address(instance: Resource, facts: Facts) -> tuple[str, str]:
    elastic = [
        address["PublicIp"] for address in facts.addresses if address.get("InstanceId") == instance["InstanceId"]
    ]
    if elastic:
        return elastic[0], "elastic"
    public = instance.get("PublicIpAddress", "")
    return public, "public" if public else "none"


def _address(address: Resource, region: str) -> Seen:
    key = address["AllocationId"]
    node = Node(id=key, kind="elastic_ip", parent=region, aws_id=key, attributes={"public_ipv4": address["PublicIp"]})
    return Seen(node=node, tags=tags_of(address))


def _is_mine(peering: Resource, region: str) -> bool:
    """Whether this region is the one to tell of a peering connection: both ends list it."""
    over = peering["Status"]["Code"] in _PEERING_OVER
    return not over and peering["RequesterVpcInfo"].get("Region", region) == region


def _peering(peering: Resource, region: str) -> Seen:
    key = peering["VpcPeeringConnectionId"]
    state = required(required(peering, "Status", f"peering connection {key}"), "Code", f"peering connection {key}")
    node = Node(id=key, kind="peering", parent=region, aws_id=key, attributes={"state": state})
    return Seen(node=node, tags=tags_of(peering))
