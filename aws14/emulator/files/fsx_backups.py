"""Backups of FSx: automatic ones once a day, others when asked for; each holds the files as they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.files import trees
from aws14.emulator.files.fsx_records import Backup, FileSystem, Volume, backend_of, find, new_id, volumes_of
from aws14.emulator.files.trees import Tree
from aws14.emulator.world import world

__all__ = ["add_copy", "drop", "drop_automatic", "lasts_s", "plan", "take", "told"]

_DAY_S = 86_400.0
_GIB = 1024**3
_BY_VOLUME = ("ONTAP", "OPENZFS")


def plan(found: FileSystem) -> None:
    """Plan the next automatic backup; earlier plans are void."""
    found.turn += 1
    if found.lifecycle == "AVAILABLE" and found.config.get("AutomaticBackupRetentionDays"):
        due = _next(world().clock.now(), str(found.config["DailyAutomaticBackupStartTime"]))
        world().clock.at(due, "fsx.daily_backup", (found.file_system_id, found.turn))


def _next(now: float, at: str) -> float:
    hour, _, minute = at.partition(":")
    moment = datetime.fromtimestamp(now, UTC)
    due = moment.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    return (due if due > moment else due + timedelta(days=1)).timestamp()


@handles("fsx.daily_backup")
def _daily(file_system_id: str, turn: int) -> None:
    found = find(file_system_id)
    if found is None or found.turn != turn:
        return
    mine = [one for one in volumes_of(backend_of(found)).values() if one.file_system_id == file_system_id]
    for volume in mine if found.file_system_type in _BY_VOLUME else (None,):
        take(found, "AUTOMATIC", volume=volume)
    oldest = world().clock.now() - float(found.config["AutomaticBackupRetentionDays"]) * _DAY_S
    for each in _automatic(found):
        if each.created < oldest:
            drop(backend_of(found), each.backup_id)
    plan(found)


def take(
    found: FileSystem,
    kind: str,
    *,
    tags: list[dict[str, str]] | None = None,
    volume: Volume | None = None,
    token: str = "",
) -> Backup:
    """Begin a backup; what it holds is what is there now.

    Parameters
    ----------
    found : FileSystem
        Of which.
    kind : {'AUTOMATIC', 'USER_INITIATED', 'AWS_BACKUP'}
        Who wanted it.
    tags : list of dict, optional
        Of the backup.
    volume : Volume, optional
        Of ONTAP and OpenZFS: the volume it is of.
    token : str, optional
        Of the request.
    """
    from aws14.emulator.files.fsx_life import told as file_system_told

    backend = backend_of(found)
    contents = trees.find(volume.volume_id if volume is not None else found.file_system_id) or Tree()
    size = trees.sizes(contents).total
    made = Backup(
        account_id=found.account_id,
        region_name=found.region_name,
        backup_id=new_id("backup"),
        backup_type=kind,
        file_system_id=found.file_system_id,
        file_system_type=found.file_system_type,
        created=world().clock.now(),
        source=file_system_told(found),
        size_bytes=size,
        volume_id=volume.volume_id if volume is not None else "",
        volume={"Name": volume.name, "VolumeId": volume.volume_id, "VolumeType": volume.volume_type}
        if volume
        else None,
        token=token,
    )
    backend.backups[made.backup_id] = made
    trees.put(made.backup_id, trees.copied(contents))
    copied = made.source["Tags"] if found.config.get("CopyTagsToBackups") and not tags else tags
    if copied:
        backend.tagger.tag_resource(made.resource_arn, copied)
    world().clock.after(lasts_s(size), "fsx.backup_available", (made.account_id, made.region_name, made.backup_id))
    return made


def lasts_s(size_bytes: float) -> float:
    """How long a backup of so many bytes takes, s."""
    return typical_s("FSx backup, before the first GiB") + typical_s("FSx backup, each GiB") * size_bytes / _GIB


@handles("fsx.backup_available")
def _available(account: str, region: str, backup_id: str) -> None:
    from moto.fsx.models import fsx_backends

    found = fsx_backends[account][region].backups.get(backup_id)
    if found is not None and found.lifecycle in ("CREATING", "COPYING"):
        found.lifecycle = "AVAILABLE"


def _automatic(found: FileSystem) -> list[Backup]:
    backups = backend_of(found).backups.values()
    return [one for one in backups if one.backup_type == "AUTOMATIC" and one.file_system_id == found.file_system_id]


def drop_automatic(found: FileSystem) -> None:
    """Automatic backups go with their file system."""
    for each in _automatic(found):
        drop(backend_of(found), each.backup_id)


def drop(backend: Any, backup_id: str) -> None:
    """Delete a backup with what it holds."""
    gone = backend.backups.pop(backup_id, None)
    trees.drop(backup_id)
    if gone is not None:
        backend.tagger.delete_all_tags_for_resource(gone.resource_arn)


def told(backend: Any, found: Backup) -> dict[str, Any]:
    """As AWS tells it."""
    answer = {
        "BackupId": found.backup_id,
        "Lifecycle": found.lifecycle,
        "Type": found.backup_type,
        "ProgressPercent": 100 if found.lifecycle == "AVAILABLE" else 0,
        "CreationTime": found.created,
        "KmsKeyId": found.source["KmsKeyId"],
        "ResourceARN": found.resource_arn,
        "Tags": backend.list_tags_for_resource(found.resource_arn),
        "FileSystem": found.source,
        "OwnerId": found.account_id,
        "ResourceType": "VOLUME" if found.volume_id else "FILE_SYSTEM",
        "SizeInBytes": found.size_bytes,
    }
    directory = found.source.get("WindowsConfiguration", {}).get("ActiveDirectoryId")
    extra = {
        "Volume": found.volume,
        "SourceBackupId": found.source_backup,
        "SourceBackupRegion": found.source_region,
        "DirectoryInformation": {"ActiveDirectoryId": directory} if directory else None,
    }
    return answer | {key: value for key, value in extra.items() if value}


def add_copy(backend: Any, made: Backup, tags: list[dict[str, str]]) -> None:
    """Enter a copy of a backup, with what its source holds; it is there when its bytes are."""
    backend.backups[made.backup_id] = made
    trees.put(made.backup_id, trees.copied(trees.find(made.source_backup) or Tree()))
    if tags:
        backend.tagger.tag_resource(made.resource_arn, tags)
    world().clock.after(
        lasts_s(made.size_bytes), "fsx.backup_available", (made.account_id, made.region_name, made.backup_id)
    )
