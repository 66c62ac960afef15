"""What FSx wants of a new file system, in its words."""

from __future__ import annotations

from typing import Any

from aws14.catalog import quota
from aws14.emulator.files.directory import find_directory
from aws14.emulator.files.fsx_records import refuse

__all__ = ["check_backups", "check_capacity", "check_throughput", "domain_of", "settings_of", "zones_of"]

_CONFIGS = {
    "WINDOWS": "WindowsConfiguration",
    "ONTAP": "OntapConfiguration",
    "OPENZFS": "OpenZFSConfiguration",
    "LUSTRE": "LustreConfiguration",
}
_SINGLE = {"WINDOWS": "SINGLE_AZ_1", "LUSTRE": "SCRATCH_1"}


def settings_of(asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The name and the content of the configuration that fits the type of a new file system."""
    kind = asked.get("FileSystemType", "")
    name = _CONFIGS.get(kind)
    if name is None:
        refuse("BadRequest", f"'{kind}' is not a file system type: use one of {', '.join(_CONFIGS)}.")
    given = dict(asked.get(name) or {})
    if kind != "LUSTRE" and not given:
        refuse("MissingFileSystemConfiguration", f"A {kind} file system needs its {name}.")
    if kind in _SINGLE:
        given.setdefault("DeploymentType", _SINGLE[kind])
    if "DeploymentType" not in given:
        refuse("BadRequest", f"{name} needs a DeploymentType.")
    return name, given


def zones_of(ec2: Any, subnet_ids: list[str], given: dict[str, Any]) -> dict[str, Any]:
    """The subnets of a new file system by zone, the preferred first."""
    known = {key: subnet for zone in ec2.subnets.values() for key, subnet in zone.items()}
    for each in subnet_ids:
        if each not in known:
            refuse("InvalidNetworkSettings", f"The subnet ID '{each}' does not exist.")
    multi = str(given["DeploymentType"]).startswith("MULTI_AZ")
    if len(subnet_ids) != (2 if multi else 1):
        wanted = "exactly two subnets in different Availability Zones" if multi else "exactly one subnet"
        refuse("BadRequest", f"A {given['DeploymentType']} file system needs {wanted}.")
    preferred = given.get("PreferredSubnetId")
    if multi and preferred not in subnet_ids:
        refuse("BadRequest", "PreferredSubnetId must be one of the SubnetIds of a Multi-AZ file system.")
    if not multi and preferred not in (None, subnet_ids[0]):
        refuse("BadRequest", "PreferredSubnetId is only for Multi-AZ file systems.")
    ordered = sorted(subnet_ids, key=lambda each: each != preferred)
    found = {known[each].availability_zone: known[each] for each in ordered}
    if len(found) != len(subnet_ids):
        refuse("InvalidNetworkSettings", "The subnets must be in different Availability Zones.")
    return found


def check_capacity(kind: str, gib: int | None, storage_type: str, deployment: str) -> int:
    """Return the capacity, or refuse it."""
    if not gib:
        refuse("BadRequest", f"A {kind} file system needs a StorageCapacity.")
    least, most = 1, gib
    if kind == "WINDOWS":
        least = int(quota("FSx Windows", f"{storage_type} capacity, least").value)
        most = int(quota("FSx Windows", "capacity, most").value)
        if storage_type == "HDD" and deployment == "SINGLE_AZ_1":
            refuse("BadRequest", "HDD storage is supported by SINGLE_AZ_2 and MULTI_AZ_1 only.")
    elif kind == "ONTAP":
        least = int(quota("FSx ONTAP", "SSD capacity, least").value)
        most = int(quota("FSx ONTAP", "SSD capacity, most").value)
    if not least <= gib <= most:
        refuse("BadRequest", f"StorageCapacity must be between {least} and {most} GiB; {gib} was asked for.")
    return gib


def check_throughput(kind: str, mbps: int | None) -> None:
    """Refuse a throughput that is not offered: powers of two, and for Windows a few beyond."""
    if kind not in ("WINDOWS", "ONTAP"):
        return
    least, most = (int(quota("FSx Windows", f"throughput, {word}").value) for word in ("least", "most"))
    power = mbps is not None and mbps > 0 and mbps & (mbps - 1) == 0
    if mbps is None or not least <= mbps <= most or not (power or mbps % 512 == 0):
        refuse("BadRequest", f"ThroughputCapacity must be a power of two from {least} MB/s on; {mbps} was asked for.")


def check_backups(days: int | None) -> int:
    """Return for how many days automatic backups are kept, or refuse it."""
    if days is None:
        return int(quota("FSx", "automatic backup retention by default").value)
    most = int(quota("FSx", "automatic backup retention, most").value)
    if not 0 <= days <= most:
        refuse("BadRequest", f"AutomaticBackupRetentionDays must be between 0 and {most}.")
    return days


def domain_of(account: str, region: str, given: dict[str, Any], vpc_id: str) -> str:
    """The domain that a Windows file system joins, or FSx's refusal."""
    key, own = given.get("ActiveDirectoryId"), given.get("SelfManagedActiveDirectoryConfiguration")
    if bool(key) == bool(own):
        text = "A Windows file system needs either an ActiveDirectoryId or a SelfManagedActiveDirectoryConfiguration."
        refuse("BadRequest", text)
    if own:
        return str(own.get("DomainName", ""))
    directory = find_directory(account, region, str(key))
    if directory is None:
        refuse("ActiveDirectoryError", f"DOMAIN_NOT_FOUND: there is no directory {key}.")
    if directory.stage != "Active":
        refuse("ActiveDirectoryError", f"INVALID_DOMAIN_STAGE: the directory {key} is in stage {directory.stage}.")
    if directory.vpc_settings["VpcId"] != vpc_id:
        refuse("ActiveDirectoryError", f"WRONG_VPC: the directory {key} is in {directory.vpc_settings['VpcId']}.")
    return str(directory.name)
