"""S3 buckets: a recovery point holds the newest version of each object, with its bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aws14.emulator.backups.records import Point
from aws14.emulator.backups.refusals import JobFailure
from aws14.emulator.backups.resources.kind import Found, ResourceKind
from aws14.emulator.backups.resources.stored import last_of, lasts_s, recovery_point_arn
from aws14.emulator.buckets.access import bucket_of

__all__ = ["BUCKETS", "StoredObject"]

_ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """An object in a recovery point."""

    key: str
    version: str
    etag: str
    data: bytes
    metadata: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]
    storage_class: str


def _find(arn: str) -> Found | None:
    bucket = bucket_of(arn.rpartition(":")[2])
    return None if bucket is None else _found(bucket)


def _found(bucket: Any) -> Found:
    from moto.s3.models import s3_backends

    backend = s3_backends[bucket.account_id][bucket.partition]
    return Found(arn=f"arn:aws:s3:::{bucket.name}", name=bucket.name, tags=backend.tagger.get_tag_dict_for_resource(
        bucket.arn))  # fmt: skip


def _everything(account: str, region: str) -> Iterator[Found]:
    from moto.s3.models import s3_backends

    for bucket in list(s3_backends[account]["aws"].buckets.values()):
        if bucket.region_name == region:
            yield _found(bucket)


def _take(found: Found, point: Point) -> float:
    bucket = bucket_of(found.name)
    if not bucket.is_versioned:
        raise JobFailure(f"Versioning is not enabled on the bucket {found.name}. Enable versioning and try again.")
    before = last_of(found.arn, vault=point.vault, region=point.region)
    known = {(each.key, each.version, each.etag): each for each in (before.held if before else ())}
    held, moved = [], 0
    for each in _current(bucket):
        old = known.get((each.name, str(each.version_id), each.etag))
        held.append(old or _stored(each))
        moved += 0 if old else held[-1].data.__len__()
    point.arn, point.held = recovery_point_arn(point), tuple(held)
    point.size_bytes = sum(len(each.data) for each in held)
    point.metadata = {"DestinationBucketName": found.name, "NewBucket": "false", "EncryptionType": "original"}
    return lasts_s(moved)


def _current(bucket: Any) -> Iterator[Any]:
    from moto.s3.models import FakeKey

    for name in list(bucket.keys):
        newest = bucket.keys.get(name)
        if isinstance(newest, FakeKey) and newest.storage_class not in _ARCHIVED:
            yield newest


def _stored(key: Any) -> StoredObject:
    from moto.s3.models import s3_backends

    tags = s3_backends[key.account_id]["aws"].tagger.get_tag_dict_for_resource(key.arn)
    return StoredObject(
        key=key.name,
        version=str(key.version_id),
        etag=key.etag,
        data=key.value,
        metadata=tuple((str(name), str(value)) for name, value in key.metadata.items()),
        tags=tuple(tags.items()),
        storage_class=key.storage_class,
    )


def _copy(source: Point, point: Point) -> float:
    before = last_of(source.resource_arn, vault=point.vault, region=point.region)
    known = {(each.key, each.version, each.etag) for each in (before.held if before else ())}
    point.arn, point.held = recovery_point_arn(point), source.held
    point.size_bytes = source.size_bytes
    return lasts_s(sum(len(one.data) for one in source.held if (one.key, one.version, one.etag) not in known))


def _restore(point: Point, asked: Mapping[str, str]) -> tuple[str, float]:
    from moto.s3.models import s3_backends

    name = (asked.get("DestinationBucketName") or asked.get("destinationBucketName") or "").rpartition(":")[2]
    backend = s3_backends[point.account]["aws"]
    if (asked.get("NewBucket") or asked.get("newBucket")) == "true" and bucket_of(name) is None:
        backend.create_bucket(name, point.region)
        backend.buckets[name].versioning_status = "Enabled"
    bucket = bucket_of(name)
    if bucket is None:
        raise JobFailure(f"Destination bucket {name} does not exist")
    if not bucket.is_versioned:
        raise JobFailure(f"Versioning is not enabled on the destination bucket {name}.")
    wanted = [path.removeprefix("/") for path in json.loads(asked.get("ItemsToRestore") or "[]")]
    chosen = [each for each in point.held if not wanted or each.key.startswith(tuple(wanted))]
    for each in chosen:
        _put(backend, name, each)
    return f"arn:aws:s3:::{name}", lasts_s(sum(len(each.data) for each in chosen))


def _put(backend: Any, bucket: str, stored: StoredObject) -> None:
    made = backend.put_object(bucket, stored.key, stored.data, storage=stored.storage_class)
    made.set_metadata(dict(stored.metadata))
    if stored.tags:
        backend.put_object_tagging(made, dict(stored.tags))


def _drop(point: Point) -> None:
    point.held = None


def _delete(arn: str) -> None:
    from moto.s3.models import s3_backends

    bucket = bucket_of(arn.rpartition(":")[2])
    if bucket is not None:
        bucket.keys.clear()
        s3_backends[bucket.account_id]["aws"].delete_bucket(bucket.name)


BUCKETS = ResourceKind(
    name="S3",
    prefix="s3:",
    find=_find,
    everything=_everything,
    take=_take,
    copy=_copy,
    restore=_restore,
    drop=_drop,
    delete=_delete,
)
"""S3 buckets."""
