"""Instances are recovered: moved to other hardware, by themselves or because an alarm says so.

What AWS does
    Simplified automatic recovery, on by default for types that support it, moves a running instance whose system status
    check fails to other hardware; so does the alarm action ``arn:aws:automate:<region>:ec2:recover``, sooner. To the
    instance it is a reboot; its id, addresses (also an automatic public one), volumes and metadata stay. Neither acts
    while the whole zone is in trouble, and the first not on members of Auto Scaling groups.
What moto leaves out
    Maintenance options, and all of it.
What this adds
    MaintenanceOptions in launches and descriptions, ModifyInstanceMaintenanceOptions; both ways of recovery on the
    clock, with the typical times of data/durations.csv. A failure that ends before is not recovered from.
What it still does not do
    Recovery never fails, and is not limited to three times a day. Health Dashboard events. Reboot migration is always
    "default". Dedicated hosts. How long AWS takes is not published: the times are of confidence C.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from aws14.emulator.behaviours.failures import repair
from aws14.emulator.behaviours.hooks import add, around
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.failure_records import find_instance, record, records
from aws14.emulator.scaling.records import group_of
from aws14.emulator.world import world

__all__ = ["install", "recover"]


def install() -> None:
    """Give moto's instances their maintenance options, and its EC2 the operation on them."""
    from moto.ec2.models.instances import Instance
    from moto.ec2.responses import EC2Response
    from moto.ec2.responses.instances import InstanceResponse

    from aws14.emulator.maintenance_api import Maintenance

    add(Instance, "maintenance_options", property(_options))
    around(InstanceResponse, "run_instances", _run)
    if Maintenance not in EC2Response.__bases__:
        EC2Response.__bases__ = (*EC2Response.__bases__, Maintenance)


def recover(instance: Any) -> None:
    """Begin to move an instance whose hardware failed to other hardware; nothing happens to any other.

    Parameters
    ----------
    instance : moto.ec2.models.instances.Instance
        Which.
    """
    failure = records("hardware").get(instance.id)
    if failure is None or failure.get("recovering") or instance.state != "running":
        return
    if instance.availability_zone in records("zone"):
        return
    failure["recovering"] = True
    duration = typical_s("EC2 recovery onto other hardware")
    world().clock.after(duration, "recovery.ends", (instance.id, failure["number"]))


def _options(instance: Any) -> dict[str, str]:
    return {"AutoRecovery": getattr(instance, "_aws14_auto_recovery", "default"), "RebootMigration": "default"}


def _run(original: Callable[[Any], Any], response: Any) -> Any:
    from aws14.emulator.maintenance_api import check_auto_recovery

    wanted = response._get_param("MaintenanceOptions.AutoRecovery")  # noqa: SLF001 - moto's way to a parameter
    check_auto_recovery(wanted)
    result = original(response)
    if wanted:
        for instance in result.result.instances:
            instance._aws14_auto_recovery = wanted  # noqa: SLF001 - ours, kept with the instance
    return result


@cache
def _supports(instance_type: str) -> bool:
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    return bool(INSTANCE_TYPES.get(instance_type, {}).get("AutoRecoverySupported"))


@handles("recovery.considers")
def _considers(instance_id: str, number: int) -> None:
    instance = find_instance(instance_id)
    if instance is None or not _supports(instance.instance_type) or group_of(instance) is not None:
        return
    wait = typical_s("EC2 failed status check to simplified automatic recovery")
    world().clock.after(wait, "recovery.begins", (instance_id, number))


@handles("recovery.begins")
def _begins(instance_id: str, number: int) -> None:
    instance = find_instance(instance_id)
    if instance is None or record("hardware", instance_id, number) is None:
        return
    if instance.maintenance_options["AutoRecovery"] == "default":
        recover(instance)


@handles("recovery.ends")
def _ends(instance_id: str, number: int) -> None:
    if record("hardware", instance_id, number) is not None:
        repair("hardware", instance_id)
