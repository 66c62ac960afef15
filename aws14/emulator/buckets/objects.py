"""An object over HTTP, as S3's REST endpoint answers somebody who does not sign: GET and HEAD."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from aws14.emulator.buckets.access import bucket_of, may_list, may_read, object_of
from aws14.emulator.buckets.policy import Caller
from aws14.emulator.buckets.restoring import is_archived
from aws14.emulator.dataplane.answering import Told, Visit
from aws14.emulator.world import world

__all__ = ["header", "identifiers", "parts_of", "read", "sent"]

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_OK, _PARTIAL, _UNCHANGED = 200, 206, 304


def read(visit: Visit, bucket_name: str, path: str, *, caller: Caller, region: str = "") -> Told:
    """Answer a request for an object.

    Parameters
    ----------
    visit : Visit
        Method and headers count.
    bucket_name : str
        Which bucket.
    path : str
        From a slash on, with its query, as it was asked for.
    caller : Caller
        Who asks.
    region : str, optional
        Where it was asked; empty for anywhere.
    """
    key, bucket = unquote(urlsplit(path).path.removeprefix("/")), bucket_of(bucket_name)
    if visit.method not in ("GET", "HEAD"):
        return _error(403, "AccessDenied", "Access Denied")
    if bucket is None:
        return _error(404, "NoSuchBucket", "The specified bucket does not exist", BucketName=bucket_name)
    if region and bucket.region_name != region:
        text = "The bucket you are attempting to access must be addressed using the specified endpoint."
        endpoint = f"{bucket_name}.s3.{bucket.region_name}.amazonaws.com"
        return _error(301, "PermanentRedirect", text, Endpoint=endpoint, Bucket=bucket_name)
    found = object_of(bucket, key)
    if key and found is not None and may_read(bucket, caller, key):
        return _archived(found) if is_archived(found) else sent(found, visit.headers)
    if key and found is None and may_list(bucket, caller):
        return _error(404, "NoSuchKey", "The specified key does not exist.", Key=key)
    return _error(403, "AccessDenied", "Access Denied")


def sent(found: Any, asked: Mapping[str, str]) -> Told:
    """An object of moto's as an answer: whole, a part of it, or not again where the client has it already."""
    headers = parts_of(found) | identifiers(found.name)
    if _is_known(found, asked):
        return _UNCHANGED, {name: value for name, value in headers.items() if name != "Content-Type"}, b""
    body: bytes = found.value
    part = _RANGE.fullmatch(header(asked, "Range"))
    if part is None or not any(part.groups()):
        return _OK, headers, body
    first = int(part[1]) if part[1] else max(0, len(body) - int(part[2]))
    last = min(int(part[2]), len(body) - 1) if part[1] and part[2] else len(body) - 1
    if first > last:
        return _error(416, "InvalidRange", "The requested range is not satisfiable")
    return _PARTIAL, headers | {"Content-Range": f"bytes {first}-{last}/{len(body)}"}, body[first : last + 1]


def _archived(found: Any) -> Told:
    text = "The operation is not valid for the object's storage class"
    return _error(403, "InvalidObjectState", text, StorageClass=found.storage_class)


def header(headers: Mapping[str, str], name: str) -> str:
    """A header by its name in any spelling; empty where there is none."""
    return next((value for each, value in headers.items() if each.lower() == name.lower()), "")


def parts_of(found: Any) -> dict[str, str]:
    """The headers that an object brings."""
    told = {"ETag": found.etag, "Last-Modified": found.last_modified_RFC1123, "Accept-Ranges": "bytes"}
    if found.version_id != "null":
        told["x-amz-version-id"] = found.version_id
    for name, value in found.metadata.items():
        told[_titled(name)] = str(value)
    status = vars(found).get("_aws14_replication")
    return told | ({"x-amz-replication-status": status} if status else {}) | {"Server": "AmazonS3"}


def _titled(name: str) -> str:
    return name if name.lower().startswith("x-amz-") else "-".join(each.capitalize() for each in name.split("-"))


def _is_known(found: Any, asked: Mapping[str, str]) -> bool:
    tags, since = header(asked, "If-None-Match"), header(asked, "If-Modified-Since")
    if tags:
        return found.etag in [each.strip() for each in tags.split(",")] or tags == "*"
    try:
        return bool(since) and parsedate_to_datetime(since) >= parsedate_to_datetime(found.last_modified_RFC1123)
    except ValueError:
        return False


def identifiers(what: str) -> dict[str, str]:
    """The two ids that every answer of S3 has."""
    mark = sha256(f"{what} {world().clock.now():.6f}".encode()).hexdigest()
    return {"x-amz-request-id": mark[:16].upper(), "x-amz-id-2": mark[16:]}


def _error(status: int, code: str, message: str, **details: str) -> Told:
    ids = identifiers(code)
    more = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in details.items())
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{more}'
        f"<RequestId>{ids['x-amz-request-id']}</RequestId><HostId>{ids['x-amz-id-2']}</HostId></Error>"
    )
    return status, {**ids, "Content-Type": "application/xml", "Server": "AmazonS3"}, text.encode()
