"""Trace: what a run did, minute by minute, with the reason of every failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aws14.kernels.bins import BINS, LOWEST_EXPONENT, SUB_BITS
from aws14.model.credits import CpuCredits
from aws14.model.faults import Fault
from aws14.model.files import FilesRecord
from aws14.model.fleet import DatabaseRecord, EdgeRecord, Event, FleetRecord
from aws14.model.serverless import ClusterRecord, FunctionRecord

if TYPE_CHECKING:
    import pandas as pd

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

FAILURE_REASONS: Mapping[str, str] = {
    "no_mount_target": "the client's zone has no mount target of the file system",
    "zone_lost": "the zone of the file server is lost",
    "client_down": "the instance that works with the files is down",
    "name_not_found": "the name does not resolve",
    "no_such_address": "the name resolves to an address that nothing answers at",
    "no_route": "no route leads there",
    "blocked": "no security group lets it in, or a network ACL stops it",
    "refused": "nothing listens there on that port, or it does not serve that name",
    "instance_not_running": "the instance is not running",
    "instance_down": "the server is down and does not answer",
    "connection_reset": "the server was lost while it held the request",
    "connection_limit": "the server holds its last connection",
    "backlog_full": "too many requests wait already",
    "timed_out": "the client gave up waiting",
    "no_targets": "503: no target is registered that could take it",
    "bad_gateway": "502: the target closed the connection",
    "gateway_timeout": "504: the target did not answer the load balancer in time",
    "database_down": "500: the database did not answer the web server",
    "dns_stale": "a remembered DNS answer still leads to what is gone",
    "session_lost": "the server did not know the visitor's session",
    "api_throttled": "429: more requests than the API's rate and burst allow",
    "function_throttled": "no execution environment was free, and no more are allowed",
    "function_timeout": "the function ran into its time-out",
    "function_error": "the function raised an error",
    "api_error": "500: the API has no function that it may call",
    "origin_gone": "404 or 502: what the distribution fetches from is gone",
    "db_connections": "the database had no connection free",
    "no_pods": "no pod was ready to take it",
    "pod_lost": "its pod was ended while it held the request",
}
"""Reason -> what it means to a reader. Every failed request has exactly one."""


@dataclass(frozen=True, kw_only=True)
class Requests:
    """Each request of a run (``keep='requests'``), in order of arrival.

    Attributes
    ----------
    arrival_s, wait_s, response_time_s : ndarray of float64
        Arrival at the client, wait for a worker, time the client waited in all; NaN where not reached.
    outcome : ndarray of int8
        0 served; k the k-th of `Trace.failed`, counted from 1; -1 in flight at the horizon.
    """

    arrival_s: Floats
    wait_s: Floats
    response_time_s: Floats
    outcome: NDArray[np.int8]


@dataclass(frozen=True, kw_only=True, repr=False)
class Trace:
    """What happened in a run.

    All arrays have one entry per tick; a request counts in the tick in which its client sent it.

    Parameters
    ----------
    scenario : str
        Name of the scenario.
    pattern : str
        Name of the topology that was run.
    region : str
        AWS region of the entry.
    tick_s, horizon_s : float
        Length of a tick and of the run.
    seed, replication : int
        What the random streams were derived from.
    offered, served : ndarray of int64
        Requests sent, and answered in time.
    failed : Mapping[str, ndarray of int64]
        Reason (a key of `FAILURE_REASONS`) -> failed requests.
    in_flight : ndarray of int64
        Requests without an outcome at the horizon, by the tick they were sent in.
    busy_s : ndarray of float64
        Worker-seconds worked in the tick, work for clients that had left included.
    wasted_s : ndarray of float64
        The part of `busy_s` spent on requests whose client had left.
    workers : ndarray of int64
        Workers in service, those of a server that is down included.
    response_time_sum_s : ndarray of float64
        Sum over served requests of what the client waited, network included.
    histogram : ndarray of uint32, shape (ticks, BINS)
        Response times of served requests (`aws14.kernels.bins`).
    bytes_in, bytes_out : ndarray of float64
        From and to the Internet.
    nodes : tuple of str
        Ids of the nodes a request passes, in order.
    requests : Requests, optional
        Each request, when asked for.
    faults : tuple of Fault
        What broke during the run.
    down_s : ndarray of float64, optional
        Server-seconds in which the way was down; None when nothing was to break, or no server was reached.
    credits : CpuCredits, optional
        The account of a burstable instance.
    fleet : FleetRecord, optional
        The servers, when a load balancer stands in front of them.
    database : DatabaseRecord, optional
        The database, when the servers use one.
    edge : EdgeRecord, optional
        The content delivery network, when requests come through one.
    functions : FunctionRecord, optional
        The execution environments of the function that answered, when one did.
    cluster : ClusterRecord, optional
        The nodes that the pods ran on, when pods answered; the pods themselves are the `fleet`.
    files : FilesRecord, optional
        The shared file system, when its clients ask it; requests are operations on its files.
    events : tuple of Event
        What happened, in order of time.
    retried : ndarray of int64, optional
        Attempts beyond the first that clients made; they are not in `offered`, which counts what people wanted.
    """

    scenario: str
    pattern: str
    region: str
    tick_s: float
    horizon_s: float
    seed: int
    replication: int
    offered: Counts
    served: Counts
    failed: Mapping[str, Counts]
    in_flight: Counts
    busy_s: Floats
    wasted_s: Floats
    workers: Counts
    response_time_sum_s: Floats
    histogram: NDArray[np.uint32]
    bytes_in: Floats
    bytes_out: Floats
    nodes: tuple[str, ...] = ()
    requests: Requests | None = field(default=None, repr=False)
    faults: tuple[Fault, ...] = ()
    down_s: Floats | None = None
    credits: CpuCredits | None = None
    fleet: FleetRecord | None = None
    database: DatabaseRecord | None = None
    edge: EdgeRecord | None = None
    functions: FunctionRecord | None = None
    cluster: ClusterRecord | None = None
    files: FilesRecord | None = None
    events: tuple[Event, ...] = ()
    retried: Counts | None = None

    def __str__(self) -> str:
        """The run in one line: how many asked, how many were answered and how fast, why the others failed."""
        why = ", ".join(f"{int(count.sum()):,} {reason}" for reason, count in self.failed.items() if count.any())
        told = [
            f"{self.scenario} in {self.pattern}, {self.region}, {self.horizon_s / 60:g} minutes",
            f"{int(self.offered.sum()):,} requests, {int(self.served.sum()):,} served",
            f"{self.failed_total:,} failed ({why})" if why else "none failed",
        ]
        if self.histogram.any():
            told.append(f"95 of 100 answered within {self.response_time_s(0.95):.3g} s")
        return "; ".join(told)

    __repr__ = __str__

    @property
    def ticks(self) -> int:
        """Number of ticks."""
        return len(self.offered)

    @property
    def tick_start_s(self) -> Floats:
        """Start of each tick in seconds."""
        return np.arange(self.ticks, dtype=np.float64) * self.tick_s

    @property
    def tick_length_s(self) -> Floats:
        """Length of each tick; the last may be shorter."""
        length: Floats = np.minimum(self.tick_s, self.horizon_s - self.tick_start_s)
        return length

    @property
    def credit_balance(self) -> Floats | None:
        """CPU credits left at the end of each tick; None for types without credits."""
        return None if self.credits is None else self.credits.balance

    @property
    def surplus_vcpu_hours(self) -> float:
        """Hours of vCPU use in surplus credits to be paid for, as if the instance were stopped after the run."""
        return 0.0 if self.credits is None else self.credits.surplus_vcpu_hours

    @property
    def failed_total(self) -> int:
        """Failed requests, whatever the reason."""
        return int(sum(int(count.sum()) for count in self.failed.values()))

    @property
    def failure_ratio(self) -> float:
        """Failed requests over offered requests; 0 when nothing was offered."""
        offered = int(self.offered.sum())
        return self.failed_total / offered if offered else 0.0

    @property
    def utilization(self) -> Floats:
        """Share of the workers' time that was worked, per tick, 0 to 1 (NaN without workers)."""
        capacity = self.workers * self.tick_length_s
        share: Floats = np.divide(self.busy_s, capacity, out=np.full(self.ticks, np.nan), where=capacity > 0)
        return share

    def response_time_s(self, quantile: float) -> float:
        """A quantile of the response time of all served requests, in seconds (NaN if none)."""
        return float(quantiles_s(self.histogram.sum(axis=0, dtype=np.int64)[None, :], quantile)[0])

    def response_time_by_tick_s(self, quantile: float) -> Floats:
        """A quantile of the response time per tick, in seconds (NaN where nothing was served)."""
        return quantiles_s(self.histogram, quantile)

    def timeline(self) -> pd.DataFrame:
        """One row per tick: rates, percentiles, utilization, failures by reason."""
        import pandas as pd

        length = self.tick_length_s
        columns: dict[str, Floats] = {
            "start_s": self.tick_start_s,
            "arrival_rate_rps": self.offered / length,
            "goodput_rps": self.served / length,
            "utilization": self.utilization,
        }
        for percent in (50, 95, 99):
            columns[f"p{percent}_s"] = self.response_time_by_tick_s(percent / 100)
        columns |= {f"failed_{reason}": count.astype(float) for reason, count in self.failed.items()}
        return pd.DataFrame(columns)


