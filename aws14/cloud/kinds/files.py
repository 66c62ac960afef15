"""Kinds of shared file systems: EFS, FSx, and the directories that FSx joins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from aws14.cloud import deletion, presence
from aws14.cloud.kinds.kind import Kind
from aws14.cloud.paths import pick


def _there(operation: str, argument: str, things: str, state: str) -> presence.Exists:
    """A check by a describe call that takes ids; what is being deleted is not there any more."""

    def exists(client: Any, key: str, params: presence.Params) -> bool:
        del params
        return any(one[state].upper() not in ("DELETING", "DELETED") for one in _asked(client, key))

    def _asked(client: Any, key: str) -> list[Any]:
        return _described(client, operation, {argument: [key]}, things)

    return exists


def _still(operation: str, argument: str, things: str) -> presence.Exists:
    """A check that something is listed, in whatever state."""

    def lingers(client: Any, key: str, params: presence.Params) -> bool:
        del params
        return bool(_described(client, operation, {argument: [key]}, things))

    return lingers


def _described(client: Any, operation: str, arguments: dict[str, Any], things: str) -> list[Any]:
    try:
        return pick(getattr(client, operation)(**arguments), f"{things}[]")
    except ClientError as error:
        if presence.is_missing(error):
            return []
        raise


def _delete_file_system(client: Any, key: str) -> object:
    """Delete a file system of FSx without a last backup."""
    found = client.describe_file_systems(FileSystemIds=[key])["FileSystems"]
    windows = bool(found) and found[0]["FileSystemType"] == "WINDOWS"
    more = {"WindowsConfiguration": {"SkipFinalBackup": True}} if windows else {}
    return client.delete_file_system(FileSystemId=key, **more)


def _delete_volume(client: Any, key: str) -> object:
    """Delete a volume without a last backup."""
    found = client.describe_volumes(VolumeIds=[key])["Volumes"]
    ontap = bool(found) and found[0]["VolumeType"] == "ONTAP"
    more = {"OntapConfiguration": {"SkipFinalBackup": True}} if ontap else {}
    return client.delete_volume(VolumeId=key, **more)


def _replicates(client: Any, key: str, params: presence.Params) -> bool:
    del params
    return bool(_described(client, "describe_replication_configurations", {"FileSystemId": key}, "Replications"))


def _backups_of(client: Any, file_system: str) -> list[str]:
    """Backups that a file system of FSx left; those of AWS Backup belong to a vault."""
    asked = {"Filters": [{"Name": "file-system-id", "Values": [file_system]}]}
    return [
        one["BackupId"]
        for one in _described(client, "describe_backups", asked, "Backups")
        if one["Type"] != "AWS_BACKUP" and one["Lifecycle"] not in ("DELETED", "DELETING")
    ]


def _left_backups(client: Any, file_system: str, params: presence.Params) -> bool:
    del params
    return bool(_backups_of(client, file_system))


def _delete_left_backups(client: Any, file_system: str) -> None:
    for backup in _backups_of(client, file_system):
        client.delete_backup(BackupId=backup)


_FILE_SYSTEM = ("describe_file_systems", "FileSystemId", "FileSystems[].FileSystemId")
_TARGET = ("describe_mount_targets", "MountTargetId", "MountTargets[].MountTargetId")

FILES: Mapping[str, Kind] = {
    "file-system-replication": Kind(
        service="efs",
        order=14,
        exists=_replicates,
        delete=deletion.call("delete_replication_configuration", "SourceFileSystemId"),
    ),
    "access-point": Kind(
        service="efs",
        order=15,
        exists=presence.asked_by_name("describe_access_points", "AccessPointId", "AccessPoints[].AccessPointId"),
        delete=deletion.call("delete_access_point", "AccessPointId"),
    ),
    "mount-target": Kind(
        service="efs",
        order=16,
        exists=presence.asked_by_name(*_TARGET, state="MountTargets[].LifeCycleState"),
        delete=deletion.call("delete_mount_target", "MountTargetId"),
        lingers=presence.asked_by_name(*_TARGET),
    ),
    "file-system": Kind(
        service="efs",
        order=17,
        exists=presence.asked_by_name(*_FILE_SYSTEM, state="FileSystems[].LifeCycleState"),
        delete=deletion.call("delete_file_system", "FileSystemId"),
        lingers=presence.asked_by_name(*_FILE_SYSTEM),
        leaves=lambda key: (("automatic-backups", key),),
    ),
    "fsx-volume": Kind(
        service="fsx",
        order=15,
        exists=_there("describe_volumes", "VolumeIds", "Volumes", "Lifecycle"),
        delete=_delete_volume,
        lingers=_still("describe_volumes", "VolumeIds", "Volumes"),
    ),
    "storage-virtual-machine": Kind(
        service="fsx",
        order=16,
        exists=_there(
            "describe_storage_virtual_machines", "StorageVirtualMachineIds", "StorageVirtualMachines", "Lifecycle"
        ),
        delete=deletion.call("delete_storage_virtual_machine", "StorageVirtualMachineId"),
        lingers=_still("describe_storage_virtual_machines", "StorageVirtualMachineIds", "StorageVirtualMachines"),
    ),
    "fsx-file-system": Kind(
        service="fsx",
        order=17,
        exists=_there("describe_file_systems", "FileSystemIds", "FileSystems", "Lifecycle"),
        delete=_delete_file_system,
        lingers=_still("describe_file_systems", "FileSystemIds", "FileSystems"),
        leaves=lambda key: (("fsx-left-backups", key),),
    ),
    "fsx-left-backups": Kind(service="fsx", order=18, exists=_left_backups, delete=_delete_left_backups),
    "fsx-backup": Kind(
        service="fsx",
        order=18,
        exists=_there("describe_backups", "BackupIds", "Backups", "Lifecycle"),
        delete=deletion.call("delete_backup", "BackupId"),
    ),
    "directory": Kind(
        service="ds",
        order=19,
        exists=_there("describe_directories", "DirectoryIds", "DirectoryDescriptions", "Stage"),
        delete=deletion.call("delete_directory", "DirectoryId"),
        lingers=_still("describe_directories", "DirectoryIds", "DirectoryDescriptions"),
    ),
}
"""Kind -> how it is seen and deleted."""
