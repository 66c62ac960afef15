"""The control API under ``/_aws14/``: JSON in and out, for holders of the emulator's own key (docs/architecture.md)."""

from __future__ import annotations

import hmac
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import Any

from aws14.emulator.api import StartResponse, send
from aws14.emulator.clock import TooManyEventsError
from aws14.emulator.files.load import FileLoad
from aws14.emulator.gateways.orders import GatewayOrder, read_order
from aws14.emulator.kubernetes.loads import PodLoad
from aws14.emulator.offices import Office
from aws14.emulator.refusal import Answer
from aws14.emulator.scaling.playing import Datapoint
from aws14.emulator.store import SnapshotError
from aws14.errors import ScenarioError
from aws14.sim.reachability import INTERNET

__all__ = ["PREFIX", "Control", "Verbs"]

PREFIX = "/_aws14/"
_log = logging.getLogger(__name__)
_LONGEST_S = 10 * 366 * 86400
_LATEST = 2**32
#: Where the course builds, unless it says otherwise.
_REGION = "ap-northeast-1"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Verbs:
    """What the control API can do; each takes what its request carries and returns what the answer says.

    Parameters
    ----------
    status, reset, shutdown : callable
        Without arguments.
    advance : callable
        Seconds.
    save, restore : callable
        A name.
    connect : callable
        Host, port, source.
    resolve : callable
        A name and a source.
    damage : callable
        ``instance``, ``az`` or ``db``, the id or name of one, and seconds or None.
    heal : callable
        Without arguments.
    play : callable
        Datapoints, and the epoch seconds they go to.
    pod_load : callable
        What the pods of a workload are asked to do.
    file_load : callable
        What a file system has to do.
    office : callable
        What is said of the office.
    gateway : callable
        What somebody in the office does with a storage gateway.
    """

    status: Callable[[], dict[str, Any]]
    advance: Callable[[float], dict[str, Any]]
    save: Callable[[str], dict[str, Any]]
    restore: Callable[[str], dict[str, Any]]
    reset: Callable[[], dict[str, Any]]
    shutdown: Callable[[], dict[str, Any]]
    connect: Callable[[str, int, str], dict[str, Any]]
    resolve: Callable[[str, str], dict[str, Any]]
    damage: Callable[[str, str, float | None], dict[str, Any]]
    heal: Callable[[], dict[str, Any]]
    play: Callable[[list[Datapoint], float], dict[str, Any]]
    pod_load: Callable[[PodLoad], dict[str, Any]]
    file_load: Callable[[FileLoad], dict[str, Any]]
    office: Callable[[Office], dict[str, Any]]
    gateway: Callable[[GatewayOrder], dict[str, Any]]


class _RefusedError(Exception):
    def __init__(self, status: int, problem: str, cure: str = "") -> None:
        super().__init__(problem)
        self.status, self.problem, self.cure = status, problem, cure


