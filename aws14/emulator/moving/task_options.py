"""Options of tasks: what DataSync does where nothing is said, and which do not go together."""

from __future__ import annotations

from typing import Any

from aws14.emulator.moving.models import refuse

__all__ = ["options_of"]

#: API reference, "Options", for tasks in Basic mode.
_DEFAULTS: dict[str, Any] = {
    "VerifyMode": "POINT_IN_TIME_CONSISTENT",
    "OverwriteMode": "ALWAYS",
    "Atime": "BEST_EFFORT",
    "Mtime": "PRESERVE",
    "Uid": "INT_VALUE",
    "Gid": "INT_VALUE",
    "PreserveDeletedFiles": "PRESERVE",
    "PreserveDevices": "NONE",
    "PosixPermissions": "PRESERVE",
    "BytesPerSecond": -1,
    "TaskQueueing": "ENABLED",
    "LogLevel": "OFF",
    "TransferMode": "CHANGED",
}


def options_of(*said: Any) -> dict[str, Any]:
    """All options, the later ones before the earlier ones, those nobody said as DataSync has them."""
    options = dict(_DEFAULTS)
    for each in said:
        options.update({name: value for name, value in (each or {}).items() if value is not None})
    if options["TransferMode"] == "ALL" and options["PreserveDeletedFiles"] == "REMOVE":
        refuse("PreserveDeletedFiles REMOVE cannot be used with TransferMode ALL.")
    return options
