"""What a template of the Fault Injection Service must be like; what is wrong is refused when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from aws14.emulator.fis_actions import ACTIONS, Action, ActionError, duration_s
from aws14.emulator.fis_targets import INSTANCE, SELECTION

__all__ = ["ALARM", "check"]

ALARM = "aws:cloudwatch:alarm"


def check(targets: Mapping[str, Any], actions: Mapping[str, Any], stop_conditions: list[Mapping[str, Any]]) -> None:
    """Refuse a template that could not run.

    Parameters
    ----------
    targets, actions : Mapping
        By name, as in the call.
    stop_conditions : list
        As in the call.
    """
    if not actions:
        _say("The template must have an action.")
    for name, target in targets.items():
        _check_target(name, target)
    for name, action in actions.items():
        _check_action(name, action, targets)
        for other in action.get("startAfter") or ():
            if other not in actions:
                _say(f"The action {name} starts after {other}, which is not in the template.")
    _refuse_circles(actions)
    for condition in stop_conditions:
        if condition["source"] not in {"none", ALARM} or (condition["source"] == ALARM and not condition.get("value")):
            _say(f"The stop condition is none, or {ALARM} with the ARN of an alarm.")


def _check_target(name: str, target: Mapping[str, Any]) -> None:
    if SELECTION.fullmatch(target.get("selectionMode", "")) is None:
        _say(f"The selection mode of the target {name} is ALL, COUNT(n) or PERCENT(n).")
    by_arn, by_look = bool(target.get("resourceArns")), bool(target.get("resourceTags") or target.get("filters"))
    if by_arn == by_look:
        _say(f"The target {name} has either resourceArns, or resourceTags or filters.")
    if by_look and target["resourceType"] != INSTANCE:
        _say(f"A target of the type {target['resourceType']} has resourceArns.")


def _check_action(name: str, action: Mapping[str, Any], targets: Mapping[str, Any]) -> None:
    kind = ACTIONS.get(action["actionId"])
    if kind is None:
        known = ", ".join(sorted(ACTIONS))
        _say(f"The action {action['actionId']} is not in the embedded AWS (docs/fidelity.md). There are: {known}.")
    given = action.get("targets") or {}
    if set(given) != ({kind.target} if kind.target else set()):
        _say(f"The action {name} has the target {kind.target or 'of nothing'}.")
    for target in given.values():
        if target not in targets or targets[target]["resourceType"] != kind.resource:
            _say(f"The action {name} needs a target of the type {kind.resource}.")
    _check_parameters(name, action.get("parameters") or {}, kind)


def _check_parameters(name: str, parameters: Mapping[str, str], kind: Action) -> None:
    missing = [each for each in kind.needs if each not in parameters]
    if missing:
        _say(f"The action {name} needs {', '.join(missing)}.")
    for each in kind.durations:
        if each in parameters:
            try:
                duration_s(parameters[each])
            except ActionError as wrong:
                _say(f"{each} of the action {name}: {wrong}")


def _refuse_circles(actions: Mapping[str, Any]) -> None:
    left = {name: set(action.get("startAfter") or ()) for name, action in actions.items()}
    while left:
        free = {name for name, waits in left.items() if not waits}
        if not free:
            _say(f"The actions {', '.join(sorted(left))} wait for each other.")
        left = {name: waits - free for name, waits in left.items() if name not in free}


def _say(message: str) -> NoReturn:
    from moto.fis.exceptions import FISException

    refusal = FISException("ValidationException", message)
    refusal.code = 400
    raise refusal
