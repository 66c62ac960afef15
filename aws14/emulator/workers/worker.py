"""A worker: a Python process of this machine, confined, that ends with the embedded AWS."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import sysconfig
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import psutil

from aws14.emulator.workers.desk import Seat, the_desk
from aws14.emulator.workers.inside.channel import Message
from aws14.emulator.workers.spec import Exit, WorkerSpec
from aws14.emulator.workers.watch import watch
from aws14.errors import EmulatorError

__all__ = ["Worker", "end_all", "start"]

_log = logging.getLogger(__name__)
_INSIDE = Path(__file__).parent / "inside"
_JOINING_S = 60.0
_ENDING_S = 10.0
_MIB = 1024 * 1024
#: What a process of each system does not start without.
_NEEDED = ("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT")
_ALIVE: dict[int, Worker] = {}


class Worker:
    """One process.

    Parameters
    ----------
    spec : WorkerSpec
        What it is to be.

    Attributes
    ----------
    spec : WorkerSpec
        What it is.
    """

    def __init__(self, spec: WorkerSpec) -> None:
        self.spec = spec
        self._seat = Seat(spec.network, spec.loopback)
        self._ended = threading.Event()
        self._reason: Literal["exited", "killed", "out_of_memory"] = "exited"
        self._exit: Exit | None = None
        self._peak = 0.0
        self._own = _open_folder(spec.folder)
        self._places = _shown_places(spec)
        the_desk().reserve(self._seat)
        self._process = self._started()
        self._seen = psutil.Process(self._process.pid)
        _ALIVE[self._process.pid] = self
        threading.Thread(target=self._listen, name=f"lines of {spec.name}", daemon=True).start()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def exit(self) -> Exit | None:
        """How it ended; None while it runs."""
        return self._exit

    @property
    def peak_mib(self) -> float:
        """The most memory it was seen with."""
        self.look()
        return self._peak

    def memory_mib(self) -> float:
        """The memory it has now; 0 when it has ended."""
        with suppress(psutil.Error):
            return float(self._seen.memory_info().rss) / _MIB
        return 0.0

    def cpu_s(self) -> float:
        """Seconds of a processor it has used."""
        with suppress(psutil.Error):
            used = self._seen.cpu_times()
            return float(used.user + used.system)
        return 0.0

    def join(self) -> None:
        """Wait until the process is there, and tell it what to be.

        Raises
        ------
        EmulatorError
            It did not come.
        """
        for _ in range(int(_JOINING_S / 0.1)):
            if self._seat.joined.wait(0.1):
                break
            if not self.alive:
                raise EmulatorError(f"the worker {self.spec.name} ended at its start", cure="the log of its home")
        else:
            self.kill()
            raise EmulatorError(f"the worker {self.spec.name} did not start in {_JOINING_S:.0f} s")
        self.send(self._told())
        watch(self)

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Give an order; an OSError where it has ended."""
        if self._seat.orders is None:
            raise ConnectionError(f"{self.spec.name} has not joined")
        self._seat.orders.send(head, body)

    def receive(self, seconds: float | None) -> Message | None:
        """Return its next answer; None when it has ended; a TimeoutError after `seconds`."""
        orders = self._seat.orders
        if orders is None:
            return None
        try:
            orders.patience(seconds)
            return orders.receive()
        except TimeoutError:
            raise
        except OSError:
            return None

    def wait(self, seconds: float) -> Exit | None:
        """Wait for its end, `seconds` at most; None where it still runs."""
        self._ended.wait(seconds)
        return self._exit

    def shown(self, text: str) -> str:
        """What it says, with the paths of its container in the place of this machine's."""
        for folder, place in self._places:
            text = text.replace(folder, place)
        return text

    def terminate(self) -> None:
        """Ask it to end (SIGTERM); it may take its time."""
        with suppress(OSError):
            self._process.terminate()

    def kill(self) -> None:
        """End it now."""
        self._end("killed")

    def look(self) -> None:
        """Look at its memory, and end it where it is beyond its limit."""
        used = self.memory_mib()
        self._peak = max(self._peak, used)
        limit = self.spec.memory_mib
        if limit is not None and used > limit:
            self._end("out_of_memory")

    def _end(self, reason: Literal["killed", "out_of_memory"]) -> None:
        if self.alive and self._reason == "exited":
            self._reason = reason
        with suppress(OSError):
            self._process.kill()

    def _started(self) -> subprocess.Popen[bytes]:
        group: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", "-u", "-X", "utf8", str(_INSIDE)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self._own,
            env=self._environment(),
            **group,
        )

    def _environment(self) -> dict[str, str]:
        needed = {name: os.environ[name] for name in _NEEDED if name in os.environ}
        tmp = next((mount.at for mount in self.spec.mounts if mount.at == "/tmp"), str(self._own))
        own = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self._own), "TMPDIR": tmp, "LANG": "C.UTF-8"}
        desk = {"AWS14_DESK": f"{the_desk().port}:{self._seat.token}"}
        return {**needed, **own, **self.spec.env, **desk}

    def _told(self) -> dict[str, Any]:
        spec = self.spec
        scratch = self._own / "root"
        if spec.scratch:
            scratch.mkdir(exist_ok=True)
        return {
            "program": spec.program,
            "inside": str(spec.inside) if spec.inside else "",
            "hostname": spec.name,
            "mounts": [(mount.at, str(mount.source), mount.writable) for mount in spec.mounts],
            "scratch": str(scratch) if spec.scratch else "",
            "working_directory": spec.working_directory,
            "packages": spec.packages,
            "places": _places(),
            "memory_mib": spec.memory_mib or 0,
            "now": spec.now,
            "own": [str(self._own)],
            "readable": _readable(spec),
            "closed": [str(Path.home())],
        }

    def _listen(self) -> None:
        stream = self._process.stdout
        for line in iter(stream.readline, b"") if stream is not None else ():
            try:
                self.spec.on_line(self.shown(line.decode("utf-8", "replace").rstrip("\r\n")))
            except Exception:
                _log.exception("a line of %s", self.spec.name)
        if stream is not None:
            stream.close()
        self._gone()

    def _gone(self) -> None:
        try:
            code = self._process.wait(_ENDING_S)
        except subprocess.TimeoutExpired:  # it has closed its streams and goes on without them
            self.kill()
            code = self._process.wait(_ENDING_S)
        _ALIVE.pop(self._process.pid, None)
        the_desk().clear(self._seat)
        reason = self._reason
        if reason == "out_of_memory":
            code = 128 + 9
        self._exit = Exit(code=128 - code if code < 0 else code, reason=reason)
        self._ended.set()
        try:
            self.spec.on_exit(self._exit)
        except Exception:
            _log.exception("the end of %s", self.spec.name)