class Control:
    """The control API as a WSGI application.

    Parameters
    ----------
    verbs : Verbs
        What it can do.
    access_key : str
        What the header ``X-Aws14-Key`` must carry.
    """

    def __init__(self, verbs: Verbs, access_key: str) -> None:
        self._verbs = verbs
        self._access_key = access_key.encode()
        self._answers: dict[tuple[str, str], Callable[[dict[str, Any]], dict[str, Any]]] = {
            ("GET", "status"): lambda _: verbs.status(),
            ("POST", "advance"): self._advance,
            ("POST", "save"): lambda body: verbs.save(_name(body)),
            ("POST", "restore"): lambda body: self._restore(_name(body)),
            ("POST", "reset"): lambda _: verbs.reset(),
            ("POST", "shutdown"): lambda _: verbs.shutdown(),
            ("POST", "connect"): self._connect,
            ("POST", "resolve"): lambda body: verbs.resolve(_text(body, "name"), _text(body, "source", INTERNET)),
            ("POST", "break"): self._break,
            ("POST", "heal"): lambda _: verbs.heal(),
            ("POST", "play"): self._play,
            ("POST", "pod_load"): lambda body: verbs.pod_load(_pod_load(body)),
            ("POST", "file_load"): lambda body: verbs.file_load(_file_load(body)),
            ("POST", "office"): lambda body: verbs.office(_office(body)),
            ("POST", "gateway"): lambda body: verbs.gateway(read_order(body)),
        }

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            status, answer = 200, self._answer(environ)
        except _RefusedError as refused:
            status, answer = refused.status, {"problem": refused.problem, "cure": refused.cure}
        except ScenarioError as error:
            status, answer = 400, {"problem": error.problem, "cure": error.cure or error.allowed}
        except Exception as error:
            _log.exception("control %s", environ["PATH_INFO"])
            status, answer = (
                500,
                {"problem": f"the embedded AWS failed: {error}", "cure": "see emulator.log in its home"},
            )
        body = json.dumps(answer).encode()
        headers = (("Content-Type", "application/json"), ("Content-Length", str(len(body))))
        return send(Answer(status, headers, body), start_response)

    def _answer(self, environ: dict[str, Any]) -> dict[str, Any]:
        given = environ.get("HTTP_X_AWS14_KEY", "").encode("latin-1")
        if "HTTP_ORIGIN" in environ or not hmac.compare_digest(given, self._access_key):
            raise _RefusedError(403, "the control API asks for the key of this embedded AWS")
        method, name = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(PREFIX)
        body = _json(environ)
        if (method, name) not in self._answers:
            raise _RefusedError(404, f"{method} {environ['PATH_INFO']} is not in the control API")
        return self._answers[method, name](body)

    def _advance(self, body: dict[str, Any]) -> dict[str, Any]:
        seconds = body.get("seconds")
        if not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST_S:
            raise _RefusedError(400, f"cannot advance by {seconds!r} seconds", "a number from 0 to ten years")
        with _a_million_events_at_most():
            return self._verbs.advance(float(seconds))

    def _connect(self, body: dict[str, Any]) -> dict[str, Any]:
        port = body.get("port")
        if not isinstance(port, int) or not 0 < port < 65_536:
            raise _RefusedError(400, f"{port!r} is no port", "a number from 1 to 65535")
        return self._verbs.connect(_text(body, "host"), port, _text(body, "source", INTERNET))

    def _break(self, body: dict[str, Any]) -> dict[str, Any]:
        kind, target, seconds = _text(body, "kind"), _text(body, "target"), body.get("seconds")
        if kind not in {"instance", "az", "db"}:
            raise _RefusedError(400, f"{kind!r} does not break", "instance, az or db")
        if seconds is not None and not (isinstance(seconds, int | float) and 0 < seconds <= _LONGEST_S):
            raise _RefusedError(400, f"nothing breaks for {seconds!r} seconds", "a number up to ten years, or null")
        return self._verbs.damage(kind, target, None if seconds is None else float(seconds))

    def _play(self, body: dict[str, Any]) -> dict[str, Any]:
        until, given = body.get("until"), body.get("metrics", [])
        if not isinstance(until, int | float) or not 0 <= until <= _LATEST:
            raise _RefusedError(400, f"cannot play until {until!r}", "epoch seconds")
        if not isinstance(given, list):
            raise _RefusedError(400, "the metrics are not a list", "a list of datapoints")
        datapoints = [_datapoint(one) for one in given]
        with _a_million_events_at_most():
            return self._verbs.play(datapoints, float(until))

    def _restore(self, name: str) -> dict[str, Any]:
        try:
            return self._verbs.restore(name)
        except SnapshotError as bad:
            raise _RefusedError(400, str(bad), "save under a name first") from None


@contextmanager
def _a_million_events_at_most() -> Iterator[None]:
    try:
        yield
    except TooManyEventsError as stopped:
        text = f"a million events were not enough; the last was {stopped}"
        raise _RefusedError(400, text, "a shorter advance") from None


