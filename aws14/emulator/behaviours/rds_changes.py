"""Changes of a DB instance: at once, or in the maintenance window, and how long they take.

What AWS does
    Some changes happen right away (password, security groups, backups, deletion protection); others wait for the next
    maintenance window unless they are to be applied immediately, and are shown as pending values meanwhile. The
    instance is "modifying" while they are made. A new class or engine version restarts it, with Multi-AZ by a failover;
    Multi-AZ itself can be turned on and off; bigger storage is optimised for hours, in use.
What moto leaves out
    Everything is changed within the request, whenever it was to be applied.
What this adds
    Pending values, the maintenance window, the state "modifying" on the clock, the restart, the standby and its network
    interface, "storage-optimization".
What it still does not do
    Changes do not add up to longer ones; a reboot does not apply pending values; auto minor version upgrades do not
    come; a changed port does not restart the server.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aws14.emulator.behaviours.hooks import add, around
from aws14.emulator.behaviours.rds_life import refuse_unless_available
from aws14.emulator.clock import handles
from aws14.emulator.databases import interfaces
from aws14.emulator.databases.failover import can_fail_over, fail_over
from aws14.emulator.databases.life import Step, action, go, tell
from aws14.emulator.databases.records import find, is_managed, life_of
from aws14.emulator.databases.seats import other_zone
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["install", "next_window"]

#: Moto's name of what waits for the window -> the name in ``PendingModifiedValues``.
_DEFERRED = {
    "allocated_storage": "AllocatedStorage",
    "db_instance_class": "DBInstanceClass",
    "engine_version": "EngineVersion",
    "iops": "Iops",
    "multi_az": "MultiAZ",
    "storage_type": "StorageType",
}
_RESTARTING = ("db_instance_class", "engine_version")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def install() -> None:
    """Take hold of how moto changes DB instances."""
    from moto.rds.models import DBInstance, RDSBackend

    around(RDSBackend, "modify_db_instance", _modify)
    add(DBInstance, "pending_modified_values", property(_pending))


def _modify(original: Callable[..., Any], backend: Any, identifier: str, db_kwargs: Any) -> Any:
    instance = backend.describe_db_instances(identifier)[0]
    if not is_managed(instance):
        return original(backend, identifier, db_kwargs)
    refuse_unless_available(instance)
    life = life_of(instance)
    asked = {name: db_kwargs[name] for name in _DEFERRED if db_kwargs.get(name) is not None}
    changes = {name: value for name, value in asked.items() if value != getattr(instance, name)}
    at_once = {name: value for name, value in db_kwargs.items() if name not in _DEFERRED}
    immediately = bool(at_once.get("apply_immediately"))
    had_password = at_once.get("master_user_password") is not None
    original(backend, identifier, type(db_kwargs)(at_once))
    interfaces.regroup(instance)
    if had_password:
        tell(instance, "password-reset")
    life.pending.update(changes)
    if immediately and life.pending:
        _begin(instance)
    elif life.pending:
        at = next_window(instance.preferred_maintenance_window, world().clock.now())
        world().clock.at(at, "rds.maintains", (instance.db_instance_arn,))
    return instance


def _begin(instance: Any) -> None:
    modifying = typical_s("RDS DB instance modifying")
    if life_of(instance).pending.get("multi_az"):
        modifying += typical_s("RDS Multi-AZ standby creating")
    go(instance, Step("modifying", modifying), Step("available", action="modified"))


@handles("rds.maintains")
def _maintains(arn: str) -> None:
    instance = find(arn)
    if instance is not None and instance.status == "available" and life_of(instance).pending:
        _begin(instance)


@action("modified")
def _modified(instance: Any) -> None:
    life = life_of(instance)
    changes, life.pending = life.pending, {}
    for name, value in changes.items():
        setattr(instance, name, value)
    if "multi_az" in changes:
        life.secondary_zone = other_zone(instance) if instance.multi_az else ""
        tell(instance, "multi-az" if instance.multi_az else "single-az")
        interfaces.place(instance)
    if any(name in changes for name in _RESTARTING):
        tell(instance, "class-changed")
        _restart(instance)
    elif "allocated_storage" in changes:
        tell(instance, "storage-changed")
        optimizing = typical_s("RDS storage optimization")
        go(instance, Step("storage-optimization", optimizing), Step("available"))


def _restart(instance: Any) -> None:
    if can_fail_over(instance):
        fail_over(instance, "rebooting")
        return
    go(instance, Step("rebooting", typical_s("RDS DB instance reboot")), Step("available", action="restarted"))


def _pending(instance: Any) -> dict[str, Any]:
    if not is_managed(instance):
        return {}
    return {_DEFERRED[name]: value for name, value in life_of(instance).pending.items() if name in _DEFERRED}


def next_window(window: str, now: float) -> float:
    """When a maintenance window such as ``wed:06:38-wed:07:08`` opens next, epoch seconds.

    Parameters
    ----------
    window : str
        In UTC.
    now : float
        Epoch seconds.
    """
    day, hour, minute = window.split("-", maxsplit=1)[0].split(":")
    today = datetime.fromtimestamp(now, UTC)
    opens = today.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    opens += timedelta(days=(_DAYS.index(day.lower()) - today.weekday()) % 7)
    return (opens if opens > today else opens + timedelta(days=7)).timestamp()
