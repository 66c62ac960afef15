"""What the API server hands on but does not keep: the logs of containers, and what pods and nodes use.

The kubelets of this house supply it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws14.emulator.kubernetes.storage import Object

if TYPE_CHECKING:
    from aws14.emulator.kubernetes.cluster import Cluster

__all__ = ["LogRequest", "logs", "measured", "supply_logs", "supply_measures"]


@dataclass(frozen=True, slots=True)
class LogRequest:
    """Which part of a container's log is wanted.

    Parameters
    ----------
    container : str
        Its name; it is one of the pod.
    follow : bool
        Go on while it runs.
    previous : bool
        Of the container that ran before this one.
    timestamps : bool
        Begin each line with its time.
    tail_lines, since_s, limit_bytes : int or None
        The last lines, those of the last seconds, not more than so many bytes.
    """

    container: str
    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    tail_lines: int | None = None
    since_s: int | None = None
    limit_bytes: int | None = None


LogSource = Callable[["Cluster", Object, LogRequest], bytes | Iterator[bytes]]
MeasureSource = Callable[["Cluster", str], list[Object] | None]

_LOGS: list[LogSource] = []
_MEASURES: list[MeasureSource] = []


def supply_logs(source: LogSource) -> None:
    """Let `source(cluster, pod, request)` answer for logs, under the world lock; an iterator waits without it.

    It raises ApiError where there is no log to give.
    """
    _LOGS[:] = [source]


def supply_measures(source: MeasureSource) -> None:
    """Let `source(cluster, "PodMetrics" or "NodeMetrics")` answer for usage: whole objects with name and namespace.

    None says that nobody measures: the cluster has no metrics-server.
    """
    _MEASURES[:] = [source]


def logs(cluster: Cluster, pod: Object, request: LogRequest) -> bytes | Iterator[bytes]:
    """Return the log of a container; nothing where nobody runs containers."""
    return _LOGS[0](cluster, pod, request) if _LOGS else b""


def measured(cluster: Cluster, kind: str) -> list[Object] | None:
    """Return what is measured in a cluster; None if nobody measures."""
    return _MEASURES[0](cluster, kind) if _MEASURES else None
