"""Operations on jobs, as moto writes its own. Importing this imports moto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from aws14.emulator.backups import automatic, copies, jobs, lifecycles, restores
from aws14.emulator.backups.answers import backup_job, copy_job, page, restore_job
from aws14.emulator.backups.asking import book, known_vault
from aws14.emulator.backups.records import in_utc, moment
from aws14.emulator.backups.refusals import invalid, invalid_request, missing_parameter, not_found
from aws14.emulator.backups.resources import kind_of_arn
from aws14.emulator.backups.vault_policy import refuse_denied

__all__ = ["Jobs"]


class Jobs(BaseResponse):
    """Backup, copy and restore jobs."""

    params: dict[str, Any]

    def start_backup_job(self) -> ActionResult:
        """Back up a resource now."""
        vault, resource = known_vault(self), self.params["ResourceArn"]
        automatic.refuse_foreign(vault.backup_vault_name)
        kind = kind_of_arn(resource)
        if kind is None:
            invalid(f"Invalid resource ARN or unsupported resource type: {resource}")
        if kind.find(resource) is None:
            not_found(f"{resource} does not exist")
        lifecycles.check(self.params.get("Lifecycle"))
        job = self._repeated(book(self).jobs) or jobs.create(
            self.current_account,
            self.region,
            vault=vault.backup_vault_name,
            resource=resource,
            role=self.params["IamRoleArn"],
            asked=self.params,
        )
        self._remember(job.id)
        return ActionResult({"BackupJobId": job.id, "CreationDate": moment(job.created), "IsParent": False})

    def _repeated(self, made: Mapping[str, Any]) -> Any:
        """The job that the same token has made before."""
        return made.get(book(self).tokens.get(self.params.get("IdempotencyToken") or "", ""))

    def _remember(self, key: str) -> None:
        if self.params.get("IdempotencyToken"):
            book(self).tokens[self.params["IdempotencyToken"]] = key

    def describe_backup_job(self) -> ActionResult:
        """Tell a job."""
        return ActionResult(backup_job(self._backup_job()))

    def _backup_job(self) -> Any:
        job = book(self).jobs.get(self.params["BackupJobId"])
        if job is None:
            not_found(f"Cannot find backup job with id {self.params['BackupJobId']}")
        return job

    def stop_backup_job(self) -> EmptyResult:
        """Abort a job."""
        job = self._backup_job()
        if job.state not in {"CREATED", "RUNNING"}:
            invalid_request(f"Backup job {job.id} is in state {job.state} and cannot be stopped")
        jobs.stop(job)
        return EmptyResult()

    def list_backup_jobs(self) -> ActionResult:
        """List jobs, the newest first."""
        found = [backup_job(each) for each in book(self).jobs.values()]
        ways = {"ByResourceArn": "ResourceArn", "ByState": "State", "ByBackupVaultName": "BackupVaultName"}
        return ActionResult(page(self._chosen(found, ways), "BackupJobs", self.params))

    def _chosen(self, found: Iterable[dict[str, Any]], ways: dict[str, str]) -> list[dict[str, Any]]:
        ways = ways | {"ByResourceType": "ResourceType", "ByAccountId": "AccountId"}
        after, before = in_utc(self.params.get("ByCreatedAfter")), in_utc(self.params.get("ByCreatedBefore"))
        chosen = [
            each
            for each in found
            if all(self.params.get(by) in (None, "*", each.get(name)) for by, name in ways.items())
            and (after is None or each["CreationDate"] >= after)
            and (before is None or each["CreationDate"] <= before)
        ]
        return sorted(chosen, key=lambda each: each["CreationDate"], reverse=True)

    def start_copy_job(self) -> ActionResult:
        """Copy a recovery point to another vault."""
        vault = known_vault(self, self.params["SourceBackupVaultName"].rpartition(":")[2])
        point = book(self).points.get(self.params["RecoveryPointArn"])
        if point is None or point.vault != vault.backup_vault_name:
            not_found(f"Cannot find recovery point {self.params['RecoveryPointArn']}")
        refuse_denied(self, point.vault, "backup:StartCopyJob")
        automatic.refuse_foreign(self.params["DestinationBackupVaultArn"])
        if not point.done:
            invalid_request(f"Recovery point {point.arn} is not completed")
        lifecycles.check(self.params.get("Lifecycle"))
        destination, lifecycle = self.params["DestinationBackupVaultArn"], self.params.get("Lifecycle")
        job = self._repeated(book(self).copies) or copies.create(
            point, destination, self.params["IamRoleArn"], lifecycle=lifecycle
        )
        self._remember(job.id)
        return ActionResult({"CopyJobId": job.id, "CreationDate": moment(job.created), "IsParent": False})

    def describe_copy_job(self) -> ActionResult:
        """Tell a copy job."""
        job = book(self).copies.get(self.params["CopyJobId"])
        if job is None:
            not_found(f"Cannot find copy job with id {self.params['CopyJobId']}")
        return ActionResult({"CopyJob": copy_job(job)})

    def list_copy_jobs(self) -> ActionResult:
        """List copy jobs, the newest first."""
        found = [copy_job(each) for each in book(self).copies.values()]
        ways = {
            "ByResourceArn": "ResourceArn",
            "ByState": "State",
            "ByDestinationVaultArn": "DestinationBackupVaultArn",
            "BySourceRecoveryPointArn": "SourceRecoveryPointArn",
        }
        return ActionResult(page(self._chosen(found, ways), "CopyJobs", self.params))

    def start_restore_job(self) -> ActionResult:
        """Restore a recovery point."""
        point = book(self).points.get(self.params["RecoveryPointArn"])
        if point is None:
            not_found(f"Cannot find recovery point {self.params['RecoveryPointArn']}")
        refuse_denied(self, point.vault, "backup:StartRestoreJob")
        if not point.done:
            invalid_request(f"Recovery point {point.arn} is not completed")
        if not self.params.get("IamRoleArn"):
            missing_parameter("IamRoleArn is required")
        job = self._repeated(book(self).restores)
        if job is None:
            job = restores.create(point, self.params["Metadata"], self.params["IamRoleArn"])
            job.copies_tags = bool(self.params.get("CopySourceTagsToRestoredResource"))
        self._remember(job.id)
        return ActionResult({"RestoreJobId": job.id})

    def _restore_job(self) -> Any:
        job = book(self).restores.get(self.params["RestoreJobId"])
        if job is None:
            not_found(f"Cannot find restore job with id {self.params['RestoreJobId']}")
        return job

    def describe_restore_job(self) -> ActionResult:
        """Tell a restore job."""
        return ActionResult(restore_job(self._restore_job()))

    def get_restore_job_metadata(self) -> ActionResult:
        """Tell what a restore job was given."""
        job = self._restore_job()
        return ActionResult({"RestoreJobId": job.id, "Metadata": job.metadata})

    def put_restore_validation_result(self) -> EmptyResult:
        """Say whether what a restore test made is good."""
        job = self._restore_job()
        if job.validation != "VALIDATING":
            invalid_request(f"Restore job {job.id} is not waiting for a validation")
        job.validation = self.params["ValidationStatus"]
        job.validation_message = self.params.get("ValidationStatusMessage") or ""
        return EmptyResult()

    def list_restore_jobs(self) -> ActionResult:
        """List restore jobs, the newest first."""
        found = [restore_job(each) for each in book(self).restores.values()]
        plan = self.params.get("ByRestoreTestingPlanArn")
        tested = [each for each in found if plan in (None, (each.get("CreatedBy") or {}).get("RestoreTestingPlanArn"))]
        return ActionResult(page(self._chosen(tested, {"ByStatus": "Status"}), "RestoreJobs", self.params))

    def list_restore_jobs_by_protected_resource(self) -> ActionResult:
        """List the restore jobs of one resource."""
        found = [restore_job(each) for each in book(self).restores.values()]
        own = [each for each in found if each["SourceResourceArn"] == self.params["ResourceArn"]]
        return ActionResult(page(self._chosen(own, {"ByStatus": "Status"}), "RestoreJobs", self.params))
