"""What Backup keeps in its own storage: recovery points that are no snapshot of another service."""

from __future__ import annotations

from aws14.emulator.backups.records import Point, all_points
from aws14.emulator.durations import typical_s

__all__ = ["GB", "last_of", "lasts_s", "recovery_point_arn"]

GB = 1e9


def recovery_point_arn(point: Point) -> str:
    """ARN of a recovery point that Backup itself keeps."""
    return f"arn:aws:backup:{point.region}:{point.account}:recovery-point:{point.arn.rpartition(':')[2]}"


def lasts_s(size_bytes: float) -> float:
    """How long so many bytes take into or out of Backup's storage, s."""
    fixed = typical_s("AWS Backup job, before the first GB")
    return fixed + typical_s("AWS Backup job, each GB") * size_bytes / GB


def last_of(resource_arn: str, *, vault: str, region: str) -> Point | None:
    """The newest recovery point of a resource in a vault: what is unchanged since is not stored twice."""
    own = [
        each
        for each in all_points()
        if each.resource_arn == resource_arn and each.vault == vault and each.region == region and each.held is not None
    ]
    return max(own, key=lambda each: each.began, default=None)
