"""Which end a location means, or why DataSync does not get there.

An end in a VPC is reached from a network interface of DataSync's own, by routes, network ACLs and security groups. The
codes are those that DataSync tells in ``ErrorCode`` (user guide, "Troubleshooting issues with DataSync transfers").
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Any

from aws14.emulator import offices
from aws14.emulator.files import efs_mounts, efs_records, fsx_records, interfaces, trees
from aws14.emulator.files.exports import refuses
from aws14.emulator.files.fronts import NFS, SMB
from aws14.emulator.machines.disk import FOLDER
from aws14.emulator.moving import agents
from aws14.emulator.moving.models import Location
from aws14.emulator.moving.roles import bucket_refusal
from aws14.emulator.moving.sides import BucketSide, OfficeSide, Side, TreeSide
from aws14.emulator.network_view import account_network
from aws14.errors import ScenarioError
from aws14.sim.reachability import reach

__all__ = ["FILE_SERVER", "SHARE", "MountError", "opened", "root_of"]

FILE_SERVER, SHARE = "files.office", "share"
_ACCESS = "Task failed to access location {}: {}: {}"


class MountError(Exception):
    """A location is not reached.

    Parameters
    ----------
    code, detail : str
        ``ErrorCode`` and ``ErrorDetail``.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class _Way:
    """From where to where: the subnet and groups of DataSync's interface, and the address it calls."""

    subnet: Any
    groups: list[str]
    address: str
    port: int


def opened(location: Location) -> Side:
    """The end that a location means, as it is now.

    Raises
    ------
    MountError
        It is not reached.
    """
    opens = {"smb": _office, "nfs": _office, "s3": _bucket, "efs": _efs, "fsxw": _fsx}
    return opens[location.kind](location)


def root_of(subdirectory: str | None) -> str:
    """A folder as the ends know it: without a slash at its end, empty for the root."""
    return posixpath.normpath("/" + (subdirectory or "").strip("/")).rstrip("/")


def _fails(location: Location, code: str, words: str) -> MountError:
    return MountError(code, _ACCESS.format(location.arn.rpartition("/")[2], code, words))


def _office(location: Location) -> Side:
    smb = location.kind == "smb"
    if not agents.is_online():
        raise MountError("AgentOffline", f"The agent {location.agents[0]} is offline.")
    if location.told["ServerHostname"].lower() != FILE_SERVER:
        words = "mount error: could not resolve address" if smb else "mount.nfs: Name or service not known"
        raise _fails(location, "x40016", f"{words} for {location.told['ServerHostname']}")
    share, _, rest = location.told["Subdirectory"].strip("/").partition("/")
    root = f"/{rest}" if rest else ""
    try:
        if share.lower() != SHARE or not (offices.folder() / rest).is_dir():
            words = "mount error(2)" if smb else "mount.nfs: access denied by server while mounting"
            raise _fails(location, "x40016", f"{words}: No such file or directory: {location.told['Subdirectory']}")
    except ScenarioError as error:
        raise _fails(location, "x40016", str(error)) from error
    return OfficeSide(root)


def _bucket(location: Location) -> Side:
    told = location.told
    name = told["S3BucketArn"].rpartition(":")[2]
    refused = bucket_refusal(name, told["S3Config"]["BucketAccessRoleArn"], location.arn.split(":")[3])
    if refused:
        raise _fails(location, "FsS3HeadBucketFailed", refused)
    prefix = root_of(told.get("Subdirectory")).removeprefix("/")
    return BucketSide(name, f"{prefix}/" if prefix else "", told.get("S3StorageClass") or "STANDARD")


