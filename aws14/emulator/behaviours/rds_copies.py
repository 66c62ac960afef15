"""Copies of a DB instance: automated backups, snapshots, restores, read replicas, also in another region.

What AWS does
    A backup a day, kept for the retention period; snapshots that are "creating" for minutes, and can be copied to
    another region; new instances from snapshots, with another endpoint. A read replica is made from a backup of its
    source and follows it asynchronously; it takes no writes, until it is promoted to an instance of its own.
What moto leaves out
    All is there within the request, and empty; backups come once, at the creation; a replica shares its source's zone,
    tags and network, and a replica in another region its source's groups; a promoted replica goes on naming its source.
What this adds
    The states on the clock; real data: a snapshot holds what was committed when it began, a restore gives it back, a
    replica gets each committed transaction after the lag of data/durations.csv and refuses to write (error 1290). While
    the source is away nothing arrives; what was on its way is lost to a replica that is promoted then.
What it still does not do
    Snapshots are whole, not incremental; lag does not grow with the
    load; CloudWatch's ReplicaLag; shared and public snapshots are not checked on use.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aws14.emulator.behaviours.hooks import add, around
from aws14.emulator.behaviours.rds_life import first_backup, refuse_unless_available
from aws14.emulator.behaviours.rds_point_in_time import find_source, image_then, note_backup
from aws14.emulator.clock import handles
from aws14.emulator.databases import interfaces, replication, snapshots
from aws14.emulator.databases.guest import password_of
from aws14.emulator.databases.image import Image
from aws14.emulator.databases.life import Step, action, go, tell
from aws14.emulator.databases.records import find, is_managed, life_of
from aws14.emulator.databases.seats import settle
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["install"]


def install() -> None:
    """Take hold of moto's snapshots, restores and replicas."""
    from moto.rds.models import DBInstance, RDSBackend

    around(RDSBackend, "create_db_snapshot", _snapshot)
    around(RDSBackend, "copy_db_snapshot", _copy)
    around(RDSBackend, "restore_db_instance_from_db_snapshot", _restore)
    around(RDSBackend, "restore_db_instance_to_point_in_time", _restore_to_time)
    around(RDSBackend, "create_db_instance_read_replica", _replica)
    around(RDSBackend, "promote_read_replica", _promote)
    add(DBInstance, "status_infos", property(_replicating))


def _snapshot(
    original: Callable[..., Any], backend: Any, db_instance_identifier: str, *args: Any, **kwargs: Any
) -> Any:
    instance = backend.databases.get(db_instance_identifier)
    if instance is not None and is_managed(instance) and instance.status in {"creating", "deleting"}:
        refuse_unless_available(instance)
    snapshot = original(backend, db_instance_identifier, *args, **kwargs)
    if not is_managed(instance):
        return snapshot
    _unseat(snapshot, instance)
    snapshot._aws14_image = life_of(instance).image.copy()  # noqa: SLF001 - ours, kept with the snapshot
    automated = snapshot.snapshot_type == "automated"
    if not automated and instance.status == "available":
        go(instance, Step("backing-up", typical_s("RDS DB snapshot creating")), Step("available"))
    snapshots.begin(snapshot, typical_s("RDS backup after creation" if automated else "RDS DB snapshot creating"))
    return snapshot


def _unseat(snapshot: Any, instance: Any) -> None:
    """Take from a snapshot's copy of its instance what says where that stood: a restore chooses anew."""
    kept = vars(snapshot.database)
    snapshot.availability_zone = kept["availability_zone"]
    kept["_db_subnet_group_name"] = None
    kept.pop("db_subnet_group", None)
    _make_plain(kept, instance)


def _make_plain(kept: dict[str, Any], instance: Any) -> None:
    """Take from a copy of an instance what a restore does not inherit; the password it does."""
    kept.update(availability_zone=None, multi_az=False, is_replica=False, _aws14=None)
    kept.update(source_db_instance_identifier=None, deletion_protection=False, replicas=[])
    if instance.manage_master_user_password:  # the secret stays the instance's
        kept.update(_master_user_password=password_of(instance), manage_master_user_password=False)
        kept.pop("master_user_secret")


