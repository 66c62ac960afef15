"""What breaks in a fleet, and what mends: each fault of a scenario becomes entries of the agenda."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import (
    AzOutage,
    DatabaseLoss,
    Event,
    Fault,
    InstanceLoss,
    RegionOutage,
    SlowDatabase,
    Topology,
)
from aws14.sim.fleet.agenda import Agenda
from aws14.sim.fleet.database import FleetDatabase
from aws14.sim.fleet.roster import Roster
from aws14.sim.fleet.server import Server


@runtime_checkable
class KnowsZones(Protocol):
    """A controller that launches nothing in a zone that is lost."""

    def lose_zone(self, zone: str) -> None:
        """Launch nothing there from now on."""
        ...

    def regain_zone(self, zone: str) -> None:
        """Launch there again."""
        ...


class Breakage:
    """Faults on their way through a run.

    Parameters
    ----------
    roster : Roster
        The servers.
    database : FleetDatabase or None
        The database.
    zones : tuple of str
        Zones of the load balancer's nodes.
    agenda : Agenda
        Where faults are written.
    region : str
        Where all of it stands.
    """

    def __init__(
        self, roster: Roster, database: FleetDatabase | None, *, zones: tuple[str, ...], agenda: Agenda, region: str
    ) -> None:
        self.events: list[Event] = []
        self._roster, self._database, self._agenda = roster, database, agenda
        self._zones, self._region = zones, region
        self._lost = [0] * len(zones)
        self._forgotten: set[int] = set()

    def write(self, topology: Topology, faults: tuple[Fault, ...]) -> None:
        """Write faults into the agenda.

        Raises
        ------
        ScenarioError
            When one names what was not built.
        """
        for fault in faults:
            _require_built(topology, fault, self._roster)
            ends_s = fault.starts_s + (math.inf if fault.lasts_s is None else fault.lasts_s)
            self._agenda.write(fault.starts_s, self._beginning(fault, ends_s))

    def _beginning(self, fault: Fault, ends_s: float) -> Callable[[float], None]:
        if isinstance(fault, InstanceLoss):
            return lambda now_s: self._lose_instance(fault.node, now_s, ends_s)
        if isinstance(fault, AzOutage):
            return lambda now_s: self._lose_zone(fault.az, now_s, ends_s)
        if isinstance(fault, RegionOutage):
            return lambda now_s: self._lose_region(fault.region, now_s, ends_s)
        if isinstance(fault, DatabaseLoss):
            return lambda now_s: self._lose_database(fault.node, now_s, ends_s)
        return lambda now_s: self._slow_down(fault, ends_s, now_s)

    def _say(self, at_s: float, node: str, text: str, *, what: str = "failed") -> None:
        self.events.append(Event(at_s=at_s, node=node, what=what, text=text))

    def _lose_instance(self, name: str, now_s: float, ends_s: float) -> None:
        server = self._roster.find(name)
        if server is not None and server.gone_s == math.inf:
            self._say(now_s, server.id, f"The hardware under {server.id} failed.")
            self._break(server, now_s, ends_s)

    def _break(self, server: Server, now_s: float, ends_s: float) -> None:
        self._roster.break_server(server, now_s)
        if ends_s < math.inf:
            self._agenda.write(ends_s, lambda at_s: self._mend(server, at_s))

    def _mend(self, server: Server, now_s: float) -> None:
        if server.gone_s == math.inf:
            self._roster.heal_server(server, now_s)
            self._say(now_s, server.id, f"{server.id} works again.", what="recovered")

    def _lose_zone(self, zone: str, now_s: float, ends_s: float) -> None:
        self._say(now_s, zone, f"The zone {zone} lost its power.")
        self._darken(zone, now_s, ends_s)
        if self._database is not None:
            self._database.lose_zone(zone, now_s, ends_s)
        self._agenda.write(ends_s, lambda at_s: self._say(at_s, zone, f"{zone} has power again.", what="recovered"))

    def _lose_region(self, region: str, now_s: float, ends_s: float) -> None:
        if region != self._region:
            return
        self._say(now_s, region, f"The region {region} is lost.")
        for zone in sorted({*self._zones, *(each.zone for each in self._roster.servers.values())}):
            self._darken(zone, now_s, ends_s)
        if self._database is not None:
            self._database.lose(now_s, ends_s, region=True)

    def _darken(self, zone: str, now_s: float, ends_s: float) -> None:
        """Take a zone's servers and its node of the load balancer away until a time."""
        controller = self._roster.controller
        if isinstance(controller, KnowsZones):
            controller.lose_zone(zone)
        self._roster.lost_zones.add(zone)
        for server in self._roster.in_zone(zone):
            self._break(server, now_s, ends_s)
        for node, its_zone in enumerate(self._zones):
            if its_zone == zone:
                self._lose_node(node, now_s)
        self._agenda.write(ends_s, lambda _: self._lighten(zone))

    def _lighten(self, zone: str) -> None:
        controller = self._roster.controller
        if isinstance(controller, KnowsZones):
            controller.regain_zone(zone)
        self._roster.lost_zones.discard(zone)
        for node, its_zone in enumerate(self._zones):
            if its_zone == zone:
                self._lost[node] -= 1
                if not self._lost[node]:
                    self._roster.web.heal_node(node)
                    self._forgotten.discard(node)
                    self._name()

    def _lose_node(self, node: int, now_s: float) -> None:
        self._lost[node] += 1
        if self._lost[node] == 1:
            self._roster.web.break_node(node)
            ttl_s = catalog.quota("ALB", "TTL of its name").value
            self._agenda.write(now_s + ttl_s, lambda _: self._forget(node))

    def _forget(self, node: int) -> None:
        """Let DNS name a lost node no longer."""
        if self._lost[node]:
            self._forgotten.add(node)
            self._name()

    def _name(self) -> None:
        self._roster.web.name_nodes([node for node in range(len(self._zones)) if node not in self._forgotten])

    def _lose_database(self, name: str, now_s: float, ends_s: float) -> None:
        if self._database is not None and self._database.node.id == name:
            self._database.lose(now_s, ends_s)

    def _slow_down(self, fault: SlowDatabase, ends_s: float, now_s: float) -> None:
        database = self._database
        if database is None or database.node.id != fault.node:
            return
        self._say(now_s, fault.node, f"{fault.node} takes {fault.factor:g} times as long.")
        database.slow_down(fault.factor)

        def over(at_s: float) -> None:
            database.slow_down(1 / fault.factor)
            self._say(at_s, fault.node, f"{fault.node} is as fast as before.", what="recovered")

        self._agenda.write(ends_s, over)


def _require_built(topology: Topology, fault: Fault, roster: Roster) -> None:
    if isinstance(fault, InstanceLoss):
        groups = [node.id for node in topology.of_kind("instance", "autoscaling_group")]
        allowed = [*roster.servers, *groups]
        _require(fault.node, allowed, "instance")
    elif isinstance(fault, AzOutage):
        _require(fault.az, [node.id for node in topology.of_kind("az")], "zone")
    elif isinstance(fault, RegionOutage):
        _require(fault.region, [node.id for node in topology.of_kind("region")], "region")
    else:
        _require(fault.node, [node.id for node in topology.of_kind("db_instance")], "database")


def _require(name: str, allowed: list[str], kind: str) -> None:
    if name not in allowed:
        listed = ", ".join(dict.fromkeys(allowed)) or f"no {kind}"
        raise ScenarioError(f"there is no {kind} '{name}' that could fail", allowed=listed)
