"""A fleet's run: segments of the engine, and between them what is due.

Nothing is done between two moments at which something can change: a fleet that nobody scales runs from fault to fault.
Left out: CPU credits of burstable servers, TLS work of the load balancer, capacity of the load balancer itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from operator import attrgetter

from aws14 import catalog
from aws14.model import DatabaseRecord, Event, FleetRecord, Scenario, Topology
from aws14.sim.accounting import TICK_S
from aws14.sim.controller import EC2, ELB, Controller
from aws14.sim.entry import ToFleet
from aws14.sim.fleet.agenda import Agenda
from aws14.sim.fleet.breakage import Breakage
from aws14.sim.fleet.database import FleetDatabase
from aws14.sim.fleet.minutes import Minutes
from aws14.sim.fleet.planning import controller_of, database_workers, require_database, rules_of
from aws14.sim.fleet.roster import Roster
from aws14.sim.fleet.server import Server
from aws14.sim.targets import Tier
from aws14.sim.tier_rules import TierRequests
from aws14.sim.web_tier import WebTier


class FleetRun:
    """A fleet on its way through a scenario.

    Parameters
    ----------
    topology : Topology
        What was built.
    scenario : Scenario
        Application, faults, length.
    way : ToFleet
        How requests get to the load balancer.
    tier : Tier
        The servers.
    requests : TierRequests
        Their load.
    controller : Controller, optional
        Who decides which servers exist; left out: the Auto Scaling group that was built, or nobody.

    Raises
    ------
    ScenarioError
        When a fault names what was not built, or the application asks a database that nobody uses.
    """

    def __init__(
        self,
        topology: Topology,
        scenario: Scenario,
        way: ToFleet,
        *,
        tier: Tier,
        requests: TierRequests,
        controller: Controller | None = None,
    ) -> None:
        require_database(tier, scenario)
        self.scenario, self.agenda = scenario, Agenda()
        zones = tuple(each.zone for each in way.entrances)
        rules = rules_of(tier, scenario)
        self.web = WebTier(requests, rules, nodes=len(zones), horizon_s=scenario.horizon_s, tick_s=TICK_S)
        self.controller = controller_of(topology, tier, scenario) if controller is None else controller
        for node, entrance in enumerate(way.entrances):
            if entrance.reason:
                self.web.shut_node(node, entrance.reason)
        self.roster = Roster(
            self.web,
            tier,
            zones=zones,
            controller=self.controller,
            workers_per_vcpu=scenario.application.workers_per_vcpu,
            agenda=self.agenda,
        )
        self.database = self._database(tier)
        workers = database_workers(tier.database) if tier.database is not None else 0
        self.minutes = Minutes(self.roster, tick_s=TICK_S, horizon_s=scenario.horizon_s, db_workers=workers)
        region = topology.container(tier.load_balancer.id, "region")
        self._breakage = Breakage(
            self.roster, self.database, zones=zones, agenda=self.agenda, region=region.id if region else ""
        )
        self._breakage.write(topology, scenario.faults)
        self.events: list[Event] = []
        self._open = self.web.fails_open()
        self._well = [(0.0, self._is_well())]
        self._known = (-1, -1)
        self._judged_s = catalog.durations()["EC2 failure to failed status check"].typical_s

    def _database(self, tier: Tier) -> FleetDatabase | None:
        if tier.database is None:
            return None
        cache_s = self.scenario.application.db_dns_cache_s
        return FleetDatabase(
            tier.database,
            self.web,
            self.roster,
            agenda=self.agenda,
            cache_s=0.0 if cache_s is None else cache_s,
            seed=(self.scenario.seed, self.scenario.replication),
        )

    def run(self) -> None:
        """Run to the horizon."""
        horizon_s = self.scenario.horizon_s
        if not self.roster.fixed:
            self.agenda.write(TICK_S, self._minute)
        self.minutes.note(0.0)
        now_s = 0.0
        while now_s < horizon_s:
            self.agenda.do(now_s)
            self.minutes.reckon(now_s)
            now_s = self.agenda.next_s(horizon_s)
            self.web.run_until(now_s)
            self._hear(now_s)
        self.events = sorted(self._all_events(), key=attrgetter("at_s"))

    def _hear(self, now_s: float) -> None:
        """Note what the load balancer found out in the segment just run, and what changed before it."""
        known = (self.roster.changes, self.controller.desired)
        if known == self._known and not self.web.log:
            return
        self._known, heard_s = known, now_s
        for heard_s, server in self.roster.read_log():
            self._say_health(server, heard_s)
            self._well.append((heard_s, self._is_well()))
            self.minutes.note(heard_s)
        self.minutes.note(now_s)
        opens = self.web.fails_open()
        if opens and not self._open:
            text = "No target is healthy: requests go to all of them."
            self.events.append(Event(at_s=heard_s, node=self.roster.tier.target_group.id, what="fail_open", text=text))
        self._open = opens

    def _is_well(self) -> bool:
        return any(server.healthy for server in self.roster.at_row.values())

    @property
    def ill(self) -> list[tuple[float, float]]:
        """When the load balancer held no target healthy, in seconds of the run."""
        spans, since_s = [], math.inf
        for at_s, well in self._well:
            if well and since_s < math.inf:
                spans.append((since_s, at_s))
            since_s = math.inf if well else min(since_s, at_s)
        return [*spans, *([(since_s, math.inf)] if since_s < math.inf else [])]

    def _say_health(self, server: Server, at_s: float) -> None:
        if not server.healthy:
            what, text = "unhealthy", f"{server.id} failed its health checks."
        elif server.launched_s > 0 and server.registered_s <= at_s and server.id not in self._welcomed():
            what, text = "in_service", f"{server.id} takes requests."
        else:
            what, text = "healthy", f"{server.id} passes its health checks again."
        self.events.append(Event(at_s=at_s, node=server.id, what=what, text=text))

    def _welcomed(self) -> set[str]:
        return {event.node for event in self.events if event.what == "in_service"}

    def _minute(self, now_s: float) -> None:
        """Tell the controller what the minute was like, and follow it."""
        for server in [each for each in self.roster.present if each.member and each.stands]:
            if server.breaks and now_s - server.broken_s >= self._judged_s:
                self.events += self.controller.replace(server.member_id, now_s, EC2)
            elif not server.healthy and "unhealthy" in self.web.health(server.row):
                self.events += self.controller.replace(server.member_id, now_s, ELB)
        self.events += self.controller.minute(now_s, self.minutes.datapoints(now_s))
        self.roster.sync(now_s)
        if now_s + TICK_S <= self.scenario.horizon_s:
            self.agenda.write(now_s + TICK_S, self._minute)

    def _all_events(self) -> Iterable[Event]:
        yield from self.events
        yield from self.roster.events
        yield from self._breakage.events
        if self.database is not None:
            yield from self.database.events

    def fleet_record(self) -> FleetRecord:
        """The record of the servers."""
        return self.minutes.record()

    def database_record(self) -> DatabaseRecord | None:
        """The record of the database; None when there is none."""
        from aws14.kernels import tier_state as at

        if self.database is None:
            return None
        state = self.web.state
        length_s = self.minutes.overlap([(0.0, math.inf)])
        workers = database_workers(self.database.node)
        return DatabaseRecord(
            node=self.database.node.id,
            utilization=state.minute_s[:, at.DB_BUSY_S] / (workers * length_s),
            queries=state.minute[:, at.QUERIES].copy(),
            down_s=self.minutes.overlap(self.database.away),
        )
