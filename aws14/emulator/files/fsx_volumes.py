"""Storage virtual machines and volumes of ONTAP, volumes of OpenZFS, on the clock."""

from __future__ import annotations

from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.files import interfaces, trees
from aws14.emulator.files.fsx_records import (
    FileSystem,
    Machine,
    Volume,
    known,
    machines_of,
    new_id,
    refuse,
    volumes_of,
)
from aws14.emulator.files.trees import Tree
from aws14.emulator.world import world

__all__ = [
    "delete_machine",
    "delete_volume",
    "machine_told",
    "make_machine",
    "make_volume",
    "update_volume",
    "volume_told",
]

_ENDPOINTS = ("Nfs", "Smb", "Management", "Iscsi")
_COOLING_DAYS = {"AUTO": 31, "SNAPSHOT_ONLY": 2}
_OF = {"ONTAP": "OntapConfiguration", "OPENZFS": "OpenZFSConfiguration"}


def make_machine(backend: Any, asked: dict[str, Any]) -> Machine:
    """Make a storage virtual machine: what clients mount from, with names of its own."""
    file_system = known(backend, asked["FileSystemId"])
    if file_system.file_system_type != "ONTAP":
        refuse("BadRequest", "Only ONTAP file systems have storage virtual machines.")
    _require_available(file_system)
    mine = [one for one in machines_of(backend).values() if one.file_system_id == file_system.file_system_id]
    if any(one.name == asked["Name"] for one in mine):
        refuse("BadRequest", f"A storage virtual machine named {asked['Name']} exists already.")
    key = new_id("svm")
    directory = asked.get("ActiveDirectoryConfiguration")
    own = dict((directory or {}).get("SelfManagedActiveDirectoryConfiguration") or {})
    own.pop("Password", None)
    made = Machine(
        machine_id=key,
        file_system_id=file_system.file_system_id,
        name=asked["Name"],
        created=world().clock.now(),
        resource_arn=_arn(file_system, f"storage-virtual-machine/{file_system.file_system_id}/{key}"),
        config={
            "RootVolumeSecurityStyle": asked.get("RootVolumeSecurityStyle", "UNIX"),
            "ActiveDirectoryConfiguration": {**directory, "SelfManagedActiveDirectoryConfiguration": own}
            if directory
            else None,
        },
    )
    machines_of(backend)[key] = made
    _tag(backend, made.resource_arn, asked)
    _post("FSx ONTAP storage virtual machine creating", backend, "machine", key)
    return made


def _require_available(file_system: FileSystem) -> None:
    if file_system.lifecycle != "AVAILABLE":
        refuse("BadRequest", f"The file system {file_system.file_system_id} is {file_system.lifecycle}.")


def _arn(file_system: FileSystem, rest: str) -> str:
    return f"arn:aws:fsx:{file_system.region_name}:{file_system.account_id}:{rest}"


def _tag(backend: Any, arn: str, asked: dict[str, Any]) -> None:
    if asked.get("Tags"):
        backend.tagger.tag_resource(arn, asked["Tags"])


def _post(what: str, backend: Any, kind: str, key: str) -> None:
    world().clock.after(typical_s(what), "fsx.part", (backend.account_id, backend.region_name, kind, key))


@handles("fsx.part")
def _part(account: str, region: str, kind: str, key: str) -> None:
    """A machine or volume that was being created is there; one that was being deleted is gone."""
    from moto.fsx.models import fsx_backends

    backend = fsx_backends[account][region]
    kept: dict[str, Any] = machines_of(backend) if kind == "machine" else volumes_of(backend)
    found = kept.get(key)
    if found is None:
        return
    if found.lifecycle == "DELETING":
        del kept[key]
        trees.drop(key)
        backend.tagger.delete_all_tags_for_resource(found.resource_arn)
    else:
        found.lifecycle = "CREATED" if kind == "machine" or found.volume_type == "ONTAP" else "AVAILABLE"


def delete_machine(backend: Any, key: str) -> Machine:
    """Let a storage virtual machine go; its volumes go first."""
    found = machines_of(backend).get(key)
    if found is None:
        refuse("StorageVirtualMachineNotFound", f"There is no storage virtual machine {key}.")
    if any(one.machine_id == key for one in volumes_of(backend).values()):
        refuse("BadRequest", "Cannot delete a storage virtual machine that has volumes: delete them first.")
    found.lifecycle = "DELETING"
    _post("FSx ONTAP storage virtual machine deleting", backend, "machine", key)
    return found


def machine_told(backend: Any, found: Machine) -> dict[str, Any]:
    """As AWS tells it."""
    file_system = known(backend, found.file_system_id)
    ec2 = interfaces.ec2_of(file_system.account_id, file_system.region_name)
    address = interfaces.address_of(ec2, file_system.interfaces[file_system.active_zone])
    name = f"{found.machine_id}.{file_system.dns_name}"
    answer = {
        "CreationTime": found.created,
        "Endpoints": {each: {"DNSName": name, "IpAddresses": [address]} for each in _ENDPOINTS},
        "FileSystemId": found.file_system_id,
        "Lifecycle": found.lifecycle,
        "Name": found.name,
        "ResourceARN": found.resource_arn,
        "StorageVirtualMachineId": found.machine_id,
        "Subtype": "DEFAULT",
        "Tags": backend.list_tags_for_resource(found.resource_arn),
    }
    return answer | {key: value for key, value in found.config.items() if value}


