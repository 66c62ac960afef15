"""What an invocation leaves behind: lines in CloudWatch Logs, datapoints in CloudWatch, the tail of its log."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws14.emulator.cloudwatch.arming import arm_for
from aws14.emulator.cloudwatch.store import put
from aws14.emulator.functions.targets import Target
from aws14.emulator.permissions import may
from aws14.emulator.world import world

__all__ = ["Report", "measure", "tail", "write"]

_TAIL = 4096
_NAMESPACE = "AWS/Lambda"


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The figures of one invocation.

    Parameters
    ----------
    request_id, version : str
        Which.
    duration_s, init_s : float
        Of the handler, and of the start of its environment; 0: it was warm.
    billed_s : float
        Of both, as it is billed.
    memory_mib, used_mib : int
        What it has, and the most it has used.
    trouble : str
        ``timeout``, or ``error`` with its type; empty for none.
    """

    request_id: str
    version: str
    duration_s: float
    init_s: float
    billed_s: float
    memory_mib: int
    used_mib: int
    trouble: str = ""

    @classmethod
    def billed(cls, duration_s: float, init_s: float) -> float:
        """Both, in whole milliseconds: since August 2025 the start of an environment is billed for every function."""
        return math.ceil(round((duration_s + init_s) * 1000, 6)) / 1000

    def line(self) -> str:
        """The REPORT line."""
        parts = [
            f"REPORT RequestId: {self.request_id}",
            f"Duration: {self.duration_s * 1000:.2f} ms",
            f"Billed Duration: {self.billed_s * 1000:.0f} ms",
            f"Memory Size: {self.memory_mib} MB",
            f"Max Memory Used: {min(self.used_mib, self.memory_mib)} MB",
        ]
        parts += [f"Init Duration: {self.init_s * 1000:.2f} ms"] if self.init_s else []
        parts += [f"Status: {self.trouble}"] if self.trouble else []
        return "\t".join(parts) + "\t"


def write(target: Target, stream: str, lines: Sequence[str]) -> None:
    """Put lines into the function's log group, at the present time; the world lock is held.

    Nothing is written where the function's role may not: AWS says nothing of it, either.
    """
    from moto.logs.models import logs_backends

    account, region = target.place
    backend: Any = logs_backends[account][region]
    group = f"/aws/lambda/{target.name}"
    arn = f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:"
    needed = {"PutLogEvents": arn + stream, "CreateLogStream": arn}
    if group not in backend.groups:
        needed["CreateLogGroup"] = arn
    if not all(may(target.function.role, f"logs:{action}", what, region) for action, what in needed.items()):
        return
    backend.ensure_log_group(group)
    backend.ensure_log_stream(group, stream)
    now = round(world().clock.now() * 1000)
    backend.put_log_events(group, stream, [{"timestamp": now, "message": f"{line}\n"} for line in lines])


def tail(lines: Sequence[str]) -> str:
    """The last 4 KiB of a log, in base64."""
    return base64.b64encode("\n".join([*lines, ""]).encode()[-_TAIL:]).decode()


def measure(target: Target, figures: dict[str, tuple[float, str]]) -> None:
    """Put datapoints of a function, for it and for the qualifier it was called by; the world lock is held.

    Parameters
    ----------
    target : Target
        Which.
    figures : dict
        Metric name -> (value, unit).
    """
    names = [{"Name": "FunctionName", "Value": target.name}]
    sets = [names]
    if target.qualifier:
        sets.append([*names, {"Name": "Resource", "Value": f"{target.name}:{target.qualifier}"}])
    data = [
        {"MetricName": name, "Value": value, "Unit": unit, "Dimensions": dimensions}
        for dimensions in (*sets, [])
        for name, (value, unit) in figures.items()
    ]
    arm_for(target.place, put(target.place, _NAMESPACE, data))