def _efs(location: Location) -> Side:
    told = location.told
    key = told["EfsFilesystemArn"].rpartition("/")[2]
    file_system = efs_records.find(key)
    if file_system is None:
        raise _fails(location, "x40016", f"mount.nfs: Failed to resolve server {key}: Name or service not known")
    ec2 = interfaces.ec2_of(*_place(location))
    subnet = _subnet(ec2, told["Ec2Config"]["SubnetArn"], location)
    targets = [each for each in efs_records.mount_targets() if each.file_system_id == key]
    here = [each for each in targets if each.availability_zone_name == subnet.availability_zone]
    serving = next((each for each in here if efs_mounts.is_serving(each)), None)
    if serving is None:
        raise _fails(location, "x40016", "mount.nfs: Connection timed out")
    groups = [each.rpartition("/")[2] for each in told["Ec2Config"]["SecurityGroupArns"]]
    _reach(location, ec2, _Way(subnet, groups, serving.ip_address, NFS))
    if refuses(file_system.file_system_policy, tls=told.get("InTransitEncryption") == "TLS1_2"):
        raise _fails(location, "x40016", "mount.nfs: access denied by server while mounting")
    replica = bool(efs_records.life_of(file_system).replica_of)
    return _tree(location, key, _below(location, file_system), read_only=replica)


def _below(location: Location, file_system: Any) -> str:
    """The folder that is meant: from the access point's on, where there is one."""
    told = location.told
    folder = told.get("Subdirectory") or "/"
    key = (told.get("AccessPointArn") or "").rpartition("/")[2]
    if not key:
        return str(folder)
    point = file_system._context.access_points.get(key)  # noqa: SLF001 - moto keeps it here
    if point is None or point.file_system_id != file_system.file_system_id:
        raise _fails(location, "x40016", f"mount.nfs: access point {key} does not exist")
    return f"{point.root_directory.get('Path', '/')}/{folder}"


def _fsx(location: Location) -> Side:
    told = location.told
    found = fsx_records.find(told["FsxFilesystemArn"].rpartition("/")[2])
    if found is None or found.lifecycle != "AVAILABLE":
        raise _fails(location, "x40016", "mount error: could not resolve address")
    ec2 = interfaces.ec2_of(found.account_id, found.region_name)
    eni = ec2.enis[found.interfaces[found.active_zone]]
    if interfaces.zone_is_down(found.active_zone):
        raise _fails(location, "x40016", "mount error(110): Connection timed out")
    groups = [each.rpartition("/")[2] for each in told["SecurityGroupArns"]]
    _reach(location, ec2, _Way(eni.subnet, groups, eni.private_ip_address, SMB))
    share, _, rest = root_of(told.get("Subdirectory")).strip("/").partition("/")
    if share and share.lower() != SHARE:
        raise _fails(location, "x40016", "mount error(2): No such file or directory")
    return _tree(location, found.file_system_id, rest)


def _place(location: Location) -> tuple[str, str]:
    _, _, _, region, account, _ = location.arn.split(":", 5)
    return account, region


def _subnet(ec2: Any, arn: str, location: Location) -> Any:
    key = arn.rpartition("/")[2]
    found = next((zone[key] for zone in ec2.subnets.values() if key in zone), None)
    if found is None:
        raise MountError("EniNotFound", f"The subnet {key} of {location.arn} does not exist.")
    return found


def _reach(location: Location, ec2: Any, way: _Way) -> None:
    """Call from an interface that is there as long as the question takes."""
    missing = interfaces.known_groups(ec2, way.groups)
    if missing:
        raise MountError("EniNotFound", f"The security group {missing[0]} of {location.arn} does not exist.")
    eni = interfaces.create(
        ec2, way.subnet, groups=way.groups, description="DataSync network interface", requester="amazon-datasync"
    )
    try:
        network = account_network(_place(location)[0])
        found = reach(network, source=eni.id, destination=way.address, port=way.port)
    finally:
        interfaces.delete(ec2, eni.id)
    if found.blocked_by is not None:
        words = "mount.nfs: Connection timed out" if way.port == NFS else "mount error(110): Connection timed out"
        raise _fails(location, "x40016", words)


def _tree(location: Location, key: str, subdirectory: str | None, *, read_only: bool = False) -> Side:
    """A folder of a shared file system; it has to be there, as on AWS."""
    root = root_of(subdirectory)
    tree = trees.find(key)
    node = tree.disk.find(root) if tree is not None and root else None
    if root and (node is None or node.kind != FOLDER):
        raise _fails(location, "x40016", f"mount: {root}: No such file or directory")
    return TreeSide(key, root, read_only)
