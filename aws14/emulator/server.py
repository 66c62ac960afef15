"""The process: one per home, on a loopback port, known by its ``emulator.json``, gone when unused."""

from __future__ import annotations

import json
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import filelock
import psutil
import time_machine

from aws14 import __version__
from aws14.emulator import environment
from aws14.errors import EmulatorError

__all__ = ["Identity", "Options", "serve"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """How to serve.

    Parameters
    ----------
    home : pathlib.Path
        Folder of this embedded AWS.
    port : int
        Loopback port; 0 lets the system choose.
    idle_s : float
        Real seconds without a request after which the process ends.
    """

    home: Path
    port: int
    idle_s: float


@dataclass(frozen=True)
class Identity:
    """What ``emulator.json`` tells (docs/architecture.md).

    Parameters
    ----------
    pid : int
        Of this process.
    created : float
        Its creation time, as psutil tells it: a pid alone may have been given to another process.
    port, http_port, tls_port : int
        Loopback ports: of the API, and the shared ones of the data plane.
    access_key, secret_key : str
        What its sessions sign with.
    version, moto : str
        Of aws14 and moto.
    """

    pid: int
    created: float
    port: int
    http_port: int
    tls_port: int
    access_key: str
    secret_key: str
    version: str
    moto: str


def serve(options: Options, *, ready: Callable[[Identity], None]) -> None:
    """Run the embedded AWS until it is asked to end, or is unused for long.

    Parameters
    ----------
    options : Options
        Home, port, idle time.
    ready : callable
        Called once it answers.

    Raises
    ------
    EmulatorError
        The home cannot be written, the port is taken, or another process serves this home.
    """
    _open_home(options.home)
    lock = _only_one(options.home)
    try:
        with _listen_again(options) as listener:
            _serve(options, listener, ready)
    finally:
        lock.release()


def _open_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o700)  # the keys inside are this user's
        log = RotatingFileHandler(home / "emulator.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    except OSError as error:
        raise EmulatorError(
            f"the embedded AWS cannot write to its home {home}: {error.strerror}",
            cure="set AWS14_HOME to a folder you can write to",
        ) from None
    log.setFormatter(_RealTime("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[log], force=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    for chatty in ("botocore", "boto3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class _RealTime(logging.Formatter):
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        real = time_machine.escape_hatch
        if not real.is_travelling():
            return super().formatTime(record, datefmt)
        return real.datetime.datetime.now().isoformat(sep=" ", timespec="milliseconds")


def _only_one(home: Path) -> Any:
    lock = filelock.FileLock(home / "serving.lock")
    try:
        lock.acquire(timeout=30)  # the one before may still be saving
    except filelock.Timeout:
        raise EmulatorError(
            f"another embedded AWS is running in {home}", cure="use that one, or end it first"
        ) from None
    return lock


def _listen_again(options: Options) -> socket.socket:
    """Listen on the port asked for, else on the last one: addresses that learners hold (queue URLs) stay valid."""
    remembered = options.home / "port"
    listener = None
    if options.port == 0:
        with suppress(OSError, ValueError, EmulatorError):
            listener = _listen(int(remembered.read_text()))
    listener = listener or _listen(options.port)
    remembered.write_text(str(listener.getsockname()[1]))
    return listener


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        # On Windows this option would let two processes share the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise EmulatorError(
            f"port {port} cannot be used: {error}", cure="another --port, or none to let one be chosen"
        ) from None
    listener.listen(128)
    return listener


def _serve(options: Options, listener: socket.socket, ready: Callable[[Identity], None]) -> None:
    port = listener.getsockname()[1]
    environment.prepare(port)
    from aws14.emulator.assembly import Machine  # imports moto, which reads the environment

    stopped = threading.Event()
    machine = Machine(options.home, stopped)
    doors = machine.plane.doors
    identity = _identity(port, doors.http_port, doors.tls_port)
    machine.listen(listener, identity.access_key, identity.secret_key)
    for name in ("SIGTERM", "SIGINT"):
        with suppress(ValueError):  # not the main thread
            signal.signal(getattr(signal, name), lambda *_: machine.end())
    threads = [
        threading.Thread(target=machine.world.clock.keep_running, args=(stopped,), name="clock", daemon=True),
        threading.Thread(target=machine.keep, args=(options.idle_s,), name="keeper", daemon=True),
        threading.Thread(target=machine.server.serve_forever, args=(0.1,), name="server", daemon=True),
    ]
    for thread in threads:
        thread.start()
    told = options.home / "emulator.json"
    try:
        _tell(told, identity)
        _log.info("serving on port %d", port)
        ready(identity)
        threading.Thread(target=machine.get_ready, name="warm", daemon=True).start()
        while not stopped.wait(1.0):  # a bounded wait: Windows delivers Ctrl-C between two of them
            pass
    finally:
        _forget(told, identity)
        machine.close()
        _log.info("ended")


def _identity(port: int, http_port: int, tls_port: int) -> Identity:
    from importlib.metadata import version

    process = psutil.Process()
    access_key = "AKIA" + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))
    keys = (access_key, secrets.token_urlsafe(30))
    ports = (port, http_port, tls_port)
    return Identity(process.pid, process.create_time(), *ports, *keys, version=__version__, moto=version("moto"))


def _tell(path: Path, identity: Identity) -> None:
    fresh = path.with_suffix(".part")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(asdict(identity)))
    fresh.replace(path)


def _forget(path: Path, identity: Identity) -> None:
    with suppress(OSError, ValueError):
        if json.loads(path.read_text())["access_key"] == identity.access_key:
            path.unlink()
