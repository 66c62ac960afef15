"""Kinds of what keeps copies: vaults, plans and tests of AWS Backup, policies of DLM, keys of KMS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from aws14.cloud import automatic_points, deletion, presence
from aws14.cloud.kinds.kind import Kind
from aws14.cloud.vault_locks import empty_vault

_SHORTEST_WAIT_DAYS = 7


def _vault_exists(client: Any, key: str, params: presence.Params) -> bool:
    """By the list: to describe a vault that is not there is denied, not answered."""
    del params
    pages = client.get_paginator("list_backup_vaults").paginate()
    return any(vault["BackupVaultName"] == key for page in pages for vault in page["BackupVaultList"])


def _delete_vault(client: Any, key: str) -> object:
    """With its recovery points; what a lock keeps stays, and the vault with it."""
    for state in ("CREATED", "RUNNING"):
        for job in client.list_backup_jobs(ByBackupVaultName=key, ByState=state)["BackupJobs"]:
            client.stop_backup_job(BackupJobId=job["BackupJobId"])
    empty_vault(client, key)
    return client.delete_backup_vault(BackupVaultName=key)


def _job_exists(client: Any, key: str, params: presence.Params) -> bool:
    """A job that failed is made again; so is one whose recovery point is gone."""
    del params
    try:
        job = client.describe_backup_job(BackupJobId=key)
        if job["State"] in ("FAILED", "ABORTED", "EXPIRED"):
            return False
        if job["State"] == "COMPLETED":
            vault, point = job["BackupVaultName"], job["RecoveryPointArn"]
            client.describe_recovery_point(BackupVaultName=vault, RecoveryPointArn=point)
    except ClientError as error:
        if presence.is_missing(error):
            return False
        raise
    return True


def _delete_plan(client: Any, key: str) -> object:
    for each in client.list_backup_selections(BackupPlanId=key)["BackupSelectionsList"]:
        client.delete_backup_selection(BackupPlanId=key, SelectionId=each["SelectionId"])
    return client.delete_backup_plan(BackupPlanId=key)


def _delete_testing_plan(client: Any, key: str) -> object:
    for each in client.list_restore_testing_selections(RestoreTestingPlanName=key)["RestoreTestingSelections"]:
        name = each["RestoreTestingSelectionName"]
        client.delete_restore_testing_selection(RestoreTestingPlanName=key, RestoreTestingSelectionName=name)
    return client.delete_restore_testing_plan(RestoreTestingPlanName=key)


def _key_exists(client: Any, key: str, params: presence.Params) -> bool:
    """A key that waits for its deletion is as good as gone: it costs nothing, and nobody can do more."""
    del params
    try:
        return bool(client.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingDeletion")
    except ClientError as error:
        if presence.is_missing(error):
            return False
        raise


def _alias_exists(client: Any, key: str, params: presence.Params) -> bool:
    del params
    pages = client.get_paginator("list_aliases").paginate()
    return any(alias["AliasName"] == key for page in pages for alias in page["Aliases"])


BACKUPS: Mapping[str, Kind] = {
    "backup-plan": Kind(
        service="backup",
        order=11,
        exists=presence.got("get_backup_plan", "BackupPlanId"),
        delete=_delete_plan,
    ),
    "backup-selection": Kind(
        service="backup",
        order=11,
        exists=presence.got("get_backup_selection", "BackupPlanId", "SelectionId"),
    ),
    "restore-testing-plan": Kind(
        service="backup",
        order=11,
        exists=presence.got("get_restore_testing_plan", "RestoreTestingPlanName"),
        delete=_delete_testing_plan,
    ),
    "restore-testing-selection": Kind(
        service="backup",
        order=11,
        exists=presence.got("get_restore_testing_selection", "RestoreTestingPlanName", "RestoreTestingSelectionName"),
    ),
    "backup-job": Kind(service="backup", order=12, exists=_job_exists),
    "backup-vault": Kind(service="backup", order=12, exists=_vault_exists, delete=_delete_vault),
    # After the file system: until then it is taken every day.
    "automatic-backups": Kind(
        service="backup", order=18, exists=automatic_points.are_there, delete=automatic_points.delete
    ),
    "dlm-policy": Kind(
        service="dlm",
        order=11,
        exists=presence.got("get_lifecycle_policy", "PolicyId"),
        delete=deletion.call("delete_lifecycle_policy", "PolicyId"),
    ),
    "key-alias": Kind(service="kms", order=94, exists=_alias_exists, delete=deletion.call("delete_alias", "AliasName")),
    "key": Kind(
        service="kms",
        order=95,
        exists=_key_exists,
        delete=deletion.call("schedule_key_deletion", "KeyId", PendingWindowInDays=_SHORTEST_WAIT_DAYS),
    ),
}
"""Kind -> how it is seen and deleted."""
