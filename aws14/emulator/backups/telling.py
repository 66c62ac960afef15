"""What AWS Backup tells: events on the default bus of EventBridge, notifications of a vault to an SNS topic."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.backups.records import BackupJob, CopyJob, Point, RestoreJob, book_at
from aws14.emulator.event_bus.delivering import emit

__all__ = ["backup_job", "copy_job", "recovery_point", "restore_job"]

_NOTICES = {
    "RUNNING": "{}_JOB_STARTED",
    "COMPLETED": "{}_JOB_SUCCESSFUL",
    "FAILED": "{}_JOB_FAILED",
    "EXPIRED": "{}_JOB_EXPIRED",
}


def _tell(who: tuple[str, str], kind: str, resources: list[str], detail: Mapping[str, Any]) -> None:
    kept = {name: value for name, value in detail.items() if value not in ("", None)}
    if "moto.events.models" in sys.modules:  # nobody has asked for EventBridge: nobody hears
        emit(*who, {"source": "aws.backup", "detail-type": kind, "resources": resources, "detail": kept})


def _when(epoch_s: float) -> str:
    return datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def backup_job(job: BackupJob) -> None:
    """A backup job has another state."""
    vault = f"arn:aws:backup:{job.region}:{job.account}:backup-vault:{job.vault}"
    detail = {
        "backupJobId": job.id,
        "backupVaultArn": vault,
        "backupVaultName": job.vault,
        "creationDate": _when(job.created),
        "iamRoleArn": job.role,
        "resourceArn": job.resource_arn,
        "resourceType": job.resource_type,
        "state": job.state,
        "statusMessage": job.message,
        "startBy": _when(job.start_by),
        "createdBy": {k[0].lower() + k[1:]: v for k, v in job.created_by.items()} or None,
    }
    _tell((job.account, job.region), "Backup Job State Change", [job.point] if job.point else [], detail)
    _notify((job.account, job.region), job.vault, ("BACKUP", job.state), job.resource_arn)


def copy_job(job: CopyJob) -> None:
    """A copy job has another state."""
    detail = {
        "copyJobId": job.id,
        "sourceBackupVaultArn": job.source_vault,
        "sourceRecoveryPointArn": job.source_point,
        "destinationBackupVaultArn": job.destination_vault,
        "destinationRecoveryPointArn": job.destination_point,
        "resourceArn": job.resource_arn,
        "resourceType": job.resource_type,
        "state": job.state,
        "statusMessage": job.message,
    }
    _tell((job.account, job.region), "Copy Job State Change", [job.source_point], detail)
    _notify((job.account, job.region), job.source_vault.rpartition(":")[2], ("COPY", job.state), job.resource_arn)


def restore_job(job: RestoreJob) -> None:
    """A restore job has another state."""
    detail = {
        "restoreJobId": job.id,
        "backupSizeInBytes": str(job.size_bytes),
        "creationDate": _when(job.created),
        "iamRoleArn": job.role,
        "resourceType": job.resource_type,
        "status": job.state,
        "statusMessage": job.message,
        "sourceResourceArn": job.resource_arn,
        "createdResourceArn": job.made,
        "restoreTestingPlanArn": job.testing_plan,
    }
    _tell((job.account, job.region), "Restore Job State Change", [job.point], detail)
    _notify((job.account, job.region), job.vault, ("RESTORE", job.state), job.resource_arn)


def recovery_point(point: Point, status: str) -> None:
    """A recovery point was made, moved to cold storage or deleted."""
    detail = {
        "backupVaultName": point.vault,
        "recoveryPointArn": point.arn,
        "resourceArn": point.resource_arn,
        "resourceType": point.resource_type,
        "status": status,
        "storageClass": "COLD" if point.cold else "WARM",
    }
    _tell((point.account, point.region), "Recovery Point State Change", [point.arn], detail)


def _notify(who: tuple[str, str], vault: str, what: tuple[str, str], resource: str) -> None:
    wanted = book_at(*who).notices.get(vault)
    name = _NOTICES.get(what[1], "").format(what[0])
    both = {name, f"{what[0]}_JOB_COMPLETED"} if what[1] in ("COMPLETED", "FAILED", "EXPIRED") else {name}
    if not wanted or not name or not both & set(wanted["BackupVaultEvents"]):
        return
    from moto.sns.models import sns_backends

    topic = wanted["SNSTopicArn"]
    backend = sns_backends[topic.split(":")[4]][topic.split(":")[3]]
    if topic in backend.topics:
        word = {"BACKUP": "backup", "COPY": "copy", "RESTORE": "restore"}[what[0]]
        text = f"An AWS Backup job was {what[1].lower()}. Resource ARN : {resource}. Job type: {word}."
        attributes = {"EventType": {"Type": "String", "Value": f"{what[0]}_JOB"}, "State": {
            "Type": "String", "Value": what[1]}}  # fmt: skip
        backend.publish(text, arn=topic, subject="Notification from AWS Backup", message_attributes=attributes)
