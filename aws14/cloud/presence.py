"""How AWS is asked whether something is still there: the checks behind `aws14.cloud.kinds`.

A check takes ``(client, id, parameters of the creating call)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from aws14.cloud.paths import pick

Params = Mapping[str, Any]
Exists = Callable[[Any, str, Params], bool]
Narrow = Callable[[Any, Params], Params]

_SOURCES = {
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
    "UserIdGroupPairs": "GroupId",
}
_ENDED = frozenset({"terminated", "shutting-down", "deleted", "deleting", "failed", "deregistered"})
_ENDED |= {"rejected", "expired", "Delete in progress"}


def is_missing(error: ClientError) -> bool:
    """Whether AWS refused a call because the thing is not there."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return any(word in code for word in ("NotFound", "DoesNotExist", "NonExistent")) or (
        code.startswith("NoSuch") or code == "404"
    )


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


def asked_by_name(operation: str, argument: str, names: str, *, state: str = "") -> Exists:
    """A check by a describe call that takes one name, as RDS's do; RDS keeps names in lower case."""

    def exists(client: Any, key: str, params: Params) -> bool:
        del params
        try:
            answer = getattr(client, operation)(**{argument: key})
        except ClientError as error:
            if is_missing(error):
                return False
            raise
        ended = _ENDED - {"failed"}  # a database that failed is there, and costs
        states = pick(answer, state) if state else []
        return key.lower() in [str(name).lower() for name in pick(answer, names)] and not set(states) & ended

    return exists


def filtered(operation: str, filter_name: str, found: str) -> Exists:
    """A check by a describe call with a filter, for what has an id but no describe call of its own."""

    def exists(client: Any, key: str, params: Params) -> bool:
        del params
        return bool(pick(getattr(client, operation)(Filters=[{"Name": filter_name, "Values": [key]}]), found))

    return exists


def peering_accepted(client: Any, key: str, params: Params) -> bool:
    """Whether the peering connection is active."""
    del params
    try:
        found = client.describe_vpc_peering_connections(VpcPeeringConnectionIds=[key])
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return bool({"active", "provisioning"} & set(pick(found, "VpcPeeringConnections[].Status.Code")))


def route_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the table has this route to this next hop; ids are ``<table>|<destination>``."""
    table, _, destination = key.partition("|")
    tables = client.describe_route_tables(Filters=[{"Name": "route-table-id", "Values": [table]}])
    given = {name: value for name, value in params.items() if name.endswith("Id") and name != "RouteTableId"}
    return any(
        route.get("DestinationCidrBlock") == destination and all(route.get(n) == v for n, v in given.items())
        for route in pick(tables, "RouteTables[].Routes[]")
    )


def gateway_attached(client: Any, key: str, params: Params) -> bool:
    """Whether the internet gateway is attached to this VPC; ids are ``<gateway>|<VPC>``."""
    del params
    gateway, _, vpc = key.partition("|")
    wanted = [{"Name": "internet-gateway-id", "Values": [gateway]}, {"Name": "attachment.vpc-id", "Values": [vpc]}]
    return bool(client.describe_internet_gateways(Filters=wanted)["InternetGateways"])


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
        asked = [rule for entry in params.get("IpPermissions", [params]) for rule in _rules(entry)]
        return bool(asked) and _standing(client, direction, params).issuperset(asked)

    return exists


def rules_missing(direction: str) -> Narrow:
    """What is left of a call when the rules that stand already are taken out: AWS would refuse it all for one."""

    def narrow(client: Any, params: Params) -> Params:
        there = _standing(client, direction, params)
        left = [_without(entry, there) for entry in params.get("IpPermissions", ())]
        return {**params, "IpPermissions": [entry for entry in left if _rules(entry)]} if left else params

    return narrow


def _standing(client: Any, direction: str, params: Params) -> set[tuple[Any, ...]]:
    wanted = [{"Name": "group-id", "Values": [params.get("GroupId", "")]}]
    groups = client.describe_security_groups(Filters=wanted)
    return {rule for entry in pick(groups, f"SecurityGroups[].{direction}[]") for rule in _rules(entry)}


def _without(permission: Params, there: set[tuple[Any, ...]]) -> Params:
    ports = {name: value for name, value in permission.items() if name not in _SOURCES}
    left = {
        name: [source for source in permission[name] if not there.issuperset(_rules({**ports, name: [source]}))]
        for name in _SOURCES
        if name in permission
    }
    return ports | left


def _rules(permission: Params) -> list[tuple[Any, ...]]:
    """A permission as (protocol, from, to, source), one for each source; ports may be absent or -1 for all."""
    ports = tuple(None if permission.get(name) in (None, -1) else permission[name] for name in ("FromPort", "ToPort"))
    sources = [*pick(permission, "CidrIp")]
    for name, key in _SOURCES.items():
        sources += pick(permission, f"{name}[].{key}")
    return [(str(permission.get("IpProtocol")), *ports, source) for source in sources]


def records(client: Any, key: str) -> list[dict[str, Any]]:
    """The record sets of an id ``<zone>/<name>/<type>[/<set identifier>]`` as they stand now."""
    zone, name, kind, *mark = key.split("/")
    pages = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
    wanted = (name, kind, "".join(mark))
    return [record for page in pages for record in page["ResourceRecordSets"] if _record_key(record) == wanted]


def _record_key(record: Params) -> tuple[str, str, str]:
    # Route 53 escapes the wildcard as an octal code.
    name = str(record["Name"]).rstrip(".").replace("\\052", "*")
    return name, record["Type"], record.get("SetIdentifier", "")


def record_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the record stands as the call put it: another TTL or value is another record."""
    wanted = [
        change["ResourceRecordSet"]
        for change in params.get("ChangeBatch", {}).get("Changes", ())
        if change["ResourceRecordSet"]["Name"].rstrip(".") == key.split("/")[1]
    ]
    try:
        there = records(client, key)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return bool(there) and all(
        _content(record) in [_content(change) for change in wanted] for record in there if wanted
    )


