"""Operations on recovery points and protected resources, as moto writes its own. Importing this imports moto."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from aws14.emulator.backups import lifecycles
from aws14.emulator.backups.answers import page, recovery_point, without_nothing
from aws14.emulator.backups.asking import book, known_point, known_vault
from aws14.emulator.backups.records import Point, in_utc, moment
from aws14.emulator.backups.refusals import not_found
from aws14.emulator.backups.resources import kinds
from aws14.emulator.backups.vault_policy import refuse_denied

__all__ = ["Points"]


class Points(BaseResponse):
    """Recovery points, and what they protect."""

    params: dict[str, Any]

    def describe_recovery_point(self) -> ActionResult:
        """Tell a recovery point."""
        return ActionResult(recovery_point(known_point(self)))

    def list_recovery_points_by_backup_vault(self) -> ActionResult:
        """List the recovery points of a vault, the newest first."""
        vault = known_vault(self)
        points = [each for each in book(self).points.values() if each.vault == vault.backup_vault_name]
        told = [recovery_point(each) for each in self._chosen_points(points)]
        for each in told:
            each.pop("StorageClass")
        return ActionResult(page(told, "RecoveryPoints", self.params))

    def _chosen_points(self, points: list[Point]) -> list[Point]:
        asked = self.params
        after, before = in_utc(asked.get("ByCreatedAfter")), in_utc(asked.get("ByCreatedBefore"))
        chosen = [
            each
            for each in points
            if asked.get("ByResourceArn") in (None, each.resource_arn)
            and asked.get("ByResourceType") in (None, each.resource_type)
            and asked.get("ByBackupPlanId") in (None, each.created_by.get("BackupPlanId"))
            and (after is None or each.began >= after.timestamp())
            and (before is None or each.began <= before.timestamp())
        ]
        return sorted(chosen, key=lambda each: each.began, reverse=True)

    def list_recovery_points_by_resource(self) -> ActionResult:
        """List the recovery points of a resource, the newest first."""
        own = [each for each in book(self).points.values() if each.resource_arn == self.params["ResourceArn"]]
        told = [
            without_nothing(
                {
                    "RecoveryPointArn": each.arn,
                    "CreationDate": moment(each.began),
                    "Status": each.status if each.done else "CREATING",
                    "EncryptionKeyArn": each.key,
                    "BackupSizeBytes": each.size_bytes,
                    "BackupVaultName": each.vault,
                    "IsParent": False,
                    "ResourceName": each.resource_name,
                    "VaultType": "BACKUP_VAULT",
                }
            )
            for each in sorted(own, key=lambda each: each.began, reverse=True)
        ]
        return ActionResult(page(told, "RecoveryPoints", self.params))

    def delete_recovery_point(self) -> EmptyResult:
        """Delete a recovery point, unless a policy, a lock or a hold forbids it."""
        point = known_point(self)
        refuse_denied(self, point.vault, "backup:DeleteRecoveryPoint")
        lifecycles.refuse_locked(point)
        lifecycles.drop(point)
        return EmptyResult()

    def update_recovery_point_lifecycle(self) -> ActionResult:
        """Keep a recovery point for another time."""
        point, asked = known_point(self), dict(self.params.get("Lifecycle") or {})
        refuse_denied(self, point.vault, "backup:UpdateRecoveryPointLifecycle")
        lifecycles.check(asked)
        lifecycles.refuse_locked(point)
        point.lifecycle = asked
        lifecycles.arm(point)
        told = {
            "BackupVaultArn": known_vault(self).backup_vault_arn,
            "RecoveryPointArn": point.arn,
            "Lifecycle": asked,
            "CalculatedLifecycle": lifecycles.calculated(point),
        }
        return ActionResult(told)

    def get_recovery_point_restore_metadata(self) -> ActionResult:
        """Tell what a restore of a recovery point is offered."""
        point = known_point(self)
        told = {
            "BackupVaultArn": known_vault(self).backup_vault_arn,
            "RecoveryPointArn": point.arn,
            "RestoreMetadata": point.metadata,
            "ResourceType": point.resource_type,
        }
        return ActionResult(told)

    def list_protected_resources(self) -> ActionResult:
        """List what has recovery points, with the last of each."""
        return ActionResult(page(_protected(list(book(self).points.values())), "Results", self.params))

    def list_protected_resources_by_backup_vault(self) -> ActionResult:
        """List what has recovery points in a vault."""
        vault = known_vault(self)
        points = [each for each in book(self).points.values() if each.vault == vault.backup_vault_name]
        return ActionResult(page(_protected(points), "Results", self.params))

    def describe_protected_resource(self) -> ActionResult:
        """Tell when a resource was last backed up and restored."""
        points = [each for each in book(self).points.values() if each.resource_arn == self.params["ResourceArn"]]
        if not points:
            not_found(f"Resource {self.params['ResourceArn']} is not protected")
        told = _protected(points)[0]
        done = [
            each
            for each in book(self).restores.values()
            if each.resource_arn == self.params["ResourceArn"] and each.state == "COMPLETED"
        ]
        if done:
            last = max(done, key=lambda each: each.completed)
            told["LatestRestoreExecutionTimeMinutes"] = int((last.completed - last.created) // 60)
            told["LatestRestoreJobCreationDate"] = moment(last.created)
            told["LatestRestoreRecoveryPointCreationDate"] = moment(last.point_created)
        return ActionResult(told)

    def get_supported_resource_types(self) -> ActionResult:
        """Tell what can be backed up here."""
        return ActionResult({"ResourceTypes": [kind.name for kind in kinds()]})


def _protected(points: list[Point]) -> list[dict[str, Any]]:
    last: dict[str, Point] = {}
    for point in sorted(points, key=lambda each: each.began):
        if point.done:
            last[point.resource_arn] = point
    return [
        without_nothing(
            {
                "ResourceArn": arn,
                "ResourceType": point.resource_type,
                "ResourceName": point.resource_name,
                "LastBackupTime": moment(point.began),
                "LastBackupVaultArn": f"arn:aws:backup:{point.region}:{point.account}:backup-vault:{point.vault}",
                "LastRecoveryPointArn": point.arn,
            }
        )
        for arn, point in last.items()
    ]
