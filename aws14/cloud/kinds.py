"""Kinds of resources: how to see whether one is still there, how to delete it, and in which order.

EC2's kinds carry the names that its tags give them (``natgateway``, ``elastic-ip``); what has no tags has a name made
from what it is. One row is one kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from aws14.cloud.paths import pick

Params = Mapping[str, Any]
Exists = Callable[[Any, str, Params], bool]
Delete = Callable[[Any, str], object]

_ENDED = frozenset({"terminated", "shutting-down", "deleted", "deleting", "failed", "deregistered"})


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
    """

    service: str
    order: int
    exists: Exists
    delete: Delete | None = None
    waiter: tuple[str, str] | None = None


def is_missing(error: ClientError) -> bool:
    """Whether AWS refused a call because the thing is not there."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return "NotFound" in code or code.startswith("NoSuch") or code == "404"


def _described(operation: str, argument: str, ids: str, *, state: str = "") -> Exists:
    """A check by a describe call that takes ids and lists what it knows of them."""

    def exists(client: Any, key: str, params: Params) -> bool:
        del params
        try:
            answer = getattr(client, operation)(**{argument: [key]})
        except ClientError as error:
            if is_missing(error):
                return False
            raise
        states = pick(answer, state) if state else []
        return key in pick(answer, ids) and not set(states) & _ENDED

    return exists


def _filtered(operation: str, filter_name: str, found: str) -> Exists:
    """A check by a describe call with a filter, for what has an id but no describe call of its own."""

    def exists(client: Any, key: str, params: Params) -> bool:
        del params
        return bool(pick(getattr(client, operation)(Filters=[{"Name": filter_name, "Values": [key]}]), found))

    return exists


def _call(operation: str, argument: str, **more: Any) -> Delete:
    """A deletion by one call that takes the id."""
    return lambda client, key: getattr(client, operation)(**{argument: key}, **more)


def _route_exists(client: Any, key: str, params: Params) -> bool:
    table, _, destination = key.partition("|")
    tables = client.describe_route_tables(Filters=[{"Name": "route-table-id", "Values": [table]}])
    given = {name: value for name, value in params.items() if name.endswith("Id") and name != "RouteTableId"}
    return any(
        route.get("DestinationCidrBlock") == destination and all(route.get(n) == v for n, v in given.items())
        for route in pick(tables, "RouteTables[].Routes[]")
    )


def _delete_route(client: Any, key: str) -> object:
    table, _, destination = key.partition("|")
    return client.delete_route(RouteTableId=table, DestinationCidrBlock=destination)


def _gateway_attached(client: Any, key: str, params: Params) -> bool:
    del params
    gateway, _, vpc = key.partition("|")
    wanted = [{"Name": "internet-gateway-id", "Values": [gateway]}, {"Name": "attachment.vpc-id", "Values": [vpc]}]
    return bool(client.describe_internet_gateways(Filters=wanted)["InternetGateways"])


def _detach_gateway(client: Any, key: str) -> object:
    gateway, _, vpc = key.partition("|")
    return client.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)


def _volume_attached(client: Any, key: str, params: Params) -> bool:
    del params
    volume, _, instance = key.partition("|")
    answer = client.describe_volumes(Filters=[{"Name": "volume-id", "Values": [volume]}])
    return instance in pick(answer, "Volumes[].Attachments[].InstanceId")


def _rules_in(direction: str) -> Exists:
    """A check that every rule that the call asked for stands in the group."""

    def exists(client: Any, key: str, params: Params) -> bool:
        del key
        wanted = [{"Name": "group-id", "Values": [params.get("GroupId", "")]}]
        groups = client.describe_security_groups(Filters=wanted)
        there = {rule for entry in pick(groups, f"SecurityGroups[].{direction}[]") for rule in _rules(entry)}
        asked = [rule for entry in params.get("IpPermissions", [params]) for rule in _rules(entry)]
        return bool(asked) and there.issuperset(asked)

    return exists


def _rules(permission: Params) -> list[tuple[Any, ...]]:
    """A permission as (protocol, from, to, source), one for each source; ports may be absent or -1 for all."""
    ports = tuple(None if permission.get(name) in (None, -1) else permission[name] for name in ("FromPort", "ToPort"))
    sources = [
        *pick(permission, "IpRanges[].CidrIp"),
        *pick(permission, "Ipv6Ranges[].CidrIpv6"),
        *pick(permission, "PrefixListIds[].PrefixListId"),
        *pick(permission, "UserIdGroupPairs[].GroupId"),
        *pick(permission, "CidrIp"),
    ]
    return [(str(permission.get("IpProtocol")), *ports, source) for source in sources]


def _revoke_rule(client: Any, key: str) -> object:
    rules = client.describe_security_group_rules(Filters=[{"Name": "security-group-rule-id", "Values": [key]}])
    for rule in rules["SecurityGroupRules"]:
        revoke = client.revoke_security_group_egress if rule["IsEgress"] else client.revoke_security_group_ingress
        revoke(GroupId=rule["GroupId"], SecurityGroupRuleIds=[key])
    return rules


def _release(client: Any, key: str) -> object:
    for association in pick(client.describe_addresses(AllocationIds=[key]), "Addresses[].AssociationId"):
        client.disassociate_address(AssociationId=association)
    return client.release_address(AllocationId=key)


def _records(client: Any, key: str) -> list[dict[str, Any]]:
    zone, name, kind, *mark = key.split("/")
    pages = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
    return [
        record
        for page in pages
        for record in page["ResourceRecordSets"]
        if (record["Name"].rstrip("."), record["Type"], record.get("SetIdentifier", "")) == (name, kind, "".join(mark))
    ]


def _record_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the record stands as the call put it: another TTL or value is another record."""
    wanted = [
        change["ResourceRecordSet"]
        for change in params.get("ChangeBatch", {}).get("Changes", ())
        if change["ResourceRecordSet"]["Name"].rstrip(".") == key.split("/")[1]
    ]
    try:
        there = _records(client, key)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return bool(there) and all(
        _content(record) in [_content(change) for change in wanted] for record in there if wanted
    )


