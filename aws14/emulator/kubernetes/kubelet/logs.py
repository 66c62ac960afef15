"""The logs of containers, for the API."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.controllers import loop
from aws14.emulator.kubernetes.failure import bad_request
from aws14.emulator.kubernetes.kubelet.life import run_of
from aws14.emulator.kubernetes.kubelet.runs import ContainerRun
from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.kubernetes.supplies import LogRequest
from aws14.emulator.world import world

__all__ = ["log"]

#: Real seconds between two looks at a log that is followed, and how long one is followed at most.
_EVERY_S, _LONGEST_S = 0.2, 3600.0
_WAITING = frozenset({"new", "pulling", "refused", "starting"})


def log(registry: Cluster, pod: Object, request: LogRequest) -> bytes | Iterator[bytes]:
    """The log of a container.

    Raises
    ------
    ApiError
        It has not started, or not before (400).
    """
    seen = loop.sight(registry.key)
    run = run_of(seen, pod["metadata"]["uid"]) if seen is not None else None
    state = run.containers.get(request.container) if run is not None else None
    name = pod["metadata"]["name"]
    if state is None or (state.phase in _WAITING and not state.lines and not state.lines_before):
        reason = state.reason if state is not None and state.reason else "ContainerCreating"
        problem = {"ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image"}
        text = problem.get(reason, reason)
        raise bad_request(f'container "{request.container}" in pod "{name}" is waiting to start: {text}')
    if request.previous and not state.restarts:
        raise bad_request(f'previous terminated container "{request.container}" in pod "{name}" not found')
    lines = list(state.lines_before if request.previous else state.lines)
    if request.follow and not request.previous:
        return _followed(state, lines, request)
    return _written(lines, request)


def _written(lines: list[tuple[float, str]], request: LogRequest) -> bytes:
    if request.since_s is not None:
        lines = [each for each in lines if each[0] >= world().clock.now() - request.since_s]
    if request.tail_lines is not None:
        lines = lines[-request.tail_lines :] if request.tail_lines else []
    text = b"".join(_line(each, request) for each in lines)
    return text if request.limit_bytes is None else text[: request.limit_bytes]


def _line(line: tuple[float, str], request: LogRequest) -> bytes:
    at = datetime.fromtimestamp(line[0], UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z ") if request.timestamps else ""
    return f"{at}{line[1]}\n".encode()


def _followed(state: ContainerRun, lines: list[tuple[float, str]], request: LogRequest) -> Iterator[bytes]:
    """Go on while the container runs; holds no lock while it waits."""
    yield _written(lines, request)
    last, until = lines[-1] if lines else None, time.monotonic() + _LONGEST_S
    while time.monotonic() < until:
        present = list(state.lines)
        new = present[present.index(last) + 1 :] if last in present else present
        if new:
            last = new[-1]
            yield b"".join(_line(each, request) for each in new)
        elif state.phase != "running":
            return
        time.sleep(_EVERY_S)
        yield b""
