"""The rules of backup plans at their times: a job for every resource that a selection takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from aws14.emulator.backups import jobs
from aws14.emulator.backups.records import book_at
from aws14.emulator.backups.refusals import invalid
from aws14.emulator.backups.resources import Found, ResourceKind
from aws14.emulator.backups.resources.kind import parts_of
from aws14.emulator.backups.selecting import selected
from aws14.emulator.clock import handles
from aws14.emulator.event_bus.expressions import ScheduleError, read_schedule
from aws14.emulator.world import world
from aws14.sim.autoscaling.cron import time_zone_known

__all__ = ["arm", "check_schedule", "disarm", "next_run"]


def check_schedule(expression: str, zone: str) -> None:
    """Refuse a schedule that AWS Backup cannot read."""
    try:
        read_schedule(expression)
    except ScheduleError:
        invalid(f"Schedule expression is not valid. Provided expression: {expression}")
    if not time_zone_known(zone):
        invalid(f"Invalid schedule expression timezone: {zone}")


def next_run(expression: str, zone: str, begun: float) -> float | None:
    """When a schedule comes next, epoch seconds; None for never."""
    now = world().clock.now()
    return read_schedule(expression).next_after(now, begun=begun, zone=ZoneInfo(zone))


def arm(account: str, region: str, plan: Any) -> None:
    """Post the next run of every rule of moto's plan, as long as something selects: earlier ones are void."""
    disarm(plan)
    chosen = [each for each in book_at(account, region).selections.values() if each["plan"] == plan.backup_plan_id]
    if chosen and plan.deletion_date is None:
        for rule in plan.backup_plan["Rules"]:
            _post(plan, rule)


def disarm(plan: Any) -> None:
    """Let no run of moto's plan come; what was posted is void."""
    plan.aws14_round = getattr(plan, "aws14_round", 0) + 1


def _post(plan: Any, rule: Mapping[str, Any]) -> None:
    zone = rule.get("ScheduleExpressionTimezone") or "Etc/UTC"
    due = next_run(rule["ScheduleExpression"], zone, plan.creation_date)
    if due is not None:
        world().clock.at(due, "backup.rule_is_due", (plan.backup_plan_arn, rule["RuleId"], plan.aws14_round))


@handles("backup.rule_is_due")
def _rule_is_due(plan_arn: str, rule_id: str, number: int) -> None:
    from moto.backup.models import backup_backends

    account, region, _ = parts_of(plan_arn)
    plan_id = plan_arn.rpartition(":")[2]  # that of EFS's own plan has slashes
    plan: Any = backup_backends[account][region].plans.get(plan_id)
    if plan is None or plan.deletion_date is not None or plan.aws14_round != number:
        return
    rule = next(each for each in plan.backup_plan["Rules"] if each["RuleId"] == rule_id)
    _post(plan, rule)
    plan.last_execution_date = world().clock.now()
    for found, role in _taken(account, region, plan_id).values():
        _begin(plan, rule, found, role)


def _taken(account: str, region: str, plan_id: str) -> dict[str, tuple[Found, str]]:
    """Every resource once, though several selections take it."""
    taken: dict[str, tuple[Found, str]] = {}
    for each in list(book_at(account, region).selections.values()):
        if each["plan"] == plan_id:
            pair: tuple[ResourceKind, Found]
            for pair in selected(account, region, each["told"]):
                taken.setdefault(pair[1].arn, (pair[1], each["told"]["IamRoleArn"]))
    return taken


def _begin(plan: Any, rule: Mapping[str, Any], found: Found, role: str) -> None:
    account, region, _ = parts_of(plan.backup_plan_arn)
    created_by = {
        "BackupPlanId": plan.backup_plan_id,
        "BackupPlanArn": plan.backup_plan_arn,
        "BackupPlanName": plan.backup_plan["BackupPlanName"],
        "BackupPlanVersion": plan.version_id,
        "BackupRuleId": rule["RuleId"],
        "BackupRuleName": rule["RuleName"],
        "BackupRuleCron": rule["ScheduleExpression"],
        "BackupRuleTimezone": rule["ScheduleExpressionTimezone"],
    }
    asked = {
        "Lifecycle": rule.get("Lifecycle"),
        "RecoveryPointTags": rule.get("RecoveryPointTags"),
        "StartWindowMinutes": rule.get("StartWindowMinutes"),
        "CompleteWindowMinutes": rule.get("CompletionWindowMinutes"),
    }
    jobs.create(
        account,
        region,
        vault=rule["TargetBackupVaultName"],
        resource=found.arn,
        role=role,
        asked=asked,
        rule=(created_by, list(rule.get("CopyActions") or ())),
    )
