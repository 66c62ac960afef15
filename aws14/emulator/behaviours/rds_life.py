"""The life of a DB instance: creating, backing-up, available, rebooting, failing-over, stopped, deleting, on the clock.

What AWS does
    A DB instance takes minutes to be created, backed up for the first time, stopped, started, rebooted and deleted; its
    endpoint appears with its first backup. With Multi-AZ a standby stands in another zone of its subnet group; when the
    primary's host or zone is lost, or a reboot asks for it, the standby is promoted: the zones swap, the name of the
    endpoint, which holds for five seconds, leads to the other address, connections break. Events tell of all of it.
    Each host has a network interface in the subnet, with the instance's security groups. A stopped instance starts by
    itself after seven days.
What moto leaves out
    Every state is reached within the request. There is no standby, no failover, no interface; the endpoint's name says
    nothing, and nothing answers there; of events there are three.
What this adds
    All of that, with the typical durations of data/durations.csv; failures of the primary's host (``POST
    /_aws14/break`` with kind ``db``) and of zones; a MySQL that answers at the endpoint, on real data: SQL,
    transactions, error numbers; the master user alone, no TLS.
What it still does not do
    Aurora, Multi-AZ clusters with two readable standbys, proxies, public addresses of instances that are publicly
    accessible, IAM authentication, option and parameter groups that change anything, engines other than MySQL and
    MariaDB beyond their states. A connection to a host that is lost is reset at once, where on AWS it hangs until the
    client gives up. Durations do not vary. One writer at a time holds the whole database, where MySQL locks rows;
    others wait for ``innodb_lock_wait_timeout``, 5 s of real time that cannot be set; there is no
    SHOW PROCESSLIST, and of information_schema only ``tables``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from aws14.emulator.behaviours import failures
from aws14.emulator.behaviours.hooks import add, around, replace
from aws14.emulator.behaviours.rds_point_in_time import retain
from aws14.emulator.clock import handles
from aws14.emulator.databases import front, interfaces, replication
from aws14.emulator.databases.failover import can_fail_over, fail_over, interface_is_down, looks_after
from aws14.emulator.databases.life import MESSAGES, Step, action, go, tell
from aws14.emulator.databases.records import find, host_is_down, is_managed, life_of
from aws14.emulator.databases.seats import settle
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["install"]

_ENDPOINTLESS = frozenset({"creating"})


def install() -> None:
    """Take hold of how moto's DB instances come, change their state, and go."""
    from moto.rds.models import DBInstance, DBSnapshot, Event, MasterUserSecret, RDSBackend
    from moto.rds.responses import RDSResponse

    Event.EVENT_MAP.update({name: {"Message": text, "Categories": [kind]} for name, (text, kind) in MESSAGES.items()})
    around(RDSBackend, "create_db_instance", _create)
    around(RDSBackend, "delete_db_instance", _delete)
    around(RDSBackend, "stop_db_instance", _stop)
    around(RDSBackend, "start_db_instance", _start)
    around(RDSResponse, "reboot_db_instance", _reboot)
    around(RDSBackend, "describe_events", _recent)
    around(DBInstance, "save_automated_backup", _not_at_once)
    replace(DBInstance, "endpoint", property(_endpoint))
    replace(DBInstance, "address", property(_address))
    replace(MasterUserSecret, "_generate_secret_string", _credentials)
    add(DBInstance, "secondary_availability_zone", property(_secondary_zone))
    add(DBSnapshot, "percent_progress", property(lambda snapshot: 100 if snapshot.status == "available" else 0))
    failures.also_down(interface_is_down)
    failures.on_failure(looks_after)
    front.register()


def _create(original: Callable[..., Any], backend: Any, db_kwargs: Any) -> Any:
    told = len(backend.events)
    instance = original(backend, db_kwargs)
    if not is_managed(instance):
        return instance
    del backend.events[told:]
    settle(instance)
    interfaces.place(instance)
    creating = typical_s("RDS DB instance creating")
    if instance.multi_az:
        creating += typical_s("RDS Multi-AZ standby creating")
    go(instance, Step("creating", creating), *first_backup(instance))
    return instance


def first_backup(instance: Any) -> tuple[Step, ...]:
    """How a new DB instance becomes available."""
    if not instance.backup_retention_period:
        return (Step("available", action="created"),)
    backup = typical_s("RDS backup after creation")
    return Step("backing-up", backup, "created-and-backs-up"), Step("available", action="backed-up")


@action("created")
def _created(instance: Any) -> None:
    tell(instance, "created")


@action("created-and-backs-up")
def _first_backup(instance: Any) -> None:
    tell(instance, "created")
    tell(instance, "backup-started")


def _delete(original: Callable[..., Any], backend: Any, db_instance_identifier: str, *args: Any, **kwargs: Any) -> Any:
    from moto.rds.exceptions import DBInstanceNotFoundError

    instance = backend.databases.get(db_instance_identifier)
    if instance is None:
        raise DBInstanceNotFoundError(db_instance_identifier)
    if not is_managed(instance):
        return original(backend, db_instance_identifier, *args, **kwargs)
    final = kwargs.get("final_db_snapshot_identifier")
    if final:
        backend.create_db_snapshot(db_instance_identifier, final)
    keep = kwargs.get("delete_automated_backups") is False
    go(instance, Step("deleting", typical_s("RDS DB instance deleting")), Step("deleting", action="gone"))
    life_of(instance).pending["keeps_backups"] = keep
    return instance


