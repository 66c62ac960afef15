"""DB instances restored to a second, and automated backups that outlive their instance.

What AWS does
    With automated backups on, a DB instance can be restored to any second of its retention period, up to about five
    minutes ago: LatestRestorableTime follows the log, which is kept every five minutes. Who deletes an instance may
    keep its automated backups until their days are over, and restore from them.
What moto leaves out
    LatestRestorableTime is now; a restore to a time takes the newest settings and no data; automated backups are a name
    and a status.
What this adds
    The rows of that second: the last backup before it and every transaction committed since. The window and its
    refusals. DescribeDBInstanceAutomatedBackups with its restore window; retained backups, restores from them, and
    their deletion, by their days or by hand. Snapshots by hand are counted against their quota, automated ones not.
What it still does not do
    Replicated automated backups in another region, Aurora, restores that take longer the more log they run. A restore
    takes the settings that the instance has now.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NoReturn

from aws14.catalog import quota
from aws14.emulator.behaviours.hooks import add, before, replace
from aws14.emulator.clock import handles
from aws14.emulator.databases.image import Image
from aws14.emulator.databases.records import is_managed, life_of
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["find_source", "image_then", "install", "note_backup", "retain", "retained"]

_DAY_S = 86400.0
_UNLIMITED = 1_000_000


def install() -> None:
    """Take hold of where moto tells of automated backups."""
    from moto.rds.models import DBInstance, RDSBackend
    from moto.rds.responses import RDSResponse

    replace(DBInstance, "latest_restorable_time", property(_latest_told))
    replace(RDSBackend, "SNAPSHOT_QUOTA", _UNLIMITED)
    before(RDSBackend, "create_db_snapshot", _check_quota)
    before(RDSBackend, "copy_db_snapshot", _check_quota_of_copies)
    replace(RDSResponse, "describe_db_instance_automated_backups", _describe)
    add(RDSResponse, "delete_db_instance_automated_backup", _delete)


def _say(code: str, message: str) -> NoReturn:
    from moto.rds.exceptions import RDSClientError

    raise RDSClientError(code, message)


def _check_quota(backend: Any, *_: Any, snapshot_type: str = "manual", **__: Any) -> None:
    if snapshot_type == "manual":
        _check_quota_of_copies(backend)


def _check_quota_of_copies(backend: Any, *_: Any, **__: Any) -> None:
    manual = sum(each.snapshot_type == "manual" for each in backend.database_snapshots.values())
    if manual >= int(quota("RDS", "manual snapshots in a region").value):
        from moto.rds.exceptions import SnapshotQuotaExceededFault

        raise SnapshotQuotaExceededFault


def _latest(instance: Any) -> float:
    """The latest second that can be restored, epoch seconds; 0 for none."""
    journal = life_of(instance).journal
    if not journal.bases or not instance.backup_retention_period:
        return 0.0
    ended = float(vars(instance).get("_aws14_ended") or 0.0)
    every = typical_s("RDS transaction log backup")
    return max(journal.earliest, ended or world().clock.now() // every * every)


def _earliest(instance: Any) -> float:
    since = world().clock.now() - _DAY_S * int(instance.backup_retention_period)
    return max(life_of(instance).journal.earliest, since)


def _latest_told(instance: Any) -> datetime | None:
    from moto.core.utils import utcnow

    if not is_managed(instance):
        return utcnow()
    return _moment(_latest(instance))


def _moment(epoch_s: float) -> datetime | None:
    return datetime.fromtimestamp(epoch_s, UTC) if epoch_s else None


def note_backup(instance: Any) -> None:
    """Keep a backup of a DB instance as of now, for restores to a second."""
    now, life = world().clock.now(), life_of(instance)
    keep_from = now - _DAY_S * int(instance.backup_retention_period)
    life.journal.back_up(now, life.image.content(), keep_from=keep_from)


def image_then(instance: Any, asked: Any) -> Image:
    """The data of the second that a restore asks for.

    Parameters
    ----------
    instance : moto.rds.models.DBInstance
        The source; it may be retained backups only.
    asked : mapping
        Parameters of the call, by moto's names.

    Raises
    ------
    RDSClientError
        Backups are off, or the second is not in the window.
    """
    when, latest = asked.get("restore_time"), bool(asked.get("use_latest_restorable_time"))
    if (when is None) == (not latest):
        _say("InvalidParameterCombination", "Specify either RestoreTime or UseLatestRestorableTime.")
    if not instance.backup_retention_period:
        text = "SourceDBInstanceIdentifier refers to a DB instance with BackupRetentionPeriod equal to 0."
        _say("PointInTimeRestoreNotEnabled", text)
    if not life_of(instance).journal.bases:
        _say("InvalidDBInstanceState", f"DB instance {instance.db_instance_identifier} has no backup yet.")
    at = _latest(instance) if latest else _epoch(when)
    _check_window(instance, at)
    return life_of(instance).journal.image_at(at)


def _epoch(when: Any) -> float:
    told = datetime.fromisoformat(when.replace("Z", "+00:00")) if isinstance(when, str) else when
    return float((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp())


def _check_window(instance: Any, at: float) -> None:
    first, last = _earliest(instance), _latest(instance)
    name = instance.db_instance_identifier
    if at > last:
        text = f"The specified instance {name} cannot be restored to a time later than {_moment(last)}."
        _say("InvalidParameterValue", text)
    # The restore window is told in whole seconds.
    if at < first - 1:
        text = f"The specified instance {name} cannot be restored to a time earlier than {_moment(first)}."
        _say("InvalidParameterValue", text)


def _kept(backend: Any) -> dict[str, Any]:
    kept: dict[str, Any] = vars(backend).setdefault("_aws14_retained", {})
    return kept


def retained(backend: Any, resource_id: str) -> Any:
    """The DB instance, deleted, whose automated backups are kept; None for none."""
    return _kept(backend).get(resource_id)


def retain(instance: Any) -> None:
    """Keep the automated backups of a DB instance that is deleted, until their days are over."""
    backend = instance.backend
    instance._aws14_ended = world().clock.now()  # noqa: SLF001 - ours, kept with the instance
    _kept(backend)[instance.dbi_resource_id] = instance
    after = _DAY_S * int(instance.backup_retention_period)
    args = (backend.account_id, backend.region_name, instance.dbi_resource_id)
    world().clock.after(after, "rds.retained_ends", args)


@handles("rds.retained_ends")
def _retained_ends(account: str, region: str, resource_id: str) -> None:
    from moto.rds.models import rds_backends

    _forget(rds_backends[account][region], resource_id)


def _forget(backend: Any, resource_id: str) -> None:
    if _kept(backend).pop(resource_id, None) is None:
        return
    for snapshot in list(backend.database_snapshots.values()):
        if snapshot.snapshot_type == "automated" and snapshot.dbi_resource_id == resource_id:
            backend.delete_db_snapshot(snapshot.db_snapshot_identifier)


def _arn(instance: Any) -> str:
    backend = instance.backend
    key = instance.dbi_resource_id.lower().replace("db-", "ab-", 1)
    return f"arn:aws:rds:{backend.region_name}:{backend.account_id}:auto-backup:{key}"


def _told(instance: Any, status: str) -> dict[str, Any]:
    latest = _latest(instance)
    window = {"EarliestTime": _moment(_earliest(instance)), "LatestTime": _moment(latest)} if latest else {}
    return {
        "DBInstanceArn": instance.db_instance_arn,
        "DbiResourceId": instance.dbi_resource_id,
        "Region": instance.backend.region_name,
        "DBInstanceIdentifier": instance.db_instance_identifier,
        "RestoreWindow": window,
        "AllocatedStorage": int(instance.allocated_storage),
        "Status": status,
        "Port": instance.port,
        "InstanceCreateTime": instance.instance_create_time,
        "MasterUsername": instance.master_username,
        "Engine": instance.engine,
        "EngineVersion": instance.engine_version,
        "Encrypted": bool(instance.storage_encrypted),
        "StorageType": instance.storage_type,
        "BackupRetentionPeriod": int(instance.backup_retention_period),
        "DBInstanceAutomatedBackupsArn": _arn(instance),
        "BackupTarget": "region",
    }


def _all(backend: Any) -> list[dict[str, Any]]:
    live = [each for each in backend.databases.values() if is_managed(each) and each.backup_retention_period]
    told = [_told(each, "active" if life_of(each).journal.bases else "creating") for each in live]
    return told + [_told(each, "retained") for each in _kept(backend).values()]


_WAYS = {
    "DbiResourceId": "DbiResourceId",
    "DBInstanceIdentifier": "DBInstanceIdentifier",
    "DBInstanceAutomatedBackupsArn": "DBInstanceAutomatedBackupsArn",
}
_FILTERS = {"status": "Status", "db-instance-id": "DBInstanceIdentifier", "dbi-resource-id": "DbiResourceId"}


def _describe(response: Any) -> Any:
    from moto.core.responses import ActionResult

    found = [
        each
        for each in _all(response.backend)
        if all(response.params.get(asked) in (None, each[name]) for asked, name in _WAYS.items())
    ]
    for wanted in response.params.get("Filters") or ():
        name = _FILTERS.get(wanted["Name"])
        found = [each for each in found if name and each[name] in wanted["Values"]]
    return ActionResult({"DBInstanceAutomatedBackups": found})


def _delete(response: Any) -> Any:
    from moto.core.responses import ActionResult

    asked = response.params
    key, arn = asked.get("DbiResourceId"), asked.get("DBInstanceAutomatedBackupsArn")
    for each in _all(response.backend):
        if each["DbiResourceId"] == key or each["DBInstanceAutomatedBackupsArn"] == arn:
            if each["Status"] != "retained":
                text = "Automated backups of an active DB instance cannot be deleted."
                _say("InvalidDBInstanceAutomatedBackupState", text)
            _forget(response.backend, each["DbiResourceId"])
            return ActionResult({"DBInstanceAutomatedBackup": {**each, "Status": "deleting"}})
    return _say("DBInstanceAutomatedBackupNotFound", f"DB instance automated backup {key or arn} not found.")


def find_source(backend: Any, source: str | None, asked: Any) -> Any:
    """The DB instance, live or retained, that a restore to a point in time names; None for none."""
    if source and source in backend.databases:
        return backend.databases[source]
    arn, key = asked.get("source_db_instance_automated_backups_arn"), asked.get("source_dbi_resource_id")
    candidates = [*backend.databases.values(), *_kept(backend).values()]
    return next(
        (each for each in candidates if is_managed(each) and (each.dbi_resource_id == key or _arn(each) == arn)), None
    )
