"""RDS read back: database instances and snapshots as nodes.

A database stands in the innermost container that holds all of its subnets, as a rule its VPC: which zone it is in is an
attribute, and may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aws14.cloud.readback import ec2
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.ec2_links import Holder, places
from aws14.cloud.readback.seen import Resource, Seen, called, required
from aws14.model import Link, Node


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What RDS answered in one region; snapshots are those that somebody asked for."""

    region: str
    databases: tuple[Resource, ...]
    snapshots: tuple[Resource, ...]


def fetch(asking: Asking, region: str) -> Facts:
    """Ask for every database instance and manual snapshot of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    databases = asking.listed("rds", region, "describe_db_instances", "DBInstances")
    snapshots = asking.listed("rds", region, "describe_db_snapshots", "DBSnapshots")
    return Facts(
        region=region,
        databases=databases,
        snapshots=tuple(one for one in snapshots if one.get("SnapshotType") not in ("automated", "awsbackup")),
    )


def to_nodes(facts: Facts, around: ec2.Facts, known: Iterable[Facts]) -> tuple[Seen, ...]:
    """Databases and snapshots, with ARNs for names.

    Parameters
    ----------
    facts : Facts
        Of one region.
    around : ec2.Facts
        What EC2 answered there.
    known : iterable of Facts
        Of all regions: a replica's source may stand in another.
    """
    names = {one["DBInstanceArn"]: _name(one) for region in known for one in region.databases}
    return (
        *(_database(one, around, names) for one in facts.databases),
        *(_snapshot(one, facts.region) for one in facts.snapshots),
    )


def _tags(one: Resource) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in one.get("TagList", ())}


def _name(one: Resource) -> str:
    tags = _tags(one)
    return tags.get("aws14:node") or called(tags, one["DBInstanceIdentifier"])


def _database(one: Resource, around: ec2.Facts, names: dict[str, str]) -> Seen:
    arn, name = one["DBInstanceArn"], one["DBInstanceIdentifier"]
    of, endpoint = f"database {name}", one.get("Endpoint", {})
    subnets = required(one, "DBSubnetGroup", of)["Subnets"]
    source = _source(one)
    node = Node(
        id=arn,
        kind="db_instance",
        parent=ec2.home(around, (each["SubnetIdentifier"] for each in subnets)),
        aws_id=name,
        attributes={
            "engine": required(one, "Engine", of),
            "instance_class": required(one, "DBInstanceClass", of),
            "multi_az": required(one, "MultiAZ", of),
            # RDS names the zone, the endpoint and the second zone only once they are there.
            "zone": one.get("AvailabilityZone", ""),
            "secondary_zone": one.get("SecondaryAvailabilityZone", ""),
            "zones": tuple(sorted({each["SubnetAvailabilityZone"]["Name"] for each in subnets})),
            "gib": required(one, "AllocatedStorage", of),
            "storage_type": required(one, "StorageType", of),
            "iops": one.get("Iops") or 0,
            "state": required(one, "DBInstanceStatus", of),
            "endpoint": endpoint.get("Address", ""),
            "port": endpoint.get("Port") or one.get("DbInstancePort", 0),
            "security_groups": ec2.group_names(around, _groups(one)),
            "publicly_accessible": one.get("PubliclyAccessible", False),
            "backup_retention_days": required(one, "BackupRetentionPeriod", of),
            "replica_of": names.get(source, source.rpartition(":")[2]),
        },
    )
    tags = _tags(one)
    return Seen(node=node, tags=tags, name=called(tags, name))


def _source(one: Resource) -> str:
    """ARN of the source of a replica; AWS gives the bare identifier when it stands in the same region."""
    source = str(one.get("ReadReplicaSourceDBInstanceIdentifier") or "")
    if not source or source.startswith("arn:"):
        return source
    return f"{one['DBInstanceArn'].rpartition(':')[0]}:{source}"


def _groups(one: Resource) -> tuple[str, ...]:
    return tuple(each["VpcSecurityGroupId"] for each in one.get("VpcSecurityGroups", ()))


def _snapshot(one: Resource, region: str) -> Seen:
    arn, name = one["DBSnapshotArn"], one["DBSnapshotIdentifier"]
    node = Node(
        id=arn,
        kind="db_snapshot",
        parent=region,
        aws_id=name,
        attributes={
            "of": one.get("SourceDBSnapshotIdentifier") or required(one, "DBInstanceIdentifier", f"snapshot {name}"),
            "gib": required(one, "AllocatedStorage", f"snapshot {name}"),
            "state": required(one, "Status", f"snapshot {name}"),
        },
    )
    tags = _tags(one)
    return Seen(node=node, tags=tags, name=called(tags, name))


def holders(facts: Facts, around: ec2.Facts) -> tuple[Holder, ...]:
    """The databases as what security groups guard."""
    return tuple(
        Holder(
            key=one["DBInstanceArn"],
            vpc=one["DBSubnetGroup"]["VpcId"],
            groups=frozenset(_groups(one)),
            places=places(around, f"rds/{one['DBInstanceIdentifier']}"),
        )
        for one in facts.databases
    )


def to_links(facts: Facts) -> Iterator[Link]:
    """From databases to their replicas."""
    for one in facts.databases:
        if source := _source(one):
            yield Link(source=source, target=one["DBInstanceArn"], kind="routes", label="replicates")
