"""Things break: the hardware under an instance, a whole Availability Zone.

What AWS does
    An instance whose hardware fails goes on being "running", and answers nothing. Within minutes its system status
    check, and with it its instance status check, is "impaired". A stop and a start brings it onto other hardware; where
    the hardware is lost for good, a stop is scheduled as an event. When a zone loses its power, everything in it is
    away: instances, NAT gateways. A reboot takes an instance away for a moment.
What moto leaves out
    Nothing ever breaks; both checks are "ok"; a reboot does nothing, and starts a stopped instance.
What this adds
    Failures, asked for by the control API (``POST /_aws14/break``): instances and NAT gateways that are down for the
    data plane, impaired checks after the typical time of data/durations.csv, the scheduled stop and its event. Failures
    end after their time, by a stop, or by recovery; then the machine boots.
What it still does not do
    Failures do not come by themselves. Volumes, subnets and other services of a zone keep working. A failure that is
    only the instance's own (its operating system), one of a part of the requests, and the failure of calls about a zone
    that is away do not occur. Status checks do not notice a reboot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.behaviours.hooks import add, around, replace
from aws14.emulator.behaviours.instance_life import boot_checks, on_state
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.failure_records import Kind, breaks, find_instance, instances_of, mends, record, records
from aws14.emulator.machines import power
from aws14.emulator.status_history import note
from aws14.emulator.world import world
from aws14.errors import ScenarioError

__all__ = [
    "also_down",
    "break_database",
    "break_instance",
    "break_zone",
    "check_now",
    "heal",
    "install",
    "is_down",
    "lost_since",
    "on_failure",
    "repair",
]

_FAILURES: tuple[Kind, ...] = ("hardware", "zone", "capacity", "db")
_LISTENERS: list[Callable[[Kind, str], None]] = []
_ALSO_DOWN: list[Callable[[str], bool]] = []


def install() -> None:
    """Take hold of status checks and reboots, and learn of every change of state."""
    from moto.ec2.models.instances import Instance

    for name in ("instance_status", "system_status"):
        healthy = getattr(Instance, name).fget
        replace(Instance, name, property(_status(healthy)))
    add(Instance, "events", property(_scheduled))
    around(Instance, "reboot", _reboot)
    on_state(_state_changed)


def is_down(resource_id: str) -> bool:
    """Whether an instance or a NAT gateway answers nothing, whatever its state says.

    Parameters
    ----------
    resource_id : str
        ``i-...``, ``nat-...``, or ``eni-...`` of a thing of AWS's own.
    """
    if any(check(resource_id) for check in _ALSO_DOWN):
        return True
    if resource_id.startswith("nat-"):
        return bool(records("zone")) and _zone_of_nat(resource_id) in records("zone")
    if resource_id in records("hardware") or resource_id in records("reboot"):
        return True
    instance = find_instance(resource_id) if records("zone") else None
    return instance is not None and instance.availability_zone in records("zone")


def also_down(check: Callable[[str], bool]) -> None:
    """Let `check` say, too, whether what has an id answers nothing."""
    if check not in _ALSO_DOWN:
        _ALSO_DOWN.append(check)


def on_failure(listener: Callable[[Kind, str], None]) -> None:
    """Call `listener` with kind and target whenever something has failed or works again; `records` says which."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)


def lost_since(instance: Any) -> float | None:
    """Since when the status checks of an instance know that its host is lost (epoch seconds); None when it is not."""
    found = (records("hardware").get(instance.id), records("zone").get(instance.availability_zone))
    times = [each["since"] for each in found if each is not None and each["detected"]]
    return min(times) if times and instance.state == "running" else None


def break_instance(instance_id: str, seconds: float | None) -> None:
    """Let the hardware under an instance fail now.

    Parameters
    ----------
    instance_id : str
        Of an instance that stands on hardware.
    seconds : float or None
        Until the hardware works again; None: never.

    Raises
    ------
    ScenarioError
        There is no such instance, or it is not on any hardware.
    """
    instance = find_instance(instance_id)
    if instance is None:
        raise ScenarioError(f"there is no instance {instance_id}", allowed="the id of an instance that runs")
    if instance.state not in {"pending", "running", "stopping"}:
        raise ScenarioError(f"{instance_id} is {instance.state}: no hardware is under it", cure="start it first")
    _break("hardware", instance_id, seconds)


def break_zone(zone: str, seconds: float | None) -> None:
    """Let an Availability Zone lose its power now. Parameters and errors as `break_instance`."""
    if zone not in _known_zones():
        raise ScenarioError(f"there is no Availability Zone {zone}", allowed="a name such as ap-northeast-1a")
    _break("zone", zone, seconds)


