"""An execution on the clock: queued, launching, preparing, transferring, verifying, over.

Files arrive in the order of their paths, when the line has carried their bytes; they are put there when somebody looks
at the execution, when the line or the task's limit changes, and at the end. One agent works for one task at a time: the
others queue.
"""

from __future__ import annotations

import math

from aws14.catalog import quota
from aws14.emulator import offices
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.moving import agents
from aws14.emulator.moving.comparing import compared, differs, to_verify
from aws14.emulator.moving.models import DataSyncBackend, Entry, Execution, Location, Task, backend_of, everywhere
from aws14.emulator.moving.mounting import MountError, opened
from aws14.emulator.moving.sides import FileError, Side
from aws14.emulator.world import world
from aws14.sim.transfer import transfer_s

__all__ = ["begin", "changed", "settle", "stop", "task_status"]

_GIB, _BITS = 1024**3, 8
_MBIT = 1e6


def task_status(backend: DataSyncBackend, task: Task) -> str:
    """As AWS tells it: queued, running, unavailable because its agent is offline, or available."""
    now = backend.executions.get(task.current)
    if now is not None and not now.is_over:
        return "QUEUED" if now.status == "QUEUED" else "RUNNING"
    return "UNAVAILABLE" if _agents(backend, task) and not agents.is_online() else "AVAILABLE"


def _ends(backend: DataSyncBackend, task: Task) -> tuple[Location, Location]:
    return backend.locations[task.source], backend.locations[task.destination]


def _agents(backend: DataSyncBackend, task: Task) -> set[str]:
    return {agent for end in _ends(backend, task) for agent in end.agents}


def begin(backend: DataSyncBackend, execution: Execution) -> None:
    """Let an execution launch, or wait until its agent is free."""
    backend.executions[execution.arn] = execution
    backend.tasks[execution.task_arn].current = execution.arn
    if not _is_busy(backend, execution):
        _enters(execution, "LAUNCHING")
        _post(execution, typical_s("DataSync task execution launching"), "datasync.prepares")


def _is_busy(backend: DataSyncBackend, execution: Execution) -> bool:
    mine = _agents(backend, backend.tasks[execution.task_arn])
    others = (each for each in backend.executions.values() if each.is_running)
    return any(mine & _agents(backend, backend.tasks[each.task_arn]) for each in others)


def _enters(execution: Execution, status: str) -> None:
    execution.status = status
    execution.phases[status] = world().clock.now()


def _post(execution: Execution, seconds: float, event: str) -> None:
    execution.turn += 1
    world().clock.after(seconds, event, (execution.arn, execution.turn))


def _find(arn: str, turn: int | None = None) -> tuple[DataSyncBackend, Execution] | None:
    """An execution that goes on, None for one that is gone, over, or has changed since."""
    backend = backend_of(arn)
    found = backend.executions.get(arn)
    if found is None or found.is_over or turn not in (None, found.turn):
        return None
    return backend, found


def _sides(backend: DataSyncBackend, execution: Execution) -> tuple[Side, Side]:
    source, destination = _ends(backend, backend.tasks[execution.task_arn])
    return opened(source), opened(destination)


@handles("datasync.prepares")
def _prepares(arn: str, turn: int) -> None:
    found = _find(arn, turn)
    if found is None:
        return
    backend, execution = found
    _enters(execution, "PREPARING")
    try:
        ends = _sides(backend, execution)
        source, destination = (side.listed() for side in ends)
        execution.declared = max(0, ends[0].declared() - ends[1].declared())
    except (MountError, FileError) as error:
        _fail(backend, execution, error, "Prepare")
        return
    plan = compared(source, destination, options=execution.options, told=execution.told)
    execution.entries, execution.gone, execution.known = plan.entries, plan.gone, plan.known
    execution.skipped, execution.listed = plan.skipped, (len(source), len(destination))
    execution.estimated_files, execution.estimated_deletes = len(plan.entries), len(plan.gone)
    execution.estimated_bytes = sum(each.bytes for each in plan.entries) + execution.declared
    looks_s = (len(source) + len(destination)) / quota("DataSync", "files prepared").value
    _post(execution, typical_s("DataSync task execution preparing, least") + looks_s, "datasync.transfers")


def _fail(backend: DataSyncBackend, execution: Execution, error: MountError | FileError, phase: str) -> None:
    execution.error = (error.code, error.detail) if isinstance(error, MountError) else ("InputOutputError", str(error))
    execution.failed_in = phase
    _over(backend, execution, "ERROR")


@handles("datasync.transfers")
def _transfers(arn: str, turn: int) -> None:
    found = _find(arn, turn)
    if found is not None:
        _enters(found[1], "TRANSFERRING")
        found[1].since = world().clock.now()
        _arm(*found)


def _arm(backend: DataSyncBackend, execution: Execution) -> None:
    """Post the end of the transfer at the rate that holds now; while nothing flows there is none."""
    execution.turn += 1
    mbps = _mbps(backend, execution)
    left = execution.estimated_bytes - execution.carried
    execution.rate = mbps * _MBIT / _BITS
    if mbps > 0:
        seconds = transfer_s(max(0.0, left) / _GIB, mbps=mbps)
        world().clock.after(seconds, "datasync.transferred", (execution.arn, execution.turn))


