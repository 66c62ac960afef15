"""Recovery points and jobs as answers hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws14.emulator.backups import jobs, lifecycles, restores
from aws14.emulator.backups.records import BackupJob, CopyJob, Point, RestoreJob, moment, vault_at, vault_of_arn
from aws14.emulator.backups.resources.kind import KEY_OF_SOURCE

__all__ = ["backup_job", "copy_job", "page", "recovery_point", "restore_job", "without_nothing"]

_MOST = 1000


def without_nothing(told: dict[str, Any]) -> dict[str, Any]:
    """An answer without what is not known."""
    return {name: value for name, value in told.items() if value is not None and value not in ("", {})}


def page(items: Sequence[Any], name: str, asked: dict[str, Any]) -> dict[str, Any]:
    """A page of a list, with the token of the next."""
    start = int(asked.get("NextToken") or 0)
    end = start + int(asked.get("MaxResults") or _MOST)
    token = {"NextToken": str(end)} if end < len(items) else {}
    return {name: list(items[start:end]), **token}


def _vault_arn(account: str, region: str, name: str) -> str:
    return f"arn:aws:backup:{region}:{account}:backup-vault:{name}"


def recovery_point(point: Point) -> dict[str, Any]:
    """As ``describe_recovery_point`` has it."""
    vault = vault_at(point.account, point.region, point.vault)
    return without_nothing(
        {
            "RecoveryPointArn": point.arn,
            "BackupVaultName": point.vault,
            "BackupVaultArn": _vault_arn(point.account, point.region, point.vault),
            "SourceBackupVaultArn": point.source_vault,
            "ResourceArn": point.resource_arn,
            "ResourceType": point.resource_type,
            "ResourceName": point.resource_name,
            "CreatedBy": point.created_by,
            "IamRoleArn": point.role,
            "Status": point.status if point.done else "CREATING",
            "StatusMessage": point.reason,
            "CreationDate": moment(point.began),
            "InitiationDate": moment(point.began),
            "CompletionDate": moment(point.done),
            "BackupSizeInBytes": point.size_bytes,
            "CalculatedLifecycle": lifecycles.calculated(point),
            "Lifecycle": point.lifecycle,
            "EncryptionKeyArn": point.key or (vault.encryption_key_arn if vault is not None else None),
            "IsEncrypted": bool(point.key) or point.resource_type not in KEY_OF_SOURCE,
            "StorageClass": "COLD" if point.cold else "WARM",
            "LastRestoreTime": moment(point.restored),
            "IsParent": False,
            "VaultType": "BACKUP_VAULT",
        }
    )


def backup_job(job: BackupJob) -> dict[str, Any]:
    """As ``describe_backup_job`` has it."""
    vault = vault_at(job.account, job.region, job.vault)
    lock = lifecycles.keeps_for(vault) if vault is not None else ""
    return without_nothing(
        {
            "AccountId": job.account,
            "BackupJobId": job.id,
            "BackupVaultName": job.vault,
            "BackupVaultArn": _vault_arn(job.account, job.region, job.vault),
            "VaultType": "BACKUP_VAULT",
            "VaultLockState": lock,
            "RecoveryPointArn": job.point,
            "RecoveryPointLifecycle": dict(job.asked.get("Lifecycle") or {}),
            "ResourceArn": job.resource_arn,
            "ResourceName": job.resource_name,
            "ResourceType": job.resource_type,
            "CreationDate": moment(job.created),
            "InitiationDate": moment(job.created),
            "CompletionDate": moment(job.completed),
            "ExpectedCompletionDate": moment(job.ends),
            "StartBy": moment(job.start_by),
            "State": job.state,
            "StatusMessage": job.message,
            "PercentDone": f"{jobs.percent(job):.1f}",
            "BackupSizeInBytes": job.size_bytes if job.point else None,
            "BytesTransferred": job.size_bytes if job.state == "COMPLETED" else None,
            "IamRoleArn": job.role,
            "CreatedBy": job.created_by,
            "IsParent": False,
            "MessageCategory": "SUCCESS" if not job.message else "FAILURE",
        }
    )


def copy_job(job: CopyJob) -> dict[str, Any]:
    """As ``describe_copy_job`` has it."""
    vault = vault_of_arn(job.destination_vault)
    return without_nothing(
        {
            "AccountId": job.account,
            "CopyJobId": job.id,
            "SourceBackupVaultArn": job.source_vault,
            "SourceRecoveryPointArn": job.source_point,
            "DestinationBackupVaultArn": job.destination_vault,
            "DestinationVaultLockState": lifecycles.keeps_for(vault) if vault is not None else "",
            "DestinationRecoveryPointArn": job.destination_point,
            "DestinationRecoveryPointLifecycle": job.lifecycle,
            "ResourceArn": job.resource_arn,
            "ResourceName": job.resource_name,
            "ResourceType": job.resource_type,
            "CreationDate": moment(job.created),
            "CompletionDate": moment(job.completed),
            "State": job.state,
            "StatusMessage": job.message,
            "BackupSizeInBytes": job.size_bytes,
            "IamRoleArn": job.role,
            "CreatedBy": job.created_by,
            "CreatedByBackupJobId": job.backup_job,
            "IsParent": False,
        }
    )


def restore_job(job: RestoreJob) -> dict[str, Any]:
    """As ``describe_restore_job`` has it."""
    return without_nothing(
        {
            "AccountId": job.account,
            "RestoreJobId": job.id,
            "RecoveryPointArn": job.point,
            "SourceResourceArn": job.resource_arn,
            "BackupVaultArn": _vault_arn(job.account, job.region, job.vault),
            "CreationDate": moment(job.created),
            "CompletionDate": moment(job.completed),
            "Status": job.state,
            "StatusMessage": job.message,
            "PercentDone": f"{restores.percent(job):.2f}%",
            "BackupSizeInBytes": job.size_bytes,
            "IamRoleArn": job.role,
            "CreatedResourceArn": job.made if job.state == "COMPLETED" else None,
            "ResourceType": job.resource_type,
            "RecoveryPointCreationDate": moment(job.point_created),
            "CreatedBy": {"RestoreTestingPlanArn": job.testing_plan} if job.testing_plan else None,
            "ValidationStatus": job.validation,
            "ValidationStatusMessage": job.validation_message,
            "DeletionStatus": job.deletion,
            "IsParent": False,
        }
    )
