"""What the readers share: a thing seen in the account, its tags, and reading that refuses to guess."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws14.errors import ReadbackError
from aws14.model import Node

Resource = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One thing seen in the account, before it has the name that the drawing gives it.

    Parameters
    ----------
    node : Node
        Its `id` and `parent` are AWS ids (or keys made from them); `aws14.cloud.readback.assemble` renames them.
    tags : Mapping[str, str]
        Its tags.
    name : str
        The name it asks for; taken from the tags when empty.
    owner : str
        Key of the thing it belongs to without standing in it, such as the zone of a record.
    stock : bool
        Whether AWS made it with the account: the default VPC and what stands in it.
    """

    node: Node
    tags: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    owner: str = ""
    stock: bool = False

    @property
    def wanted_name(self) -> str:
        """The drawn id: the tag ``aws14:node``, else the tag ``Name``, else the AWS id."""
        return self.tags.get("aws14:node") or self.name or self.tags.get("Name") or self.node.id


def tags_of(resource: Resource) -> dict[str, str]:
    """The tags of a resource as a dict, whatever the case of their keys."""
    return {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value", "")) for tag in resource.get("Tags", ())}


def called(tags: Mapping[str, str], name: str) -> str:
    """The name of a thing that has one of its own in AWS: its tag ``Name`` goes before."""
    return tags.get("Name") or name


def listed(client: Any, operation: str, key: str, **arguments: Any) -> tuple[Resource, ...]:
    """Everything that a describe or list call returns, all pages of it.

    Parameters
    ----------
    client : boto3 client
        Of the service.
    operation : str
        Method name, such as ``describe_vpcs``.
    key : str
        Where the items stand in a page.
    **arguments
        Passed on.
    """
    if not client.can_paginate(operation):
        return tuple(getattr(client, operation)(**arguments)[key])
    pages: Iterator[Resource] = iter(client.get_paginator(operation).paginate(**arguments))
    return tuple(item for page in pages for item in page.get(key, ()))


def required(resource: Resource, key: str, of: str) -> Any:
    """An entry of an answer, which must be there.

    Raises
    ------
    ReadbackError
        When it is not: there is no silent default.
    """
    if key not in resource:
        raise ReadbackError(
            f"{of} does not say its {key}",
            cure="look at it with the service's describe call; a resource that is just being made may need a moment",
        )
    return resource[key]


def first(items: Sequence[Resource], **wanted: str) -> Resource | None:
    """The first item whose entries have these values, or None."""
    return next((item for item in items if all(item.get(key) == value for key, value in wanted.items())), None)