def _mbps(backend: DataSyncBackend, execution: Execution) -> float:
    """What carries least: DataSync itself, the limit of the task, the office's line where an end is there."""
    task, line = backend.tasks[execution.task_arn], offices.line()
    most = [quota("DataSync", "throughput of a task").value]
    limit = execution.options.get("BytesPerSecond", -1)
    if limit > 0:
        most.append(limit * _BITS / _MBIT)
    source, destination = _ends(backend, task)
    if source.agents:
        most.append(0.0 if line.cut else line.up_mbps)
    if destination.agents:
        most.append(0.0 if line.cut else line.down_mbps)
    return min(most)


def changed() -> None:
    """The line has changed: whatever is on its way goes on at the new rate."""
    for backend in everywhere():
        for execution in list(backend.executions.values()):
            if execution.status == "TRANSFERRING":
                settle(backend, execution)
                _arm(backend, execution)


def settle(backend: DataSyncBackend, execution: Execution) -> None:
    """Put there what the line has carried until now."""
    if execution.status != "TRANSFERRING":
        return
    now = world().clock.now()
    execution.carried += (now - execution.since) * execution.rate
    execution.since = now
    _put(backend, execution, execution.carried)
    real = execution.estimated_bytes - execution.declared
    execution.declared_moved = min(execution.declared, max(0, int(execution.carried) - real))


def _put(backend: DataSyncBackend, execution: Execution, carried: float) -> None:
    done = execution.files + execution.failed.get("Transfer", 0)
    arrives = sum(each.bytes for each in execution.entries[:done])
    if done >= len(execution.entries) or arrives + execution.entries[done].bytes > carried + 0.5:
        return
    try:
        source, destination = _sides(backend, execution)
    except MountError:
        return  # the end of the transfer tells
    for entry in execution.entries[done:]:
        arrives += entry.bytes
        if arrives > carried + 0.5:
            return
        _move(execution, entry, source, destination)


def _move(execution: Execution, entry: Entry, source: Side, destination: Side) -> None:
    try:
        destination.write(entry.path, source.read(entry.path), entry.modified)
    except FileError as error:
        _one_failed(execution, "Transfer", error)
        execution.lost.add(entry.path)
    else:
        execution.files += 1
        execution.moved_bytes += entry.bytes


def _one_failed(execution: Execution, phase: str, error: FileError) -> None:
    execution.failed[phase] = execution.failed.get(phase, 0) + 1
    execution.first_failure = execution.first_failure or str(error)


@handles("datasync.transferred")
def _transferred(arn: str, turn: int) -> None:
    found = _find(arn, turn)
    if found is None:
        return
    backend, execution = found
    _put(backend, execution, math.inf)
    try:
        _, destination = _sides(backend, execution)
    except MountError as error:
        _fail(backend, execution, error, "Transfer")
        return
    if execution.declared:
        destination.declare(destination.declared() + execution.declared)
        execution.declared_moved = execution.declared
    for path in execution.gone:
        _delete(execution, destination, path)
    if execution.options["VerifyMode"] == "NONE":
        _over(backend, execution, _outcome(execution))
        return
    _enters(execution, "VERIFYING")
    read_gib = (sum(each.bytes for each in to_verify(execution)) + execution.declared) / _GIB
    seconds = transfer_s(read_gib, mbps=quota("DataSync", "throughput of a task").value)
    _post(execution, typical_s("DataSync task execution verifying, least") + seconds, "datasync.verified")


def _delete(execution: Execution, destination: Side, path: str) -> None:
    try:
        destination.remove(path)
        execution.deleted += 1
    except FileError as error:
        _one_failed(execution, "Delete", error)


@handles("datasync.verified")
def _verified(arn: str, turn: int) -> None:
    found = _find(arn, turn)
    if found is None:
        return
    backend, execution = found
    try:
        source, destination = _sides(backend, execution)
    except MountError as error:
        _fail(backend, execution, error, "Verify")
        return
    _verify(execution, source, destination)
    _over(backend, execution, _outcome(execution))


def _verify(execution: Execution, source: Side, destination: Side) -> None:
    """By the bytes of what was moved; what was the same before and has not been touched since is the same."""
    moved = {each.path for each in execution.entries}
    rest = [each for each in to_verify(execution) if each.path not in moved]
    there = destination.listed() if rest else {}
    for entry in to_verify(execution):
        try:
            if entry.path in moved:
                same = source.read(entry.path) == destination.read(entry.path)
            else:
                same = not differs(entry, there.get(entry.path))
        except FileError as error:
            _one_failed(execution, "Verify", error)
            continue
        if same:
            execution.verified += 1
        else:
            _one_failed(execution, "Verify", FileError(f"{entry.path}: source and destination differ"))


def _outcome(execution: Execution) -> str:
    if not execution.failed:
        return "SUCCESS"
    execution.failed_in = "Verify" if set(execution.failed) == {"Verify"} else "Transfer"
    code = "VerificationFailed" if execution.failed_in == "Verify" else "InputOutputError"
    files = sum(execution.failed.values())
    execution.error = (code, f"{files} files failed. The first: {execution.first_failure}")
    return "ERROR"


def stop(backend: DataSyncBackend, execution: Execution) -> None:
    """Cancel: what has arrived stays."""
    settle(backend, execution)
    execution.error = ("TaskExecutionCancelled", "The task execution was cancelled.")
    execution.failed_in = "Transfer"
    _over(backend, execution, "ERROR")


def _over(backend: DataSyncBackend, execution: Execution, status: str) -> None:
    execution.turn += 1
    execution.status, execution.phases["END"] = status, world().clock.now()
    execution.entries = execution.known = ()
    execution.gone, execution.lost = (), set()
    for each in list(backend.executions.values()):
        if each.status == "QUEUED" and each.task_arn in backend.tasks:
            begin(backend, each)
