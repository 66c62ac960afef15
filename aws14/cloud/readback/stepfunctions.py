"""Step Functions read back: state machines as nodes, the functions and queues that their tasks name as links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Seen, called, required
from aws14.model import Link, Node


def fetch(asking: Asking, region: str) -> tuple[tuple[Seen, ...], tuple[Link, ...]]:
    """Ask for every state machine of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    client = asking.client("stepfunctions", region)
    seen: list[Seen] = []
    links: list[Link] = []
    for one in asking.listed("stepfunctions", region, "list_state_machines", "stateMachines"):
        arn, of = one["stateMachineArn"], f"state machine {one['name']}"
        told = client.describe_state_machine(stateMachineArn=arn)
        definition = json.loads(required(told, "definition", of))
        tags = {tag["key"]: tag["value"] for tag in client.list_tags_for_resource(resourceArn=arn)["tags"]}
        attributes = {
            "machine_type": required(told, "type", of),
            "states": tuple(f"{name} {state['Type']}" for name, state in definition["States"].items()),
            "state": required(told, "status", of),
        }
        node = Node(id=arn, kind="state_machine", parent=region, aws_id=arn, attributes=attributes)
        seen.append(Seen(node=node, tags=tags, name=called(tags, one["name"])))
        called_arns = dict.fromkeys(_functions(definition))
        links += [Link(source=arn, target=target, kind="routes", label="triggers") for target in called_arns]
    return tuple(seen), tuple(links)


def _functions(definition: Any) -> Iterator[str]:
    """ARNs, without version or alias, of the functions that the tasks of a definition run."""
    if isinstance(definition, dict):
        for value in definition.values():
            yield from _functions(value)
    elif isinstance(definition, list):
        for value in definition:
            yield from _functions(value)
    elif isinstance(definition, str) and definition.startswith("arn:") and ":function:" in definition:
        yield ":".join(definition.split(":")[:7])
