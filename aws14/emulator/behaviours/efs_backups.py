"""EFS: a file system whose backup policy is ENABLED is taken by AWS Backup every day.

What AWS does
    The policy is ENABLED by ``put_backup_policy``, or by ``Backup=True`` when the file system is made, which is the
    rule for One Zone. The first of a region brings a vault and a plan of AWS's own: daily at 05:00 UTC, kept for 35
    days. The plan takes what carries the tag ``aws:elasticfilesystem:default-backup``, which EFS puts on and takes
    away. Neither can be deleted, nothing else may write there, and the vault's policy denies restores, copies and
    deletions until somebody replaces it. Recovery points outlive the file system.
What moto leaves out
    Only the policy is kept.
What this adds
    The tag, the vault with its policy, the plan with its selection, and the recovery points at their times.
What it still does not do
    The service-linked role is known by its ARN and not listed by IAM; jobs begin at the start of their window. The
    codes of refusals to delete the plan and its selection are assumed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.backups import automatic
from aws14.emulator.behaviours.hooks import around
from aws14.emulator.files.efs_records import find, life_of

__all__ = ["install"]


def install() -> None:
    """Follow the backup policy of moto's file systems, from the first to the last call."""
    import moto.backup.models  # noqa: F401 - what the clock will call for has to be changed before
    from moto.efs.models import EFSBackend
    from moto.efs.responses import EFSResponse

    around(EFSBackend, "create_file_system", _create)
    around(EFSBackend, "delete_file_system", _delete)
    around(EFSResponse, "put_backup_policy", _put_policy)


def _create(original: Callable[..., Any], backend: Any, *args: Any, **asked: Any) -> Any:
    made = original(backend, *args, **asked)
    _follow(made)
    return made


def _put_policy(original: Callable[[Any], Any], response: Any) -> Any:
    answer = original(response)
    _follow(find(str(response._get_param("FileSystemId")).rpartition("/")[2]))  # noqa: SLF001 - moto's
    return answer


def _follow(file_system: Any) -> None:
    if life_of(file_system).backup == "ENABLED":
        automatic.begin(file_system)
    else:
        automatic.end(file_system)


def _delete(original: Callable[..., Any], backend: Any, file_system_id: str) -> None:
    original(backend, file_system_id)
    if (found := find(file_system_id)) is not None:
        automatic.end(found)