def _copy(
    original: Callable[..., Any], backend: Any, source_db_snapshot_identifier: str, *args: Any, **kwargs: Any
) -> Any:
    source = backend.get_db_snapshot(source_db_snapshot_identifier)
    snapshots.require_available(source)
    kwargs = {**kwargs, "copy_tags": kwargs.get("copy_tags", False)}
    made = original(backend, source_db_snapshot_identifier, *args, **kwargs)
    made.snapshot_type = "manual"
    image: Image | None = getattr(source, "_aws14_image", None)
    if image is not None:
        made._aws14_image = image.copy()  # noqa: SLF001 - ours, kept with the snapshot
    away = source.region != made.region
    if away:
        made.source_region = source.region
    made.source_db_snapshot_identifier = source.db_snapshot_arn
    snapshots.begin(made, typical_s("RDS DB snapshot copy to another region" if away else "RDS DB snapshot creating"))
    return made


def _restore(original: Callable[..., Any], backend: Any, from_snapshot_id: str, overrides: Any) -> Any:
    snapshot = backend.get_db_snapshot(from_snapshot_id)
    snapshots.require_available(snapshot)
    # moto finds no snapshot of AWS Backup's by its name.
    kind, snapshot.snapshot_type = snapshot.snapshot_type, "manual"
    try:
        instance = original(backend, from_snapshot_id, overrides)
    finally:
        snapshot.snapshot_type = kind
    image = getattr(snapshot, "_aws14_image", None)
    return _begin(instance, image.copy() if image is not None else None)


def _restore_to_time(original: Callable[..., Any], backend: Any, *asked_for: Any) -> Any:
    source, target, asked = asked_for
    found = find_source(backend, source, asked)
    if found is None or not is_managed(found):
        return original(backend, *asked_for)
    if target in backend.databases:
        from moto.rds.exceptions import DBInstanceAlreadyExists

        raise DBInstanceAlreadyExists
    image = image_then(found, asked)
    plain, place = copy.copy(found), f"{target}-as-it-was"
    _make_plain(vars(plain), found)
    # moto restores from what stands there; a source that is gone may have given its name to the target.
    plain.db_instance_identifier = place
    backend.databases[place] = plain
    try:
        instance = original(backend, place, target, asked)
    finally:
        backend.databases.pop(place)
    return _begin(instance, image)


def _begin(instance: Any, image: Image | None) -> Any:
    if is_managed(instance) and image is not None:
        life_of(instance).image = image
        restoring = typical_s("RDS DB instance restored from a snapshot")
        go(instance, Step("creating", restoring, "restored"), *first_backup(instance))
    return instance


@action("restored")
def _restored(instance: Any) -> None:
    tell(instance, "restored")


@action("backed-up")
def _backed_up(instance: Any) -> None:
    """The first backup is done; the others come in the window."""
    tell(instance, "backup-finished")
    _back_up(instance)
    _post_backup(instance)


def _back_up(instance: Any) -> None:
    name = datetime.fromtimestamp(world().clock.now(), UTC).strftime("%Y-%m-%d-%H-%M")
    identifier = f"rds:{instance.db_instance_identifier}-{name}"
    if identifier not in instance.backend.database_snapshots:
        instance.backend.create_db_snapshot(instance.db_instance_identifier, identifier, snapshot_type="automated")
        note_backup(instance)


def _post_backup(instance: Any) -> None:
    life = life_of(instance)
    hour, minute = instance.preferred_backup_window.split("-")[0].split(":")
    now = datetime.fromtimestamp(world().clock.now(), UTC)
    at = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    at = at if at > now else at + timedelta(days=1)
    life.backups += 1
    world().clock.at(at.timestamp(), "rds.backs_up", (instance.db_instance_arn, life.backups))


@handles("rds.backs_up")
def _backs_up(arn: str, number: int) -> None:
    instance = find(arn)
    if instance is None or life_of(instance).backups != number:
        return
    if instance.status == "available" and instance.backup_retention_period:
        tell(instance, "backup-started")
        _back_up(instance)
        tell(instance, "backup-finished")
        _expire(instance)
    _post_backup(instance)


