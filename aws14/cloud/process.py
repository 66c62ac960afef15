"""The embedded AWS as a process: find the running one or start it, and talk to its control API.

One process serves one home (`aws14.home.home`). Two kernels that start at once get the same one: whoever holds
``emulator.lock`` looks and, if need be, starts; the other then finds it. A found process is believed when its pid, its
creation time and its answer agree; one of another version is asked to end, and replaced.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypedDict

import filelock
import psutil

import aws14
from aws14.cloud.control_api import ask
from aws14.cloud.surroundings import Surroundings
from aws14.errors import EmulatorError
from aws14.home import home

__all__ = ["Emulator", "Status", "find", "find_or_start", "home", "start"]

_START_S = 60.0
_END_S = 60.0


class Status(TypedDict):
    """What the embedded AWS says of itself.

    Attributes
    ----------
    version : str
        Of aws14.
    now : float
        AWS time, epoch seconds.
    state : str
        Another text each time that something may have happened in the cloud.
    requests : int
        AWS requests answered since it started.
    pending_events : int
        Events that wait for their time.
    notices : list of str
        What the learner should know: changes lost, snapshots set aside.
    http_port, tls_port : int
        Loopback ports of its data plane.
    ca_file : str
        Certificate of the authority that its TLS servers show.
    """

    version: str
    now: float
    state: str
    requests: int
    pending_events: int
    notices: list[str]
    http_port: int
    tls_port: int
    ca_file: str


@dataclass(frozen=True)
class Emulator(Surroundings):
    """A running embedded AWS.

    Parameters
    ----------
    port : int
        On 127.0.0.1.
    access_key, secret_key : str
        What requests to it are signed with.
    pid : int
        Of its process.
    version : str
        Of its aws14.
    notices : tuple of str
        What it had to say when it was found.
    http_port, tls_port : int
        Of its data plane, on 127.0.0.1; 0 where it was not asked.
    ca_file : str
        Certificate of the authority that its TLS servers show.
    """

    port: int
    access_key: str
    secret_key: str
    pid: int
    version: str
    notices: tuple[str, ...] = ()
    http_port: int = 0
    tls_port: int = 0
    ca_file: str = ""

    @property
    def endpoint(self) -> str:
        """The address for ``endpoint_url``."""
        return f"http://127.0.0.1:{self.port}"

    def status(self) -> Status:
        """Ask how it is."""
        answer: Status = ask(self, "GET", "status")
        return answer

    def advance(self, seconds: float) -> tuple[float, list[tuple[float, str]]]:
        """Let AWS time pass at once.

        Parameters
        ----------
        seconds : float
            At least 0.

        Returns
        -------
        float
            AWS time now, epoch seconds.
        list of (float, str)
            Due time and name of each event that ran.
        """
        answer = ask(self, "POST", "advance", {"seconds": seconds})
        return answer["now"], [(t, name) for t, name in answer["events"]]

    def save(self, name: str) -> int:
        """Save the cloud under a name; return the bytes written."""
        return int(ask(self, "POST", "save", {"name": name})["bytes"])

    def restore(self, name: str) -> float:
        """Go back to a save; return AWS time, epoch seconds."""
        return float(ask(self, "POST", "restore", {"name": name})["now"])

    def damage(self, kind: str, target: str, seconds: float | None) -> None:
        """Break an ``instance`` (by id), an ``az`` or the host of a ``db``'s primary, for some seconds or for good."""
        ask(self, "POST", "break", {"kind": kind, "target": target, "seconds": seconds})

    def play(self, metrics: Sequence[Mapping[str, Any]], until: float) -> dict[str, Any]:
        """Put datapoints of CloudWatch, go to this time (epoch seconds), and tell how the groups are."""
        return dict(ask(self, "POST", "play", {"metrics": list(metrics), "until": until}))

    def heal(self) -> list[str]:
        """End all that was broken; return the ids and names of it."""
        return [str(each) for each in ask(self, "POST", "heal")["healed"]]

    def reset(self) -> None:
        """Empty the cloud."""
        ask(self, "POST", "reset")

    def connect(self, host: str, port: int, source: str = "internet") -> dict[str, Any]:
        """Try to connect in its network; what comes of it as docs/architecture.md says."""
        answer: dict[str, Any] = ask(self, "POST", "connect", {"host": host, "port": port, "source": source})
        return answer

    def resolve(self, name: str, source: str = "internet") -> dict[str, Any]:
        """Ask its DNS for the addresses of a name; the answer as docs/architecture.md says."""
        answer: dict[str, Any] = ask(self, "POST", "resolve", {"name": name, "source": source})
        return answer

    def shutdown(self) -> None:
        """Ask it to save and end; returns when the process is gone."""
        ask(self, "POST", "shutdown")
        _wait_for_end(self.pid)


