"""How AWS is asked whether something is still there, and told to delete it: the functions behind `aws14.cloud.kinds`.

Checks take ``(client, id, parameters of the creating call)``; deletions take ``(client, id)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from aws14.cloud.paths import pick

Params = Mapping[str, Any]
Exists = Callable[[Any, str, Params], bool]
Delete = Callable[[Any, str], object]

_ENDED = frozenset({"terminated", "shutting-down", "deleted", "deleting", "failed", "deregistered"})


def is_missing(error: ClientError) -> bool:
    """Whether AWS refused a call because the thing is not there."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return "NotFound" in code or code.startswith("NoSuch") or code == "404"


def described(operation: str, argument: str, ids: str, *, state: str = "") -> Exists:
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


def filtered(operation: str, filter_name: str, found: str) -> Exists:
    """A check by a describe call with a filter, for what has an id but no describe call of its own."""

    def exists(client: Any, key: str, params: Params) -> bool:
        del params
        return bool(pick(getattr(client, operation)(Filters=[{"Name": filter_name, "Values": [key]}]), found))

    return exists


def call(operation: str, argument: str, **more: Any) -> Delete:
    """A deletion by one call that takes the id."""
    return lambda client, key: getattr(client, operation)(**{argument: key}, **more)


def route_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the table has this route to this next hop; ids are ``<table>|<destination>``."""
    table, _, destination = key.partition("|")
    tables = client.describe_route_tables(Filters=[{"Name": "route-table-id", "Values": [table]}])
    given = {name: value for name, value in params.items() if name.endswith("Id") and name != "RouteTableId"}
    return any(
        route.get("DestinationCidrBlock") == destination and all(route.get(n) == v for n, v in given.items())
        for route in pick(tables, "RouteTables[].Routes[]")
    )


def delete_route(client: Any, key: str) -> object:
    """Delete a route."""
    table, _, destination = key.partition("|")
    return client.delete_route(RouteTableId=table, DestinationCidrBlock=destination)


def gateway_attached(client: Any, key: str, params: Params) -> bool:
    """Whether the internet gateway is attached to this VPC; ids are ``<gateway>|<VPC>``."""
    del params
    gateway, _, vpc = key.partition("|")
    wanted = [{"Name": "internet-gateway-id", "Values": [gateway]}, {"Name": "attachment.vpc-id", "Values": [vpc]}]
    return bool(client.describe_internet_gateways(Filters=wanted)["InternetGateways"])


def detach_gateway(client: Any, key: str) -> object:
    """Detach an internet gateway from its VPC."""
    gateway, _, vpc = key.partition("|")
    return client.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)


def volume_attached(client: Any, key: str, params: Params) -> bool:
    """Whether the volume is attached to this instance; ids are ``<volume>|<instance>``."""
    del params
    volume, _, instance = key.partition("|")
    answer = client.describe_volumes(Filters=[{"Name": "volume-id", "Values": [volume]}])
    return instance in pick(answer, "Volumes[].Attachments[].InstanceId")


def rules_in(direction: str) -> Exists:
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


def delete_group(client: Any, key: str) -> object:
    """Delete a security group, after the rules that name other groups: two groups may name each other."""
    for group in client.describe_security_groups(GroupIds=[key])["SecurityGroups"]:
        named = [{**entry, "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": []} for entry in group["IpPermissions"]]
        named = [entry for entry in named if entry.get("UserIdGroupPairs")]
        if named:
            client.revoke_security_group_ingress(GroupId=key, IpPermissions=named)
    return client.delete_security_group(GroupId=key)


def delete_image(client: Any, key: str) -> object:
    """Deregister an image and delete the snapshots that were made for it, which would go on costing."""
    images = client.describe_images(ImageIds=[key])
    client.deregister_image(ImageId=key)
    snapshots = pick(images, "Images[].BlockDeviceMappings[].Ebs.SnapshotId")
    return [client.delete_snapshot(SnapshotId=snapshot) for snapshot in snapshots]


def delete_route_table(client: Any, key: str) -> object:
    """Delete a route table, taken from its subnets."""
    tables = client.describe_route_tables(RouteTableIds=[key])
    for association in pick(tables, "RouteTables[].Associations[]"):
        client.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
    return client.delete_route_table(RouteTableId=key)


def delete_internet_gateway(client: Any, key: str) -> object:
    """Delete an internet gateway, taken from its VPC."""
    gateways = client.describe_internet_gateways(InternetGatewayIds=[key])
    for vpc in pick(gateways, "InternetGateways[].Attachments[].VpcId"):
        client.detach_internet_gateway(InternetGatewayId=key, VpcId=vpc)
    return client.delete_internet_gateway(InternetGatewayId=key)


def delete_key_pair(client: Any, key: str) -> object:
    """Delete a key pair by its name: the embedded AWS overlooks the id here."""
    pairs = client.describe_key_pairs(KeyPairIds=[key])["KeyPairs"]
    return [client.delete_key_pair(KeyName=pair["KeyName"]) for pair in pairs]


def revoke_rule(client: Any, key: str) -> object:
    """Revoke one rule of a security group."""
    rules = client.describe_security_group_rules(Filters=[{"Name": "security-group-rule-id", "Values": [key]}])
    for rule in rules["SecurityGroupRules"]:
        revoke = client.revoke_security_group_egress if rule["IsEgress"] else client.revoke_security_group_ingress
        revoke(GroupId=rule["GroupId"], SecurityGroupRuleIds=[key])
    return rules


def release(client: Any, key: str) -> object:
    """Release an Elastic IP, taken from whatever holds it."""
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


def record_exists(client: Any, key: str, params: Params) -> bool:
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


def delete_record(client: Any, key: str) -> object:
    """Delete a record as it stands now."""
    changes = [{"Action": "DELETE", "ResourceRecordSet": record} for record in _records(client, key)]
    return client.change_resource_record_sets(HostedZoneId=key.partition("/")[0], ChangeBatch={"Changes": changes})


def zone_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the hosted zone is there."""
    del params
    try:
        client.get_hosted_zone(Id=key)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


def find_zone(client: Any, params: Params) -> list[str]:
    """Zones that a call with these parameters made, when its answer was lost."""
    name, reference = f"{str(params.get('Name', '')).rstrip('.')}.", params.get("CallerReference")
    pages = client.get_paginator("list_hosted_zones").paginate()
    zones = [zone for page in pages for zone in page["HostedZones"]]
    return [
        str(zone["Id"]).removeprefix("/hostedzone/")
        for zone in zones
        if (zone["Name"], zone.get("CallerReference")) == (name, reference)
    ]


def delete_zone(client: Any, key: str) -> object:
    """Delete a hosted zone and the records in it."""
    for page in client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=key):
        changes = [
            {"Action": "DELETE", "ResourceRecordSet": record}
            for record in page["ResourceRecordSets"]
            if record["Type"] not in {"NS", "SOA"}
        ]
        if changes:
            client.change_resource_record_sets(HostedZoneId=key, ChangeBatch={"Changes": changes})
    return client.delete_hosted_zone(Id=key)


def bucket_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the bucket is there."""
    del params
    try:
        client.head_bucket(Bucket=key)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


def delete_bucket(client: Any, key: str) -> object:
    """Delete a bucket with every version of every object in it."""
    for page in client.get_paginator("list_object_versions").paginate(Bucket=key):
        for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            client.delete_object(Bucket=key, Key=entry["Key"], VersionId=entry["VersionId"])
    return client.delete_bucket(Bucket=key)
