"""The control API of the embedded AWS as its clients ask it (docs/architecture.md)."""

from __future__ import annotations

import http.client
import json
from typing import Any, Protocol

from aws14.errors import EmulatorError

__all__ = ["Holder", "ask"]

_ANSWER_S = 10.0
#: An advance may run a million events.
_LONG_S = 600.0


class Holder(Protocol):
    """Who knows where the embedded AWS is, and its key."""

    @property
    def port(self) -> int:
        """On 127.0.0.1."""

    @property
    def access_key(self) -> str:
        """Of the embedded AWS."""


def ask(emulator: Holder, method: str, verb: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the control API; return its answer.

    Parameters
    ----------
    emulator : Holder
        Whom.
    method, verb : str
        ``POST``, ``advance``.
    body : dict, optional
        Of the request.

    Raises
    ------
    EmulatorError
        It does not answer, or refuses.
    """
    # http.client knows nothing of proxies: HTTP_PROXY must not capture loopback.
    connection = http.client.HTTPConnection(
        "127.0.0.1", emulator.port, timeout=_ANSWER_S if method == "GET" else _LONG_S
    )
    headers = {"X-Aws14-Key": emulator.access_key, "Content-Type": "application/json"}
    try:
        connection.request(method, f"/_aws14/{verb}", body=json.dumps(body or {}), headers=headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise EmulatorError(
            f"the embedded AWS on port {emulator.port} does not answer: {error}",
            cure="connect again; it is started anew",
        ) from None
    finally:
        connection.close()
    if response.status != 200:
        raise EmulatorError(f"the embedded AWS refused {verb}: {answer.get('problem')}", cure=answer.get("cure", ""))
    return answer
