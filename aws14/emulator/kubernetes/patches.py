"""JSON patch (RFC 6902) and JSON merge patch (RFC 7386)."""

from __future__ import annotations

from typing import Any

from aws14.emulator.kubernetes.failure import ApiError, bad_request
from aws14.emulator.kubernetes.storage import copied

__all__ = ["json_patched", "merge_patched"]


def merge_patched(thing: Any, patch: Any) -> Any:
    """Return a JSON value with a merge patch: maps are merged, null removes, all else replaces."""
    if not isinstance(patch, dict):
        return copied(patch)
    result = dict(thing) if isinstance(thing, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patched(result.get(key), value)
    return result


def json_patched(thing: Any, operations: Any) -> Any:
    """Return a JSON value after the operations of a JSON patch, in order.

    Raises
    ------
    ApiError
        They are no JSON patch (400), or cannot be done (422).
    """
    if not isinstance(operations, list) or not all(isinstance(one, dict) for one in operations):
        raise bad_request("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    result = {"": copied(thing)}
    for one in operations:
        try:
            _do(result, one)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            why = f"{one.get('op')} operation does not apply: doc is missing path: {one.get('path')}: missing value"
            raise ApiError(
                422, "Invalid", f"the server rejected our request due to an error in our request: {why}"
            ) from error
    return result[""]


def _do(document: dict[str, Any], operation: dict[str, Any]) -> None:
    kind, path = operation["op"], operation["path"]
    if kind in ("move", "copy"):
        value = copied(_value(document, operation["from"]))
        if kind == "move":
            _remove(document, operation["from"])
        _add(document, path, value)
    elif kind == "test":
        if _value(document, path) != operation["value"]:
            raise ValueError(path)
    elif kind == "remove":
        _remove(document, path)
    elif kind == "replace":
        holder, key = _holder(document, path)
        holder[key]
        holder[key] = copied(operation["value"])
    elif kind == "add":
        _add(document, path, copied(operation["value"]))
    else:
        raise ValueError(kind)


def _add(document: dict[str, Any], path: str, value: Any) -> None:
    holder, key = _holder(document, path)
    if not isinstance(holder, list):
        holder[key] = value
    elif isinstance(key, int) and key > len(holder):
        raise IndexError(path)
    else:
        holder.insert(key, value)


def _remove(document: dict[str, Any], path: str) -> None:
    holder, key = _holder(document, path)
    del holder[key]


def _value(document: dict[str, Any], path: str) -> Any:
    holder, key = _holder(document, path)
    return holder[key]


def _holder(document: dict[str, Any], path: str) -> tuple[Any, Any]:
    """Return the map or list that a JSON pointer leads into, and the key or index there."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")]
    if steps[0]:
        raise ValueError(path)
    here: Any = document
    for step in steps[:-1]:
        here = here[_step(here, step)]
    return here, _step(here, steps[-1])


def _step(here: Any, step: str) -> Any:
    if not isinstance(here, list):
        return step
    if step == "-":
        return len(here)
    if not step.isdigit():
        raise ValueError(step)
    return int(step)
