"""What the operations of AWS Backup share: who asks, about what."""

from __future__ import annotations

from typing import Any

from aws14.emulator.backups.records import Book, Point, book_at, vault_at
from aws14.emulator.backups.refusals import not_found

__all__ = ["book", "known_point", "known_vault"]


def book(response: Any) -> Book:
    """The book of the account and region that asks."""
    return book_at(response.current_account, response.region)


def known_vault(response: Any, name: str | None = None) -> Any:
    """The vault that a call names.

    Raises
    ------
    JsonRESTError
        ``ResourceNotFoundException``.
    """
    wanted = name if name is not None else response.params["BackupVaultName"]
    vault = vault_at(response.current_account, response.region, wanted)
    if vault is None:
        not_found(f"Failed reading Backup vault with provided name {wanted}")
    return vault


def known_point(response: Any) -> Point:
    """The recovery point that a call names, in the vault that it names."""
    vault = known_vault(response)
    point = book(response).points.get(response.params["RecoveryPointArn"])
    if point is None or point.vault != vault.backup_vault_name:
        not_found(f"Cannot find recovery point {response.params['RecoveryPointArn']}")
    return point