def bin_edges_s() -> Floats:
    """Lower edges of all bins and the upper edge of the last, in seconds. Shape (BINS + 1,)."""
    position = np.arange(BINS + 1)
    octave, step = np.divmod(position, 1 << SUB_BITS)
    edges: Floats = np.ldexp(1.0 + step / (1 << SUB_BITS), LOWEST_EXPONENT + octave)
    return edges


def quantiles_s(histogram: NDArray[np.integer], quantile: float) -> Floats:
    """Quantile of each row of a histogram, interpolated inside its bin.

    Parameters
    ----------
    histogram : ndarray of integers, shape (rows, BINS)
        Counts.
    quantile : float
        Between 0 and 1.

    Returns
    -------
    ndarray of float64, shape (rows,)
        Seconds; NaN for an empty row.
    """
    edges = bin_edges_s()
    cumulated = np.cumsum(histogram, axis=1, dtype=np.int64)
    total = cumulated[:, -1]
    rank = quantile * total
    index = np.minimum((cumulated < rank[:, None]).sum(axis=1), BINS - 1)
    rows = np.arange(len(histogram))
    inside = histogram[rows, index]
    below = cumulated[rows, index] - inside
    share = np.divide(rank - below, inside, out=np.zeros(len(rows)), where=inside > 0)
    value = edges[index] + np.clip(share, 0, 1) * (edges[index + 1] - edges[index])
    return np.where(total > 0, value, np.nan)
