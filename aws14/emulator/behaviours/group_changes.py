"""Security groups of a running instance: the new ones take the place of the old.

What AWS does
    ModifyInstanceAttribute replaces the security groups of the instance's primary network interface, and
    ModifyNetworkInterfaceAttribute those of one interface; an instance shows the groups of its primary interface.
    Traffic is judged by the new groups at once.
What moto leaves out
    The instance and its interface remember groups apart: an interface shows those of both, so that the old ones stay
    in force.
What this adds
    An instance and its primary interface change together.
What it still does not do
    A second interface of an instance has the groups of the primary one too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around

__all__ = ["install"]


def install() -> None:
    """Take hold of where moto changes the groups of instances and interfaces."""
    from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend
    from moto.ec2.models.instances import InstanceBackend

    around(InstanceBackend, "modify_instance_security_groups", _instance_changed)
    around(NetworkInterfaceBackend, "modify_network_interface_attribute", _interface_changed)


def _instance_changed(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    instance = original(*args, **kwargs)
    instance.nics[0]._group_set = list(instance.security_groups)  # noqa: SLF001 - moto keeps an interface's own here
    return instance


def _interface_changed(
    original: Callable[..., None], backend: Any, eni_id: str, group_ids: list[str], *args: Any, **kwargs: Any
) -> None:
    original(backend, eni_id, group_ids, *args, **kwargs)
    eni = backend.get_network_interface(eni_id)
    if group_ids and eni.instance and eni.instance.nics.get(0) is eni:
        eni.instance.security_groups = list(eni._group_set)  # noqa: SLF001 - moto keeps an interface's own here
