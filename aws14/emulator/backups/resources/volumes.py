"""EBS volumes: a recovery point is a snapshot, with what was on the volume."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aws14.emulator.backups.records import Point
from aws14.emulator.backups.refusals import JobFailure
from aws14.emulator.backups.resources.kind import Found, ResourceKind, parts_of

__all__ = ["SOURCE", "VOLUMES", "snapshot_arn", "snapshot_of"]

_GIB = 1024**3
SOURCE = "aws:backup:source-resource"
"""Tag by which Backup marks what it made."""
_DESCRIPTION = "This snapshot is created by the AWS Backup service."


def _backend(account: str, region: str) -> Any:
    from moto.ec2.models import ec2_backends

    return ec2_backends[account][region]


def snapshot_arn(region: str, snapshot_id: str) -> str:
    """ARN of a snapshot: it names no account."""
    return f"arn:aws:ec2:{region}::snapshot/{snapshot_id}"


def _find(arn: str) -> Found | None:
    account, region, key = parts_of(arn)
    volume = _backend(account, region).volumes.get(key)
    return None if volume is None else _found(arn, volume)


def _found(arn: str, volume: Any) -> Found:
    tags = {tag["key"]: tag["value"] for tag in volume.get_tags()}
    key = volume.kms_key_id if volume.encrypted else ""
    return Found(arn=arn, name=tags.get("Name", ""), tags=tags, key=key or "")


def _everything(account: str, region: str) -> Iterator[Found]:
    for key, volume in list(_backend(account, region).volumes.items()):
        yield _found(f"arn:aws:ec2:{region}:{account}:volume/{key}", volume)


def _take(found: Found, point: Point) -> float:
    backend = _backend(point.account, point.region)
    volume = backend.get_volume(parts_of(found.arn)[2])
    snapshot = backend.create_snapshot(volume.id, _DESCRIPTION)
    snapshot.encrypted, snapshot.kms_key_id = volume.encrypted, volume.kms_key_id
    snapshot.add_tags(
        {**{k: v for k, v in found.tags.items() if not k.startswith("aws:")}, **point.tags, SOURCE: found.arn}
    )
    point.arn, point.held = snapshot_arn(point.region, snapshot.id), snapshot.id
    point.size_bytes, point.key = volume.size * _GIB, found.key
    point.metadata = {
        "encrypted": str(bool(volume.encrypted)).lower(),
        "volumeId": volume.id,
        "availabilityZone": volume.zone.name,
        "volumeType": volume.volume_type,
        "volumeSize": str(volume.size),
    }
    if volume.iops:
        point.metadata["iops"] = str(volume.iops)
    return _lasts(snapshot)


def _lasts(snapshot: Any) -> float:
    began, ends = snapshot._aws14_times  # noqa: SLF001 - ours
    return float(ends - began)


def snapshot_of(point: Point) -> Any:
    """Moto's snapshot of a recovery point.

    Raises
    ------
    JobFailure
        It is gone.
    """
    snapshot = _backend(point.account, point.region).snapshots.get(point.held)
    if snapshot is None:
        raise JobFailure(f"The snapshot '{point.held}' does not exist.")
    return snapshot


def _copy(source: Point, point: Point) -> float:
    from aws14.emulator.behaviours.block_storage import copy_between

    snapshot = copy_between(
        snapshot_of(source), _backend(point.account, point.region), description=_DESCRIPTION, key=point.key
    )
    snapshot.add_tags({**point.tags, SOURCE: source.resource_arn})
    point.arn, point.held = snapshot_arn(point.region, snapshot.id), snapshot.id
    return _lasts(snapshot)


def _restore(point: Point, asked: Mapping[str, str]) -> tuple[str, float]:
    zone = asked.get("availabilityZone")
    if not zone:
        raise JobFailure("Availability zone must be specified")
    backend, snapshot = _backend(point.account, point.region), snapshot_of(point)
    size = int(asked.get("volumeSize") or point.size_bytes // _GIB)
    kind = asked.get("volumeType") or point.metadata.get("volumeType") or "gp3"
    iops = asked.get("iops") or (point.metadata.get("iops") if kind == point.metadata.get("volumeType") else None)
    # Backup itself has restored it from the archive, and says so by the time that the job took.
    tier, snapshot.storage_tier = snapshot.storage_tier, "standard"
    try:
        volume = _made(backend, snapshot, asked, (size, zone, kind, iops))
    finally:
        snapshot.storage_tier = tier
    return f"arn:aws:ec2:{point.region}:{point.account}:volume/{volume.id}", 0.0


def _made(backend: Any, snapshot: Any, asked: Mapping[str, str], wanted: tuple[int, str, str, str | None]) -> Any:
    size, zone, kind, iops = wanted
    return backend.create_volume(
        size=size,
        zone_name=zone,
        snapshot_id=snapshot.id,
        encrypted=snapshot.encrypted or asked.get("encrypted") == "true",
        kms_key_id=(asked.get("kmsKeyId") or snapshot.kms_key_id) if snapshot.encrypted else asked.get("kmsKeyId"),
        volume_type=kind,
        iops=int(iops) if iops and kind in {"gp3", "io1", "io2"} else None,
    )


def _drop(point: Point) -> None:
    backend = _backend(point.account, point.region)
    if point.held in backend.snapshots:
        backend.delete_snapshot(point.held)


def _freeze(point: Point) -> None:
    backend = _backend(point.account, point.region)
    if point.held in backend.snapshots:
        backend.modify_snapshot_tier(point.held, "archive")


def _delete(arn: str) -> None:
    account, region, key = parts_of(arn)
    backend = _backend(account, region)
    if key in backend.volumes and backend.volumes[key].attachment is None:
        backend.delete_volume(key)


def _tag(arn: str, tags: Mapping[str, str]) -> None:
    account, region, key = parts_of(arn)
    _backend(account, region).volumes[key].add_tags(dict(tags))


VOLUMES = ResourceKind(
    name="EBS",
    prefix="ec2:volume/",
    cold="opt-in",
    thaw="EBS snapshot restored from the archive tier",
    find=_find,
    everything=_everything,
    take=_take,
    copy=_copy,
    restore=_restore,
    drop=_drop,
    freeze=_freeze,
    delete=_delete,
    tag=_tag,
)
"""EBS volumes."""