def break_database(arn: str, zone: str, seconds: float | None) -> None:
    """Let the host under a database's primary fail now.

    Parameters
    ----------
    arn : str
        Of the DB instance.
    zone : str
        Where that host stands.
    seconds : float or None
        Until the host works again; None: never.
    """
    _break("db", arn, seconds, zone=zone)


def heal() -> list[str]:
    """End every failure now; return the ids and names of what had failed."""
    mended: list[str] = []
    for kind in _FAILURES:
        for target in list(records(kind)):
            repair(kind, target)
            mended.append(target)
    return mended


def repair(kind: Kind, target: str) -> None:
    """End one failure: what stands there boots, and is checked anew."""
    if mends(kind, target):
        for instance in _affected(kind, target):
            if instance.state == "running" and not is_down(instance.id):
                boot_checks(instance)
                if kind != "reboot":  # whose machine has booted meanwhile
                    power.reboot(instance)
            check_now(instance)
        _tell(kind, target)


def _tell(kind: Kind, target: str) -> None:
    for listener in _LISTENERS:
        listener(kind, target)


def _break(kind: Kind, target: str, seconds: float | None, **facts: Any) -> None:
    made = breaks(kind, target)
    made.update(facts, for_good=seconds is None)
    _tell(kind, target)
    args = (kind, target, made["number"])
    world().clock.after(typical_s("EC2 failure to failed status check"), "failures.noticed", args)
    if seconds is not None:
        world().clock.after(seconds, "failures.ends", args)
    elif kind == "hardware":
        world().clock.after(typical_s("EC2 degraded hardware to scheduled stop"), "failures.retires", args)


@handles("failures.noticed")
def _noticed(kind: Kind, target: str, number: int) -> None:
    found = record(kind, target, number)
    if found is None:
        return
    found["detected"] = True
    world().clock.after(0.0, "scaling.checks_notice", (kind, target))
    for instance in _affected(kind, target):
        check_now(instance)
        if kind == "hardware":
            world().clock.after(0.0, "recovery.considers", (instance.id, number))


@handles("failures.ends")
def _ends(kind: Kind, target: str, number: int) -> None:
    if record(kind, target, number) is not None:
        repair(kind, target)


@handles("failures.retires")
def _retires(kind: Kind, target: str, number: int) -> None:
    instance = find_instance(target)
    if record(kind, target, number) is not None and instance is not None and instance.state == "running":
        instance.stop()


def _affected(kind: Kind, target: str) -> Iterable[Any]:
    if kind == "zone":
        return instances_of(target)
    instance = find_instance(target)
    return [] if instance is None else [instance]


def _state_changed(instance: Any) -> None:
    if instance.state in {"stopped", "terminated"}:  # it has left the hardware
        mends("hardware", instance.id)
    if instance.state != "running":
        mends("reboot", instance.id)
    check_now(instance)


def check_now(instance: Any) -> None:
    """Write down what the status checks of an instance say now."""
    lost = lost_since(instance) is not None
    note(instance, None if instance.state != "running" else float(lost))


def _status(healthy: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def status(instance: Any) -> Any:
        since = lost_since(instance)
        if since is None:
            return healthy(instance)
        detail = {"ImpairedSince": datetime.fromtimestamp(since, UTC), "Name": "reachability", "Status": "failed"}
        return {"Details": [detail], "Status": "impaired"}

    return status


def _scheduled(instance: Any) -> list[dict[str, Any]]:
    found = records("hardware").get(instance.id)
    if found is None or not (found["detected"] and found["for_good"]):
        return []
    stop = found["since"] + typical_s("EC2 degraded hardware to scheduled stop")
    return [
        {
            "InstanceEventId": f"instance-event-{found['number']:017x}",
            "Code": "instance-stop",
            "Description": "The instance is running on degraded hardware",
            "NotBefore": datetime.fromtimestamp(stop, UTC),
        }
    ]


def _known_zones() -> set[str]:
    from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

    return {zone.name for zones in RegionsAndZonesBackend.zones.values() for zone in zones}


def _zone_of_nat(nat_id: str) -> str:
    from moto.ec2.models import ec2_backends

    for regions in list(ec2_backends.values()):
        for backend in list(regions.values()):
            if nat_id in backend.nat_gateways:
                return str(backend.get_subnet(backend.nat_gateways[nat_id].subnet_id).availability_zone)
    return ""


def _reboot(original: Callable[[Any], None], instance: Any) -> None:
    from moto.ec2.exceptions import EC2ClientError

    if instance.state != "running":
        text = f"The instance '{instance.id}' is not in a state from which it can be rebooted."
        raise EC2ClientError("IncorrectInstanceState", text)
    original(instance)
    number = breaks("reboot", instance.id)["number"]
    world().clock.after(typical_s("EC2 instance reboot"), "failures.ends", ("reboot", instance.id, number))
