"""Mount targets and access points: an interface in one subnet of each zone, and ways into a file system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.catalog import quota
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.files import interfaces
from aws14.emulator.files.efs_records import bad, mount_targets, refuse, require_available
from aws14.emulator.world import world

__all__ = ["create", "create_access_point", "delete", "find_target", "is_serving", "modify_groups"]


def create(original: Callable[..., Any], backend: Any, file_system_id: str, subnet_id: str, **asked: Any) -> Any:
    """Make a mount target: creating, then available; its interface is there at once."""
    file_system = backend.file_systems_by_id.get(file_system_id)
    subnet = next((zone[subnet_id] for zone in backend.ec2_backend.subnets.values() if subnet_id in zone), None)
    if file_system is not None and subnet is not None:
        require_available(file_system)
        _check_place(file_system, subnet, asked.get("ip_address"))
    groups = list(asked.pop("security_groups", None) or [])
    if subnet is not None and not groups:
        groups = [backend.ec2_backend.get_default_security_group(subnet.vpc_id).id]
    made = original(backend, file_system_id, subnet_id, security_groups=groups, **asked)
    eni = interfaces.of_aws(backend.ec2_backend.enis[made.network_interface_id], "amazon-elasticfilesystem")
    eni.description = f"EFS mount target for {file_system_id} ({made.mount_target_id})"
    made.life_cycle_state = "creating"
    world().clock.after(typical_s("EFS mount target creating"), "efs.mount_target_available", (made.mount_target_id,))
    return made


def _check_place(file_system: Any, subnet: Any, address: str | None) -> None:
    zone = file_system.availability_zone_name
    if zone and zone != subnet.availability_zone:
        text = f"The file system stands in {zone} alone; the subnet is in {subnet.availability_zone}."
        refuse(400, "AvailabilityZonesMismatch", text)
    if address and address in subnet._subnet_ips:  # noqa: SLF001 - moto keeps them here
        refuse(409, "IpAddressInUse", f"The address {address} is in use.")


@handles("efs.mount_target_available")
def _available(mount_target_id: str) -> None:
    found = find_target(mount_target_id)
    if found is not None and found.life_cycle_state == "creating":
        found.life_cycle_state = "available"


def delete(original: Callable[..., Any], backend: Any, mount_target_id: str) -> None:
    """Let a mount target go; its interface goes with it."""
    from moto.efs.exceptions import MountTargetNotFound

    found = backend.mount_targets_by_id.get(mount_target_id)
    if found is None:
        raise MountTargetNotFound(mount_target_id)
    del original
    if found.life_cycle_state != "deleting":
        found.life_cycle_state = "deleting"
        world().clock.after(typical_s("EFS mount target deleting"), "efs.mount_target_gone", (mount_target_id,))


@handles("efs.mount_target_gone")
def _gone(mount_target_id: str) -> None:
    found = find_target(mount_target_id)
    if found is not None:
        backend = found._file_system._context  # noqa: SLF001 - moto keeps it here
        interfaces.delete(backend.ec2_backend, found.network_interface_id)
        backend.mount_targets_by_id.pop(mount_target_id, None)
        found.clean_up()


def find_target(mount_target_id: str) -> Any:
    """The mount target of an id; None when there is none."""
    return next((each for each in mount_targets() if each.mount_target_id == mount_target_id), None)


def is_serving(mount_target: Any) -> bool:
    """Whether it answers: it is available, and its zone has power."""
    zone = mount_target.availability_zone_name
    return mount_target.life_cycle_state == "available" and not interfaces.zone_is_down(zone)


def modify_groups(original: Callable[..., Any], backend: Any, mount_target_id: str, security_groups: list[str]) -> None:
    """Put other security groups on a mount target."""
    from moto.efs.exceptions import MountTargetNotFound, SecurityGroupLimitExceeded, SecurityGroupNotFound

    found = backend.mount_targets_by_id.get(mount_target_id)
    if found is None:
        raise MountTargetNotFound(mount_target_id)
    if len(security_groups or []) > quota("EFS", "security groups of a mount target, most").value:
        text = "The maximum number of security groups per interface has been reached."
        raise SecurityGroupLimitExceeded(text)
    for missing in interfaces.known_groups(backend.ec2_backend, security_groups or []):
        raise SecurityGroupNotFound(missing)
    del original
    found.security_groups = list(security_groups or [])
    interfaces.regroup(backend.ec2_backend, found.network_interface_id, found.security_groups)


def create_access_point(original: Callable[..., Any], backend: Any, client_token: str, **asked: Any) -> Any:
    """Make an access point of a file system that is there; the same token gives the same one."""
    from moto.efs.exceptions import FileSystemNotFound

    file_system = backend.file_systems_by_id.get(asked["file_system_id"])
    if file_system is None:
        raise FileSystemNotFound(asked["file_system_id"])
    require_available(file_system)
    for each in backend.access_points.values():
        if each.client_token == client_token:
            refuse(409, "AccessPointAlreadyExists", f"The access point {each.access_point_id} has that token.")
    root = asked["root_directory"] or {}
    if not str(root.get("Path", "/")).startswith("/"):
        bad("The path of the root directory must begin with '/'.")
    return original(backend, client_token, **asked)
