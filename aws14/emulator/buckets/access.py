"""Who may read what: policy, ACL and Block Public Access of a bucket together."""

from __future__ import annotations

from typing import Any

from aws14.emulator.buckets.policy import Caller, is_public, verdict

__all__ = ["bucket_of", "may", "may_list", "may_read", "object_of"]


def bucket_of(name: str) -> Any:
    """Moto's bucket of that name; None where nobody has one."""
    from moto.s3.models import s3_backends

    for regions in list(s3_backends.values()):
        for backend in list(regions.values()):
            if name in backend.buckets:
                return backend.buckets[name]
    return None


def object_of(bucket: Any, key: str) -> Any:
    """The newest version of an object; None where there is none, or it was deleted."""
    from moto.s3.models import FakeKey

    found = bucket.keys.get(key)
    return found if isinstance(found, FakeKey) else None


def may(bucket: Any, caller: Caller, action: str, key: str = "") -> bool:
    """Whether the bucket's policy lets a caller do something, as far as Block Public Access lets it."""
    resource = f"arn:aws:s3:::{bucket.name}" + (f"/{key}" if key else "")
    if verdict(bucket.policy, caller, action, resource) != "allow":
        return False
    block = bucket.public_access_block
    restricted = block is not None and block.restrict_public_buckets and is_public(bucket.policy)
    return not (restricted and caller.kind == "anybody")


def may_read(bucket: Any, caller: Caller, key: str) -> bool:
    """Whether a caller may read an object; for one that is not there by its name alone."""
    if verdict(bucket.policy, caller, "s3:GetObject", f"arn:aws:s3:::{bucket.name}/{key}") == "deny":
        return False
    return may(bucket, caller, "s3:GetObject", key) or _by_acl(bucket, caller, key)


def may_list(bucket: Any, caller: Caller) -> bool:
    """Whether a caller may learn which objects there are, so that a missing one is "not found"."""
    return may(bucket, caller, "s3:ListBucket")


def _by_acl(bucket: Any, caller: Caller, key: str) -> bool:
    block, found = bucket.public_access_block, object_of(bucket, key)
    if caller.kind != "anybody" or found is None or (block is not None and block.ignore_public_acls):
        return False
    return bool(found.acl is not None and found.acl.public_read and bucket.ownership_rule != "BucketOwnerEnforced")
