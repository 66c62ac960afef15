"""S3 replicates: objects put into one bucket appear in another, a little later.

What AWS does
    Copies new objects, with version id, metadata and tags, to the buckets that the replication rules name, in the same
    region or another, mostly within seconds to minutes. The object says PENDING, COMPLETED or FAILED, the copy REPLICA.
    What was there before is not copied, nor is a copy. Both buckets need versioning.
What moto leaves out
    Rules are kept, partly, and nothing is copied.
What this adds
    The copies, on the clock (data/durations.csv, by size); filters by prefix and tags, priorities, storage class,
    delete markers where a rule says so; the status in get and head; rules shown as they were given; the refusals.
What it still does not do
    The role is not looked at, deletions of single versions are not copied as on AWS, replication time control is
    no faster. Changes of tags, batch replication, encrypted objects, other accounts, metrics and events.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.buckets.access import bucket_of
from aws14.emulator.buckets.replication import copy_later, mark_later

__all__ = ["install"]


def install() -> None:
    """Take hold of how moto's objects are put and deleted, and of replication rules."""
    from moto.s3.models import FakeKey, S3Backend
    from moto.s3.responses import S3Response

    around(S3Backend, "put_object", _put)
    around(S3Backend, "delete_object", _delete)
    around(S3Backend, "put_bucket_replication", _configure)
    around(S3Backend, "put_bucket_versioning", _keep_versioning)
    replace(S3Response, "get_bucket_replication", _show)
    moto_parts = FakeKey.response_dict.fget  # type: ignore[attr-defined] # it is a property

    replace(FakeKey, "response_dict", property(lambda key: moto_parts(key) | _status(key)))


def _status(key: Any) -> dict[str, str]:
    status = vars(key).get("_aws14_replication")
    return {"x-amz-replication-status": status} if status else {}


def _put(original: Callable[..., Any], backend: Any, bucket_name: str, *args: Any, **kwargs: Any) -> Any:
    key = original(backend, bucket_name, *args, **kwargs)
    copy_later(backend.get_bucket(bucket_name), key)
    return key


def _delete(
    original: Callable[..., Any], backend: Any, bucket_name: str, key_name: str, *args: Any, **kwargs: Any
) -> Any:
    answer = original(backend, bucket_name, key_name, *args, **kwargs)
    if answer[1].get("delete-marker") and not (args and args[0]) and not kwargs.get("version_id"):
        mark_later(backend.get_bucket(bucket_name), key_name)
    return answer


def _configure(original: Callable[..., None], backend: Any, bucket_name: str, replication: dict[str, Any]) -> None:
    rules = replication["Rule"] if isinstance(replication["Rule"], list) else [replication["Rule"]]
    for rule in rules:
        there = bucket_of(str(rule["Destination"]["Bucket"]).rpartition(":")[2])
        if there is None:
            raise _invalid("Destination bucket must exist.")
        if not there.is_versioned:
            raise _invalid("Destination bucket must have versioning enabled.")
    original(backend, bucket_name, replication)


def _keep_versioning(original: Callable[..., None], backend: Any, bucket_name: str, status: str) -> None:
    bucket = backend.get_bucket(bucket_name)
    if status == "Suspended" and getattr(bucket, "replication", None):
        from moto.s3.exceptions import S3ClientError

        text = "A replication configuration is present on this bucket, so you cannot change the versioning state."
        raise S3ClientError("InvalidBucketState", text)
    original(backend, bucket_name, status)


def _invalid(message: str) -> Exception:
    from moto.s3.exceptions import S3ClientError

    problem: Exception = S3ClientError("InvalidRequest", message)
    return problem


def _show(response: Any) -> Any:
    from moto.core.responses import ActionResult
    from moto.s3.exceptions import ReplicationConfigurationNotFoundError

    response.data["Action"] = "GetBucketReplication"
    told = response.backend.get_bucket_replication(response.bucket_name)
    if not told:
        raise ReplicationConfigurationNotFoundError(bucket_name=response.bucket_name)
    shown = {"Role": told["Role"], "Rules": [_shown(rule) for rule in told["Rule"]]}
    return response.serialized(ActionResult({"ReplicationConfiguration": shown}))


def _shown(rule: dict[str, Any]) -> dict[str, Any]:
    told = {
        name: rule[name]
        for name in ("ID", "Status", "Prefix", "Destination", "DeleteMarkerReplication")
        if rule.get(name)
    }
    if "Filter" in rule:
        told["Filter"] = _filter(rule["Filter"] or {})
        told["Priority"] = int(rule.get("Priority") or 0)
    return told


def _filter(given: dict[str, Any]) -> dict[str, Any]:
    if "And" in given:
        both = given["And"]
        tags = both.get("Tag") or []
        return {"And": {"Prefix": both.get("Prefix") or "", "Tags": tags if isinstance(tags, list) else [tags]}}
    return given if "Tag" in given else {"Prefix": given.get("Prefix") or ""}
