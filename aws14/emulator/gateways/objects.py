"""Files of shares as objects of their bucket: what is uploaded, listed and fetched."""

from __future__ import annotations

import json
from typing import Any

from aws14.emulator.buckets.access import bucket_of, object_of
from aws14.emulator.buckets.restoring import is_archived
from aws14.emulator.gateways import cache
from aws14.emulator.gateways.models import Gateway, StorageGatewayBackend
from aws14.emulator.gateways.records import Pending, Share
from aws14.emulator.permissions import may

__all__ = ["deliver", "fetch", "may_take", "objects_of"]

_SERVICE = "storagegateway.amazonaws.com"


def _role(arn: str) -> Any:
    from moto.iam.models import iam_backends

    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    roles = iam_backends[account]["aws"].roles.values() if account else ()
    return next((role for role in roles if role.arn == arn), None)


def may_take(arn: str) -> bool:
    """Whether a role exists and trusts Storage Gateway."""
    role = _role(arn)
    document = role.assume_role_policy_document if role is not None else ""
    return _SERVICE in (document if isinstance(document, str) else json.dumps(document))


def deliver(backend: StorageGatewayBackend, gateway: Gateway, pending: Pending) -> bool:
    """Put or delete an object; False where the bucket or the role does not let it."""
    share = gateway.shares.get(pending.holder)
    if share is None:
        return True
    bucket, key = bucket_of(share.bucket), share.prefix + pending.path
    if bucket is None or not _may(backend, share, pending.what, key):
        return False
    if pending.what == "delete":
        _s3(bucket).delete_object(share.bucket, key)
        return True
    known = share.files.get(pending.path)
    if known is None or known.data is None:
        return True
    _put(share, bucket, key, pending)
    held = gateway.cache.get((share.id, pending.path))
    if held is not None:
        cache.admit(gateway, (share.id, pending.path), held.size, dirty=False)
    return True


def _may(backend: StorageGatewayBackend, share: Share, what: str, key: str) -> bool:
    action, role = ("s3:DeleteObject" if what == "delete" else "s3:PutObject"), share.told["Role"]
    return may_take(role) and may(role, action, f"arn:aws:s3:::{share.bucket}/{key}", backend.region_name)


def _s3(bucket: Any) -> Any:
    from moto.s3.models import s3_backends

    return s3_backends[bucket.account_id]["aws"]


def _put(share: Share, bucket: Any, key: str, pending: Pending) -> None:
    known = share.files[pending.path]
    storage = str(share.told.get("DefaultStorageClass") or "S3_STANDARD").removeprefix("S3_")
    made = _s3(bucket).put_object(share.bucket, key, known.data, storage=storage)
    made.set_metadata({"x-amz-meta-file-permissions": "0644"}, replace=True)
    # Of a file of a declared size there are no bytes, but its object counts as large as it was said to be.
    made.contentsize = known.size
    known.etag, known.data = made.etag, None


def objects_of(share: Share) -> dict[str, Any]:
    """The objects below a share's prefix, by path in the share; none for a bucket that is gone."""
    bucket = bucket_of(share.bucket)
    found = {} if bucket is None else {str(key): object_of(bucket, key) for key in list(bucket.keys)}
    below = {key.removeprefix(share.prefix): one for key, one in found.items() if key.startswith(share.prefix)}
    return {path: one for path, one in below.items() if path and not path.endswith("/") and one is not None}


def fetch(share: Share, path: str) -> Any:
    """The object behind a file; None where it is gone or lies in an archive."""
    bucket = bucket_of(share.bucket)
    found = object_of(bucket, share.prefix + path) if bucket is not None else None
    return None if found is None or is_archived(found) else found
