"""Where there is room: zones that are away, and zones without capacity, take no instances.

What AWS does
    A launch or a start needs capacity in its zone, else it is refused with InsufficientInstanceCapacity; a launch that
    names neither subnet nor zone goes where there is some. Zones have a state and messages.
What moto leaves out
    Zones are always available and never full.
What this adds
    Both, for zones that lost their power (`aws14.emulator.behaviours.failures`) and those from which an experiment of
    the Fault Injection Service withholds capacity.
What it still does not do
    Capacity by instance type, reservations, placement groups. The error is HTTP 400, on AWS 500: clients would try
    again for long. AWS seldom says of a zone that it is "unavailable"; it posts to its Health Dashboard.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from aws14.emulator.behaviours.hooks import around, before
from aws14.emulator.failure_records import breaks, mends, records

__all__ = ["install", "restore_capacity", "withhold_capacity"]


def install() -> None:
    """Take hold of the list of zones, of launches and of starts."""
    from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
    from moto.ec2.models.instances import InstanceBackend

    around(RegionsAndZonesBackend, "describe_availability_zones", _zones)
    around(InstanceBackend, "run_instances", _launch)
    before(InstanceBackend, "start_instances", _start)


def withhold_capacity(zone: str, *, percentage: float = 100.0) -> None:
    """Refuse launches and starts in a zone until `restore_capacity`; what runs goes on.

    Parameters
    ----------
    zone : str
        Its name.
    percentage : float, optional
        Of the launches, from 0 to 100.
    """
    breaks("capacity", zone)["percentage"] = percentage


def restore_capacity(zone: str) -> None:
    """Let a zone take launches and starts again."""
    mends("capacity", zone)


def _zones(original: Callable[..., list[Any]], backend: Any, filters: Any = None, **chosen: Any) -> list[Any]:
    if not records("zone"):
        return original(backend, filters, **chosen)
    wanted = (filters or {}).get("state")
    others = {name: values for name, values in (filters or {}).items() if name != "state"}
    seen = [_as_it_is(zone) for zone in original(backend, others or None, **chosen)]
    return [zone for zone in seen if wanted is None or zone.state in wanted]


def _as_it_is(zone: Any) -> Any:
    if zone.name not in records("zone"):
        return zone
    shown = copy(zone)
    shown.state = "unavailable"
    shown.messages = [{"Message": f"Power is lost in {zone.name}. Instances there are not reachable."}]
    return shown


def _launch(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    if records("zone") or records("capacity"):
        zone = _zone_asked_for(backend, kwargs)
        if zone:
            _needs_capacity(zone, kwargs.get("instance_type") or "")
        elif not kwargs.get("launch_template"):
            zones = (each.name for each in backend.describe_availability_zones())
            kwargs["placement"] = next((each for each in zones if not _is_full(each)), None)
    return original(backend, *args, **kwargs)


def _zone_asked_for(backend: Any, kwargs: dict[str, Any]) -> str:
    from_interfaces = (nic["SubnetId"] for nic in kwargs.get("nics") or () if "SubnetId" in nic)
    subnet = kwargs.get("subnet_id") or next(from_interfaces, None)
    return str(backend.get_subnet(subnet).availability_zone if subnet else kwargs.get("placement") or "")


def _start(backend: Any, instance_ids: list[str]) -> None:
    for instance in backend.get_multi_instances_by_id(instance_ids):
        _needs_capacity(instance.availability_zone, instance.instance_type)


def _is_full(zone: str) -> bool:
    from moto.moto_api._internal import mock_random

    withheld = records("capacity").get(zone)
    return zone in records("zone") or (withheld is not None and mock_random.random() * 100 < withheld["percentage"])


def _needs_capacity(zone: str, instance_type: str) -> None:
    from moto.ec2.exceptions import EC2ClientError

    if _is_full(zone):
        text = (
            f"We currently do not have sufficient {instance_type} capacity in the Availability Zone you requested "
            f"({zone}). Our system will be working on provisioning additional capacity."
        )
        raise EC2ClientError("InsufficientInstanceCapacity", text)
