"""The role with which DataSync reads and writes a bucket: it must exist, trust DataSync, and be allowed to."""

from __future__ import annotations

import json
from typing import Any

from aws14.emulator.permissions.deciding import may

__all__ = ["bucket_refusal"]

_SERVICE = "datasync.amazonaws.com"
_FAILED = "DataSync location access test failed: could not perform {} on bucket {}. Access denied. Ensure bucket access role has {} permission."  # noqa: E501 - as it is


def bucket_refusal(bucket: str, role_arn: str, region: str) -> str:
    """Why DataSync cannot use a bucket with a role, in AWS's words; empty where it can."""
    from aws14.emulator.buckets.access import bucket_of

    if bucket_of(bucket) is None:
        return f"DataSync location access test failed: bucket {bucket} does not exist."
    if not _trusts(role_arn):
        return f"DataSync bucket access role {role_arn}: Unable to assume role. Reason: Access denied when calling sts:AssumeRole"  # noqa: E501 - as it is
    for action, resource in (("s3:ListBucket", bucket), ("s3:GetObject", f"{bucket}/*")):
        if not may(role_arn, action, f"arn:aws:s3:::{resource}", region):
            called = "s3:ListObjectsV2" if action == "s3:ListBucket" else "s3:GetObject"
            return _FAILED.format(called, bucket, action)
    return ""


def _trusts(arn: str) -> bool:
    from moto.iam.models import iam_backends

    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    roles = iam_backends[account]["aws"].roles.values() if account else ()
    role: Any = next((role for role in roles if role.arn == arn), None)
    if role is None:
        return False
    document = role.assume_role_policy_document
    return _SERVICE in (document if isinstance(document, str) else json.dumps(document))
