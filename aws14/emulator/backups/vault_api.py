"""Operations on vaults, holds and settings, as moto writes its own. Importing this imports moto."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from aws14.emulator.backups import automatic, lifecycles
from aws14.emulator.backups.answers import page, without_nothing
from aws14.emulator.backups.asking import book, known_vault
from aws14.emulator.backups.records import moment, new_id
from aws14.emulator.backups.refusals import invalid, invalid_request, not_found
from aws14.emulator.backups.vault_policy import check_policy, refuse_denied
from aws14.emulator.keys import find_key
from aws14.emulator.world import world

__all__ = ["Vaults"]

_GLOBAL = {"isCrossAccountBackupEnabled": "false", "isMpaEnabled": "false"}


class Vaults(BaseResponse):
    """Vaults, their policies and notifications; legal holds; settings."""

    backup_backend: Any
    params: dict[str, Any]

    def create_backup_vault(self) -> ActionResult:
        """Make a vault; without a key of one's own it has AWS's."""
        key = self.params.get("EncryptionKeyArn")
        if key and find_key(key, self.current_account, self.region) is None:
            invalid(f"Invalid encryption key: {key}")
        vault = self.backup_backend.create_backup_vault(
            backup_vault_name=self.params["BackupVaultName"],
            backup_vault_tags=self.params.get("BackupVaultTags"),
            encryption_key_arn=key,
            creator_request_id=self.params.get("CreatorRequestId"),
        )
        told = {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn}
        return ActionResult({**told, "CreationDate": vault.creation_date})

    def describe_backup_vault(self) -> ActionResult:
        """Tell a vault."""
        return ActionResult(self._told(known_vault(self)) | {"VaultType": "BACKUP_VAULT", "VaultState": "AVAILABLE"})

    def list_backup_vaults(self) -> ActionResult:
        """List the vaults."""
        told = [self._told(vault) for vault in self.backup_backend.vaults.values()]
        return ActionResult(page(told, "BackupVaultList", self.params))

    def _told(self, vault: Any) -> dict[str, Any]:
        points = sum(each.vault == vault.backup_vault_name for each in book(self).points.values())
        return {**vault.to_list_dict(), "NumberOfRecoveryPoints": points}

    def delete_backup_vault(self) -> EmptyResult:
        """Delete a vault that is empty."""
        vault = known_vault(self)
        name, kept = vault.backup_vault_name, book(self)
        refuse_denied(self, name, "backup:DeleteBackupVault")
        automatic.refuse_foreign(name)
        points = sum(each.vault == name for each in kept.points.values())
        if points:
            invalid_request(f"Backup vault cannot be deleted (contains {points} recovery points)")
        for each in (kept.policies, kept.notices):
            each.pop(name, None)
        self.backup_backend.delete_backup_vault(name)
        return EmptyResult()

    def put_backup_vault_access_policy(self) -> EmptyResult:
        """Let a policy say who may do what with a vault."""
        vault = known_vault(self)
        refuse_denied(self, vault.backup_vault_name, "backup:PutBackupVaultAccessPolicy")
        check_policy(self.params.get("Policy") or "")
        book(self).policies[vault.backup_vault_name] = self.params["Policy"]
        return EmptyResult()

    def get_backup_vault_access_policy(self) -> ActionResult:
        """Tell the policy of a vault."""
        vault = known_vault(self)
        policy = book(self).policies.get(vault.backup_vault_name)
        if policy is None:
            not_found(f"Backup vault {vault.backup_vault_name} has no associated policy")
        told = {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn, "Policy": policy}
        return ActionResult(told)

    def delete_backup_vault_access_policy(self) -> EmptyResult:
        """Take the policy of a vault away."""
        name = known_vault(self).backup_vault_name
        refuse_denied(self, name, "backup:DeleteBackupVaultAccessPolicy")
        book(self).policies.pop(name, None)
        return EmptyResult()

    def put_backup_vault_notifications(self) -> EmptyResult:
        """Let an SNS topic hear of the jobs of a vault."""
        wanted = {name: self.params[name] for name in ("SNSTopicArn", "BackupVaultEvents")}
        book(self).notices[known_vault(self).backup_vault_name] = wanted
        return EmptyResult()

    def get_backup_vault_notifications(self) -> ActionResult:
        """Tell who hears of the jobs of a vault."""
        vault = known_vault(self)
        wanted = book(self).notices.get(vault.backup_vault_name)
        if wanted is None:
            not_found(f"Failed reading notifications from Backup vault {vault.backup_vault_name}")
        told = {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn}
        return ActionResult({**told, **wanted})

    def delete_backup_vault_notifications(self) -> EmptyResult:
        """Let nobody hear of the jobs of a vault."""
        book(self).notices.pop(known_vault(self).backup_vault_name, None)
        return EmptyResult()

    def create_legal_hold(self) -> ActionResult:
        """Keep recovery points until the hold is released, whatever their lifecycle."""
        key = new_id()
        hold = without_nothing(
            {
                "Title": self.params["Title"],
                "Status": "ACTIVE",
                "Description": self.params["Description"],
                "LegalHoldId": key,
                "LegalHoldArn": f"arn:aws:backup:{self.region}:{self.current_account}:legal-hold:{key}",
                "CreationDate": moment(world().clock.now()),
                "RecoveryPointSelection": self.params.get("RecoveryPointSelection"),
            }
        )
        book(self).holds[key] = hold
        return ActionResult(hold)

    def _hold(self) -> dict[str, Any]:
        hold = book(self).holds.get(self.params["LegalHoldId"])
        if hold is None:
            not_found(f"Cannot find legal hold {self.params['LegalHoldId']}")
        return hold

    def get_legal_hold(self) -> ActionResult:
        """Tell a hold."""
        return ActionResult(self._hold())

    def list_legal_holds(self) -> ActionResult:
        """List the holds."""
        return ActionResult(page(list(book(self).holds.values()), "LegalHolds", self.params))

    def cancel_legal_hold(self) -> EmptyResult:
        """Release what a hold keeps."""
        hold = self._hold()
        hold["Status"], hold["CancelDescription"] = "CANCELED", self.params.get("CancelDescription") or ""
        hold["CancellationDate"] = moment(world().clock.now())
        lifecycles.release(self.current_account, self.region)
        return EmptyResult()

    def describe_global_settings(self) -> ActionResult:
        """Tell the settings of the account."""
        kept = book(self).settings.get("global") or {}
        return ActionResult({"GlobalSettings": _GLOBAL | kept})

    def update_global_settings(self) -> EmptyResult:
        """Change the settings of the account."""
        book(self).settings["global"] = _GLOBAL | dict(self.params.get("GlobalSettings") or {})
        return EmptyResult()

    def list_tags(self) -> ActionResult:
        """Tell the tags of a vault, a plan or a recovery point."""
        arn = self.params["ResourceArn"]
        point = book(self).points.get(arn)
        return ActionResult({"Tags": point.tags if point else self.backup_backend.list_tags(arn)})

    def tag_resource(self) -> EmptyResult:
        """Put tags on a vault, a plan or a recovery point."""
        arn, tags = self.params["ResourceArn"], self.params["Tags"]
        if point := book(self).points.get(arn):
            point.tags.update(tags)
        else:
            self.backup_backend.tag_resource(arn, tags)
        return EmptyResult()

    def untag_resource(self) -> EmptyResult:
        """Take tags away."""
        arn, names = self.params["ResourceArn"], self.params["TagKeyList"]
        if point := book(self).points.get(arn):
            for name in names:
                point.tags.pop(name, None)
        else:
            self.backup_backend.untag_resource(arn, names)
        return EmptyResult()
