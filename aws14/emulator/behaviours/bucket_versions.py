"""Versioning that is suspended keeps what is there; MFA Delete says why it cannot be had here.

What AWS does
    A bucket whose versioning is suspended keeps its versions; new objects have the version "null" and replace only
    each other, a deletion leaves a "null" marker. A single version can still be deleted. MFA Delete is turned on by the
    root user with a code of a device.
What moto leaves out
    Suspended is like never: an object that is put or deleted takes all its versions along. MFA Delete is ignored.
What this adds
    Suspended versioning; the refusal of MFA Delete.
What it still does not do
    MFA Delete itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around

__all__ = ["install"]

_SUSPENDED, _NULL = "Suspended", "null"


def install() -> None:
    """Take hold of how moto puts and deletes objects, and of how versioning is set."""
    from moto.s3.models import S3Backend
    from moto.s3.responses import S3Response

    around(S3Backend, "put_object", _put)
    around(S3Backend, "delete_object", _delete)
    around(S3Response, "_bucket_response_put", _configure)


def _put(original: Callable[..., Any], backend: Any, bucket_name: str, key_name: str, *args: Any, **kwargs: Any) -> Any:
    bucket = backend.get_bucket(bucket_name)
    if bucket.versioning_status != _SUSPENDED:
        return original(backend, bucket_name, key_name, *args, **kwargs)
    before = bucket.keys.getlist(key_name, [])
    kept = [each for each in before if each.version_id != _NULL]
    # Taken out before: moto gives up the bytes of what a new object replaces.
    dict.__setitem__(bucket.keys, key_name, [each for each in before if each.version_id == _NULL])
    made: list[Any] = []
    try:
        made.append(original(backend, bucket_name, key_name, *args, **kwargs))
    finally:
        left = [*kept, *made] if made else before
        if left:
            dict.__setitem__(bucket.keys, key_name, left)
        else:
            dict.pop(bucket.keys, key_name)
    return made[0]


def _delete(original: Callable[..., Any], backend: Any, bucket_name: str, key_name: str, **asked: Any) -> Any:
    bucket = backend.get_bucket(bucket_name)
    if bucket.versioning_status != _SUSPENDED or not bucket.keys.getlist(key_name, []):
        return original(backend, bucket_name, key_name, **asked)
    if asked.get("version_id") is None:
        marker = backend._set_delete_marker(bucket_name, key_name)  # noqa: SLF001 - moto's way to make one
        marker._version_id = _NULL  # noqa: SLF001 - and where it keeps its version
        bucket.keys.setlist(
            key_name,
            [each for each in bucket.keys.getlist(key_name) if each is marker or each.version_id != _NULL],
        )
        return True, {"version-id": _NULL, "delete-marker": "true"}
    # A version is deleted as while versioning is on.
    bucket.versioning_status = "Enabled"
    try:
        return original(backend, bucket_name, key_name, **asked)
    finally:
        bucket.versioning_status = _SUSPENDED


def _configure(original: Callable[..., Any], response: Any, *asked: Any) -> Any:
    *_, query = asked
    if "versioning" in query and b"<MfaDelete>Enabled" in response.body:
        from moto.s3.exceptions import S3ClientError

        text = "MFA Delete needs the root user of the account and a code of its device; the embedded AWS has neither."
        raise S3ClientError("AccessDenied", text)
    return original(response, *asked)
