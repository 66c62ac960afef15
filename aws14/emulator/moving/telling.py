"""An execution as AWS tells it: what was expected, what has been done, how long each phase took."""

from __future__ import annotations

from typing import Any

from aws14.emulator.moving.models import Execution
from aws14.emulator.world import world

__all__ = ["told"]

_MS = 1000
_PHASES = {"Prepare": "PREPARING", "Transfer": "TRANSFERRING", "Verify": "VERIFYING"}


def told(one: Execution) -> dict[str, Any]:
    """The answer of ``DescribeTaskExecution``."""
    answer: dict[str, Any] = {
        "TaskExecutionArn": one.arn,
        "Status": one.status,
        "Options": one.options,
        "StartTime": one.started,
        **{name: rules for name, rules in one.told.items() if rules},
        "EstimatedFilesToTransfer": one.estimated_files,
        "EstimatedBytesToTransfer": one.estimated_bytes,
        "EstimatedFilesToDelete": one.estimated_deletes,
        "FilesTransferred": one.files,
        **dict.fromkeys(("BytesWritten", "BytesTransferred", "BytesCompressed"), one.moved_bytes + one.declared_moved),
        "FilesDeleted": one.deleted,
        "FilesSkipped": one.skipped,
        "FilesVerified": one.verified,
        "FilesListed": {"AtSource": one.listed[0], "AtDestinationForDelete": one.listed[1]},
        "FilesFailed": {name: one.failed.get(name, 0) for name in ("Prepare", "Transfer", "Verify", "Delete")},
    }
    times = {"LaunchTime": one.phases.get("LAUNCHING"), "EndTime": one.phases.get("END")}
    answer.update({name: at for name, at in times.items() if at is not None})
    if one.phases.get("PREPARING") is not None or one.error[0]:
        answer["Result"] = _result(one)
    return answer


def _result(one: Execution) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, phase in _PHASES.items():
        begun = one.phases.get(phase)
        result[f"{name}Status"] = _status(one, name, begun)
        if begun is not None:
            result[f"{name}Duration"] = round((_ended(one, phase) - begun) * _MS)
    if one.is_over:
        result["TotalDuration"] = round((one.phases["END"] - one.started) * _MS)
    if one.error[0]:
        result["ErrorCode"], result["ErrorDetail"] = one.error
    return result


def _ended(one: Execution, phase: str) -> float:
    """When a phase ended: with the begin of the next one; for the one that goes on, now."""
    later = [at for at in one.phases.values() if at > one.phases[phase]]
    over = one.phases.get("END", world().clock.now())
    return min([*later, over])


def _status(one: Execution, name: str, begun: float | None) -> str:
    if name == one.failed_in:
        return "ERROR"
    if begun is None or one.status == _PHASES[name]:
        return "PENDING"
    return "SUCCESS"
