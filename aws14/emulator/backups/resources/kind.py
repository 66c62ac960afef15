"""A kind of resource that AWS Backup protects: what has to be known of one to back it up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from aws14.emulator.backups.records import Point

__all__ = ["KEY_OF_SOURCE", "ColdStorage", "Found", "ResourceKind", "parts_of"]

KEY_OF_SOURCE = frozenset({"EBS", "EC2", "FSx", "RDS"})
"""Kinds whose recovery points are snapshots of another service: they keep the key of their source."""

ColdStorage = str
"""``always``, ``opt-in`` or ``never``: whether recovery points of a kind can move to cold storage."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A resource that is there.

    Parameters
    ----------
    arn, name : str
        Its ARN; the name that lists show.
    tags : dict
        Its tags.
    key : str
        KMS key it is encrypted with; empty for none, or for one of AWS's.
    """

    arn: str
    name: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class ResourceKind:
    """A kind of resource.

    Parameters
    ----------
    name : str
        As Backup calls it: ``EBS``, ``RDS``.
    prefix : str
        What ARNs of it have after ``arn:aws:``, without account and region: ``ec2:volume/``.
    cold : str
        Whether its recovery points can move to cold storage.
    find : callable
        The resource of an ARN; None where there is none.
    everything : callable
        ``(account, region)`` -> the resources there.
    take : callable
        ``(found, point)``: begin to back up into `point`, which gets its ARN, size, metadata and what it holds; returns
        how long it takes, s.
    copy : callable
        ``(source, point)``: begin to copy a recovery point into another; returns how long it takes, s.
    restore : callable
        ``(point, metadata)``: begin to restore; returns the ARN of what is made and how long it takes, s.
    drop : callable
        ``(point)``: delete what it holds.
    freeze : callable
        ``(point)``: let what it holds move to cold storage.
    tag : callable
        ``(arn, tags)``: put tags on what was restored.
    thaw : str
        Row of data/durations.csv: how long a recovery point takes out of cold storage.
    delete : callable
        ``(arn)``: delete a resource that a restore test made.
    """

    name: str
    prefix: str
    cold: ColdStorage = "never"
    find: Callable[[str], Found | None]
    everything: Callable[[str, str], Iterable[Found]]
    take: Callable[[Found, Point], float]
    copy: Callable[[Point, Point], float]
    restore: Callable[[Point, Mapping[str, str]], tuple[str, float]]
    drop: Callable[[Point], None]
    delete: Callable[[str], None]
    thaw: str = "AWS Backup restore from cold storage"
    freeze: Callable[[Point], None] = lambda _point: None
    tag: Callable[[str, Mapping[str, str]], None] = lambda _arn, _tags: None

    def owns(self, arn: str) -> bool:
        """Whether an ARN is of this kind."""
        service, *_ = self.prefix.split(":")
        return arn.split(":")[2:3] == [service] and arn.split(":", 5)[-1].startswith(self.prefix.split(":", 1)[1])


def parts_of(arn: str) -> tuple[str, str, str]:
    """Account, region and name in an ARN."""
    parts = arn.split(":", 5)
    return parts[4], parts[3], parts[5].replace(":", "/").rpartition("/")[2]
