"""The parts of one embedded AWS, put together. Importing this imports moto: its environment must be ready."""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import time_machine
from moto.core.base_backend import AccountSpecificBackend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.utils import get_service_model
from werkzeug.serving import make_server

from aws14 import __version__
from aws14.emulator import offices, snapshot, workers
from aws14.emulator.api import Api
from aws14.emulator.behaviours import Installer, failures
from aws14.emulator.clock import WallHand
from aws14.emulator.clusters import authorities, endpoint, tokens
from aws14.emulator.connections import QuietHandler
from aws14.emulator.control import PREFIX, Control, Verbs
from aws14.emulator.databases import failover, image
from aws14.emulator.dataplane import DataPlane, inside, ssh_port
from aws14.emulator.dispatch import Dispatcher, Route
from aws14.emulator.files import load as file_loads
from aws14.emulator.files.load import FileLoad
from aws14.emulator.functions import network
from aws14.emulator.gate import know, loopback_host
from aws14.emulator.gateways import folders, orders
from aws14.emulator.gateways.orders import GatewayOrder
from aws14.emulator.keeper import Keeper
from aws14.emulator.kubernetes import loads
from aws14.emulator.kubernetes.kubelet.network import reach_outside
from aws14.emulator.kubernetes.loads import PodLoad
from aws14.emulator.moto_app import MotoApplication
from aws14.emulator.offices import Office
from aws14.emulator.scaling import playing
from aws14.emulator.scaling.playing import Datapoint
from aws14.emulator.store import Store, Versions
from aws14.emulator.world import World, inhabit

__all__ = ["Machine"]


