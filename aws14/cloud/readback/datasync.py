"""DataSync read back: tasks as nodes, with a link to where they copy to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws14.cloud.readback import s3
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen, called, required, tags_of
from aws14.model import Link, Node

__all__ = ["fetch"]

Found = tuple[tuple[Seen, ...], tuple[Link, ...]]


def fetch(asking: Asking, region: str) -> Found:
    """Ask for every task of one region, and the locations between which it copies.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    listed = asking.listed("datasync", region, "list_tasks", "Tasks")
    uris = {
        one["LocationArn"]: one["LocationUri"]
        for one in (asking.listed("datasync", region, "list_locations", "Locations") if listed else ())
    }
    client: Any = asking.client("datasync", region)
    tasks = [client.describe_task(TaskArn=one["TaskArn"]) for one in listed]
    seen = tuple(_task(asking, region, task, uris) for task in tasks)
    return seen, tuple(link for task in tasks for link in _links(region, task, uris))


def _task(asking: Asking, region: str, task: Resource, uris: dict[str, str]) -> Seen:
    arn = task["TaskArn"]
    tags = tags_of({"Tags": asking.listed("datasync", region, "list_tags_for_resource", "Tags", ResourceArn=arn)})
    schedule = task.get("Schedule") or {}
    runs = schedule.get("Status", "ENABLED") == "ENABLED"
    node = Node(
        id=arn,
        kind="datasync_task",
        parent=region,
        aws_id=arn,
        attributes={
            "source": uris[task["SourceLocationArn"]],
            "destination": uris[task["DestinationLocationArn"]],
            "schedule": schedule.get("ScheduleExpression", "") if runs else "",
            "limit_mbps": _mbps((task.get("Options") or {}).get("BytesPerSecond", -1)),
            "state": required(task, "Status", f"task {arn}"),
        },
    )
    return Seen(node=node, tags=tags, name=called(tags, task.get("Name") or arn.rpartition("/")[2]))


def _mbps(bytes_per_s: int) -> float:
    """Mbit/s of a limit in bytes a second; AWS writes -1 where there is none."""
    return max(0, bytes_per_s) * 8 / 1e6


def _links(region: str, task: Resource, uris: dict[str, str]) -> Iterator[Link]:
    """From the task to the bucket or the file system that it fills; nothing for one that fills the office."""
    account, uri = task["TaskArn"].split(":")[4], uris[task["DestinationLocationArn"]]
    scheme, _, rest = uri.partition("://")
    host = rest.partition("/")[0]
    key = host.rpartition(".")[2]
    targets = {
        "s3": s3.key_of(host),
        "efs": f"arn:aws:elasticfilesystem:{region}:{account}:file-system/{key}",
        "fsxw": f"arn:aws:fsx:{region}:{account}:file-system/{key}",
    }
    if scheme in targets:
        yield Link(source=task["TaskArn"], target=targets[scheme], kind="routes", label="copies")