def _datapoint(given: Any) -> Datapoint:
    """Read one datapoint of a played run."""
    if not isinstance(given, dict):
        raise _RefusedError(400, f"{given!r} is no datapoint", "namespace, name, dimensions, value, unit")
    value, when, dimensions = given.get("value"), given.get("timestamp"), given.get("dimensions", {})
    if not isinstance(value, int | float) or not isfinite(value):
        raise _RefusedError(400, f"{value!r} is no value of a metric", "a finite number")
    if not (when is None or (isinstance(when, int | float) and 0 <= when <= _LATEST)):
        raise _RefusedError(400, f"{when!r} is no timestamp", "epoch seconds, or none")
    if not isinstance(dimensions, dict) or not all(isinstance(one, str) for one in dimensions.values()):
        raise _RefusedError(400, f"{dimensions!r} are no dimensions", "names and values, as texts")
    return Datapoint(
        namespace=_text(given, "namespace"),
        name=_text(given, "name"),
        dimensions=dimensions,
        value=float(value),
        unit=None if given.get("unit") is None else _text(given, "unit"),
        timestamp=when,
        region=_text(given, "region", _REGION),
    )


def _pod_load(given: dict[str, Any]) -> PodLoad:
    """Read what the pods of a workload are asked to do."""
    cores, memory = given.get("cores"), given.get("memory_mib")
    if not isinstance(cores, int | float) or not isfinite(cores) or cores < 0:
        raise _RefusedError(400, f"{cores!r} cannot be the cores", "a number from 0: CPUs for all its pods together")
    if memory is not None and not (isinstance(memory, int | float) and isfinite(memory) and memory >= 0):
        raise _RefusedError(400, f"{memory!r} cannot be the memory", "MiB of each pod, from 0, or null")
    return PodLoad(
        cluster=_text(given, "cluster"),
        namespace=_text(given, "namespace"),
        workload=_text(given, "workload"),
        cores=float(cores),
        each_mib=None if memory is None else float(memory),
        region=_text(given, "region", _REGION),
    )


def _file_load(given: dict[str, Any]) -> FileLoad:
    """Read what a file system has to do."""
    amounts: dict[str, float] = {}
    for name in ("read_mibps", "write_mibps", "operations", "stored_gib", "active_gib"):
        value = given.get(name)
        if value is None:
            continue
        if not isinstance(value, int | float) or not isfinite(value) or value < 0:
            raise _RefusedError(400, f"{value!r} cannot be {name}", "a number from 0, or null")
        amounts[name] = float(value)
    return FileLoad(file_system=_text(given, "file_system"), **amounts)


def _office(given: dict[str, Any]) -> Office:
    """Read what is said of the office."""
    amounts: dict[str, float] = {}
    for name in ("upload_mbps", "download_mbps", "stored_gib"):
        value = given.get(name)
        if value is None:
            continue
        least = isinstance(value, int | float) and (value > 0 or (value == 0 and name == "stored_gib"))
        if not least or not isfinite(value):
            raise _RefusedError(400, f"{value!r} cannot be {name}", "a number above 0; a line that is cut: cut")
        amounts[name] = float(value)
    cut = given.get("cut")
    if not (cut is None or isinstance(cut, bool)):
        raise _RefusedError(400, f"{cut!r} says not whether the line is cut", "true, false, or null: as before")
    folder = None if given.get("folder") is None else _text(given, "folder")
    return Office(folder=folder, cut=cut, **amounts)


def _json(environ: dict[str, Any]) -> dict[str, Any]:
    text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    try:
        body = json.loads(text or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _RefusedError(400, "the body is not a JSON object")
    return body


def _text(body: dict[str, Any], name: str, default: str = "") -> str:
    text = body.get(name, default)
    if not isinstance(text, str) or not text:
        raise _RefusedError(400, f"{text!r} cannot be the {name}", "a text that is not empty")
    return text


def _name(body: dict[str, Any]) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _RefusedError(
            400, f"{name!r} cannot be the name of a save", "letters, digits, dot, dash, underscore; at most 64"
        )
    return name
