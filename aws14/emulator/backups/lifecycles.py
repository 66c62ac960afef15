"""How long a recovery point is kept: cold storage, expiry, and the lock of its vault.

Source: AWS Backup developer guide, "Lifecycle" and "AWS Backup Vault Lock".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aws14.catalog import quota
from aws14.emulator.backups import telling
from aws14.emulator.backups.records import DAY_S, Point, book_at, moment, vault_at
from aws14.emulator.backups.refusals import JobFailure, invalid, invalid_request
from aws14.emulator.backups.resources import kind_named
from aws14.emulator.clock import handles
from aws14.emulator.world import world

__all__ = [
    "arm",
    "calculated",
    "check",
    "check_fits",
    "cold_at",
    "delete_at",
    "drop",
    "held_back",
    "is_locked",
    "keeps_for",
    "refuse_locked",
    "release",
]

_LOCKED = "RecoveryPoint cannot be deleted or updated (Backup vault configured with Lock)"


def check(lifecycle: Mapping[str, Any] | None) -> None:
    """Refuse a lifecycle that AWS Backup does not take."""
    cold, end = (lifecycle or {}).get("MoveToColdStorageAfterDays"), (lifecycle or {}).get("DeleteAfterDays")
    least = int(quota("AWS Backup", "cold storage minimum duration").value)
    if cold is not None and end is not None and cold >= 0 and 0 < end < cold + least:
        invalid(
            f"Invalid lifecycle. DeleteAfterDays cannot be less than {least} days apart from MoveToColdStorageAfterDays"
        )


def check_fits(vault: Any, lifecycle: Mapping[str, Any]) -> None:
    """Let a job fail whose lifecycle the lock of the vault does not allow.

    Raises
    ------
    JobFailure
        It keeps for less, or for longer.
    """
    if not vault.locked:
        return
    days = lifecycle.get("DeleteAfterDays")
    least, most = vault.min_retention_days, vault.max_retention_days
    short = least is not None and days is not None and 0 < days < least
    long = most is not None and (days is None or days <= 0 or days > most)
    if short or long:
        raise JobFailure(
            f"Backup job failed because the lifecycle is outside the valid range for backup vault "
            f"{vault.backup_vault_name} (MinRetentionDays: {least}, MaxRetentionDays: {most})"
        )


def cold_at(point: Point) -> float:
    """When it moves to cold storage, epoch seconds; 0 for never."""
    days = point.lifecycle.get("MoveToColdStorageAfterDays")
    kind = kind_named(point.resource_type)
    may = kind.cold == "always" or (
        kind.cold == "opt-in" and point.lifecycle.get("OptInToArchiveForSupportedResources")
    )
    return point.began + DAY_S * days if may and days is not None and days >= 0 else 0.0


def delete_at(point: Point) -> float:
    """When it expires, epoch seconds; 0 for never."""
    days = point.lifecycle.get("DeleteAfterDays")
    return point.began + DAY_S * days if days is not None and days > 0 else 0.0


def calculated(point: Point) -> dict[str, datetime]:
    """``CalculatedLifecycle`` of an answer."""
    found = {"MoveToColdStorageAt": moment(cold_at(point)), "DeleteAt": moment(delete_at(point))}
    return {name: when for name, when in found.items() if when is not None}


def arm(point: Point) -> None:
    """Post what happens to a recovery point in time; what was posted before is void."""
    args = (point.account, point.region, point.arn)
    if (cold := cold_at(point)) and not point.cold:
        world().clock.at(cold, "backup.moves_to_cold", (*args, cold))
    if end := delete_at(point):
        world().clock.at(end, "backup.expires", (*args, end))


@handles("backup.moves_to_cold")
def _moves_to_cold(account: str, region: str, arn: str, due: float) -> None:
    point = book_at(account, region).points.get(arn)
    if point is not None and not point.cold and cold_at(point) == due:
        point.cold = True
        kind_named(point.resource_type).freeze(point)
        telling.recovery_point(point, "MODIFIED")


@handles("backup.expires")
def _expires(account: str, region: str, arn: str, due: float) -> None:
    point = book_at(account, region).points.get(arn)
    if point is None or delete_at(point) != due:
        return
    if held_back(point):
        point.status, point.reason = "EXPIRED", "The recovery point is under a legal hold."
    else:
        drop(point)


def drop(point: Point) -> None:
    """Delete a recovery point and what it holds."""
    # First out of the book: what it holds then is no longer Backup's own to others.
    book_at(point.account, point.region).points.pop(point.arn, None)
    kind_named(point.resource_type).drop(point)
    telling.recovery_point(point, "DELETED")


def held_back(point: Point) -> bool:
    """Whether a legal hold keeps it."""
    for hold in book_at(point.account, point.region).holds.values():
        chosen = hold.get("RecoveryPointSelection") or {}
        vaults, resources = chosen.get("VaultNames") or (), chosen.get("ResourceIdentifiers") or ()
        dates = chosen.get("DateRange")
        fits = not vaults or point.vault in vaults
        fits = fits and (not resources or point.resource_arn in resources)
        fits = fits and (not dates or dates["FromDate"].timestamp() <= point.began <= dates["ToDate"].timestamp())
        if hold["Status"] == "ACTIVE" and fits:
            return True
    return False


def keeps_for(vault: Any) -> str:
    """Mode of a vault's lock: ``COMPLIANCE``, ``GOVERNANCE`` or empty."""
    if not vault.locked:
        return ""
    return "COMPLIANCE" if vault.lock_date is not None else "GOVERNANCE"


def is_locked(point: Point) -> bool:
    """Whether the lock of its vault protects it now."""
    vault = vault_at(point.account, point.region, point.vault)
    # All of them, for as long as their own lifecycle says: the least retention is asked of jobs only.
    return vault is not None and bool(vault.locked)


def refuse_locked(point: Point) -> None:
    """Refuse to delete or change what is locked or held."""
    if is_locked(point):
        invalid_request(_LOCKED)
    if held_back(point):
        invalid_request("The recovery point cannot be deleted because it has active legal hold(s)")


def release(account: str, region: str) -> None:
    """Delete what only a legal hold has kept so far."""
    for point in list(book_at(account, region).points.values()):
        if point.status == "EXPIRED" and not held_back(point):
            drop(point)
