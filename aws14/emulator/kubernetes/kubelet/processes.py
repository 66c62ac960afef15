"""The workers behind containers: started, asked, stopped. They belong to this process and are never saved.

At most `MOST` run at once, and at most `MOST_ALIKE` of one ReplicaSet or other owner: the pods beyond have none, and a
request to one of them is answered by a sibling's process.
"""

from __future__ import annotations

import logging
import shutil
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from aws14.emulator.kubernetes.controllers.sight import Object, Sight, controller_of
from aws14.emulator.kubernetes.exchange import Key
from aws14.emulator.kubernetes.kubelet import environment, images, volumes
from aws14.emulator.kubernetes.kubelet.network import PodNetwork
from aws14.emulator.kubernetes.kubelet.runs import ContainerRun
from aws14.emulator.workers import Exit, Loopback, Mount, Worker, WorkerSpec, new_folder, start
from aws14.emulator.world import world
from aws14.errors import EmulatorError
from aws14.model.quantities import mebibytes

__all__ = ["Seat", "all_of", "end", "has_room", "launch", "loopback", "of", "real_port", "run_once", "settle"]

_log = logging.getLogger(__name__)
#: Real processes of all clusters together, and of one owner.
MOST, MOST_ALIKE = 24, 8
#: Real seconds a program gets to listen or to end, when AWS time has jumped over its start.
_LISTENS_S, _ENDS_S = 5.0, 1.0
#: Real seconds after its start in which a program that should not end is waited for at all.
_FAILS_S = 4.0
_ANSWERS_TERM_S = 2.0


@dataclass(frozen=True)
class Seat:
    """Which container of which pod."""

    cluster: Key
    uid: str
    container: str


_WORKERS: dict[Seat, Worker] = {}
_OWNERS: dict[Seat, str] = {}
_BEGAN: dict[Seat, float] = {}
_LOOPBACKS: dict[str, Loopback] = {}
_PROGRAMS = Path(__file__).parent / "programs"


def loopback(uid: str) -> Loopback:
    """The localhost of a pod."""
    return _LOOPBACKS.setdefault(uid, Loopback())


def of(seat: Seat) -> Worker | None:
    """The process of a container; None where it has none that was not stopped."""
    return _WORKERS.get(seat)


def all_of(uid: str) -> list[Seat]:
    """The containers of a pod that have a process."""
    return [seat for seat in _WORKERS if seat.uid == uid]


def seats() -> list[Seat]:
    """Every container that has a process."""
    return list(_WORKERS)


def real_port(uid: str, port: int) -> int:
    """The port of this machine behind a port of a pod; 0 where nothing listens."""
    known = _LOOPBACKS.get(uid)
    return known.real(port) if known is not None else 0


def has_room(pod: Object) -> bool:
    """Whether a container of a pod may have a process of its own."""
    owner = controller_of(pod).get("uid", pod["metadata"]["uid"])
    pods = {seat.uid for seat, of_owner in _OWNERS.items() if of_owner == owner and seat in _WORKERS}
    mine = pod["metadata"]["uid"]
    return len(_WORKERS) < MOST and len(pods | {mine}) <= MOST_ALIKE


def launch(cluster: Sight, pod: Object, container: Object, run: ContainerRun) -> None:
    """Start the process of a container; the world lock is let go meanwhile.

    Raises
    ------
    NotStartedError
        Its image does not have its program here.
    MissingError
        Something that its environment needs is not there.
    """
    image = images.find(container["image"])
    program = images.program(image, container.get("command") or (), container.get("args") or ())
    env = environment.variables(cluster, pod, container)
    run.shared = bool(program) and not has_room(pod)
    if not program or run.shared:
        return
    seat = Seat(cluster.key, pod["metadata"]["uid"], container["name"])
    spec = _spec(cluster, pod, container, program)
    spec = _with(spec, env, seat, run)
    _OWNERS[seat] = controller_of(pod).get("uid", seat.uid)
    try:
        with world().released():
            _WORKERS[seat] = start(spec)
        _BEGAN[seat] = time.monotonic()
    except EmulatorError as failed:
        _log.warning("no process for %s: %s", seat, failed)
        run.shared = True


def _spec(cluster: Sight, pod: Object, container: Object, program: tuple[str, ...]) -> WorkerSpec:
    limit = ((container.get("resources") or {}).get("limits") or {}).get("memory")
    return WorkerSpec(
        name=pod["metadata"]["name"],
        folder=new_folder("pod"),
        program=program,
        mounts=(*volumes.mounts(cluster, pod, container), Mount(at=images.PROGRAMS, source=_PROGRAMS)),
        scratch=True,
        working_directory=container.get("workingDir") or "/",
        memory_mib=int(mebibytes(limit)) if limit is not None else None,
        loopback=loopback(pod["metadata"]["uid"]),
        network=PodNetwork(cluster.key, pod["metadata"]["namespace"], pod["spec"].get("nodeName", "")),
        now=cluster.now,
    )


