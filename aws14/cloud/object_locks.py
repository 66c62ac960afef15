"""Deleting what Object Lock may keep: past governance where it lets one pass, and a sentence where it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

__all__ = ["bucket_keeps", "delete_version"]

_NO_LOCK = ("NoSuchObjectLockConfiguration", "InvalidRequest", "ObjectLockConfigurationNotFoundError", "NoSuchKey")


def delete_version(client: Any, version: Mapping[str, str]) -> str:
    """Delete a version of an object; governance is passed by, as who built the bucket may.

    Parameters
    ----------
    client : boto3 client
        Of S3.
    version : Mapping
        ``{"Bucket": ..., "Key": ..., "VersionId": ...}``.

    Returns
    -------
    str
        ``"until 2033-11-24"`` or ``"by a legal hold"`` for what a lock keeps; empty for what is gone.
    """
    try:
        client.delete_object(**version)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        if _held(client, version):
            return "by a legal hold"
        kept = _retention(client, version)
        if not kept:
            raise
        if kept["Mode"] == "COMPLIANCE":
            return f"until {kept['RetainUntilDate']:%Y-%m-%d}"
        client.delete_object(**version, BypassGovernanceRetention=True)
    return ""


def bucket_keeps(bucket: str, kept: Sequence[str]) -> ClientError:
    """The refusal to delete a bucket with locked versions, with the last day and the cure.

    Parameters
    ----------
    bucket : str
        Its name.
    kept : sequence of str
        Of `delete_version`.
    """
    held = any("hold" in each for each in kept)
    last = max((each for each in kept if each.startswith("until")), default="")
    why = " and ".join(filter(None, (f"in COMPLIANCE mode {last}" if last else "", "by a legal hold" if held else "")))
    cure = "take the legal hold away with put_object_legal_hold" if held else "wait"
    if last and not held:
        cure = "nobody can delete them before; let the time pass (advance in the embedded AWS)"
    text = f"Object Lock keeps {len(kept)} object versions in {bucket} {why}: {cure}, then tear down again."
    answer = {"Error": {"Code": "AccessDenied", "Message": text}, "ResponseMetadata": {}}
    return ClientError(answer, "DeleteObject")


def _held(client: Any, version: Mapping[str, str]) -> bool:
    answer = _unless_unlocked(client.get_object_legal_hold, version)
    return bool(answer.get("LegalHold", {}).get("Status") == "ON")


def _retention(client: Any, version: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = _unless_unlocked(client.get_object_retention, version).get("Retention", {})
    return told


def _unless_unlocked(ask: Any, version: Mapping[str, str]) -> dict[str, Any]:
    try:
        told: dict[str, Any] = ask(**version)
    except ClientError as error:
        if error.response["Error"]["Code"] in _NO_LOCK:
            return {}
        raise
    return told