def _content(record: Params) -> tuple[Any, ...]:
    values = sorted(pick(record, "ResourceRecords[].Value"))
    alias = record.get("AliasTarget", {})
    leads = (str(alias.get("DNSName", "")).rstrip(".").lower(), bool(alias.get("EvaluateTargetHealth")))
    chosen = tuple(record.get(name) for name in ("SetIdentifier", "Failover", "Weight", "Region", "HealthCheckId"))
    return (record["Type"], record.get("TTL"), values, leads, chosen)


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


def zone_associated(client: Any, key: str, params: Params) -> bool:
    """Whether the private zone is associated with the VPC; ids are ``<zone>|<VPC>``."""
    del params
    zone, _, vpc = key.partition("|")
    try:
        return vpc in pick(client.get_hosted_zone(Id=zone), "VPCs[].VPCId")
    except ClientError as error:
        if is_missing(error):
            return False
        raise


def version_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the launch template has this version; ids are ``<template>|<number>``."""
    del params
    template, _, version = key.partition("|")
    try:
        found = client.describe_launch_template_versions(LaunchTemplateId=template, Versions=[version])
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return bool(found["LaunchTemplateVersions"])


def log_group_exists(client: Any, key: str, params: Params) -> bool:
    """Whether there is a log group of this name; the call finds those whose names begin so."""
    del params
    return key in pick(client.describe_log_groups(logGroupNamePrefix=key), "logGroups[].logGroupName")


def bucket_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the bucket is there and ours; a stranger's bucket answers 403."""
    del params
    try:
        client.head_bucket(Bucket=key)
    except ClientError as error:
        if is_missing(error) or error.response["Error"]["Code"] == "403":
            return False
        raise
    return True


def got(operation: str, *arguments: str) -> Exists:
    """A check by a get call, for ids that are names joined by ``|``."""

    def exists(client: Any, key: str, params: Params) -> bool:
        del params
        try:
            getattr(client, operation)(**dict(zip(arguments, key.split("|"), strict=True)))
        except ClientError as error:
            if is_missing(error):
                return False
            raise
        return True

    return exists


def listed(operation: str, argument: str, names: str) -> Exists:
    """A check by a call on the first of two names in the id; `names` is where its answer lists the second."""

    def exists(client: Any, key: str, params: Params) -> bool:
        del params
        holder, name = key.split("|")
        try:
            return name in pick(getattr(client, operation)(**{argument: holder}), names)
        except ClientError as error:
            if is_missing(error):
                return False
            raise

    return exists
