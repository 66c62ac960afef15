"""Asynchronous replication: a committed transaction arrives at each read replica a moment later.

While the source is away nothing arrives; what was on its way then is lost to a replica that is promoted meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.databases.functions import prepare
from aws14.emulator.databases.records import Shipment, find, instances, is_serving, life_of
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["catch_up", "committed", "ends", "lag_s", "replicas_of", "source_of"]


def committed(arn: str, statements: tuple[Any, ...]) -> None:
    """Send a transaction that a DB instance has committed to its replicas; the world lock is held."""
    instance = find(arn)
    if instance is None:
        return
    now = world().clock.now()
    if instance.backup_retention_period:
        life_of(instance).journal.note(now, statements)
    for replica in replicas_of(instance):
        due = now + lag_s(instance, replica)
        life_of(replica).relay.append(Shipment(due, statements))
        world().clock.at(due, "rds.ships", (replica.db_instance_arn, due))
    world().clock.after(0.0, "rds.data_changes")


@handles("rds.data_changes")
def _data_changes() -> None:
    """Nothing happens: an event that has run tells the keeper that there is something to save."""


@handles("rds.ships")
def _ships(arn: str, due: float) -> None:
    replica = find(arn)
    source = source_of(replica) if replica is not None and replica.is_replica else None
    if source is not None and is_serving(source):
        # The clock may show a little less than the moment the event was posted for: it counts in microseconds.
        _apply(replica, max(due, world().clock.now()))


def catch_up(source: Any) -> None:
    """Let all arrive that a source, which is back, still had to send."""
    for replica in replicas_of(source):
        _apply(replica, world().clock.now())


def ends(replica: Any) -> None:
    """End the replication of a replica: what has not arrived is lost to it."""
    life_of(replica).relay.clear()


def source_of(replica: Any) -> Any:
    """The DB instance that a replica follows; None when it is gone."""
    named = replica.source_db_instance_identifier or ""
    arn = (
        named
        if named.startswith("arn:")
        else f"arn:{replica.partition}:rds:{replica.region}:{replica.account_id}:db:{named}"
    )
    return find(arn)


def replicas_of(source: Any) -> Iterator[Any]:
    """The replicas that follow a DB instance."""
    return (each for each in instances() if each.is_replica and source_of(each) is source)


def lag_s(source: Any, replica: Any) -> float:
    """How long a transaction is on its way, s."""
    where = "in the region" if source.region == replica.region else "in another region"
    return typical_s(f"RDS read replica lag {where}")


def _apply(replica: Any, now: float) -> None:
    life = life_of(replica)
    arrived = [each for each in life.relay if each.due <= now]
    if not arrived:
        return
    life.relay[:] = [each for each in life.relay if each.due > now]
    with closing(life.image.connect()) as connection:
        moment = prepare(connection)
        for shipment in arrived:
            connection.execute("BEGIN IMMEDIATE")
            for statement in shipment.statements:
                moment(statement)
                connection.execute(statement.sql)
            connection.execute("COMMIT")
    life.image.changed()