def _content(record: Params) -> tuple[Any, ...]:
    return (record["Type"], record.get("TTL"), record.get("ResourceRecords"), record.get("AliasTarget"))


def _delete_record(client: Any, key: str) -> object:
    changes = [{"Action": "DELETE", "ResourceRecordSet": record} for record in _records(client, key)]
    return client.change_resource_record_sets(HostedZoneId=key.partition("/")[0], ChangeBatch={"Changes": changes})


def _zone_exists(client: Any, key: str, params: Params) -> bool:
    del params
    try:
        client.get_hosted_zone(Id=key)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


def _delete_zone(client: Any, key: str) -> object:
    for page in client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=key):
        changes = [
            {"Action": "DELETE", "ResourceRecordSet": record}
            for record in page["ResourceRecordSets"]
            if record["Type"] not in {"NS", "SOA"}
        ]
        if changes:
            client.change_resource_record_sets(HostedZoneId=key, ChangeBatch={"Changes": changes})
    return client.delete_hosted_zone(Id=key)


def _bucket_exists(client: Any, key: str, params: Params) -> bool:
    del params
    try:
        client.head_bucket(Bucket=key)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


def _delete_bucket(client: Any, key: str) -> object:
    for page in client.get_paginator("list_object_versions").paginate(Bucket=key):
        for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            client.delete_object(Bucket=key, Key=entry["Key"], VersionId=entry["VersionId"])
    return client.delete_bucket(Bucket=key)


