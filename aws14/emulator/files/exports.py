"""Which tree a machine mounts: from a name and a path to what holds the files, or why it is not let in."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from aws14.emulator.files import trees
from aws14.emulator.files.efs_records import find as find_file_system
from aws14.emulator.files.efs_records import life_of, mount_targets
from aws14.emulator.files.fronts import NFS, SMB
from aws14.emulator.files.fsx_failover import names_of
from aws14.emulator.files.fsx_records import FileSystem, Volume, backend_of, file_systems, volumes_of
from aws14.emulator.machines.disk import FOLDER, Node
from aws14.emulator.machines.instances import find_instance
from aws14.emulator.machines.machine import Machine
from aws14.emulator.world import world

__all__ = ["Export", "find", "refuses"]

_EFS = re.compile(r"(?:(?P<zone>[a-z0-9-]+)\.)?(?P<id>fs-[0-9a-f]+)(?:\.efs\.[a-z0-9-]+\.amazonaws\.com)?")
_SHARE = "share"


@dataclass(frozen=True)
class Export:
    """What is mounted.

    Parameters
    ----------
    key : str
        Of the tree.
    root : str
        Folder there.
    shown : str
        As ``mount`` and ``df`` show it.
    host, port : str, int
        Whom to call.
    owner : str
        User id that an access point enforces; empty for none.
    read_only : bool
        Whether it can be changed.
    """

    key: str
    root: str
    shown: str
    host: str
    port: int
    owner: str = ""
    read_only: bool = False


def find(kind: str, source: str, machine: Machine, options: tuple[str, ...]) -> Export | str:
    """What a machine mounts, or the words of refusal.

    Parameters
    ----------
    kind : {'nfs', 'nfs4', 'efs', 'cifs'}
        Type of the mount.
    source : str
        As it stands in the command.
    machine : Machine
        Who mounts.
    options : tuple of str
        After ``-o``.
    """
    if kind == "cifs":
        return _smb(source, machine)
    host, _, path = source.partition(":")
    root = posixpath.normpath(path or "/")
    named = _EFS.fullmatch(host)
    target = _target(host, named, machine)
    if target is not None:
        return _efs(target, root, source if ":" in source else f"{source}:/", options)
    share = None if named is not None else _server(host, machine)
    if share is not None:
        return _nfs(share, host, root)
    if kind == "efs":
        return f'Failed to resolve "{host}" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID in the Availability Zone of this instance.'  # noqa: E501 - as it is
    return f"mount.nfs4: Failed to resolve server {host}: Name or service not known"


def _target(host: str, named: re.Match[str] | None, machine: Machine) -> Any:
    """The mount target that a name means for this machine, that of its own zone; by address, that of the address."""
    instance = find_instance(machine.instance_id)
    mine = [each for each in mount_targets() if each.vpc_id == instance.vpc_id and each.life_cycle_state == "available"]
    if named is None:
        return next((each for each in mine if each.ip_address == host), None)
    zone = named["zone"] or instance.availability_zone
    wanted = (named["id"], zone)
    return next((each for each in mine if (each.file_system_id, each.availability_zone_name) == wanted), None)


def _efs(target: Any, root: str, shown: str, options: tuple[str, ...]) -> Export | str:
    file_system = find_file_system(target.file_system_id)
    denied = f"mount.nfs4: access denied by server while mounting {shown}"
    if refuses(file_system.file_system_policy, tls="tls" in options):
        return denied
    owner = ""
    point_id = next((each.partition("=")[2] for each in options if each.startswith("accesspoint=")), "")
    if point_id:
        point = file_system._context.access_points.get(point_id)  # noqa: SLF001 - moto keeps it here
        if point is None or point.file_system_id != target.file_system_id or "tls" not in options:
            return denied
        owner, root = str((point.posix_user or {}).get("Uid", "")), point.root_directory.get("Path", "/")
        _make_root(target.file_system_id, root, point.root_directory.get("CreationInfo"))
    if _folder(target.file_system_id, root) is None:
        return f"mount.nfs4: mounting {shown} failed, reason given by server: No such file or directory"
    replica = bool(life_of(file_system).replica_of)
    return Export(target.file_system_id, root, shown, target.ip_address, NFS, owner, replica)


def refuses(policy: str | None, *, tls: bool) -> bool:
    """Whether a file system's policy keeps a client out that mounts with TLS or without.

    Without a policy everybody may mount; with one, only whom it lets in (EFS user guide, "Default EFS file system
    policy"). Conditions but that of TLS are not looked at.
    """
    statements = json.loads(policy)["Statement"] if policy else []
    told = statements if isinstance(statements, list) else [statements]
    denied = any(each.get("Effect") == "Deny" and str(_secure(each)).lower() == "false" and not tls for each in told)
    allowed = any(each.get("Effect") == "Allow" and _may_mount(each) for each in told)
    return bool(policy) and (denied or not allowed)


def _secure(statement: dict[str, Any]) -> object:
    return statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")


def _may_mount(statement: dict[str, Any]) -> bool:
    actions = statement.get("Action", ())
    named = [actions] if isinstance(actions, str) else actions
    return any(fnmatchcase("elasticfilesystem:clientmount", each.lower()) for each in named)


def _make_root(key: str, path: str, creation: dict[str, Any] | None) -> None:
    """Make the folder of an access point, if it says how and there is none."""
    tree = trees.find(key)
    if tree is not None and creation and tree.disk.find(path) is None:
        tree.disk.make_folders(posixpath.dirname(path) or "/")
        owner, group = str(creation["OwnerUid"]), str(creation["OwnerGid"])
        tree.disk.nodes[path] = Node(FOLDER, int(creation["Permissions"], 8), owner, group, world().clock.now())
        tree.version += 1


def _folder(key: str, path: str) -> Node | None:
    tree = trees.find(key)
    node = tree.disk.find(path) if tree is not None else None
    return node if node is not None and node.kind == FOLDER else None


def _server(host: str, machine: Machine) -> FileSystem | None:
    """The file system of FSx that a name or an address means in the machine's VPC."""
    vpc, host = find_instance(machine.instance_id).vpc_id, host.lower()
    mine = (each for each in file_systems() if each.vpc_id == vpc)
    return next((each for each in mine if host in names_of(each) or host in _addresses(each)), None)


def _addresses(found: FileSystem) -> list[str]:
    from aws14.emulator.files import interfaces

    ec2 = interfaces.ec2_of(found.account_id, found.region_name)
    return [interfaces.address_of(ec2, eni) for eni in found.interfaces.values()]


def _volume(found: FileSystem, root: str) -> Volume | None:
    """The volume of ONTAP whose junction path leads to a path, the longest."""
    mine = [one for one in volumes_of(backend_of(found)).values() if one.file_system_id == found.file_system_id]
    fits = [one for one in mine if f"{root}/".startswith(f"{one.config.get('JunctionPath', '')}/")]
    return max(fits, key=lambda one: len(one.config["JunctionPath"]), default=None)


def _nfs(found: FileSystem, host: str, root: str) -> Export | str:
    volume = _volume(found, root) if found.file_system_type == "ONTAP" else None
    rest = root[len(volume.config["JunctionPath"]) :] or "/" if volume is not None else root
    if volume is None or _folder(volume.volume_id, rest) is None:
        return f"mount.nfs4: mounting {host}:{root} failed, reason given by server: No such file or directory"
    return Export(volume.volume_id, rest, f"{host}:{root}", host, NFS)


def _smb(source: str, machine: Machine) -> Export | str:
    host, _, path = source.removeprefix("//").partition("/")
    found = _server(host, machine)
    if found is None:
        return f"mount error: could not resolve address for {host}: Unknown error"
    name, _, rest = path.strip("/").partition("/")
    volume = _volume(found, f"/{name}") if found.file_system_type == "ONTAP" else None
    key = volume.volume_id if volume is not None else found.file_system_id
    root = f"/{rest}" if rest else "/"
    known = volume is not None or (found.file_system_type == "WINDOWS" and name.lower() == _SHARE)
    if not known or _folder(key, root) is None:
        return "mount error(2): No such file or directory"
    return Export(key, root, source, host, SMB)
