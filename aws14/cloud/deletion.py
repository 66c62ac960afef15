"""How AWS is told to delete something, with what has to go before it: the deletions behind `aws14.cloud.kinds`.

A deletion takes ``(client, id)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.cloud.object_locks import bucket_keeps, delete_version
from aws14.cloud.paths import pick
from aws14.cloud.presence import records

Delete = Callable[[Any, str], object]


def call(operation: str, argument: str, **more: Any) -> Delete:
    """A deletion by one call that takes the id."""
    return lambda client, key: getattr(client, operation)(**{argument: key}, **more)


def call_with(operation: str, *arguments: str) -> Delete:
    """A deletion by one call that takes the parts of an id, joined by ``|``, each as its own argument."""
    return lambda client, key: getattr(client, operation)(**dict(zip(arguments, key.split("|"), strict=True)))


def delete_route(client: Any, key: str) -> object:
    """Delete a route."""
    table, _, destination = key.partition("|")
    return client.delete_route(RouteTableId=table, DestinationCidrBlock=destination)


def detach_gateway(client: Any, key: str) -> object:
    """Detach an internet gateway from its VPC."""
    gateway, _, vpc = key.partition("|")
    return client.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)


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


def delete_network_acl(client: Any, key: str) -> object:
    """Delete a network ACL, after its subnets went back to the default one of their VPC."""
    for acl in client.describe_network_acls(NetworkAclIds=[key])["NetworkAcls"]:
        wanted = [{"Name": "vpc-id", "Values": [acl["VpcId"]]}, {"Name": "default", "Values": ["true"]}]
        default = client.describe_network_acls(Filters=wanted)["NetworkAcls"][0]["NetworkAclId"]
        for association in acl["Associations"]:
            client.replace_network_acl_association(
                AssociationId=association["NetworkAclAssociationId"], NetworkAclId=default
            )
    return client.delete_network_acl(NetworkAclId=key)


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


def delete_record(client: Any, key: str) -> object:
    """Delete a record as it stands now."""
    changes = [{"Action": "DELETE", "ResourceRecordSet": record} for record in records(client, key)]
    return client.change_resource_record_sets(HostedZoneId=key.partition("/")[0], ChangeBatch={"Changes": changes})


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


def delete_bucket(client: Any, key: str) -> object:
    """Delete a bucket with every version of every object in it; AWS's refusal says what Object Lock keeps, how long."""
    kept = []
    for page in client.get_paginator("list_object_versions").paginate(Bucket=key):
        for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            version = {"Bucket": key, "Key": entry["Key"], "VersionId": entry["VersionId"]}
            reason = delete_version(client, version)
            kept += [reason] if reason else []
    if kept:
        raise bucket_keeps(key, kept)
    return client.delete_bucket(Bucket=key)


def delete_path(client: Any, key: str) -> None:
    """Delete a path of Reachability Analyzer after its analyses, which hold it."""
    answer = client.describe_network_insights_analyses(NetworkInsightsPathId=key)
    for analysis in answer["NetworkInsightsAnalyses"]:
        client.delete_network_insights_analysis(NetworkInsightsAnalysisId=analysis["NetworkInsightsAnalysisId"])
    client.delete_network_insights_path(NetworkInsightsPathId=key)


def delete_distribution(client: Any, key: str) -> object:
    """Delete a distribution: CloudFront wants it disabled, everywhere, first."""
    given = client.get_distribution_config(Id=key)
    config, tag = given["DistributionConfig"], given["ETag"]
    if config["Enabled"]:
        tag = client.update_distribution(Id=key, IfMatch=tag, DistributionConfig={**config, "Enabled": False})["ETag"]
    client.get_waiter("distribution_deployed").wait(Id=key)
    return client.delete_distribution(Id=key, IfMatch=tag)


def delete_access_control(client: Any, key: str) -> object:
    """Delete an origin access control in the version that is there."""
    tag = client.get_origin_access_control(Id=key)["ETag"]
    return client.delete_origin_access_control(Id=key, IfMatch=tag)


def delete_load_balancer(client: Any, key: str) -> object:
    """Delete a load balancer, its protection against that taken off."""
    given = client.describe_load_balancer_attributes(LoadBalancerArn=key)["Attributes"]
    if {"Key": "deletion_protection.enabled", "Value": "true"} in given:
        off = [{"Key": "deletion_protection.enabled", "Value": "false"}]
        client.modify_load_balancer_attributes(LoadBalancerArn=key, Attributes=off)
    return client.delete_load_balancer(LoadBalancerArn=key)


def delete_database(client: Any, key: str) -> object:
    """Delete a database with its automated backups and without a last snapshot, its protection taken off."""
    for one in client.describe_db_instances(DBInstanceIdentifier=key)["DBInstances"]:
        if one.get("DeletionProtection"):
            client.modify_db_instance(DBInstanceIdentifier=key, DeletionProtection=False, ApplyImmediately=True)
    return client.delete_db_instance(DBInstanceIdentifier=key, SkipFinalSnapshot=True, DeleteAutomatedBackups=True)
