"""The data plane of this process: decides on the cloud as it is now, and keeps the doors.

The world lock is held for a decision and for what a machine answers from its files, never while bytes move.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID

from aws14.emulator.behaviours.addresses import RANGES
from aws14.emulator.behaviours.failures import is_down
from aws14.emulator.dataplane import fronts, insides, zones
from aws14.emulator.dataplane.answering import Shown, Visit
from aws14.emulator.dataplane.certificates import Authority
from aws14.emulator.dataplane.connecting import Ask, Connection, Inside, Surroundings, decide
from aws14.emulator.dataplane.conversation import Reply, Request
from aws14.emulator.dataplane.doors import Doors
from aws14.emulator.dataplane.remembering import remembering
from aws14.emulator.network_view import account_network
from aws14.emulator.world import World
from aws14.errors import ScenarioError
from aws14.model.network import Network

__all__ = ["DataPlane", "connect", "surroundings"]

_log = logging.getLogger(__name__)
_SSH = 22


def connect(ask: Ask, inside: Callable[[str], Inside | None]) -> Connection:
    """What comes of a wish to connect, in the cloud as it is now; the world lock is held.

    Parameters
    ----------
    ask : Ask
        The wish.
    inside : callable
        From an instance's id to its inside.

    Raises
    ------
    ScenarioError
        When the source is nothing that could ask.
    """
    return decide(ask, _around(account_network(DEFAULT_ACCOUNT_ID), ask.source, inside))


def surroundings(source: str) -> Surroundings:
    """What decides for those who connect from `source`, as it is now; the world lock is held."""
    return _around(account_network(DEFAULT_ACCOUNT_ID), source, insides.inside)


def _around(network: Network, source: str, inside: Callable[[str], Inside | None]) -> Surroundings:
    def resolve(name: str) -> Any:
        return zones.ask(DEFAULT_ACCOUNT_ID, network, name, zones.vpc_of(network, source))

    return Surroundings(
        network=network,
        resolve=resolve,
        inside=inside,
        pools=RANGES,
        is_down=is_down,
        front=fronts.of_interface,
        edge=fronts.of_address,
    )


class DataPlane:
    """Names, connections, pages.

    Parameters
    ----------
    world : World
        Lock and clock.
    home : pathlib.Path
        Where the certificate authority is kept.
    inside : callable
        From an instance's id to its inside; None where it has none.
    ssh : callable
        From an instance's id and a source to the loopback port of a door to its SSH.
    used : callable
        Called with each use, so that the process does not end as unused.

    Attributes
    ----------
    doors : Doors
        Its loopback ports.
    authority : Authority
        Of its certificates.
    """

    def __init__(
        self,
        world: World,
        home: Path,
        *,
        inside: Callable[[str], Inside | None],
        ssh: Callable[[str, str], int],
        used: Callable[[], None],
    ) -> None:
        self._world = world
        self._inside = inside
        self._ssh = ssh
        self._used = used
        self.authority = Authority(home)
        self.doors = Doors(self, self.authority)

    def status(self) -> dict[str, Any]:
        """The shared ports, and the file of the authority's certificate."""
        return {
            "http_port": self.doors.http_port,
            "tls_port": self.doors.tls_port,
            "ca_file": str(self.authority.ensure()),
        }

    def connect(self, host: str, port: int, source: str) -> dict[str, Any]:
        """Try to connect; an open connection comes with a loopback port that leads there.

        Raises
        ------
        ScenarioError
            When the source is nothing that could ask.
        """
        self._used()
        with self._world.turn():
            network = account_network(DEFAULT_ACCOUNT_ID)
            around = _around(network, source, self._inside)
            around = replace(around, resolve=remembering(network, source, around.resolve))
            found = decide(Ask(host=host, port=port, source=source), around)
        return {**found.told(network), "loopback_port": self._door(found), "tls": self.speaks_tls(found)}

    def resolve(self, name: str, source: str) -> dict[str, Any]:
        """Ask DNS for a name's IPv4 addresses."""
        self._used()
        with self._world.turn():
            network = account_network(DEFAULT_ACCOUNT_ID)
            said = zones.ask(DEFAULT_ACCOUNT_ID, network, name, zones.vpc_of(network, source))
        return {
            "known": said.known,
            "code": said.code,
            "addresses": list(said.records),
            "chain": list(said.values[: said.links]),
            "ttl_s": said.ttl_s,
            "zone": said.zone,
            "explanation": said.explanation,
        }

    def look(self, ask: Ask) -> Connection:
        """What comes of a wish to connect."""
        self._used()
        with self._world.turn():
            return connect(ask, self._inside)

    def speaks_tls(self, connection: Connection) -> bool:
        """Whether what was reached expects TLS."""
        if connection.outcome != "open" or connection.front is None:
            return False
        with self._world.turn():
            return connection.front.speaks_tls(connection.ask.port)

    def shown(self, connection: Connection, name: str) -> Shown | None:
        """The certificate that a TLS client which calls `name` gets to see; None: one for that name."""
        if connection.front is None:
            return None
        with self._world.turn():
            return connection.front.shown(connection.ask.port, name)

    def serve(self, ask: Ask, request: Request) -> Reply | None:
        """Answer a request; None where it is not open, a `ConnectionError` where nothing speaks HTTP."""
        self._used()
        with self._world.turn():
            try:
                found = connect(ask, self._inside)
            except ScenarioError:
                return None
            if found.outcome != "open" or found.front is None:
                return None
            told = found.front.answer(_visit(found, request))
        return Reply(*told)

    def close(self) -> None:
        """Close the doors."""
        self.doors.close()

    def _door(self, found: Connection) -> int | None:
        if found.outcome != "open" or found.front is None:
            return None
        if found.instance and found.ask.port == _SSH:
            return self._ssh(found.instance, found.ask.source)
        own = found.front.door(found.ask.port, found.ask.source)
        return own or self.doors.open(Ask(host=found.address, port=found.ask.port, source=found.ask.source))


def _visit(found: Connection, request: Request) -> Visit:
    return Visit(
        method=request.method,
        path=request.path,
        headers=request.headers,
        body=request.body,
        port=found.ask.port,
        source=found.source,
        called=found.address,
    )
