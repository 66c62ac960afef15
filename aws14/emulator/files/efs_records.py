"""EFS as moto keeps it, found by id; what this emulator adds to its objects; refusals in EFS's words."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

__all__ = ["Life", "bad", "file_systems", "find", "life_of", "mount_targets", "refuse", "require_available"]


@dataclass
class Life:
    """What goes on with a file system beyond moto's own.

    Attributes
    ----------
    turn : int
        Grows with every change of state: events of an earlier turn are void.
    raised_at : float
        When throughput was last provisioned or raised, epoch seconds; 0 for never.
    backup : str
        Status of its backup policy; empty where none was ever put.
    overwritable : bool
        Whether a replication may make it its destination.
    replication : dict or None
        Of a source: what `aws14.emulator.files.efs_replication` keeps.
    replica_of : str
        Of a destination: id of the source; empty for none.
    stretches : list of aws14.emulator.files.load.Stretch
        Its declared load so far, oldest first.
    """

    turn: int = 0
    raised_at: float = 0.0
    backup: str = ""
    overwritable: bool = False
    replication: dict[str, Any] | None = field(default=None)
    replica_of: str = ""
    stretches: list[Any] = field(default_factory=list)


def life_of(file_system: Any) -> Life:
    """The life of a file system, begun when it is first asked for."""
    kept = vars(file_system)
    if "_aws14" not in kept:
        kept["_aws14"] = Life()
    life: Life = kept["_aws14"]
    return life


def file_systems() -> Iterator[Any]:
    """All file systems, of every account and region."""
    for backend in _backends():
        yield from list(backend.file_systems_by_id.values())


def mount_targets() -> Iterator[Any]:
    """All mount targets, of every account and region."""
    for backend in _backends():
        yield from list(backend.mount_targets_by_id.values())


def _backends() -> Iterator[Any]:
    loaded = sys.modules.get("moto.efs.models")  # nobody has asked for EFS: there are none
    for regions in list(loaded.efs_backends.values()) if loaded is not None else ():
        yield from list(regions.values())


def find(file_system_id: str) -> Any:
    """The file system of an id; None when there is none."""
    return next((each for each in file_systems() if each.file_system_id == file_system_id), None)


def refuse(status: int, code: str, message: str) -> NoReturn:
    """Refuse a call as EFS does."""
    from moto.efs.exceptions import EFSError

    error = EFSError(code, message)
    error.code = status
    raise error


def bad(message: str) -> NoReturn:
    """Refuse a call whose parameters do not fit."""
    refuse(400, "BadRequest", message)


def require_available(file_system: Any) -> None:
    """Refuse what needs a file system that is available."""
    if file_system.life_cycle_state != "available":
        text = f"The file system '{file_system.file_system_id}' is in state '{file_system.life_cycle_state}'."
        refuse(409, "IncorrectFileSystemLifeCycleState", text)
