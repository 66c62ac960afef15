"""What EFS's automatic backups leave of a file system: recovery points in a vault of AWS's own, which cost.

The vault stays, it belongs to AWS; its policy denies deletions to everybody, and may be replaced by anybody who may.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from aws14.cloud.presence import Params, is_missing

__all__ = ["VAULT", "are_there", "delete"]

VAULT = "aws/efs/automatic-backup-vault"

_DELETING = "backup:DeleteRecoveryPoint"


def are_there(client: Any, file_system: str, params: Params) -> bool:
    """Whether the vault holds recovery points of a file system.

    Parameters
    ----------
    client : boto3 client
        Of AWS Backup.
    file_system : str
        Its id; it may be gone.
    params : Mapping
        Not looked at.
    """
    del params
    return bool(_points(client, file_system))


def delete(client: Any, file_system: str) -> None:
    """Delete the recovery points of a file system, and leave the vault's policy as it was.

    Parameters
    ----------
    client : boto3 client
        Of AWS Backup.
    file_system : str
        Its id.

    Raises
    ------
    ClientError
        AWS's own.
    """
    for state in ("CREATED", "RUNNING"):
        for job in client.list_backup_jobs(ByBackupVaultName=VAULT, ByState=state)["BackupJobs"]:
            if _is_of(job, file_system):
                client.stop_backup_job(BackupJobId=job["BackupJobId"])
    with _deletions_allowed(client):
        for point in _points(client, file_system):
            client.delete_recovery_point(BackupVaultName=VAULT, RecoveryPointArn=point)


def _is_of(told: dict[str, Any], file_system: str) -> bool:
    return str(told["ResourceArn"]).endswith(f":file-system/{file_system}")


def _points(client: Any, file_system: str) -> list[str]:
    # By the list of vaults: to ask for what lies in a vault that is not there is denied, not answered.
    vaults = client.get_paginator("list_backup_vaults").paginate()
    if all(vault["BackupVaultName"] != VAULT for page in vaults for vault in page["BackupVaultList"]):
        return []
    pages = client.get_paginator("list_recovery_points_by_backup_vault").paginate(BackupVaultName=VAULT)
    found = (point for page in pages for point in page["RecoveryPoints"])
    return [p["RecoveryPointArn"] for p in found if _is_of(p, file_system) and p["Status"] != "DELETING"]


@contextmanager
def _deletions_allowed(client: Any) -> Iterator[None]:
    policy = _policy(client)
    if not policy:
        yield
        return
    client.put_backup_vault_access_policy(BackupVaultName=VAULT, Policy=_without_that_denial(policy))
    try:
        yield
    finally:
        client.put_backup_vault_access_policy(BackupVaultName=VAULT, Policy=policy)


def _policy(client: Any) -> str:
    try:
        return str(client.get_backup_vault_access_policy(BackupVaultName=VAULT)["Policy"])
    except ClientError as error:
        if is_missing(error):
            return ""
        raise


def _without_that_denial(policy: str) -> str:
    """The policy as it is, but for what it denies about deleting recovery points."""
    document = json.loads(policy)
    for statement in document["Statement"]:
        named = statement.get("Action", ())
        actions = [named] if isinstance(named, str) else list(named)
        if statement.get("Effect") == "Deny" and _DELETING in actions:
            statement["Action"] = [each for each in actions if each != _DELETING]
    document["Statement"] = [each for each in document["Statement"] if each.get("Action") != []]
    return json.dumps(document)
