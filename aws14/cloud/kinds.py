"""Kinds of resources: how to see whether one is still there, how to delete it, and in which order.

EC2's kinds carry the names that its tags give them (``natgateway``, ``elastic-ip``); what has no tags has a name made
from what it is. One row is one kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aws14.cloud import deletion, presence
from aws14.cloud.deletion import Delete
from aws14.cloud.presence import Exists, Narrow, Params


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of resource.

    Parameters
    ----------
    service : str
        boto3 client that knows it.
    order : int
        Place in the order of deletion; what others depend on comes late.
    exists : callable
        ``(client, id, parameters of the creating call) -> bool``.
    delete : callable, optional
        ``(client, id)``; None for what goes with its parent.
    waiter : tuple, optional
        Waiter that says when it is gone, and the name of its parameter.
    prefix : str
        What its ids begin with, for knowing a kind by an id.
    narrow : callable, optional
        ``(client, parameters) -> parameters``: what a repeated call still has to do when a part of it stands.
    find : callable, optional
        ``(client, parameters) -> ids``: what a call made whose answer was lost, when no tag tells.
    """

    service: str
    order: int
    exists: Exists
    delete: Delete | None = None
    waiter: tuple[str, str] | None = None
    prefix: str = ""
    narrow: Narrow | None = None
    find: Callable[[Any, Params], list[str]] | None = None


def kind_of(aws_id: str) -> str:
    """The kind that an EC2 id belongs to, by its prefix; empty for an unknown one."""
    return next((name for name, kind in KINDS.items() if kind.prefix and kind.prefix == aws_id.rpartition("-")[0]), "")


