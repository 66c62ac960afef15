"""FSx and Directory Service read back: shares, and the directories that they join, as nodes.

Both stand in the innermost container that holds their subnets. FSx does not tell the security groups of a file system:
they are those of its network interfaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aws14.cloud.readback import ec2
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.ec2_links import Holder, places
from aws14.cloud.readback.seen import Resource, Seen, called, required, tags_of
from aws14.model import Link, Node

_CONFIGS = ("WindowsConfiguration", "OntapConfiguration", "OpenZFSConfiguration", "LustreConfiguration")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What FSx answered in one region."""

    region: str
    file_systems: tuple[Resource, ...]


def fetch(asking: Asking, region: str) -> Facts:
    """Ask for every file system of FSx of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    found = asking.listed("fsx", region, "describe_file_systems", "FileSystems")
    return Facts(region=region, file_systems=tuple(one for one in found if one["Lifecycle"] != "DELETING"))


def to_nodes(facts: Facts, around: ec2.Facts) -> tuple[Seen, ...]:
    """The file systems, with what EC2 answered around them."""
    return tuple(_share(one, around) for one in facts.file_systems)


def _share(one: Resource, around: ec2.Facts) -> Seen:
    key, tags = one["FileSystemId"], tags_of(one)
    of = f"file system {key}"
    config: Any = next((one[name] for name in _CONFIGS if name in one), {})
    domain = config.get("SelfManagedActiveDirectoryConfiguration", {}).get("DomainName", "")
    node = Node(
        id=required(one, "ResourceARN", of),
        kind="windows_share",
        parent=ec2.home(around, one["SubnetIds"]),
        aws_id=key,
        attributes={
            "file_system_type": required(one, "FileSystemType", of),
            "deployment_type": required(config, "DeploymentType", of),
            "storage_type": required(one, "StorageType", of),
            "gib": required(one, "StorageCapacity", of),
            "throughput_mibps": config.get("ThroughputCapacity", 0),
            "iops": config.get("DiskIopsConfiguration", {}).get("Iops", 0),
            "zones": zones_of(around, one["SubnetIds"]),
            "dns_name": one.get("DNSName", ""),
            "directory": config.get("ActiveDirectoryId", domain),
            "backup_retention_days": config.get("AutomaticBackupRetentionDays", 0),
            "security_groups": ec2.group_names(around, _groups(one, around)),
            "state": required(one, "Lifecycle", of),
        },
    )
    return Seen(node=node, tags=tags, name=called(tags, key))


def zones_of(around: ec2.Facts, subnets: Any) -> tuple[str, ...]:
    """The zones of some subnets, sorted, each once."""
    return tuple(sorted({one["AvailabilityZone"] for one in around.subnets if one["SubnetId"] in subnets}))


def _groups(one: Resource, around: ec2.Facts) -> frozenset[str]:
    mine = [each for each in around.interfaces if each["NetworkInterfaceId"] in one.get("NetworkInterfaceIds", ())]
    return frozenset(group["GroupId"] for each in mine for group in each.get("Groups", ()))


def holders(facts: Facts, around: ec2.Facts) -> tuple[Holder, ...]:
    """The file systems as what security groups guard."""
    return tuple(
        Holder(
            key=one["ResourceARN"],
            vpc=one["VpcId"],
            groups=_groups(one, around),
            places=places(around, f"fsx/{one['FileSystemId']}"),
        )
        for one in facts.file_systems
    )


def to_links(facts: Facts) -> Iterator[Link]:
    """From file systems to the directory that they join."""
    for one in facts.file_systems:
        directory = one.get("WindowsConfiguration", {}).get("ActiveDirectoryId")
        if directory:
            yield Link(source=one["ResourceARN"], target=directory, kind="routes", label="joins")
