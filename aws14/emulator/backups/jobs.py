"""Backup jobs on the clock: CREATED, RUNNING, COMPLETED or FAILED."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws14.catalog import quota
from aws14.emulator.backups import copies, lifecycles, roles, telling
from aws14.emulator.backups.records import BackupJob, Point, book_at, new_id, vault_at
from aws14.emulator.backups.refusals import JobFailure
from aws14.emulator.backups.resources import kind_named, kind_of_arn
from aws14.emulator.backups.resources.kind import KEY_OF_SOURCE
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.keys import key_problem
from aws14.emulator.world import world

__all__ = ["create", "failed_text", "percent", "stop"]


def create(
    account: str,
    region: str,
    *,
    vault: str,
    resource: str,
    role: str,
    asked: Mapping[str, Any],
    rule: tuple[dict[str, str], list[dict[str, Any]]] = ({}, []),
) -> BackupJob:
    """Make a job and let it start.

    Parameters
    ----------
    account, region : str
        Where.
    vault : str
        Name of the vault.
    resource, role : str
        ARNs.
    asked : mapping
        ``Lifecycle``, ``RecoveryPointTags``, ``StartWindowMinutes``, ``CompleteWindowMinutes`` as in the API.
    rule : tuple, optional
        Who made it (``CreatedBy``), and the copies that follow (``CopyActions``), for a job of a plan.
    """
    now = world().clock.now()
    kind = kind_of_arn(resource)
    found = kind.find(resource) if kind else None
    job = BackupJob(
        id=new_id().upper(),
        account=account,
        region=region,
        vault=vault,
        resource_arn=resource,
        resource_type=kind.name if kind else "",
        role=role,
        created=now,
        start_by=now + 60 * _minutes(asked, "StartWindowMinutes", "start window of a rule"),
        complete_by=now + 60 * _minutes(asked, "CompleteWindowMinutes", "completion window of a rule"),
        asked=dict(asked),
        created_by=dict(rule[0]),
        copies=list(rule[1]),
        resource_name=found.name if found else "",
    )
    book_at(account, region).jobs[job.id] = job
    telling.backup_job(job)
    args = (account, region, job.id)
    world().clock.after(typical_s("AWS Backup job created to running"), "backup.job_starts", args)
    return job


def _minutes(asked: Mapping[str, Any], name: str, default: str) -> float:
    return float(asked.get(name) or quota("AWS Backup", f"{default}, default").value)


@handles("backup.job_starts")
def _starts(account: str, region: str, job_id: str) -> None:
    job = book_at(account, region).jobs.get(job_id)
    if job is None or job.state != "CREATED":
        return
    try:
        point, seconds = _begin(job)
    except Exception as problem:  # whatever the service says becomes the message of the job
        _fail(job, failed_text(problem))
        return
    now = world().clock.now()
    job.state, job.began, job.ends, job.point, job.size_bytes = (
        "RUNNING",
        now,
        now + seconds,
        point.arn,
        point.size_bytes,
    )
    book_at(account, region).points[point.arn] = point
    telling.backup_job(job)
    if job.ends > job.complete_by:
        world().clock.at(job.complete_by, "backup.job_is_late", (account, region, job_id))
    world().clock.at(job.ends, "backup.job_completes", (account, region, job_id))


def _begin(job: BackupJob) -> tuple[Point, float]:
    vault = vault_at(job.account, job.region, job.vault)
    if vault is None:
        raise JobFailure(f"Backup vault {job.vault} does not exist")
    roles.require(job.role, "backup")
    lifecycle = dict(job.asked.get("Lifecycle") or {})
    lifecycles.check_fits(vault, lifecycle)
    kind = kind_named(job.resource_type)
    found = kind.find(job.resource_arn)
    if found is None:
        raise JobFailure(f"The resource {job.resource_arn} does not exist")
    problem = key_problem(found.key, job.account, job.region) or _vault_key_problem(vault, kind.name)
    if problem:
        raise JobFailure(problem.text)
    point = Point(
        arn=f"arn:aws:backup:{job.region}:{job.account}:recovery-point:{job.id.lower()}",
        vault=job.vault,
        account=job.account,
        region=job.region,
        resource_arn=found.arn,
        resource_type=kind.name,
        resource_name=found.name,
        role=job.role,
        began=world().clock.now(),
        lifecycle=lifecycle,
        created_by=dict(job.created_by),
        tags={**_copied(found.tags), **(job.asked.get("RecoveryPointTags") or {})},
        key=_key_of(vault) if kind.name not in KEY_OF_SOURCE else "",
    )
    return point, kind.take(found, point)


def _key_of(vault: Any) -> str:
    return str(vault.encryption_key_arn or "")


def _vault_key_problem(vault: Any, kind: str) -> Any:
    if kind in KEY_OF_SOURCE or not vault.encryption_key_arn:
        return None
    parts = vault.backup_vault_arn.split(":")
    return key_problem(vault.encryption_key_arn, parts[4], parts[3])


def _copied(tags: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in tags.items() if not name.startswith("aws:")}


def failed_text(problem: Exception) -> str:
    """What a job says of a problem: the service's own words."""
    told = getattr(problem, "message", None) or getattr(problem, "description", None) or str(problem)
    return str(told)


def _fail(job: BackupJob, message: str, state: str = "FAILED") -> None:
    job.state, job.message, job.completed = state, message, world().clock.now()
    book = book_at(job.account, job.region)
    point = book.points.get(job.point)
    if point is not None and not point.done:
        lifecycles.drop(point)
    telling.backup_job(job)


@handles("backup.job_is_late")
def _is_late(account: str, region: str, job_id: str) -> None:
    job = book_at(account, region).jobs.get(job_id)
    if job is not None and job.state == "RUNNING":
        _fail(job, "Backup job failed to complete in completion window.", "EXPIRED")


@handles("backup.job_completes")
def _completes(account: str, region: str, job_id: str) -> None:
    job = book_at(account, region).jobs.get(job_id)
    if job is None or job.state != "RUNNING":
        return
    point = book_at(account, region).points.get(job.point)
    if point is None:
        _fail(job, "The recovery point was deleted while it was being made.")
        return
    now = world().clock.now()
    point.done, point.status = now, "COMPLETED"
    job.state, job.completed = "COMPLETED", now
    lifecycles.arm(point)
    telling.backup_job(job)
    telling.recovery_point(point, "COMPLETED")
    for each in job.copies:
        copies.create(point, each["DestinationBackupVaultArn"], job.role, lifecycle=each.get("Lifecycle"), job=job)


def stop(job: BackupJob) -> None:
    """Abort a job that has not ended."""
    if job.state in {"CREATED", "RUNNING"}:
        _fail(job, "Job was aborted by the user.", "ABORTED")


def percent(job: BackupJob) -> float:
    """How much is done, in percent."""
    if job.state == "COMPLETED":
        return 100.0
    if job.state != "RUNNING" or job.ends <= job.began:
        return 0.0
    return min(99.0, 100 * (world().clock.now() - job.began) / (job.ends - job.began))
