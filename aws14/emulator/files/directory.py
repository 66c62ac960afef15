"""AWS Managed Microsoft AD: a directory comes and goes on the clock; two domain controllers, one a zone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.dataplane import fronts
from aws14.emulator.durations import typical_s
from aws14.emulator.files import interfaces
from aws14.emulator.files.fronts import FileServer, serves, zones_by
from aws14.emulator.world import world
from aws14.model.network import Interface

__all__ = ["create", "delete", "directories", "find_directory", "register"]

#: DNS, Kerberos, RPC, LDAP, SMB, LDAPS, global catalogue.
_PORTS = (53, 88, 135, 389, 445, 464, 636, 3268, 3269)


def directories() -> Iterator[Any]:
    """All directories, of every account and region."""
    loaded = sys.modules.get("moto.ds.models")  # nobody has asked for a directory: there are none
    for regions in list(loaded.ds_backends.values()) if loaded is not None else ():
        for backend in list(regions.values()):
            yield from list(backend.directories.values())


def find_directory(account: str, region: str, directory_id: str) -> Any:
    """The directory of an id in an account and region; None when there is none."""
    found = (each for each in directories() if each.directory_id == directory_id)
    return next((each for each in found if (each.account_id, each.region) == (account, region)), None)


def create(original: Callable[..., str], backend: Any, *args: Any, **asked: Any) -> str:
    """Make a directory: requested, then creating, then active."""
    if "edition" in asked:
        asked["edition"] = asked["edition"] or "Enterprise"
    made = original(backend, *args, **asked)
    directory = backend.directories[made]
    ec2 = interfaces.ec2_of(directory.account_id, directory.region)
    for each in directory.eni_ids:
        interfaces.of_aws(ec2.enis[each], "amazon-ds")
    _enters(directory, "Requested")
    clock = world().clock
    clock.after(0.0, "ds.enters", (made, "Requested", "Creating"))
    clock.after(typical_s("Directory Service Microsoft AD creating"), "ds.enters", (made, "Creating", "Active"))
    return made


@handles("ds.enters")
def _goes_on(directory_id: str, before: str, stage: str) -> None:
    directory = next((each for each in directories() if each.directory_id == directory_id), None)
    if directory is not None and directory.stage == before:
        _enters(directory, stage)


def _enters(directory: Any, stage: str) -> None:
    from moto.core.utils import utcnow

    directory.stage, directory.stage_last_updated_date_time = stage, utcnow()
    directory.desired_number_of_domain_controllers = len(directory.eni_ids)


def delete(original: Callable[..., str], backend: Any, directory_id: str) -> str:
    """Let a directory go, unless something has joined it."""
    from moto.ds.exceptions import ClientException

    from aws14.emulator.files.fsx_records import file_systems

    directory = backend.directories.get(directory_id)
    if directory is None:
        return original(backend, directory_id)
    if any(each.config.get("ActiveDirectoryId") == directory_id for each in file_systems()):
        raise ClientException("Cannot delete the directory because it still has authorized applications.")
    if directory.stage != "Deleting":
        _enters(directory, "Deleting")
        after = typical_s("Directory Service Microsoft AD deleting")
        world().clock.after(after, "ds.gone", (directory.account_id, directory.region, directory_id))
    return directory_id


@handles("ds.gone")
def _gone(account: str, region: str, directory_id: str) -> None:
    from moto.ds.models import ds_backends

    backend = ds_backends[account][region]
    directory = backend.directories.pop(directory_id, None)
    if directory is None:
        return
    ec2 = interfaces.ec2_of(account, region)
    for each in directory.eni_ids:
        interfaces.delete(ec2, each)
    directory.delete_security_group()
    backend.tagger.delete_all_tags_for_resource(directory_id)


def register() -> None:
    """Let the data plane find domain controllers."""
    fronts.register("ds", names=_addresses, of_interface=_of_interface)
    zones_by(_zone)


def _of_interface(interface: Interface) -> FileServer | None:
    for each in directories():
        if interface.id in each.eni_ids:
            up = each.stage == "Active" and not interfaces.zone_is_down(_zone(interface.id))
            return serves(f"ds/{each.directory_id}", interface, _PORTS, now=up)
    return None


def _addresses(name: str, vpc: str) -> tuple[str, ...] | None:
    """The domain's own name leads to its controllers, in its VPC."""
    for each in directories():
        if name == each.name.lower() and each.vpc_settings and each.vpc_settings["VpcId"] == vpc:
            return tuple(each.dns_ip_addrs) if each.stage == "Active" else ()
    return None


def _zone(eni_id: str) -> str:
    for each in directories():
        if eni_id in each.eni_ids:
            return interfaces.zone_of(interfaces.ec2_of(each.account_id, each.region), eni_id)
    return ""
