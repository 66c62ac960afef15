"""Restore jobs: from a recovery point to a resource."""

from __future__ import annotations

from collections.abc import Mapping

from aws14.emulator.backups import roles, telling
from aws14.emulator.backups.records import Point, RestoreJob, book_at, new_id
from aws14.emulator.backups.refusals import JobFailure
from aws14.emulator.backups.resources import kind_named
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.keys import key_problem
from aws14.emulator.world import world

__all__ = ["create", "percent"]


def create(
    point: Point, metadata: Mapping[str, str], role: str, *, testing_plan: str = "", validation_s: float = 0.0
) -> RestoreJob:
    """Make a restore job and let it start.

    Parameters
    ----------
    point : Point
        What is restored.
    metadata : mapping
        What the kind of resource needs, as in the API.
    role : str
        ARN.
    testing_plan : str, optional
        ARN of the restore testing plan it is of: what it makes is deleted afterwards.
    validation_s : float, optional
        How long after completion the test's resource is kept for validation, s.
    """
    job = RestoreJob(
        id=new_id().upper(),
        account=point.account,
        region=point.region,
        point=point.arn,
        vault=point.vault,
        resource_arn=point.resource_arn,
        resource_type=point.resource_type,
        role=role,
        created=world().clock.now(),
        metadata=dict(metadata),
        size_bytes=point.size_bytes,
        point_created=point.began,
        testing_plan=testing_plan,
        validation_s=validation_s,
    )
    book_at(point.account, point.region).restores[job.id] = job
    args = (point.account, point.region, job.id)
    world().clock.after(typical_s("AWS Backup restore job pending"), "backup.restore_starts", args)
    return job


@handles("backup.restore_starts")
def _starts(account: str, region: str, job_id: str) -> None:
    book = book_at(account, region)
    job = book.restores.get(job_id)
    if job is None or job.state != "PENDING":
        return
    point = book.points.get(job.point)
    try:
        _check(job, point)
    except JobFailure as problem:
        _fail(job, str(problem))
        return
    # From cold storage the data comes back to warm storage first.
    thaw = typical_s(kind_named(job.resource_type).thaw) if point is not None and point.cold else 0.0
    job.state = "RUNNING"
    job.ends = world().clock.now() + thaw
    telling.restore_job(job)
    world().clock.after(thaw, "backup.restore_makes", (account, region, job_id))


def _check(job: RestoreJob, point: Point | None) -> None:
    if point is None:
        raise JobFailure(f"Recovery point {job.point} does not exist")
    roles.require(job.role, "restore")
    problem = key_problem(point.key, point.account, point.region)
    if problem:
        raise JobFailure(problem.text)


@handles("backup.restore_makes")
def _makes(account: str, region: str, job_id: str) -> None:
    book = book_at(account, region)
    job = book.restores.get(job_id)
    if job is None or job.state != "RUNNING":
        return
    point = book.points.get(job.point)
    try:
        _check(job, point)
        assert point is not None
        job.made, seconds = kind_named(point.resource_type).restore(point, job.metadata)
    except Exception as problem:  # whatever the service says becomes the message of the job
        told = getattr(problem, "message", None) or getattr(problem, "description", None) or str(problem)
        _fail(job, str(told))
        return
    if job.copies_tags:
        kind_named(point.resource_type).tag(job.made, point.tags)
    overhead = typical_s("AWS Backup restore job, before the first GB")
    job.ends = world().clock.now() + overhead + seconds
    world().clock.at(job.ends, "backup.restore_completes", (account, region, job_id))


def _fail(job: RestoreJob, message: str) -> None:
    job.state, job.message, job.completed = "FAILED", message, world().clock.now()
    telling.restore_job(job)


@handles("backup.restore_completes")
def _completes(account: str, region: str, job_id: str) -> None:
    book = book_at(account, region)
    job = book.restores.get(job_id)
    if job is None or job.state != "RUNNING":
        return
    if kind_named(job.resource_type).find(job.made) is None:
        _fail(job, f"{job.made} was deleted while it was being restored")
        return
    job.state, job.completed = "COMPLETED", world().clock.now()
    if point := book.points.get(job.point):
        point.restored = job.completed
    telling.restore_job(job)
    if job.testing_plan:
        job.validation = "VALIDATING"
        world().clock.after(job.validation_s, "backup.validation_ends", (account, region, job_id))


@handles("backup.validation_ends")
def _validation_ends(account: str, region: str, job_id: str) -> None:
    """What a restore test has made is deleted, validated or not."""
    job = book_at(account, region).restores.get(job_id)
    if job is None:
        return
    if job.validation == "VALIDATING":
        job.validation = "TIMED_OUT"
    kind_named(job.resource_type).delete(job.made)
    job.deletion = "SUCCESSFUL"


def percent(job: RestoreJob) -> float:
    """How much is done, in percent."""
    if job.state == "COMPLETED":
        return 100.0
    if job.state != "RUNNING" or job.ends <= job.created:
        return 0.0
    return min(99.0, 100 * (world().clock.now() - job.created) / (job.ends - job.created))
