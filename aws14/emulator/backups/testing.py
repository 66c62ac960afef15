"""Restore testing plans at their times: one recovery point of each resource is restored, and what it made deleted."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from aws14.catalog import quota
from aws14.emulator.backups import restores
from aws14.emulator.backups.planning import next_run
from aws14.emulator.backups.records import DAY_S, Point, TestingPlan, book_at
from aws14.emulator.backups.selecting import describes
from aws14.emulator.clock import handles
from aws14.emulator.world import world

__all__ = ["arm", "inferred"]

_HOUR_S = 3600.0


def arm(account: str, region: str, plan: TestingPlan) -> None:
    """Post the next run of a plan, as long as it has selections: earlier ones are void."""
    plan.round += 1
    if plan.selections:
        _post(account, region, plan)


def _post(account: str, region: str, plan: TestingPlan) -> None:
    told = plan.told
    due = next_run(told["ScheduleExpression"], told.get("ScheduleExpressionTimezone") or "Etc/UTC", plan.created)
    if due is not None:
        args = (account, region, told["RestoreTestingPlanName"], plan.round)
        world().clock.at(due, "backup.test_is_due", args)


@handles("backup.test_is_due")
def _test_is_due(account: str, region: str, name: str, number: int) -> None:
    plan = book_at(account, region).testing.get(name)
    if plan is None or plan.round != number:
        return
    _post(account, region, plan)
    plan.ran = world().clock.now()
    for selection in plan.selections.values():
        hours = selection.get("ValidationWindowHours") or 0
        for point in _chosen(account, region, plan, selection):
            metadata = inferred(point) | dict(selection.get("RestoreMetadataOverrides") or {})
            restores.create(
                point,
                metadata,
                selection["IamRoleArn"],
                testing_plan=plan.arn,
                validation_s=hours * _HOUR_S,
            )


def _chosen(account: str, region: str, plan: TestingPlan, selection: Mapping[str, Any]) -> Iterator[Point]:
    """One recovery point of each resource that the selection names."""
    wanted = plan.told["RecoveryPointSelection"]
    days = wanted.get("SelectionWindowDays") or int(quota("AWS Backup", "selection window of a restore test").value)
    since = world().clock.now() - DAY_S * days
    by_resource: dict[str, list[Point]] = {}
    for point in book_at(account, region).points.values():
        fits = point.resource_type == selection["ProtectedResourceType"] and point.began >= since and point.done
        if fits and _in_vaults(point, wanted) and _named(point, selection):
            by_resource.setdefault(point.resource_arn, []).append(point)
    for points in by_resource.values():
        points.sort(key=lambda each: each.began)
        if wanted.get("Algorithm") == "RANDOM_WITHIN_WINDOW":
            # Fixed by the time of the run, so that a run that is repeated restores the same.
            digest = sha256(f"{points[0].resource_arn} {plan.ran}".encode()).digest()
            yield points[int.from_bytes(digest[:4], "big") % len(points)]
        else:
            yield points[-1]


def _in_vaults(point: Point, wanted: Mapping[str, Any]) -> bool:
    arn = f"arn:aws:backup:{point.region}:{point.account}:backup-vault:{point.vault}"
    included = any(fnmatch.fnmatchcase(arn, each) for each in wanted.get("IncludeVaults") or ())
    return included and not any(fnmatch.fnmatchcase(arn, each) for each in wanted.get("ExcludeVaults") or ())


def _named(point: Point, selection: Mapping[str, Any]) -> bool:
    arns = selection.get("ProtectedResourceArns") or ["*"]
    named = any(fnmatch.fnmatchcase(point.resource_arn, each) for each in arns)
    return named and describes(selection.get("ProtectedResourceConditions") or {}, point.tags)


def inferred(point: Point) -> dict[str, str]:
    """What a test restores with, where its selection does not say."""
    told = dict(point.metadata)
    suffix = sha256(f"{point.arn} {world().clock.now()}".encode()).hexdigest()[:8]
    name = f"awsbackup-restore-test-{suffix}"
    own: dict[str, dict[str, str]] = {
        "RDS": {"DBInstanceIdentifier": name},
        "S3": {"DestinationBucketName": name, "NewBucket": "true"},
        "DynamoDB": {"targetTableName": name},
        "EFS": {"newFileSystem": "true", "CreationToken": name},
    }
    return told | own.get(point.resource_type, {})