def start(spec: WorkerSpec) -> Worker:
    """Start a worker; it has joined when this returns. The world lock must not be held: call it `released`.

    Raises
    ------
    EmulatorError
        It did not come.
    """
    worker = Worker(spec)
    worker.join()
    return worker


def end_all() -> None:
    """End every worker of this process, and wait for that a moment."""
    workers = list(_ALIVE.values())
    for worker in workers:
        worker.kill()
    for worker in workers:
        worker.wait(1.0)


def _open_folder(folder: Path) -> Path:
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        folder.chmod(0o700)
    return folder


def _places() -> list[str]:
    paths = sysconfig.get_paths()
    return list(dict.fromkeys((paths["purelib"], paths["platlib"])))


def _shown_places(spec: WorkerSpec) -> list[tuple[str, str]]:
    """Folders of this machine and what they are in the container; the longer ones first."""
    library = dict.fromkeys(_places(), spec.installed) | {sysconfig.get_paths()["stdlib"]: spec.library}
    mounted = {str(mount.source): mount.at for mount in spec.mounts}
    return sorted((library | mounted).items(), key=lambda each: len(each[0]), reverse=True)


def _readable(spec: WorkerSpec) -> list[str]:
    """Where Python itself is, should that be in the learner's home, and what is shown."""
    python = (sys.prefix, sys.base_prefix, sys.exec_prefix, *_places(), sysconfig.get_paths()["stdlib"])
    own = (str(Path(__file__).resolve().parents[1]), *(str(mount.source) for mount in spec.mounts))
    return list(dict.fromkeys((*python, *own, os.path.realpath(sys.base_prefix))))
