"""DB snapshots on the clock: creating, then available; copies of them in other regions and accounts."""

from __future__ import annotations

from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.databases.image import Image
from aws14.emulator.databases.life import tell
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["begin", "copy_between", "require_available"]


def begin(snapshot: Any, seconds: float) -> None:
    """Let a snapshot be creating for so long."""
    snapshot.status = "creating"
    told = "automated" if snapshot.snapshot_type == "automated" else "snapshot"
    tell(snapshot, f"{told}-started")
    backend = snapshot.backend
    args = (backend.account_id, backend.region_name, snapshot.db_snapshot_identifier)
    world().clock.after(seconds, "rds.snapshot_completes", args)


@handles("rds.snapshot_completes")
def _completes(account: str, region: str, identifier: str) -> None:
    from moto.rds.models import rds_backends

    snapshot = rds_backends[account][region].database_snapshots.get(identifier)
    if snapshot is not None and snapshot.status == "creating":
        snapshot.status = "available"
        tell(snapshot, "automated-finished" if snapshot.snapshot_type == "automated" else "snapshot-finished")


def copy_between(source: Any, backend: Any, name: str, *, key: str) -> Any:
    """Copy a DB snapshot into another region or account, as AWS Backup does.

    Parameters
    ----------
    source : moto.rds.models.DBSnapshot
        Available.
    backend : moto.rds.models.RDSBackend
        Where to.
    name : str
        Identifier of the copy.
    key : str
        KMS key of the copy; empty for that of the source.
    """
    from moto.rds.models import DBSnapshot

    require_available(source)
    made: Any = DBSnapshot(
        backend,
        source.database,
        name,
        "awsbackup",
        list(source.tags or []),
        source.original_snapshot_create_time,
        key or None,
    )
    backend.database_snapshots[name] = made
    image: Image | None = getattr(source, "_aws14_image", None)
    if image is not None:
        made._aws14_image = image.copy()  # noqa: SLF001 - ours, kept with the snapshot
    made.source_db_snapshot_identifier = source.db_snapshot_arn
    away = (source.region, source.account_id) != (backend.region_name, backend.account_id)
    begin(made, typical_s("RDS DB snapshot copy to another region" if away else "RDS DB snapshot creating"))
    return made


def require_available(snapshot: Any) -> None:
    """Refuse to use a snapshot that is not available."""
    from moto.rds.exceptions import RDSClientError

    if snapshot.status != "available":
        text = f"Cannot use DB snapshot {snapshot.db_snapshot_identifier} because it is in {snapshot.status} state."
        raise RDSClientError("InvalidDBSnapshotState", text)
