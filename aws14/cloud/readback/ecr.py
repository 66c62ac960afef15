"""ECR read back: repositories of images as nodes."""

from __future__ import annotations

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen, called
from aws14.model import Node

__all__ = ["fetch"]


def fetch(asking: Asking, region: str) -> tuple[Seen, ...]:
    """Ask for every repository of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    found = asking.listed("ecr", region, "describe_repositories", "repositories")
    return tuple(_repository(asking, region, one) for one in found)


def _repository(asking: Asking, region: str, one: Resource) -> Seen:
    client, name = asking.client("ecr", region), one["repositoryName"]
    images = asking.listed("ecr", region, "describe_images", "imageDetails", repositoryName=name)
    given = client.list_tags_for_resource(resourceArn=one["repositoryArn"]).get("tags", ())
    tags = {tag["Key"]: tag["Value"] for tag in given}
    node = Node(
        id=one["repositoryArn"],
        kind="repository",
        parent=region,
        aws_id=name,
        attributes={
            "images": tuple(sorted(tag for each in images for tag in each.get("imageTags", ()))),
            "scan_on_push": (one.get("imageScanningConfiguration") or {}).get("scanOnPush", False),
            "immutable_tags": str(one.get("imageTagMutability", "MUTABLE")).startswith("IMMUTABLE"),
        },
    )
    return Seen(node=node, tags=tags, name=called(tags, name))
