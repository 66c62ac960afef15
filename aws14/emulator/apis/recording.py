"""What CloudWatch gets to know of requests: metrics, and logs where they are configured.

Source: API Gateway developer guide, "Amazon API Gateway dimensions and metrics", "Set up CloudWatch logging for REST
APIs in API Gateway".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from aws14.emulator.cloudwatch import arming, store
from aws14.emulator.world import world

__all__ = ["access_line", "logged", "measured"]

_CLIENT, _SERVER = 400, 500
NAMESPACE = "AWS/ApiGateway"


def measured(
    place: tuple[str, str],
    dimensions: Iterable[Mapping[str, str]],
    status: int,
    *,
    names: tuple[str, str] = ("4XXError", "5XXError"),
    latency_ms: tuple[float, float | None],
) -> None:
    """Count a request.

    Parameters
    ----------
    place : tuple of (str, str)
        Account and region.
    dimensions : iterable of Mapping
        The sets of dimensions under which it counts: name -> value.
    status : int
        That the client got.
    names : tuple of (str, str), optional
        Of the metrics that count errors: REST APIs and HTTP APIs call them differently.
    latency_ms : tuple of (float, float or None)
        Whole, and that of the integration; None where none was asked.
    """
    values: dict[str, tuple[float, str]] = {
        "Count": (1.0, "Count"),
        names[0]: (float(_CLIENT <= status < _SERVER), "Count"),
        names[1]: (float(status >= _SERVER), "Count"),
        "Latency": (latency_ms[0], "Milliseconds"),
    }
    if latency_ms[1] is not None:
        values["IntegrationLatency"] = (latency_ms[1], "Milliseconds")
    touched = set()
    for each in dimensions:
        given = [{"Name": name, "Value": value} for name, value in each.items()]
        data = [
            {"MetricName": name, "Dimensions": given, "Value": value, "Unit": unit}
            for name, (value, unit) in values.items()
        ]
        touched |= store.put(place, NAMESPACE, data)
    arming.arm_for(place, touched)


def logged(place: tuple[str, str], group: str, stream: str, lines: Iterable[str], *, create: bool = False) -> None:
    """Write lines to CloudWatch Logs.

    Parameters
    ----------
    place : tuple of (str, str)
        Account and region.
    group, stream : str
        Where; the stream is made when it is not there.
    lines : iterable of str
        What.
    create : bool, optional
        Whether the group is made, too; else the lines are lost without it, as on AWS.
    """
    from moto.logs import models

    account, region = place
    backend = models.logs_backends[account][region]
    found = backend.groups.get(group)
    if found is None:
        if not create:
            return
        backend.create_log_group(group, tags={})
        found = backend.groups[group]
    if stream not in found.streams:
        backend.create_log_stream(group, stream)
    at = int(world().clock.now() * 1000)
    backend.put_log_events(group, stream, [{"timestamp": at, "message": line} for line in lines])


def access_line(template: str, facts: Mapping[str, Any]) -> str:
    """A line of an access log: ``$context.status`` and its like filled in, ``-`` for what is not known."""
    return re.sub(r"\$context\.([A-Za-z0-9_.]+[A-Za-z0-9_])", lambda match: str(facts.get(match[1], "-")), template)
