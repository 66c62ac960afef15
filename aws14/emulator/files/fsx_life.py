"""How file systems of FSx come and go on the clock, with their file servers."""

from __future__ import annotations

from typing import Any

from aws14.catalog import quota
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.files import fsx_backups, interfaces, trees
from aws14.emulator.files.fsx_checks import (
    check_backups,
    check_capacity,
    check_throughput,
    domain_of,
    settings_of,
    zones_of,
)
from aws14.emulator.files.fsx_records import (
    Backup,
    FileSystem,
    backend_of,
    find,
    machines_of,
    new_id,
    refuse,
    volumes_of,
)
from aws14.emulator.files.trees import Tree
from aws14.emulator.world import world

__all__ = ["create", "delete", "from_backup", "told"]

_CONFIG_OF = {"WINDOWS": "Windows", "ONTAP": "Ontap", "OPENZFS": "OpenZFS", "LUSTRE": "Lustre"}
_SECRET = ("FsxAdminPassword",)
_INHERITED = ("ActiveDirectoryId", "ThroughputCapacity", "DeploymentType", "SelfManagedActiveDirectoryConfiguration")
#: Which types keep the files of the whole file system; the others keep them by volume.
_WITHOUT_VOLUMES = ("WINDOWS", "LUSTRE")


def create(backend: Any, asked: dict[str, Any], contents: Tree | None = None) -> FileSystem:
    """Make a file system.

    Parameters
    ----------
    backend : moto.fsx.models.FSxBackend
        Where.
    asked : dict
        The parameters of CreateFileSystem.
    contents : Tree, optional
        What it begins with; empty when left out.
    """
    _, given = settings_of(asked)
    kind, storage_type = asked["FileSystemType"], asked.get("StorageType") or "SSD"
    capacity = check_capacity(kind, asked.get("StorageCapacity"), storage_type, given["DeploymentType"])
    check_throughput(kind, given.get("ThroughputCapacity"))
    ec2 = interfaces.ec2_of(backend.account_id, backend.region_name)
    subnets = zones_of(ec2, list(asked.get("SubnetIds") or []), given)
    groups = list(asked.get("SecurityGroupIds") or [])
    for missing in interfaces.known_groups(ec2, groups):
        refuse("InvalidNetworkSettings", f"The security group ID '{missing}' does not exist.")
    vpc = next(iter(subnets.values())).vpc_id
    domain = domain_of(backend.account_id, backend.region_name, given, vpc) if kind == "WINDOWS" else ""
    made = FileSystem(
        account_id=backend.account_id,
        region_name=backend.region_name,
        file_system_id=new_id("fs"),
        file_system_type=kind,
        storage_capacity=capacity,
        storage_type=storage_type,
        kms_key_id=asked.get("KmsKeyId") or f"arn:aws:kms:{backend.region_name}:{backend.account_id}:alias/aws/fsx",
        vpc_id=vpc,
        subnet_ids=list(asked["SubnetIds"]),
        security_group_ids=groups,
        created=world().clock.now(),
        config=given,
        domain=domain,
    )
    _settle(made, subnets)
    if kind in _WITHOUT_VOLUMES:
        trees.put(made.file_system_id, contents or Tree())
    backend.file_systems[made.file_system_id] = made
    if asked.get("Tags"):
        backend.tagger.tag_resource(made.resource_arn, asked["Tags"])
    creating = typical_s(f"FSx {'Multi' if made.is_multi_az else 'Single'}-AZ file system creating")
    world().clock.after(creating, "fsx.available", (made.file_system_id,))
    return made


def from_backup(backend: Any, backup: Backup, asked: dict[str, Any]) -> FileSystem:
    """Make a file system with what a backup holds.

    Parameters
    ----------
    backend : moto.fsx.models.FSxBackend
        Where.
    backup : Backup
        Of a file system.
    asked : dict
        The parameters of CreateFileSystemFromBackup; what they leave out is as it was.
    """
    source, name = backup.source, f"{_CONFIG_OF[backup.file_system_type]}Configuration"
    inherited = {key: source[key] for key in ("StorageCapacity", "StorageType", "KmsKeyId")}
    config = {key: source[name][key] for key in _INHERITED if key in source.get(name, {})}
    wanted = {**inherited, **asked, "FileSystemType": backup.file_system_type}
    wanted[name] = {**config, **(asked.get(name) or {})}
    tree = trees.find(backup.backup_id)
    return create(backend, wanted, trees.copied(tree) if tree is not None else None)


def _settle(made: FileSystem, subnets: dict[str, Any]) -> None:
    """Give it file servers, names, and what its configuration leaves out."""
    ec2 = interfaces.ec2_of(made.account_id, made.region_name)
    for zone, subnet in subnets.items():
        text = f"AWS created network interface for {made.file_system_id}"
        eni = interfaces.create(ec2, subnet, groups=made.security_group_ids, description=text, requester="amazon-fsx")
        made.interfaces[zone] = eni.id
    made.preferred_zone = made.active_zone = next(iter(subnets))
    made.dns_name = f"{made.file_system_id}.fsx.{made.region_name}.amazonaws.com"
    config = made.config
    config.setdefault("WeeklyMaintenanceStartTime", "7:18:00")
    config.setdefault("DailyAutomaticBackupStartTime", "17:00")
    config["AutomaticBackupRetentionDays"] = check_backups(config.get("AutomaticBackupRetentionDays"))
    if made.file_system_type == "LUSTRE":
        config["MountName"] = "fsx"
        config["AutomaticBackupRetentionDays"] = 0
    if made.file_system_type == "WINDOWS":
        _settle_windows(made)
    elif made.file_system_type in ("ONTAP", "OPENZFS"):
        _iops(made, "FSx ONTAP")