KINDS: Mapping[str, Kind] = {
    "dns-record": Kind(service="route53", order=10, exists=_record_exists, delete=_delete_record),
    "hosted-zone": Kind(service="route53", order=12, exists=_zone_exists, delete=_delete_zone),
    "address-association": Kind(
        service="ec2",
        order=14,
        exists=_filtered("describe_addresses", "association-id", "Addresses[]"),
        delete=_call("disassociate_address", "AssociationId"),
    ),
    "instance": Kind(
        service="ec2",
        order=20,
        exists=_described(
            "describe_instances",
            "InstanceIds",
            "Reservations[].Instances[].InstanceId",
            state="Reservations[].Instances[].State.Name",
        ),
        delete=lambda client, key: client.terminate_instances(InstanceIds=[key]),
        waiter=("instance_terminated", "InstanceIds"),
    ),
    "launch-template": Kind(
        service="ec2",
        order=22,
        exists=_described("describe_launch_templates", "LaunchTemplateIds", "LaunchTemplates[].LaunchTemplateId"),
        delete=_call("delete_launch_template", "LaunchTemplateId"),
    ),
    "natgateway": Kind(
        service="ec2",
        order=24,
        exists=_described(
            "describe_nat_gateways", "NatGatewayIds", "NatGateways[].NatGatewayId", state="NatGateways[].State"
        ),
        delete=_call("delete_nat_gateway", "NatGatewayId"),
        waiter=("nat_gateway_deleted", "NatGatewayIds"),
    ),
    "volume-attachment": Kind(service="ec2", order=26, exists=_volume_attached),
    "volume": Kind(
        service="ec2",
        order=28,
        exists=_described("describe_volumes", "VolumeIds", "Volumes[].VolumeId", state="Volumes[].State"),
        delete=_call("delete_volume", "VolumeId"),
        waiter=("volume_deleted", "VolumeIds"),
    ),
    "image": Kind(
        service="ec2",
        order=30,
        exists=_described("describe_images", "ImageIds", "Images[].ImageId", state="Images[].State"),
        delete=_call("deregister_image", "ImageId"),
    ),
    "snapshot": Kind(
        service="ec2",
        order=32,
        exists=_described("describe_snapshots", "SnapshotIds", "Snapshots[].SnapshotId"),
        delete=_call("delete_snapshot", "SnapshotId"),
    ),
    "network-interface": Kind(
        service="ec2",
        order=34,
        exists=_described(
            "describe_network_interfaces", "NetworkInterfaceIds", "NetworkInterfaces[].NetworkInterfaceId"
        ),
        delete=_call("delete_network_interface", "NetworkInterfaceId"),
    ),
    "elastic-ip": Kind(
        service="ec2",
        order=40,
        exists=_described("describe_addresses", "AllocationIds", "Addresses[].AllocationId"),
        delete=_release,
    ),
    "ingress-rule": Kind(service="ec2", order=45, exists=_rules_in("IpPermissions"), delete=_revoke_rule),
    "egress-rule": Kind(service="ec2", order=45, exists=_rules_in("IpPermissionsEgress"), delete=_revoke_rule),
    "security-group": Kind(
        service="ec2",
        order=50,
        exists=_described("describe_security_groups", "GroupIds", "SecurityGroups[].GroupId"),
        delete=_call("delete_security_group", "GroupId"),
    ),
    "route": Kind(service="ec2", order=52, exists=_route_exists, delete=_delete_route),
    "route-table-association": Kind(
        service="ec2",
        order=54,
        exists=_filtered("describe_route_tables", "association.route-table-association-id", "RouteTables[]"),
        delete=_call("disassociate_route_table", "AssociationId"),
    ),
    "network-acl-association": Kind(
        service="ec2",
        order=56,
        exists=_filtered("describe_network_acls", "association.association-id", "NetworkAcls[]"),
    ),
    "subnet": Kind(
        service="ec2",
        order=60,
        exists=_described("describe_subnets", "SubnetIds", "Subnets[].SubnetId"),
        delete=_call("delete_subnet", "SubnetId"),
    ),
    "network-acl": Kind(
        service="ec2",
        order=64,
        exists=_described("describe_network_acls", "NetworkAclIds", "NetworkAcls[].NetworkAclId"),
        delete=_call("delete_network_acl", "NetworkAclId"),
    ),
    "route-table": Kind(
        service="ec2",
        order=66,
        exists=_described("describe_route_tables", "RouteTableIds", "RouteTables[].RouteTableId"),
        delete=_call("delete_route_table", "RouteTableId"),
    ),
    "gateway-attachment": Kind(service="ec2", order=68, exists=_gateway_attached, delete=_detach_gateway),
    "internet-gateway": Kind(
        service="ec2",
        order=70,
        exists=_described("describe_internet_gateways", "InternetGatewayIds", "InternetGateways[].InternetGatewayId"),
        delete=_call("delete_internet_gateway", "InternetGatewayId"),
    ),
    "vpc": Kind(
        service="ec2",
        order=90,
        exists=_described("describe_vpcs", "VpcIds", "Vpcs[].VpcId"),
        delete=_call("delete_vpc", "VpcId"),
    ),
    "key-pair": Kind(
        service="ec2",
        order=92,
        exists=_described("describe_key_pairs", "KeyPairIds", "KeyPairs[].KeyPairId"),
        delete=_call("delete_key_pair", "KeyPairId"),
    ),
    "bucket": Kind(service="s3", order=94, exists=_bucket_exists, delete=_delete_bucket),
}
"""Kind -> how it is seen and deleted."""
