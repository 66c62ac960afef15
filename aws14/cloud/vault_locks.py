"""Emptying a vault of AWS Backup: its lock is lifted where it lets one, and a sentence says what it keeps where not."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

__all__ = ["empty_vault"]

_LOCKED = "Lock"


def empty_vault(client: Any, vault: str) -> None:
    """Delete all recovery points of a vault.

    Parameters
    ----------
    client : boto3 client
        Of AWS Backup.
    vault : str
        Its name.

    Raises
    ------
    ClientError
        AWS's own, or one that says how many points a lock keeps, and until when.
    """
    _lift_lock(client, vault)
    pages = client.get_paginator("list_recovery_points_by_backup_vault").paginate(BackupVaultName=vault)
    points = [point for page in pages for point in page["RecoveryPoints"]]
    for point in points:
        if not _deleted(client, vault, point):
            raise _keeps(vault, points)  # a lock keeps all of them or none


def _lift_lock(client: Any, vault: str) -> None:
    """In governance mode, and within the days of grace of compliance mode, it can be lifted."""
    try:
        client.delete_backup_vault_lock_configuration(BackupVaultName=vault)
    except ClientError as error:
        # A vault without a lock has none to lift; a final one stays.
        if error.response["Error"]["Code"] not in ("InvalidRequestException", "ResourceNotFoundException"):
            raise


def _deleted(client: Any, vault: str, point: dict[str, Any]) -> bool:
    try:
        client.delete_recovery_point(BackupVaultName=vault, RecoveryPointArn=point["RecoveryPointArn"])
    except ClientError as error:
        if _LOCKED not in error.response["Error"]["Message"]:
            raise
        return False
    return True


def _keeps(vault: str, kept: list[dict[str, Any]]) -> ClientError:
    ends = [point.get("CalculatedLifecycle", {}).get("DeleteAt") for point in kept]
    known = [each for each in ends if each is not None]
    until = f"until {max(known):%Y-%m-%d}" if len(known) == len(ends) else "for ever"
    cure = "nobody can delete them before; let the time pass (advance in the embedded AWS), then clean up again"
    text = f"its lock keeps {len(kept)} recovery points in {vault} {until}: {cure}"
    answer = {"Error": {"Code": "InvalidRequestException", "Message": text}, "ResponseMetadata": {}}
    return ClientError(answer, "DeleteRecoveryPoint")
