"""EFS read back: file systems, mount targets and access points as nodes.

A mount target stands in its subnet; a file system stands in the VPC of its mount targets, in its zone where it has but
one, and in its region where nobody can mount it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aws14.cloud.readback import ec2
from aws14.cloud.readback.asking import Asking, unless
from aws14.cloud.readback.ec2_links import Holder
from aws14.cloud.readback.seen import Resource, Seen, required, tags_of
from aws14.model import Link, Node

_GIB = 1024**3
_TRANSITIONS = {"TransitionToIA": "IA", "TransitionToArchive": "ARCHIVE"}


@dataclass(frozen=True, kw_only=True)
class FileSystem:
    """What EFS says of one file system: its policies, its mount targets with their groups, its access points."""

    itself: Resource
    lifecycle: tuple[Resource, ...]
    backed_up: bool
    targets: tuple[Resource, ...]
    groups: dict[str, tuple[str, ...]]
    access_points: tuple[Resource, ...]

    @property
    def key(self) -> str:
        """ARN."""
        return str(self.itself["FileSystemArn"])

    @property
    def name(self) -> str:
        """As its tags say it, else its id."""
        tags = tags_of(self.itself)
        return tags.get("aws14:node") or tags.get("Name") or str(self.itself["FileSystemId"])


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What EFS answered in one region, and the zones there."""

    region: str
    zones: tuple[str, ...]
    file_systems: tuple[FileSystem, ...]


def fetch(asking: Asking, region: str) -> Facts:
    """Ask for every file system of one region, and what belongs to each.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    found = asking.listed("efs", region, "describe_file_systems", "FileSystems")
    places = asking.listed("ec2", region, "describe_availability_zones", "AvailabilityZones") if found else ()
    there = [one for one in found if one["LifeCycleState"] not in ("deleting", "deleted")]
    zones = tuple(sorted(each["ZoneName"] for each in places))
    return Facts(region=region, zones=zones, file_systems=tuple(_of(asking, region, one) for one in there))


def _of(asking: Asking, region: str, one: Resource) -> FileSystem:
    client, key = asking.client("efs", region), one["FileSystemId"]
    targets = asking.listed("efs", region, "describe_mount_targets", "MountTargets", FileSystemId=key)
    policy: Any = unless(("PolicyNotFound",), lambda: client.describe_backup_policy(FileSystemId=key), {})
    return FileSystem(
        itself=one,
        lifecycle=tuple(client.describe_lifecycle_configuration(FileSystemId=key)["LifecyclePolicies"]),
        backed_up=policy.get("BackupPolicy", {}).get("Status") in ("ENABLED", "ENABLING"),
        targets=targets,
        groups={each["MountTargetId"]: _groups(client, each["MountTargetId"]) for each in targets},
        access_points=asking.listed("efs", region, "describe_access_points", "AccessPoints", FileSystemId=key),
    )


def _groups(client: Any, key: str) -> tuple[str, ...]:
    return tuple(client.describe_mount_target_security_groups(MountTargetId=key)["SecurityGroups"])


def to_nodes(facts: Facts, around: ec2.Facts) -> tuple[Seen, ...]:
    """File systems, their mount targets, their access points.

    Parameters
    ----------
    facts : Facts
        Of one region.
    around : ec2.Facts
        What EC2 answered there.
    """
    return tuple(seen for one in facts.file_systems for seen in _nodes(one, facts, around))


def _nodes(one: FileSystem, facts: Facts, around: ec2.Facts) -> Iterator[Seen]:
    vpcs = [target["VpcId"] for target in one.targets]
    zone = one.itself.get("AvailabilityZoneName", "")
    parent = (ec2.zone_key(vpcs[0], zone) if zone else vpcs[0]) if vpcs else around.region
    yield _file_system(one, (zone,) if zone else facts.zones, parent)
    for target in one.targets:
        yield _target(one, target, ec2.group_names(around, one.groups[target["MountTargetId"]]))
    for point in one.access_points:
        yield _access_point(one, point, parent)


def _file_system(one: FileSystem, zones: tuple[str, ...], parent: str) -> Seen:
    it, of = one.itself, f"file system {one.itself['FileSystemId']}"
    held = required(it, "SizeInBytes", of)
    node = Node(
        id=one.key,
        kind="file_system",
        parent=parent,
        aws_id=it["FileSystemId"],
        attributes={
            "throughput_mode": required(it, "ThroughputMode", of),
            "provisioned_mibps": float(it.get("ProvisionedThroughputInMibps") or 0.0),
            "performance_mode": required(it, "PerformanceMode", of),
            "encrypted": bool(it.get("Encrypted")),
            "lifecycle": tuple(_policy(each) for each in one.lifecycle),
            "standard_gib": held.get("ValueInStandard", held["Value"]) / _GIB,
            "ia_gib": held.get("ValueInIA", 0) / _GIB,
            "archive_gib": held.get("ValueInArchive", 0) / _GIB,
            "zones": zones,
            "backed_up": one.backed_up,
            "state": required(it, "LifeCycleState", of),
        },
    )
    return Seen(node=node, tags=tags_of(it), name=one.name)


def _policy(policy: Resource) -> str:
    """``IA 30``, ``ARCHIVE 90``, ``back``."""
    for name, word in _TRANSITIONS.items():
        if name in policy:
            return f"{word} {policy[name].split('_')[1]}"
    return "back"


def _target(one: FileSystem, target: Resource, groups: tuple[str, ...]) -> Seen:
    key = target["MountTargetId"]
    node = Node(
        id=key,
        kind="mount_target",
        parent=target["SubnetId"],
        aws_id=key,
        attributes={
            "private_ipv4": required(target, "IpAddress", f"mount target {key}"),
            "security_groups": groups,
            "state": required(target, "LifeCycleState", f"mount target {key}"),
        },
    )
    # It has no tags: it is called after its file system and its zone.
    return Seen(node=node, name=f"{one.name}-{target['AvailabilityZoneName'].rpartition('-')[2]}", owner=one.key)


def _access_point(one: FileSystem, point: Resource, parent: str) -> Seen:
    key, user = point["AccessPointId"], point.get("PosixUser") or {}
    node = Node(
        id=point["AccessPointArn"],
        kind="access_point",
        parent=parent,
        aws_id=key,
        attributes={
            "path": point.get("RootDirectory", {}).get("Path", "/"),
            "user": f"{user['Uid']}:{user['Gid']}" if user else "",
            "creates": _creates(point.get("RootDirectory", {}).get("CreationInfo")),
            "state": required(point, "LifeCycleState", f"access point {key}"),
        },
    )
    return Seen(node=node, tags=tags_of(point), owner=one.key)


def _creates(told: Resource | None) -> str:
    return f"{told['OwnerUid']}:{told['OwnerGid']} {told['Permissions']}" if told else ""


def holders(facts: Facts, around: ec2.Facts) -> tuple[Holder, ...]:
    """The mount targets as what security groups guard."""
    del around
    return tuple(
        Holder(
            key=target["MountTargetId"],
            vpc=target["VpcId"],
            groups=frozenset(one.groups[target["MountTargetId"]]),
            places=((target["SubnetId"], target["IpAddress"]),),
        )
        for one in facts.file_systems
        for target in one.targets
    )


def to_links(facts: Facts) -> Iterator[Link]:
    """From file systems to their mount targets."""
    for one in facts.file_systems:
        for target in one.targets:
            yield Link(source=one.key, target=target["MountTargetId"], kind="routes", label="NFS")
