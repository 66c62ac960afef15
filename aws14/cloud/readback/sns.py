"""SNS read back: topics as nodes, their subscriptions as links to functions and queues."""

from __future__ import annotations

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen, called, tags_of
from aws14.model import Link, Node


def fetch(asking: Asking, region: str) -> tuple[tuple[Seen, ...], tuple[Link, ...]]:
    """Ask for every topic of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    found = []
    for topic in asking.listed("sns", region, "list_topics", "Topics"):
        arn = topic["TopicArn"]
        found.append((arn, asking.listed("sns", region, "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn)))
    seen = tuple(_topic(asking, region, arn, subscriptions) for arn, subscriptions in found)
    links = tuple(
        Link(source=arn, target=_bare(each["Endpoint"]), kind="routes", label="triggers")
        for arn, subscriptions in found
        for each in subscriptions
        if each["Protocol"] in ("lambda", "sqs")
    )
    return seen, links


def _topic(asking: Asking, region: str, arn: str, subscriptions: tuple[Resource, ...]) -> Seen:
    name = arn.rpartition(":")[2]
    tags = tags_of({"Tags": asking.client("sns", region).list_tags_for_resource(ResourceArn=arn)["Tags"]})
    told = tuple(sorted(f"{each['Protocol']} {each['Endpoint']}" for each in subscriptions))
    attributes: dict[str, bool | tuple[str, ...]] = {"fifo": name.endswith(".fifo"), "subscriptions": told}
    node = Node(id=arn, kind="topic", parent=region, aws_id=arn, attributes=attributes)
    return Seen(node=node, tags=tags, name=called(tags, name))


def _bare(arn: str) -> str:
    """A function's ARN without version or alias; others have no more than six parts."""
    return ":".join(arn.split(":")[:7])
