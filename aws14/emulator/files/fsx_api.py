"""Operations of FSx, as moto writes its own. Importing this imports moto.

Each takes the place of moto's operation of the same name, or is one that moto lacks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from moto.core.responses import BaseResponse
from moto.fsx.models import fsx_backends

from aws14.emulator.files import fsx_backups, fsx_changes, fsx_life, fsx_volumes, trees
from aws14.emulator.files.fsx_records import Backup, FileSystem, known, machines_of, new_id, refuse, volumes_of
from aws14.emulator.world import world

__all__ = ["Backups", "FileSystems", "Volumes"]

_FIELDS: dict[str, Callable[[Any], str]] = {
    "file-system-id": lambda one: str(one.file_system_id),
    "backup-type": lambda one: str(one.backup_type),
    "file-system-type": lambda one: str(one.file_system_type),
    "volume-id": lambda one: str(one.volume_id),
    "storage-virtual-machine-id": lambda one: str(one.machine_id),
}


def _chosen(things: dict[str, Any], ids: list[str], missing: tuple[str, str], filters: Iterable[Any]) -> list[Any]:
    """Those of the ids, all without; those that pass every filter."""
    for each in ids:
        if each not in things:
            refuse(missing[0], missing[1].format(each))
    found = [things[each] for each in ids] if ids else list(things.values())
    for each in filters:
        found = [one for one in found if _FIELDS[each["Name"]](one) in each["Values"]]
    return found


class FileSystems(BaseResponse):
    """File systems and their names."""

    fsx_backend: Any

    def create_file_system(self) -> str:
        """Make a file system; the same token gives the same one."""
        asked = json.loads(self.body)
        return self._made(asked, lambda: fsx_life.create(self.fsx_backend, asked))

    def _made(self, asked: dict[str, Any], make: Callable[[], FileSystem]) -> str:
        token, tokens = asked.get("ClientRequestToken"), vars(self.fsx_backend).setdefault("_aws14_tokens", {})
        there = self.fsx_backend.file_systems.get(tokens.get(token)) if token else None
        made = there or make()
        if token:
            tokens[token] = made.file_system_id
        return json.dumps({"FileSystem": fsx_life.told(made)})

    def create_file_system_from_backup(self) -> str:
        """Make a file system with what a backup holds."""
        asked = json.loads(self.body)
        backup: Backup | None = self.fsx_backend.backups.get(asked["BackupId"])
        if backup is None or backup.lifecycle != "AVAILABLE" or backup.volume_id:
            refuse("BackupNotFound", f"There is no available backup {asked['BackupId']} of a file system.")
        return self._made(asked, lambda: fsx_life.from_backup(self.fsx_backend, backup, asked))

    def describe_file_systems(self) -> str:
        """List file systems."""
        ids = json.loads(self.body).get("FileSystemIds") or []
        missing = ("FileSystemNotFound", "File system '{}' does not exist.")
        found = _chosen(dict(self.fsx_backend.file_systems), ids, missing, ())
        return json.dumps({"FileSystems": [fsx_life.told(one) for one in found]})

    def update_file_system(self) -> str:
        """Change a file system."""
        asked = json.loads(self.body)
        found = known(self.fsx_backend, asked["FileSystemId"])
        fsx_changes.update(found, asked)
        return json.dumps({"FileSystem": fsx_life.told(found)})

    def delete_file_system(self) -> str:
        """Delete a file system, as a rule with a last backup."""
        asked = json.loads(self.body)
        found = known(self.fsx_backend, asked["FileSystemId"])
        last = fsx_life.delete(self.fsx_backend, found, asked)
        answer: dict[str, Any] = {"FileSystemId": found.file_system_id, "Lifecycle": "DELETING"}
        if found.file_system_type == "WINDOWS":
            answer["WindowsResponse"] = last
        return json.dumps(answer)

    def associate_file_system_aliases(self) -> str:
        """Give a Windows file system further names."""
        asked = json.loads(self.body)
        found = known(self.fsx_backend, asked["FileSystemId"])
        return json.dumps({"Aliases": fsx_changes.associate(found, asked["Aliases"])})

    def disassociate_file_system_aliases(self) -> str:
        """Take names away."""
        asked = json.loads(self.body)
        found = known(self.fsx_backend, asked["FileSystemId"])
        return json.dumps({"Aliases": fsx_changes.disassociate(found, asked["Aliases"])})

    def describe_file_system_aliases(self) -> str:
        """List names."""
        found = known(self.fsx_backend, json.loads(self.body)["FileSystemId"])
        return json.dumps({"Aliases": found.config.get("Aliases") or []})


class Backups(BaseResponse):
    """Backups."""

    fsx_backend: Any

    def create_backup(self) -> str:
        """Begin a backup of a file system or a volume; the same token gives the same one."""
        asked, backend = json.loads(self.body), self.fsx_backend
        token = asked.get("ClientRequestToken") or ""
        there = next((one for one in backend.backups.values() if token and one.token == token), None)
        if there is not None:
            return json.dumps({"Backup": fsx_backups.told(backend, there)})
        volume = volumes_of(backend).get(asked["VolumeId"]) if asked.get("VolumeId") else None
        if asked.get("VolumeId") and volume is None:
            refuse("VolumeNotFound", f"There is no volume {asked['VolumeId']}.")
        found = known(backend, volume.file_system_id if volume is not None else asked.get("FileSystemId", ""))
        if found.lifecycle != "AVAILABLE":
            refuse("BadRequest", f"The file system {found.file_system_id} is {found.lifecycle}.")
        if found.file_system_type == "ONTAP" and volume is None:
            refuse("BadRequest", "Backups of ONTAP are backups of volumes: give a VolumeId.")
        made = fsx_backups.take(found, "USER_INITIATED", tags=asked.get("Tags"), volume=volume, token=token)
        return json.dumps({"Backup": fsx_backups.told(backend, made)})

    def copy_backup(self) -> str:
        """Copy a backup, as a rule from another region."""
        asked, backend = json.loads(self.body), self.fsx_backend
        region = asked.get("SourceRegion") or backend.region_name
        there: Any = fsx_backends[backend.account_id][region]
        source: Backup | None = there.backups.get(asked["SourceBackupId"])
        if source is None or source.lifecycle != "AVAILABLE":
            refuse("BackupNotFound", f"There is no available backup {asked['SourceBackupId']} in {region}.")
        made = replace(
            source,
            backup_id=new_id("backup"),
            region_name=backend.region_name,
            backup_type="USER_INITIATED",
            created=world().clock.now(),
            lifecycle="COPYING",
            source_backup=source.backup_id,
            source_region=region,
        )
        fsx_backups.add_copy(backend, made, asked.get("Tags") or [])
        return json.dumps({"Backup": fsx_backups.told(backend, made)})

    def describe_backups(self) -> str:
        """List backups."""
        asked = json.loads(self.body)
        missing = ("BackupNotFound", "There is no backup {}.")
        found = _chosen(self.fsx_backend.backups, asked.get("BackupIds") or [], missing, asked.get("Filters") or ())
        return json.dumps({"Backups": [fsx_backups.told(self.fsx_backend, one) for one in found]})

    def delete_backup(self) -> str:
        """Delete a backup."""
        key = json.loads(self.body)["BackupId"]
        found = self.fsx_backend.backups.get(key)
        if found is None:
            refuse("BackupNotFound", f"There is no backup {key}.")
        if found.lifecycle != "AVAILABLE":
            refuse("BackupInProgress", f"The backup {key} is {found.lifecycle}.")
        if found.backup_type == "AWS_BACKUP":
            refuse("BadRequest", f"The backup {key} was made by AWS Backup: delete its recovery point there.")
        fsx_backups.drop(self.fsx_backend, key)
        return json.dumps({"BackupId": key, "Lifecycle": "DELETED"})


class Volumes(BaseResponse):
    """Storage virtual machines and volumes."""

    fsx_backend: Any

    def create_storage_virtual_machine(self) -> str:
        """Make a storage virtual machine."""
        made = fsx_volumes.make_machine(self.fsx_backend, json.loads(self.body))
        return json.dumps({"StorageVirtualMachine": fsx_volumes.machine_told(self.fsx_backend, made)})

    def describe_storage_virtual_machines(self) -> str:
        """List storage virtual machines."""
        asked, backend = json.loads(self.body), self.fsx_backend
        missing = ("StorageVirtualMachineNotFound", "There is no storage virtual machine {}.")
        ids = asked.get("StorageVirtualMachineIds") or []
        found = _chosen(machines_of(backend), ids, missing, asked.get("Filters") or ())
        return json.dumps({"StorageVirtualMachines": [fsx_volumes.machine_told(backend, one) for one in found]})

    def delete_storage_virtual_machine(self) -> str:
        """Delete a storage virtual machine."""
        found = fsx_volumes.delete_machine(self.fsx_backend, json.loads(self.body)["StorageVirtualMachineId"])
        return json.dumps({"StorageVirtualMachineId": found.machine_id, "Lifecycle": found.lifecycle})

    def create_volume(self) -> str:
        """Make a volume."""
        made = fsx_volumes.make_volume(self.fsx_backend, json.loads(self.body))
        return json.dumps({"Volume": fsx_volumes.volume_told(made, self.fsx_backend)})

    def create_volume_from_backup(self) -> str:
        """Make a volume with what a backup holds."""
        asked = json.loads(self.body)
        backup = self.fsx_backend.backups.get(asked["BackupId"])
        tree = trees.find(asked["BackupId"])
        if backup is None or backup.lifecycle != "AVAILABLE" or not backup.volume_id or tree is None:
            refuse("BackupNotFound", f"There is no available backup {asked['BackupId']} of a volume.")
        wanted = {**asked, "VolumeType": "ONTAP"}
        made = fsx_volumes.make_volume(self.fsx_backend, wanted, trees.copied(tree))
        return json.dumps({"Volume": fsx_volumes.volume_told(made, self.fsx_backend)})

    def describe_volumes(self) -> str:
        """List volumes."""
        asked = json.loads(self.body)
        missing = ("VolumeNotFound", "There is no volume {}.")
        ids = asked.get("VolumeIds") or []
        found = _chosen(volumes_of(self.fsx_backend), ids, missing, asked.get("Filters") or ())
        return json.dumps({"Volumes": [fsx_volumes.volume_told(one, self.fsx_backend) for one in found]})

    def update_volume(self) -> str:
        """Change a volume."""
        found = fsx_volumes.update_volume(self.fsx_backend, json.loads(self.body))
        return json.dumps({"Volume": fsx_volumes.volume_told(found, self.fsx_backend)})

    def delete_volume(self) -> str:
        """Delete a volume."""
        found = fsx_volumes.delete_volume(self.fsx_backend, json.loads(self.body)["VolumeId"])
        return json.dumps({"VolumeId": found.volume_id, "Lifecycle": found.lifecycle})