def _expire(instance: Any) -> None:
    oldest = datetime.fromtimestamp(world().clock.now(), UTC) - timedelta(days=int(instance.backup_retention_period))
    for snapshot in list(instance.backend.database_snapshots.values()):
        own = snapshot.snapshot_type == "automated" and snapshot.dbi_resource_id == instance.dbi_resource_id
        if own and snapshot.created.replace(tzinfo=UTC) <= oldest:
            instance.backend.delete_db_snapshot(snapshot.db_snapshot_identifier)


def _replica(original: Callable[..., Any], backend: Any, db_kwargs: Any) -> Any:
    from moto.rds.exceptions import DBInstanceAlreadyExists, RDSClientError

    source = backend.find_db_from_id(db_kwargs["source_db_instance_identifier"])
    if not is_managed(source):
        return original(backend, db_kwargs)
    if db_kwargs["db_instance_identifier"] in backend.databases:
        raise DBInstanceAlreadyExists
    refuse_unless_available(source)
    if not source.backup_retention_period:
        text = (
            "Automated backups are not enabled for this database instance. To enable automated backups, use "
            "ModifyDBInstance to set the backup retention period to a non-zero value."
        )
        raise RDSClientError("InvalidDBInstanceState", text)
    group = db_kwargs.pop("db_subnet_group_name", None)
    replica = original(backend, db_kwargs)
    _make_its_own(replica, source, dict(db_kwargs), group)
    interfaces.place(replica)
    go(replica, Step("creating", typical_s("RDS read replica creating")), Step("available", action="created"))
    return replica


def _make_its_own(replica: Any, source: Any, asked: dict[str, Any], group: str | None) -> None:
    """What moto left shared between a replica and its source, or took from it."""
    from moto.core.utils import utcnow
    from moto.rds.models import LogFileManager

    near = source.region == replica.region
    kept = vars(replica)
    if group:
        replica.db_subnet_group_name = group
    elif not near:
        kept.pop("db_subnet_group", None)
    replica.created = replica.instance_create_time = utcnow()
    replica.tags = asked.get("tags") or []
    replica.log_file_manager = LogFileManager(replica.engine)
    replica.multi_az = bool(asked.get("multi_az"))
    replica.deletion_protection = bool(asked.get("deletion_protection"))
    replica.backup_retention_period = int(asked.get("backup_retention_period") or 0)
    replica.availability_zone = asked.get("availability_zone") or ""
    groups = asked.get("vpc_security_group_ids") or (source.vpc_security_group_ids if near else [])
    replica.vpc_security_group_ids = list(groups)
    settle(replica)
    life_of(replica).image = life_of(source).image.copy()


def _promote(original: Callable[..., Any], backend: Any, db_kwargs: Any) -> Any:
    from moto.rds.exceptions import RDSClientError

    replica = backend.describe_db_instances(db_kwargs["db_instance_identifier"])[0]
    if not replica.is_replica:
        text = f"DB Instance {replica.db_instance_identifier} is not a read replica."
        raise RDSClientError("InvalidDBInstanceState", text)
    refuse_unless_available(replica)
    source = replication.source_of(replica)
    if source is not None:
        own = (replica.db_instance_arn, replica.db_instance_identifier)
        source.replicas = [each for each in source.replicas if each not in own]
    replication.ends(replica)
    original(backend, db_kwargs)
    replica.source_db_instance_identifier = None
    if "backup_retention_period" not in db_kwargs:
        replica.backup_retention_period = 1
    promotion = typical_s("RDS read replica promotion")
    go(
        replica,
        Step("modifying", promotion),
        Step("rebooting", typical_s("RDS DB instance reboot"), "promoted"),
        Step("available", action="backed-up"),
    )
    return replica


@action("promoted")
def _promoted(instance: Any) -> None:
    tell(instance, "replica-promoted")


def _replicating(instance: Any) -> list[dict[str, Any]]:
    if not instance.is_replica:
        return []
    return [{"StatusType": "read replication", "Normal": True, "Status": "replicating"}]