def _settle_windows(made: FileSystem) -> None:
    config = made.config
    made.dns_name = f"amznfsx{made.file_system_id[-8:]}.{made.domain}"
    config["RemoteAdministrationEndpoint"] = made.dns_name
    ec2 = interfaces.ec2_of(made.account_id, made.region_name)
    config["PreferredFileServerIp"] = interfaces.address_of(ec2, made.interfaces[made.preferred_zone])
    config.setdefault("PreferredSubnetId", made.subnet_ids[0])
    config["MaintenanceOperationsInProgress"] = []
    config.setdefault("CopyTagsToBackups", False)
    config["Aliases"] = [{"Name": name, "Lifecycle": "AVAILABLE"} for name in config.get("Aliases") or []]
    own = config.get("SelfManagedActiveDirectoryConfiguration")
    if own:
        config["SelfManagedActiveDirectoryConfiguration"] = {key: own[key] for key in own if key != "Password"}
    if made.storage_type == "SSD":
        _iops(made, "FSx Windows")


def _iops(made: FileSystem, service: str) -> None:
    given = made.config.get("DiskIopsConfiguration") or {"Mode": "AUTOMATIC"}
    if given.get("Mode") == "AUTOMATIC" or not given.get("Iops"):
        each = int(quota(service, "SSD IOPS a GiB, automatic").value)
        given = {"Mode": "AUTOMATIC", "Iops": each * made.storage_capacity}
    made.config["DiskIopsConfiguration"] = given


@handles("fsx.available")
def _available(file_system_id: str) -> None:
    found = find(file_system_id)
    if found is not None and found.lifecycle == "CREATING":
        found.lifecycle = "AVAILABLE"
        fsx_backups.plan(found)


def delete(backend: Any, found: FileSystem, asked: dict[str, Any]) -> dict[str, Any]:
    """Let a file system go; return what the answer says of its last backup."""
    if found.lifecycle in ("CREATING", "DELETING"):
        refuse("BadRequest", f"The file system {found.file_system_id} is {found.lifecycle}.")
    if any(one.file_system_id == found.file_system_id for one in machines_of(backend).values()):
        refuse("BadRequest", "Cannot delete a file system that has storage virtual machines: delete them first.")
    given = asked.get(f"{_CONFIG_OF[found.file_system_type]}Configuration") or {}
    answer: dict[str, Any] = {}
    # Windows takes a last backup unless told otherwise.
    if found.file_system_type == "WINDOWS" and not given.get("SkipFinalBackup", False):
        last = fsx_backups.take(found, "USER_INITIATED", tags=given.get("FinalBackupTags") or [])
        answer = {"FinalBackupId": last.backup_id, "FinalBackupTags": given.get("FinalBackupTags") or []}
    found.lifecycle = "DELETING"
    found.turn += 1
    world().clock.after(typical_s("FSx file system deleting"), "fsx.gone", (found.file_system_id,))
    return answer


@handles("fsx.gone")
def _gone(file_system_id: str) -> None:
    found = find(file_system_id)
    if found is None:
        return
    backend, ec2 = backend_of(found), interfaces.ec2_of(found.account_id, found.region_name)
    for eni in found.interfaces.values():
        interfaces.delete(ec2, eni)
    fsx_backups.drop_automatic(found)
    for key in [key for key, one in volumes_of(backend).items() if one.file_system_id == file_system_id]:
        trees.drop(key)
        del volumes_of(backend)[key]
    backend.tagger.delete_all_tags_for_resource(found.resource_arn)
    backend.file_systems.pop(file_system_id, None)
    trees.drop(file_system_id)


def told(found: FileSystem) -> dict[str, Any]:
    """As AWS tells it."""
    config = {key: value for key, value in found.config.items() if key not in _SECRET and value is not None}
    if found.file_system_type == "ONTAP":
        config["Endpoints"] = {
            word.capitalize(): {"DNSName": f"{word}.{found.dns_name}", "IpAddresses": _active_address(found)}
            for word in ("management", "intercluster")
        }
    return {
        "OwnerId": found.account_id,
        "CreationTime": found.created,
        "FileSystemId": found.file_system_id,
        "FileSystemType": found.file_system_type,
        "Lifecycle": found.lifecycle,
        "StorageCapacity": found.storage_capacity,
        "StorageType": found.storage_type,
        "VpcId": found.vpc_id,
        "SubnetIds": found.subnet_ids,
        "NetworkInterfaceIds": list(found.interfaces.values()),
        "DNSName": found.dns_name,
        "KmsKeyId": found.kms_key_id,
        "ResourceARN": found.resource_arn,
        "Tags": backend_of(found).list_tags_for_resource(found.resource_arn),
        f"{_CONFIG_OF[found.file_system_type]}Configuration": config,
        "AdministrativeActions": found.actions,
    }


def _active_address(found: FileSystem) -> list[str]:
    ec2 = interfaces.ec2_of(found.account_id, found.region_name)
    return [interfaces.address_of(ec2, found.interfaces[found.active_zone])]
