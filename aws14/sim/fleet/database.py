"""The database behind a fleet: when it is gone, and when each server finds it again."""

from __future__ import annotations

import math
from functools import partial

from aws14 import catalog
from aws14.model import Event, Node
from aws14.sim.failover import database_failover, stale_s
from aws14.sim.fleet.agenda import Agenda
from aws14.sim.fleet.roster import Roster
from aws14.sim.fleet.server import Server
from aws14.sim.streams import stream
from aws14.sim.web_tier import WebTier


class FleetDatabase:
    """One database and the servers that ask it.

    With Multi-AZ the standby takes over: the name leads to it once it is promoted, and a server finds it when what it
    remembers of the name has run out (`aws14.sim.failover`). Without, it answers again when its host does.

    Parameters
    ----------
    node : Node
        The ``db_instance``.
    web, roster, agenda
        The engine, its servers, and where what comes later is written.
    cache_s : float
        How long a server's database client remembers the address beyond DNS.
    seed : int
        Of the scenario.
    """

    def __init__(
        self, node: Node, web: WebTier, roster: Roster, *, agenda: Agenda, cache_s: float, seed: tuple[int, int]
    ) -> None:
        self.node, self._web, self._roster, self._agenda = node, web, roster, agenda
        self.zone = str(node.require("zone"))
        self.events: list[Event] = []
        self.down: list[tuple[float, float]] = []
        self._standby = str(node.require("secondary_zone"))
        self._multi_az = bool(node.require("multi_az"))
        self._cache_s, self._seed = cache_s, seed
        self._gone, self._losses, self._since_s, self._pace = 0, 0, math.inf, 1.0

    @property
    def away(self) -> list[tuple[float, float]]:
        """When it answered nobody."""
        return [*self.down, *([(self._since_s, math.inf)] if self._gone else [])]

    def lose(self, now_s: float, ends_s: float, *, region: bool = False) -> None:
        """Lose the host of the primary until a time; `region`: that of the standby with it."""
        self._losses += 1
        text = f"The host of {self.node.id} failed."
        self.events.append(Event(at_s=now_s, node=self.node.id, what="failed", text=text))
        self._leave(now_s)
        if self._multi_az and not region:
            timeline = database_failover(seed=self._seed[0] + self._losses - 1, runs=1)
            self._agenda.write(now_s + float(timeline.promoted_s[0]), self._take_over)
        elif ends_s < math.inf:
            self._agenda.write(ends_s, self._come_back)

    def lose_zone(self, zone: str, now_s: float, ends_s: float) -> None:
        """Lose a zone: the primary's matters."""
        if zone == self.zone:
            self.lose(now_s, ends_s)

    def slow_down(self, factor: float) -> None:
        """Let everything take so many times as long as it does now."""
        self._pace *= factor
        self._web.set_database_pace(self._pace)

    def _leave(self, now_s: float) -> None:
        self._gone += 1
        if self._gone == 1:
            self._since_s = now_s
            self._roster.reaches_database = False
            self._web.break_database()

    def _answers(self, now_s: float) -> bool:
        self._gone -= 1
        if self._gone == 0:
            self.down.append((self._since_s, now_s))
            self._roster.reaches_database = True
        return self._gone == 0

    def _come_back(self, now_s: float) -> None:
        """The same host at the same address: every server finds it at once."""
        if self._answers(now_s):
            text = f"{self.node.id} answers again."
            self.events.append(Event(at_s=now_s, node=self.node.id, what="recovered", text=text))
            for server in self._roster.at_row.values():
                self._found(server)

    def _take_over(self, now_s: float) -> None:
        """The standby is the primary; its name moved, and each server finds out when it asks for the name again."""
        self.zone, self._standby = self._standby, self.zone
        if not self._answers(now_s):
            return
        text = "Multi-AZ instance failover completed"
        self.events.append(Event(at_s=now_s, node=self.node.id, what="db_failover", text=text))
        servers = list(self._roster.at_row.values())
        random = stream(self._seed[0], f"remembered/{self._losses}", self._seed[1])
        ttl_s = catalog.durations()["RDS TTL of the endpoint's name"].typical_s
        stale = stale_s(ttl_s, self._cache_s, random.random((2, len(servers))))
        for server, later_s in zip(servers, stale.tolist(), strict=True):
            if later_s < math.inf:
                self._agenda.write(now_s + later_s, partial(self._found_at, server))

    def _found_at(self, server: Server, _now_s: float) -> None:
        self._found(server)

    def _found(self, server: Server) -> None:
        if server.row >= 0 and self._roster.reaches_database and self._roster.may_reach(server):
            self._web.reach_database(server.row)
