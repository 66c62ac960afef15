"""FSx: a recovery point is a backup of FSx of type ``AWS_BACKUP``; of ONTAP each volume has its own.

Source: AWS Backup developer guide, "Restore an FSx file system".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from aws14.emulator.backups.records import Point
from aws14.emulator.backups.refusals import JobFailure
from aws14.emulator.backups.resources.kind import Found, ResourceKind, parts_of
from aws14.emulator.durations import typical_s
from aws14.emulator.files import fsx_backups, fsx_life, fsx_volumes, trees
from aws14.emulator.files.fsx_records import Backup, FileSystem, Volume, file_systems, find, new_id, volumes_of
from aws14.emulator.world import world

__all__ = ["SHARES"]

_WHOLE, _BY_VOLUME = ("WINDOWS", "LUSTRE"), "ONTAP"


def _backend(account: str, region: str) -> Any:
    from moto.fsx.models import fsx_backends

    return fsx_backends[account][region]


def _here(account: str, region: str) -> Iterator[FileSystem | Volume]:
    """What can be backed up there: file systems, and of ONTAP the volumes."""
    for one in file_systems():
        if (one.account_id, one.region_name) != (account, region):
            continue
        if one.file_system_type in _WHOLE:
            yield one
        elif one.file_system_type == _BY_VOLUME:
            volumes = volumes_of(_backend(account, region)).values()
            yield from (each for each in volumes if each.file_system_id == one.file_system_id)


def _at(arn: str) -> FileSystem | Volume | None:
    account, region, _ = parts_of(arn)
    return next((each for each in _here(account, region) if each.resource_arn == arn), None)


def _find(arn: str) -> Found | None:
    found = _at(arn)
    return None if found is None else _found(found)


def _found(one: FileSystem | Volume) -> Found:
    account, region, key = parts_of(one.resource_arn)
    told = _backend(account, region).list_tags_for_resource(one.resource_arn)
    tags = {tag["Key"]: tag["Value"] for tag in told or ()}
    home = one if isinstance(one, FileSystem) else find(one.file_system_id)
    return Found(arn=one.resource_arn, name=tags.get("Name", key), tags=tags, key=home.kms_key_id if home else "")


def _everything(account: str, region: str) -> Iterator[Found]:
    yield from (_found(each) for each in _here(account, region) if _is_there(each))


def _is_there(one: FileSystem | Volume) -> bool:
    return one.lifecycle in ("AVAILABLE", "CREATED")


def _take(found: Found, point: Point) -> float:
    one = _at(found.arn)
    assert one is not None
    if not _is_there(one):
        raise JobFailure(f"{found.arn} is {one.lifecycle}.")
    home = one if isinstance(one, FileSystem) else find(one.file_system_id)
    assert home is not None
    tags = [{"Key": name, "Value": value} for name, value in {**found.tags, **point.tags}.items()]
    made = fsx_backups.take(home, "AWS_BACKUP", tags=tags, volume=one if isinstance(one, Volume) else None)
    point.arn, point.held, point.size_bytes, point.key = made.resource_arn, made.backup_id, made.size_bytes, found.key
    point.metadata = _metadata(home, one)
    return fsx_backups.lasts_s(made.size_bytes)


def _metadata(home: FileSystem, one: FileSystem | Volume) -> dict[str, str]:
    if isinstance(one, Volume):
        return {"Name": one.name, "OntapConfiguration": json.dumps({"StorageVirtualMachineId": one.machine_id})}
    return {
        "FileSystemId": home.file_system_id,
        "FileSystemType": home.file_system_type,
        "StorageCapacity": str(home.storage_capacity),
        "StorageType": home.storage_type,
        "SubnetIds": json.dumps(home.subnet_ids),
        "SecurityGroupIds": json.dumps(home.security_group_ids),
    }


def _backup_of(point: Point) -> tuple[Any, Backup]:
    backend = _backend(point.account, point.region)
    backup = backend.backups.get(point.held)
    if backup is None:
        raise JobFailure(f"There is no backup {point.held}.")
    return backend, backup


def _copy(source: Point, point: Point) -> float:
    _, backup = _backup_of(source)
    made = replace(
        backup,
        account_id=point.account,
        region_name=point.region,
        backup_id=new_id("backup"),
        created=world().clock.now(),
        lifecycle="COPYING",
        source_backup=backup.backup_id,
        source_region=source.region,
    )
    tags = [{"Key": name, "Value": value} for name, value in point.tags.items()]
    fsx_backups.add_copy(_backend(point.account, point.region), made, tags)
    point.arn, point.held = made.resource_arn, made.backup_id
    return fsx_backups.lasts_s(made.size_bytes)


_JSON = ("SubnetIds", "SecurityGroupIds", "WindowsConfiguration", "LustreConfiguration", "OpenZFSConfiguration")
"""What the metadata of a restore say as JSON."""
_NUMBERS = ("ThroughputCapacity", "AutomaticBackupRetentionDays")


def _restore(point: Point, asked: Mapping[str, str]) -> tuple[str, float]:
    backend, backup = _backup_of(point)
    if backup.volume_id:
        return _restore_volume(backend, backup, asked)
    if not asked.get("SubnetIds"):
        raise JobFailure("SubnetIds must be specified")
    wanted: dict[str, Any] = {name: json.loads(asked[name]) for name in _JSON if asked.get(name)}
    for name in _JSON[2:]:
        if name in wanted:
            wanted[name] = {key: int(each) if key in _NUMBERS else each for key, each in wanted[name].items()}
    wanted |= {name: asked[name] for name in ("StorageType", "KmsKeyId") if asked.get(name)}
    if asked.get("StorageCapacity"):
        wanted["StorageCapacity"] = int(asked["StorageCapacity"])
    made = fsx_life.from_backup(backend, backup, wanted)
    creating = typical_s(f"FSx {'Multi' if made.is_multi_az else 'Single'}-AZ file system creating")
    return made.resource_arn, creating


def _restore_volume(backend: Any, backup: Backup, asked: Mapping[str, str]) -> tuple[str, float]:
    if not (asked.get("Name") and asked.get("OntapConfiguration")):
        raise JobFailure("Name and OntapConfiguration must be specified")
    tree = trees.find(backup.backup_id)
    config = {"SizeInMegabytes": _size_mib(backup), **json.loads(asked["OntapConfiguration"])}
    wanted = {"VolumeType": _BY_VOLUME, "Name": asked["Name"], "OntapConfiguration": config}
    made = fsx_volumes.make_volume(backend, wanted, trees.copied(tree) if tree is not None else None)
    return made.resource_arn, typical_s("FSx volume creating")


def _size_mib(backup: Backup) -> int:
    return max(1024, -(-backup.size_bytes // 2**20))


def _drop(point: Point) -> None:
    fsx_backups.drop(_backend(point.account, point.region), point.held)


def _delete(arn: str) -> None:
    one = _at(arn)
    if isinstance(one, Volume):
        account, region, _ = parts_of(arn)
        fsx_volumes.delete_volume(_backend(account, region), one.volume_id)
    elif one is not None:
        windows = {"WindowsConfiguration": {"SkipFinalBackup": True}}
        fsx_life.delete(_backend(one.account_id, one.region_name), one, windows)


def _tag(arn: str, tags: Mapping[str, str]) -> None:
    account, region, _ = parts_of(arn)
    told = [{"Key": name, "Value": value} for name, value in tags.items()]
    _backend(account, region).tagger.tag_resource(arn, told)


SHARES = ResourceKind(
    name="FSx",
    prefix="fsx:",
    find=_find,
    everything=_everything,
    take=_take,
    copy=_copy,
    restore=_restore,
    drop=_drop,
    delete=_delete,
    tag=_tag,
)
"""File systems of FSx, and volumes of ONTAP."""
