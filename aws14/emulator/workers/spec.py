"""What a worker is to be, the network it sits in, and how it ended."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

__all__ = ["Closed", "Exit", "Loopback", "Mount", "Network", "Outcome", "Way", "WorkerSpec"]

#: As in the official images of Python.
_LIBRARY = f"/usr/local/lib/python{sys.version_info.major}.{sys.version_info.minor}"
Outcome = Literal["open", "timed_out", "refused", "unreachable"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """What comes of a wish to connect.

    Parameters
    ----------
    outcome : {'open', 'timed_out', 'refused', 'unreachable'}
        ``timed_out`` makes the worker wait as long as its socket would.
    port : int
        Loopback port that leads there, when open.
    explanation : str
        For the learner.
    """

    outcome: Outcome
    port: int = 0
    explanation: str = ""


class Network(Protocol):
    """Names and ways as they are where a worker sits. Called in threads of their own, without the world lock."""

    def resolve(self, name: str) -> tuple[str, ...]:
        """The IPv4 addresses of a name; none where nobody knows it."""

    def connect(self, host: str, port: int) -> Way:
        """What comes of connecting to an IPv4 address that is not loopback's."""


class Closed:
    """A network without anybody."""

    def resolve(self, name: str) -> tuple[str, ...]:
        """Nothing."""
        del name
        return ()

    def connect(self, host: str, port: int) -> Way:
        """Nowhere."""
        return Way(outcome="unreachable", explanation=f"{host}:{port} is not reachable from here")


class Loopback:
    """The ``localhost`` that several workers share: the containers of a pod. Each is another one.

    A program that listens on port 8080 in it gets some free port of this machine; who connects to ``localhost:8080``
    in it is led there, and so is whoever asks `real` for the port.

    Parameters
    ----------
    known : Mapping of int to int, optional
        Ports of this machine that can be reached on localhost from the start: the API of the embedded AWS.
    """

    def __init__(self, known: Mapping[int, int] | None = None) -> None:
        self._lock = threading.Lock()
        self._known = dict(known or {})
        self._ports: dict[int, tuple[int, str]] = {}

    def real(self, port: int) -> int:
        """The port of this machine behind a port in here; 0 where nothing listens."""
        with self._lock:
            return self._ports[port][0] if port in self._ports else self._known.get(port, 0)

    def connect(self, port: int) -> Way:
        """What comes of connecting to a port in here."""
        real = self.real(port)
        return Way(outcome="open", port=real) if real else Way(outcome="refused", explanation="Connection refused")

    def listening(self) -> tuple[int, ...]:
        """The ports in here that something listens on, sorted."""
        with self._lock:
            return tuple(sorted(self._ports))

    def bind(self, port: int, real: int, owner: str) -> int:
        """Note that `owner` listens; return the port in here, 0 where another one has it. Port 0 takes any."""
        with self._lock:
            chosen = port or real
            if chosen in self._ports and self._ports[chosen][1] != owner:
                return 0
            self._ports[chosen] = (real, owner)
            return chosen

    def release(self, owner: str) -> None:
        """Forget what `owner` listened on."""
        with self._lock:
            self._ports = {port: each for port, each in self._ports.items() if each[1] != owner}


@dataclass(frozen=True, kw_only=True, slots=True)
class Exit:
    """How a worker ended.

    Parameters
    ----------
    code : int
        Exit status; that of a killed one is 128 + the signal's number, as shells and Kubernetes count.
    reason : {'exited', 'killed', 'out_of_memory'}
        By itself, by whoever had it, or by its memory limit.
    """

    code: int
    reason: Literal["exited", "killed", "out_of_memory"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mount:
    """A folder or file of this machine, shown at an absolute path of the container.

    Parameters
    ----------
    at : str
        ``"/app"``.
    source : pathlib.Path
        What is there.
    writable : bool
        Whether it can be changed: else AWS's and Kubernetes's ``Read-only file system``.
    """

    at: str
    source: Path
    writable: bool = False


def _silent(_line: str) -> None:
    """Hear nothing."""


def _unheard(_exit: Exit) -> None:
    """Hear nothing."""


@dataclass(frozen=True, kw_only=True)
class WorkerSpec:
    """A worker to start.

    Parameters
    ----------
    name : str
        For people: shown in logs of the embedded AWS, and its host name.
    folder : pathlib.Path
        Its own, made with mode 0700; `Desk` gives out new ones by `workers.new_folder`.
    program : tuple of str
        What would follow ``python``: ``("/app/server.py", "--port", "80")``, ``("-m", "http.server")``,
        ``("-c", "print(1)")``. Empty where `inside` is given.
    inside : pathlib.Path, optional
        A script of the embedded AWS that answers orders instead (`Worker.ask`): it finds ``orders`` (a queue),
        ``answers`` (a `Channel`), ``clock`` and ``paths`` among its globals.
    env : Mapping of str to str
        Its whole environment, beside what every process needs (PATH, HOME, TMPDIR, LANG).
    mounts : tuple of Mount
        What shows at which path.
    scratch : bool
        Whether it can write elsewhere too: the writable layer of a container. A function cannot.
    working_directory : str
        Absolute path of the container; it must be there.
    library, installed : str
        Where the standard library and installed packages show in what it writes.
    packages : tuple of str
        Top-level packages it can import beyond the standard library and its own files.
    memory_mib : int, optional
        Killed beyond; left out: no limit.
    loopback : Loopback
        Its localhost.
    network : Network
        Names and ways.
    now : float, optional
        AWS time at its start, epoch seconds; left out: the time of this machine.
    on_line : callable
        Called with each line it writes, to stdout or stderr, without the line feed; in a thread of its own.
    on_exit : callable
        Called once, after its last line, in that thread.
    """

    name: str
    folder: Path
    program: tuple[str, ...] = ()
    inside: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    scratch: bool = False
    working_directory: str = "/"
    library: str = _LIBRARY
    installed: str = f"{_LIBRARY}/site-packages"
    packages: tuple[str, ...] = ()
    memory_mib: int | None = None
    loopback: Loopback = field(default_factory=Loopback)
    network: Network = field(default_factory=Closed)
    now: float | None = None
    on_line: Callable[[str], None] = _silent
    on_exit: Callable[[Exit], None] = _unheard