def _with(spec: WorkerSpec, env: dict[str, str], seat: Seat, run: ContainerRun) -> WorkerSpec:
    def on_line(line: str) -> None:
        run.write(world().clock.now(), line)

    def on_exit(_how: Exit) -> None:
        with world().turn():
            if _WORKERS.get(seat) is not None:
                world().clock.after(0.0, "kubelet.exited", (seat.cluster, seat.uid))

    return replace(spec, env=env, on_line=on_line, on_exit=on_exit)


def settle(seat: Seat, *, listens: bool, serves: bool, elapsed_s: float) -> None:
    """Give a process real time for AWS time that has jumped: until it listens, or ends; the world lock is let go.

    Parameters
    ----------
    seat : Seat
        Whose.
    listens : bool
        Whether it is expected to listen.
    serves : bool
        Whether it is expected not to end: then its end is awaited soon after its start only.
    elapsed_s : float
        AWS time since its start.
    """
    worker = _WORKERS.get(seat)
    if worker is None or worker.exit is not None:
        return
    known = loopback(seat.uid)
    until = time.monotonic() + min(elapsed_s, _LISTENS_S if listens else _ENDS_S)
    if serves and not listens:
        until = min(until, _BEGAN.get(seat, until) + _FAILS_S)
    with world().released():
        while time.monotonic() < until and worker.exit is None and not (listens and known.listening()):
            worker.wait(0.01)


def exit_of(seat: Seat) -> Exit | None:
    """How the process of a container ended; None while it runs, or where it has none."""
    worker = _WORKERS.get(seat)
    if worker is not None and not worker.alive:
        with world().released():
            worker.wait(1.0)
    return worker.exit if worker is not None else None


def answers_term(seat: Seat) -> bool:
    """Whether a program does something about SIGTERM: the first process of a container is not ended by it otherwise."""
    worker = _WORKERS.get(seat)
    if worker is None:
        return True
    try:
        text = Path(f"/proc/{worker.pid}/status").read_text(encoding="ascii")
    except OSError:  # another system than Linux: nobody knows
        return False
    caught = next((int(line.split()[1], 16) for line in text.splitlines() if line.startswith("SigCgt")), 0)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def ask_to_end(seat: Seat) -> None:
    """Send SIGTERM to a program that does something about it, and give it a moment of real time."""
    worker = _WORKERS.get(seat)
    if worker is not None and answers_term(seat):
        worker.terminate()
        with world().released():
            worker.wait(_ANSWERS_TERM_S)


def end(seat: Seat) -> None:
    """Kill the process of a container, and remove what was its own."""
    worker = _WORKERS.pop(seat, None)
    _OWNERS.pop(seat, None)
    _BEGAN.pop(seat, None)
    if worker is None:
        return
    with world().released():
        worker.kill()
        worker.wait(5.0)
        shutil.rmtree(worker.spec.folder, ignore_errors=True)


def forget(uid: str) -> None:
    """A pod is gone: so are its processes and folders."""
    for seat in all_of(uid):
        end(seat)
    _LOOPBACKS.pop(uid, None)
    volumes.remove(uid)


def run_once(
    cluster: Sight, pod: Object, container: Object, words: tuple[str, ...], *, seconds: float
) -> tuple[int, str]:
    """Run a command in a container as ``kubectl exec`` would; exit code and output, -1 where time ends first.

    Raises
    ------
    NotStartedError
        The image does not have that program here.
    """
    program = images.program(images.find(container["image"]), words, ())
    lines: list[str] = []
    env = environment.variables(cluster, pod, container)
    mine = _WORKERS.get(Seat(cluster.key, pod["metadata"]["uid"], container["name"]))
    spec = replace(_spec(cluster, pod, container, program), env=env, on_line=lines.append)
    if mine is not None:
        root = mine.spec.folder / "root"
        spec = replace(
            spec,
            mounts=(*spec.mounts, Mount(at="/tmp", source=root / "tmp", writable=True))
            if (root / "tmp").exists()
            else spec.mounts,
        )
    with world().released(), suppress(EmulatorError):
        worker = start(spec)
        done = worker.wait(max(seconds, 0.5))
        worker.kill()
        worker.wait(1.0)
        shutil.rmtree(spec.folder, ignore_errors=True)
        return (done.code if done is not None else -1), "\n".join(lines)
    return -1, ""
