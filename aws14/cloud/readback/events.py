"""EventBridge read back: rules, and schedules of its Scheduler, as nodes; their targets as links."""

from __future__ import annotations

from collections.abc import Iterable

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen, called, required, tags_of
from aws14.model import Link, Node

Found = tuple[tuple[Seen, ...], tuple[Link, ...]]


def fetch_rules(asking: Asking, region: str) -> Found:
    """Ask for every rule of one region, on all buses.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    client = asking.client("events", region)
    seen: list[Seen] = []
    links: list[Link] = []
    for bus in client.list_event_buses()["EventBuses"]:
        for rule in asking.listed("events", region, "list_rules", "Rules", EventBusName=bus["Name"]):
            name, arn = rule["Name"], rule["Arn"]
            targets = asking.listed(
                "events", region, "list_targets_by_rule", "Targets", Rule=name, EventBusName=bus["Name"]
            )
            tags = tags_of({"Tags": client.list_tags_for_resource(ResourceARN=arn)["Tags"]})
            seen.append(Seen(node=_rule(rule, region, bus["Name"], targets), tags=tags, name=called(tags, name)))
            links += _links(arn, (each["Arn"] for each in targets))
    return tuple(seen), tuple(links)


def _rule(rule: Resource, region: str, bus: str, targets: tuple[Resource, ...]) -> Node:
    return Node(
        id=rule["Arn"],
        kind="rule",
        parent=region,
        aws_id=rule["Arn"],
        attributes={
            "schedule": rule.get("ScheduleExpression", ""),
            "pattern": rule.get("EventPattern", ""),
            "bus": bus,
            "state": required(rule, "State", f"rule {rule['Name']}"),
            "targets": tuple(sorted(_called(each["Arn"]) for each in targets)),
        },
    )


def fetch_schedules(asking: Asking, region: str) -> Found:
    """Ask for every schedule of one region."""
    client = asking.client("scheduler", region)
    found = [
        client.get_schedule(GroupName=each["GroupName"], Name=each["Name"])
        for each in asking.listed("scheduler", region, "list_schedules", "Schedules")
    ]
    seen = tuple(Seen(node=_schedule(one, region), name=one["Name"]) for one in found)
    return seen, tuple(link for one in found for link in _links(one["Arn"], (one["Target"]["Arn"],)))


def _schedule(one: Resource, region: str) -> Node:
    of = f"schedule {one['Name']}"
    return Node(
        id=one["Arn"],
        kind="rule",
        parent=region,
        aws_id=one["Arn"],
        attributes={
            "schedule": required(one, "ScheduleExpression", of),
            "pattern": "",
            "bus": "",
            "state": required(one, "State", of),
            "targets": (_called(one["Target"]["Arn"]),),
        },
    )


def _called(arn: str) -> str:
    """The name at the end of an ARN; a function's without its version or alias."""
    if ":function:" in arn:
        return arn.split(":")[6]
    return arn.split(":", 5)[-1].replace(":*", "").replace("/", ":").split(":")[-1] if ":" in arn else arn


def _links(source: str, targets: Iterable[str]) -> list[Link]:
    # A function is known without its version or alias.
    bare = (":".join(arn.split(":")[:7]) if ":lambda:" in arn else arn for arn in targets)
    return [Link(source=source, target=target, kind="routes", label="triggers") for target in bare]
