"""moto's interpreter, taken hold of: its waits, its calls of AWS, what of an execution is saved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from aws14.emulator.behaviours.hooks import replace
from aws14.emulator.gate import own_key
from aws14.emulator.workflows.runs import current
from aws14.emulator.workflows.waiting import Event, Thread, Threads, Times
from aws14.emulator.world import world

__all__ = ["take_hold"]

_ASL = "moto.stepfunctions.parser.asl"
_STATES = f"{_ASL}.component.state"
#: Module -> the names in it that wait or begin threads.
_NAMES: dict[str, tuple[str, ...]] = {
    f"{_ASL}.component.program.program": ("threading",),
    f"{_ASL}.component.common.retry.retrier_decl": ("time",),
    f"{_STATES}.exec.execute_state": ("threading", "Thread"),
    f"{_STATES}.exec.state_map.iteration.inline_iteration_component": ("threading",),
    f"{_STATES}.exec.state_map.iteration.itemprocessor.map_run_record": ("threading",),
    f"{_STATES}.exec.state_map.iteration.job": ("threading",),
    f"{_STATES}.exec.state_task.service.state_task_service_callback": ("threading", "time"),
    f"{_STATES}.exec.state_parallel.branch_worker": ("threading",),
    f"{_STATES}.exec.state_parallel.branches_decl": ("threading",),
    f"{_ASL}.eval.environment": ("threading",),
    f"{_ASL}.eval.callback.callback": ("Event",),
    "moto.stepfunctions.parser.backend.execution_worker": ("Thread",),
}
_PUT: dict[str, Any] = {"threading": Threads, "time": Times, "Thread": Thread, "Event": Event}
#: AWS seconds between two looks at what a task with ``.sync`` waits for: each look is a call.
_LOOK_S = 5.0


def take_hold() -> None:
    """Let the interpreter wait in AWS time, and call this AWS with a key that it knows."""
    for name, words in _NAMES.items():
        module = import_module(name)
        for word in words:
            replace(module, word, _PUT[word])
    callback = import_module(f"{_STATES}.exec.state_task.service.state_task_service_callback")
    replace(callback, "_DELAY_SECONDS_SYNC_CONDITION_CHECK", _LOOK_S)
    waits = import_module(f"{_STATES}.wait.wait_function.wait_function")
    replace(waits.WaitFunction, "_wait_interval", _wait)
    stamps = import_module(f"{_STATES}.wait.wait_function.timestamp")
    replace(stamps.Timestamp, "_get_wait_seconds", _until(stamps.FailureEventException))
    clients = import_module(f"{_ASL}.utils.boto_client")
    replace(clients, "boto3", _Clients(clients.boto3))


def _wait(_function: Any, env: Any, wait_seconds: float) -> None:
    """A Wait state: until AWS time has come, or the execution is stopped."""
    due = world().clock.now() + wait_seconds
    # A millisecond: what shows the time may round it.
    while env.is_running() and not current().ended and world().clock.now() < due - 1e-3:
        env.program_state_event.wait(due - world().clock.now())


def _until(failure: type[Exception]) -> Callable[[Any, Any], float]:
    def seconds(state: Any, env: Any) -> float:
        state.string.eval(env=env)
        text = env.stack.pop()
        moment: datetime | None = state._from_timestamp_string(timestamp=text)  # noqa: SLF001 - moto's own reading
        if moment is None:
            raise failure(state._create_failure_event(env, text))  # noqa: SLF001 - moto's own words
        return moment.replace(tzinfo=UTC).timestamp() - world().clock.now()

    return seconds


class _Clients:
    """In the place of boto3: clients that sign with this AWS's own key, made once each."""

    def __init__(self, boto3: Any) -> None:
        self._boto3 = boto3
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Any] = {}

    def client(self, **settings: Any) -> Any:
        """A client for a service and a region."""
        which = settings["service_name"], settings["region_name"]
        with self._lock:
            if which not in self._made:
                endpoint = settings["endpoint_url"].replace("localhost", "127.0.0.1")
                keys = {"aws_access_key_id": own_key(), "aws_secret_access_key": "of this process"}
                self._made[which] = self._boto3.client(**{**settings, **keys, "endpoint_url": endpoint})
            return self._made[which]
