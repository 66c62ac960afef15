"""Reading nested answers of AWS by a written path, so that tables can say where an id stands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

_AWS_ID = re.compile(r"[a-z]+-[0-9a-f]{8,17}")


def pick(document: Any, path: str) -> list[Any]:
    """Every value at a path.

    Parameters
    ----------
    document : Mapping
        Parameters or answer of a call.
    path : str
        Keys joined by dots; ``[]`` after a key goes through a list: ``Instances[].InstanceId``.
    """
    found = [document]
    for step in path.split("."):
        key = step.removesuffix("[]")
        found = [item[key] for item in found if isinstance(item, Mapping) and key in item]
        if step.endswith("[]"):
            found = [entry for items in found for entry in items]
    return found


def fill(template: str, params: Mapping[str, Any]) -> str:
    """Fill ``{Parameter}`` fields of a template, ``{Outer[Inner]}`` inside a structure; what was not given is empty."""
    return template.format_map(defaultdict(str, params))


def aws_ids(value: Any) -> Iterator[str]:
    """Every AWS id (``vpc-0abc12345678``) anywhere in the parameters of a call."""
    if isinstance(value, Mapping):
        for entry in value.values():
            yield from aws_ids(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from aws_ids(entry)
    elif isinstance(value, str) and _AWS_ID.fullmatch(value):
        yield value
