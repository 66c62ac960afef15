"""What AWS Backup keeps of one account in one region, beyond moto's vaults and plans.

Saved with the cloud, in the state of the world. The world lock is held by whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.world import world

__all__ = [
    "DAY_S",
    "BackupJob",
    "Book",
    "CopyJob",
    "Point",
    "RestoreJob",
    "TestingPlan",
    "all_points",
    "book_at",
    "moment",
    "new_id",
    "vault_at",
    "vault_of_arn",
]

DAY_S = 86400.0


@dataclass(kw_only=True)
class Point:
    """A recovery point.

    Parameters
    ----------
    arn : str
        Its ARN; for volumes, machines and databases that of the snapshot or image.
    vault : str
        Name of its vault.
    account, region : str
        Where it is kept.
    resource_arn, resource_type, resource_name : str
        What it was taken from; ``EBS``, ``RDS``, ``S3``.
    role : str
        ARN of the role it was made with.
    began, done : float
        Epoch seconds; `done` is 0 while it is being made.
    size_bytes : int
        As Backup tells it.
    lifecycle : dict
        As given to the API.
    created_by : dict
        Plan and rule; empty for a job on demand.
    tags : dict
        Its tags.
    held : Any
        What the kind of the resource needs to restore it: ids of snapshots, objects with their bytes.
    metadata : dict
        What a restore is offered by ``get_recovery_point_restore_metadata``.
    key : str
        ARN of the KMS key it is encrypted with; empty for a key of AWS's.
    source_vault : str
        ARN of the vault it was copied from; empty for none.
    status : str
        ``CREATING``, ``COMPLETED``, ``EXPIRED``.
    reason : str
        Why it is as it is; empty for none.
    cold : bool
        Whether it is in cold storage.
    restored : float
        When it was last restored, epoch seconds; 0 for never.
    """

    arn: str
    vault: str
    account: str
    region: str
    resource_arn: str
    resource_type: str
    resource_name: str
    role: str
    began: float
    done: float = 0.0
    size_bytes: int = 0
    lifecycle: dict[str, Any] = field(default_factory=dict)
    created_by: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    held: Any = None
    metadata: dict[str, str] = field(default_factory=dict)
    key: str = ""
    source_vault: str = ""
    status: str = "CREATING"
    reason: str = ""
    cold: bool = False
    restored: float = 0.0


@dataclass(kw_only=True)
class BackupJob:
    """A backup job; ``asked`` holds what the request or the rule said."""

    id: str
    account: str
    region: str
    vault: str
    resource_arn: str
    resource_type: str
    role: str
    created: float
    start_by: float
    complete_by: float
    asked: dict[str, Any] = field(default_factory=dict)
    created_by: dict[str, str] = field(default_factory=dict)
    copies: list[dict[str, Any]] = field(default_factory=list)
    state: str = "CREATED"
    message: str = ""
    began: float = 0.0
    ends: float = 0.0
    completed: float = 0.0
    point: str = ""
    size_bytes: int = 0
    resource_name: str = ""


@dataclass(kw_only=True)
class CopyJob:
    """A copy job; it is kept where it copies from."""

    id: str
    account: str
    region: str
    source_vault: str
    source_point: str
    destination_vault: str
    resource_arn: str
    resource_type: str
    resource_name: str
    role: str
    created: float
    lifecycle: dict[str, Any] = field(default_factory=dict)
    created_by: dict[str, str] = field(default_factory=dict)
    backup_job: str = ""
    state: str = "CREATED"
    message: str = ""
    ends: float = 0.0
    completed: float = 0.0
    destination_point: str = ""
    size_bytes: int = 0


@dataclass(kw_only=True)
class RestoreJob:
    """A restore job."""

    id: str
    account: str
    region: str
    point: str
    vault: str
    resource_arn: str
    resource_type: str
    role: str
    created: float
    metadata: dict[str, str] = field(default_factory=dict)
    state: str = "PENDING"
    message: str = ""
    ends: float = 0.0
    completed: float = 0.0
    made: str = ""
    size_bytes: int = 0
    point_created: float = 0.0
    testing_plan: str = ""
    copies_tags: bool = False
    validation_s: float = 0.0
    validation: str = ""
    validation_message: str = ""
    deletion: str = ""


@dataclass(kw_only=True)
class TestingPlan:
    """A restore testing plan and its selections, by name, as given to the API."""

    __test__ = False  # pytest: its name begins like a test's

    arn: str
    told: dict[str, Any]
    created: float
    updated: float
    request_id: str = ""
    ran: float = 0.0
    round: int = 0
    selections: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Book:
    """All of it for one account and region; everything is keyed by its id, ARN or name."""

    selections: dict[str, dict[str, Any]] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    jobs: dict[str, BackupJob] = field(default_factory=dict)
    copies: dict[str, CopyJob] = field(default_factory=dict)
    restores: dict[str, RestoreJob] = field(default_factory=dict)
    testing: dict[str, TestingPlan] = field(default_factory=dict)
    holds: dict[str, dict[str, Any]] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    notices: dict[str, dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


def _books() -> dict[tuple[str, str], Book]:
    kept: dict[tuple[str, str], Book] = world().state.setdefault("backups", {})
    return kept


def book_at(account: str, region: str) -> Book:
    """The book of an account in a region."""
    return _books().setdefault((account, region), Book())


def all_points() -> Iterator[Point]:
    """Every recovery point of every account and region."""
    for book in list(_books().values()):
        yield from list(book.points.values())


def vault_at(account: str, region: str, name: str) -> Any:
    """Moto's vault; None where there is none."""
    from moto.backup.models import backup_backends

    return backup_backends[account][region].vaults.get(name)


def vault_of_arn(arn: str) -> Any:
    """Moto's vault of an ARN, of any account and region; None where there is none."""
    parts = arn.split(":")
    return vault_at(parts[4], parts[3], parts[6]) if len(parts) == 7 else None


def moment(epoch_s: float) -> datetime | None:
    """A time as an answer holds it; None for 0."""
    return datetime.fromtimestamp(epoch_s, UTC) if epoch_s else None


def in_utc(told: datetime | None) -> datetime | None:
    """A time as a question holds it: moto reads those in an address without their zone, which is UTC."""
    return told.replace(tzinfo=UTC) if told is not None and told.tzinfo is None else told


def new_id() -> str:
    """An id as AWS Backup makes them."""
    from moto.moto_api._internal import mock_random

    return str(mock_random.uuid4())
