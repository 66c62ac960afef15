"""Replication between buckets: which rules copy an object, and the copy (S3 user guide, "Replicating objects")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aws14.emulator.buckets.access import bucket_of
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["Rule", "copy_later", "mark_later", "rules_of"]

_STATUS = "_aws14_replication"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule of a bucket.

    Parameters
    ----------
    id : str
        Its id.
    priority : int
        The highest decides between rules with the same destination.
    prefix : str
        Of the keys it is for.
    tags : tuple of (str, str)
        That an object has to have.
    destination : str
        Name of the bucket.
    storage_class : str
        Of the copies; empty for that of the object.
    markers : bool
        Whether delete markers are copied.
    """

    id: str
    priority: int
    prefix: str
    tags: tuple[tuple[str, str], ...]
    destination: str
    storage_class: str
    markers: bool

    def fits(self, key: str, tags: Mapping[str, str]) -> bool:
        """Whether the rule is for an object."""
        return key.startswith(self.prefix) and all(tags.get(name) == value for name, value in self.tags)


def rules_of(bucket: Any) -> Iterator[Rule]:
    """The enabled rules of a bucket, the most important first, one a destination."""
    told = getattr(bucket, "replication", None) or {}
    found = [_rule(each) for each in told.get("Rule", ()) if each["Status"] == "Enabled"]
    yield from sorted(found, key=lambda rule: -rule.priority)


def _rule(told: Mapping[str, Any]) -> Rule:
    given = told.get("Filter") or {}
    both = given.get("And") or given
    tags = both.get("Tag") or []
    destination = told["Destination"]
    return Rule(
        id=told["ID"],
        priority=int(told.get("Priority") or 0),
        prefix=both.get("Prefix") or told.get("Prefix") or "",
        tags=tuple((each["Key"], each["Value"]) for each in (tags if isinstance(tags, list) else [tags])),
        destination=str(destination["Bucket"]).rpartition(":")[2],
        storage_class=destination.get("StorageClass") or "",
        markers=(told.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled",
    )


def copy_later(bucket: Any, found: Any) -> None:
    """Let a new object be copied as the rules of its bucket say.

    Parameters
    ----------
    bucket : moto.s3.models.FakeBucket
        Where it is.
    found : moto.s3.models.FakeKey
        The object, just put: its tags may still come.
    """
    # A copy is not copied on (S3 user guide, "What isn't replicated").
    if any(True for _ in rules_of(bucket)) and vars(found).get(_STATUS) != "REPLICA":
        world().clock.after(0.0, "replication.considers", (bucket.name, found.name, found.version_id))


@handles("replication.considers")
def _considers(bucket_name: str, key: str, version: str) -> None:
    found = _version(bucket_name, key, version)
    if found is None:
        return
    bucket, tags = bucket_of(bucket_name), _tags(found)
    destinations = {rule.destination: rule for rule in reversed(list(rules_of(bucket))) if rule.fits(key, tags)}
    for name, rule in destinations.items():
        setattr(found, _STATUS, "PENDING")
        args = (bucket_name, key, version, (name, rule.storage_class))
        world().clock.after(_lag_s(bucket, name, found.size), "replication.copies", args)


def _lag_s(bucket: Any, destination: str, size_bytes: int) -> float:
    there = bucket_of(destination)
    across = there is not None and there.region_name != bucket.region_name
    row = "S3 object replicated to another region" if across else "S3 replication in the region"
    return typical_s(row) + typical_s("S3 replication, each GB") * size_bytes / 1e9


@handles("replication.copies")
def _copies(bucket_name: str, key: str, version: str, to: tuple[str, str]) -> None:
    destination, storage_class = to
    found, there = _version(bucket_name, key, version), bucket_of(destination)
    if found is None:
        return
    if there is None or not there.is_versioned:
        setattr(found, _STATUS, "FAILED")
        return
    copied = _copy(found, there, storage_class)
    setattr(copied, _STATUS, "REPLICA")
    setattr(found, _STATUS, "COMPLETED")


def _copy(found: Any, there: Any, storage_class: str) -> Any:
    """The same version, with the same version id, in the other bucket."""
    backend = _backend(there)
    copied = backend.put_object(
        there.name,
        found.name,
        found.value,
        storage=storage_class or found.storage_class,
        etag=found.etag.strip('"'),
    )
    copied._version_id = found.version_id  # noqa: SLF001 - moto keeps it here
    copied.last_modified = found.last_modified
    copied.set_metadata(dict(found.metadata), replace=True)
    copied.website_redirect_location = found.website_redirect_location
    tags = _tags(found)
    if tags:
        backend.put_object_tagging(copied, tags)
    return copied


def mark_later(bucket: Any, key: str) -> None:
    """Let a delete marker be copied where a rule says so; a rule with tags copies none."""
    for rule in rules_of(bucket):
        if rule.markers and not rule.tags and rule.fits(key, {}):
            lag = _lag_s(bucket, rule.destination, 0)
            world().clock.after(lag, "replication.marks", (key, rule.destination))


@handles("replication.marks")
def _marks(key: str, destination: str) -> None:
    there = bucket_of(destination)
    if there is not None and there.is_versioned and key in there.keys:
        _backend(there)._set_delete_marker(destination, key)  # noqa: SLF001 - deleting would be copied on


def _version(bucket_name: str, key: str, version: str) -> Any:
    from moto.s3.models import FakeKey

    bucket = bucket_of(bucket_name)
    versions = bucket.keys.getlist(key, []) if bucket is not None else []
    return next((each for each in versions if isinstance(each, FakeKey) and each.version_id == version), None)


def _backend(bucket: Any) -> Any:
    from moto.s3.models import s3_backends

    return s3_backends[bucket.account_id][bucket.partition]


def _tags(found: Any) -> dict[str, str]:
    from moto.s3.models import s3_backends

    tagger = s3_backends[found.account_id][found.partition].tagger
    told: dict[str, str] = tagger.get_tag_dict_for_resource(found.arn)
    return told
