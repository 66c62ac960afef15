"""Which records of a batch a mapping's filters let through.

Source: Lambda developer guide, "Control which events Lambda sends to your function": a record passes when one filter
fits it; the body of a message, and the data of a Kinesis record, are JSON where they can be read so.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from aws14.emulator.event_sources.patterns import matches, parsed

__all__ = ["passes"]


def passes(criteria: Mapping[str, Any] | None, record: Mapping[str, Any]) -> bool:
    """Whether a record goes to the function.

    Parameters
    ----------
    criteria : Mapping or None
        ``FilterCriteria`` of the mapping; without filters everything goes.
    record : Mapping
        As the function would see it.
    """
    filters = (criteria or {}).get("Filters") or []
    if not filters:
        return True
    view = _readable(record)
    return any(matches(parsed(each.get("Pattern") or "{}"), view) for each in filters)


def _readable(record: Mapping[str, Any]) -> Mapping[str, Any]:
    if "body" in record:
        return {**record, "body": _json(record["body"])}
    if "kinesis" in record:
        # The filter says "data" where the record says kinesis.data.
        try:
            data = base64.b64decode(record["kinesis"]["data"], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            data = ""
        return {**record, "data": _json(data), **{k: v for k, v in record["kinesis"].items() if k != "data"}}
    return record


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
