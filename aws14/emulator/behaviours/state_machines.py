"""Step Functions runs state machines.

What AWS does
    ``StartExecution`` answers at once; the execution goes from state to state, calls functions and services, waits,
    retries, catches, goes parallel, and ends SUCCEEDED, FAILED, TIMED_OUT or ABORTED with its output and a history. A
    task may wait for a token to come back. An express machine answers ``StartSyncExecution`` with the result.
What moto leaves out
    In its default mode nothing runs. Its interpreter waits in real time, calls with keys that nobody knows, knows
    executions without a name by the name None, and has no ``StartSyncExecution``.
What this adds
    The interpreter, on the clock: waits, pauses before retries and time-outs follow AWS time, and an advanced clock
    passes them; when time is advanced, an execution goes as far as it can before time goes on.
What it still does not do
    AWS time stands still while the tasks of an execution run, so they take no time in its history. The role of a
    machine is not asked. Distributed maps read what they are given, not S3. An execution that runs when the embedded
    AWS ends, or a saved cloud is restored, is ABORTED. Logs to CloudWatch Logs, activities, versions with aliases as
    targets.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from aws14 import catalog
from aws14.emulator.behaviours.hooks import add, around, replace
from aws14.emulator.clock import handles
from aws14.emulator.workflows.runs import RUNS, Run, settle, within
from aws14.emulator.world import on_change, world

__all__ = ["install"]

_GONE = "The embedded AWS ended, or a saved cloud was restored, while this execution was running."


def install() -> None:
    """Switch the interpreter on, and take hold of executions."""
    from moto.core.config import default_user_config
    from moto.stepfunctions.parser.backend.execution import Execution
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend
    from moto.stepfunctions.responses import StepFunctionResponse

    from aws14.emulator.workflows.interpreter import take_hold

    take_hold()
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    around(StepFunctionsParserBackend, "start_execution", _name)
    for answer in ("send_task_success", "send_task_failure", "send_task_heartbeat"):
        around(StepFunctionsParserBackend, answer, _answered)
    replace(Execution, "start", _start)
    replace(Execution, "stop", _stop)
    replace(Execution, "__getstate__", _kept)  # that of object, since Python 3.11
    add(Execution, "__setstate__", _found_again)
    add(StepFunctionResponse, "start_sync_execution", _start_sync)
    on_change(_end_strangers)


def _name(original: Callable[..., Any], backend: Any, state_machine_arn: str, *said: str | None) -> Any:
    from moto.moto_api._internal import mock_random

    name, text = said
    return original(backend, state_machine_arn, name or str(mock_random.uuid4()), text or "{}")


def _start(execution: Any) -> None:
    """Begin at once, but not inside the request."""
    from moto.stepfunctions.parser.api import ExecutionStatus

    execution.exec_worker = execution._get_start_execution_worker()  # noqa: SLF001 - as moto's own start
    execution.exec_status = ExecutionStatus.RUNNING
    args = (execution.account_id, execution.region_name, execution.exec_arn)
    world().clock.after(0.0, "state_machines.starts", args)


@handles("state_machines.starts")
def _starts(account: str, region: str, arn: str) -> None:
    execution = _found(account, region, arn)
    if execution is None or execution.status != "RUNNING" or arn in RUNS:
        return
    if execution.exec_worker is None:
        execution.exec_worker = execution._get_start_execution_worker()  # noqa: SLF001 - as moto's own start
    run = RUNS[arn] = Run(execution)
    with within(run):
        execution.exec_worker.start()
    settle(run)


@handles("state_machines.settles")
def _settles(arn: str) -> None:
    if arn in RUNS:
        settle(RUNS[arn])


def _found(account: str, region: str, arn: str) -> Any | None:
    from moto.stepfunctions.responses import get_backend

    machines = get_backend(account, region).state_machines
    return next((each for one in machines for each in one.executions if each.execution_arn == arn), None)


def _answered(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    """A token came back: the execution goes on before AWS time does."""
    answer = original(backend, *args, **kwargs)
    for arn in list(RUNS):
        world().clock.after(0.0, "state_machines.settles", (arn,))
    return answer


def _stop(execution: Any, stop_date: Any, error: str | None = None, cause: str | None = None) -> None:
    from moto.stepfunctions.parser.api import ExecutionStatus

    if execution.status != "RUNNING":
        return
    worker = execution.exec_worker
    if worker is not None and worker.env is not None:
        worker.stop(stop_date=stop_date, error=error, cause=cause)
    execution.exec_status, execution.stop_date = ExecutionStatus.ABORTED, stop_date
    execution.error, execution.cause = error or None, cause or None
    if execution.exec_arn in RUNS:
        RUNS.pop(execution.exec_arn).end()


def _kept(execution: Any) -> dict[str, Any]:
    """What a snapshot keeps: not the threads; an execution that runs will be found aborted."""
    state = {name: value for name, value in vars(execution).items() if name not in ("exec_worker", "_activity_store")}
    begun = execution.exec_arn in RUNS or execution.status != "RUNNING"
    return state | {"aws14_begun": begun, "aws14_history": list(execution.to_history_output()["events"])}


def _found_again(execution: Any, state: dict[str, Any]) -> None:
    from moto.stepfunctions.parser.api import ExecutionStatus

    history, begun = state.pop("aws14_history"), state.pop("aws14_begun")
    vars(execution).update(state, _activity_store={}, exec_worker=None)
    if not begun:
        return
    if execution.status == "RUNNING":
        execution.exec_status, execution.cause = ExecutionStatus.ABORTED, _GONE
        execution.stop_date = execution.start_date
    events = SimpleNamespace(get_event_history=lambda: history)
    nobody = SimpleNamespace(get=lambda _arn: None, get_all=list)
    execution.exec_worker = SimpleNamespace(
        env=SimpleNamespace(event_manager=events, map_run_record_pool_manager=nobody)
    )


def _end_strangers() -> None:
    """End the runs of executions that are no longer there: after a reset, a restored cloud, a deleted machine."""
    from moto.stepfunctions.parser.models import stepfunctions_parser_backends

    if not RUNS:
        return
    alive = {
        id(each)
        for regions in list(stepfunctions_parser_backends.values())
        for backend in list(regions.values())
        for machine in backend.state_machines
        for each in machine.executions
        if each.status == "RUNNING"
    }
    for arn, run in list(RUNS.items()):
        if id(run.of) not in alive:
            RUNS.pop(arn).end()


def _start_sync(response: Any) -> Any:
    """Run an execution of an express machine to its end and answer with what came of it."""
    from moto.core.exceptions import AWSError
    from moto.core.responses import ActionResult

    backend = response.stepfunction_backend
    machine = backend.describe_state_machine(response._get_param("stateMachineArn"))  # noqa: SLF001 - moto's own way
    if machine.type != "EXPRESS":
        text = "This operation is not supported by this type of state machine"
        raise AWSError(text, "StateMachineTypeNotSupported", 400)
    given = response._get_param("input", if_none="{}")  # noqa: SLF001 - the same
    execution = backend.start_execution(machine.arn, response._get_param("name"), given)  # noqa: SLF001 - the same
    _starts(backend.account_id, backend.region_name, execution.execution_arn)
    deadline = time.monotonic() + catalog.quota("Step Functions", "duration of an express execution").value
    while execution.status == "RUNNING" and time.monotonic() < deadline:
        world().wait(0.2)
    machine.executions.remove(execution)
    told = {
        "executionArn": execution.execution_arn.replace(":execution:", ":express:"),
        "stateMachineArn": machine.arn,
        "name": execution.name,
        "startDate": execution.start_date,
        "stopDate": execution.stop_date or execution.start_date,
        "status": execution.status,
        "input": given,
    }
    if execution.status == "SUCCEEDED":
        from moto.stepfunctions.parser.asl.utils.encoding import to_json_str

        told["output"] = to_json_str(execution.output, separators=(",", ":"))
    for name in ("error", "cause"):
        if getattr(execution, name):
            told[name] = getattr(execution, name)
    return ActionResult(told)
