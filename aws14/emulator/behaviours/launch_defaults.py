"""Launch defaults: what an instance gets when the call does not say.

What AWS does
    A default VPC has an Internet gateway and a main route table that leads to it; an instance launched without a subnet
    goes into a default subnet and takes its private address from there; the root volume has the type that its image
    names, gp3 for Amazon Linux 2023, and the device name that its image gives it: /dev/xvda there.
What moto leaves out
    The default VPC has no Internet gateway; an instance without a subnet has a private address from 10.0.0.0/8,
    outside its subnet; every root volume is gp2 and at /dev/sda1. modify_instance_attribute breaks at a device that
    is not there.
What this adds
    The gateway and the route; the default subnet of the zone asked for, else of the first zone; gp3 where the image is
    Amazon Linux 2023 and the call names no type; the image's device name; InvalidInstanceAttributeValue for a device
    that the instance has not.
What it still does not do
    Other images' own types.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around, before

__all__ = ["install"]

_EVERYWHERE = "0.0.0.0/0"
_GP3_IMAGES = "al2023"
_GP3 = "gp3"


def install() -> None:
    """Take hold of the making of a default VPC, of a launch and of an instance's volumes."""
    from moto.ec2.models.instances import Instance, InstanceBackend
    from moto.ec2.models.vpcs import VPCBackend
    from moto.ec2.responses.instances import InstanceResponse

    around(VPCBackend, "create_default_vpc", _with_gateway)
    before(InstanceResponse, "modify_instance_attribute", _known_devices)
    around(InstanceBackend, "run_instances", _in_default_subnet)
    around(Instance, "add_block_device", _with_image_type)
    around(Instance, "setup_defaults", _root_of_image_type)


def _with_gateway(original: Callable[[Any], Any], backend: Any) -> Any:
    vpc = original(backend)
    gateway = backend.create_internet_gateway()
    backend.attach_internet_gateway(gateway.id, vpc.id)
    main = next(
        table for table in backend.route_tables.values() if table.vpc_id == vpc.id and table.main_association_id
    )
    backend.create_route(main.id, _EVERYWHERE, gateway_id=gateway.id)
    return vpc


def _in_default_subnet(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    if not kwargs.get("subnet_id") and not kwargs.get("nics") and not kwargs.get("launch_template"):
        subnets = backend.get_default_subnets()
        zone = kwargs.get("placement") or next(iter(sorted(subnets)), None)
        if zone in subnets:
            kwargs["subnet_id"] = subnets[zone].id
    return original(backend, *args, **kwargs)


def _with_image_type(original: Callable[..., Any], instance: Any, *args: Any, **kwargs: Any) -> Any:
    if not kwargs.get("volume_type") and _is_gp3_image(instance):
        kwargs["volume_type"] = _GP3
    return original(instance, *args, **kwargs)


def _root_of_image_type(original: Callable[[Any], None], instance: Any) -> None:
    original(instance)
    _name_root(instance)
    if _is_gp3_image(instance):
        for device in instance.block_device_mapping.values():
            instance.ec2_backend.volumes[device.volume_id].volume_type = _GP3


def _name_root(instance: Any) -> None:
    """The root volume is at the device that the image names; moto's is always at its own."""
    named, held = instance.root_device_name, instance.block_device_mapping
    if named and len(held) == 1 and named not in held:
        (own,) = held
        held[named] = held.pop(own)
        instance.ec2_backend.volumes[held[named].volume_id].attachment.device = named


def _known_devices(response: Any) -> None:
    from moto.ec2.exceptions import EC2ClientError

    asked = response._get_param("BlockDeviceMappings", [])  # noqa: SLF001 - moto's way to a parameter
    if not asked:
        return
    held = response.ec2_backend.get_instance(response._get_param("InstanceId")).block_device_mapping  # noqa: SLF001
    for each in asked:
        if each.get("DeviceName") not in held:
            text = f"No device is currently mapped at {each.get('DeviceName')}"
            raise EC2ClientError("InvalidInstanceAttributeValue", text)


def _is_gp3_image(instance: Any) -> bool:
    image = instance.ec2_backend.amis.get(instance.image_id)
    return image is not None and str(image.name).startswith(_GP3_IMAGES)
