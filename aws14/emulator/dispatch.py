"""Which application answers a request: the first route that matches, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aws14.emulator.api import StartResponse, send
from aws14.emulator.refusal import Answer

__all__ = ["Dispatcher", "Route"]


@dataclass(frozen=True)
class Route:
    """An application and the requests it answers.

    Parameters
    ----------
    matches : callable
        From a WSGI environment to bool.
    application : callable
        A WSGI application.
    """

    matches: Callable[[dict[str, Any]], bool]
    application: Callable[[dict[str, Any], Any], Iterable[bytes]]


class Dispatcher:
    """The WSGI application that the server runs.

    Parameters
    ----------
    routes : sequence of Route
        Asked in order; a request that none of them matches is refused as sent to an unknown host.
    elsewhere : str, optional
        Where names of the cloud answer, for those who ask here.
    """

    def __init__(self, routes: Sequence[Route], elsewhere: str = "") -> None:
        self._routes = tuple(routes)
        self._elsewhere = elsewhere

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        for route in self._routes:
            if route.matches(environ):
                return route.application(environ, start_response)
        who = environ.get("HTTP_HOST", "No host")
        text = f"{who} is not a name of the API of the embedded AWS. {self._elsewhere}\n".encode()
        headers = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text))))
        return send(Answer(421, headers, text), start_response)
