"""Lifecycle rules of buckets act: objects move to colder classes and end, at midnights.

What AWS does
    Once a day, rules move objects down the storage classes and delete them, by age, prefix, tags and size; older
    versions by the time since they were replaced; markers that hide nothing; uploads that were never completed. Days
    are rounded up to the next midnight of UTC. Small objects are not moved unless told. Who leaves a class early is
    charged for the rest of its days.
What moto leaves out
    Rules are kept, without sizes and numbers of versions, and never act.
What this adds
    The rules, on the clock, and only on days on which something is due; refusals of impossible days and orders; rules
    shown as they were given; what was charged early (`aws14.emulator.buckets.storage.early_ends`).
What it still does not do
    AWS may be hours late, this is on time. Moves by access within Intelligent-Tiering, events and logs of a lifecycle.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around, before, replace
from aws14.emulator.buckets import storage
from aws14.emulator.buckets.lifecycle import MINIMUM, RULES, arm
from aws14.emulator.buckets.rules import check, many, read
from aws14.emulator.world import world

__all__ = ["install"]

_HEADER = "x-amz-transition-default-minimum-object-size"
_USUAL = "all_storage_classes_128K"


def install() -> None:
    """Take hold of rules, and of all that changes what they are about."""
    from moto.s3.models import FakeKey, S3Backend
    from moto.s3.responses import S3Response

    before(S3Backend, "put_bucket_lifecycle_configuration", _check)
    around(S3Backend, "put_bucket_lifecycle_configuration", _configure)
    around(S3Response, "_bucket_response_put", _minimum)
    replace(S3Response, "get_bucket_lifecycle", _show)
    for changed in ("put_object", "delete_object", "put_object_legal_hold", "put_object_retention"):
        around(S3Backend, changed, _then_look)
    around(S3Backend, "put_object_tagging", _tagged)
    around(S3Backend, "create_multipart_upload", _begun)
    around(FakeKey, "dispose", _dispose)


def _check(backend: Any, bucket_name: str, rules: list[dict[str, Any]]) -> None:  # noqa: ARG001 - moto's order
    from moto.s3.exceptions import S3ClientError

    problem = check([read(rule) for rule in rules])
    if problem:
        raise S3ClientError(*problem)


def _configure(original: Callable[..., None], backend: Any, bucket_name: str, rules: list[dict[str, Any]]) -> None:
    original(backend, bucket_name, rules)
    bucket = backend.get_bucket(bucket_name)
    for rule, kept in zip(rules, bucket.rules, strict=True):
        rule["ID"] = kept.id
    setattr(bucket, RULES, tuple(read(rule) for rule in rules))
    bucket._aws14_lifecycle_told = rules  # noqa: SLF001 - ours
    arm(bucket)


def _minimum(original: Callable[..., Any], response: Any, *asked: Any) -> Any:
    request, bucket_name, query = asked
    answer = original(response, *asked)
    if "lifecycle" in query:
        setattr(response.backend.get_bucket(bucket_name), MINIMUM, request.headers.get(_HEADER) or _USUAL)
    return answer


def _show(response: Any) -> Any:
    from moto.core.responses import ActionResult
    from moto.s3.exceptions import NoSuchLifecycleConfiguration

    response.data["Action"] = "GetBucketLifecycleConfiguration"
    bucket = response.backend.get_bucket(response.bucket_name)
    if not bucket.rules:
        raise NoSuchLifecycleConfiguration(bucket_name=response.bucket_name)
    told = [_shown(rule) for rule in vars(bucket).get("_aws14_lifecycle_told", ())]
    least = vars(bucket).get(MINIMUM, _USUAL)
    return response.serialized(ActionResult({"Rules": told, "TransitionDefaultMinimumObjectSize": least}))


def _shown(rule: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in rule.items() if name not in ("Transition", "NoncurrentVersionTransition")}
    for name in ("Transition", "NoncurrentVersionTransition"):
        if name in rule:
            told[f"{name}s"] = [_numbers(each) for each in many(rule[name])]
    for name in ("Expiration", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if name in rule:
            told[name] = _numbers(rule[name])
    if "Prefix" in told:
        told["Prefix"] = told["Prefix"] or ""
    if "Filter" in rule:
        told["Filter"] = _filter(rule["Filter"] or {})
    return told


def _filter(given: dict[str, Any]) -> dict[str, Any]:
    told = _numbers({name: value or "" for name, value in given.items() if name != "And"})
    if "And" in given:
        both = _numbers({name: value or "" for name, value in given["And"].items() if name != "Tag"})
        told["And"] = both | ({"Tags": many(given["And"]["Tag"])} if "Tag" in given["And"] else {})
    return told


def _numbers(told: dict[str, Any]) -> dict[str, Any]:
    """What XML gives as text, as the numbers and truths that it means."""
    known = {"true": True, "false": False}
    return {
        name: int(value)
        if name != "Prefix" and str(value).isdigit()
        else known.get(value, value)
        if isinstance(value, str)
        else value
        for name, value in told.items()
    }


def _then_look(original: Callable[..., Any], backend: Any, bucket_name: str, *args: Any, **kwargs: Any) -> Any:
    bucket = backend.get_bucket(bucket_name)
    answer = original(backend, bucket_name, *args, **kwargs)
    arm(bucket)
    return answer


def _tagged(original: Callable[..., Any], backend: Any, key: Any, *args: Any, **kwargs: Any) -> Any:
    answer = original(backend, key, *args, **kwargs)
    bucket = backend.buckets.get(getattr(key, "bucket_name", None))
    if bucket is not None:
        arm(bucket)
    return answer


def _begun(original: Callable[..., Any], backend: Any, bucket_name: str, *args: Any, **kwargs: Any) -> Any:
    upload = original(backend, bucket_name, *args, **kwargs)
    upload._aws14_begun = world().clock.now()  # noqa: SLF001 - ours
    arm(backend.get_bucket(bucket_name))
    return upload


def _dispose(original: Callable[..., None], key: Any, garbage: bool = False) -> None:
    # What Python collects was not deleted by anybody.
    if not garbage and not key.disposed:
        storage.ends(key)
    original(key, garbage)
