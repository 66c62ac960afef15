"""EFS's automatic backups: the vault and the plan that AWS makes for an account in a region, and what they take.

The plan selects by a tag that EFS puts on a file system whose backup policy is ENABLED. Its id is the same in every
account that was seen. Sources: EFS user guide, "Managing automatic backups of EFS file systems"; AWS Backup developer
guide, "Working with Amazon EFS"; Security Hub user guide, the example of an AwsBackupRecoveryPoint; the vault's policy
as AWS hands it out (rebuy-de/aws-nuke, pull request 1110).
"""

from __future__ import annotations

import json
from typing import Any

from aws14.catalog import quota
from aws14.emulator.backups import planning
from aws14.emulator.backups.records import book_at, new_id
from aws14.emulator.backups.refusals import access_denied
from aws14.emulator.backups.resources.kind import parts_of
from aws14.emulator.backups.roles import service_linked_role
from aws14.emulator.files.efs_records import file_systems
from aws14.emulator.world import world

__all__ = ["PLAN", "VAULT", "begin", "end", "refuse_foreign"]

VAULT = "aws/efs/automatic-backup-vault"
PLAN = "aws/efs/73d922fb-9312-3a70-99c3-e69367f9fdad"

_TAG, _ENABLED = "aws:elasticfilesystem:default-backup", "enabled"
_DAILY = "cron(0 5 ? * * *)"
_DENIED = (
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:DeleteRecoveryPoint",
    "backup:StartCopyJob",
    "backup:StartRestoreJob",
    "backup:UpdateRecoveryPointLifecycle",
)


def begin(file_system: Any) -> None:
    """Let a file system of moto's be taken every day; the first of a region brings the vault and the plan.

    Parameters
    ----------
    file_system : moto.efs.models.FileSystem
        Whose backup policy is ENABLED now.
    """
    file_system._context.tag_resource(file_system.file_system_id, {_TAG: _ENABLED})  # noqa: SLF001 - moto keeps it here
    account, region, _ = parts_of(file_system.file_system_arn)
    plan = _plan(account, region)
    if not plan.aws14_wanted:
        plan.aws14_wanted = True
        planning.arm(account, region, plan)


def end(file_system: Any) -> None:
    """Take a file system no longer; what was taken stays until it expires.

    Parameters
    ----------
    file_system : moto.efs.models.FileSystem
        Whose backup policy is DISABLED now, or which is being deleted.
    """
    file_system._context.untag_resource(file_system.file_system_id, [_TAG])  # noqa: SLF001 - moto keeps it here
    account, region, _ = parts_of(file_system.file_system_arn)
    plan = _backend(account, region).plans.get(PLAN)
    if plan is not None and not any(_is_taken(each, account, region) for each in file_systems()):
        plan.aws14_wanted = False
        planning.disarm(plan)


def _is_taken(file_system: Any, account: str, region: str) -> bool:
    told = file_system._context.list_tags_for_resource(file_system.file_system_id)  # noqa: SLF001 - moto keeps it here
    here = parts_of(file_system.file_system_arn)[:2] == (account, region)
    return here and {"Key": _TAG, "Value": _ENABLED} in told


def _backend(account: str, region: str) -> Any:
    from moto.backup.models import backup_backends

    return backup_backends[account][region]


def _plan(account: str, region: str) -> Any:
    """The plan of a region, made with its vault and its selection where it is not there yet."""
    backend = _backend(account, region)
    if VAULT not in backend.vaults:
        backend.create_backup_vault(VAULT, {}, None, None)
        statement = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": list(_DENIED), "Resource": "*"}
        book_at(account, region).policies[VAULT] = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    if PLAN not in backend.plans:
        _make_plan(backend, account, region)
    return backend.plans[PLAN]


def _make_plan(backend: Any, account: str, region: str) -> None:
    rule = {
        "RuleName": "aws/efs/automatic-backup-rule",
        "TargetBackupVaultName": VAULT,
        "ScheduleExpression": _DAILY,
        "StartWindowMinutes": int(quota("AWS Backup", "start window of a rule, default").value),
        "CompletionWindowMinutes": int(quota("AWS Backup", "completion window of a rule, default").value),
        "Lifecycle": {"DeleteAfterDays": int(quota("EFS", "automatic backups are kept").value)},
    }
    told = {"BackupPlanName": "aws/efs/automatic-backup-plan", "Rules": [rule]}
    plan = backend.create_backup_plan(told, {}, None)
    backend.plans.pop(plan.backup_plan_id)
    plan.backup_plan_arn = plan.backup_plan_arn.replace(plan.backup_plan_id, PLAN)
    plan.backup_plan_id, plan.aws14_versions, plan.aws14_wanted = PLAN, [], False
    backend.plans[PLAN] = plan
    tag = {"ConditionType": "STRINGEQUALS", "ConditionKey": _TAG, "ConditionValue": _ENABLED}
    selection = {
        "SelectionName": "aws/efs/automatic-backup-selection",
        "IamRoleArn": service_linked_role(account),
        "ListOfTags": [tag],
    }
    kept = {"plan": PLAN, "told": selection, "created": world().clock.now(), "request": None}
    book_at(account, region).selections[f"aws/efs/{new_id()}"] = kept


def refuse_foreign(what: str, *, plan: str = "") -> None:
    """Refuse what the learner may not do with EFS's own vault and plan.

    Parameters
    ----------
    what : str
        Name or ARN of the vault that is written to, or id of the plan that is to go.
    plan : str, optional
        Id of the plan that writes; EFS's own may.
    """
    if (what.rpartition(":")[2] in (VAULT, PLAN)) and plan != PLAN:
        access_denied("Insufficient privileges to perform this action.")
