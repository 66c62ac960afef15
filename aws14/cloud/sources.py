"""Who asks: an instance by a name means the session's own pattern's first.

Patterns stand beside each other in one account, and each may have an instance of the same name.
"""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Network

from aws14.cloud.session import Session
from aws14.cloud.tags import PATTERN

__all__ = ["own_source"]

_INTERNET = "internet"
_THERE = ["pending", "running", "stopping", "stopped"]


def own_source(session: Session, source: str) -> str:
    """The AWS id of the session's own instance of that name; what was given where its pattern has none or several.

    Parameters
    ----------
    session : Session
        On the embedded AWS.
    source : str
        Drawn id, name tag or AWS id of an instance, an address or CIDR block, ``internet``.
    """
    if not session.pattern or source == _INTERNET or source.startswith(("i-", "eni-")) or _is_address(source):
        return source
    filters = [
        {"Name": f"tag:{PATTERN}", "Values": [session.pattern]},
        {"Name": "instance-state-name", "Values": _THERE},
    ]
    pages = session.client("ec2").get_paginator("describe_instances").paginate(Filters=filters)
    own = [each for page in pages for reservation in page["Reservations"] for each in reservation["Instances"]]
    for key in ("aws14:node", "Name"):
        found = [each["InstanceId"] for each in own if {"Key": key, "Value": source} in each.get("Tags", ())]
        if found:
            return str(found[0]) if len(found) == 1 else source
    return source


def _is_address(text: str) -> bool:
    with suppress(ValueError):
        return bool(IPv4Network(text, strict=False))
    return False