KINDS: Mapping[str, Kind] = {
    "network-insights-path": Kind(
        service="ec2",
        prefix="nip",
        order=8,
        exists=presence.described(
            "describe_network_insights_paths", "NetworkInsightsPathIds", "NetworkInsightsPaths[].NetworkInsightsPathId"
        ),
        delete=deletion.delete_path,
    ),
    "dns-record": Kind(service="route53", order=10, exists=presence.record_exists, delete=deletion.delete_record),
    "hosted-zone": Kind(
        service="route53", order=12, exists=presence.zone_exists, delete=deletion.delete_zone, find=presence.find_zone
    ),
    "address-association": Kind(
        service="ec2",
        order=14,
        exists=presence.filtered("describe_addresses", "association-id", "Addresses[]"),
        delete=deletion.call("disassociate_address", "AssociationId"),
    ),
    "instance": Kind(
        service="ec2",
        prefix="i",
        order=20,
        exists=presence.described(
            "describe_instances",
            "InstanceIds",
            "Reservations[].Instances[].InstanceId",
            state="Reservations[].Instances[].State.Name",
        ),
        delete=lambda client, key: client.terminate_instances(InstanceIds=[key]),
        waiter=("instance_terminated", "InstanceIds"),
    ),
    "profile-association": Kind(
        service="ec2",
        order=21,
        exists=presence.described(
            "describe_iam_instance_profile_associations",
            "AssociationIds",
            "IamInstanceProfileAssociations[].AssociationId",
        ),
    ),
    "launch-template": Kind(
        service="ec2",
        prefix="lt",
        order=22,
        exists=presence.described(
            "describe_launch_templates", "LaunchTemplateIds", "LaunchTemplates[].LaunchTemplateId"
        ),
        delete=deletion.call("delete_launch_template", "LaunchTemplateId"),
    ),
    "natgateway": Kind(
        service="ec2",
        prefix="nat",
        order=24,
        exists=presence.described(
            "describe_nat_gateways", "NatGatewayIds", "NatGateways[].NatGatewayId", state="NatGateways[].State"
        ),
        delete=deletion.call("delete_nat_gateway", "NatGatewayId"),
        waiter=("nat_gateway_deleted", "NatGatewayIds"),
    ),
    "volume-attachment": Kind(service="ec2", order=26, exists=presence.volume_attached),
    "volume": Kind(
        service="ec2",
        prefix="vol",
        order=28,
        exists=presence.described("describe_volumes", "VolumeIds", "Volumes[].VolumeId", state="Volumes[].State"),
        delete=deletion.call("delete_volume", "VolumeId"),
        waiter=("volume_deleted", "VolumeIds"),
    ),
    "image": Kind(
        service="ec2",
        prefix="ami",
        order=30,
        exists=presence.described("describe_images", "ImageIds", "Images[].ImageId", state="Images[].State"),
        delete=deletion.delete_image,
    ),
    "snapshot": Kind(
        service="ec2",
        prefix="snap",
        order=32,
        exists=presence.described("describe_snapshots", "SnapshotIds", "Snapshots[].SnapshotId"),
        delete=deletion.call("delete_snapshot", "SnapshotId"),
    ),
    "network-interface": Kind(
        service="ec2",
        prefix="eni",
        order=34,
        exists=presence.described(
            "describe_network_interfaces", "NetworkInterfaceIds", "NetworkInterfaces[].NetworkInterfaceId"
        ),
        delete=deletion.call("delete_network_interface", "NetworkInterfaceId"),
    ),
    "elastic-ip": Kind(
        service="ec2",
        prefix="eipalloc",
        order=40,
        exists=presence.described("describe_addresses", "AllocationIds", "Addresses[].AllocationId"),
        delete=deletion.release,
    ),
    "ingress-rule": Kind(
        service="ec2",
        order=45,
        exists=presence.rules_in("IpPermissions"),
        narrow=presence.rules_missing("IpPermissions"),
        delete=deletion.revoke_rule,
    ),
    "egress-rule": Kind(
        service="ec2",
        order=45,
        exists=presence.rules_in("IpPermissionsEgress"),
        narrow=presence.rules_missing("IpPermissionsEgress"),
        delete=deletion.revoke_rule,
    ),
    "security-group": Kind(
        service="ec2",
        prefix="sg",
        order=50,
        exists=presence.described("describe_security_groups", "GroupIds", "SecurityGroups[].GroupId"),
        delete=deletion.delete_group,
    ),
    "route": Kind(service="ec2", order=52, exists=presence.route_exists, delete=deletion.delete_route),
    "route-table-association": Kind(
        service="ec2",
        order=54,
        exists=presence.filtered("describe_route_tables", "association.route-table-association-id", "RouteTables[]"),
        delete=deletion.call("disassociate_route_table", "AssociationId"),
    ),
    "network-acl-association": Kind(
        service="ec2",
        order=56,
        exists=presence.filtered("describe_network_acls", "association.association-id", "NetworkAcls[]"),
    ),
    "subnet": Kind(
        service="ec2",
        prefix="subnet",
        order=60,
        exists=presence.described("describe_subnets", "SubnetIds", "Subnets[].SubnetId"),
        delete=deletion.call("delete_subnet", "SubnetId"),
    ),
    "network-acl": Kind(
        service="ec2",
        prefix="acl",
        order=58,
        exists=presence.described("describe_network_acls", "NetworkAclIds", "NetworkAcls[].NetworkAclId"),
        delete=deletion.delete_network_acl,
    ),
    "route-table": Kind(
        service="ec2",
        prefix="rtb",
        order=66,
        exists=presence.described("describe_route_tables", "RouteTableIds", "RouteTables[].RouteTableId"),
        delete=deletion.delete_route_table,
    ),
    "gateway-attachment": Kind(
        service="ec2", order=68, exists=presence.gateway_attached, delete=deletion.detach_gateway
    ),
    "internet-gateway": Kind(
        service="ec2",
        prefix="igw",
        order=70,
        exists=presence.described(
            "describe_internet_gateways", "InternetGatewayIds", "InternetGateways[].InternetGatewayId"
        ),
        delete=deletion.delete_internet_gateway,
    ),
    "vpc": Kind(
        service="ec2",
        prefix="vpc",
        order=90,
        exists=presence.described("describe_vpcs", "VpcIds", "Vpcs[].VpcId"),
        delete=deletion.call("delete_vpc", "VpcId"),
    ),
    "role-policy": Kind(
        service="iam",
        order=72,
        exists=presence.listed("list_attached_role_policies", "RoleName", "AttachedPolicies[].PolicyArn"),
        delete=deletion.call_with("detach_role_policy", "RoleName", "PolicyArn"),
    ),
    "profile-role": Kind(
        service="iam",
        order=73,
        exists=presence.listed("get_instance_profile", "InstanceProfileName", "InstanceProfile.Roles[].RoleName"),
        delete=deletion.call_with("remove_role_from_instance_profile", "InstanceProfileName", "RoleName"),
    ),
    "instance-profile": Kind(
        service="iam",
        order=74,
        exists=presence.got("get_instance_profile", "InstanceProfileName"),
        delete=deletion.call("delete_instance_profile", "InstanceProfileName"),
    ),
    "role": Kind(
        service="iam",
        order=75,
        exists=presence.got("get_role", "RoleName"),
        delete=deletion.call("delete_role", "RoleName"),
    ),
    "key-pair": Kind(
        service="ec2",
        prefix="key",
        order=92,
        exists=presence.described("describe_key_pairs", "KeyPairIds", "KeyPairs[].KeyPairId"),
        delete=deletion.delete_key_pair,
    ),
    "bucket": Kind(service="s3", order=94, exists=presence.bucket_exists, delete=deletion.delete_bucket),
}
"""Kind -> how it is seen and deleted."""
