"""What a fleet behind a load balancer, its database and its edge did during a run, tick by tick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened in a run.

    Parameters
    ----------
    at_s : float
        Seconds after its start.
    node : str
        Id of the node it happened to.
    what : str
        One of `EVENTS`.
    text : str
        In a sentence, as AWS's own activity and event histories say it.
    """

    at_s: float
    node: str
    what: str
    text: str = ""


EVENTS: Mapping[str, str] = {
    "launched": "an instance was launched",
    "in_service": "an instance began to take requests",
    "unhealthy": "a target failed its health checks",
    "healthy": "a target passed its health checks again",
    "draining": "a target was deregistered",
    "terminated": "an instance was terminated",
    "desired": "the desired capacity changed",
    "alarm": "an alarm changed its state",
    "fail_open": "every target was unhealthy: the load balancer sends to all of them",
    "failed": "something broke",
    "recovered": "what had broken works again",
    "db_failover": "the standby database took over",
    "dns_failover": "a name began to lead to the other place",
    "node_added": "a node joined the cluster",
    "node_removed": "a node left the cluster",
    "evicted": "a pod was taken from its node",
    "unschedulable": "a pod found no node with room",
    "rollout": "a new version began to replace the old one",
    "rolled_out": "the new version runs everywhere",
    "rolled_back": "the version before was put back",
}
"""What can happen to a fleet -> what it means to a reader."""


@dataclass(frozen=True, kw_only=True)
class FleetRecord:
    """The servers behind a load balancer. Arrays have one entry per tick, as it stood at the end of the tick.

    Parameters
    ----------
    group : str
        Id of the Auto Scaling group or the target group.
    desired, in_service, pending, draining : ndarray of int64
        Instances wanted; running and registered; launched but not yet ready; deregistered but not yet gone.
    healthy : ndarray of int64
        Targets that the load balancer holds healthy.
    cpu_utilization : ndarray of float64
        Mean over the instances in service, 0 to 1, as CloudWatch would show it (NaN without instances).
    instance_s : ndarray of float64
        Seconds of running instances paid for in the tick, pending and draining ones included.
    served_by_target : Mapping[str, int]
        Name of each target -> requests it served.
    """

    group: str
    desired: Counts
    in_service: Counts
    pending: Counts
    draining: Counts
    healthy: Counts
    cpu_utilization: Floats
    instance_s: Floats
    served_by_target: Mapping[str, int] = field(default_factory=dict)

    @property
    def instance_hours(self) -> float:
        """Instance-hours paid for in the whole run."""
        return float(self.instance_s.sum()) / 3600


@dataclass(frozen=True, kw_only=True)
class DatabaseRecord:
    """The database behind the web servers. Arrays have one entry per tick.

    Parameters
    ----------
    node : str
        Id of the database.
    utilization : ndarray of float64
        Share of its processors' time that was worked, 0 to 1.
    queries : ndarray of int64
        Requests that reached it.
    down_s : ndarray of float64
        Seconds in which it answered nobody.
    """

    node: str
    utilization: Floats
    queries: Counts
    down_s: Floats


@dataclass(frozen=True, kw_only=True)
class EdgeRecord:
    """The content delivery network in front. Arrays have one entry per tick.

    Parameters
    ----------
    node : str
        Id of the distribution.
    hits, misses : ndarray of int64
        Requests answered from an edge cache, and requests that went to an origin.
    bytes_from_edge, bytes_from_origin : ndarray of float64
        Sent to clients; fetched from origins.
    requests_by_origin : Mapping[str, int]
        Id of each origin -> requests it answered.
    """

    node: str
    hits: Counts
    misses: Counts
    bytes_from_edge: Floats
    bytes_from_origin: Floats
    requests_by_origin: Mapping[str, int] = field(default_factory=dict)

    @property
    def hit_ratio(self) -> float:
        """Hits over all requests; 0 when there were none."""
        total = int(self.hits.sum() + self.misses.sum())
        return int(self.hits.sum()) / total if total else 0.0
