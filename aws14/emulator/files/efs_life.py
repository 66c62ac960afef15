"""How file systems of EFS come and go on the clock, and what EFS wants of a new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.catalog import quota
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.files import trees
from aws14.emulator.files.efs_records import bad, find, life_of, refuse, require_available
from aws14.emulator.files.trees import Tree
from aws14.emulator.world import world

__all__ = ["check_throughput", "create", "delete", "described", "size_in_bytes", "updating"]


def create(original: Callable[..., Any], backend: Any, *args: Any, **asked: Any) -> Any:
    """Make a file system: creating, then available."""
    check_throughput(asked["throughput_mode"], asked["provisioned_throughput_in_mibps"])
    if asked["performance_mode"] == "maxIO":
        if asked["throughput_mode"] == "elastic":
            bad("Elastic throughput is not supported with the Max I/O performance mode.")
        if asked["availability_zone_name"]:
            bad("One Zone file systems do not support the Max I/O performance mode.")
    _check_zone(backend, asked["availability_zone_name"])
    made = original(backend, *args, **asked)
    made.life_cycle_state = "creating"
    trees.put(made.file_system_id, Tree())
    if made.throughput_mode == "provisioned":
        life_of(made).raised_at = world().clock.now()
    if asked["backup"] is not None:
        made._backup = bool(asked["backup"])  # noqa: SLF001 - moto keeps it here
    life_of(made).backup = "ENABLED" if made._backup else ""  # noqa: SLF001 - as above
    _becomes(made, "available", typical_s("EFS file system creating"))
    return made


def _check_zone(backend: Any, zone: str | None) -> None:
    zones = [each.name for each in backend.ec2_backend.describe_availability_zones()]
    if zone and zone not in zones:
        refuse(400, "UnsupportedAvailabilityZone", f"One Zone file systems are not supported in '{zone}'.")


def check_throughput(mode: str | None, mibps: float | None) -> None:
    """Refuse a mode and an amount that do not go together."""
    if mode not in (None, "bursting", "provisioned", "elastic"):
        bad(f"Unknown ThroughputMode '{mode}'.")
    if mode == "provisioned" and not mibps:
        bad("You must specify ProvisionedThroughputInMibps when ThroughputMode is provisioned.")
    if mibps and mode in ("bursting", "elastic"):
        bad(f"ProvisionedThroughputInMibps cannot be specified when ThroughputMode is {mode}.")
    most = quota("EFS", "provisioned throughput, most").value
    if mibps and not 1 <= mibps <= most:
        text = f"The throughput must be between 1 and {most:g} MiB/s; {mibps:g} was asked for."
        refuse(400, "ThroughputLimitExceeded", text)


def delete(original: Callable[..., Any], backend: Any, file_system_id: str) -> None:
    """Let a file system go: it is deleting for a moment, and its access points go with it."""
    from moto.efs.exceptions import FileSystemInUse, FileSystemNotFound

    found = backend.file_systems_by_id.get(file_system_id)
    if found is None:
        raise FileSystemNotFound(file_system_id)
    if found.number_of_mount_targets:
        text = "Must delete all mount targets before deleting file system."
        raise FileSystemInUse(text)
    life = life_of(found)
    if life.replication is not None or life.replica_of:
        raise FileSystemInUse(f"The file system '{file_system_id}' is part of a replication configuration.")
    require_available(found)
    del original
    found.life_cycle_state = "deleting"
    _becomes(found, "deleted", typical_s("EFS file system deleting"))


def updating(file_system: Any) -> None:
    """Let it be updating for a moment."""
    file_system.life_cycle_state = "updating"
    _becomes(file_system, "available", typical_s("EFS file system updating"))


def _becomes(file_system: Any, state: str, after_s: float) -> None:
    life = life_of(file_system)
    life.turn += 1
    world().clock.after(after_s, "efs.file_system_becomes", (file_system.file_system_id, life.turn, state))


@handles("efs.file_system_becomes")
def _has_become(file_system_id: str, turn: int, state: str) -> None:
    found = find(file_system_id)
    if found is None or life_of(found).turn != turn:
        return
    found.life_cycle_state = state
    if state == "deleted":
        _forget(found)


def _forget(file_system: Any) -> None:
    backend, key = file_system._context, file_system.file_system_id  # noqa: SLF001 - moto keeps it here
    for each in [one for one in backend.access_points.values() if one.file_system_id == key]:
        backend.access_points.pop(each.access_point_id)
    backend.file_systems_by_id.pop(key, None)
    backend.creation_tokens.discard(file_system.creation_token)
    backend.tagging_service.delete_all_tags_for_resource(key)
    trees.drop(key)


def size_in_bytes(file_system: Any) -> dict[str, Any]:
    """What is metered now, class by class."""
    tree = trees.find(file_system.file_system_id) or Tree()
    held = trees.sizes(tree)
    return {
        "Value": held.total,
        "Timestamp": world().clock.now(),
        "ValueInIA": held.ia,
        "ValueInStandard": held.standard,
        "ValueInArchive": held.archive,
    }


def described(original: Callable[..., Any], file_system: Any) -> dict[str, Any]:
    """With what moto leaves out, and without what is not there."""
    told: dict[str, Any] = original(file_system)
    life = life_of(file_system)
    overwrite = "REPLICATING" if life.replica_of else "DISABLED" if life.overwritable else "ENABLED"
    told["FileSystemProtection"] = {"ReplicationOverwriteProtection": overwrite}
    if file_system.throughput_mode != "provisioned":
        told.pop("ProvisionedThroughputInMibps", None)
    return {name: value for name, value in told.items() if value is not None}
