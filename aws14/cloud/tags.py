"""The course's tags, put into creating calls in the operation's own shape, beside the caller's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aws14.cloud.creation import Creation

COURSE, PATTERN, EXPIRES = "aws14:course", "aws14:pattern", "aws14:expires"

_LAUNCHED = ("instance", "volume")
_LISTS: Mapping[str, str] = {"list": "Tags", "small list": "tags"}
_MAPS: Mapping[str, str] = {
    "map": "tags",
    "capital map": "Tags",
    "vault map": "BackupVaultTags",
    "plan map": "BackupPlanTags",
}

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
    if creation.tags in _LISTS:
        name = _LISTS[creation.tags]
        return {**params, name: merged(params.get(name, ()), tags)}
    if creation.tags in _MAPS:
        name = _MAPS[creation.tags]
        return {**params, name: {**params.get(name, {}), **tags}}
    if creation.tags == "key list":
        kept = [tag for tag in params.get("Tags", ()) if tag.get("TagKey") not in tags]
        return {**params, "Tags": [*kept, *({"TagKey": key, "TagValue": value} for key, value in tags.items())]}
    if creation.tags == "propagated":
        ours = [{**tag, "PropagateAtLaunch": True} for tag in merged((), tags)]
        return {**params, "Tags": [*(tag for tag in params.get("Tags", ()) if tag.get("Key") not in tags), *ours]}
    if creation.tags == "specifications":
        given = _specifications(params.get("TagSpecifications", ()), creation.tagged or (creation.kind,), tags)
        return {**_templated(params, tags), "TagSpecifications": given}
    return _templated(params, tags)


def _templated(params: Mapping[str, Any], tags: Tags) -> dict[str, Any]:
    """With the tags in a launch template too, for the volumes of its instances: a group's tags reach only those."""
    data = params.get("LaunchTemplateData")
    if data is None:
        return dict(params)
    given = _specifications(data.get("TagSpecifications", ()), _LAUNCHED, tags)
    return {**params, "LaunchTemplateData": {**data, "TagSpecifications": given}}


def merged(given: Any, tags: Tags) -> list[dict[str, str]]:
    """A list of ``{"Key", "Value"}`` with the tags added."""
    own = [dict(tag) for tag in given if tag.get("Key") not in tags]
    return [*own, *({"Key": key, "Value": value} for key, value in tags.items())]


def _specifications(given: Any, kinds: tuple[str, ...], tags: Tags) -> list[dict[str, Any]]:
    wanted = dict.fromkeys(kinds)
    kept = [{**entry, "Tags": merged(entry.get("Tags", ()), tags)} for entry in given]
    there = {entry["ResourceType"] for entry in given}
    return [*kept, *({"ResourceType": kind, "Tags": merged((), tags)} for kind in wanted if kind not in there)]


def _tag_zone(client: Any, key: str, tags: Tags) -> None:
    client.change_tags_for_resource(ResourceType="hostedzone", ResourceId=key, AddTags=merged((), tags))


def _tag_bucket(client: Any, key: str, tags: Tags) -> None:
    client.put_bucket_tagging(Bucket=key, Tagging={"TagSet": merged((), tags)})


def _tag_health_check(client: Any, key: str, tags: Tags) -> None:
    client.change_tags_for_resource(ResourceType="healthcheck", ResourceId=key, AddTags=merged((), tags))


def _tag_distribution(client: Any, key: str, tags: Tags) -> None:
    arn = client.get_distribution(Id=key)["Distribution"]["ARN"]
    client.tag_resource(Resource=arn, Tags={"Items": merged((), tags)})


TAG_AFTER: Mapping[str, Callable[[Any, str, Tags], None]] = {
    "hosted-zone": _tag_zone,
    "health-check": _tag_health_check,
    "distribution": _tag_distribution,
    "bucket": _tag_bucket,
}
"""Kind -> how it is tagged by a call of its own, right after it was made."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Retag:
    """A call that replaces all tags of something.

    Parameters
    ----------
    of : callable
        From the parameters to the id of what is tagged.
    merge : callable
        From the parameters and our tags to the parameters that keep ours.
    """

    of: Callable[[Mapping[str, Any]], str]
    merge: Callable[[Mapping[str, Any], Tags], dict[str, Any]]


def _merge_into_set(params: Mapping[str, Any], tags: Tags) -> dict[str, Any]:
    return {**params, "Tagging": {"TagSet": merged(params["Tagging"].get("TagSet", ()), tags)}}


RETAG: Mapping[tuple[str, str], Retag] = {
    ("s3", "PutBucketTagging"): Retag(of=lambda params: str(params.get("Bucket", "")), merge=_merge_into_set)
}
"""(service, operation) -> how the course's tags outlive it."""
