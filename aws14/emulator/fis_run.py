"""One experiment of the Fault Injection Service as it goes: what moto's object says of it, kept with that object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws14.emulator.fis_actions import ACTIONS, Action, Aim
from aws14.emulator.fis_targets import TargetError, chosen
from aws14.emulator.world import world

__all__ = ["OVER", "Run"]

OVER = frozenset({"completed", "stopped", "failed", "cancelled", "skipped"})
_EMPTY = "Target resolution returned empty set."


class Run:
    """A view of an experiment.

    Parameters
    ----------
    experiment : moto.fis.models.Experiment
        What it is about; everything is kept there.
    """

    def __init__(self, experiment: Any) -> None:
        self.experiment = experiment

    @property
    def key(self) -> tuple[str, str, str]:
        """Account, region and id: what events are told."""
        return self.experiment.account_id, self.experiment.region_name, self.experiment.id

    @property
    def status(self) -> str:
        """Where it stands."""
        return str(self.experiment._status)  # noqa: SLF001 - moto keeps it here

    @property
    def over(self) -> bool:
        """Whether nothing will happen any more."""
        return self.status in OVER

    @property
    def resolved(self) -> dict[str, list[str]]:
        """The ARNs of each target, once they have been looked for."""
        found: dict[str, list[str]] = vars(self.experiment).setdefault("_aws14_resolved", {})
        return found

    def enter(self, status: str, reason: str) -> None:
        """Be in `status` from now on."""
        self.experiment._status = status  # noqa: SLF001 - moto keeps it here
        self.experiment._aws14_reason = reason  # noqa: SLF001 - ours, kept with the experiment
        if status in OVER:
            self.experiment.end_time = world().clock.now()

    def actions(self, *statuses: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The actions in one of these states, by name; all of them without one."""
        for name, action in self.experiment.actions.items():
            if not statuses or action["state"]["status"] in statuses:
                yield name, action

    def enter_action(self, name: str, status: str, reason: str) -> None:
        """Let an action be in `status` from now on."""
        action = self.experiment.actions[name]
        action["state"] = {"status": status, "reason": reason}
        if status in OVER:
            action.setdefault("startTime", world().clock.now())
            action["endTime"] = world().clock.now()
        else:
            action["startTime"] = world().clock.now()

    def kind(self, name: str) -> Action:
        """What an action does."""
        return ACTIONS[self.experiment.actions[name]["actionId"]]

    def aim(self, name: str) -> Aim:
        """What an action is aimed at."""
        action = self.experiment.actions[name]
        arns = [arn for target in (action.get("targets") or {}).values() for arn in self.resolved[target]]
        account, region, _ = self.key
        return Aim(account=account, region=region, arns=tuple(arns), parameters=action.get("parameters") or {})

    def resolve(self) -> None:
        """Look for the resources of each target.

        Raises
        ------
        TargetError
            One leads to nothing, and the experiment may not go on without.
        """
        account, region, _ = self.key
        for name, target in self.experiment.targets.items():
            self.resolved[name] = chosen(target, account, region)
            if not self.resolved[name] and self.experiment.experiment_options["emptyTargetResolutionMode"] == "fail":
                raise TargetError(_EMPTY)

    def has_nothing_to_act_on(self, name: str) -> bool:
        """Whether the targets of an action are empty."""
        return bool(self.kind(name).target) and not self.aim(name).arns
