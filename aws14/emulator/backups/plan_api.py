"""Operations on plans and selections, as moto writes its own. Importing this imports moto."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random

from aws14.catalog import quota
from aws14.emulator.backups import automatic, lifecycles, planning, roles
from aws14.emulator.backups.answers import page, without_nothing
from aws14.emulator.backups.asking import book, known_vault
from aws14.emulator.backups.records import moment, new_id
from aws14.emulator.backups.refusals import invalid, invalid_request, not_found
from aws14.emulator.world import world

__all__ = ["Plans"]


class Plans(BaseResponse):
    """Plans, their versions and selections."""

    backup_backend: Any
    params: dict[str, Any]

    def _plan(self) -> Any:
        plan = self.backup_backend.plans.get(self.params["BackupPlanId"])
        if plan is None or plan.deletion_date is not None:
            not_found("Failed reading Backup plan with provided version")
        return plan

    def create_backup_plan(self) -> ActionResult:
        """Make a plan; it does nothing before something is selected."""
        asked = self.params["BackupPlan"]
        self._check(asked)
        self._forget_deleted(asked["BackupPlanName"])
        plan = self.backup_backend.create_backup_plan(
            backup_plan=deepcopy(asked),
            backup_plan_tags=self.params.get("BackupPlanTags"),
            creator_request_id=self.params.get("CreatorRequestId"),
        )
        _complete(plan.backup_plan)
        plan.aws14_versions = []
        return ActionResult(plan.to_dict())

    def _forget_deleted(self, name: str) -> None:
        """A plan that was deleted gives its name free."""
        plans = self.backup_backend.plans
        for key, plan in list(plans.items()):
            if plan.deletion_date is not None and plan.backup_plan["BackupPlanName"] == name:
                plans.pop(key)

    def _check(self, asked: dict[str, Any]) -> None:
        names = [rule["RuleName"] for rule in asked["Rules"]]
        if len(set(names)) != len(names):
            invalid("Duplicate rule names are not allowed in a backup plan")
        for rule in asked["Rules"]:
            known_vault(self, rule["TargetBackupVaultName"])
            automatic.refuse_foreign(rule["TargetBackupVaultName"], plan=self.params.get("BackupPlanId", ""))
            expression = rule.get("ScheduleExpression") or "cron(0 5 ? * * *)"
            planning.check_schedule(expression, rule.get("ScheduleExpressionTimezone") or "Etc/UTC")
            lifecycles.check(rule.get("Lifecycle"))
            _check_windows(rule)
            for copied in rule.get("CopyActions") or ():
                automatic.refuse_foreign(copied["DestinationBackupVaultArn"])
                lifecycles.check(copied.get("Lifecycle"))

    def update_backup_plan(self) -> ActionResult:
        """Put a new version in the place of a plan's rules."""
        plan, asked = self._plan(), deepcopy(self.params["BackupPlan"])
        self._check(asked)
        plan.aws14_versions.append({**plan.to_dict(), "BackupPlanName": plan.backup_plan["BackupPlanName"]})
        _complete(asked)
        plan.backup_plan, plan.version_id = asked, mock_random.get_random_string(length=48)
        plan.advanced_backup_settings = asked.get("AdvancedBackupSettings") or []
        planning.arm(self.current_account, self.region, plan)
        return ActionResult(plan.to_dict())

    def get_backup_plan(self) -> ActionResult:
        """Tell a plan."""
        plan = self._plan()
        if self.params.get("VersionId") not in (None, plan.version_id):
            not_found("Failed reading Backup plan with provided version")
        return ActionResult(plan.to_get_dict())

    def list_backup_plans(self) -> ActionResult:
        """List the plans."""
        deleted = bool(self.params.get("IncludeDeleted"))
        plans = [each for each in self.backup_backend.plans.values() if deleted or each.deletion_date is None]
        return ActionResult(page([each.to_list_dict() for each in plans], "BackupPlansList", self.params))

    def list_backup_plan_versions(self) -> ActionResult:
        """List the versions of a plan, the newest first."""
        plan = self._plan()
        versions = [plan.to_list_dict(), *reversed(plan.aws14_versions)]
        return ActionResult(page(versions, "BackupPlanVersionsList", self.params))

    def delete_backup_plan(self) -> ActionResult:
        """Delete a plan that selects nothing any more."""
        plan = self._plan()
        automatic.refuse_foreign(plan.backup_plan_id)
        if any(each["plan"] == plan.backup_plan_id for each in book(self).selections.values()):
            invalid_request("Related backup plan selections must be deleted prior to backup plan deletion")
        plan.deletion_date = unix_time()
        told = {
            "BackupPlanId": plan.backup_plan_id,
            "BackupPlanArn": plan.backup_plan_arn,
            "DeletionDate": plan.deletion_date,
            "VersionId": plan.version_id,
        }
        return ActionResult(told)

    def create_backup_selection(self) -> ActionResult:
        """Let a plan take resources."""
        plan, told = self._plan(), self.params["BackupSelection"]
        self._check_selection(plan, told)
        key, now = new_id(), world().clock.now()
        kept = {
            "plan": plan.backup_plan_id,
            "told": told,
            "created": now,
            "request": self.params.get("CreatorRequestId"),
        }
        book(self).selections[key] = kept
        planning.arm(self.current_account, self.region, plan)
        return ActionResult({"SelectionId": key, "BackupPlanId": plan.backup_plan_id, "CreationDate": moment(now)})

    def _check_selection(self, plan: Any, told: dict[str, Any]) -> None:
        own = [each for each in book(self).selections.values() if each["plan"] == plan.backup_plan_id]
        if any(each["told"]["SelectionName"] == told["SelectionName"] for each in own):
            from moto.backup.exceptions import AlreadyExistsException

            raise AlreadyExistsException("Backup selection with the same selection name already exists")
        if not (told.get("Resources") or told.get("ListOfTags") or any((told.get("Conditions") or {}).values())):
            invalid("Either Resources, ListOfTags or Conditions must be specified")
        if not roles.is_taken_by_backup(told["IamRoleArn"]):
            invalid(f"IAM Role {told['IamRoleArn']} cannot be assumed by AWS Backup")

    def _selection(self) -> dict[str, Any]:
        kept = book(self).selections.get(self.params["SelectionId"])
        if kept is None or kept["plan"] != self.params["BackupPlanId"]:
            not_found("Cannot find Backup selection with provided ids")
        return kept

    def get_backup_selection(self) -> ActionResult:
        """Tell a selection."""
        kept = self._selection()
        told = {
            "BackupSelection": kept["told"],
            "SelectionId": self.params["SelectionId"],
            "BackupPlanId": kept["plan"],
            "CreationDate": moment(kept["created"]),
            "CreatorRequestId": kept["request"],
        }
        return ActionResult(without_nothing(told))

    def list_backup_selections(self) -> ActionResult:
        """List the selections of a plan."""
        plan = self._plan()
        told = [
            without_nothing(
                {
                    "SelectionId": key,
                    "SelectionName": kept["told"]["SelectionName"],
                    "BackupPlanId": kept["plan"],
                    "CreationDate": moment(kept["created"]),
                    "CreatorRequestId": kept["request"],
                    "IamRoleArn": kept["told"]["IamRoleArn"],
                }
            )
            for key, kept in book(self).selections.items()
            if kept["plan"] == plan.backup_plan_id
        ]
        return ActionResult(page(told, "BackupSelectionsList", self.params))

    def delete_backup_selection(self) -> EmptyResult:
        """Let a plan no longer take resources."""
        self._selection()
        plan = self._plan()
        automatic.refuse_foreign(plan.backup_plan_id)
        book(self).selections.pop(self.params["SelectionId"])
        planning.arm(self.current_account, self.region, plan)
        return EmptyResult()


def _check_windows(rule: dict[str, Any]) -> None:
    least = int(quota("AWS Backup", "start window of a rule, least").value)
    start, end = rule.get("StartWindowMinutes"), rule.get("CompletionWindowMinutes")
    if start is not None and start < least:
        invalid(f"Invalid start window. StartWindowMinutes must be at least {least} minutes")
    if end is not None and end < (start or quota("AWS Backup", "start window of a rule, default").value) + least:
        invalid(f"Completion window must be at least {least} minutes longer than the start window")


def _complete(plan: dict[str, Any]) -> None:
    """What a rule leaves out, by AWS's defaults."""
    for rule in plan["Rules"]:
        rule.setdefault("ScheduleExpression", "cron(0 5 ? * * *)")
        rule.setdefault("ScheduleExpressionTimezone", "Etc/UTC")
        rule.setdefault("StartWindowMinutes", int(quota("AWS Backup", "start window of a rule, default").value))
        window = int(quota("AWS Backup", "completion window of a rule, default").value)
        rule.setdefault("CompletionWindowMinutes", window)
        rule.setdefault("RuleId", new_id())
