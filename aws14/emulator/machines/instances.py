"""moto's instances, found by their id, with what a machine needs to know of them."""

from __future__ import annotations

import base64
from typing import Any

__all__ = [
    "decoded",
    "family_of",
    "find_instance",
    "image_of",
    "root_device_of",
    "root_of",
    "stores_of",
    "user_data_of",
]


def find_instance(instance_id: str) -> Any:
    """Return moto's instance, whatever its account and region.

    Raises
    ------
    KeyError
        There is none.
    """
    from moto.ec2.models import ec2_backends

    for regions in list(ec2_backends.values()):
        for backend in list(regions.values()):
            found = backend.get_instance_by_id(instance_id)
            if found is not None:
                return found
    raise KeyError(instance_id)


def image_of(instance: Any) -> Any:
    """Return the image an instance was launched from; None where it is gone."""
    return instance.ec2_backend.amis.get(instance.image_id)


def family_of(image: Any) -> str:
    """Return the family of an image by its name and description: ``al2023``, ``al2``, ``ubuntu`` or ``other``."""
    text = f"{getattr(image, 'name', '')} {getattr(image, 'description', '')}".lower()
    if getattr(image, "platform", None) == "windows":
        return "other"
    if "al2023" in text or "amazon linux 2023" in text:
        return "al2023"
    if "amzn" in text or "amazon linux" in text:
        return "al2"
    return "ubuntu" if "ubuntu" in text else "other"


def root_device_of(instance: Any) -> str:
    """Return the device name of an instance's root volume; empty where it has none."""
    image = image_of(instance)
    likely = (instance.root_device_name, getattr(image, "root_device_name", None), "/dev/sda1", "/dev/xvda")
    return next((str(name) for name in likely if name in instance.block_device_mapping), "")


def root_of(instance: Any) -> str:
    """Return the id of an instance's root volume; empty where it has none."""
    device = instance.block_device_mapping.get(root_device_of(instance))
    return str(device.volume_id) if device is not None else ""


def stores_of(instance: Any) -> list[int]:
    """Return the sizes in GiB of the disks of instance store that an instance's type has."""
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    told = INSTANCE_TYPES.get(instance.instance_type, {}).get("InstanceStorageInfo") or {}
    return [int(each["SizeInGB"]) for each in told.get("Disks", ()) for _ in range(int(each["Count"]))]


def user_data_of(instance: Any) -> bytes:
    """Return the user data of an instance as it was given, decoded."""
    return decoded(instance.user_data)


def decoded(given: Any) -> bytes:
    """Return user data from any form in which moto keeps it."""
    text = given.as_bytes() if hasattr(given, "as_bytes") else given or b""
    return base64.b64decode(text)
