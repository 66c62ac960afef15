"""Agents, locations, tasks and executions of DataSync, one backend an account and region; imports moto."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import JsonRESTError
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource
from moto.moto_api._internal import mock_random

__all__ = [
    "Agent",
    "DataSyncBackend",
    "Entry",
    "Execution",
    "Location",
    "Task",
    "backend_of",
    "datasync_backends",
    "everywhere",
    "new_id",
    "refuse",
]

_RUNNING = ("LAUNCHING", "PREPARING", "TRANSFERRING", "VERIFYING")


@dataclass
class Agent:
    """An agent: a virtual machine in the office that reads and writes there for DataSync."""

    arn: str
    name: str
    created: float
    tags: dict[str, str]


@dataclass
class Location:
    """One end of tasks: its kind (``smb``, ``nfs``, ``s3``, ``efs``, ``fsxw``), its address, what was said of it."""

    arn: str
    kind: str
    uri: str
    created: float
    told: dict[str, Any]
    tags: dict[str, str]

    @property
    def agents(self) -> tuple[str, ...]:
        """ARNs of the agents that reach it."""
        return tuple(self.told.get("AgentArns") or (self.told.get("OnPremConfig") or {}).get("AgentArns") or ())


@dataclass
class Task:
    """What is copied where, and how; ``round`` grows with every change of its schedule."""

    arn: str
    source: str
    destination: str
    created: float
    told: dict[str, Any]
    tags: dict[str, str]
    current: str = ""
    round: int = 0


@dataclass(frozen=True)
class Entry:
    """A file of a plan: its path below both ends, its size, when it was last written in the source (epoch s)."""

    path: str
    bytes: int
    modified: float


@dataclass
class Execution:
    """One run of a task.

    Attributes
    ----------
    status : str
        As AWS tells it.
    phases : dict
        Status -> when it began, epoch seconds; ``END`` too.
    entries : tuple of Entry
        What is to be moved, in order; empty once it has ended.
    gone : tuple of str
        What is to be deleted in the destination.
    known : tuple of Entry
        The whole source, where all of it is verified.
    moved_bytes, files, deleted, skipped, verified : int
        What has been done.
    declared, declared_moved : int
        Bytes that are said to be moved beside real files, and how many of them have been.
    failed : dict
        Phase -> how many files failed.
    lost : set of str
        Files that were not moved.
    since, rate : float
        From when on the bytes flow at this rate, bytes/s.
    carried : float
        Bytes that the line has carried until then.
    turn : int
        Grows with every change: events that were posted before are void.
    """

    arn: str
    task_arn: str
    started: float
    options: dict[str, Any]
    told: dict[str, Any]
    status: str = "QUEUED"
    phases: dict[str, float] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    gone: tuple[str, ...] = ()
    known: tuple[Entry, ...] = ()
    estimated_files: int = 0
    estimated_bytes: int = 0
    estimated_deletes: int = 0
    listed: tuple[int, int] = (0, 0)
    moved_bytes: int = 0
    files: int = 0
    deleted: int = 0
    skipped: int = 0
    verified: int = 0
    declared: int = 0
    declared_moved: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    first_failure: str = ""
    error: tuple[str, str] = ("", "")
    failed_in: str = ""
    since: float = 0.0
    rate: float = 0.0
    carried: float = 0.0
    turn: int = 0

    @property
    def is_running(self) -> bool:
        """Whether it has begun and not ended."""
        return self.status in _RUNNING

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.status in ("SUCCESS", "ERROR")


class DataSyncBackend(BaseBackend, TaggableResourcesMixin):
    """What DataSync keeps of an account in a region."""

    SERVICE_NAMESPACE = "datasync"

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.agents: dict[str, Agent] = {}
        self.locations: dict[str, Location] = {}
        self.tasks: dict[str, Task] = {}
        self.executions: dict[str, Execution] = {}

    def tagged(self, arn: str) -> dict[str, str]:
        """The tags of whatever has this ARN, to be changed; a refusal for nothing."""
        found = self.agents.get(arn) or self.locations.get(arn) or self.tasks.get(arn)
        if found is None:
            refuse(f"Resource {arn} is not found.")
        return found.tags

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """What the tagging API is told."""
        for kind, things in (("agent", self.agents), ("location", self.locations), ("task", self.tasks)):
            for each in things.values():
                yield TaggedResource(arn=each.arn, tags=each.tags, resource_type=f"datasync:{kind}")


datasync_backends = BackendDict(DataSyncBackend, "datasync")


def backend_of(arn: str) -> DataSyncBackend:
    """The backend that keeps what an ARN names."""
    _, _, _, region, account, _ = arn.split(":", 5)
    return datasync_backends[account][region]


def everywhere() -> Iterator[DataSyncBackend]:
    """All backends that there are."""
    for regions in list(datasync_backends.values()):
        yield from list(regions.values())


def new_id(prefix: str) -> str:
    """A new id: ``task-`` and seventeen digits."""
    return f"{prefix}-0{mock_random.get_random_hex(16)}"


def refuse(message: str) -> NoReturn:
    """Refuse a call as DataSync does."""
    raise JsonRESTError("InvalidRequestException", message)
