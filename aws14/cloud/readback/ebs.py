"""EC2's storage read back: volumes, snapshots and own images as nodes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.ec2 import Facts, group_name, root_volume_id
from aws14.cloud.readback.seen import Resource, Seen, called, required, tags_of
from aws14.errors import ReadbackError
from aws14.model import Node

_NAMED = re.compile(r"\b(?:snap|ami|i)-[0-9a-f]+")
"""Ids in the descriptions that EC2 gives to images, to their snapshots and to copies."""
_IN_A_VAULT = "aws:backup:source-resource"
"""Tag by which AWS Backup marks what it made."""


def to_nodes(asking: Asking, facts: Facts) -> tuple[Seen, ...]:
    """The volumes, snapshots and images of one region that are the account's own.

    Root volumes are part of their instance, volumes of an Auto Scaling group's instances part of the group, and
    snapshots that an image stands on part of the image, and what AWS Backup made part of its vault. Snapshots of a
    lifecycle policy belong to a pattern where the policy copies the tags of its volumes.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    facts : Facts
        What EC2 answered in the region.
    """
    images = asking.listed("ec2", facts.region, "describe_images", "Images", Owners=["self"])
    wanted = [{"Name": "owner-id", "Values": [asking.session.account_id]}]
    snapshots = asking.listed("ec2", facts.region, "describe_snapshots", "Snapshots", Filters=wanted)
    images, snapshots = _in_no_vault(images), _in_no_vault(snapshots)
    inside = {snapshot for image in images for snapshot in _snapshots_of(image)}
    return (
        *_volumes(facts),
        *(_image(image, snapshots, facts.region) for image in images),
        *(_snapshot(one, facts.region) for one in snapshots if one["SnapshotId"] not in inside),
    )


def _in_no_vault(found: tuple[Resource, ...]) -> tuple[Resource, ...]:
    return tuple(one for one in found if _IN_A_VAULT not in tags_of(one))


def _volumes(facts: Facts) -> tuple[Seen, ...]:
    roots = {root_volume_id(instance) for instance in facts.instances}
    subnets = {instance["InstanceId"]: instance.get("SubnetId") for instance in facts.instances}
    going = {
        disk["VolumeId"]
        for instance in facts.instances
        for disk in (mapping.get("Ebs", {}) for mapping in instance.get("BlockDeviceMappings", ()))
        if disk.get("DeleteOnTermination")
    }
    grouped = {instance["InstanceId"] for instance in facts.instances if group_name(instance)}
    return tuple(
        _volume(volume, facts.region, subnets, goes=volume["VolumeId"] in going)
        for volume in facts.volumes
        if volume["VolumeId"] not in roots and _holder(volume) not in grouped
    )


def _holder(volume: Resource) -> str:
    return next((str(attachment["InstanceId"]) for attachment in volume.get("Attachments", ())), "")


def _volume(volume: Resource, region: str, subnets: Mapping[str, str | None], *, goes: bool) -> Seen:
    key, holder = volume["VolumeId"], _holder(volume)
    node = Node(
        id=key,
        kind="volume",
        parent=subnets.get(holder) or region,
        aws_id=key,
        attributes={
            "gib": required(volume, "Size", f"volume {key}"),
            "volume_type": required(volume, "VolumeType", f"volume {key}"),
            "state": required(volume, "State", f"volume {key}"),
            # EC2 names no IOPS for the types that promise none.
            "iops": volume.get("Iops", 0),
            # Nor a throughput for those whose size decides it.
            "throughput_mibps": volume.get("Throughput") or 0,
            "delete_on_termination": goes,
        },
    )
    return Seen(node=node, tags=tags_of(volume), owner=holder)


def _snapshots_of(image: Resource) -> tuple[str, ...]:
    disks = (mapping.get("Ebs", {}) for mapping in image.get("BlockDeviceMappings", ()))
    return tuple(disk["SnapshotId"] for disk in disks if disk.get("SnapshotId"))


def _image(image: Resource, snapshots: tuple[Resource, ...], region: str) -> Seen:
    key = image["ImageId"]
    disks = [mapping["Ebs"] for mapping in image.get("BlockDeviceMappings", ()) if "Ebs" in mapping]
    node = Node(
        id=key,
        kind="image",
        parent=region,
        aws_id=key,
        attributes={
            "of": _origin(image, snapshots),
            "gib": sum(int(required(disk, "VolumeSize", f"a disk of image {key}")) for disk in disks),
            "state": required(image, "State", f"image {key}"),
        },
    )
    return Seen(node=node, tags=tags_of(image), name=called(tags_of(image), image.get("Name", "")))


def _origin(image: Resource, snapshots: tuple[Resource, ...]) -> str:
    """Id of the instance that an image was taken from, of the image it is a copy of, or of the snapshot it starts."""
    stated = image.get("SourceInstanceId") or image.get("SourceImageId")
    if stated:
        return str(stated)
    below = set(_snapshots_of(image))
    texts = [one.get("Description", "") for one in snapshots if one["SnapshotId"] in below]
    for text in (image.get("Description", ""), *texts):
        for found in _NAMED.findall(text):
            if found != image["ImageId"]:
                return str(found)
    if below:  # registered: it is no more than a name for a snapshot
        return min(below)
    raise ReadbackError(
        f"image {image['ImageId']} does not say what it was made from",
        cure="make it with create_image or copy_image",
    )


def _snapshot(snapshot: Resource, region: str) -> Seen:
    key = snapshot["SnapshotId"]
    node = Node(
        id=key,
        kind="snapshot",
        parent=region,
        aws_id=key,
        attributes={
            "of": _source(snapshot),
            "gib": required(snapshot, "VolumeSize", f"snapshot {key}"),
            "state": required(snapshot, "State", f"snapshot {key}"),
        },
    )
    return Seen(node=node, tags=tags_of(snapshot))


def _source(snapshot: Resource) -> str:
    """Id of the volume, or of the snapshot in another region that this one is a copy of."""
    volume = str(required(snapshot, "VolumeId", f"snapshot {snapshot['SnapshotId']}"))
    named = [found for found in _NAMED.findall(snapshot.get("Description", "")) if found.startswith("snap-")]
    return named[0] if named and set(volume.removeprefix("vol-")) == {"f"} else volume
