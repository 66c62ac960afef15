"""The parts of one embedded AWS, put together. Importing this imports moto: its environment must be ready."""

from __future__ import annotations

import logging
import socket
import threading
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from moto.core.base_backend import AccountSpecificBackend
from moto.core.utils import get_service_model
from werkzeug.serving import make_server

from aws14 import __version__
from aws14.emulator import behaviours, snapshot
from aws14.emulator.api import Api
from aws14.emulator.clock import WallHand
from aws14.emulator.control import PREFIX, Control, Verbs
from aws14.emulator.dispatch import Dispatcher, Route
from aws14.emulator.gate import loopback_host
from aws14.emulator.keeper import Keeper
from aws14.emulator.moto_app import MotoApplication, QuietHandler
from aws14.emulator.store import Store, Versions
from aws14.emulator.world import World, inhabit

__all__ = ["Machine", "assemble"]

_log = logging.getLogger(__name__)


class Machine:
    """One embedded AWS, ready to serve.

    Parameters
    ----------
    world : World
        Lock, clock, state.
    keeper : Keeper
        Saves and restores.
    store : Store
        Snapshots on disk.
    stopped : threading.Event
        Set when the process is to end.
    """

    def __init__(self, world: World, keeper: Keeper, store: Store, stopped: threading.Event) -> None:
        self.world = world
        self._keeper = keeper
        self._store = store
        self._stopped = stopped
        self.server: Any = None
        self._moto: Any = None

    def listen(self, listener: socket.socket, access_key: str) -> None:
        """Build the application and the server on `listener`."""
        self._moto = MotoApplication()
        api = Api(self._moto, self.world, access_key, self._keeper.on_call)
        control = Control(self._verbs(), access_key)
        routes = (
            Route(lambda environ: loopback_host(environ) and environ["PATH_INFO"].startswith(PREFIX), control),
            Route(loopback_host, api),
        )
        host, port = listener.getsockname()
        self.server = make_server(
            host, port, Dispatcher(routes), threaded=True, request_handler=QuietHandler, fd=listener.fileno()
        )

    def _verbs(self) -> Verbs:
        return Verbs(
            status=self.status,
            advance=self.advance,
            save=lambda name: {"name": name, "bytes": self._keeper.save(self._store.saved_as(name))},
            restore=self.restore,
            reset=self.reset,
            shutdown=self.shutdown,
        )

    def status(self) -> dict[str, Any]:
        """Version, AWS time, requests so far, waiting events, notices."""
        self._keeper.used()
        with self.world.turn():
            clock = self.world.clock
            counts = {"requests": self._keeper.requests, "pending_events": clock.pending}
            return {"version": __version__, "now": clock.now(), **counts, "notices": list(self._keeper.notices)}

    def advance(self, seconds: float) -> dict[str, Any]:
        """Let AWS time pass."""
        self._keeper.used()
        events = self.world.clock.advance(seconds)
        with self.world.turn():
            self.world.announce()
            self._keeper.changed()
        return {"now": self.world.clock.now(), "events": events}

    def restore(self, name: str) -> dict[str, Any]:
        """Go back to a save."""
        self._keeper.restore(self._store.saved_as(name))
        return {"name": name, "now": self.world.clock.now()}

    def reset(self) -> dict[str, Any]:
        """Empty the cloud."""
        with self.world.turn():
            snapshot.wipe(self.world)
            self.world.announce()
            self._keeper.changed()
        return {}

    def shutdown(self) -> dict[str, Any]:
        """End once this request is answered; the end saves."""
        threading.Timer(0.05, self.end).start()
        return {}

    def keep(self, idle_s: float) -> None:
        """Save and notice idleness until the end; the body of one thread."""
        self._keeper.keep(self._stopped, idle_s=idle_s, end=self.end)

    def warm(self) -> None:
        """Read now the tables that the first EC2 request would wait for; the cloud is not touched."""
        AccountSpecificBackend.get_session().get_available_partitions()
        get_service_model("ec2")

    def end(self) -> None:
        """Ask the process to end."""
        self._stopped.set()

    def close(self) -> None:
        """Stop answering, and save."""
        self.world.clock.wake()
        self.server.shutdown()
        self._keeper.try_to_save()


def assemble(home: Path, listener: socket.socket, access_key: str, stopped: threading.Event) -> Machine:
    """Put one embedded AWS together and restore what was saved.

    Parameters
    ----------
    home : pathlib.Path
        Where its snapshots are.
    listener : socket.socket
        Bound and listening.
    access_key : str
        What its sessions sign with.
    stopped : threading.Event
        Set when the process is to end.
    """
    world = World(WallHand(time.time()))
    inhabit(world)
    behaviours.install()
    store = Store(home, Versions(__version__, version("moto")))
    keeper = Keeper(world, store)
    machine = Machine(world, keeper, store, stopped)
    keeper.resume()
    machine.listen(listener, access_key)
    return machine
