"""An HTTP request to a pod's process, and its answer; the world lock is let go meanwhile."""

from __future__ import annotations

import http.client
from contextlib import suppress

from aws14.emulator.dataplane.answering import Told, Visit
from aws14.emulator.world import world

__all__ = ["ask"]

_PATIENCE_S = 60.0
_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection", "te"})


def ask(port: int, visit: Visit) -> Told:
    """Hand a request to a program of this machine.

    Parameters
    ----------
    port : int
        Loopback port where it answers.
    visit : Visit
        The request.

    Raises
    ------
    ConnectionError
        It refuses, or hangs up.
    TimeoutError
        It does not answer in time.
    """
    headers = {name: text for name, text in visit.headers.items() if name.lower() not in {*_BY_HOP, "content-length"}}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=visit.patience_s or _PATIENCE_S)
    try:
        with world().released():
            connection.request(visit.method, visit.path, body=visit.body or None, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
        told = {name: text for name, text in answer.getheaders() if name.lower() not in _BY_HOP}
        return answer.status, told, body
    except http.client.HTTPException as broken:
        raise ConnectionResetError(f"the program hung up: {broken!r}") from broken
    finally:
        with suppress(OSError):
            connection.close()