def find(folder: Path | None = None) -> Emulator | None:
    """Return the embedded AWS that runs in `folder` (default: `home`), or None."""
    told = _read((folder or home()) / "emulator.json")
    if told is None or not _alive(told["pid"], told["created"]):
        return None
    found = Emulator(*(told[name] for name in ("port", "access_key", "secret_key", "pid", "version")))
    try:
        said: dict[str, Any] = {**found.status()}
    except EmulatorError:
        return None
    doors = {name: said[name] for name in ("http_port", "tls_port", "ca_file") if name in said}
    return replace(found, notices=tuple(said["notices"]), **doors)


def find_or_start(folder: Path | None = None, *, port: int = 0, idle_s: float | None = None) -> Emulator:
    """Return the embedded AWS of `folder`, started if none of this version runs there.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Its home; default `home`.
    port : int, optional
        Loopback port for a new one; 0 takes a free one.
    idle_s : float, optional
        Seconds without a request after which a new one ends; default four hours.

    Raises
    ------
    EmulatorError
        It cannot be started: the home cannot be written, the port is taken, or it failed (with the end of its output).
    """
    folder = folder or home()
    running = find(folder)
    if running is not None and running.version == aws14.__version__:
        return running
    with _lock(folder):
        running = find(folder)
        if running is not None and running.version != aws14.__version__:
            running.shutdown()
            running = None
        return running or start(folder, port=port, idle_s=idle_s)


def start(folder: Path, *, port: int = 0, idle_s: float | None = None) -> Emulator:
    """Start a process for `folder`, detached from this one; return it once it answers. Otherwise as `find_or_start`."""
    command = [sys.executable, "-m", "aws14.emulator", "--home", str(folder), "--port", str(port)]
    if idle_s is not None:
        command += ["--idle-seconds", str(idle_s)]
    output = folder / "start.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_detached()
        )
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        found = find(folder)
        if found is not None and found.pid == process.pid:
            return found
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise _did_not_start(process, output)


def _did_not_start(process: subprocess.Popen[bytes], output: Path) -> EmulatorError:
    said = output.read_text(errors="replace").strip()[-2000:]
    if process.returncode is None:
        process.kill()
        return EmulatorError(
            f"the embedded AWS did not answer within {_START_S:.0f} s: {said}", cure=f"look into {output}"
        )
    if process.returncode == 2 and " Try: " in said:  # it said so itself: a sentence and its cure
        problem, _, cure = said.rpartition(" Try: ")
        return EmulatorError(problem, cure=cure)
    return EmulatorError(f"the embedded AWS ended as it started: {said}", cure="python -m aws14.emulator --foreground")


def _lock(folder: Path) -> Any:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / "emulator.lock", timeout=2 * _START_S)
        return lock.acquire()
    except OSError as error:
        raise EmulatorError(
            f"the embedded AWS cannot write to its home {folder}: {error.strerror or error}",
            cure="set AWS14_HOME to a folder you can write to",
        ) from None


def _environment() -> dict[str, str]:
    # The folder that holds aws14 goes first, so that an uninstalled checkout works from any folder.
    above = str(Path(aws14.__file__).resolve().parent.parent)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    paths = [above, *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(paths)}


def _detached() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _read(path: Path) -> dict[str, Any] | None:
    try:
        told = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) and told.keys() >= {"pid", "created", "port", "access_key"} else None


def _alive(pid: int, created: float | None = None) -> bool:
    try:
        process = psutil.Process(pid)
        same = created is None or abs(process.create_time() - created) < 1.0
        # One that has ended and whose parent has not looked yet is a zombie, for ever where nobody looks.
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _wait_for_end(pid: int) -> None:
    deadline = time.monotonic() + _END_S
    while _alive(pid):
        if time.monotonic() > deadline:
            told = f"process {pid} of the embedded AWS did not end"
            raise EmulatorError(told, cure="end that process, then try again")
        time.sleep(0.05)
