"""What of an event goes to a target: all of it, a part, a constant, or a text made from it.

Source: EventBridge user guide, "Input transformation": paths are ``$.detail.name``; in a template ``<name>`` stands for
a value, inside quotes for its text; names that begin with ``aws.events`` are known without a path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["at_path", "body"]

_STEP = re.compile(r"\.([\w-]+)|\[(\d+|\*)\]|\['([^']+)'\]")
_NAME = re.compile(r"<([\w.-]+)>")
_ABSENT = object()


def body(target: Mapping[str, Any], event: Mapping[str, Any], *, rule: str = "") -> str:
    """The text that a target gets.

    Parameters
    ----------
    target : Mapping
        As ``PutTargets`` took it.
    event : Mapping
        The event.
    rule : str
        ARN of the rule.
    """
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath"):
        found = at_path(event, target["InputPath"])
        return json.dumps(None if found is _ABSENT else found)
    if target.get("InputTransformer"):
        return _transformed(target["InputTransformer"], event, rule)
    return json.dumps(event)


def at_path(event: Any, path: str) -> Any:
    """What stands at a path of an event; None where nothing does."""
    found = event
    for name, index, quoted in _STEP.findall(path.removeprefix("$")):
        if index:
            found = _entry(found, index)
        else:
            found = found.get(name or quoted, _ABSENT) if isinstance(found, Mapping) else _ABSENT
        if found is _ABSENT:
            return None
    return found


def _entry(found: Any, index: str) -> Any:
    if not isinstance(found, list):
        return _ABSENT
    if index == "*":
        return found
    return found[int(index)] if int(index) < len(found) else _ABSENT


def _transformed(transformer: Mapping[str, Any], event: Mapping[str, Any], rule: str) -> str:
    values = {name: at_path(event, path) for name, path in (transformer.get("InputPathsMap") or {}).items()}
    values |= {
        "aws.events.rule-arn": rule,
        "aws.events.rule-name": rule.rpartition("/")[2],
        "aws.events.event.ingestion-time": event.get("time"),
        "aws.events.event": {name: value for name, value in event.items() if name != "detail"},
        "aws.events.event.json": event,
    }
    template = str(transformer["InputTemplate"])
    quoted = False
    parts = []
    for part in re.split(r'((?<!\\)"|<[\w.-]+>)', template):
        quoted ^= part == '"'
        name = _NAME.fullmatch(part)
        parts.append(_value(values.get(name[1]), quoted=quoted) if name and name[1] in values else part)
    return "".join(parts)


def _value(value: Any, *, quoted: bool) -> str:
    if not quoted:
        return json.dumps(value)
    text = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(text)[1:-1]
