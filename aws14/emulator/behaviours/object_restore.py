"""Objects in Glacier are restored: hours later, for some days.

What AWS does
    Objects in Glacier Flexible Retrieval and Deep Archive cannot be read. RestoreObject asks for a copy; it comes after
    minutes to two days, by class and tier, and goes again at the midnight after its days. HEAD says where it stands.
What moto leaves out
    The copy is there at once and for ever, of the newest version; tiers are not known.
What this adds
    Hours (data/durations.csv), tiers, versions, the end of the copy, asking again to keep it longer or to have it
    faster, the refusals.
What it still does not do
    Provisioned capacity, select jobs, archive tiers of Intelligent-Tiering.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.buckets.restoring import ask, header, leave

__all__ = ["install"]


def install() -> None:
    """Take hold of requests to restore, and of what HEAD says."""
    from moto.s3.models import FakeKey
    from moto.s3.responses import S3Response

    around(S3Response, "_key_response_post", _post)
    around(FakeKey, "set_storage_class", _set_class)
    moto_parts = FakeKey.response_dict.fget  # type: ignore[attr-defined] # it is a property
    replace(FakeKey, "response_dict", property(lambda key: moto_parts(key) | header(key)))


def _post(original: Callable[..., Any], response: Any, *asked: Any) -> Any:
    _, body, bucket_name, query, key_name = asked
    if "restore" not in query:
        return original(response, *asked)
    response._set_action("KEY", "POST", query)  # noqa: SLF001 - as moto does
    response._authenticate_and_authorize_s3_action(bucket_name=bucket_name, key_name=key_name)  # noqa: SLF001
    version = (query.get("versionId") or [None])[0]
    return ask(response.backend, (bucket_name, key_name, version), body), {}, ""


def _set_class(original: Callable[..., None], key: Any, storage: str | None) -> None:
    original(key, storage)
    leave(key)
