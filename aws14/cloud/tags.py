"""The course's tags, put into creating calls in the operation's own shape, beside the caller's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from aws14.cloud.operations import Creation

COURSE, PATTERN, EXPIRES = "aws14:course", "aws14:pattern", "aws14:expires"

Tags = Mapping[str, str]


def course_tags(pattern: str, expires: datetime | None) -> dict[str, str]:
    """The tags that tell what the course made, for which pattern, and until when on a real account."""
    tags = {COURSE: "aws14"}
    if pattern:
        tags[PATTERN] = pattern
    if expires:
        tags[EXPIRES] = expires.strftime("%Y-%m-%dT%H:%M:%SZ")
    return tags


def with_tags(params: Mapping[str, Any], creation: Creation, tags: Tags) -> dict[str, Any]:
    """The parameters of a call with the tags merged in; the caller's own are kept, ours win over the same key.

    Parameters
    ----------
    params : Mapping
        As the caller gave them; not changed.
    creation : Creation
        The operation's row: which shape its tags have.
    tags : Mapping[str, str]
        Key -> value.
    """
    if creation.tags == "list":
        return {**params, "Tags": merged(params.get("Tags", ()), tags)}
    if creation.tags == "specifications":
        return {**params, "TagSpecifications": _specifications(params.get("TagSpecifications", ()), creation, tags)}
    return dict(params)


def merged(given: Any, tags: Tags) -> list[dict[str, str]]:
    """A list of ``{"Key", "Value"}`` with the tags added."""
    own = [dict(tag) for tag in given if tag.get("Key") not in tags]
    return [*own, *({"Key": key, "Value": value} for key, value in tags.items())]


def _specifications(given: Any, creation: Creation, tags: Tags) -> list[dict[str, Any]]:
    wanted = dict.fromkeys(creation.tagged or (creation.kind,))
    kept = [{**entry, "Tags": merged(entry.get("Tags", ()), tags)} for entry in given]
    there = {entry["ResourceType"] for entry in given}
    return [*kept, *({"ResourceType": kind, "Tags": merged((), tags)} for kind in wanted if kind not in there)]


def _tag_zone(client: Any, key: str, tags: Tags) -> None:
    client.change_tags_for_resource(ResourceType="hostedzone", ResourceId=key, AddTags=merged((), tags))


def _tag_bucket(client: Any, key: str, tags: Tags) -> None:
    client.put_bucket_tagging(Bucket=key, Tagging={"TagSet": merged((), tags)})


TAG_AFTER: Mapping[str, Callable[[Any, str, Tags], None]] = {"hosted-zone": _tag_zone, "bucket": _tag_bucket}
"""Kind -> how it is tagged by a call of its own, right after it was made."""
