"""Operations on restore testing plans, as moto writes its own. Importing this imports moto."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from aws14.emulator.backups import planning, roles, testing
from aws14.emulator.backups.answers import page, without_nothing
from aws14.emulator.backups.asking import book
from aws14.emulator.backups.records import TestingPlan, moment
from aws14.emulator.backups.refusals import invalid, invalid_request, not_found
from aws14.emulator.world import world

__all__ = ["Testing"]


class Testing(BaseResponse):
    """Restore testing plans and their selections."""

    backup_backend: Any
    params: dict[str, Any]

    def _testing_plan(self) -> TestingPlan:
        name = self.params["RestoreTestingPlanName"]
        plan = book(self).testing.get(name)
        if plan is None:
            not_found(f"Cannot find restore testing plan {name}")
        return plan

    def create_restore_testing_plan(self) -> ActionResult:
        """Make a plan; it tests nothing before something is selected."""
        told = dict(self.params["RestoreTestingPlan"])
        name, now = told["RestoreTestingPlanName"], world().clock.now()
        if name in book(self).testing:
            from moto.backup.exceptions import AlreadyExistsException

            raise AlreadyExistsException(f"Restore testing plan {name} already exists")
        _check(told)
        arn = f"arn:aws:backup:{self.region}:{self.current_account}:restore-testing-plan:{name}"
        plan = TestingPlan(
            arn=arn, told=told, created=now, updated=now, request_id=self.params.get("CreatorRequestId") or ""
        )
        book(self).testing[name] = plan
        if self.params.get("Tags"):
            self.backup_backend.tag_resource(arn, self.params["Tags"])
        return ActionResult({"CreationTime": moment(now), "RestoreTestingPlanArn": arn, "RestoreTestingPlanName": name})

    def update_restore_testing_plan(self) -> ActionResult:
        """Change a plan."""
        plan, changes = self._testing_plan(), dict(self.params["RestoreTestingPlan"])
        told = plan.told | changes
        _check(told)
        plan.told, plan.updated = told, world().clock.now()
        testing.arm(self.current_account, self.region, plan)
        answer = _named(plan) | {"CreationTime": moment(plan.created), "UpdateTime": moment(plan.updated)}
        return ActionResult(answer)

    def get_restore_testing_plan(self) -> ActionResult:
        """Tell a plan."""
        plan = self._testing_plan()
        return ActionResult({"RestoreTestingPlan": {**_listed(plan), "RecoveryPointSelection": plan.told[
            "RecoveryPointSelection"], "CreatorRequestId": plan.request_id}})  # fmt: skip

    def list_restore_testing_plans(self) -> ActionResult:
        """List the plans."""
        told = [_listed(plan) for plan in book(self).testing.values()]
        return ActionResult(page(told, "RestoreTestingPlans", self.params))

    def delete_restore_testing_plan(self) -> EmptyResult:
        """Delete a plan that selects nothing any more."""
        plan = self._testing_plan()
        if plan.selections:
            invalid_request("Restore testing selections must be deleted prior to restore testing plan deletion")
        book(self).testing.pop(plan.told["RestoreTestingPlanName"])
        return EmptyResult()

    def create_restore_testing_selection(self) -> ActionResult:
        """Let a plan test resources of a kind."""
        plan, told = self._testing_plan(), dict(self.params["RestoreTestingSelection"])
        name, now = told["RestoreTestingSelectionName"], world().clock.now()
        if name in plan.selections:
            invalid(f"Restore testing selection {name} already exists")
        if not roles.is_taken_by_backup(told["IamRoleArn"]):
            invalid(f"IAM Role {told['IamRoleArn']} cannot be assumed by AWS Backup")
        plan.selections[name] = {**told, "CreationTime": moment(now)}
        testing.arm(self.current_account, self.region, plan)
        return ActionResult(_named(plan) | {"CreationTime": moment(now), "RestoreTestingSelectionName": name})

    def _testing_selection(self) -> dict[str, Any]:
        name = self.params["RestoreTestingSelectionName"]
        found = self._testing_plan().selections.get(name)
        if found is None:
            not_found(f"Cannot find restore testing selection {name}")
        return found

    def get_restore_testing_selection(self) -> ActionResult:
        """Tell a selection."""
        name = self.params["RestoreTestingPlanName"]
        return ActionResult({"RestoreTestingSelection": {**self._testing_selection(), "RestoreTestingPlanName": name}})

    def list_restore_testing_selections(self) -> ActionResult:
        """List the selections of a plan."""
        plan = self._testing_plan()
        names = (
            "CreationTime",
            "IamRoleArn",
            "ProtectedResourceType",
            "RestoreTestingSelectionName",
            "ValidationWindowHours",
        )
        told = [
            without_nothing({"RestoreTestingPlanName": plan.told["RestoreTestingPlanName"]} | {
                name: each.get(name) for name in names})
            for each in plan.selections.values()
        ]  # fmt: skip
        return ActionResult(page(told, "RestoreTestingSelections", self.params))

    def delete_restore_testing_selection(self) -> EmptyResult:
        """Let a plan no longer test."""
        self._testing_selection()
        plan = self._testing_plan()
        plan.selections.pop(self.params["RestoreTestingSelectionName"])
        testing.arm(self.current_account, self.region, plan)
        return EmptyResult()

    def get_restore_testing_inferred_metadata(self) -> ActionResult:
        """Tell what a test would restore a recovery point with."""
        point = book(self).points.get(self.params["RecoveryPointArn"])
        if point is None:
            not_found(f"Cannot find recovery point {self.params['RecoveryPointArn']}")
        return ActionResult({"InferredMetadata": testing.inferred(point)})


def _check(told: dict[str, Any]) -> None:
    planning.check_schedule(told["ScheduleExpression"], told.get("ScheduleExpressionTimezone") or "Etc/UTC")
    if not (told["RecoveryPointSelection"].get("IncludeVaults")):
        invalid("IncludeVaults must name at least one vault")


def _named(plan: TestingPlan) -> dict[str, Any]:
    return {"RestoreTestingPlanArn": plan.arn, "RestoreTestingPlanName": plan.told["RestoreTestingPlanName"]}


def _listed(plan: TestingPlan) -> dict[str, Any]:
    names = ("ScheduleExpression", "ScheduleExpressionTimezone", "StartWindowHours")
    times = {
        "CreationTime": moment(plan.created),
        "LastExecutionTime": moment(plan.ran),
        "LastUpdateTime": moment(plan.updated),
    }
    return without_nothing(_named(plan) | {name: plan.told.get(name) for name in names} | times)
