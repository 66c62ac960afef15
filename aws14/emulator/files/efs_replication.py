"""Replication of EFS: a read-only copy of a file system, as a rule in another region, minutes behind.

What changed is copied when the next round is due; where nothing changed, nothing is due.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.clock import handles, on_event
from aws14.emulator.durations import typical_s
from aws14.emulator.files import trees
from aws14.emulator.files.efs_records import bad, file_systems, find, life_of, refuse, require_available
from aws14.emulator.world import on_change, world

__all__ = ["begin", "described", "end", "install", "look"]


def install() -> None:
    """Hear of whatever may have changed a file."""
    on_change(look)
    on_event(lambda name: None if name.startswith("efs.") else look())


def begin(source: Any, destinations: list[dict[str, Any]]) -> dict[str, Any]:
    """Begin to copy; return the configuration as it is told."""
    require_available(source)
    if len(destinations) != 1:
        bad("A replication configuration has one destination.")
    life = life_of(source)
    if life.replication is not None or life.replica_of:
        refuse(409, "ReplicationAlreadyExists", "The file system is already part of a replication configuration.")
    wanted = destinations[0]
    region = wanted.get("Region") or source._context.region_name  # noqa: SLF001 - moto keeps it here
    target = _target(source, region, wanted)
    life_of(target).replica_of = source.file_system_id
    life.replication = {
        "destination": target.file_system_id,
        "region": region,
        "created": world().clock.now(),
        "status": "ENABLING",
        "copied": None,
        "version": -1,
        "due": False,
    }
    world().clock.after(typical_s("EFS replication begins"), "efs.replicates", (source.file_system_id,))
    life.replication["due"] = True
    return _told(source)


def _target(source: Any, region: str, wanted: dict[str, Any]) -> Any:
    """The file system that is overwritten, or a new one."""
    from moto.efs.models import efs_backends

    backend = efs_backends[source.owner_id][region]
    if wanted.get("FileSystemId"):
        found = backend.file_systems_by_id.get(wanted["FileSystemId"].rpartition("/")[2])
        if found is None:
            refuse(404, "FileSystemNotFound", f"File system '{wanted['FileSystemId']}' does not exist.")
        if not life_of(found).overwritable:
            text = "Replication overwrite protection is enabled on the destination file system."
            refuse(409, "ConflictException", text)
        return found
    make: Any = backend.create_file_system
    return make(
        creation_token=f"destination-of-{source.file_system_id}",
        performance_mode=source.performance_mode,
        encrypted=True,
        kms_key_id=wanted.get("KmsKeyId"),
        throughput_mode="elastic" if source.throughput_mode == "elastic" else "bursting",
        provisioned_throughput_in_mibps=None,
        availability_zone_name=wanted.get("AvailabilityZoneName"),
        backup=False,
        tags=[],
    )


def look() -> None:
    """Post the next round of every replication whose source has changed."""
    for source in file_systems():
        kept, tree = life_of(source).replication, trees.find(source.file_system_id)
        if kept is not None and tree is not None and not kept["due"] and kept["version"] != tree.version:
            kept["due"] = True
            world().clock.after(typical_s("EFS replication interval"), "efs.replicates", (source.file_system_id,))


@handles("efs.replicates")
def _replicates(source_id: str) -> None:
    source = find(source_id)
    kept = life_of(source).replication if source is not None else None
    if kept is None:
        return
    target, tree = find(kept["destination"]), trees.find(source_id)
    kept["due"] = False
    if target is None or tree is None:
        kept["status"] = "ERROR"
        return
    before = trees.find(target.file_system_id)
    made = trees.put(target.file_system_id, trees.copied(tree))
    made.version = (before.version if before is not None else 0) + 1
    kept.update(status="ENABLED", copied=world().clock.now(), version=tree.version)


def end(source: Any) -> None:
    """Stop copying; the destination is a file system of its own from then on."""
    life = life_of(source)
    if life.replication is None:
        refuse(404, "ReplicationNotFound", f"'{source.file_system_id}' has no replication configuration.")
    target = find(life.replication["destination"])
    if target is not None:
        life_of(target).replica_of = ""
    life.replication = None


def described(backend: Any, wanted: str | None) -> list[dict[str, Any]]:
    """The configurations of a region, of one file system where one is wanted, as source or destination."""
    sources = (each for each in backend.file_systems_by_id.values() if life_of(each).replication is not None)
    told = [_told(each) for each in sources]
    if wanted is not None:
        told = [each for each in told if wanted in (each["SourceFileSystemId"], _destination(each))]
        mine = backend.file_systems_by_id.get(wanted)
        source = find(life_of(mine).replica_of) if mine is not None and life_of(mine).replica_of else None
        if not told and source is not None:
            told = [_told(source)]
    return told


def _destination(told: dict[str, Any]) -> str:
    return str(told["Destinations"][0]["FileSystemId"])


def _told(source: Any) -> dict[str, Any]:
    kept: dict[str, Any] = life_of(source).replication or {}
    destination = {"Status": kept["status"], "FileSystemId": kept["destination"], "Region": kept["region"]}
    if kept["copied"] is not None:
        destination["LastReplicatedTimestamp"] = kept["copied"]
    return {
        "SourceFileSystemId": source.file_system_id,
        "SourceFileSystemRegion": source._context.region_name,  # noqa: SLF001 - moto keeps it here
        "SourceFileSystemArn": source.file_system_arn,
        "OriginalSourceFileSystemArn": source.file_system_arn,
        "CreationTime": kept["created"],
        "Destinations": [{**destination, "OwnerId": source.owner_id}],
        "SourceFileSystemOwnerId": source.owner_id,
    }
