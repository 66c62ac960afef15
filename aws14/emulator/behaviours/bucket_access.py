"""Who may read a bucket: policies with their conditions, and Block Public Access.

What AWS does
    A bucket is closed: Block Public Access is on from the first moment, ACLs are off. A policy that would let everybody
    in is refused until BlockPublicPolicy is off, and does not count while RestrictPublicBuckets is on. Conditions of a
    policy decide: the caller's address, the distribution that asks, TLS.
What moto leaves out
    Nothing is blocked, conditions are ignored, what is no policy at all is kept and breaks the bucket,
    get_bucket_policy_status always says no.
What this adds
    Block Public Access from the first moment, its four switches, the refusals, MalformedPolicy (no policy, or one about
    another bucket), the status; policies
    decided with conditions on strings, ARNs, addresses and booleans for whoever does not sign and for CloudFront;
    what a policy denies to all is denied to the account's own calls too.
What it still does not do
    Policies of identities, access points, account-wide Block Public Access. Calls with a key come from no address and
    by TLS. Conditions on numbers, dates and tags are not understood, so their Allow lets nobody in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around, before, replace
from aws14.emulator.buckets.access import may
from aws14.emulator.buckets.policy import ANYBODY, Caller, is_about, is_policy, is_public, verdict

__all__ = ["install"]

_ACCOUNT = Caller(kind="account", facts={"aws:securetransport": "true"})
_ENFORCED = "BucketOwnerEnforced"


def install() -> None:
    """Take hold of how moto's buckets are made, of their policies and ACLs."""
    from moto.s3.models import FakeBucket, S3Backend
    from moto.s3.responses import S3Response

    around(S3Backend, "create_bucket", _create)
    before(S3Backend, "put_bucket_policy", _check_policy)
    before(S3Backend, "put_bucket_acl", _check_acl)
    before(S3Backend, "put_object_acl", _check_object_acl)
    around(S3Response, "_acl_from_headers", _check_headers)
    replace(FakeBucket, "get_permission", _permission)
    around(S3Response, "get_bucket_policy_status", _status)


def _create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    from moto.s3.models import PublicAccessBlock

    bucket = original(backend, *args, **kwargs)
    bucket.public_access_block = PublicAccessBlock(True, True, True, True)
    bucket.ownership_rule = bucket.ownership_rule or _ENFORCED
    return bucket


def _check_policy(backend: Any, bucket_name: str, policy: bytes) -> None:
    from moto.s3.exceptions import S3ClientError

    bucket = backend.get_bucket(bucket_name)
    if not is_policy(policy):
        raise S3ClientError("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
    if not is_about(policy, bucket_name):
        raise S3ClientError("MalformedPolicy", "Policy has invalid resource")
    block = bucket.public_access_block
    if block is not None and block.block_public_policy and is_public(policy):
        text = (
            f"User: arn:aws:iam::{backend.account_id}:root is not authorized to perform: s3:PutBucketPolicy on "
            f'resource: "arn:aws:s3:::{bucket_name}" because public policies are prevented by the BlockPublicPolicy '
            "setting in S3 Block Public Access."
        )
        raise S3ClientError("AccessDenied", text)


def _check_acl(backend: Any, bucket_name: str, acl: Any) -> None:
    _check(backend.get_bucket(bucket_name), acl)


def _check_object_acl(backend: Any, bucket_name: str, key_name: str, acl: Any, **_: Any) -> None:  # noqa: ARG001 - moto names them
    _check(backend.get_bucket(bucket_name), acl)


def _check_headers(original: Callable[..., Any], response: Any, headers: Any) -> Any:
    """Objects put with an ACL; None where none is given."""
    acl = original(response, headers)
    bucket = response.backend.buckets.get(getattr(response, "bucket_name", None))
    if acl is not None and bucket is not None:
        _check(bucket, acl)
    return acl


def _check(bucket: Any, acl: Any) -> None:
    from moto.s3.exceptions import S3ClientError

    if acl is None or not _gives_away(acl):
        return
    if bucket.ownership_rule == _ENFORCED:
        raise S3ClientError("AccessControlListNotSupported", "The bucket does not allow ACLs")
    block = bucket.public_access_block
    if block is not None and block.block_public_acls and acl.public_read:
        raise S3ClientError("AccessDenied", "Access Denied")


def _gives_away(acl: Any) -> bool:
    """Whether an ACL gives somebody else anything; owners may always say that they own it."""
    return any(grantee.uri for grant in acl.grants for grantee in grant.grantees)


def _permission(bucket: Any, action: str, resource: str) -> Any:
    from moto.iam.access_control import PermissionResult

    if verdict(bucket.policy, _ACCOUNT, action, resource) == "deny":
        return PermissionResult.DENIED
    key = resource.partition(":::")[2].partition("/")[2]
    return PermissionResult.PERMITTED if may(bucket, ANYBODY, action, key) else PermissionResult.NEUTRAL


def _status(original: Callable[[Any], Any], response: Any) -> Any:
    from moto.core.responses import ActionResult

    bucket = response.backend.get_bucket(response.bucket_name)
    if bucket.policy is None:
        return original(response)
    response.data["Action"] = "GetBucketPolicyStatus"
    return response.serialized(ActionResult({"PolicyStatus": {"IsPublic": is_public(bucket.policy)}}))
