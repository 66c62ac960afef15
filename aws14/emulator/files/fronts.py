"""The names and ports of shared file systems in the data plane: NFS on 2049, SMB on 445."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from aws14.emulator.behaviours import failures
from aws14.emulator.dataplane import fronts
from aws14.emulator.dataplane.answering import Shown, Told, Visit
from aws14.emulator.files import efs_mounts, interfaces
from aws14.emulator.files.efs_records import mount_targets
from aws14.model.network import Interface

__all__ = ["NFS", "SMB", "FileServer", "register_efs", "serves", "zones_by"]

NFS, SMB = 2049, 445
_EFS_NAME = re.compile(r"(?:(?P<zone>[a-z0-9-]+)\.)?(?P<id>fs-[0-9a-f]+)\.efs\.[a-z0-9-]+\.amazonaws\.com")


@dataclass(frozen=True)
class FileServer:
    """What answers at an interface of EFS, FSx or a directory: connections, no HTTP.

    Parameters
    ----------
    owner : str
        ``efs/<id>``, ``fsx/<id>``, ``ds/<id>``.
    address : str
        Of the interface.
    ports : frozenset of int
        Where it listens now; none while it does not serve.
    """

    owner: str
    address: str
    ports: frozenset[int]

    def listens(self, port: int) -> bool:
        """Whether it serves on that port."""
        return port in self.ports

    def speaks_tls(self, port: int) -> bool:
        """Never from the first byte."""
        del port
        return False

    def shown(self, port: int, name: str) -> Shown | None:
        """None."""
        del port, name
        return None

    def answer(self, visit: Visit) -> Told:
        """No HTTP is spoken."""
        raise ConnectionResetError(f"{self.owner} speaks no HTTP on port {visit.port}")

    def door(self, port: int, source: str) -> int | None:
        """None: neither NFS nor SMB is spoken to programs outside."""
        del port, source
        return None


def serves(owner: str, interface: Interface, ports: tuple[int, ...], *, now: bool) -> FileServer:
    """What answers at an interface, where it serves `now` on these ports."""
    return FileServer(owner, interface.private_ipv4, frozenset(ports if now else ()))


def register_efs() -> None:
    """Let the data plane find mount targets."""
    fronts.register("efs", names=_efs_addresses, of_interface=_efs_of_interface)
    zones_by(_efs_zone)


def _efs_of_interface(interface: Interface) -> FileServer | None:
    for each in mount_targets():
        if each.network_interface_id == interface.id:
            return serves(f"efs/{each.file_system_id}", interface, (NFS,), now=efs_mounts.is_serving(each))
    return None


def _efs_addresses(name: str, vpc: str) -> tuple[str, ...] | None:
    """Of the mount targets in the asker's VPC; nothing is known elsewhere."""
    found = _EFS_NAME.fullmatch(name)
    if found is None:
        return None
    mine = (each for each in mount_targets() if each.file_system_id == found["id"] and each.vpc_id == vpc)
    here = [each for each in mine if found["zone"] in (None, each.availability_zone_name)]
    return tuple(sorted(each.ip_address for each in here if each.life_cycle_state == "available"))


_ZONES: list[Callable[[str], str]] = []


def zones_by(zone: Callable[[str], str]) -> None:
    """Let `zone` say in which zone the interface of an id stands; empty for one it does not know."""
    failures.also_down(_is_down)
    if zone not in _ZONES:
        _ZONES.append(zone)


def _is_down(resource_id: str) -> bool:
    if not resource_id.startswith("eni-"):
        return False
    zones = (zone(resource_id) for zone in _ZONES)
    found = next((each for each in zones if each), "")
    return bool(found) and interfaces.zone_is_down(found)


def _efs_zone(eni_id: str) -> str:
    return next((str(one.availability_zone_name) for one in mount_targets() if one.network_interface_id == eni_id), "")
