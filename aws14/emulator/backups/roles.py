"""The role that a job works with: it must exist, let AWS Backup take it, and be allowed what the job does."""

from __future__ import annotations

import json
from typing import Any

from aws14.emulator.backups.refusals import JobFailure

__all__ = ["is_taken_by_backup", "require", "service_linked_role"]

_SERVICE = "backup.amazonaws.com"
_FOR = {
    "backup": ("ForBackup", "FullAccess"),
    "restore": ("ForRestore", "FullAccess"),
}


def service_linked_role(account: str) -> str:
    """ARN of the role with which AWS Backup takes file systems for EFS; it is AWS's own, and restores nothing."""
    return f"arn:aws:iam::{account}:role/aws-service-role/{_SERVICE}/AWSServiceRoleForBackup"


def is_taken_by_backup(arn: str) -> bool:
    """Whether a role exists and trusts AWS Backup."""
    role = _role(arn)
    if role is None:
        return False
    document = role.assume_role_policy_document
    return _SERVICE in (document if isinstance(document, str) else json.dumps(document))


def _role(arn: str) -> Any:
    from moto.iam.models import iam_backends

    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    roles = iam_backends[account]["aws"].roles.values() if account else ()
    return next((role for role in roles if role.arn == arn), None)


def require(arn: str, what: str) -> None:
    """Let a job fail whose role does not allow it.

    Parameters
    ----------
    arn : str
        Of the role.
    what : {'backup', 'restore'}
        What the job does; it is judged by AWS's own policies. A policy of the learner's own is taken at its word.

    Raises
    ------
    JobFailure
        The role is not there, is not Backup's to take, or lacks a policy.
    """
    if what == "backup" and arn == service_linked_role(arn.split(":")[4] if arn.count(":") >= 5 else ""):
        return
    if not is_taken_by_backup(arn):
        raise JobFailure(f"Access Denied: the IAM role {arn} cannot be assumed by AWS Backup")
    role = _role(arn)
    attached = [str(policy) for policy in vars(role).get("managed_policies", {})]
    own = vars(role).get("policies") or [each for each in attached if ":aws:policy/" not in each]
    if not own and not any(word in each for each in attached for word in _FOR[what]):
        lacks = "AWSBackupServiceRolePolicyForBackup" if what == "backup" else "AWSBackupServiceRolePolicyForRestores"
        raise JobFailure(f"Access Denied: the IAM role {arn} lacks the permissions of {lacks}")
