"""Probes: asked for real, at the times of AWS's clock; a pod without a process of its own passes with its sibling."""

from __future__ import annotations

import http.client
import time
from contextlib import suppress

from aws14.emulator.kubernetes.controllers import addresses
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.kubelet import images, processes
from aws14.emulator.kubernetes.kubelet.processes import Seat
from aws14.emulator.world import world

__all__ = ["ask", "forget", "port_of"]

_GOOD = range(200, 400)
#: A probe that just passed is not asked again within so many real seconds: while AWS time is advanced.
_STILL_TRUE_S = 0.2
_PASSED: dict[tuple[Seat, str], float] = {}


def port_of(container: Object, written: int | str) -> int:
    """A port by number or by name; 0 for a name that no port has."""
    if isinstance(written, int) or str(written).isdigit():
        return int(written)
    named = (each["containerPort"] for each in container.get("ports") or () if each.get("name") == written)
    return int(next(named, 0))


def ask(cluster: Sight, pod: Object, container: Object, kind: str) -> str:
    """Ask a probe; what kubelet says of its failure, empty where it passed.

    Parameters
    ----------
    cluster : Sight
        Where.
    pod, container : dict
        Whose.
    kind : str
        ``startup``, ``readiness``, ``liveness``.
    """
    seat = Seat(cluster.key, pod["metadata"]["uid"], container["name"])
    if processes.of(seat) is None:
        return ""
    if time.monotonic() - _PASSED.get((seat, kind), float("-inf")) < _STILL_TRUE_S:
        return ""
    probe = container[f"{kind}Probe"]
    if "exec" in probe:
        failed = _exec(cluster, pod, container, probe)
    elif "tcpSocket" in probe:
        port = port_of(container, probe["tcpSocket"]["port"])
        failed = "" if processes.real_port(seat.uid, port) else _refused(cluster, pod, port)
    else:
        failed = _http(cluster, pod, container, probe)
    if failed:
        _PASSED.pop((seat, kind), None)
    else:
        _PASSED[seat, kind] = time.monotonic()
    return failed


def forget(uid: str) -> None:
    """The pod is gone."""
    for key in [key for key in _PASSED if key[0].uid == uid]:
        del _PASSED[key]


def _refused(cluster: Sight, pod: Object, port: int) -> str:
    return f"dial tcp {addresses.of(cluster, pod['metadata']['uid'])}:{port}: connect: connection refused"


def _patience(probe: Object) -> float:
    return float(probe.get("timeoutSeconds") or 1)


def _http(cluster: Sight, pod: Object, container: Object, probe: Object) -> str:
    get = probe.get("httpGet") or {}
    port, path = port_of(container, get.get("port", 80)), get.get("path") or "/"
    real = processes.real_port(pod["metadata"]["uid"], port)
    url = f"http://{addresses.of(cluster, pod['metadata']['uid'])}:{port}{path}"
    if not real:
        return f'Get "{url}": {_refused(cluster, pod, port)}'
    headers = {each["name"]: each["value"] for each in get.get("httpHeaders") or ()}
    headers.setdefault("User-Agent", "kube-probe/1.34")
    with world().released():
        status = _status(real, path, headers, _patience(probe))
    if status is None:
        return f'Get "{url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    if status == 0:
        return f'Get "{url}": {_refused(cluster, pod, port)}'
    return "" if status in _GOOD else f"HTTP probe failed with statuscode: {status}"


def _status(port: int, path: str, headers: dict[str, str], patience: float) -> int | None:
    """The status of an answer; 0 where the connection breaks, None where patience ends."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except TimeoutError:
        return None
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        with suppress(OSError):
            connection.close()


def _exec(cluster: Sight, pod: Object, container: Object, probe: Object) -> str:
    words, patience = tuple(probe["exec"].get("command") or ()), _patience(probe)
    try:
        code, said = processes.run_once(cluster, pod, container, words, seconds=patience)
    except images.NotStartedError as no:
        return str(no)
    if code == -1:
        return f'command timed out: "{" ".join(words)}" timed out after {patience:.0f}s'
    return "" if code == 0 else said or f"command exited with {code}"
