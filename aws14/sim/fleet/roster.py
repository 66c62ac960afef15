"""The servers of a fleet in a run: who is registered with the load balancer, who drains, who is broken, who is gone.

A member that the controller launches is registered when it is ready, unhealthy until it passes its first check. One
that leaves is deregistered, drains for the whole deregistration delay (kept-alive connections rarely end before) and is
gone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import Event
from aws14.sim.controller import TERMINATING, Controller, FixedFleet, Member
from aws14.sim.fleet.agenda import Agenda
from aws14.sim.fleet.server import Server
from aws14.sim.targets import Target, Tier
from aws14.sim.web_tier import WebTier

RUNNING = "running"


class Roster:
    """The servers behind one target group.

    Parameters
    ----------
    web : WebTier
        The engine.
    tier : Tier
        What was configured, and who is registered at the start.
    zones : tuple of str
        Zones of the load balancer's nodes, in the order of the engine's.
    controller : Controller
        Who decides which servers exist.
    workers_per_vcpu : int
        Of the application.
    agenda : Agenda
        Where registrations and farewells are written.
    """

    def __init__(
        self,
        web: WebTier,
        tier: Tier,
        *,
        zones: tuple[str, ...],
        controller: Controller,
        workers_per_vcpu: int,
        agenda: Agenda,
    ) -> None:
        self.web, self.tier, self.controller, self.agenda = web, tier, controller, agenda
        self.events: list[Event] = []
        self.servers: dict[str, Server] = {}
        self.present: list[Server] = []
        self.changes = 0
        self.lost_zones: set[str] = set()
        self.at_row: dict[int, Server] = {}
        self.fixed = isinstance(controller, FixedFleet)
        self.reaches_database = True
        self._zones, self._workers_per_vcpu = zones, workers_per_vcpu
        self._seen: object = None
        self._called: dict[str, str] = {}
        self._enroll_at_start()

    def _enroll_at_start(self) -> None:
        members = [each for each in self.controller.members if each.state != TERMINATING]
        self._pair([each for each in members if each.ready_s <= 0])
        ours = set(self._called.values())
        for target in self.tier.targets:
            if target.id not in ours and target.health not in ("draining", "unused"):
                self._register_at_start(self._server(target.id, target.zone, target, member=False))
        for member in members:
            self._welcome(member, 0.0)

    def _pair(self, members: list[Member]) -> None:
        """Find the target of each member that stood before the run: by its id, else one of the group's in its zone."""
        known = {key: each for each in self.tier.targets for key in (each.id, each.aws_id)}
        self._called = {each.id: known[each.id].id for each in members if each.id in known}
        node = self.tier.group.id if self.tier.group else None
        for same_zone in (True, False):
            for member in members:
                taken = set(self._called.values())
                left = (each for each in self.tier.targets if each.node == node and each.id not in taken)
                fits = next((each for each in left if not same_zone or each.zone == member.zone), None)
                if member.id not in self._called and fits is not None:
                    self._called[member.id] = fits.id

    def _server(self, name: str, zone: str, pattern: Target | None, *, member: bool) -> Server:
        vcpus = pattern.vcpus if pattern else catalog.instance_type(self._type_of_group()).vcpu
        workers = vcpus * self._workers_per_vcpu
        server = Server(id=name, zone=zone, workers=workers, launched_s=0.0, pattern=pattern, member=member)
        self.servers[name] = server
        self.present.append(server)
        self.changes += 1
        return server

    def _type_of_group(self) -> str:
        if self.tier.group is None:
            raise ScenarioError(
                f"nothing says what a new server of {self.tier.target_group.id} is like",
                cure="a target group with a server or an Auto Scaling group behind it",
            )
        return str(self.tier.group.require("instance_type"))

    def sync(self, now_s: float) -> None:
        """Follow the controller: welcome its new members, bid farewell to those that terminate or are gone."""
        members = self.controller.members
        if self.fixed or members == self._seen:
            return
        self._seen = list(members)
        staying = {member.id for member in members if member.state != TERMINATING}
        for member in members:
            if member.id in staying and self._name_of(member) not in self.servers:
                self._welcome(member, now_s)
        names = {self._name_of(member) for member in members if member.id in staying}
        for server in [each for each in self.present if each.member and each.left_s == math.inf]:
            if server.id not in names:
                self.farewell(server, now_s)

    def _name_of(self, member: Member) -> str:
        return self._called.get(member.id, member.id)

    def _welcome(self, member: Member, now_s: float) -> None:
        target = next((each for each in self.tier.targets if each.id == self._called.get(member.id)), None)
        pattern = target or self.tier.pattern_of(member.zone)
        server = self._server(
            self._name_of(member), member.zone or (pattern.zone if pattern else ""), pattern, member=True
        )
        server.launched_s, server.member_id = max(member.launched_s, 0.0), member.id
        if member.ready_s <= 0:
            self._register_at_start(server)
        else:
            self.agenda.write(max(member.ready_s, now_s), lambda at_s: self._register(server, at_s))

    def _register_at_start(self, server: Server) -> None:
        """Register a server that stood before the run; its checks have a phase of their own."""
        phase = self.tier.interval_s * (len(self.at_row) * 0.6180339887498949 % 1.0)
        self._register(server, 0.0, first_check_s=phase, health=self._health_at_start(server))

    def _health_at_start(self, server: Server) -> list[str]:
        pattern = server.pattern
        if pattern is None:
            return ["healthy"] * len(self._zones)
        answers = pattern.state == RUNNING and not pattern.answers_wrongly
        return ["healthy" if answers and zone in pattern.reachable_from else "unhealthy" for zone in self._zones]

    def _register(
        self, server: Server, now_s: float, *, first_check_s: float | None = None, health: list[str] | None = None
    ) -> None:
        if server.left_s < math.inf:
            return
        pattern = server.pattern
        members = [k for k, zone in enumerate(self._zones) if self.tier.cross_zone or zone == server.zone]
        server.row = self.web.register(
            workers=server.workers,
            members=members,
            reached=[pattern is None or zone in pattern.reachable_from for zone in self._zones],
            health=health or ["initial"] * len(self._zones),
            first_check_s=now_s if first_check_s is None else first_check_s,
        )
        server.registered_s, self.at_row[server.row] = now_s, server
        self.changes += 1
        server.healthy = health is not None and "healthy" in health
        self._mark(server, now_s)

    def _mark(self, server: Server, now_s: float) -> None:
        """Tell the engine what is wrong with a server from the first."""
        pattern = server.pattern
        if pattern is not None and pattern.answers_wrongly and pattern.id == server.id:
            self.web.misfit(server.row)
        if pattern is not None and pattern.id == server.id and pattern.state != RUNNING:
            self.break_server(server, now_s)
        if server.breaks or server.zone in self.lost_zones:
            server.breaks = max(server.breaks, 1)
            self._silence(server, now_s)
        self.web.reach_database(server.row, reached=self.may_reach(server) and self.reaches_database)

    @staticmethod
    def may_reach(server: Server) -> bool:
        """Whether the network lets a server reach the database."""
        return server.pattern is None or server.pattern.reaches_database

    def farewell(self, server: Server, now_s: float) -> None:
        """Deregister a server; what it holds it may finish within the deregistration delay."""
        server.left_s = now_s
        self.changes += 1
        if server.row < 0 or server.breaks:
            self._go(server, now_s)
            return
        self.web.deregister(server.row)
        self.events.append(Event(at_s=now_s, node=server.id, what="draining", text=f"Deregistered {server.id}."))
        self.agenda.write(now_s + self.tier.deregistration_delay_s, lambda at_s: self._go(server, at_s))

    def _go(self, server: Server, now_s: float) -> None:
        server.gone_s = now_s
        self.present.remove(server)
        self.changes += 1
        if server.row >= 0:
            if server.breaks:
                self.web.deregister(server.row)
            server.served = self.web.remove(server.row)
            del self.at_row[server.row]
        if server.broken_s < now_s:
            server.silent.append((server.broken_s, now_s))
        server.row, server.healthy = -1, False

    def break_server(self, server: Server, now_s: float) -> None:
        """Let a server fall silent; it may have several reasons to."""
        server.breaks += 1
        self.changes += 1
        if server.breaks == 1 and server.row >= 0:
            self._silence(server, now_s)

    def _silence(self, server: Server, now_s: float) -> None:
        server.broken_s = now_s
        self.web.break_target(server.row)

    def heal_server(self, server: Server, now_s: float) -> None:
        """Take one reason for silence away."""
        server.breaks -= 1
        self.changes += 1
        if server.breaks == 0 and server.row >= 0:
            server.silent.append((server.broken_s, now_s))
            server.broken_s = math.inf
            self.web.heal_target(server.row)

    def find(self, name: str) -> Server | None:
        """The server of this name; of a fleet's name one of its servers in service."""
        if name in self.servers:
            return self.servers[name]
        alike = (
            each
            for each in self.present
            if each.stands and not each.breaks and each.pattern is not None and name in _names(each.pattern)
        )
        return next(alike, None)

    def in_zone(self, zone: str) -> Iterable[Server]:
        """The servers that stand in a zone; in every zone when none is named."""
        return [each for each in self.present if zone in ("", each.zone)]

    def read_log(self) -> Iterator[tuple[float, Server]]:
        """The servers whose health changed as the load balancer sees it, and when; each is brought up to date."""
        if not self.web.log:
            return
        for at_s, view, _ in self.web.log:
            server = self.at_row.get(view // len(self._zones))
            if server is None:
                continue
            healthy = "healthy" in self.web.health(server.row)
            if healthy != server.healthy:
                server.healthy = healthy
                yield at_s, server
        self.web.log.clear()


def _names(pattern: Target) -> tuple[str, ...]:
    return pattern.id, pattern.aws_id, pattern.node
