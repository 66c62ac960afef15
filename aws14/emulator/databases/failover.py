"""What becomes of a DB instance when the host or the zone of its primary is lost: with a standby, a failover.

The failure is detected, the standby is promoted, the name of the endpoint leads to its address: the zones are swapped.
All that was committed is there: the standby is synchronous. Without a standby, or when that is away too, the instance
is down until the host works again.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.behaviours import failures
from aws14.emulator.clock import handles
from aws14.emulator.databases import door, replication
from aws14.emulator.databases.life import Step, action, go, tell
from aws14.emulator.databases.records import find, host_is_down, instances, is_serving, life_of
from aws14.emulator.durations import typical_s
from aws14.emulator.failure_records import Kind, records
from aws14.emulator.world import world
from aws14.errors import ScenarioError

__all__ = ["break_database", "can_fail_over", "fail_over", "interface_is_down", "looks_after"]


def break_database(wanted: str, seconds: float | None) -> None:
    """Let the host under the primary of a DB instance fail now.

    Parameters
    ----------
    wanted : str
        Identifier or ARN.
    seconds : float or None
        Until the host works again; None: never.

    Raises
    ------
    ScenarioError
        There is no such DB instance, several in different regions have that identifier, or it does not run.
    """
    found = [each for each in instances() if wanted in (each.db_instance_identifier, each.db_instance_arn)]
    if not found:
        known = sorted({each.db_instance_identifier for each in instances()})
        raise ScenarioError(f"there is no database '{wanted}'", allowed=", ".join(known) or "none: nothing is built")
    if len(found) > 1:
        arns = ", ".join(each.db_instance_arn for each in found)
        raise ScenarioError(f"'{wanted}' is the name of {len(found)} databases", allowed=arns)
    instance = found[0]
    if instance.status in {"creating", "stopped", "deleting"}:
        raise ScenarioError(f"{wanted} is {instance.status}: no host runs it", cure="wait until it is available")
    failures.break_database(instance.db_instance_arn, instance.availability_zone, seconds)


def looks_after(kind: Kind, target: str) -> None:
    """Look at the DB instances that a failure, or its end, concerns."""
    for instance in instances():
        zones = {instance.availability_zone, life_of(instance).secondary_zone}
        if (kind == "zone" and target in zones) or (kind == "db" and target == instance.db_instance_arn):
            _consider(instance, began=target in records(kind))


def _consider(instance: Any, *, began: bool) -> None:
    zone = instance.availability_zone
    if host_is_down(instance, zone):
        door.drop(instance.db_instance_arn)
        after = typical_s("RDS Multi-AZ failure detection")
        world().clock.after(after, "rds.failure_detected", (instance.db_instance_arn, zone))
    elif not began and is_serving(instance):
        replication.catch_up(instance)


@handles("rds.failure_detected")
def _detected(arn: str, zone: str) -> None:
    instance = find(arn)
    if instance is None or instance.availability_zone != zone or not host_is_down(instance, zone):
        return
    if can_fail_over(instance) and instance.status not in {"failing-over", "rebooting", "stopped", "deleting"}:
        fail_over(instance, "failing-over")


def can_fail_over(instance: Any) -> bool:
    """Whether there is a standby whose host works."""
    standby = life_of(instance).secondary_zone
    return bool(standby) and not host_is_down(instance, standby)


def fail_over(instance: Any, status: str) -> None:
    """Promote the standby; meanwhile the DB instance is in `status`."""
    tell(instance, "failover-started")
    promotion = typical_s("RDS Multi-AZ promotion of the standby")
    go(instance, Step(status, promotion), Step("available", action="swap"))


@action("swap")
def _swap(instance: Any) -> None:
    life = life_of(instance)
    instance.availability_zone, life.secondary_zone = life.secondary_zone, instance.availability_zone
    tell(instance, "restarted")
    tell(instance, "failover-completed")
    replication.catch_up(instance)
    if host_is_down(instance, instance.availability_zone):  # it was lost while it was promoted
        _consider(instance, began=True)


def interface_is_down(interface: str) -> bool:
    """Whether a network interface belongs to a host of a DB instance that has failed."""
    if not interface.startswith("eni-") or not (records("zone") or records("db")):
        return False
    for instance in instances():
        for zone, eni in life_of(instance).interfaces.items():
            if eni == interface:
                return host_is_down(instance, zone)
    return False
