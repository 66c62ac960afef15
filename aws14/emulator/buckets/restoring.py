"""Copies of archived objects that are asked for, come, and go again (S3 user guide, "Restoring an archived object")."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import xmltodict  # type: ignore[import-untyped]

from aws14.emulator.buckets.access import bucket_of
from aws14.emulator.buckets.lifecycle import midnight
from aws14.emulator.buckets.waterfall import ARCHIVED
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["ask", "header", "is_archived", "leave"]

_STATE = "_aws14_restore"
_DAY_S = 86400.0
_NAMES = {"GLACIER": "S3 Glacier Flexible Retrieval", "DEEP_ARCHIVE": "S3 Glacier Deep Archive"}
_TIERS = ("Expedited", "Standard", "Bulk")
_NEW, _AGAIN = 202, 200

#: Bucket, key and version; no version for the newest.
Which = tuple[str, str, str | None]


def ask(backend: Any, which: Which, body: bytes) -> int:
    """Let a copy of an archived object come, or stay longer.

    Parameters
    ----------
    backend : moto.s3.models.S3Backend
        Whose object it is.
    which : tuple of (str, str, str or None)
        Bucket, key, version.
    body : bytes
        A ``RestoreRequest``.

    Returns
    -------
    int
        HTTP status: 202 for a copy that will come, 200 for one that is there and stays longer.

    Raises
    ------
    moto.s3.exceptions.S3ClientError
        What S3 refuses.
    """
    from moto.s3.exceptions import InvalidObjectState, MissingKey, MissingVersion

    bucket_name, key, version = which
    found = backend.get_object(bucket_name, key, version_id=version)
    if found is None:
        raise MissingVersion() if version else MissingKey(key=key)
    if found.storage_class not in ARCHIVED:
        raise InvalidObjectState(storage_class=found.storage_class)
    days, tier = _asked(body, found.storage_class)
    state = vars(found).get(_STATE)
    if state and state["until"]:
        _stays(found, days)
        return _AGAIN
    if state and _TIERS.index(tier) >= _TIERS.index(state["tier"]):
        raise _refusal("RestoreAlreadyInProgress", "Object restore is already in progress")
    due = world().clock.now() + typical_s(f"{_NAMES[found.storage_class]} retrieved {tier}")
    due = min(due, state["due"]) if state else due
    setattr(found, _STATE, {"tier": tier, "days": days, "due": due, "until": 0.0})
    world().clock.at(due, "object_restore.comes", (bucket_name, key, found.version_id, due))
    _tell(found, "OBJECT_RESTORE_POST_EVENT")
    return _NEW


def _asked(body: bytes, storage_class: str) -> tuple[int, str]:
    told = xmltodict.parse(body)["RestoreRequest"] or {}
    tier = told.get("Tier") or (told.get("GlacierJobParameters") or {}).get("Tier") or "Standard"
    if not told.get("Days"):
        raise _refusal("MalformedXML", "The XML you provided was not well-formed or did not validate against our "
                       "published schema")  # fmt: skip
    if tier not in _TIERS or (tier == "Expedited" and storage_class == "DEEP_ARCHIVE"):
        text = f"Retrieval option {tier} is not supported by the storage class {storage_class}"
        raise _refusal("InvalidArgument", text)
    if int(told["Days"]) < 1:
        raise _refusal("InvalidArgument", "Days must be at least 1")
    return int(told["Days"]), tier


def _refusal(code: str, message: str) -> Exception:
    from moto.s3.exceptions import S3ClientError

    problem: Exception = S3ClientError(code, message)
    return problem


def header(found: Any) -> dict[str, str]:
    """What HEAD and GET say about the copy of an object; nothing where none was asked for."""
    state = vars(found).get(_STATE)
    if not state:
        return {}
    if not state["until"]:
        return {"x-amz-restore": 'ongoing-request="true"'}
    ends = datetime.fromtimestamp(state["until"], UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return {"x-amz-restore": f'ongoing-request="false", expiry-date="{ends}"'}


def is_archived(found: Any) -> bool:
    """Whether an object cannot be read now: archived, and no copy of it is there."""
    state = vars(found).get(_STATE)
    return found.storage_class in ARCHIVED and not (state and state["until"])


def leave(found: Any) -> None:
    """Forget the copy of an object that moves to another class."""
    vars(found).pop(_STATE, None)


def _stays(found: Any, days: int) -> None:
    state = vars(found)[_STATE]
    until = midnight(world().clock.now() + days * _DAY_S)
    setattr(found, _STATE, state | {"until": until})
    world().clock.at(until, "object_restore.goes", (found.bucket_name, found.name, found.version_id, until))


@handles("object_restore.comes")
def _comes(bucket_name: str, key: str, version: str, due: float) -> None:
    found = _version(bucket_name, key, version)
    state = vars(found).get(_STATE) if found is not None else None
    if state and state["due"] == due and not state["until"]:
        _stays(found, state["days"])
        _tell(found, "OBJECT_RESTORE_COMPLETED_EVENT")


@handles("object_restore.goes")
def _goes(bucket_name: str, key: str, version: str, until: float) -> None:
    found = _version(bucket_name, key, version)
    state = vars(found).get(_STATE) if found is not None else None
    if state and state["until"] == until:
        leave(found)


def _version(bucket_name: str, key: str, version: str) -> Any:
    bucket = bucket_of(bucket_name)
    versions = bucket.keys.getlist(key, []) if bucket is not None else []
    return next((each for each in versions if each.version_id == version), None)


def _tell(found: Any, event: str) -> None:
    from moto.s3 import notifications

    notifications.send_event(
        found.account_id, notifications.S3NotificationEvent[event], bucket_of(found.bucket_name), key=found
    )