@action("gone")
def _gone(instance: Any) -> None:
    backend = instance.backend
    tell(instance, "deleted")
    interfaces.remove(instance)
    source = replication.source_of(instance) if instance.is_replica else None
    if source is not None:
        source.replicas = [
            each for each in source.replicas if each not in (instance.db_instance_arn, instance.db_instance_identifier)
        ]
    for replica in list(replication.replicas_of(instance)):  # they go on alone
        replication.ends(replica)
        replica.is_replica, replica.source_db_instance_identifier = False, None
        tell(replica, "replication-ended")
    backend.databases.pop(instance.db_instance_identifier, None)
    if instance.manage_master_user_password:
        instance.master_user_secret.delete_secret()
    if life_of(instance).pending.get("keeps_backups") and instance.backup_retention_period:
        retain(instance)
    else:
        for snapshot in list(backend.database_snapshots.values()):
            if snapshot.snapshot_type == "automated" and snapshot.dbi_resource_id == instance.dbi_resource_id:
                backend.delete_db_snapshot(snapshot.db_snapshot_identifier)


def _stop(original: Callable[..., Any], backend: Any, db_instance_identifier: str, snapshot: str | None = None) -> Any:
    instance = original(backend, db_instance_identifier, snapshot)
    if is_managed(instance):
        instance.status = "available"
        stopping = typical_s("RDS DB instance stopping")
        go(instance, Step("stopping", stopping), Step("stopped", action="stopped"))
    return instance


@action("stopped")
def _stopped(instance: Any) -> None:
    tell(instance, "stopped")
    after = typical_s("RDS stopped DB instance starts by itself")
    world().clock.after(after, "rds.starts_itself", (instance.db_instance_arn, life_of(instance).turn))


@handles("rds.starts_itself")
def _starts_itself(arn: str, turn: int) -> None:
    instance = find(arn)
    if instance is not None and life_of(instance).turn == turn:
        _starting(instance)


def _start(original: Callable[..., Any], backend: Any, db_instance_identifier: str) -> Any:
    instance = original(backend, db_instance_identifier)
    if is_managed(instance):
        _starting(instance)
    return instance


def _starting(instance: Any) -> None:
    starting = typical_s("RDS DB instance starting")
    go(instance, Step("starting", starting), Step("available", action="started"))


@action("started")
def _started(instance: Any) -> None:
    tell(instance, "started")


def _reboot(original: Callable[..., Any], response: Any) -> Any:
    from moto.rds.exceptions import InvalidParameterCombination

    result = original(response)
    instance = result.result["DBInstance"]
    if not is_managed(instance):
        return result
    refuse_unless_available(instance)
    if response.params.get("ForceFailover"):
        if not can_fail_over(instance):
            raise InvalidParameterCombination("Cannot force failover of a DB instance that has no standby.")
        fail_over(instance, "rebooting")
    else:
        tell(instance, "shutdown")
        go(instance, Step("rebooting", typical_s("RDS DB instance reboot")), Step("available", action="restarted"))
    return result


@action("restarted")
def _restarted(instance: Any) -> None:
    tell(instance, "restarted")


def refuse_unless_available(instance: Any) -> None:
    """Refuse what needs an available DB instance, in RDS's words."""
    from moto.rds.exceptions import RDSClientError

    if instance.status not in {"available", "storage-optimization"} or host_is_down(
        instance, instance.availability_zone
    ):
        text = "Database instance is not in available state."
        raise RDSClientError("InvalidDBInstanceState", text)


def _recent(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    """The events of the last hour, or of the time that is asked for."""
    ends = _epoch(kwargs.get("end_time")) or world().clock.now()
    since = _epoch(kwargs.get("start_time")) or ends - 60 * float(kwargs.get("duration") or 60)
    return [each for each in original(backend, *args, **kwargs) if since <= _epoch(each.date) <= ends]


def _epoch(when: Any) -> float:
    if when is None:
        return 0.0
    told = datetime.fromisoformat(when) if isinstance(when, str) else when
    return float((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp())


def _not_at_once(original: Callable[..., Any], instance: Any) -> None:
    """Backups come on the clock."""
    if not is_managed(instance):
        original(instance)


def _credentials(secret: Any) -> str:
    """The master's name, and a password of its own where moto has one for all."""
    from moto.moto_api._internal import mock_random

    user = secret.resource.master_username or "admin"
    return json.dumps({"username": user, "password": mock_random.get_random_string(length=28)})


def _secondary_zone(instance: Any) -> str | None:
    return life_of(instance).secondary_zone or None if is_managed(instance) else None


def _endpoint(instance: Any) -> dict[str, Any] | None:
    if is_managed(instance) and instance.status in _ENDPOINTLESS:
        return None
    return {"Address": instance.address, "Port": instance.port}


def _address(instance: Any) -> str:
    """``db.c1x9...ap-northeast-1.rds.amazonaws.com``: the middle is one for an account and region."""
    digest = int(sha256(f"{instance.account_id} {instance.region}".encode()).hexdigest(), 16)
    letters = "0123456789abcdefghijklmnopqrstuvwxyz"
    middle = "".join(letters[digest // 36**at % 36] for at in range(11))
    return f"{instance.db_instance_identifier}.c{middle}.{instance.region}.rds.amazonaws.com"
