"""A Multi-AZ file system of FSx serves from one of two file servers; the name leads to the one that serves."""

from __future__ import annotations

from aws14.emulator.clock import handles
from aws14.emulator.dataplane import fronts
from aws14.emulator.durations import typical_s
from aws14.emulator.failure_records import Kind
from aws14.emulator.files import interfaces
from aws14.emulator.files.fronts import NFS, SMB, FileServer, serves, zones_by
from aws14.emulator.files.fsx_records import FileSystem, backend_of, file_systems, find, machines_of
from aws14.emulator.world import world
from aws14.model.network import Interface

__all__ = ["is_serving", "looks_after", "names_of", "register"]

_POWERSHELL, _LUSTRE, _ISCSI = 5985, 988, 3260
_PORTS = {
    "WINDOWS": (SMB, _POWERSHELL),
    "ONTAP": (NFS, SMB, _ISCSI, 22, 443),
    "OPENZFS": (NFS,),
    "LUSTRE": (_LUSTRE,),
}


def register() -> None:
    """Let the data plane find file servers."""
    ttl_s = int(typical_s("FSx failover to the other file server"))
    fronts.register("fsx", names=_addresses, ttl_s=ttl_s, of_interface=_of_interface)
    zones_by(_zone)


def is_serving(found: FileSystem) -> bool:
    """Whether the file server whose turn it is answers."""
    return found.lifecycle == "AVAILABLE" and not interfaces.zone_is_down(found.active_zone)


def _of_interface(interface: Interface) -> FileServer | None:
    for each in file_systems():
        if interface.id in each.interfaces.values():
            mine = each.interfaces.get(each.active_zone) == interface.id
            ports = _PORTS[each.file_system_type]
            return serves(f"fsx/{each.file_system_id}", interface, ports, now=mine and is_serving(each))
    return None


def _addresses(name: str, vpc: str) -> tuple[str, ...] | None:
    for each in file_systems():
        if each.vpc_id == vpc and name in names_of(each):
            ec2 = interfaces.ec2_of(each.account_id, each.region_name)
            return (interfaces.address_of(ec2, each.interfaces[each.active_zone]),)
    return None


def names_of(found: FileSystem) -> set[str]:
    """The names that lead to the file server of a file system, in lower case."""
    aliases = {one["Name"].lower() for one in found.config.get("Aliases") or [] if one["Lifecycle"] == "AVAILABLE"}
    names = {found.dns_name.lower(), *aliases}
    if found.file_system_type == "ONTAP":
        mine = (one for one in machines_of(backend_of(found)).values() if one.file_system_id == found.file_system_id)
        names |= {f"management.{found.dns_name}", f"intercluster.{found.dns_name}"}
        names |= {f"{one.machine_id}.{found.dns_name}" for one in mine}
    return names


def _zone(eni_id: str) -> str:
    for each in file_systems():
        for zone, eni in each.interfaces.items():
            if eni == eni_id:
                return zone
    return ""


def looks_after(kind: Kind, target: str) -> None:
    """Look at the file systems that a failing zone, or its return, concerns."""
    if kind != "zone":
        return
    for each in file_systems():
        if each.is_multi_az and target in each.interfaces:
            if interfaces.zone_is_down(each.active_zone):
                _post(each, "FSx failover to the other file server")
            elif each.active_zone != each.preferred_zone:
                _post(each, "FSx failback to the preferred file server")


def _post(found: FileSystem, what: str) -> None:
    world().clock.after(typical_s(what), "fsx.changes_server", (found.file_system_id,))


@handles("fsx.changes_server")
def _changes_server(file_system_id: str) -> None:
    found = find(file_system_id)
    if found is None:
        return
    up = [zone for zone in found.interfaces if not interfaces.zone_is_down(zone)]
    if found.preferred_zone in up:
        found.active_zone = found.preferred_zone
    elif up:
        found.active_zone = up[0]
