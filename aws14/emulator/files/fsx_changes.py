"""Changes of file systems of FSx that are there: capacity up, throughput, backups, names."""

from __future__ import annotations

from typing import Any

from aws14.catalog import quota
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.files import fsx_backups
from aws14.emulator.files.fsx_checks import check_backups, check_capacity, check_throughput
from aws14.emulator.files.fsx_records import FileSystem, find, refuse
from aws14.emulator.world import world

__all__ = ["associate", "disassociate", "update"]

_HOUR_S = 3_600.0
_NAMES = {"WINDOWS": "WindowsConfiguration", "ONTAP": "OntapConfiguration", "OPENZFS": "OpenZFSConfiguration",
          "LUSTRE": "LustreConfiguration"}  # fmt: skip
#: What holds from the next moment on.
_AT_ONCE = (
    "WeeklyMaintenanceStartTime",
    "DailyAutomaticBackupStartTime",
    "AuditLogConfiguration",
    "DiskIopsConfiguration",
)


def update(found: FileSystem, asked: dict[str, Any]) -> None:
    """Change what is asked for; what takes time is an administrative action."""
    if found.lifecycle != "AVAILABLE":
        refuse("BadRequest", f"The file system {found.file_system_id} is {found.lifecycle}.")
    given = asked.get(_NAMES[found.file_system_type]) or {}
    capacity, throughput = asked.get("StorageCapacity"), given.get("ThroughputCapacity")
    if capacity is not None:
        _check_growth(found, int(capacity))
    if throughput is not None:
        check_throughput(found.file_system_type, int(throughput))
        _check_idle(found)
    _change_at_once(found, given)
    if capacity is not None:
        found.grown_at = world().clock.now()
        _act(found, {"StorageCapacity": int(capacity)}, typical_s("FSx update of storage"))
    if throughput is not None:
        target = {_NAMES[found.file_system_type]: {"ThroughputCapacity": int(throughput)}}
        _act(found, target, typical_s("FSx update of throughput"))


def _change_at_once(found: FileSystem, given: dict[str, Any]) -> None:
    for name in _AT_ONCE:
        if given.get(name) is not None:
            found.config[name] = given[name]
    if given.get("AutomaticBackupRetentionDays") is not None:
        found.config["AutomaticBackupRetentionDays"] = check_backups(given["AutomaticBackupRetentionDays"])
    fsx_backups.plan(found)


def _check_growth(found: FileSystem, gib: int) -> None:
    kind, deployment = found.file_system_type, str(found.config["DeploymentType"])
    check_capacity(kind, gib, found.storage_type, deployment)
    least = quota("FSx", "increase of capacity, least").value
    if gib < found.storage_capacity * (1 + least / 100):
        text = f"StorageCapacity can only grow, by at least {least:g} percent: it is {found.storage_capacity} GiB now."
        refuse("BadRequest", text)
    wait_s = quota("FSx", "wait between increases of capacity").value * _HOUR_S
    if found.grown_at and world().clock.now() - found.grown_at < wait_s:
        refuse("BadRequest", f"StorageCapacity can be increased again {wait_s / _HOUR_S:g} hours after the last time.")
    _check_idle(found)


def _check_idle(found: FileSystem) -> None:
    busy = [one for one in found.actions if one["Status"] in ("PENDING", "IN_PROGRESS")]
    if any(one["AdministrativeActionType"] == "FILE_SYSTEM_UPDATE" for one in busy):
        refuse("BadRequest", "An update of this file system is in progress: wait until it is complete.")


def _act(found: FileSystem, target: dict[str, Any], lasts_s: float) -> None:
    found.actions.insert(0, _action("FILE_SYSTEM_UPDATE", TargetFileSystemValues=target))
    world().clock.after(lasts_s, "fsx.updated", (found.file_system_id, target))


def _action(kind: str, **more: Any) -> dict[str, Any]:
    now = world().clock.now()
    return {"AdministrativeActionType": kind, "Status": "IN_PROGRESS", "ProgressPercent": 0, "RequestTime": now} | more


@handles("fsx.updated")
def _updated(file_system_id: str, target: dict[str, Any]) -> None:
    found = find(file_system_id)
    if found is None:
        return
    action = next((one for one in found.actions if one.get("TargetFileSystemValues") == target), None)
    if action is not None:
        action.update(Status="COMPLETED", ProgressPercent=100)
    if "StorageCapacity" not in target:
        found.config.update(target[_NAMES[found.file_system_type]])
        return
    found.storage_capacity = target["StorageCapacity"]
    iops = found.config.get("DiskIopsConfiguration")
    if iops is not None and iops["Mode"] == "AUTOMATIC":
        each = int(quota("FSx Windows", "SSD IOPS a GiB, automatic").value)
        found.config["DiskIopsConfiguration"] = {"Mode": "AUTOMATIC", "Iops": each * found.storage_capacity}
    found.actions.insert(0, _action("STORAGE_OPTIMIZATION"))
    lasts = typical_s("FSx storage optimization, each GiB") * found.storage_capacity
    world().clock.after(lasts, "fsx.optimized", (file_system_id,))


@handles("fsx.optimized")
def _optimized(file_system_id: str) -> None:
    found = find(file_system_id)
    for one in found.actions if found is not None else ():
        if one["AdministrativeActionType"] == "STORAGE_OPTIMIZATION":
            one.update(Status="COMPLETED", ProgressPercent=100)


def associate(found: FileSystem, names: list[str]) -> list[dict[str, str]]:
    """Let a Windows file system be known by further names; they have to lead to it in the DNS of the domain."""
    if found.file_system_type != "WINDOWS":
        refuse("BadRequest", "Only Windows file systems have aliases.")
    there = {one["Name"] for one in found.config["Aliases"]}
    new = [{"Name": name, "Lifecycle": "CREATING"} for name in names if name not in there]
    found.config["Aliases"] += new
    world().clock.after(typical_s("FSx alias association"), "fsx.aliases", (found.file_system_id, tuple(names)))
    return new


@handles("fsx.aliases")
def _aliases(file_system_id: str, names: tuple[str, ...]) -> None:
    found = find(file_system_id)
    for one in found.config["Aliases"] if found is not None else ():
        if one["Name"] in names and one["Lifecycle"] == "CREATING":
            one["Lifecycle"] = "AVAILABLE"


def disassociate(found: FileSystem, names: list[str]) -> list[dict[str, str]]:
    """Take names away."""
    kept = found.config.get("Aliases") or []
    found.config["Aliases"] = [one for one in kept if one["Name"] not in names]
    return [{"Name": one["Name"], "Lifecycle": "DELETING"} for one in kept if one["Name"] in names]
