"""Asking an address for an API: through the data plane, as anybody on the Internet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from aws14.emulator.certificates import covers
from aws14.emulator.dataplane.answering import Front, Told, Visit

__all__ = ["Reached", "reach"]

_HTTP, _HTTPS = 80, 443


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of asking: an answer, or why there is none."""

    told: Told | None = None
    problem: Literal["", "no_name", "no_connection", "timed_out", "no_trust"] = ""
    detail: str = ""


def reach(method: str, url: str, headers: dict[str, str], *, body: bytes, timeout_s: float) -> Reached:
    """Ask an address; the world lock is held.

    Parameters
    ----------
    method, url : str
        ``GET``, ``https://www.example.jp/rates?of=EUR``.
    headers : dict
        What is sent, ``Host`` excepted.
    body : bytes
        Whole.
    timeout_s : float
        For how long it is waited for, s.
    """
    from aws14.emulator.dataplane import insides
    from aws14.emulator.dataplane.connecting import Ask
    from aws14.emulator.dataplane.plane import connect

    parts = urlsplit(url)
    tls = parts.scheme == "https"
    port = parts.port or (_HTTPS if tls else _HTTP)
    host = parts.hostname or ""
    found = connect(Ask(host=host, port=port), insides.inside)
    if found.outcome == "name_not_found":
        return Reached(problem="no_name", detail=found.explanation)
    if found.outcome != "open" or found.front is None:
        return Reached(problem="no_connection", detail=found.explanation)
    if tls != found.front.speaks_tls(port) or (tls and not _is_trusted(found.front, port, host)):
        return Reached(problem="no_trust", detail=f"{host} shows no certificate for this name that can be trusted")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    visit = Visit(
        method=method,
        path=path,
        headers={**headers, "Host": parts.netloc.rpartition("@")[2]},
        body=body,
        port=port,
        source=found.source,
        called=found.address,
        patience_s=timeout_s,
    )
    try:
        return Reached(found.front.answer(visit))
    except ConnectionError:
        return Reached(problem="no_connection", detail=f"{host} closed the connection")
    except TimeoutError:
        return Reached(problem="timed_out", detail=f"{host} did not answer within {timeout_s:g} s")


def _is_trusted(front: Front, port: int, host: str) -> bool:
    shown = front.shown(port, host)
    if shown is None:
        return bool(front.owner)  # an instance has none that anybody trusts
    return not shown.names or any(covers(each, host) for each in shown.names)
