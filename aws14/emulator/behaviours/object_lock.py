"""Object Lock holds: what it keeps cannot be deleted, nor kept for less.

What AWS does
    A bucket with Object Lock keeps versions for a time. In GOVERNANCE somebody with a permission of its own may pass by
    it and says so in the call; in COMPLIANCE nobody may, not even the account's root. A legal hold has no end. A
    bucket's default is for new objects. Versioning cannot be suspended.
What moto leaves out
    A retention may be shortened by anybody, and cannot be read; the lock can be turned on for empty buckets only;
    objects put in parts escape the default; versioning can be suspended; who says that he does not bypass it does.
What this adds
    All of these.
What it still does not do
    The permission to bypass governance is not asked for; that the call says so is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around, before, replace
from aws14.emulator.buckets.locks import may_change

__all__ = ["install"]

_LOCKED = "Access Denied because object protected by object lock."


def install() -> None:
    """Take hold of locks as moto keeps them."""
    from moto.s3.exceptions import AccessDeniedByLock
    from moto.s3.models import S3Backend
    from moto.s3.responses import S3Response

    before(S3Response, "put_object_retention", _check_retention)
    around(S3Response, "_key_response_get", _read)
    around(S3Backend, "put_object", _put)
    around(S3Backend, "delete_object", _delete)
    before(S3Backend, "put_bucket_versioning", _check_versioning)
    replace(S3Backend, "put_object_lock_configuration", _configure)
    replace(AccessDeniedByLock, "__init__", _say)


def _say(problem: Any) -> None:
    from moto.s3.exceptions import S3ClientError

    S3ClientError.__init__(problem, "AccessDenied", _LOCKED)


def _check_retention(response: Any) -> None:
    from moto.s3.exceptions import AccessDeniedByLock

    version = response._get_param("versionId")  # noqa: SLF001 - as moto does
    found = response.backend.get_object(response.bucket_name, response.parse_key_name(), version_id=version)
    bypass = response.headers.get("x-amz-bypass-governance-retention", "").lower() == "true"
    mode, until = response._mode_until_from_body() if b"<Mode>" in response.body else (None, None)  # noqa: SLF001
    if found is not None and not may_change(found, mode, until, bypass=bypass):
        raise AccessDeniedByLock


def _read(original: Callable[..., Any], response: Any, query: dict[str, Any], key_name: str) -> Any:
    if "retention" not in query:
        return original(response, query, key_name)
    from moto.core.responses import ActionResult
    from moto.s3.exceptions import MissingKey, S3ClientError

    response._set_action("KEY", "GET", query)  # noqa: SLF001 - as moto does
    response._authenticate_and_authorize_s3_action(bucket_name=response.bucket_name, key_name=key_name)  # noqa: SLF001
    version = (query.get("versionId") or [None])[0]
    found = response.backend.get_object(response.bucket_name, key_name, version_id=version)
    if found is None:
        raise MissingKey(key=key_name)
    if not found.lock_mode:
        text = "The specified object does not have a ObjectLock configuration"
        raise S3ClientError("NoSuchObjectLockConfiguration", text)
    response.data["Action"] = "GetObjectRetention"
    told = {"Mode": found.lock_mode, "RetainUntilDate": found.lock_until}
    return response.serialized(ActionResult({"Retention": told}))


def _put(original: Callable[..., Any], backend: Any, bucket_name: str, *args: Any, **kwargs: Any) -> Any:
    key = original(backend, bucket_name, *args, **kwargs)
    bucket = backend.get_bucket(bucket_name)
    if bucket.has_default_lock and not key.lock_mode:
        key.lock_mode, key.lock_until = bucket.default_lock_mode, bucket.default_retention()
    return key


def _delete(original: Callable[..., Any], backend: Any, *args: Any, bypass: Any = False, **kwargs: Any) -> Any:
    # Of one object moto hands over the header as it came: the word "false" would pass.
    return original(backend, *args, bypass=str(bypass).lower() == "true", **kwargs)


def _check_versioning(backend: Any, bucket_name: str, status: str) -> None:
    from moto.s3.exceptions import InvalidBucketState

    if status != "Enabled" and backend.get_bucket(bucket_name).object_lock_enabled:
        text = "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
        raise InvalidBucketState(text)


def _configure(backend: Any, bucket_name: str, lock_enabled: bool, *default: Any) -> None:
    from moto.s3.exceptions import InvalidBucketState, MalformedXML

    mode, days, years = default
    bucket = backend.get_bucket(bucket_name)
    if not bucket.is_versioned:
        text = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"
        raise InvalidBucketState(text)
    if not lock_enabled or (mode and not (days or years)) or mode not in (None, "GOVERNANCE", "COMPLIANCE"):
        raise MalformedXML
    bucket.object_lock_enabled = True
    bucket.default_lock_mode, bucket.default_lock_days, bucket.default_lock_years = mode, days or 0, years or 0
