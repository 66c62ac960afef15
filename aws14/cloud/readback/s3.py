"""S3 read back: buckets as nodes in their regions, and what they replicate to as links."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from aws14.cloud.readback.asking import Asking, unless
from aws14.cloud.readback.seen import Resource, Seen, called
from aws14.model import Link, Node

_FIRST_REGION = "us-east-1"
_YEAR_DAYS = 365
_BY_CLASS = "varies_by_storage_class"
_ARCHIVES = {"GLACIER", "DEEP_ARCHIVE"}


def fetch(asking: Asking, wanted: Callable[[Seen], bool]) -> tuple[tuple[Seen, ...], tuple[Link, ...]]:
    """Ask for the account's buckets; details only of those that are wanted, since each is a call of its own.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    wanted : callable
        Whether a bucket, of which name and tags are known, belongs to what is read back.

    Returns
    -------
    tuple of (tuple of Seen, tuple of Link)
        Buckets, and *replicates* links.
    """
    client = asking.client("s3")
    nodes: list[Seen] = []
    links: list[Link] = []
    for bucket in client.list_buckets()["Buckets"]:
        name = bucket["Name"]
        tags = _tags(client, name)
        bare = Seen(node=Node(id=key_of(name), kind="bucket", aws_id=name), tags=tags)
        if wanted(bare):
            nodes.append(_bucket(client, name, tags))
            links += _replicates(client, name)
    return tuple(nodes), tuple(links)


def key_of(name: str) -> str:
    """Key of a bucket, whose name is unique in all of AWS."""
    return f"s3/{name}"


def _tags(client: Any, name: str) -> dict[str, str]:
    answer = unless(("NoSuchTagSet",), lambda: client.get_bucket_tagging(Bucket=name), {})
    return {tag["Key"]: tag["Value"] for tag in answer.get("TagSet", ())}


def _bucket(client: Any, name: str, tags: dict[str, str]) -> Seen:
    website = unless(("NoSuchWebsiteConfiguration",), lambda: client.get_bucket_website(Bucket=name), {})
    node = Node(
        id=key_of(name),
        kind="bucket",
        # S3 says nothing for its first region.
        parent=client.get_bucket_location(Bucket=name).get("LocationConstraint") or _FIRST_REGION,
        aws_id=name,
        attributes={
            "name": name,
            "versioning": client.get_bucket_versioning(Bucket=name).get("Status") == "Enabled",
            "website_index": website.get("IndexDocument", {}).get("Suffix", ""),
            "public_read": _is_public(client, name),
            "lifecycle": tuple(_lifecycle(client, name)),
            "object_lock": _object_lock(client, name),
            "stored": tuple(_stored(client, name)),
        },
    )
    return Seen(node=node, tags=tags, name=called(tags, name))


def _lifecycle(client: Any, name: str) -> Iterator[str]:
    """Every rule that acts: ``archive logs/ 30:STANDARD_IA expire=2555 noncurrent=30 least=0``."""
    absent = ("NoSuchLifecycleConfiguration",)
    answer = unless(absent, lambda: client.get_bucket_lifecycle_configuration(Bucket=name), {})
    for rule in answer.get("Rules", ()):
        if rule["Status"] == "Enabled":
            given = rule.get("Filter") or {}
            prefix = given.get("And", given).get("Prefix") or rule.get("Prefix") or "-"
            yield " ".join((rule.get("ID") or "-", prefix, *_actions(rule), *_least(answer, rule)))


def _actions(rule: Resource) -> Iterator[str]:
    for move in rule.get("Transitions", ()):
        if "Days" in move:
            yield f"{move['Days']}:{move['StorageClass']}"
    days = {
        "expire": rule.get("Expiration", {}).get("Days"),
        "noncurrent": rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays"),
    }
    yield from (f"{action}={count}" for action, count in days.items() if count)


def _least(answer: Resource, rule: Resource) -> Iterator[str]:
    """The size from which on objects are moved, where it is not S3's own."""
    given: Any = rule.get("Filter") or {}
    above = given.get("And", given).get("ObjectSizeGreaterThan")
    if above is not None:
        yield f"least={int(above) + 1}"
    elif answer.get("TransitionDefaultMinimumObjectSize") == _BY_CLASS:
        moved_to = {move["StorageClass"] for move in rule.get("Transitions", ())}
        yield from ["least=0"] * bool(_ARCHIVES & moved_to)


def _object_lock(client: Any, name: str) -> str:
    """Mode and days of what new objects are kept for."""
    absent = ("ObjectLockConfigurationNotFoundError",)
    answer = unless(absent, lambda: client.get_object_lock_configuration(Bucket=name), {})
    kept = answer.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention", {})
    days = int(kept.get("Days") or 0) + _YEAR_DAYS * int(kept.get("Years") or 0)
    return f"{kept['Mode']} {days}" if days else ""


def _stored(client: Any, name: str) -> Iterator[str]:
    """Class, GiB and number of what is stored, with versions that are not current: they are charged alike."""
    sizes: dict[str, list[int]] = {}
    for page in client.get_paginator("list_object_versions").paginate(Bucket=name):
        for version in page.get("Versions", ()):
            sizes.setdefault(version.get("StorageClass") or "STANDARD", []).append(version["Size"])
    for storage_class, each in sorted(sizes.items()):
        yield f"{storage_class} {sum(each) / 2**30:.9g} {len(each)}"


def _is_public(client: Any, name: str) -> bool:
    """Whether the policy lets everybody read objects, and nothing blocks it."""
    absent = ("NoSuchPublicAccessBlockConfiguration",)
    answer = unless(absent, lambda: client.get_public_access_block(Bucket=name), {})
    blocks = answer.get("PublicAccessBlockConfiguration", {})
    if blocks.get("BlockPublicPolicy") or blocks.get("RestrictPublicBuckets"):
        return False
    policy = unless(("NoSuchBucketPolicy",), lambda: client.get_bucket_policy(Bucket=name)["Policy"], "{}")
    return any(_lets_everybody_read(statement) for statement in _many(json.loads(policy).get("Statement")))


def _lets_everybody_read(statement: Resource) -> bool:
    everybody = statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
    reads = {"*", "s3:*", "s3:GetObject", "s3:Get*"} & set(_many(statement.get("Action")))
    return bool(statement["Effect"] == "Allow" and everybody and reads and not statement.get("Condition"))


def _many(value: Any) -> list[Any]:
    """What a policy gives as one or as a list of several."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _replicates(client: Any, name: str) -> Iterator[Link]:
    absent = ("ReplicationConfigurationNotFoundError",)
    answer = unless(absent, lambda: client.get_bucket_replication(Bucket=name), {})
    for rule in answer.get("ReplicationConfiguration", {}).get("Rules", ()):
        if rule["Status"] == "Enabled":
            target = key_of(rule["Destination"]["Bucket"].rpartition(":")[2])
            yield Link(source=key_of(name), target=target, kind="routes", label="replicates")
