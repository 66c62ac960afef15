"""Experiments of the Fault Injection Service act.

What AWS does
    An experiment, made from a template, looks for its targets (by ARN, tag, filter; all, some, a percentage), then runs
    its actions in their order, each for its time, and undoes what can be undone. It ends completed; stopped, by hand or
    by the alarm of a stop condition, after undoing; or failed, when a target leads to nothing.
What moto leaves out
    All of it: an experiment is completed when it is looked at twice, and nothing has happened.
What this adds
    The states, on the clock; aws:ec2:stop-instances (and the start after a duration), aws:ec2:terminate-instances,
    aws:ec2:reboot-instances, aws:ec2:api-insufficient-instance-capacity-error, aws:fis:wait: together the part of the
    scenario "AZ Availability: Power Interruption" that is about EC2. Targets, selection modes, startAfter, empty
    targets, stop conditions. Templates that could not run are refused, actions that are not here too.
What it still does not do
    Other actions; other accounts, logs, reports, the safety lever, actionsMode skip-all. Withheld capacity holds for
    everybody, not only for the role that is the target. The role of the template is not looked at.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.fis_actions import ActionError
from aws14.emulator.fis_run import OVER, Run
from aws14.emulator.fis_targets import TargetError
from aws14.emulator.fis_template import ALARM, check
from aws14.emulator.world import world

__all__ = ["install"]

_STOPPED_BY_ALARM = "Experiment halted by stop condition."


def install() -> None:
    """Take hold of templates, of the start and the stop of experiments, and of what they say."""
    from moto.fis.models import Experiment, FISBackend

    around(FISBackend, "create_experiment_template", _create)
    around(FISBackend, "update_experiment_template", _change)
    around(FISBackend, "start_experiment", _start)
    around(FISBackend, "stop_experiment", _stop)
    replace(Experiment, "advance", lambda _: None)
    replace(Experiment, "_sync_state", lambda experiment: Run(experiment).status)
    replace(Experiment, "resolved_targets", _resolved)
    for name in ("to_dict", "to_summary_dict"):
        around(Experiment, name, _said)


def _create(original: Callable[..., Any], backend: Any, **asked: Any) -> Any:
    check(asked.get("targets") or {}, asked.get("actions") or {}, asked.get("stop_conditions") or [])
    return original(backend, **asked)


def _change(original: Callable[..., Any], backend: Any, **asked: Any) -> Any:
    template = backend.experiment_templates.get(asked["id"])
    if template is not None:
        parts = ("targets", "actions", "stop_conditions")
        targets, actions, conditions = (
            getattr(template, part) if asked.get(part) is None else asked[part] for part in parts
        )
        check(targets, actions, conditions)
    return original(backend, **asked)


def _start(original: Callable[..., Any], backend: Any, **asked: Any) -> Any:
    there = set(backend.experiments)
    answer = original(backend, **asked)
    for new in set(backend.experiments) - there:
        run = Run(backend.experiments[new])
        run.enter("pending", "Experiment is pending.")
        world().clock.after(typical_s("FIS experiment pending to initiating"), "fault_injection.initiates", run.key)
        return backend.get_experiment(new)
    return answer


def _stop(original: Callable[..., Any], backend: Any, **asked: Any) -> Any:
    if asked["id"] in backend.experiments:
        _halt(Run(backend.experiments[asked["id"]]), "Experiment stopped by user.")
        return backend.get_experiment(asked["id"])
    return original(backend, **asked)


def _said(original: Callable[..., dict[str, Any]], experiment: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    said = original(experiment, *args, **kwargs)
    said["state"] = {"status": Run(experiment).status, "reason": getattr(experiment, "_aws14_reason", "")}
    return said


def _resolved(experiment: Any) -> list[Any]:
    from moto.fis.models import ResolvedTarget

    return [
        ResolvedTarget(resource_type=experiment.targets[name]["resourceType"], target_name=name, resource_arn=arn)
        for name, arns in Run(experiment).resolved.items()
        for arn in arns
    ]


def _run(account: str, region: str, key: str) -> Run | None:
    from moto.fis.models import fis_backends

    experiment = fis_backends[account][region].experiments.get(key)
    return None if experiment is None else Run(experiment)


@handles("fault_injection.initiates")
def _initiates(account: str, region: str, key: str) -> None:
    run = _run(account, region, key)
    if run is None or run.status != "pending":
        return
    run.enter("initiating", "Experiment is initiating.")
    try:
        run.resolve()
    except TargetError as empty:
        _fail(run, str(empty))
        return
    if any(_is_in_alarm(run, condition) for condition in run.experiment.stop_conditions):
        _halt(run, _STOPPED_BY_ALARM)
        return
    world().clock.after(typical_s("FIS experiment initiating to running"), "fault_injection.runs", run.key)


@handles("fault_injection.runs")
def _runs(account: str, region: str, key: str) -> None:
    run = _run(account, region, key)
    if run is not None and run.status == "initiating":
        run.enter("running", "Experiment is running.")
        _go_on(run)


def _go_on(run: Run) -> None:
    """Begin the actions whose time has come, and end when there is none left."""
    while ready := [name for name, action in run.actions("pending") if _has_waited(run, action)]:
        for name in ready:
            _begin(run, name)
            if run.over:
                return
    if not any(True for _ in run.actions("pending", "running")):
        run.enter("completed", "Experiment completed.")


def _has_waited(run: Run, action: dict[str, Any]) -> bool:
    waits_for = action.get("startAfter") or ()
    return all(run.experiment.actions[other]["state"]["status"] in OVER for other in waits_for)


def _begin(run: Run, name: str) -> None:
    if run.has_nothing_to_act_on(name):
        run.enter_action(name, "skipped", "Action was skipped: no target was found.")
        return
    run.enter_action(name, "running", "Action is running.")
    aim, kind = run.aim(name), run.kind(name)
    if _tries(run, name, lambda: kind.begin(aim)):
        world().clock.after(kind.lasts(aim), "fault_injection.action_ends", (*run.key, name))


@handles("fault_injection.action_ends")
def _action_ends(account: str, region: str, key: str, name: str) -> None:
    run = _run(account, region, key)
    if run is None or run.status != "running" or run.experiment.actions[name]["state"]["status"] != "running":
        return
    if _tries(run, name, lambda: run.kind(name).end(run.aim(name))):
        run.enter_action(name, "completed", "Action was completed.")
        _go_on(run)


def _tries(run: Run, name: str, act: Callable[[], None]) -> bool:
    """Do something for an action; when AWS refuses it, the experiment has failed."""
    from moto.ec2.exceptions import EC2ClientError

    try:
        act()
    except (ActionError, EC2ClientError) as refused:
        reason = str(getattr(refused, "message", refused))
        run.enter_action(name, "failed", reason)
        _fail(run, f"Action {name} failed: {reason}")
        return False
    return True


def _fail(run: Run, reason: str) -> None:
    _undo(run)
    run.enter("failed", reason)


def _halt(run: Run, reason: str) -> None:
    if not run.over and run.status != "stopping":
        _undo(run)
        run.enter("stopping", reason)
        world().clock.after(typical_s("FIS experiment stopping to stopped"), "fault_injection.stops", run.key)


def _undo(run: Run) -> None:
    """Undo what the running actions did, and begin no other."""
    from moto.ec2.exceptions import EC2ClientError

    for name, _ in list(run.actions("running")):
        try:
            run.kind(name).end(run.aim(name))
            run.enter_action(name, "stopped", "Action was stopped.")
        except (ActionError, EC2ClientError) as refused:
            run.enter_action(name, "failed", str(getattr(refused, "message", refused)))
    for name, _ in list(run.actions("pending")):
        run.enter_action(name, "cancelled", "Action was cancelled.")


@handles("fault_injection.stops")
def _stops(account: str, region: str, key: str) -> None:
    run = _run(account, region, key)
    if run is not None and run.status == "stopping":
        run.enter("stopped", run.experiment._aws14_reason)  # noqa: SLF001 - ours


def _is_in_alarm(run: Run, condition: dict[str, Any]) -> bool:
    from moto.cloudwatch.models import cloudwatch_backends

    account, region, _ = run.key
    alarms = cloudwatch_backends[account][region].alarms.values()
    wanted = condition["value"] if condition["source"] == ALARM else None
    return any(alarm.alarm_arn == wanted and alarm.state_value == "ALARM" for alarm in alarms)


@handles("fault_injection.alarm_changed")
def _alarm_changed(arn: str, state: str) -> None:
    if state != "ALARM" or "moto.fis.models" not in sys.modules:
        return
    from moto.fis.models import fis_backends

    for regions in list(fis_backends.values()):
        for backend in list(regions.values()):
            for run in map(Run, backend.experiments.values()):
                if any(each.get("value") == arn for each in run.experiment.stop_conditions):
                    _halt(run, _STOPPED_BY_ALARM)
