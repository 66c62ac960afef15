"""Directory Service read back: directories as nodes in the innermost container of their subnets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aws14.cloud.readback import ec2
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.ec2_links import Holder, places
from aws14.cloud.readback.fsx import zones_of
from aws14.cloud.readback.seen import Resource, Seen, called, required, tags_of
from aws14.model import Link, Node


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What Directory Service answered in one region: directories, and by their ids their tags."""

    region: str
    directories: tuple[Resource, ...]
    tags: Mapping[str, Mapping[str, str]]


def fetch(asking: Asking, region: str) -> Facts:
    """Ask for every directory of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    found = asking.listed("ds", region, "describe_directories", "DirectoryDescriptions")
    there = tuple(one for one in found if one["Stage"] not in ("Deleting", "Deleted"))
    client = asking.client("ds", region)
    tags = {one["DirectoryId"]: tags_of(client.list_tags_for_resource(ResourceId=one["DirectoryId"])) for one in there}
    return Facts(region=region, directories=there, tags=tags)


def to_nodes(facts: Facts, around: ec2.Facts) -> tuple[Seen, ...]:
    """The directories, with what EC2 answered around them."""
    return tuple(_directory(one, facts.tags[one["DirectoryId"]], around) for one in facts.directories)


def _subnets(one: Resource) -> tuple[str, ...]:
    return tuple((one.get("VpcSettings") or one.get("ConnectSettings") or {}).get("SubnetIds", ()))


def _directory(one: Resource, tags: Mapping[str, str], around: ec2.Facts) -> Seen:
    key = one["DirectoryId"]
    of = f"directory {key}"
    node = Node(
        id=key,
        kind="directory",
        parent=ec2.home(around, _subnets(one)),
        aws_id=key,
        attributes={
            "directory_type": required(one, "Type", of),
            "edition": one.get("Edition", ""),
            "name": required(one, "Name", of),
            "zones": zones_of(around, _subnets(one)),
            "state": required(one, "Stage", of),
        },
    )
    return Seen(node=node, tags=tags, name=called(tags, one["Name"]))


def holders(facts: Facts, around: ec2.Facts) -> tuple[Holder, ...]:
    """The directories as what security groups guard: AWS makes one for each."""
    return tuple(
        Holder(
            key=one["DirectoryId"],
            vpc=one["VpcSettings"]["VpcId"],
            groups=frozenset((one["VpcSettings"]["SecurityGroupId"],)),
            places=places(around, f"ds/{one['DirectoryId']}"),
        )
        for one in facts.directories
        if "VpcSettings" in one
    )


def to_links(facts: Facts) -> Iterator[Link]:
    """None of its own: what joins a directory says so."""
    del facts
    yield from ()
