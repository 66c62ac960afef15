"""Copy jobs: a recovery point into a vault of another region or account."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Mapping
from typing import Any

from aws14.emulator.backups import lifecycles, roles, telling
from aws14.emulator.backups.records import BackupJob, CopyJob, Point, book_at, new_id, vault_at, vault_of_arn
from aws14.emulator.backups.refusals import JobFailure
from aws14.emulator.backups.resources import kind_named
from aws14.emulator.backups.resources.kind import KEY_OF_SOURCE
from aws14.emulator.clock import handles
from aws14.emulator.keys import key_problem
from aws14.emulator.world import world

__all__ = ["create"]


def create(
    point: Point,
    destination: str,
    role: str,
    *,
    lifecycle: Mapping[str, Any] | None = None,
    job: BackupJob | None = None,
) -> CopyJob:
    """Make a copy job and let it start.

    Parameters
    ----------
    point : Point
        What is copied.
    destination : str
        ARN of the vault it goes to.
    role : str
        ARN.
    lifecycle : mapping, optional
        Of the copy.
    job : BackupJob, optional
        After which it comes, for a copy of a plan.
    """
    source = vault_at(point.account, point.region, point.vault)
    made = CopyJob(
        id=new_id().upper(),
        account=point.account,
        region=point.region,
        source_vault=source.backup_vault_arn,
        source_point=point.arn,
        destination_vault=destination,
        resource_arn=point.resource_arn,
        resource_type=point.resource_type,
        resource_name=point.resource_name,
        role=role,
        created=world().clock.now(),
        lifecycle=dict(lifecycle or {}),
        created_by=dict(job.created_by) if job else {},
        backup_job=job.id if job else "",
        size_bytes=point.size_bytes,
    )
    book_at(point.account, point.region).copies[made.id] = made
    world().clock.after(0.0, "backup.copy_starts", (point.account, point.region, made.id))
    return made


@handles("backup.copy_starts")
def _starts(account: str, region: str, job_id: str) -> None:
    job = book_at(account, region).copies.get(job_id)
    if job is None or job.state != "CREATED":
        return
    try:
        made, seconds = _begin(job)
    except Exception as problem:  # whatever the service says becomes the message of the job
        told = getattr(problem, "message", None) or getattr(problem, "description", None) or str(problem)
        job.state, job.message, job.completed = "FAILED", str(told), world().clock.now()
        telling.copy_job(job)
        return
    book_at(made.account, made.region).points[made.arn] = made
    job.state, job.destination_point, job.ends = "RUNNING", made.arn, world().clock.now() + seconds
    telling.copy_job(job)
    world().clock.at(job.ends, "backup.copy_completes", (account, region, job_id))


def _begin(job: CopyJob) -> tuple[Point, float]:
    source = book_at(job.account, job.region).points.get(job.source_point)
    if source is None:
        raise JobFailure(f"Recovery point {job.source_point} does not exist")
    if source.cold:
        raise JobFailure("Recovery points in cold storage cannot be copied")
    vault = vault_of_arn(job.destination_vault)
    if vault is None:
        raise JobFailure(f"Backup vault {job.destination_vault} does not exist")
    roles.require(job.role, "backup")
    account, region = job.destination_vault.split(":")[4], job.destination_vault.split(":")[3]
    _check_account(job, account, region)
    lifecycles.check_fits(vault, job.lifecycle)
    key = vault.encryption_key_arn or ""
    problem = key_problem(source.key, job.account, job.region) or key_problem(key, account, region)
    if problem:
        raise JobFailure(problem.text)
    made = Point(
        arn=f"arn:aws:backup:{region}:{account}:recovery-point:{job.id.lower()}",
        vault=vault.backup_vault_name,
        account=account,
        region=region,
        resource_arn=source.resource_arn,
        resource_type=source.resource_type,
        resource_name=source.resource_name,
        role=job.role,
        # A copy's days count from the creation of the copy.
        began=world().clock.now(),
        size_bytes=source.size_bytes,
        lifecycle=dict(job.lifecycle),
        created_by=dict(job.created_by),
        tags=dict(source.tags),
        metadata=dict(source.metadata),
        key=key if source.key or source.resource_type not in KEY_OF_SOURCE else "",
        source_vault=job.source_vault,
    )
    return made, kind_named(source.resource_type).copy(source, made)


def _check_account(job: CopyJob, account: str, region: str) -> None:
    """Another account's vault takes copies only if its access policy says so."""
    if account == job.account:
        return
    policy = json.loads(book_at(account, region).policies.get(job.destination_vault.rpartition(":")[2]) or "{}")
    for statement in policy.get("Statement") or ():
        principal = statement.get("Principal")
        who = principal.get("AWS") if isinstance(principal, Mapping) else principal
        named = [who] if isinstance(who, str) else list(who or ())
        known = {"*", job.account, f"arn:aws:iam::{job.account}:root", job.role}
        actions = statement.get("Action")
        wanted = [actions] if isinstance(actions, str) else list(actions or ())
        if statement.get("Effect") == "Allow" and known & set(named) and _allows(wanted):
            return
    raise JobFailure(
        f"Access Denied trying to call AWS Backup service: the vault {job.destination_vault} does not allow account "
        f"{job.account} to backup:CopyIntoBackupVault"
    )


def _allows(actions: list[str]) -> bool:
    return any(fnmatch.fnmatchcase("backup:CopyIntoBackupVault", action) for action in actions)


@handles("backup.copy_completes")
def _completes(account: str, region: str, job_id: str) -> None:
    job = book_at(account, region).copies.get(job_id)
    if job is None or job.state != "RUNNING":
        return
    now, parts = world().clock.now(), job.destination_vault.split(":")
    point = book_at(parts[4], parts[3]).points.get(job.destination_point)
    job.completed = now
    if point is None:
        job.state, job.message = "FAILED", "The recovery point was deleted while it was being made."
    else:
        job.state, point.done, point.status = "COMPLETED", now, "COMPLETED"
        lifecycles.arm(point)
        telling.recovery_point(point, "COMPLETED")
    telling.copy_job(job)
