"""CloudWatch knows the sizes of buckets, by storage class.

What AWS does
    Once a day each bucket tells CloudWatch of its region how many bytes it stores in each class, old versions and parts
    of uploads included, and how many objects.
What moto leaves out
    Bytes are those of Python's lists, all in Standard, in every region; old versions are not counted.
What this adds
    The bytes of all versions by class, and their number, at the last midnight, in the bucket's region.
What it still does not do
    Former days: today's value is the only one. Parts of uploads, what the archive classes add to each object.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from aws14.emulator.behaviours.hooks import replace

__all__ = ["install"]

_TYPES = {
    "STANDARD": "StandardStorage",
    "REDUCED_REDUNDANCY": "ReducedRedundancyStorage",
    "STANDARD_IA": "StandardIAStorage",
    "ONEZONE_IA": "OneZoneIAStorage",
    "INTELLIGENT_TIERING": "IntelligentTieringFAStorage",
    "GLACIER_IR": "GlacierInstantRetrievalStorage",
    "GLACIER": "GlacierStorage",
    "DEEP_ARCHIVE": "DeepArchiveStorage",
}


def install() -> None:
    """Take hold of what moto tells CloudWatch of its buckets."""
    from moto.s3.models import S3Backend

    replace(S3Backend, "get_cloudwatch_metrics", classmethod(_metrics))


def _metrics(_: Any, account_id: str, region: str) -> list[Any]:
    from moto.s3.models import s3_backends
    from moto.utilities.utils import get_partition

    buckets = list(s3_backends[account_id][get_partition(region)].buckets.values())
    return [datum for bucket in buckets if bucket.region_name == region for datum in _of(bucket)]


def _of(bucket: Any) -> Iterator[Any]:
    sizes: Counter[str] = Counter({"STANDARD": 0})
    count = 0
    for key in list(bucket.keys):
        for version in bucket.keys.getlist(key, []):
            count += 1
            if hasattr(version, "storage_class"):
                sizes[version.storage_class] += version.size
    for storage_class, size_bytes in sizes.items():
        if storage_class in _TYPES:
            yield _datum(bucket, "BucketSizeBytes", (_TYPES[storage_class], "Bytes"), size_bytes)
    yield _datum(bucket, "NumberOfObjects", ("AllStorageTypes", "Count"), count)


def _datum(bucket: Any, name: str, kind: tuple[str, str], value: int) -> Any:
    from moto.cloudwatch.models import MetricDatum
    from moto.core.utils import utcnow

    return MetricDatum(
        namespace="AWS/S3",
        name=name,
        value=value,
        dimensions=[{"Name": "StorageType", "Value": kind[0]}, {"Name": "BucketName", "Value": bucket.name}],
        timestamp=utcnow().replace(hour=0, minute=0, second=0, microsecond=0),
        unit=kind[1],
    )