class Machine:
    """One embedded AWS: put together, restored, ready to listen.

    Parameters
    ----------
    home : pathlib.Path
        Where its snapshots are.
    stopped : threading.Event
        Set when the process is to end.

    Attributes
    ----------
    world : World
        Lock, clock, state.
    plane : DataPlane
        Names, connections, pages.
    server : werkzeug.serving.BaseWSGIServer
        Once it listens.
    """

    def __init__(self, home: Path, stopped: threading.Event) -> None:
        self.world = World(WallHand(time.time()))
        inhabit(self.world)
        self.server: Any = None
        self._stopped = stopped
        self._installer = Installer()
        self._store = Store(home, Versions(__version__, version("moto")))
        self._keeper = Keeper(self.world, self._store, self._installer.install_loaded)
        image.keep_in(home / "databases")
        workers.keep_in(home / "workers")
        authorities.keep_in(home / "clusters")
        offices.keep_in(home / "office")
        folders.keep_in(home / "office")
        endpoint.hear(self._asked_a_cluster)
        self._keeper.resume()
        folders.adopt()
        self.plane = DataPlane(self.world, home, inside=inside, ssh=ssh_port, used=self._keeper.visited)
        reach_outside(self.plane.resolve, self.plane.connect)
        network.use(self.plane)

    def listen(self, listener: socket.socket, access_key: str, secret_key: str) -> None:
        """Build the application and the server on `listener`, for holders of the keys."""
        tokens.know(access_key, secret_key)
        know(access_key)
        self._installer.install_loaded()  # moto looks for services before it loads one: those it lacks come first
        moto = MotoApplication(self._installer.install_loaded)
        api = Api(moto, self.world, access_key, self._keeper.on_call)
        control = Control(self._verbs(), access_key)
        routes = (
            Route(lambda environ: loopback_host(environ) and environ["PATH_INFO"].startswith(PREFIX), control),
            Route(loopback_host, api),
        )
        host, port = listener.getsockname()
        elsewhere = f"Names of the cloud answer on port {self.plane.doors.http_port}."
        dispatcher = Dispatcher(routes, elsewhere)
        self.server = make_server(
            host, port, dispatcher, threaded=True, request_handler=QuietHandler, fd=listener.fileno()
        )

    def _asked_a_cluster(self, changes: bool) -> None:
        self._keeper.used()
        if changes:
            self._keeper.changed()

    def _verbs(self) -> Verbs:
        return Verbs(
            status=self.status,
            advance=self.advance,
            save=lambda name: {"name": name, "bytes": self._keeper.save(self._store.saved_as(name))},
            restore=self.restore,
            reset=self.reset,
            shutdown=self.shutdown,
            connect=self.plane.connect,
            resolve=self.plane.resolve,
            damage=self.damage,
            heal=self.heal,
            play=self.play,
            pod_load=self.pod_load,
            file_load=self.file_load,
            office=self.office,
            gateway=self.gateway,
        )

    def status(self) -> dict[str, Any]:
        """Version, AWS time, a mark of the state, requests, waiting events, notices, ports of the data plane."""
        self._keeper.used()
        with self.world.turn():
            clock = self.world.clock
            counts = {"requests": self._keeper.requests, "pending_events": clock.pending}
            told = {"version": __version__, "now": clock.now(), "state": self._keeper.state(), **counts}
            told["notices"] = list(self._keeper.notices)
        return {**told, **self.plane.status()}

    def advance(self, seconds: float) -> dict[str, Any]:
        """Let AWS time pass."""
        self._keeper.used()
        with self.world.turn():
            folders.look()
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
        """Empty the cloud; AWS time is that of the wall clock again, for nothing is left that knew a later one."""
        with self.world.turn():
            snapshot.wipe(self.world)
            self.world.clock.set(time_machine.escape_hatch.time.time())
            self.world.announce()
            self._keeper.changed()
        return {}

    def damage(self, kind: str, target: str, seconds: float | None) -> dict[str, Any]:
        """Let an instance's hardware fail, or a database's primary, or a zone lose its power."""
        breaks = {"instance": failures.break_instance, "az": failures.break_zone, "db": failover.break_database}
        with self._changing():
            breaks[kind](target, seconds)
        return {"now": self.world.clock.now()}

    def heal(self) -> dict[str, Any]:
        """End every failure."""
        with self._changing():
            return {"healed": failures.heal()}

    def play(self, datapoints: list[Datapoint], until: float) -> dict[str, Any]:
        """Put what a played run measured, let AWS time pass until then, and say how the groups are."""
        import moto.cloudwatch.models  # noqa: F401 - where datapoints go

        self._keeper.used()
        with self.world.turn():
            self._installer.install_loaded()
            playing.put(DEFAULT_ACCOUNT_ID, datapoints, until)
        self.world.clock.advance(max(0.0, until - self.world.clock.now()))
        with self.world.turn():
            self.world.announce()
            self._keeper.changed()
            return {"now": self.world.clock.now(), "groups": playing.seen()}

    def pod_load(self, load: PodLoad) -> dict[str, Any]:
        """Say what the pods of a workload are asked to do."""
        self._keeper.used()
        with self.world.turn():
            loads.declare(load)
            self._keeper.changed()
            return {"now": self.world.clock.now()}

    def file_load(self, wanted: FileLoad) -> dict[str, Any]:
        """Say what a file system has to do."""
        with self._changing():
            file_loads.declare(wanted)
        return {"now": self.world.clock.now()}

    def office(self, said: Office) -> dict[str, Any]:
        """Say what the office is like: its folder, its line."""
        with self._changing():
            return {"now": self.world.clock.now(), **offices.declare(said)}

    def gateway(self, order: GatewayOrder) -> dict[str, Any]:
        """Let somebody in the office do something with a gateway, and let the time pass that it takes."""
        with self._changing():
            told = orders.carry_out(order)
        self.world.clock.advance(told["seconds"])
        return {"now": self.world.clock.now(), **told}

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """The world's turn, with EC2 loaded; whoever waits is told, and the change is saved."""
        self._keeper.used()
        self.warm()
        with self.world.turn():
            yield
            self.world.announce()
            self._keeper.changed()

    def shutdown(self) -> dict[str, Any]:
        """End once this request is answered; the end saves."""
        threading.Timer(0.05, self.end).start()
        return {}

    def keep(self, idle_s: float) -> None:
        """Save and notice idleness until the end; the body of one thread."""
        self._keeper.keep(self._stopped, idle_s=idle_s, end=self.end)

    def get_ready(self) -> None:
        """Warm up, once; what is loaded then stays, and no collection of garbage looks at it again."""
        self.warm()
        gc.freeze()

    def warm(self) -> None:
        """Read now what the first EC2 request would wait for; the cloud is not touched."""
        import moto.ec2.models  # noqa: F401 - a second of tables

        with self.world.turn():
            self._installer.install_loaded()
        AccountSpecificBackend.get_session().get_available_partitions()
        get_service_model("ec2")

    def end(self) -> None:
        """Ask the process to end."""
        self._stopped.set()

    def close(self) -> None:
        """Stop answering, and save."""
        self.world.clock.wake()
        self.plane.close()
        self.server.shutdown()
        workers.end_all()
        self._keeper.try_to_save()
