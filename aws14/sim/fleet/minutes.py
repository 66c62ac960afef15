"""What is measured of a fleet: the datapoints of each minute, and the record of the whole run."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from aws14.model import FleetRecord
from aws14.sim.fleet.roster import Roster
from aws14.sim.fleet.server import Server

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

PERCENT = 100.0
HEADCOUNT = ("desired", "in_service", "pending", "draining", "healthy")


class Minutes:
    """The books of a fleet.

    Parameters
    ----------
    roster : Roster
        The servers.
    tick_s, horizon_s : float
        Length of a tick and of the run.
    db_workers : int
        Queries that the database works on at once; 0 without one.
    """

    def __init__(self, roster: Roster, *, tick_s: float, horizon_s: float, db_workers: int) -> None:
        self._roster, self._tick_s, self._horizon_s, self._db_workers = roster, tick_s, horizon_s, db_workers
        self._steps: list[tuple[float, ...]] = []
        self._capacity_s, self._capacity, self._since_s = 0.0, 0, 0.0

    def note(self, now_s: float) -> None:
        """Write down how many servers there are, after something changed."""
        standing = pending = draining = healthy = 0
        desired = self._roster.controller.desired
        for server in self._roster.present:
            desired += not server.member
            if server.left_s < math.inf:
                draining += 1
            elif server.registered_s < math.inf:
                standing += 1
                healthy += server.healthy
            else:
                pending += 1
        self._steps.append((now_s, desired, standing, pending, draining, healthy))
        self.reckon(now_s)

    def reckon(self, now_s: float) -> None:
        """Reckon with the workers that there are from now on: what is utilization is measured by."""
        self._capacity_s += self._capacity * (now_s - self._since_s)
        self._capacity = sum(
            each.workers
            for each in self._roster.present
            if not each.breaks and each.left_s == math.inf and each.registered_s < math.inf
        )
        self._since_s = now_s

    def datapoints(self, now_s: float) -> dict[str, float]:
        """The metrics of the minute that ends now."""
        from aws14.kernels import tier_state as at

        tick = round(now_s / self._tick_s) - 1
        state = self._roster.web.state
        count, seconds = state.minute[tick].tolist(), state.minute_s[tick].tolist()
        healthy = int(self._steps[-1][HEADCOUNT.index("healthy") + 1])
        standing = int(self._steps[-1][HEADCOUNT.index("in_service") + 1])
        answers = count[at.ANSWERED] + count[at.TARGET_ERRORS]
        points = {
            "AWS/ApplicationELB RequestCount": float(count[at.ROUTED] + count[at.BALANCER_ERRORS]),
            "AWS/ApplicationELB HTTPCode_Target_2XX_Count": float(count[at.ANSWERED]),
            "AWS/ApplicationELB HTTPCode_Target_5XX_Count": float(count[at.TARGET_ERRORS]),
            "AWS/ApplicationELB HTTPCode_ELB_5XX_Count": float(count[at.BALANCER_ERRORS]),
            "AWS/ApplicationELB HealthyHostCount": float(healthy),
            "AWS/ApplicationELB UnHealthyHostCount": float(standing - healthy),
        }
        self._capacity_s += self._capacity * (now_s - self._since_s)
        if self._capacity_s > 0:
            points["AWS/EC2 CPUUtilization"] = PERCENT * min(seconds[at.BUSY_S] / self._capacity_s, 1.0)
        if healthy:
            points["AWS/ApplicationELB RequestCountPerTarget"] = count[at.ROUTED] / healthy
        if answers:
            points["AWS/ApplicationELB TargetResponseTime"] = seconds[at.LATENCY_S] / answers
        if self._db_workers:
            points["AWS/RDS CPUUtilization"] = PERCENT * seconds[at.DB_BUSY_S] / (self._db_workers * self._tick_s)
        self._capacity_s, self._since_s = 0.0, now_s
        return points

    def record(self) -> FleetRecord:
        """The record of the run so far."""
        from aws14.kernels import tier_state as at

        ends_s = self._ends_s()
        steps = np.array(self._steps)
        last = np.searchsorted(steps[:, 0], ends_s, side="right") - 1
        named = {name: steps[last, column + 1].astype(np.int64) for column, name in enumerate(HEADCOUNT)}
        servers = list(self._roster.servers.values())
        busy_s, capacity_s = self._roster.web.state.minute_s[:, at.BUSY_S], self.capacity_s()
        share = np.divide(busy_s, capacity_s, out=np.full(len(busy_s), math.nan), where=capacity_s > 0)
        return FleetRecord(
            group=self._roster.controller.group,
            **named,
            cpu_utilization=np.minimum(share, 1.0),
            instance_s=self.overlap((each.launched_s, each.gone_s) for each in servers),
            served_by_target=self._served(servers),
        )

    def _ends_s(self) -> Floats:
        ticks = math.ceil(self._horizon_s / self._tick_s)
        ends: Floats = np.minimum(np.arange(1, ticks + 1) * self._tick_s, self._horizon_s)
        return ends

    def _served(self, servers: list[Server]) -> dict[str, int]:
        from aws14.kernels import tier_state as at

        target = self._roster.web.state.target
        return {
            each.id: int(target[each.row, at.SERVED_COUNT]) if each.row >= 0 else each.served
            for each in servers
            if each.registered_s < math.inf
        }

    def capacity_s(self) -> Floats:
        """Worker-seconds of servers in service that are not silent, per tick. Shape (ticks,)."""
        total = np.zeros(len(self._ends_s()))
        for each in self._roster.servers.values():
            silent = self.overlap(_silences(each))
            total += each.workers * (self.overlap([(each.registered_s, each.left_s)]) - silent)
        return np.maximum(total, 0.0)

    def down_s(self) -> Floats:
        """Server-seconds of silence, per tick. Shape (ticks,)."""
        return self.overlap(pair for each in self._roster.servers.values() for pair in _silences(each))

    def overlap(self, spans: Iterable[tuple[float, float]]) -> Floats:
        """Seconds of some spans of time that lie in each tick. Shape (ticks,)."""
        ends_s = self._ends_s()
        from_s = np.arange(len(ends_s)) * self._tick_s
        total = np.zeros(len(ends_s))
        for starts_s, stops_s in spans:
            if starts_s < self._horizon_s:
                total += np.clip(np.minimum(stops_s, ends_s) - np.maximum(starts_s, from_s), 0, None)
        return total


def _silences(server: Server) -> list[tuple[float, float]]:
    return [*server.silent, *([(server.broken_s, server.gone_s)] if server.broken_s < math.inf else [])]
