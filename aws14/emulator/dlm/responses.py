"""Operations of Data Lifecycle Manager, as moto writes its own. Importing this imports moto."""

from __future__ import annotations

from typing import Any, NoReturn

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from aws14.emulator.backups.records import moment
from aws14.emulator.dlm import running
from aws14.emulator.dlm.models import DLMBackend, Policy, dlm_backends
from aws14.emulator.world import world

__all__ = ["DLMResponse"]

_SETTINGS = ("Description", "State", "ExecutionRoleArn", "PolicyDetails")


class DLMResponse(BaseResponse):
    """Lifecycle policies."""

    params: dict[str, Any]

    def __init__(self) -> None:
        super().__init__(service_name="dlm")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> DLMBackend:
        """The policies of who asks."""
        return dlm_backends[self.current_account][self.region]

    def _policy(self) -> Policy:
        policy = self.backend.policies.get(self.params["PolicyId"])
        if policy is None:
            _say("ResourceNotFoundException", f"Policy {self.params['PolicyId']} does not exist.", 404)
        return policy

    def create_lifecycle_policy(self) -> ActionResult:
        """Make a policy, and let it run if it is enabled."""
        if self.params.get("DefaultPolicy"):
            _say("InvalidRequestException", "Default policies are not part of the embedded AWS; give PolicyDetails.")
        told = {name: self.params.get(name) for name in _SETTINGS}
        _check(told["PolicyDetails"] or {})
        from moto.moto_api._internal import mock_random

        key, now = f"policy-{mock_random.get_random_hex(17)}", world().clock.now()
        arn = f"arn:aws:dlm:{self.region}:{self.current_account}:policy/{key}"
        policy = Policy(key, arn, told, dict(self.params.get("Tags") or {}), created=now, modified=now)
        self.backend.policies[key] = policy
        running.arm(policy)
        return ActionResult({"PolicyId": key})

    def get_lifecycle_policy(self) -> ActionResult:
        """Tell a policy."""
        policy = self._policy()
        told = {
            "PolicyId": policy.id,
            **policy.told,
            "StatusMessage": policy.told["State"],
            "DateCreated": moment(policy.created),
            "DateModified": moment(policy.modified),
            "Tags": policy.tags,
            "PolicyArn": policy.arn,
            "DefaultPolicy": False,
        }
        return ActionResult({"Policy": told})

    def get_lifecycle_policies(self) -> ActionResult:
        """List policies."""
        asked = self.params
        told = [
            {
                "PolicyId": policy.id,
                "Description": policy.told["Description"],
                "State": policy.told["State"],
                "Tags": policy.tags,
                "PolicyType": policy.told["PolicyDetails"].get("PolicyType", running.SNAPSHOTS),
                "DefaultPolicy": False,
            }
            for policy in self.backend.policies.values()
            if (not asked.get("PolicyIds") or policy.id in asked["PolicyIds"])
            and asked.get("State") in (None, policy.told["State"])
        ]
        return ActionResult({"Policies": told})

    def update_lifecycle_policy(self) -> EmptyResult:
        """Change a policy; what it made stays."""
        policy = self._policy()
        changes = {name: self.params[name] for name in _SETTINGS if self.params.get(name) is not None}
        details = {**policy.told["PolicyDetails"], **(changes.get("PolicyDetails") or {})}
        _check(details)
        policy.told.update(changes, PolicyDetails=details)
        policy.modified = world().clock.now()
        running.arm(policy)
        return EmptyResult()

    def delete_lifecycle_policy(self) -> EmptyResult:
        """Delete a policy; its snapshots stay, and nobody deletes them any more."""
        self.backend.policies.pop(self._policy().id)
        return EmptyResult()

    def _by_arn(self) -> Policy:
        key = self.params["ResourceArn"].rpartition("/")[2]
        policy = self.backend.policies.get(key)
        if policy is None:
            _say("ResourceNotFoundException", f"Policy {key} does not exist.", 404)
        return policy

    def list_tags_for_resource(self) -> ActionResult:
        """Tell the tags of a policy."""
        return ActionResult({"Tags": self._by_arn().tags})

    def tag_resource(self) -> EmptyResult:
        """Put tags on a policy."""
        self._by_arn().tags.update(self.params["Tags"])
        return EmptyResult()

    def untag_resource(self) -> EmptyResult:
        """Take tags from a policy."""
        for name in self.params["TagKeys"]:
            self._by_arn().tags.pop(name, None)
        return EmptyResult()


def _say(code: str, message: str, status: int = 400) -> NoReturn:
    from moto.core.exceptions import JsonRESTError

    problem: Any = JsonRESTError(code, message)
    problem.code = status
    raise problem


def _check(details: dict[str, Any]) -> None:
    if details.get("PolicyType", running.SNAPSHOTS) != running.SNAPSHOTS:
        text = f"Policies of type {details['PolicyType']} are not part of the embedded AWS, {running.SNAPSHOTS} are."
        _say("InvalidRequestException", text)
    if not details.get("ResourceTypes") or not details.get("TargetTags") or not details.get("Schedules"):
        _say("InvalidRequestException", "ResourceTypes, TargetTags and Schedules must be specified.")
    for schedule in details["Schedules"]:
        if not running.readable(schedule.get("CreateRule") or {}):
            _say("InvalidRequestException", f"The CreateRule of schedule {schedule.get('Name')} is not valid.")
        kept = schedule.get("RetainRule") or {}
        if not kept.get("Count") and not kept.get("Interval"):
            _say("InvalidRequestException", "RetainRule must have a Count or an Interval.")
