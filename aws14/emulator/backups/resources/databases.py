"""DB instances: a recovery point is a DB snapshot of type ``awsbackup``, with the rows of its time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aws14.emulator.backups.records import Point
from aws14.emulator.backups.refusals import JobFailure
from aws14.emulator.backups.resources.kind import Found, ResourceKind, parts_of
from aws14.emulator.databases.records import is_managed
from aws14.emulator.databases.snapshots import copy_between
from aws14.emulator.durations import typical_s

__all__ = ["DATABASES"]


def _backend(account: str, region: str) -> Any:
    from moto.rds.models import rds_backends

    return rds_backends[account][region]


def _find(arn: str) -> Found | None:
    account, region, key = parts_of(arn)
    database = _backend(account, region).databases.get(key)
    return None if database is None else _found(database)


def _found(database: Any) -> Found:
    tags = {tag["Key"]: tag["Value"] for tag in database.tags or ()}
    key = database.kms_key_id if database.storage_encrypted else ""
    return Found(arn=database.db_instance_arn, name=database.db_instance_identifier, tags=tags, key=key or "")


def _everything(account: str, region: str) -> Iterator[Found]:
    for database in list(_backend(account, region).databases.values()):
        if is_managed(database):
            yield _found(database)


def _take(found: Found, point: Point) -> float:
    backend = _backend(point.account, point.region)
    database = backend.databases[found.name]
    if database.status != "available":
        raise JobFailure(f"DB instance {found.name} is not in available state.")
    name = _name(point)
    tags = [{"Key": key, "Value": value} for key, value in {**found.tags, **point.tags}.items()]
    snapshot = backend.create_db_snapshot(found.name, name, snapshot_type="awsbackup", tags=tags)
    point.arn, point.held, point.key = snapshot.db_snapshot_arn, name, found.key
    point.metadata = {
        "DBInstanceClass": database.db_instance_class,
        "MultiAZ": str(bool(database.multi_az)).lower(),
        "StorageType": database.storage_type,
        "Engine": database.engine,
        "DBSnapshotIdentifier": name,
        "DBInstanceIdentifier": database.db_instance_identifier,
    }
    if getattr(database, "db_subnet_group", None) is not None:
        point.metadata["DBSubnetGroupName"] = database.db_subnet_group.name
    return typical_s("RDS DB snapshot creating")


def _name(point: Point) -> str:
    return f"awsbackup:job-{point.arn.rpartition(':')[2]}"


def _copy(source: Point, point: Point) -> float:
    backend, name = _backend(point.account, point.region), f"awsbackup:copyjob-{point.arn.rpartition(':')[2]}"
    if source.held not in _backend(source.account, source.region).database_snapshots:
        raise JobFailure(f"DBSnapshot not found: {source.held}")
    origin = _backend(source.account, source.region).database_snapshots[source.held]
    snapshot = copy_between(origin, backend, name, key=point.key)
    point.arn, point.held = snapshot.db_snapshot_arn, name
    away = (source.account, source.region) != (point.account, point.region)
    return typical_s("RDS DB snapshot copy to another region" if away else "RDS DB snapshot creating")


_ASKED = {
    "DBInstanceClass": "db_instance_class",
    "DBSubnetGroupName": "db_subnet_group_name",
    "AvailabilityZone": "availability_zone",
    "StorageType": "storage_type",
    "MultiAZ": "multi_az",
    "PubliclyAccessible": "publicly_accessible",
    "Port": "port",
}


def _restore(point: Point, asked: Mapping[str, str]) -> tuple[str, float]:
    backend = _backend(point.account, point.region)
    if point.held not in backend.database_snapshots:
        raise JobFailure(f"DBSnapshot not found: {point.held}")
    name = asked.get("DBInstanceIdentifier") or ""
    if not name or name in backend.databases:
        raise JobFailure("DB instance already exists" if name else "DBInstanceIdentifier must be specified")
    wanted: dict[str, Any] = {"db_instance_identifier": name, "tags": []}
    for theirs, ours in _ASKED.items():
        if asked.get(theirs):
            wanted[ours] = {"true": True, "false": False}.get(asked[theirs], asked[theirs])
    if wanted.get("multi_az"):
        wanted.pop("availability_zone", None)
    if asked.get("VpcSecurityGroupIds"):
        import json

        wanted["vpc_security_group_ids"] = json.loads(asked["VpcSecurityGroupIds"])
    database = backend.restore_db_instance_from_db_snapshot(point.held, wanted)
    seconds = typical_s("RDS DB instance restored from a snapshot")
    if database.backup_retention_period:
        seconds += typical_s("RDS backup after creation")
    return str(database.db_instance_arn), seconds


def _drop(point: Point) -> None:
    backend = _backend(point.account, point.region)
    if point.held in backend.database_snapshots:
        backend.delete_db_snapshot(point.held)


def _delete(arn: str) -> None:
    account, region, key = parts_of(arn)
    backend = _backend(account, region)
    if key in backend.databases:
        backend.delete_db_instance(key, skip_final_snapshot=True)


def _tag(arn: str, tags: Mapping[str, str]) -> None:
    account, region, key = parts_of(arn)
    _backend(account, region).databases[key].tags = [{"Key": name, "Value": value} for name, value in tags.items()]


DATABASES = ResourceKind(
    name="RDS",
    prefix="rds:db:",
    find=_find,
    everything=_everything,
    take=_take,
    copy=_copy,
    restore=_restore,
    drop=_drop,
    delete=_delete,
    tag=_tag,
)
"""DB instances."""