def make_volume(backend: Any, asked: dict[str, Any], contents: Tree | None = None) -> Volume:
    """Make a volume: of ONTAP in a storage virtual machine, of OpenZFS below another volume."""
    kind = asked.get("VolumeType", "")
    if kind not in _OF or not asked.get(_OF[kind]):
        refuse("MissingVolumeConfiguration", "A volume needs the configuration of its type.")
    given = dict(asked[_OF[kind]])
    file_system, machine_id = _place(backend, kind, given)
    _require_available(file_system)
    key = new_id("fsvol")
    made = Volume(
        volume_id=key,
        file_system_id=file_system.file_system_id,
        volume_type=kind,
        name=asked["Name"],
        created=world().clock.now(),
        resource_arn=_arn(file_system, f"volume/{file_system.file_system_id}/{key}"),
        config=_ontap(given) if kind == "ONTAP" else given,
        machine_id=machine_id,
    )
    volumes_of(backend)[key] = made
    trees.put(key, contents or Tree())
    _tag(backend, made.resource_arn, asked)
    _post("FSx volume creating", backend, "volume", key)
    return made


def _place(backend: Any, kind: str, given: dict[str, Any]) -> tuple[FileSystem, str]:
    if kind == "ONTAP":
        machine = machines_of(backend).get(given.get("StorageVirtualMachineId", ""))
        if machine is None:
            refuse("StorageVirtualMachineNotFound", "There is no such storage virtual machine.")
        if machine.lifecycle != "CREATED":
            refuse("BadRequest", f"The storage virtual machine {machine.machine_id} is {machine.lifecycle}.")
        return known(backend, machine.file_system_id), machine.machine_id
    parent = volumes_of(backend).get(given.get("ParentVolumeId", ""))
    if parent is None:
        refuse("BadRequest", "There is no such parent volume.")
    return known(backend, parent.file_system_id), ""


def _ontap(given: dict[str, Any]) -> dict[str, Any]:
    """The configuration of a volume of ONTAP, completed."""
    policy = dict(given.get("TieringPolicy") or {"Name": "SNAPSHOT_ONLY"})
    if policy["Name"] in _COOLING_DAYS:
        policy.setdefault("CoolingPeriod", _COOLING_DAYS[policy["Name"]])
    elif "CoolingPeriod" in policy:
        refuse("BadRequest", "CoolingPeriod is for the tiering policies AUTO and SNAPSHOT_ONLY only.")
    if not (given.get("SizeInMegabytes") or given.get("SizeInBytes")):
        refuse("BadRequest", "A volume of ONTAP needs its size.")
    size = given.get("SizeInBytes") or int(given["SizeInMegabytes"]) * 1024 * 1024
    return {
        "OntapVolumeType": "RW",
        "SecurityStyle": "UNIX",
        "SnapshotPolicy": "default",
        "StorageEfficiencyEnabled": False,
        "CopyTagsToBackups": False,
        **given,
        "SizeInMegabytes": size // (1024 * 1024),
        "SizeInBytes": size,
        "TieringPolicy": policy,
        "StorageVirtualMachineRoot": False,
    }


def update_volume(backend: Any, asked: dict[str, Any]) -> Volume:
    """Change a volume: its size, its tiering policy, its snapshot policy."""
    found = _volume(backend, asked["VolumeId"])
    given = asked.get(_OF[found.volume_type]) or {}
    if found.volume_type == "ONTAP":
        if "SizeInMegabytes" in given:
            given = {**given, "SizeInBytes": int(given["SizeInMegabytes"]) * 1024 * 1024}
        found.config = _ontap({**found.config, **given})
    else:
        found.config.update(given)
    found.name = asked.get("Name") or found.name
    return found


def _volume(backend: Any, key: str) -> Volume:
    found = volumes_of(backend).get(key)
    if found is None:
        refuse("VolumeNotFound", f"There is no volume {key}.")
    return found


def delete_volume(backend: Any, key: str) -> Volume:
    """Let a volume go with its files."""
    found = _volume(backend, key)
    found.lifecycle = "DELETING"
    _post("FSx volume deleting", backend, "volume", key)
    return found


def volume_told(found: Volume, backend: Any) -> dict[str, Any]:
    """As AWS tells it."""
    return {
        "CreationTime": found.created,
        "FileSystemId": found.file_system_id,
        "Lifecycle": found.lifecycle,
        "Name": found.name,
        _OF[found.volume_type]: found.config,
        "ResourceARN": found.resource_arn,
        "Tags": backend.list_tags_for_resource(found.resource_arn),
        "VolumeId": found.volume_id,
        "VolumeType": found.volume_type,
    }
